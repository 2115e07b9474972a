/// A place as people count: lines and columns from 1, columns in characters.
public struct SourcePosition: Sendable, Equatable {
  /// The line, from 1.
  public var line: Int
  /// The column, from 1.
  public var column: Int
}

extension SourceText {
  /// Where a byte stands; one behind the text's end stands behind its last character.
  public func position(at offset: Int) -> SourcePosition {
    let offset = min(max(offset, 0), bytes.count)
    let line = line(at: offset)
    let start = lineStarts[line]
    let end = min(offset, max(start, self.line(line).endIndex))
    return SourcePosition(line: line + 1, column: characters(start..<end) + 1)
  }

  /// How many characters stand in a range of bytes.
  private func characters(_ range: Range<Int>) -> Int {
    if bytes[range].allSatisfy({ $0 < 0x80 }) { return range.count }
    return text(range).count
  }
}

extension SourceMap {
  /// The text a range stands in, if the map knows it.
  func source(of range: SourceRange) -> SourceText? {
    texts.indices.contains(range.source) ? texts[range.source] : nil
  }
}
