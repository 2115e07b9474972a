/// Decimal numbers in text, correctly rounded: what CSV files consist of.
enum NumberText {
  /// The powers of 5 that fit into 64 bits.
  private static let powersOfFive: [UInt64] = [
    1, 5, 25, 125, 625, 3_125, 15_625, 78_125, 390_625, 1_953_125, 9_765_625, 48_828_125,
    244_140_625, 1_220_703_125, 6_103_515_625, 30_517_578_125, 152_587_890_625, 762_939_453_125,
    3_814_697_265_625, 19_073_486_328_125, 95_367_431_640_625, 476_837_158_203_125,
    2_384_185_791_015_625, 11_920_928_955_078_125, 59_604_644_775_390_625,
    298_023_223_876_953_125, 1_490_116_119_384_765_625, 7_450_580_596_923_828_125,
  ]

  /// The powers of 10 that `Double` holds exactly.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Reads the number that begins at `start`; `end` of the result is where it stopped.
  ///
  /// `number = ["+" | "-"] (digit {digit} ["." {digit}] | "." digit {digit}) [("e" | "E") ["+" | "-"] digit {digit}]`
  ///
  /// Up to 19 digits and powers of ten to ±27 are computed here, which is every number a program
  /// prints in practice; the rest goes to the standard library. Neither looks at the locale, as
  /// `strtod` would.
  @inline(__always)
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int)
    -> (value: Double, end: Int)?
  {
    let count = bytes.count
    var position = start
    var isNegative = false
    if position < count, bytes[position] == 0x2d || bytes[position] == 0x2b {
      isNegative = bytes[position] == 0x2d
      position += 1
    }
    var mantissa: UInt64 = 0
    var exponent = 0
    let wholeStart = position
    while position < count {
      let digit = bytes[position] &- 0x30
      if digit > 9 { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      position &+= 1
    }
    var digits = position - wholeStart
    if position < count && bytes[position] == 0x2e {
      position += 1
      let fractionStart = position
      while position < count {
        let digit = bytes[position] &- 0x30
        if digit > 9 { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        position &+= 1
      }
      exponent = fractionStart - position
      digits -= exponent
    }
    guard digits > 0 else { return nil }
    // Leading zeros are no digits of the mantissa; they only matter where there are many digits.
    if digits > 19 {
      digits -= bytes[wholeStart..<position].prefix { $0 == 0x30 || $0 == 0x2e }
        .count { $0 == 0x30 }
    }
    if position < count && bytes[position] | 0x20 == 0x65 {
      guard let (power, next) = readExponent(bytes, from: position + 1) else { return nil }
      exponent += power
      position = next
    }
    // Past 19 digits the mantissa may have wrapped around, even to 0: 18446744073709551616 does.
    let magnitude: Double
    if digits <= 19 && abs(exponent) <= 27 {
      magnitude = scaled(mantissa, byTenTo: exponent)
    } else {
      magnitude = slow(bytes[start..<position])
      return (magnitude, position)
    }
    return (isNegative ? -magnitude : magnitude, position)
  }

  /// Whether digits that were read as `value` mean more than it: a whole number with leading zeros
  /// (`01067`), or one of so many digits that 64 bits cannot tell it from its neighbours.
  @inline(__always)
  static func isCode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ value: Double
  ) -> Bool {
    let hasSign = bytes[range.lowerBound] < 0x30 && bytes[range.lowerBound] != 0x2e
    let first = range.lowerBound + (hasSign ? 1 : 0)
    let mayBe =
      bytes[first] == 0x30 && range.upperBound - first > 1 || abs(value) >= 9_007_199_254_740_992
    return mayBe && bytes[first..<range.upperBound].allSatisfy { $0 &- 0x30 <= 9 }
  }

  private static func readExponent(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int)
    -> (power: Int, end: Int)?
  {
    var position = start
    var isNegative = false
    if position < bytes.count, bytes[position] == 0x2d || bytes[position] == 0x2b {
      isNegative = bytes[position] == 0x2d
      position += 1
    }
    let digitStart = position
    var power = 0
    while position < bytes.count {
      let digit = bytes[position] &- 0x30
      if digit > 9 { break }
      // Large enough to be 0 or infinite whatever the mantissa; the slow path reads the text anew.
      power = min(power * 10 + Int(digit), 1_000_000)
      position += 1
    }
    return position > digitStart ? (isNegative ? -power : power, position) : nil
  }

  private static func slow(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double {
    // A leading `+` and a bare trailing `.` are fine in data, not all of them in `Double(_:)`.
    var text = text
    if text.first == 0x2b { text = text.dropFirst() }
    var plain = String(decoding: text, as: UTF8.self)
    if let value = Double(plain) { return value }
    if let point = plain.firstIndex(of: ".") {
      plain.insert("0", at: plain.index(after: point))
      if plain.first == "." || plain.hasPrefix("-.") {
        plain.insert("0", at: plain.firstIndex(of: ".") ?? plain.startIndex)
      }
    }
    return Double(plain) ?? .nan
  }

  /// `mantissa · 10^exponent`, rounded to nearest, ties to even.
  @inline(__always)
  private static func scaled(_ mantissa: UInt64, byTenTo exponent: Int) -> Double {
    // Both exact, so one operation rounds once (Clinger 1990): most numbers end here.
    if mantissa <= 1 << 53 && abs(exponent) <= 22 {
      let whole = Double(mantissa)
      return exponent < 0 ? whole / powersOfTen[-exponent] : whole * powersOfTen[exponent]
    }
    return scaledWide(mantissa, byTenTo: exponent)
  }

  /// 10^k is 5^k · 2^k, and 5^k is exact in 64 bits: one product or one division of 128 bits by 64
  /// gives at least 62 bits of the result and whether anything is left, and from those the
  /// conversion to `Double` rounds once and rightly.
  private static func scaledWide(_ mantissa: UInt64, byTenTo exponent: Int) -> Double {
    if exponent == 0 { return Double(mantissa) }
    if mantissa == 0 { return 0 }
    if exponent > 0 {
      let (high, low) = mantissa.multipliedFullWidth(by: powersOfFive[exponent])
      if high == 0 { return Double(low) * powerOfTwo(exponent) }
      let shift = high.leadingZeroBitCount
      // `>>` by 64 gives 0 for Swift's smart shift, as it should where nothing has to move.
      let top = high << UInt64(shift) | low >> UInt64(64 - shift)
      let rest: UInt64 = low << UInt64(shift) == 0 ? 0 : 1
      return Double(top | rest) * powerOfTwo(exponent + 64 - shift)
    }
    let divisor = powersOfFive[-exponent]
    let mantissaShift = mantissa.leadingZeroBitCount
    let divisorShift = divisor.leadingZeroBitCount
    let dividend = mantissa &<< UInt64(mantissaShift)
    // Half of the dividend is below the divisor, whose top bit is set: the quotient fits.
    let (quotient, remainder) = (divisor &<< UInt64(divisorShift)).dividingFullWidth(
      (dividend &>> 1, dividend &<< 63))
    return Double(remainder == 0 ? quotient : quotient | 1)
      * powerOfTwo(divisorShift - mantissaShift - 63 + exponent)
  }

  /// 2 to a power that is far from the ends of `Double`.
  @inline(__always)
  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(1023 &+ exponent) &<< 52)
  }
}
