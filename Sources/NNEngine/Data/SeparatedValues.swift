/// Reads tables whose fields stand between separators: CSV after RFC 4180, and what people make
/// of it (other separators, line ends of any kind, blanks around fields, empty lines).
struct SeparatedValuesReader {
  /// The file, for messages.
  let path: String
  let separator: UInt8
  /// Whether the first row holds names; `nil` to look.
  let header: Bool?

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var line = 1
  private var columns: [Table.Column] = []
  private var codes: [[String: Int]] = []
  private var cells: [Double] = []
  /// Where each row begins, to find the texts of a column that turns out not to be numbers.
  private var starts: [Int] = []
  private var lines: [Int32] = []
  private var width = 0
  private var hasHeader = false
  private var remarks: [String] = []

  /// What ended a field.
  private enum FieldEnd { case separator, row }

  /// A field's bytes, without blanks and quotes around them.
  private struct Field {
    var range: Range<Int>
    /// Quotes inside, written twice, are still double.
    var hasDoubledQuotes = false
    var end: FieldEnd
  }

  private init(
    bytes: UnsafeBufferPointer<UInt8>, path: String, separator: UInt8, header: Bool?
  ) {
    self.bytes = bytes
    self.path = path
    self.separator = separator
    self.header = header
  }

  /// Reads a whole table.
  ///
  /// - Throws: `EngineError.badFile` with the line and its text.
  static func read(_ bytes: [UInt8], path: String, separator: UInt8?, header: Bool?) throws
    -> RawData
  {
    try SeparatedText.check(bytes, path: path)
    return try bytes.withUnsafeBufferPointer { buffer in
      let body = withoutMark(buffer)
      var reader = SeparatedValuesReader(
        bytes: body, path: path,
        separator: separator ?? SeparatedText.separator(of: body, path: path), header: header)
      return try reader.table()
    }
  }

  /// The names of the columns, from the first part of a file.
  static func names(_ start: [UInt8], path: String, separator: UInt8?, header: Bool?) throws
    -> [String]
  {
    try SeparatedText.check(start, path: path)
    return try start.withUnsafeBufferPointer { buffer in
      var reader = SeparatedValuesReader(
        bytes: withoutMark(buffer), path: path,
        separator: separator ?? SeparatedText.separator(of: withoutMark(buffer), path: path),
        header: header)
      reader.skipBlankLines()
      let first = try reader.fieldsOfRow()
      reader.hasHeader = header ?? reader.looksLikeHeader(first)
      return reader.names(first).map(\.name)
    }
  }

  /// The text behind a byte order mark.
  private static func withoutMark(_ bytes: UnsafeBufferPointer<UInt8>)
    -> UnsafeBufferPointer<UInt8>
  {
    bytes.starts(with: [0xef, 0xbb, 0xbf]) ? .init(rebasing: bytes[3...]) : bytes
  }

  private mutating func table() throws -> RawData {
    skipBlankLines()
    guard position < bytes.count else { throw bad("it holds no rows") }
    let first = try fieldsOfRow()
    width = first.count
    let bodyStart = position
    let bodyLine = line
    hasHeader = header ?? looksLikeHeader(first)
    columns = names(first)
    codes = Array(repeating: [:], count: width)
    (position, line) = hasHeader ? (bodyStart, bodyLine) : (0, 1)
    // As many rows as the first one would make; a guess that spares the array most of its moves.
    let rows = (bytes.count - position) / max(bodyStart, 1) + 1
    cells.reserveCapacity(min(rows * width, bytes.count / 2))
    try readRows()
    guard !starts.isEmpty else { throw bad("it holds names and no rows") }
    var table = Table(
      columns: columns, rowCount: starts.count, hasHeader: hasHeader, cells: cells, lines: lines)
    leaveOutEmptyEdge(&table)
    return RawData(path: path, rows: .table(table), remarks: remarks)
  }

  // MARK: Rows

  private mutating func readRows() throws {
    // Where blanks separate, a blank may also be just one more of them.
    let readsPlainly = separator != 0x20
    while true {
      skipBlankLines()
      guard position < bytes.count else { return }
      let rowLine = line
      let rowStart = position
      var column = 0
      var isOpen = true
      while isOpen {
        if column == width { throw wrongWidth(rowStart, rowLine) }
        // The common case first: a plain number right up to the separator or the line's end.
        if readsPlainly, columns[column].texts == nil,
          let (value, end) = NumberText.read(bytes, from: position)
        {
          if end < bytes.count && bytes[end] == separator {
            cells.append(value)
            position = end + 1
            column += 1
            continue
          }
          if end == bytes.count || bytes[end] == 0x0a || bytes[end] == 0x0d {
            cells.append(value)
            position = end
            _ = takeFieldEnd()
            column += 1
            break
          }
        }
        let field = try nextField()
        try append(field, column: column, line: rowLine)
        isOpen = field.end == .separator
        column += 1
      }
      if column != width { throw wrongWidth(rowStart, rowLine) }
      starts.append(rowStart)
      lines.append(Int32(truncatingIfNeeded: rowLine))
    }
  }

