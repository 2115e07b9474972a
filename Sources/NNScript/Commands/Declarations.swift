import NNEngine

// `param` and `include` are read by the checker; their entries serve help and completion.

extension CommandEntry {
  static var param: CommandEntry {
    CommandEntry(
      Spec(
        "param", "Declares a name that the command line or a host may set.",
        .optional("summary", .text, whenAbsent: "nothing", option: false, "What it is for."),
        example: "param rate = 0.01 \"the step size\""
      ) { _ in
        { _ in .none }
      }, role: .declaresParameter)
  }

  static var include: CommandEntry {
    CommandEntry(
      Spec(
        "include", "Runs another script's text here, once.",
        .required("path", .inputPath, "The script, from this script's folder."),
        example: "include \"blocks.nn\""
      ) { _ in
        { _ in .none }
      }, role: .includesText)
  }
}
