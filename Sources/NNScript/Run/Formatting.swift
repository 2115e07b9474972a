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
    if case .list(let list) = self, let table = Table(list) { return table.text }
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
    case .function(let box): text += box.name
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

/// A tensor as nested rows, the middle of long axes left out.
struct TensorText {
  private let tensor: Tensor
  /// Longer axes are cut to the first and last few.
  private let longest = 8
  private let kept = 3

  init(_ tensor: Tensor) { self.tensor = tensor }

  func write(to text: inout String) {
    text += "tensor "
    text += tensor.shape.description
    guard tensor.shape.rank > 0 else {
      text += " \(Formatting.number(Double(tensor.elements[0])))"
      return
    }
    text += tensor.shape.rank == 1 ? " " : "\n"
    let cells = tensor.elements.count <= 10_000
    var width = 0
    if cells { width = tensor.elements.reduce(0) { max($0, cell($1).utf8.count) } }
    write(axis: 0, offset: 0, width: tensor.shape.rank == 1 ? 0 : min(width, 13), to: &text)
  }

  private func cell(_ element: Float) -> String { Formatting.number(shortened(element)) }

  /// The 64-bit number that prints like the 32-bit one: 0.1, not 0.10000000149.
  private func shortened(_ element: Float) -> Double {
    element.isFinite
      ? (Double(Formatting.printf("%.7g", Double(element))) ?? Double(element))
      : Double(element)
  }

  private func write(axis: Int, offset: Int, width: Int, to text: inout String) {
    let count = tensor.shape[axis]
    let size = tensor.shape.sizes[(axis + 1)...].reduce(1, *)
    let isLast = axis == tensor.shape.rank - 1
    text += "["
    var index = 0
    while index < count {
      if index > 0 {
        text += isLast ? ", " : ",\n" + String(repeating: " ", count: axis + 1)
      }
      if count > longest, index == kept {
        text += "…"
        index = count - kept
        continue
      }
      if isLast {
        let number = cell(tensor.elements[offset + index])
        text += String(repeating: " ", count: max(0, width - number.utf8.count)) + number
      } else {
        write(axis: axis + 1, offset: offset + index * size, width: width, to: &text)
      }
      index += 1
    }
    text += "]"
  }
}

/// A list of records with equal names as columns.
private struct Table {
  let text: String

  init?(_ list: ListBox) {
    guard list.count > 0, list.values != nil, case .record(let first) = list[0],
      !first.fields.isEmpty
    else { return nil }
    let names = first.fields.map(\.name)
    var rows = [names]
    var isNumber = names.map { _ in true }
    for item in list.items {
      guard case .record(let record) = item, record.fields.map(\.name) == names else {
        return nil
      }
      rows.append(
        record.fields.enumerated().map { column, field in
          if case .number = field.value {} else { isNumber[column] = false }
          var cell = ""
          field.value.write(to: &cell)
          return cell
        })
    }
    let widths = names.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    text = rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if column > 0 { line += "  " }
        line += isNumber[column] ? padding + cell : cell + padding
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