  private mutating func append(_ field: Field, column: Int, line: Int) throws {
    if Self.isMissing(bytes, field.range) {
      columns[column].missing += 1
      if columns[column].firstMissing == nil {
        columns[column].firstMissing = .init(line: line, text: text(field))
      }
      cells.append(.nan)
      return
    }
    if columns[column].texts == nil {
      if let number = number(field) {
        cells.append(number)
        return
      }
      try turnIntoTexts(column)
      columns[column].firstText = .init(line: line, text: text(field))
    }
    cells.append(Double(code(of: text(field), column: column)))
  }

  /// The number a field consists of; numbers in quotes are numbers too.
  private func number(_ field: Field) -> Double? {
    let part = UnsafeBufferPointer(rebasing: bytes[field.range])
    if let (value, end) = NumberText.read(part, from: 0), end == part.count { return value }
    // Infinity is a number so that it is reported as one where the column is used.
    guard part.count >= 3 && part.count <= 9 else { return nil }
    switch String(decoding: part, as: UTF8.self).lowercased() {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }

  /// Reads a column's cells above the current row again, as texts.
  private mutating func turnIntoTexts(_ column: Int) throws {
    columns[column].texts = []
    let (savedPosition, savedLine) = (position, line)
    for row in starts.indices where !cells[row * width + column].isNaN {
      position = starts[row]
      for _ in 0..<column { _ = try nextField() }
      cells[row * width + column] = Double(code(of: text(try nextField()), column: column))
    }
    (position, line) = (savedPosition, savedLine)
  }

  private mutating func code(of text: String, column: Int) -> Int {
    if let code = codes[column][text] { return code }
    let code = codes[column].count
    codes[column][text] = code
    columns[column].texts?.append(text)
    return code
  }

  private func text(_ field: Field) -> String {
    let text = String(decoding: bytes[field.range], as: UTF8.self)
    return field.hasDoubledQuotes ? SeparatedText.halvedQuotes(text) : text
  }

  // MARK: Fields

  /// The next field of the current row; leaves `position` behind what ended it.
  private mutating func nextField() throws -> Field {
    skipBlanks()
    if position < bytes.count && bytes[position] == UInt8(ascii: "\"") { return try quotedField() }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == separator || byte == 0x0a || byte == 0x0d { break }
      position += 1
    }
    var end = position
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return Field(range: start..<end, end: takeFieldEnd())
  }

  private mutating func quotedField() throws -> Field {
    let openLine = line
    position += 1
    let start = position
    var hasDoubledQuotes = false
    while true {
      guard position < bytes.count else {
        throw bad(
          "a quote that opens in row \(openLine) is never closed",
          detail: SeparatedText.excerpt(bytes, from: start - 1))
      }
      let byte = bytes[position]
      position += 1
      if byte == 0x0a { line += 1 }
      guard byte == UInt8(ascii: "\"") else { continue }
      if position < bytes.count && bytes[position] == UInt8(ascii: "\"") {
        hasDoubledQuotes = true
        position += 1
      } else {
        break
      }
    }
    let end = position - 1
    skipBlanks()
    guard position == bytes.count || [separator, 0x0a, 0x0d].contains(bytes[position]) else {
      throw bad(
        "row \(line) has text behind a closing quote",
        detail: SeparatedText.excerpt(bytes, from: start - 1),
        help: "a quote inside a quoted field is written twice")
    }
    return Field(
      range: start..<end, hasDoubledQuotes: hasDoubledQuotes, end: takeFieldEnd())
  }

