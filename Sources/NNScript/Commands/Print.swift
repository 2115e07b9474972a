import NNEngine

extension CommandEntry {
  static var print: CommandEntry {
    CommandEntry(
      Spec(
        "print", "Prints values side by side.",
        .values("values", whenAbsent: "an empty line", "What to print."),
        example: "print \"2^10 is {2^10}\""
      ) { values in
        { context in
          let table = values.count == 1 ? values[0].table()?.text(on: context.screen) : nil
          context.session.print(
            table ?? values.map { Formatting.text(of: $0) }.joined(separator: " "))
          return .none
        }
      })
  }
}
