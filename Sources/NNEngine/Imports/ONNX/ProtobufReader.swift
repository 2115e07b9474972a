/// Reads a message in the encoding of Protocol Buffers, field by field; what `ProtobufMessage`
/// writes, and more.
///
/// Nothing is trusted: a length that points beyond its message is an error, as is a number that goes
/// on too long.
struct ProtobufReader {
  /// Why bytes are no message.
  struct Damage: Error {
    var problem: String
  }

  /// What a field holds.
  enum Content {
    /// A whole number.
    case number(UInt64)
    /// Four or eight bytes, as they stand.
    case fixed(Range<Int>)
    /// A text, a message, or numbers side by side: where it stands.
    case bytes(Range<Int>)
  }

  let bytes: [UInt8]
  private var position: Int
  private let end: Int

  /// Reads a part of some bytes.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    (position, end) = (range.lowerBound, range.upperBound)
  }

  /// The next field; `nil` at the end.
  mutating func next() throws(Damage) -> (field: Int, content: Content)? {
    guard position < end else { return nil }
    let key = try varint()
    let field = Int(truncatingIfNeeded: key >> 3)
    guard field > 0, key >> 3 < 1 << 29 else { throw Damage(problem: "a field has no number") }
    switch key & 7 {
    case 0: return (field, .number(try varint()))
    case 1: return (field, .fixed(try take(8)))
    case 2: return (field, .bytes(try take(try varint())))
    case 5: return (field, .fixed(try take(4)))
    default: throw Damage(problem: "a field has the unknown type \(key & 7)")
    }
  }

  /// A number of as many bytes as it takes, ten at most.
  mutating func varint() throws(Damage) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard position < end else { throw Damage(problem: "it ends within a number") }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return result }
    }
    throw Damage(problem: "a number has more than ten bytes")
  }

  /// Whether numbers side by side are left.
  var hasMore: Bool { position < end }

  private mutating func take(_ count: UInt64) throws(Damage) -> Range<Int> {
    guard count <= UInt64(end - position) else {
      throw Damage(problem: "a field reaches beyond the end")
    }
    defer { position += Int(count) }
    return position..<position + Int(count)
  }
}

extension ProtobufReader.Content {
  /// A whole number as it was written, negative ones included; `nil` for what is none.
  var integer: Int? {
    if case .number(let value) = self { Int(truncatingIfNeeded: value) } else { nil }
  }

  /// Where a text or a message stands; `nil` for what is none.
  var range: Range<Int>? {
    if case .bytes(let range) = self { range } else { nil }
  }
}

extension [UInt8] {
  /// A text of a message.
  func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

  /// Four bytes as a number of 32 bits.
  func single(at place: Int) -> Float {
    Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(self[place + $1]) << (8 * UInt32($1)) })
  }

  /// Eight bytes as a number of 64 bits.
  func double(at place: Int) -> Double {
    Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(self[place + $1]) << (8 * UInt64($1)) })
  }
}
