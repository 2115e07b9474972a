/// A message in the encoding of Protocol Buffers, written field by field.
///
/// - Source: protobuf.dev, "Encoding": a field is its number and wire type in a varint, then a
///   varint (type 0), four bytes (type 5), or a length and so many bytes (type 2).
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private mutating func putVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func putKey(_ field: Int, wire: Int) { putVarint(UInt64(field << 3 | wire)) }

  /// A whole number; negative ones take ten bytes.
  mutating func put(_ field: Int, _ value: Int) {
    putKey(field, wire: 0)
    putVarint(UInt64(bitPattern: Int64(value)))
  }

  /// A number of 32 bits.
  mutating func put(_ field: Int, _ value: Float) {
    putKey(field, wire: 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Bytes.
  mutating func put(_ field: Int, _ value: [UInt8]) {
    putKey(field, wire: 2)
    putVarint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A text.
  mutating func put(_ field: Int, _ value: String) { put(field, Array(value.utf8)) }

  /// A message.
  mutating func put(_ field: Int, _ value: ProtobufMessage) { put(field, value.bytes) }

  /// Whole numbers, one behind the other.
  mutating func putPacked(_ field: Int, _ values: [Int]) {
    var list = ProtobufMessage()
    for value in values { list.putVarint(UInt64(bitPattern: Int64(value))) }
    put(field, list)
  }
}
