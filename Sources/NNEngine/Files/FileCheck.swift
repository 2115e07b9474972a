internal import CZlib

/// A sum over all bytes of a file that stands in the file itself, to tell whether they are still
/// those that were written.
///
/// It stands among the texts of a safetensors file, as eight digits behind its key. It is the CRC-32
/// of the file with zeros in its own place: any burst of up to 32 bits is found, other damage but for
/// one case in four billion.
public enum FileCheck {
  /// What stands in the place of the sum while it is computed.
  public static let open = "00000000"

  /// Puts the sum of an encoded file into its place, behind `key`.
  ///
  /// - Throws: `EngineError.interrupted`.
  public static func seal(_ bytes: inout [UInt8], key: String) throws(EngineError) {
    guard let place = place(in: bytes, key: key, sum: open) else {
      preconditionFailure("a file that is sealed has a place for its sum")
    }
    bytes.replaceSubrange(place, with: digits(try sum(of: bytes)))
  }

  /// Whether a file has the sum that it says it has, behind `key`.
  ///
  /// - Throws: `EngineError.interrupted`.
  public static func holds(
    _ bytes: [UInt8], key: String, sum found: String
  ) throws(EngineError) -> Bool {
    guard let place = place(in: bytes, key: key, sum: found), place.count == open.utf8.count else {
      return false
    }
    var opened = bytes
    opened.replaceSubrange(place, with: open.utf8)
    return try digits(sum(of: opened)).elementsEqual(found.utf8)
  }

  /// Where the sum stands, in the header as `Safetensors` writes it.
  private static func place(in bytes: [UInt8], key: String, sum: String) -> Range<Int>? {
    let entry = Array("\"\(key)\":\"".utf8)
    let whole = entry + Array(sum.utf8) + [UInt8(ascii: "\"")]
    guard bytes.count >= 8 else { return nil }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let end = 8 + Int(min(length, UInt64(bytes.count - 8)))
    var start = 8
    // Texts of the file cannot look like it: quotes inside of them are escaped.
    while let quote = bytes[start..<end].firstIndex(of: UInt8(ascii: "\"")) {
      if bytes[quote..<end].starts(with: whole) {
        return quote + entry.count..<quote + whole.count - 1
      }
      start = quote + 1
    }
    return nil
  }

  private static func sum(of bytes: [UInt8]) throws(EngineError) -> UInt {
    var sum = crc32(0, nil, 0)
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      try Allowance.proceed()
      sum = bytes[start..<min(start + (1 << 20), bytes.count)].withUnsafeBufferPointer {
        crc32(sum, $0.baseAddress, UInt32($0.count))
      }
    }
    return sum
  }

  private static func digits(_ sum: UInt) -> [UInt8] {
    let text = String(sum, radix: 16)
    return Array((String(repeating: "0", count: max(0, 8 - text.count)) + text).utf8)
  }
}
