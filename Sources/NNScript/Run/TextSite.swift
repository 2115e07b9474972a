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
  /// Literals and whole numbers gather in a small buffer first: a text grows much faster by one
  /// long piece than by several short ones.
  ///
  /// - Throws: `ValueError` for a format that does not fit its value, and a text that is too long.
  func write(_ first: Register, to text: inout String) throws {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { buffer in
      var used = 0
      var literal = 0
      var value = 0
      func flush() {
        guard used > 0 else { return }
        text += String(decoding: UnsafeBufferPointer(rebasing: buffer[..<used]), as: UTF8.self)
        used = 0
      }
      for part in parts {
        if part >= 0 {
          if part > buffer.count - used { flush() }
          if part > buffer.count {
            text += String(decoding: literals[literal..<literal + part], as: UTF8.self)
          } else {
            for index in 0..<part { buffer[used + index] = literals[literal + index] }
            used += part
          }
          literal += part
          continue
        }
        let register = first + value
        value += 1
        if part == Self.plain, case .number(let number) = register.pointee,
          number.magnitude < 1e15, Double(Int(number)) == number
        {
          if buffer.count - used < 20 { flush() }
          used += Self.write(Int(number), to: buffer.baseAddress! + used)
          continue
        }
        flush()
        if part == Self.formatted {
          do {
            text += try register.pointee.formatted(formats[value - 1])
          } catch var error as ValueError {
            error.argument = value - 1
            throw error
          }
        } else {
          register.pointee.write(to: &text)
        }
        register.pointee = .none
      }
      flush()
    }
    try Operators.checkLength(text.utf8.count)
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
