import NNEngine

// `param`, `state` and `include` are read by the checker; their entries serve help and completion.

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

  static var state: CommandEntry {
    CommandEntry(
      Spec(
        "state",
        "Declares what your own optimizer keeps for each weight, with its initial value.",
        example:
          "def heavy(w, g, lr=0.01) {\n  state v=0\n  v = 0.9 * v + g\n  return w - lr * v\n}\n"
          + "optimizer heavy"
      ) {
        { _ in .none }
      }, role: .declaresState)
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
