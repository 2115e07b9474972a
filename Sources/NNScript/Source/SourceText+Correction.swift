extension SourceText {
  /// The line the fixes stand in with all of them made, without indentation and comment; `nil` where
  /// they stand in several lines or the line is too long to be typed.
  func corrected(_ fixes: [Diagnostic.Fix]) -> String? {
    guard let first = fixes.map(\.range.start).min(), let last = fixes.map(\.range.end).max(),
      line(at: first) == line(at: last)
    else { return nil }
    let bytes = line(line(at: first))
    let start = bytes.drop { $0 == 0x20 || $0 == 0x09 }.startIndex
    guard bytes.endIndex - start <= 1_000, first >= start else { return nil }
    let end = max(last, start + codeLength(of: bytes[start...]))
    guard end - start <= 200 else { return nil }
    var result: [UInt8] = []
    var position = start
    for fix in fixes.sorted(by: { $0.range.start < $1.range.start }) {
      guard fix.range.start >= position else { return nil }
      result += self.bytes[position..<fix.range.start]
      result += fix.replacement.utf8
      position = fix.range.end
    }
    if position < end { result += self.bytes[position..<end] }
    let corrected = String(decoding: result, as: UTF8.self)
    return corrected.isEmpty ? nil : corrected
  }

  /// How much of a line is code: up to the end of its last token.
  private func codeLength(of line: ArraySlice<UInt8>) -> Int {
    let text = SourceText(name: "", text: String(decoding: line, as: UTF8.self))
    let tokens = Lexer.tokens(of: text).tokens
    return tokens.last { $0.kind != .end && $0.kind != .foreignComment }?.end ?? 0
  }
}
