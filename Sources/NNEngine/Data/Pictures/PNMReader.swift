/// PBM, PGM and PPM of Netpbm: `P1` to `P6`, numbers as text or as bytes.
struct PNMReader {
  private let bytes: [UInt8]
  let size: (width: Int, height: Int)
  /// 1 for bits, 2 for grey, 3 for colours.
  private let form: Int
  private let isText: Bool
  private let most: Int
  private let start: Int

  /// - Throws: `PictureFault`.
  init(_ bytes: [UInt8]) throws(PictureFault) {
    self.bytes = bytes
    let mark = Int(bytes[1]) - 0x30
    (form, isText) = ((mark - 1) % 3 + 1, mark <= 3)
    var place = 2
    guard let width = Self.number(bytes, &place), let height = Self.number(bytes, &place),
      let most = form == 1 ? 1 : Self.number(bytes, &place), (1...65_535).contains(most)
    else { throw PictureFault("it is damaged: its header is none") }
    (size, self.most) = ((width, height), most)
    // One blank ends the header.
    start = place + 1
    try PicturePixels.check(width: width, height: height)
  }

  /// - Throws: `PictureFault`.
  func pixels() throws(PictureFault) -> PicturePixels {
    let channels = form == 3 ? 3 : 1
    let count = size.width * size.height * channels
    var result: [UInt8] = []
    result.reserveCapacity(min(count, bytes.count * 8))
    let cutOff = PictureFault("it is damaged: it is cut off")
    func append(_ value: Int) throws(PictureFault) {
      guard value <= most else { throw PictureFault("it is damaged: a number exceeds \(most)") }
      result.append(UInt8((value * 255 + most / 2) / most))
    }
    if isText {
      var place = start - 1
      for number in 0..<count {
        if number & 0xFFFF == 0 { try PictureFault.proceed() }
        guard let value = Self.number(bytes, &place, isBit: form == 1) else { throw cutOff }
        try append(form == 1 ? 1 - min(value, 1) : value)
      }
    } else if form == 1 {
      let rowLength = (size.width + 7) / 8
      guard bytes.count - start >= rowLength * size.height else { throw cutOff }
      for row in 0..<size.height {
        try PictureFault.proceed()
        for x in 0..<size.width {
          let bit = bytes[start + row * rowLength + x / 8] >> (7 - UInt8(x % 8)) & 1
          result.append(bit == 1 ? 0 : 255)
        }
      }
    } else {
      let width = most > 255 ? 2 : 1
      guard bytes.count - start >= count * width else { throw cutOff }
      for place in 0..<count {
        if place & 0xFFFF == 0 { try PictureFault.proceed() }
        let own = start + place * width
        try append(width == 1 ? Int(bytes[own]) : Int(bytes[own]) << 8 | Int(bytes[own + 1]))
      }
    }
    return PicturePixels(width: size.width, height: size.height, channels: channels, bytes: result)
  }

  /// The next number; blanks and remarks before it are passed over.
  private static func number(
    _ bytes: [UInt8], _ place: inout Int, isBit: Bool = false
  ) -> Int? {
    while place < bytes.count, bytes[place] <= 0x20 || bytes[place] == UInt8(ascii: "#") {
      if bytes[place] == UInt8(ascii: "#") {
        while place < bytes.count, bytes[place] != 0x0a { place += 1 }
      } else {
        place += 1
      }
    }
    var value: Int?
    while place < bytes.count, (0x30...0x39).contains(bytes[place]), value ?? 0 < 1 << 40 {
      value = (value ?? 0) * 10 + Int(bytes[place] - 0x30)
      place += 1
      // Bits may stand without blanks between them.
      if isBit { break }
    }
    return value
  }
}
