/// How the letters of a text file stand as bytes.
///
/// Everything behind this is UTF-8. Nothing is guessed: bytes that are not UTF-8 are read as the
/// encoding that the script names, or refused at their place.
public enum TextEncoding: String, Sendable, CaseIterable {
  case utf8, latin1, windows1252, utf16

  /// Marks at the beginning of a file that say what it is.
  private static let marks: [(bytes: [UInt8], encoding: TextEncoding)] = [
    ([0xef, 0xbb, 0xbf], .utf8), ([0xff, 0xfe], .utf16), ([0xfe, 0xff], .utf16),
  ]

  /// The encoding that a mark at the beginning names.
  static func marked(_ bytes: some Collection<UInt8>) -> TextEncoding? {
    marks.first { bytes.starts(with: $0.bytes) }?.encoding
  }

  /// The bytes in UTF-8, without a mark. A mark is believed before the script.
  ///
  /// - Parameter isWhole: whether the text ends where the bytes do; else half a letter at the end
  ///   is left out.
  static func utf8(_ bytes: [UInt8], as named: TextEncoding?, isWhole: Bool = true) -> [UInt8] {
    switch marked(bytes) ?? named ?? .utf8 {
    case .utf8:
      let text = marked(bytes) == nil ? bytes : Array(bytes.dropFirst(3))
      return isWhole ? text : Array(text.dropLast(cutOff(text)))
    case .latin1: return widened(bytes) { UInt32($0) }
    case .windows1252:
      return widened(bytes) { (0x80..<0xa0).contains($0) ? windows[Int($0) - 0x80] : UInt32($0) }
    case .utf16: return fromUTF16(bytes)
    }
  }

  private static func widened(_ bytes: [UInt8], _ scalar: (UInt8) -> UInt32) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 16)
    for byte in bytes {
      if byte < 0x80 {
        result.append(byte)
      } else {
        let scalar = scalar(byte)
        // The euro sign and its like take three bytes.
        if scalar >= 0x800 { result.append(0xe0 | UInt8(scalar >> 12)) }
        let lead = scalar >= 0x800 ? 0x80 | UInt8(scalar >> 6 & 0x3f) : 0xc0 | UInt8(scalar >> 6)
        result += [lead, 0x80 | UInt8(scalar & 0x3f)]
      }
    }
    return result
  }

  /// What Windows has between 0x80 and 0x9f; the five holes are the control signs of Latin 1.
  private static let windows: [UInt32] = [
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
  ]

  private static func fromUTF16(_ bytes: [UInt8]) -> [UInt8] {
    // Without a mark the zero bytes of plain letters tell which half comes first.
    let pairs = bytes.count / 2
    let isBig =
      bytes.starts(with: [0xfe, 0xff])
      || !bytes.starts(with: [0xff, 0xfe])
        && bytes.prefix(512).enumerated().count { $0.offset % 2 == 0 && $0.element == 0 }
          > bytes.prefix(512).enumerated().count { $0.offset % 2 == 1 && $0.element == 0 }
    let units = (marked(bytes) == .utf16 ? 1 : 0)..<max(pairs, 1)
    let text = String(
      decoding: units.lazy.filter { $0 < pairs }.map { pair in
        let (first, second) = (UInt16(bytes[2 * pair]), UInt16(bytes[2 * pair + 1]))
        return isBig ? first << 8 | second : second << 8 | first
      }, as: UTF16.self)
    return Array(text.utf8)
  }

  /// How many bytes at the end begin a letter that does not end.
  private static func cutOff(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if byte & 0xc0 == 0x80 { continue }
      let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
      return length > back ? back : 0
    }
    return 0
  }

  /// Where the first byte stands that is no UTF-8; `nil` where all are.
  static func firstInvalid(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var position = 0
    while position < bytes.count {
      // Plain letters, which most files consist of, sixteen at a time.
      if position + 16 <= bytes.count {
        let block = UnsafeRawPointer(bytes.baseAddress! + position)
          .loadUnaligned(as: SIMD2<UInt64>.self)
        if (block[0] | block[1]) & 0x8080_8080_8080_8080 == 0 {
          position += 16
          continue
        }
      }
      guard let length = letterLength(bytes, position) else { return position }
      position += length
    }
    return nil
  }

  private static func letterLength(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    let lead = bytes[start]
    if lead < 0x80 { return 1 }
    let length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
    guard (0xc2...0xf4).contains(lead), start + length <= bytes.count,
      (1..<length).allSatisfy({ bytes[start + $0] & 0xc0 == 0x80 })
    else { return nil }
    // Letters written too long, halves of pairs, and what lies beyond the last one.
    switch (lead, bytes[start + 1]) {
    case (0xe0, ..<0xa0), (0xed, 0xa0...), (0xf0, ..<0x90), (0xf4, 0x90...): return nil
    default: return length
    }
  }
}
