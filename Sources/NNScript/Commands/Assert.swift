import NNEngine

extension CommandEntry {
  static var assert: CommandEntry {
    CommandEntry(
      Spec(
        "assert", "Ends the script with status 1 unless a condition is true.",
        .value("condition", .condition, "What must be true."),
        .optional(
          "message", .text, whenAbsent: "a sentence of its own", option: false,
          "The message to show."),
        example: "assert 1 < 2 \"the world is upside down\""
      ) { condition, message in
        { context in
          guard case .truth(false)? = condition else { return .none }
          throw Diagnostic(
            .assertion, message ?? "this is not true", at: context.range(of: "condition"),
            context.falseComparison ?? "this is false")
        }
      })
  }
}

extension CommandContext {
  /// `0.9333333 > 0.95 is false`, where the condition is one comparison.
  fileprivate var falseComparison: String? {
    for argument in site.arguments {
      guard case .condition(_, _, let operation?) = argument.value, sides.count == 2 else {
        continue
      }
      let (left, right) = (Formatting.text(of: sides[0]), Formatting.text(of: sides[1]))
      return "\(left) \(operation) \(right) is false"
    }
    return nil
  }
}
