/// The pieces of a text with values in it, ready to be written.
final class TextSite {
  /// In order: so many bytes of `literals`, `plain` or `formatted` for the next value.
  private let parts: [Int]
  private let literals: [UInt8]
  /// For each value; a default where it has none.
  private let formats: [TextFormat]
  private static let plain = -1
  private static let formatted = -2

  init(_ pieces: [Node.Piece]) {
    var parts: [Int] = []
    var literals: [UInt8] = []
    var formats: [TextFormat] = []
    for piece in pieces {
      switch piece {
      case .literal(let text):
        literals += Array(text.utf8)
        parts.append(text.utf8.count)
      case .value(_, let format):
        formats.append(format ?? TextFormat())
        parts.append(format == nil ? Self.plain : Self.formatted)
      }
    }
    self.parts = parts
    self.literals = literals
    self.formats = formats
  }

  /// Adds the pieces with the values in registers, which are dropped.
  ///
  /// - Throws: `ValueError` for a format that does not fit its value, and a text that is too long.
  func write(_ first: Register, to box: TextBox) throws {
    var literal = 0
    var value = 0
    for part in parts {
      if part >= 0 {
        writeLiteral(literal, part, to: box)
        literal += part
        continue
      }
      let register = first + value
      value += 1
      if part == Self.plain, case .number(let number) = register.pointee,
        number.magnitude < 1e15, Double(Int(number)) == number
      {
        box.append(atMost: 20) { Self.write(Int(number), to: $0) }
        continue
      }
      if part == Self.formatted {
        do {
          box.append(try register.pointee.formatted(formats[value - 1]))
        } catch var error as ValueError {
          error.argument = value - 1
          throw error
        }
      } else {
        var text = ""
        register.pointee.write(to: &text)
        box.append(text)
      }
      register.pointee = .none
    }
    try Operators.checkLength(box.length)
  }

  private func writeLiteral(_ start: Int, _ count: Int, to box: TextBox) {
    literals.withUnsafeBufferPointer { bytes in
      guard let source = bytes.baseAddress, count > 0 else { return }
      if TextBox.fits(count) {
        box.append(atMost: count) {
          $0.update(from: source + start, count: count)
          return count
        }
      } else {
        box.append(
          String(
            decoding: UnsafeBufferPointer(start: source + start, count: count), as: UTF8.self))
      }
    }
  }

  /// The decimal digits of a number of at most 16; returns how many bytes they took.
  private static func write(_ number: Int, to start: UnsafeMutablePointer<UInt8>) -> Int {
    var rest = number.magnitude
    var length = number < 0 ? 2 : 1
    var bound: UInt = 10
    while rest >= bound {
      length += 1
      bound *= 10
    }
    var place = length
    repeat {
      place -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      start[place] = 48 + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest > 0
    if number < 0 { start[0] = 45 }
    return length
  }
}
