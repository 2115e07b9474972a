/// Rows of cells under a header, drawn in columns that fit a screen.
///
///     ┌────────┬───────┬────────────┐        layer   kind   parameters
///     │ layer  │ kind  │ parameters │        dense1  dense          80
///     ├────────┼───────┼────────────┤        dense2  dense          51
///     │ dense1 │ dense │         80 │
///     │ dense2 │ dense │         51 │
///     └────────┴───────┴────────────┘
///
/// Where a table is too wide, texts are shortened first, the longest most; then columns in the
/// middle are left out. Numbers are never shortened: a digit less is another number.
struct TextTable {
  private(set) var header: [String]
  private(set) var rows: [[String]]
  /// How many columns and rows there are, before any was left out.
  private let whole: (columns: Int, rows: Int)
  /// A text column is not shortened below this: what is left should still tell cells apart.
  private static let leastWidth = 8

  /// - Parameters:
  ///   - header: the columns' names; empty for a table without.
  ///   - mostRows: where there are more, the first and last are shown.
  init(header: [String] = [], _ rows: [[String]], mostRows: Int = .max) {
    self.header = header.map(\.inOneLine)
    whole = (max(header.count, rows.map(\.count).max() ?? 0), rows.count)
    let columns = whole.columns
    var shown = rows
    if rows.count > mostRows {
      let tail = max(1, mostRows / 3)
      let head = max(1, mostRows - tail)
      gapRow = head
      shown = Array(rows[..<head]) + [[]] + Array(rows.suffix(tail))
    }
    self.rows = shown.map { row in
      (row + Array(repeating: "", count: columns - row.count)).map(\.inOneLine)
    }
    if !header.isEmpty {
      self.header += Array(repeating: "", count: columns - header.count)
    }
  }

  /// The row that stands for those left out.
  private(set) var gapRow: Int?

  /// The table as lines.
  func text(on screen: Screen) -> String {
    var table = self
    var remarks: [String] = []
    if gapRow != nil {
      remarks.append("\(rows.count - 1) of \(whole.rows) rows")
    }
    let isNumeric = table.fit(screen)
    var lines = screen.isUnicode ? table.boxed(isNumeric) : table.plain(isNumeric)
    if table.leftOut > 0 {
      remarks.append("\(whole.columns - table.leftOut) of \(whole.columns) columns")
    }
    lines += remarks.map { "(\($0))" }
    return lines.joined(separator: "\n")
  }

  // MARK: Fitting

  private var leftOut = 0

  private var widths: [Int] {
    (0..<(rows.first ?? header).count).map { column in
      max(
        header.isEmpty ? 0 : header[column].displayWidth,
        rows.map { $0[column].displayWidth }.max() ?? 0)
    }
  }

  /// The columns a table takes whose cells are so wide.
  private static func total(_ widths: [Int], _ screen: Screen) -> Int {
    let frame = screen.isUnicode ? 3 * widths.count + 1 : 2 * max(0, widths.count - 1)
    return widths.reduce(frame, +)
  }

  /// Makes the table fit; says of each column whether it holds numbers.
  private mutating func fit(_ screen: Screen) -> [Bool] {
    let isNumeric = (0..<whole.columns).map { column in
      let cells = rows.map { $0[column] }.filter { !$0.isEmpty }
      // A dash stands for a figure that is not defined.
      return !cells.isEmpty && cells.allSatisfy { Double($0) != nil || $0 == "–" }
    }
    if let gapRow { rows[gapRow] = rows[gapRow].map { _ in screen.isUnicode ? "⋮" : ":" } }
    var widths = widths
    let least = widths.indices.map { column in
      let digits = rows.map { $0[column].displayWidth }.max() ?? 0
      return isNumeric[column] ? max(digits, Self.leastWidth) : Self.leastWidth
    }
    while Self.total(widths, screen) > screen.width {
      let wide = widths.indices.filter { widths[$0] > least[$0] }
      guard let widest = wide.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    for column in widths.indices {
      for row in rows.indices {
        rows[row][column] = rows[row][column].cut(to: widths[column], on: screen)
      }
      if !header.isEmpty { header[column] = header[column].cut(to: widths[column], on: screen) }
    }
    return leaveOut(widths, isNumeric, screen)
  }

  /// Takes columns out of the middle until the rest fits, and puts a mark in their place.
  private mutating func leaveOut(_ widths: [Int], _ isNumeric: [Bool], _ screen: Screen) -> [Bool] {
    let mark = screen.ellipsis
    var kept = Array(widths.indices)
    var place = 0
    while kept.count > 1 {
      let marked = kept.map { widths[$0] } + (kept.count < widths.count ? [mark.count] : [])
      if Self.total(marked, screen) <= screen.width { break }
      // One side of the gap, then the other: what is left out stays in one piece.
      place = kept.count / 2
      kept.remove(at: place)
    }
    leftOut = widths.count - kept.count
    guard leftOut > 0 else { return isNumeric }
    func chosen<Cell>(_ row: [Cell], _ filler: Cell) -> [Cell] {
      var cells = kept.map { row[$0] }
      cells.insert(filler, at: place)
      return cells
    }
    rows = rows.map { chosen($0, mark) }
    if !header.isEmpty { header = chosen(header, mark) }
    return chosen(isNumeric, false)
  }

  // MARK: Drawing

  private func plain(_ isNumeric: [Bool]) -> [String] {
    let widths = widths
    return ((header.isEmpty ? [] : [header]) + rows).map { row in
      var line = row.indices.map { row[$0].padded(to: widths[$0], isNumber: isNumeric[$0]) }
        .joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private func boxed(_ isNumeric: [Bool]) -> [String] {
    let widths = widths
    func rule(_ left: String, _ middle: String, _ right: String) -> String {
      left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
    }
    func line(_ row: [String]) -> String {
      "│ "
        + row.indices.map { row[$0].padded(to: widths[$0], isNumber: isNumeric[$0]) }
        .joined(separator: " │ ") + " │"
    }
    let head = header.isEmpty ? [] : [line(header), rule("├", "┼", "┤")]
    return [rule("┌", "┬", "┐")] + head + rows.map(line) + [rule("└", "┴", "┘")]
  }
}
