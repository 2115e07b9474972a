import NNEngine

extension Value {
  /// The value by a format; a list of numbers item by item.
  ///
  /// - Throws: `ValueError` where the format is one for another kind.
  func formatted(_ format: TextFormat) throws -> String {
    switch self {
    case .number(let number): return format.pad(try format.digits(number), isNumber: true)
    case .list(let list):
      guard format.style != nil || format.precision != nil || format.groupsThousands else { break }
      return try "[" + list.items.map { try $0.formatted(format) }.joined(separator: ", ") + "]"
    case .tensor(let box) where box.tensor.shape.rank > 0:
      return try Value.list(TensorMath.list(box.tensor)).formatted(format)
    case .text(let box):
      if let style = format.style { throw mismatch(style) }
      let cut = format.precision.map { String(box.text.prefix($0)) } ?? box.text
      return format.pad(cut, isNumber: false)
    default:
      if let style = format.style { throw mismatch(style) }
    }
    var text = ""
    write(to: &text)
    return format.pad(text, isNumber: false)
  }

  private func mismatch(_ style: Character) -> ValueError {
    ValueError(
      code: .wrongType, message: "the format `\(style)` is for numbers, not \(kindName)",
      label: "this is \(kindName)")
  }
}

extension TextFormat {
  /// A number's digits with sign and separators, before padding.
  fileprivate func digits(_ value: Double) throws -> String {
    guard value.isFinite else { return Formatting.number(value) }
    var text: String
    switch style {
    case "d", "x", "b":
      guard value == value.rounded(), value.magnitude < 0x1p63 else {
        throw ValueError(
          code: .wrongType,
          message:
            "the format `\(style ?? "d")` is for whole numbers, not \(Formatting.number(value))",
          label: "not a whole number")
      }
      text = String(Int(value), radix: style == "x" ? 16 : style == "b" ? 2 : 10)
    case "e": text = Formatting.printf("%.\(precision ?? 6)e", value)
    case "g": text = Formatting.printf("%.\(precision ?? 6)g", value)
    case "f": text = Formatting.printf("%.\(precision ?? 6)f", value)
    case "%": text = Formatting.printf("%.\(precision ?? 0)f", value * 100) + "%"
    default:
      // A precision alone means digits behind the point, as most who write `:.2` expect.
      text = precision.map { Formatting.printf("%.\($0)f", value) } ?? Formatting.number(value)
    }
    if groupsThousands { text = grouped(text) }
    if showsPlus, value >= 0 { text = "+" + text }
    return text
  }

  private func grouped(_ text: String) -> String {
    let sign = text.hasPrefix("-") ? "-" : ""
    let body = text.dropFirst(sign.count)
    let whole = body.prefix { $0.isNumber }
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return sign + result + body.dropFirst(whole.count)
  }

  /// Fills up to the width; numbers stand at the right, anything else at the left.
  fileprivate func pad(_ text: String, isNumber: Bool) -> String {
    let missing = width - text.count
    guard missing > 0 else { return text }
    let filling = { String(repeating: String(fill), count: $0) }
    switch alignment ?? (isNumber ? ">" : "<") {
    case "<": return text + filling(missing)
    case "^": return filling(missing / 2) + text + filling(missing - missing / 2)
    default:
      // Zeros belong between the sign and the digits.
      if fill == "0", isNumber, let sign = text.first, sign == "-" || sign == "+" {
        return String(sign) + filling(missing) + text.dropFirst()
      }
      return filling(missing) + text
    }
  }
}
