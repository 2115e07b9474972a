/// Pictures of Windows, as they stand: a header, perhaps a palette, rows from the bottom.
struct BMPReader {
  private let bytes: [UInt8]
  let size: (width: Int, height: Int)
  private let isFromTop: Bool
  private let bits: Int
  private let start: Int
  /// Where red, green, blue and what is opaque stand in a point of 16 or 32 bits.
  private var masks: [UInt32] = []
  /// Blue, green, red of each colour.
  private var palette: [(UInt8, UInt8, UInt8)] = []

  /// - Throws: `PictureFault`.
  init(_ bytes: [UInt8]) throws(PictureFault) {
    self.bytes = bytes
    func number(_ place: Int, _ count: Int) -> Int {
      guard place + count <= bytes.count else { return 0 }
      return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    func signed(_ place: Int) -> Int { Int(Int32(truncatingIfNeeded: number(place, 4))) }
    let header = number(14, 4)
    guard bytes.count >= 14 + header else { throw PictureFault("it ends within its header") }
    let isOld = header == 12
    let height = isOld ? number(20, 2) : signed(22)
    size = (isOld ? number(18, 2) : signed(18), abs(height))
    isFromTop = height < 0
    bits = number(isOld ? 24 : 28, 2)
    start = number(10, 4)
    try PicturePixels.check(width: size.width, height: size.height)
    let packing = isOld ? 0 : number(30, 4)
    guard [0, 3, 6].contains(packing), [1, 4, 8, 16, 24, 32].contains(bits) else {
      throw PictureFault("it is a BMP that is packed; save it as PNG")
    }
    if bits <= 8 {
      let step = isOld ? 3 : 4
      let used = isOld ? 0 : number(46, 4)
      let first = 14 + header
      let most = max(0, min(start, bytes.count) - first) / step
      for place in 0..<min(used == 0 ? 1 << bits : used, 1 << bits, most) {
        let own = first + place * step
        palette.append((bytes[own], bytes[own + 1], bytes[own + 2]))
      }
      guard !palette.isEmpty else { throw PictureFault("it is damaged: it has no palette") }
    } else if bits != 24 {
      masks =
        bits == 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff_0000, 0xff00, 0xff, 0]
      if packing != 0 {
        masks = (0..<3).map { UInt32(number(54 + 4 * $0, 4)) }
        masks.append(header >= 56 || packing == 6 ? UInt32(number(66, 4)) : 0)
      }
    }
    let needed = rowLength.multipliedReportingOverflow(by: size.height)
    guard !needed.overflow, start <= bytes.count, needed.partialValue <= bytes.count - start else {
      throw PictureFault("it is damaged: it is cut off")
    }
  }

  /// Bytes a row, filled up to four.
  private var rowLength: Int { (size.width * bits + 31) / 32 * 4 }

  private var isGrey: Bool {
    !palette.isEmpty && palette.allSatisfy { $0.0 == $0.1 && $0.1 == $0.2 }
  }

  /// - Throws: `PictureFault`.
  func pixels() throws(PictureFault) -> PicturePixels {
    let channels = isGrey ? 1 : 3
    var result: [UInt8] = []
    result.reserveCapacity(size.width * size.height * channels)
    for row in 0..<size.height {
      try PictureFault.proceed()
      let first = start + (isFromTop ? row : size.height - 1 - row) * rowLength
      for x in 0..<size.width {
        let (blue, green, red) = try point(first, x)
        if channels == 1 { result.append(red) } else { result += [red, green, blue] }
      }
    }
    return PicturePixels(width: size.width, height: size.height, channels: channels, bytes: result)
  }

  private func point(_ row: Int, _ x: Int) throws(PictureFault) -> (UInt8, UInt8, UInt8) {
    switch bits {
    case 24: return (bytes[row + 3 * x], bytes[row + 3 * x + 1], bytes[row + 3 * x + 2])
    case 16, 32:
      let count = bits / 8
      let value = (0..<count).reversed().reduce(UInt32(0)) {
        $0 << 8 | UInt32(bytes[row + count * x + $1])
      }
      let shares = masks.map { share(value, $0) }
      let cover = masks[3] == 0 ? 255 : Int(shares[3])
      func overWhite(_ share: UInt8) -> UInt8 {
        UInt8((Int(share) * cover + 255 * (255 - cover) + 127) / 255)
      }
      return (overWhite(shares[2]), overWhite(shares[1]), overWhite(shares[0]))
    default:
      let place = x * bits
      let code = Int(bytes[row + place / 8]) >> (8 - bits - place % 8) & (1 << bits - 1)
      guard code < palette.count else {
        throw PictureFault("it is damaged: a point has a colour that its palette has not")
      }
      return palette[code]
    }
  }

  /// What stands under a mask, of 255.
  private func share(_ value: UInt32, _ mask: UInt32) -> UInt8 {
    guard mask != 0 else { return 0 }
    let most = UInt64(mask >> UInt32(mask.trailingZeroBitCount))
    let own = UInt64((value & mask) >> UInt32(mask.trailingZeroBitCount))
    return UInt8((own * 255 + most / 2) / most)
  }
}
