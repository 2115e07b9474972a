/// Writes a diagnostic for people: the lines of the script with marks under what matters.
///
///     error[unknown-name]: there is no activation named `rleu`
///      --> train.nn:3:16
///       |
///     3 | layer dense 64 rleu
///       |                ^^^^ not an activation
///       = help: did you mean `relu`?
struct SnippetWriter {
  /// A label on one line, in display columns from 0.
  private struct Mark {
    var start: Int
    var end: Int
    var text: String
    var isPrimary: Bool
  }

  /// Colours by their roles, as terminals number them.
  private enum Paint: String {
    case error = "1;31"
    case warning = "1;33"
    case strong = "1"
    case frame = "1;34"
    case help = "1;36"
  }

  private let renderer: DiagnosticRenderer
  private let sources: SourceMap
  private let diagnostic: Diagnostic
  private var gutter = 1
  private var output = ""

  init(renderer: DiagnosticRenderer, sources: SourceMap, diagnostic: Diagnostic) {
    self.renderer = renderer
    self.sources = sources
    self.diagnostic = diagnostic
  }

  mutating func write() -> String {
    let severity = diagnostic.severity
    let head = paint("\(severity.rawValue)[\(diagnostic.code.rawValue)]", severityPaint)
    output = head + paint(": \(diagnostic.message)", .strong) + "\n"
    writeSnippets()
    // Several facts lead up to the hint; a single one follows it.
    if diagnostic.notes.count > 1 {
      writeFooter("note", diagnostic.notes)
      writeFooter("help", diagnostic.help)
    } else {
      writeFooter("help", diagnostic.help)
      writeFooter("note", diagnostic.notes)
    }
    return output
  }

  private var severityPaint: Paint { diagnostic.severity == .error ? .error : .warning }

  private func paint(_ text: String, _ paint: Paint) -> String {
    renderer.isColored && !text.isEmpty ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
  }

  private mutating func writeFooter(_ word: String, _ lines: [String]) {
    for line in lines {
      let indent = String(repeating: " ", count: gutter + 1)
      output += indent + paint("=", .frame) + " " + paint("\(word):", .help) + " \(line)\n"
    }
  }

  // MARK: Lines

  /// The labels by text and line: the primary's text first.
  private mutating func writeSnippets() {
    var labels: [(label: Diagnostic.Label, isPrimary: Bool)] = []
    if let primary = diagnostic.primary { labels.append((primary, true)) }
    labels += diagnostic.secondary.map { ($0, false) }
    labels.removeAll { sources.source(of: $0.label.range) == nil }
    var order: [Int] = []
    for entry in labels where !order.contains(entry.label.range.source) {
      order.append(entry.label.range.source)
    }
    gutter =
      labels.map { entry in
        let source = sources.texts[entry.label.range.source]
        return String(source.line(at: entry.label.range.start) + 1).count
      }.max() ?? 1
    for (position, number) in order.enumerated() {
      let here = labels.filter { $0.label.range.source == number }
      writeSnippet(of: sources.texts[number], here, isFirst: position == 0)
    }
  }

  private mutating func writeSnippet(
    of source: SourceText, _ labels: [(label: Diagnostic.Label, isPrimary: Bool)], isFirst: Bool
  ) {
    let position = source.position(at: labels[0].label.range.start)
    let pad = String(repeating: " ", count: gutter)
    output += pad + paint(isFirst ? "-->" : ":::", .frame)
    output += " \(source.name):\(position.line):\(position.column)\n"
    output += pad + paint(" |", .frame) + "\n"
    var previous: Int?
    let lines = Set(labels.map { source.line(at: $0.label.range.start) }).sorted()
    for line in lines {
      if let previous, line > previous + 1 { output += pad + paint(" :", .frame) + "\n" }
      previous = line
      let here = labels.filter { source.line(at: $0.label.range.start) == line }
      write(line: line, of: source, here)
    }
  }

  private mutating func write(
    line: Int, of source: SourceText, _ labels: [(label: Diagnostic.Label, isPrimary: Bool)]
  ) {
    let primary = labels.first { $0.isPrimary } ?? labels[0]
    var shown = ShownLine(
      source.line(line), around: primary.label.range.start, limit: 2_000 + 4 * renderer.width)
    var marks = labels.map { entry in
      let start = shown.column(at: entry.label.range.start)
      let end = shown.column(at: max(entry.label.range.start, entry.label.range.end))
      return Mark(
        start: start, end: max(end, start + 1), text: entry.label.text, isPrimary: entry.isPrimary)
    }
    let focus = marks.first { $0.isPrimary } ?? marks[0]
    let shift = shown.cut(to: renderer.width, around: focus.start..<focus.end)
    for index in marks.indices {
      marks[index].start = min(max(marks[index].start + shift, 0), shown.width)
      marks[index].end = min(max(marks[index].end + shift, marks[index].start + 1), shown.width + 1)
    }
    let number = String(line + 1)
    let pad = String(repeating: " ", count: gutter - number.count)
    output += paint("\(pad)\(number) |", .frame)
    output += shown.text.isEmpty ? "\n" : " \(shown.text)\n"
    write(marks)
  }

  // MARK: Marks

