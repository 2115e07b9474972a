import Glibc
import NNEngine

/// How values are written.
enum Formatting {
  /// A number: at most 7 significant digits, whole ones in full.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if value == value.rounded(.towardZero), value.magnitude < 0x1p53 { return String(Int(value)) }
    return printf("%.7g", value)
  }

  /// A number with as many digits as it takes to read it back to the same bits.
  static func exact(_ value: Double) -> String {
    if value == value.rounded(.towardZero), value.magnitude < 0x1p53 {
      return value.sign == .minus && value == 0 ? "-0" : String(Int(value))
    }
    return value.isFinite ? value.description : number(value)
  }

  /// The same for a number that came from 32 bits.
  static func exact(_ value: Float) -> String {
    // Below 2^24 whole numbers are exact; above, the digits would claim to be.
    value.isFinite && value == value.rounded(.towardZero) && value.magnitude < 0x1p24
      ? exact(Double(value)) : value.description
  }

  /// A number by one of C's formats with a precision already in it.
  static func printf(_ format: String, _ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      let length = withVaList([value]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
      let bytes = buffer.prefix(max(0, min(Int(length), buffer.count - 1)))
      return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// A text in quotes, as it would be typed.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "{": result += "{{"
      case "}": result += "}}"
      default: result.unicodeScalars.append(character)
      }
    }
    return result + "\""
  }
}

extension Value: CustomStringConvertible {
  /// The value as `print` writes it: texts bare, a list of like records as a table.
  public var description: String {
    if let table = table() { return table.text(on: Screen(width: .max)) }
    var text = ""
    write(to: &text)
    return text
  }

  /// Adds the value to a text, on one line as far as it has one.
  func write(to text: inout String) {
    switch self {
    case .text(let box): text += box.text
    default: writeNested(to: &text, level: 0)
    }
  }

  /// As an item of another value: texts are quoted.
  func writeNested(to text: inout String, level: Int) {
    switch self {
    case .none: text += "none"
    case .truth(let truth): text += truth ? "true" : "false"
    case .number(let number): text += Formatting.number(number)
    case .text(let box): text += Formatting.quoted(box.text)
    case .list(let list): list.write(to: &text, level: level)
    case .record(let box):
      text += "{"
      for (index, field) in box.fields.enumerated() {
        if index > 0 { text += ", " }
        text += "\(field.name): "
        field.value.writeNested(to: &text, level: level + 1)
      }
      text += "}"
    case .tensor(let box): TensorText(box.tensor).write(to: &text)
    case .function(let box): text += box.text
    case .object(let box): text += box.object.kindName
    case .cell(let cell): cell.value.writeNested(to: &text, level: level)
    }
  }
}

extension ListBox {
  /// Items beyond so many are not written: a line of that length serves nobody.
  private static let written = 1000

  func write(to text: inout String, level: Int) {
    if level > 100 || text.utf8.count > 1_000_000 {
      text += "[…]"
      return
    }
    text += "["
    let shown = min(count, Self.written)
    for index in 0..<shown {
      if index > 0 { text += ", " }
      self[index].writeNested(to: &text, level: level + 1)
    }
    if shown < count { text += ", … \(count) items" }
    text += "]"
  }
}
