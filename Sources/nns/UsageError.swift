/// A wrong use of the program, told in the manner of a diagnostic but without a place in a script.
struct UsageError: Error, CustomStringConvertible {
  /// One line, lower case, no full stop.
  var message: String
  /// What to type instead.
  var help: [String] = []

  init(_ message: String, help: String...) {
    self.message = message
    self.help = help
  }

  /// Takes over what the argument parser says: `Unknown option '--quite'. Did you mean '--quiet'?`
  init(parserMessage: String) {
    let sentence = parserMessage.replacingQuotes()
    var parts = [sentence]
    if let hint = sentence.firstRange(of: " Did you mean") {
      let cut = sentence.index(after: hint.lowerBound)
      parts = [String(sentence[..<hint.lowerBound]), String(sentence[cut...])]
    }
    message = parts[0].asMessage
    help = parts.dropFirst().map(\.asMessage)
    if help.isEmpty { help = ["`nns --help` lists what can be written"] }
  }

  /// What the argument parser shows of an error it was thrown by a validation.
  var description: String { message }

  /// Says it on standard error.
  func report() {
    var text = "error: \(message)\n"
    for hint in help { text += "  = help: \(hint)\n" }
    Streams.standard.writeError(text)
  }
}

extension String {
  fileprivate func replacingQuotes() -> String { String(self.map { $0 == "'" ? "`" : $0 }) }

  /// Lower case at the start, no full stop at the end.
  fileprivate var asMessage: String {
    var text = self
    while text.hasSuffix(".") || text.hasSuffix(" ") { text.removeLast() }
    guard let first = text.first else { return text }
    return first.lowercased() + text.dropFirst()
  }
}
