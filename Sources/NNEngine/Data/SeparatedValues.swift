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
  static func read(
    _ bytes: [UInt8], path: String, separator: UInt8?, header: Bool?,
    encoding: TextEncoding? = nil
  ) throws -> RawData {
    let text = try SeparatedText.decoded(bytes, as: encoding, path: path)
    return try text.withUnsafeBufferPointer { buffer in
      var reader = SeparatedValuesReader(
        bytes: buffer, path: path,
        separator: separator ?? SeparatedText.separator(of: buffer, path: path), header: header)
      if let place = TextEncoding.firstInvalid(buffer) { throw reader.notUTF8(place) }
      return try reader.table()
    }
  }

  /// The names of the columns, from the first part of a file, exactly as reading it all finds
  /// them; `nil` where the part is too short to tell.
  ///
  /// - Parameter isWhole: whether this is all of the file.
  /// - Throws: `EngineError.badFile` for what is wrong in the part.
  static func outline(
    _ start: [UInt8], isWhole: Bool, path: String, separator: UInt8?, header: Bool?,
    encoding: TextEncoding?
  ) throws -> (names: [String], hasHeader: Bool)? {
    var text = try SeparatedText.decoded(start, as: encoding, path: path, isWhole: isWhole)
    if !isWhole {
      // The last line may be cut off; what stands before is as the whole file has it.
      guard text.count >= SeparatedText.sampleLength,
        let end = text.lastIndex(where: { $0 == 0x0a || $0 == 0x0d })
      else { return nil }
      text.removeSubrange(end...)
    }
    return try text.withUnsafeBufferPointer { buffer in
      var reader = SeparatedValuesReader(
        bytes: buffer, path: path,
        separator: separator ?? SeparatedText.separator(of: buffer, path: path), header: header)
      if let place = TextEncoding.firstInvalid(buffer) { throw reader.notUTF8(place) }
      reader.skipBlankLines()
      guard !buffer.isEmpty, let first = try? reader.fieldsOfRow() else {
        // Perhaps a quote that closes further on.
        return nil
      }
      var isEnough = true
      reader.hasHeader = try header ?? reader.looksLikeHeader(first, &isEnough)
      guard isWhole || isEnough else { return nil }
      return (reader.names(first).map(\.name), reader.hasHeader)
    }
  }

  private mutating func table() throws -> RawData {
    skipBlankLines()
    guard position < bytes.count else { throw bad("it holds no rows") }
    let first = try fieldsOfRow()
    width = first.count
    let bodyStart = position
    let bodyLine = line
    var isEnough = true
    hasHeader = try header ?? looksLikeHeader(first, &isEnough)
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
          let (value, end) = NumberText.read(bytes, from: position),
          !NumberText.isCode(bytes, position..<end, value)
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
    if let (value, end) = NumberText.read(part, from: 0), end == part.count {
      return NumberText.isCode(part, 0..<end, value) ? nil : value
    }
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

  /// Whether the first row holds names, by what stands below it.
  ///
  /// - Parameter isEnough: becomes false where the text ends before enough rows were seen.
  private mutating func looksLikeHeader(_ first: [Field], _ isEnough: inout Bool) throws -> Bool {
    let (savedPosition, savedLine) = (position, line)
    defer { (position, line) = (savedPosition, savedLine) }
    var evidence = HeaderEvidence(
      first: first.map {
        HeaderEvidence.Cell(
          text: text($0), number: number($0), isMissing: Self.isMissing(bytes, $0.range))
      })
    for _ in 0..<HeaderEvidence.rows {
      skipBlankLines()
      guard position < bytes.count, let row = try? fieldsOfRow() else {
        isEnough = false
        break
      }
      evidence.add(
        row.map {
          HeaderEvidence.Cell(
            text: text($0), number: number($0), isMissing: Self.isMissing(bytes, $0.range))
        })
    }
    let isHeader = evidence.isHeader
    if isHeader, let name = evidence.firstNumberName {
      remarks.append(
        "the first row is taken for names, `\(name)` among them; `header=false` reads it as values"
      )
    }
    return isHeader
  }

  private mutating func names(_ first: [Field]) -> [Table.Column] {
    var taken: Set<String> = []
    // The number to try next behind a name: thousands of equal ones must not all begin at 2.
    var numbers: [String: Int] = [:]
    var result: [Table.Column] = []
    for (index, field) in first.enumerated() {
      let given = hasHeader ? text(field) : ""
      var name = given.isEmpty ? "column\(index + 1)" : given
      while !taken.insert(name).inserted {
        let number = numbers[given, default: 2]
        name = "\(given)_\(number)"
        numbers[given] = number + 1
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

  /// The error for a byte that is no UTF-8, with its row and column.
  private mutating func notUTF8(_ place: Int) -> EngineError {
    (position, line) = (0, 1)
    skipBlankLines()
    var names: [String] = []
    var spot = "row \(line)"
    while position < bytes.count, position <= place {
      let row = line
      guard let fields = try? fieldsOfRow() else { break }
      if let column = fields.firstIndex(where: { $0.range.upperBound > place }) {
        let name = names.indices.contains(column) ? "`\(names[column])`" : "column \(column + 1)"
        spot = "row \(row), \(name)"
        let cell = TextEncoding.utf8(Array(bytes[fields[column].range]), as: .windows1252)
        return bad(
          "\(spot): the letters are not in UTF-8",
          detail: "`\(String(decoding: cell, as: UTF8.self))`, if it is Windows' encoding",
          help: "`encoding=windows1252` or `encoding=latin1`, or save the file as UTF-8")
      }
      if names.isEmpty && header != false { names = fields.map(text) }
      skipBlankLines()
    }
    return bad(
      "\(spot): the letters are not in UTF-8",
      help: "`encoding=windows1252` or `encoding=latin1`, or save the file as UTF-8")
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
