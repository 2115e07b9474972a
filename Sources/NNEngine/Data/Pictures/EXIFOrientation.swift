/// Which way a camera was held, as EXIF says it: 1 for upright, up to 8.
///
/// - Source: CIPA DC-008 (EXIF 2.3), tag 274.
enum EXIFOrientation {
  /// Of a JPEG: in a segment before the picture.
  static func ofJPEG(_ bytes: [UInt8]) -> Int {
    var place = 2
    while place + 4 <= bytes.count, bytes[place] == 0xff {
      let mark = bytes[place + 1]
      if mark == 0xff {
        place += 1
        continue
      }
      if mark == 0xda || mark == 0xd9 { break }
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      let end = place + 2 + length
      guard length >= 2, end <= bytes.count else { break }
      if mark == 0xe1, bytes[(place + 4)..<end].starts(with: "Exif\0\0".utf8) {
        return orientation(bytes[(place + 10)..<end])
      }
      place = end
    }
    return 1
  }

  /// Of a PNG: in a chunk of its own.
  static func ofPNG(_ bytes: [UInt8]) -> Int {
    var place = 8
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - place - 12 else { break }
      let content = place + 8..<place + 8 + length
      if bytes[place + 4..<place + 8].elementsEqual("eXIf".utf8) {
        return orientation(bytes[content])
      }
      place = content.upperBound + 4
    }
    return 1
  }

  /// Of a directory as TIFF has them; 1 for anything else.
  private static func orientation(_ tiff: ArraySlice<UInt8>) -> Int {
    let isLittle = tiff.starts(with: [0x49, 0x49, 0x2a, 0])
    guard isLittle || tiff.starts(with: [0x4d, 0x4d, 0, 0x2a]) else { return 1 }
    func number(_ offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset <= tiff.count - count else { return nil }
      let own = tiff[(tiff.startIndex + offset)..<(tiff.startIndex + offset + count)]
      return isLittle
        ? own.reversed().reduce(0) { $0 << 8 | Int($1) } : own.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let start = number(4, 4), let count = number(start, 2) else { return 1 }
    for entry in 0..<count {
      let place = start + 2 + 12 * entry
      guard let tag = number(place, 2) else { break }
      if tag == 274, let value = number(place + 8, 2), (1...8).contains(value) { return value }
    }
    return 1
  }
}
