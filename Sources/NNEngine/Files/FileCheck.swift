internal import CZlib

/// A sum over all bytes of a file that stands in the file itself, to tell whether they are still
/// those that were written.
///
/// It stands among the texts of a safetensors file, as eight digits behind its key. It is the CRC-32
/// of the file with zeros in its own place: any burst of up to 32 bits is found, other damage but for
/// one case in four billion.
public struct FileCheck {
  /// What stands in the place of the sum while it is computed.
  public static let open = "00000000"

  private var sum = crc32(0, nil, 0)

  /// Begins with no bytes.
  init() {}

  /// Takes the next bytes of the file.
  ///
  /// - Throws: `EngineError.interrupted`.
  mutating func add(_ bytes: UnsafeRawBufferPointer) throws {
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      try Allowance.proceed()
      let piece = UnsafeRawBufferPointer(
        rebasing: bytes[start..<min(start + (1 << 20), bytes.count)])
      sum = crc32(sum, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
    }
  }

  /// The same.
  mutating func add(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try add($0) }
  }

  /// The sum of all bytes so far, as eight digits.
  var text: String { String(decoding: Self.digits(sum), as: UTF8.self) }

  /// Puts the sum of all bytes into its place, behind `key`, where `open` stands.
  func seal(_ head: inout [UInt8], key: String) {
    guard let place = Self.place(in: head, key: key, sum: Self.open) else {
      preconditionFailure("a file that is sealed has a place for its sum")
    }
    head.replaceSubrange(place, with: Self.digits(sum))
  }

  /// Whether a file has the sum that it says it has, behind `key`.
  ///
  /// - Throws: `EngineError.interrupted`.
  public static func holds(
    _ bytes: [UInt8], key: String, sum found: String
  ) throws -> Bool {
    guard let place = place(in: bytes, key: key, sum: found), place.count == open.utf8.count else {
      return false
    }
    var check = FileCheck()
    try bytes.withUnsafeBytes { all in
      try check.add(UnsafeRawBufferPointer(rebasing: all[..<place.lowerBound]))
      try check.add(Array(open.utf8))
      try check.add(UnsafeRawBufferPointer(rebasing: all[place.upperBound...]))
    }
    return digits(check.sum).elementsEqual(found.utf8)
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

  private static func digits(_ sum: UInt) -> [UInt8] {
    let text = String(sum, radix: 16)
    return Array((String(repeating: "0", count: max(0, 8 - text.count)) + text).utf8)
  }
}
