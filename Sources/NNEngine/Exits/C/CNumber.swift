/// Numbers as C writes them, with every bit.
enum CNumber {
  /// A number of 32 bits: `0x1.8p-3f`.
  static func single(_ value: Float) -> String {
    guard value.isFinite else { return notFinite(Double(value)) }
    // Whole numbers are easier to read; all of these are exact.
    if abs(value) < 1000, value == value.rounded(), value.bitPattern != 0x8000_0000 {
      return "\(Int(value)).0f"
    }
    let (fraction, exponent) = (value.bitPattern & 0x7f_ffff, Int(value.bitPattern >> 23 & 0xff))
    return hexadecimal(
      isNegative: value.sign == .minus, isSubnormal: exponent == 0, UInt64(fraction) << 1,
      digits: 6,
      exponent: exponent == 0 ? -126 : exponent - 127) + "f"
  }

  /// A number of 64 bits: `0x1.8p-3`.
  static func double(_ value: Double) -> String {
    guard value.isFinite else { return notFinite(value) }
    if abs(value) < 1_000_000, value == value.rounded(), value.bitPattern != 1 << 63 {
      return "\(Int(value)).0"
    }
    let fraction = value.bitPattern & 0xf_ffff_ffff_ffff
    let exponent = Int(value.bitPattern >> 52 & 0x7ff)
    return hexadecimal(
      isNegative: value.sign == .minus, isSubnormal: exponent == 0, fraction, digits: 13,
      exponent: exponent == 0 ? -1022 : exponent - 1023)
  }

  private static func notFinite(_ value: Double) -> String {
    value.isNaN ? "NAN" : value < 0 ? "-INFINITY" : "INFINITY"
  }

  private static func hexadecimal(
    isNegative: Bool, isSubnormal: Bool, _ fraction: UInt64, digits: Int, exponent: Int
  ) -> String {
    // By bytes: a model has millions of numbers.
    String(unsafeUninitializedCapacity: 32) { text in
      var count = 0
      func put(_ byte: UInt8) {
        text[count] = byte
        count += 1
      }
      if isNegative { put(UInt8(ascii: "-")) }
      put(UInt8(ascii: "0"))
      put(UInt8(ascii: "x"))
      put(UInt8(ascii: isSubnormal ? "0" : "1"))
      var rest = fraction << UInt64(64 - 4 * digits)
      if rest != 0 { put(UInt8(ascii: ".")) }
      while rest != 0 {
        let digit = UInt8(rest >> 60)
        put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        rest <<= 4
      }
      put(UInt8(ascii: "p"))
      if exponent < 0 { put(UInt8(ascii: "-")) }
      let size = exponent.magnitude
      if size >= 1000 { put(UInt8(ascii: "0") + UInt8(size / 1000)) }
      if size >= 100 { put(UInt8(ascii: "0") + UInt8(size / 100 % 10)) }
      if size >= 10 { put(UInt8(ascii: "0") + UInt8(size / 10 % 10)) }
      put(UInt8(ascii: "0") + UInt8(size % 10))
      return count
    }
  }

  /// A name that C takes, made of any text.
  static func identifier(_ text: String) -> String {
    var name = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default: if name.last != "_" { name += "_" }
      }
    }
    let isNumber = name.first?.isNumber ?? true
    return isNumber ? "model_" + name : name
  }

  /// A text as a literal.
  static func text(_ text: String) -> String {
    var literal = "\""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"):
        literal += "\\"
        literal.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x20..<0x7f: literal.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        // Three digits of base 8 end by themselves.
        let octal = String(byte, radix: 8)
        literal += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      }
    }
    return literal + "\""
  }

  /// A text as part of a comment on one line.
  static func comment(_ text: String) -> String {
    String(
      text.replacing("*/", with: "* /").replacing("/*", with: "/ *").map {
        $0.isNewline || $0 == "\\" ? " " : $0
      })
  }
}
