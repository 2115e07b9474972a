/// One kind of element of a NumPy array, as its header spells it: `<f8`, `|u1`, `>i4`, `<U10`.
struct NumPyElement: Equatable {
  enum Kind: Equatable { case truth, signed, unsigned, float, unicode, bytes }

  var kind: Kind
  /// How many bytes one takes.
  var size: Int
  var isBigEndian: Bool

  /// What a header says, or `nil` where that is none of numbers, truths and texts.
  init?(_ spelling: String) {
    var rest = Substring(spelling)
    guard let order = rest.popFirst(), "<>|=".contains(order), let letter = rest.popFirst(),
      let number = Int(rest), number > 0, number <= 1 << 20
    else { return nil }
    isBigEndian = order == ">"
    size = number
    switch (letter, number) {
    case ("b", 1): kind = .truth
    case ("i", 1), ("i", 2), ("i", 4), ("i", 8): kind = .signed
    case ("u", 1), ("u", 2), ("u", 4), ("u", 8): kind = .unsigned
    case ("f", 2), ("f", 4), ("f", 8): kind = .float
    case ("U", _):
      kind = .unicode
      size = 4 * number
    case ("S", _): kind = .bytes
    default: return nil
    }
  }

  /// Why a kind is not read, and what to do, in words for people.
  static func refusal(_ spelling: String) -> (problem: String, help: String) {
    switch spelling.dropFirst().first {
    case "O":
      (
        "it holds Python objects",
        "save numbers or texts: `array.astype(float)`, `array.astype(str)`"
      )
    case "c":
      (
        "it holds complex numbers",
        "save their parts as columns: `np.column_stack([a.real, a.imag])`"
      )
    case "M", "m": ("it holds dates or durations", "save them as texts: `array.astype(str)`")
    case "f": ("it holds numbers of more than 64 bits", "save `array.astype(np.float64)`")
    default:
      (
        "its elements are of the kind `\(spelling)`",
        "save numbers or texts: `array.astype(float)`, `array.astype(str)`"
      )
    }
  }

  var isText: Bool { kind == .unicode || kind == .bytes }

  // MARK: Reading

  /// A whole number that 64-bit floating point does not hold.
  struct Inexact: Error { var text: String }

  /// The number at some bytes, which must be of a numeric kind.
  ///
  /// - Throws: `Inexact`.
  func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Inexact) -> Double {
    func load<Number: FixedWidthInteger>(_: Number.Type) -> Number {
      let raw = bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
      return isBigEndian ? Number(bigEndian: raw) : Number(littleEndian: raw)
    }
    func exact<Number: FixedWidthInteger>(_ number: Number) throws(Inexact) -> Double {
      guard let exact = Double(exactly: number) else { throw Inexact(text: "\(number)") }
      return exact
    }
    switch (kind, size) {
    case (.truth, _): return bytes[offset] == 0 ? 0 : 1
    case (.signed, 1): return Double(load(Int8.self))
    case (.signed, 2): return Double(load(Int16.self))
    case (.signed, 4): return Double(load(Int32.self))
    case (.signed, _): return try exact(load(Int64.self))
    case (.unsigned, 1): return Double(bytes[offset])
    case (.unsigned, 2): return Double(load(UInt16.self))
    case (.unsigned, 4): return Double(load(UInt32.self))
    case (.unsigned, _): return try exact(load(UInt64.self))
    case (.float, 2): return Self.half(load(UInt16.self))
    case (.float, 4): return Double(Float(bitPattern: load(UInt32.self)))
    default: return Double(bitPattern: load(UInt64.self))
    }
  }

  /// The text at some bytes, without the zeros that fill it up.
  func text(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> String {
    if kind == .bytes {
      let own = bytes[offset..<offset + size]
      let end = own.lastIndex { $0 != 0 }.map { $0 + 1 } ?? offset
      return String(decoding: bytes[offset..<end], as: UTF8.self)
    }
    var text = String.UnicodeScalarView()
    for place in stride(from: offset, to: offset + size, by: 4) {
      let raw = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
      text.append(UnicodeScalar(isBigEndian ? raw.bigEndian : raw.littleEndian) ?? "\u{fffd}")
    }
    while text.last == "\0" { text.removeLast() }
    return String(text)
  }

  /// A number of 16 bits: 1 of sign, 5 of exponent, 10 of fraction (IEEE 754).
  private static func half(_ bits: UInt16) -> Double {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
    let size: Double =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
      }
    return bits >> 15 == 0 ? size : -size
  }
}
