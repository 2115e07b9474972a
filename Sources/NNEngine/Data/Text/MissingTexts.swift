/// The texts that stand for a missing value.
struct MissingTexts: Sendable {
  /// `nil` for the usual ones.
  private let own: [[UInt8]]?

  /// - Parameter texts: texts besides the empty one; `nil` for the usual ones.
  init(_ texts: [String]? = nil) { own = texts.map { $0.map { Array($0.utf8) } } }

  @inline(__always)
  func contains(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    if range.isEmpty { return true }
    if let own { return Self.matches(own, bytes, range) }
    return range.count <= 4 && Self.isUsual(bytes, range)
  }

  private static func matches(
    _ texts: [[UInt8]], _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> Bool {
    texts.contains { $0.count == range.count && $0.elementsEqual(bytes[range]) }
  }

  /// `?`, `-`, `NA`, `NaN`, `N/A`, `null`, `none`, in any case.
  private static func isUsual(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    func at(_ offset: Int) -> UInt8 { bytes[range.lowerBound + offset] | 0x20 }
    switch range.count {
    case 1:
      return bytes[range.lowerBound] == UInt8(ascii: "?")
        || bytes[range.lowerBound] == UInt8(ascii: "-")
    case 2: return at(0) == 0x6e && at(1) == 0x61
    case 3:
      return at(0) == 0x6e
        && (at(1) == 0x61 && at(2) == 0x6e
          || bytes[range.lowerBound + 1] == UInt8(ascii: "/") && at(2) == 0x61)
    case 4:
      return at(0) == 0x6e
        && (at(1) == 0x75 && at(2) == 0x6c && at(3) == 0x6c
          || at(1) == 0x6f && at(2) == 0x6e && at(3) == 0x65)
    default: return false
    }
  }
}

extension MissingTexts {
  /// The texts that mean a missing value, as they are mostly written.
  ///
  /// - Parameter own: those that were chosen; `nil` for the usual ones.
  static func examples(_ own: [String]?) -> [String] {
    let usual = ["?", "-", "NA", "na", "NaN", "nan", "N/A", "n/a", "null", "NULL", "none", "None"]
    return [""] + (own ?? usual)
  }
}
