/// What must hold for any bytes whatever: for fuzzers and for the sweeps of the tests.
public enum ParserProperties {
  /// Reads the bytes as a script and checks what the parser promises; returns the broken promise.
  public static func violation(on bytes: [UInt8]) -> String? {
    violation(on: String(decoding: bytes, as: UTF8.self))
  }

  /// Reads a text and checks what the parser promises; returns the broken promise.
  public static func violation(on script: String) -> String? {
    let text = SourceText(name: "fuzz", text: script)
    let tree = parse(text, source: 0)
    for statement in tree.statements {
      if !isInside(statement.range, text) { return "a statement's range lies outside the text" }
    }
    for diagnostic in tree.diagnostics {
      let ranges =
        [diagnostic.primary?.range].compactMap { $0 } + diagnostic.secondary.map(\.range)
        + diagnostic.fixes.map(\.range)
      if !ranges.allSatisfy({ isInside($0, text) }) {
        return "`\(diagnostic.message)` points outside the text"
      }
      if diagnostic.message.isEmpty { return "a diagnostic without a message" }
    }
    if !tree.open.isEmpty, tree.diagnostics.isEmpty, tree.open != [.continuation] {
      return "something is open, but no diagnostic says so"
    }
    guard tree.diagnostics.isEmpty, tree.open.isEmpty else { return nil }
    let printed = Printer.print(tree)
    let again = parse(SourceText(name: "printed", text: printed), source: 0)
    if let diagnostic = again.diagnostics.first {
      return "printed as `\(printed)`, which cannot be read: \(diagnostic.message)"
    }
    if again.outline != tree.outline {
      return "printed as `\(printed)`, which is \(again.outline), not \(tree.outline)"
    }
    return nil
  }

  private static func isInside(_ range: SourceRange, _ text: SourceText) -> Bool {
    range.start >= 0 && range.start <= range.end && range.end <= text.bytes.count
  }
}
