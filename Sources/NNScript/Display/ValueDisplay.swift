import NNEngine

// How a value is shown to someone who looks at it: at the prompt, or as a command's result. `print`
// writes the same values so that they can be put into sentences and read back.

extension Value {
  /// More rows of a table are not shown: who wants all of them has `print` and `save`.
  static let mostRows = 40

  /// The value for a screen: tables where it has rows and columns, cut where it is long.
  func shown(on screen: Screen) -> String {
    switch self {
    case .list(let list):
      if let table = table(mostRows: Self.mostRows) { return table.text(on: screen) }
      return shown(list, on: screen)
    case .record(let box):
      let line = description
      guard line.displayWidth > screen.width else { return line }
      return TextTable(box.fields.flatMap { $0.value.rows(under: $0.name) }).text(on: screen)
    case .tensor(let box): return TensorText(box.tensor, width: screen.width).text
    default: return description
    }
  }

  /// A list of like records, or of like lists, as a table; `nil` for anything else.
  func table(mostRows: Int = .max) -> TextTable? {
    guard case .list(let list) = self, list.count > 0, list.values != nil else { return nil }
    switch list[0] {
    case .record(let first):
      let names = first.fields.map(\.name)
      guard !names.isEmpty else { return nil }
      var rows: [[String]] = []
      for index in 0..<list.count {
        // Whoever is to end throws it away.
        if Allowance.isHalted { break }
        guard let fields = list[index].recordFields, fields.map(\.name) == names else { return nil }
        // What is not shown needs no text.
        let isShown = index < mostRows || index >= list.count - mostRows
        rows.append(isShown ? fields.map(\.value.cell) : [])
      }
      return TextTable(header: names, rows, mostRows: mostRows)
    default: return nil
    }
  }

  /// A record's fields as rows of their own, by the path one would type; else one row.
  private func rows(under name: String) -> [[String]] {
    guard case .record(let box) = self, !box.fields.isEmpty, box.fields.count <= Self.mostRows
    else { return [[name, cell]] }
    return box.fields.flatMap { $0.value.rows(under: "\(name).\($0.name)") }
  }

  /// The value as a cell of a table; `–` for `none`.
  private var cell: String {
    if isNone { return "–" }
    var text = ""
    write(to: &text)
    return text
  }

  /// A list in as few lines as it takes, a long one with its middle left out.
  private func shown(_ list: ListBox, on screen: Screen) -> String {
    let mostLines = 20
    var lines = [""]
    var line = "["
    for index in 0..<list.count {
      var item = list[index].quotedInLine
      item += index + 1 < list.count ? ", " : "]"
      if line.displayWidth + item.displayWidth - (item.last == " " ? 1 : 0) > screen.width,
        line.count > 1
      {
        lines[lines.count - 1] = line
        if lines.count == mostLines {
          return lines.joined(separator: "\n") + " \(screen.ellipsis) \(list.count) items]"
        }
        lines.append("")
        line = " "
      }
      line += item
    }
    lines[lines.count - 1] = list.count == 0 ? "[]" : line
    return lines.map { $0.last == " " ? String($0.dropLast()) : $0 }.joined(separator: "\n")
  }

  /// The value as an item of a list.
  private var quotedInLine: String {
    var text = ""
    writeNested(to: &text, level: 1)
    return text
  }
}