  private mutating func takeFieldEnd() -> FieldEnd {
    guard position < bytes.count else { return .row }
    let byte = bytes[position]
    if byte == separator {
      position += 1
      // Blanks at the end of a line are no field, even where blanks separate.
      if separator == 0x20 {
        skipBlanks()
        if position == bytes.count || bytes[position] == 0x0a || bytes[position] == 0x0d {
          return takeFieldEnd()
        }
      }
      return .separator
    }
    position += 1
    if byte == 0x0d && position < bytes.count && bytes[position] == 0x0a { position += 1 }
    line += 1
    return .row
  }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
      // A tab that separates is no blank; repeated spaces that separate are one separator.
      if bytes[position] == separator && separator == 0x09 { return }
      position += 1
    }
  }

  private mutating func skipBlankLines() {
    while position < bytes.count {
      var next = position
      while next < bytes.count, bytes[next] == 0x20 || (bytes[next] == 0x09 && separator != 0x09) {
        next += 1
      }
      if next == bytes.count {
        position = next
      } else if bytes[next] == 0x0d {
        position = next + 1
        if position < bytes.count && bytes[position] == 0x0a { position += 1 }
        line += 1
      } else if bytes[next] == 0x0a {
        position = next + 1
        line += 1
      } else {
        return
      }
    }
  }

  private mutating func fieldsOfRow() throws -> [Field] {
    var fields: [Field] = []
    while true {
      let field = try nextField()
      fields.append(field)
      if field.end == .row { return fields }
    }
  }

  // MARK: Names

  /// Names never are numbers; and where the rows below are all texts as well, a name does not
  /// stand among the values of its own column.
  private mutating func looksLikeHeader(_ first: [Field]) -> Bool {
    if first.contains(where: { number($0) != nil }) { return false }
    let (savedPosition, savedLine) = (position, line)
    defer { (position, line) = (savedPosition, savedLine) }
    let names = first.map(text)
    var rows = 0
    var recurs = false
    // So many rows show what a column holds; a guess.
    while rows < 100 {
      skipBlankLines()
      guard position < bytes.count, let row = try? fieldsOfRow() else { break }
      rows += 1
      for (column, field) in row.prefix(names.count).enumerated() {
        if number(field) != nil { return true }
        if !names[column].isEmpty && text(field) == names[column] { recurs = true }
      }
    }
    return !recurs
  }

  private mutating func names(_ first: [Field]) -> [Table.Column] {
    var taken: Set<String> = []
    var result: [Table.Column] = []
    for (index, field) in first.enumerated() {
      let given = hasHeader ? text(field) : ""
      var name = given.isEmpty ? "column\(index + 1)" : given
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(given)_\(number)"
        number += 1
      }
      if !given.isEmpty && name != given {
        remarks.append("a second column `\(given)` is called `\(name)` here")
      }
      result.append(Table.Column(name: name))
    }
    return result
  }

  /// A separator at the end of every row makes a last column without a name and without values.
  private mutating func leaveOutEmptyEdge(_ table: inout Table) {
    guard let last = table.columns.last, table.columns.count > 1, last.missing == table.rowCount,
      last.name == "column\(table.columns.count)", last.firstMissing?.text.isEmpty == true
    else { return }
    let old = table.columns.count
    table.cells = (0..<table.rowCount).flatMap { table.cells[$0 * old..<($0 + 1) * old - 1] }
    table.columns.removeLast()
  }

  // MARK: Errors

  private func bad(_ problem: String, detail: String? = nil, help: String? = nil) -> EngineError {
    .badFile(path: path, problem: problem, detail: detail, help: help)
  }

  private mutating func wrongWidth(_ start: Int, _ rowLine: Int) -> EngineError {
    (position, line) = (start, rowLine)
    let found = (try? fieldsOfRow())?.count ?? 0
    let other = hasHeader ? "the header has \(width)" : "the rows before have \(width)"
    return bad(
      "row \(rowLine) has \(found) \(found == 1 ? "field" : "fields"), \(other)",
      detail: SeparatedText.excerpt(bytes, from: start),
      help: found < width
        ? "add the missing \(width - found == 1 ? "field" : "fields") to that row"
        : "texts that hold the separator need quotes around them")
  }

  /// The texts that stand for a missing value.
  static func isMissing(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    func at(_ offset: Int) -> UInt8 { bytes[range.lowerBound + offset] | 0x20 }
    switch range.count {
    case 0: return true
    case 1: return bytes[range.lowerBound] == UInt8(ascii: "?")
    case 2: return at(0) == 0x6e && at(1) == 0x61
    case 3:
      return at(0) == 0x6e
        && (at(1) == 0x61 && at(2) == 0x6e
          || bytes[range.lowerBound + 1] == UInt8(ascii: "/") && at(2) == 0x61)
    case 4: return at(0) == 0x6e && at(1) == 0x75 && at(2) == 0x6c && at(3) == 0x6c
    default: return false
    }
  }
}
