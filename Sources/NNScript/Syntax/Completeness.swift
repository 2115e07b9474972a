/// Whether a text at the prompt can be run, or waits for more.
public enum Completeness: Sendable, Equatable {
  /// The form is right.
  case complete
  /// More text can put it right; what is open, innermost last.
  case incomplete([OpenForm])
  /// Whatever follows, it stays wrong.
  case wrong
}

/// Whether a text is whole, unfinished or wrong, as far as its form tells.
///
/// - Parameter whileTyping: the text ends wherever the writer just is, perhaps within a word or
///   sign that may still become another: `[x fo` is no mistake yet.
public func isComplete(_ text: String, whileTyping: Bool = false) -> Completeness {
  if HelpQuestion.topic(in: text) != nil { return .complete }
  var parser = Parser(SourceText(name: "<prompt>", text: text), source: 0)
  let tree = parser.parse()
  if parser.hasLastingError {
    guard whileTyping, let last = parser.tokens.dropLast().last,
      last.end == text.utf8.count
    else { return .wrong }
    return isComplete(String(decoding: text.utf8.prefix(last.start), as: UTF8.self))
  }
  if tree.open.isEmpty { return .complete }
  return !whileTyping && isForeign(text) ? .wrong : .incomplete(tree.open)
}

/// Whether an unfinished line is a whole one of a shell or another language: `cd ..`.
private func isForeign(_ text: String) -> Bool {
  guard !text.contains("\n"), text.utf8.count <= 300, let found = Phrasebook.rewrite(text) else {
    return false
  }
  var parser = Parser(SourceText(name: "<prompt>", text: found.line), source: 0)
  let tree = parser.parse()
  return found.line.isEmpty || tree.open.isEmpty && tree.diagnostics.isEmpty
}

/// Joins a further line to an unfinished text.
///
/// Behind an operator that waits for its right side a line's end would end the statement, so a `\`
/// joins the lines. A text in quotes stands on one line of a script: the line's end becomes `\n`.
public func continuing(_ text: String, with line: String) -> String {
  guard case .incomplete(let open) = isComplete(text) else { return text + "\n" + line }
  switch open.last {
  case .continuation where text.last != "\\": return text + " \\\n" + line
  case .text where !endsInRawText(text): return text + "\\n" + line
  default: return text + (open.contains(.text) && !endsInRawText(text) ? " " : "\n") + line
  }
}

/// Whether an unclosed `'` is last: `\n` would mean nothing there.
private func endsInRawText(_ text: String) -> Bool {
  let tokens = Parser(SourceText(name: "<prompt>", text: text), source: 0).tokens
  return tokens.dropLast().last?.kind == .rawUnclosed
}
