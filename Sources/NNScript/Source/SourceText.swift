/// One piece of script text with its name: a file, a line at the prompt, a string a host runs.
public struct SourceText: Sendable {
  /// What diagnostics call it: `iris.nn`, `<prompt>`, `<-e>`.
  public let name: String
  /// The text as UTF-8; all positions count its bytes.
  public let bytes: [UInt8]
  /// Where each line starts, the first at 0.
  public let lineStarts: [Int]

  /// Takes a text and finds its lines; `\n`, `\r\n` and `\r` end one.
  public init(name: String, text: String) {
    self.name = name
    bytes = Array(text.utf8)
    var starts = [0]
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
      if byte == 0x0A || byte == 0x0D { starts.append(index) }
    }
    lineStarts = starts
  }

  /// The line a byte stands in, from 0.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The bytes of a line without its end.
  public func line(_ number: Int) -> ArraySlice<UInt8> {
    let start = lineStarts[number]
    var end = number + 1 < lineStarts.count ? lineStarts[number + 1] : bytes.count
    while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    return bytes[start..<end]
  }

  /// The text of a range of bytes.
  public func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}

/// All texts a session has seen; a `SourceRange` names one of them by number.
public struct SourceMap: Sendable {
  /// The texts in the order they came.
  public private(set) var texts: [SourceText] = []

  /// Makes an empty map.
  public init() {}

  /// Adds a text and returns its number.
  public mutating func add(_ text: SourceText) -> Int {
    texts.append(text)
    return texts.count - 1
  }

  /// Drops the text that was added last: nothing speaks of it.
  mutating func removeLast() { texts.removeLast() }

  /// The text a range stands in.
  public func text(of range: SourceRange) -> String { texts[range.source].text(range.bytes) }
}

/// A range of bytes in one of a session's texts.
public struct SourceRange: Hashable, Sendable {
  /// The number of the text in the `SourceMap`.
  public var source: Int
  /// The first byte.
  public var start: Int
  /// The byte behind the last.
  public var end: Int

  /// Makes a range.
  public init(source: Int, start: Int, end: Int) {
    self.source = source
    self.start = start
    self.end = end
  }

  /// The bytes as a Swift range.
  public var bytes: Range<Int> { start..<max(start, end) }

  /// From the start of this to the end of another range of the same text.
  public func through(_ other: SourceRange) -> SourceRange {
    SourceRange(source: source, start: start, end: max(end, other.end))
  }
}
