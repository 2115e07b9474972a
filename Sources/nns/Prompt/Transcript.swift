import NNScript

/// The prompts that lines are typed behind, and how to take them off again.
enum Transcript {
  static let prompt = "nns> "

  /// The prompt for the next line of an unfinished text, which names what is open.
  static func prompt(inside open: OpenForm?) -> String {
    let sign =
      switch open {
      case .block, .record, .interpolation: "{"
      case .parenthesis: "("
      case .bracket: "["
      case .text: "\""
      case .continuation, nil: "."
      }
    return sign + "..> "
  }

  /// What was typed, from lines copied off a screen: without prompts, and without results.
  ///
  /// - Parameter pending: the unfinished text the lines follow.
  static func code(in text: String, behind pending: String = "") -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.contains(where: { typed($0) != nil }),
      let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }), typed(first) != nil
    else { return text }
    var code: [String] = []
    var open = pending
    for line in lines {
      // A line without a prompt is a result, unless what stands before it waits for it.
      guard let line = typed(line) ?? (isOpen(open) ? line : nil) else { continue }
      code.append(line)
      open = isOpen(open) ? continuing(open, with: line) : line
    }
    return code.joined(separator: "\n")
  }

  private static func isOpen(_ text: String) -> Bool {
    if case .incomplete = isComplete(text) { !text.isEmpty } else { false }
  }

  /// The text behind a prompt; `nil` for a line without.
  private static func typed(_ line: String) -> String? {
    for prompt in prompts {
      if line.hasPrefix(prompt) { return String(line.dropFirst(prompt.count)) }
      // Copying drops spaces at the end.
      if line == prompt.dropLast() { return "" }
    }
    return nil
  }

  private static let prompts =
    [prompt]
    + [nil, .block, .parenthesis, .bracket, .text].map { prompt(inside: $0) }
}