  /// The marks of one line. The rightmost has its words behind it, the others below:
  ///
  ///     | ^^^^^    ------ the second
  ///     | |
  ///     | the first
  private mutating func write(_ marks: [Mark]) {
    let marks = marks.sorted { ($0.start, $0.isPrimary ? 1 : 0) < ($1.start, $1.isPrimary ? 1 : 0) }
    var row = Row()
    for mark in marks.filter({ !$0.isPrimary }) + marks.filter(\.isPrimary) {
      row.put(mark.isPrimary ? "^" : "-", mark.start..<mark.end, isPrimary: mark.isPrimary)
    }
    let end = marks.map(\.end).max() ?? 0
    var below = marks.filter { !$0.text.isEmpty }
    if let last = below.last, last.end == end || below.count == 1 {
      row.put(" " + last.text, at: end, isPrimary: last.isPrimary)
      below.removeLast()
    }
    writeBar(row)
    guard !below.isEmpty else { return }
    writeBar(connectors(below))
    while let mark = below.popLast() {
      var row = connectors(below.filter { $0.start < mark.start })
      row.put(mark.text, at: mark.start, isPrimary: mark.isPrimary)
      writeBar(row)
    }
  }

  private func connectors(_ marks: [Mark]) -> Row {
    var row = Row()
    for mark in marks { row.put("|", mark.start..<mark.start + 1, isPrimary: mark.isPrimary) }
    return row
  }

  private mutating func writeBar(_ row: Row) {
    output += String(repeating: " ", count: gutter) + paint(" |", .frame) + " "
    for run in row.runs {
      output += run.isPrimary.map { paint(run.text, $0 ? severityPaint : .frame) } ?? run.text
    }
    output += "\n"
  }

  /// A line of marks, put together column by column.
  private struct Row {
    private var cells: [(character: Character, isPrimary: Bool?)] = []

    mutating func put(_ character: Character, _ columns: Range<Int>, isPrimary: Bool) {
      while cells.count < columns.upperBound { cells.append((" ", nil)) }
      for column in columns { cells[column] = (character, isPrimary) }
    }

    mutating func put(_ text: String, at column: Int, isPrimary: Bool) {
      while cells.count < column { cells.append((" ", nil)) }
      cells.removeLast(cells.count - column)
      cells += text.map { ($0, isPrimary) }
    }

    /// Neighbours of one colour together.
    var runs: [(text: String, isPrimary: Bool?)] {
      var result: [(text: String, isPrimary: Bool?)] = []
      for cell in cells {
        if let last = result.last, last.isPrimary == cell.isPrimary {
          result[result.count - 1].text.append(cell.character)
        } else {
          result.append((String(cell.character), cell.isPrimary))
        }
      }
      return result
    }
  }
}

/// A line of a script as a terminal shows it: tabs expanded, what could do harm replaced.
private struct ShownLine {
  private struct Cell {
    var text: String
    var width: Int
    /// Where the character begins in the source.
    var offset: Int
  }

  private var cells: [Cell] = []
  private let end: Int

  /// - Parameter limit: how many bytes before and behind `focus` matter; lines may have millions.
  init(_ line: ArraySlice<UInt8>, around focus: Int, limit: Int) {
    func isWithinCharacter(_ place: Int) -> Bool { line[place] & 0xC0 == 0x80 }
    var start = max(line.startIndex, min(focus, line.endIndex) - limit)
    var end = min(line.endIndex, max(focus, line.startIndex) + limit)
    while start < line.endIndex, start > line.startIndex, isWithinCharacter(start) { start += 1 }
    while end < line.endIndex, end > start, isWithinCharacter(end) { end -= 1 }
    let bytes = line[start..<max(start, end)]
    self.end = line.endIndex
    var offset = bytes.startIndex
    var column = 0
    for character in String(decoding: bytes, as: UTF8.self) {
      var text = String(character)
      var width = character.displayWidth
      if character == "\t" {
        width = 4 - column % 4
        text = String(repeating: " ", count: width)
      } else if character.isUnsafeToShow {
        (text, width) = ("\u{FFFD}", 1)
      }
      cells.append(Cell(text: text, width: width, offset: offset))
      column += width
      offset += character.utf8.count
    }
  }

  var text: String { cells.map(\.text).joined() }
  var width: Int { cells.reduce(0) { $0 + $1.width } }

  /// The display column of a byte, from 0.
  func column(at offset: Int) -> Int {
    var column = 0
    for cell in cells {
      if cell.offset >= offset { break }
      column += cell.width
    }
    return column
  }

  /// Leaves `limit` columns around what matters; returns how far columns moved.
  mutating func cut(to limit: Int, around focus: Range<Int>) -> Int {
    guard width > limit else { return 0 }
    let spare = max(0, limit - min(focus.count, limit))
    let first = max(0, min(focus.lowerBound - spare / 2, width - limit))
    var column = 0
    var kept: [Cell] = []
    var start = 0
    var isCutBehind = false
    for cell in cells {
      if column >= first, column + cell.width <= first + limit {
        if kept.isEmpty { start = column }
        kept.append(cell)
      } else if !kept.isEmpty {
        isCutBehind = true
      }
      column += cell.width
    }
    cells = kept
    if isCutBehind { cells.append(Cell(text: "…", width: 1, offset: end)) }
    guard start > 0 else { return 0 }
    cells.insert(Cell(text: "…", width: 1, offset: 0), at: 0)
    return 1 - start
  }
}
