/// Where a text's table stands and what its columns are called, as its first rows tell.
///
///     Sales by month            above the table: left out, and said so
///
///     month,price,amount        names, in one row or more
///     ,€,pieces
///     1,2.50,3                  rows, of which most are equally long
struct TableLayout {
  var dialect: TextDialect
  /// Where the first row of values begins.
  var body: FieldReader.Place
  var hasHeader = false
  var names: [String]
  /// The names as they stand, empty where there is none: a row that repeats them is no row.
  var header: [String] = []
  /// Columns of which a text is known already.
  var areTexts: [Bool]
  /// What was decided or left out, in words for people.
  var remarks: [String] = []
  /// Whether the text went on for as many rows as are looked at.
  var isSure = true

  var width: Int { names.count }
}

extension TableLayout {
  /// Finds the table.
  ///
  /// - Throws: `EngineError.badFile` where there is none.
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ dialect: TextDialect, _ options: TextReading,
    missing: MissingTexts, path: String
  ) throws {
    var dialect = dialect
    var remarks: [String] = []
    var start = FieldReader.Place(position: 0, line: 1)
    // Excel's own way to name the separator.
    if options.skip == nil, options.separator == nil, bytes.starts(with: "sep=".utf8) {
      var reader = FieldReader(bytes, dialect)
      reader.passLine()
      let line = bytes[4..<reader.place.position].filter { $0 != 0x0a && $0 != 0x0d }
      if line.count == 1 {
        dialect.separator = line
        start = reader.place
      }
    }
    let rows = try FirstRows(bytes, dialect, from: start, skip: options.skip, missing: missing)
    guard let first = rows.rows.first else {
      throw EngineError.badFile(path: path, problem: "it holds no rows", help: nil)
    }
    let above = options.skip == nil ? rows.rowsAbove : 0
    if above > 0 {
      let lines = rows.rows[above - 1].line
      remarks.append(
        "\(lines == first.line ? "line \(lines) stands" : "lines \(first.line) to \(lines) stand")"
          + " above the table and \(lines == first.line ? "is" : "are") left out: "
          + "`\(first.excerpt)`; `skip=0` reads them as rows")
    }
    let table = Array(rows.rows.dropFirst(above))
    var evidence = HeaderEvidence(first: table[0].cells)
    for row in table.dropFirst().prefix(HeaderEvidence.rows) { evidence.add(row.cells) }
    let width = rows.width(of: table)
    let hasHeader = options.header ?? evidence.isHeader
    if options.header == nil, hasHeader, let name = evidence.firstNumberName {
      remarks.append(
        "the first row is taken for names, `\(name)` among them; `header=false` reads it as values")
    }
    var names: [String] = []
    var headerRows = 0
    if hasHeader {
      headerRows = options.header == nil ? rows.headerRows(table) : 1
      // R writes no name above the names of rows.
      let isShort = rows.hasRowNames(table)
      if isShort {
        remarks.append(
          "the first row has one name fewer than the others have cells: the first column is taken "
            + "for names of rows")
      }
      for column in 0..<width {
        try Allowance.proceed()
        let parts = table.prefix(headerRows).compactMap { row -> String? in
          let place = isShort ? column - 1 : column
          return row.cells.indices.contains(place) && !row.cells[place].text.isEmpty
            ? row.cells[place].text : nil
        }
        names.append(parts.joined(separator: " "))
      }
      if headerRows > 1 {
        remarks.append(
          "the names stand in \(headerRows) rows and are joined: `\(names[0])`; "
            + "`header=true` takes the first row alone")
      }
    }
    self.dialect = dialect
    header = names
    self.names = hasHeader ? [] : (0..<width).map { "column\($0 + 1)" }
    self.hasHeader = hasHeader
    body =
      table.count > headerRows
      ? table[headerRows].place : rows.end
    isSure = rows.isFull
    areTexts = try (0..<width).map { column in
      try Allowance.proceed()
      return table.dropFirst(headerRows).contains {
        $0.cells.count == width && !$0.cells[column].isPlain && !$0.cells[column].isMissing
          && !(hasHeader && $0.cells.map(\.text) == names)
      }
    }
    self.remarks = remarks
    if hasHeader { self.names = try Self.told(apart: names, &self.remarks) }
  }

  /// Remarks of one kind beyond so many are counted, not told.
  private static let mostRemarks = 10

  /// Names that stand once each: `a`, `a_2`.
  private static func told(apart given: [String], _ remarks: inout [String]) throws -> [String] {
    var taken: Set<String> = []
    /// The number that the next column of a name gets.
    var next: [String: Int] = [:]
    var renamed = 0
    var result: [String] = []
    for (index, given) in given.enumerated() {
      try Allowance.proceed()
      var name = given.isEmpty ? "column\(index + 1)" : given
      while !taken.insert(name).inserted {
        let number = next[given, default: 2]
        name = "\(given)_\(number)"
        next[given] = number + 1
      }
      if !given.isEmpty && name != given {
        renamed += 1
        if renamed <= mostRemarks {
          remarks.append("a second column `\(given)` is called `\(name)` here")
        }
      }
      result.append(name)
    }
    if renamed > mostRemarks {
      remarks.append("\(renamed - mostRemarks) more columns have a name that is taken")
    }
    return result
  }
}

/// The first rows of a text, whatever their lengths.
private struct FirstRows {
  struct Row {
    var place: FieldReader.Place
    var cells: [HeaderEvidence.Cell]
    /// Whether its first cell stands in quotes.
    var isQuoted: Bool
    /// The beginning of its line.
    var excerpt: String
    /// How many words its line has.
    var words: Int
    /// How many signs that could separate the line holds, by sign.
    var others: [Int]
    /// Whether an empty line stands below it.
    var isAboveGap = false

    var line: Int { place.line }
    /// How many cells hold something.
    var filled: Int { cells.count { !$0.text.isEmpty } }
    /// How many cells it has up to the last that holds something.
    var reach: Int { (cells.lastIndex { !$0.text.isEmpty } ?? 0) + 1 }
    var isAllTexts: Bool { cells.allSatisfy { $0.number == nil && !$0.text.isEmpty } }
  }

  /// Twenty lines more than show what a column holds may stand above the table.
  private static let most = HeaderEvidence.rows + 21

  private(set) var rows: [Row] = []
  /// Whether as many rows were there as are looked at.
  private(set) var isFull = false
  private(set) var end: FieldReader.Place
  private let separatesByBlanks: Bool

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ dialect: TextDialect, from start: FieldReader.Place,
    skip: Int?, missing: MissingTexts
  ) throws {
    var reader = FieldReader(bytes, dialect, at: start)
    let notation =
      dialect.separator == [UInt8(ascii: ",")]
      ? CellText.Notation(grouping: UInt8(ascii: ",")) : .decimalComma
    for _ in 0..<(skip ?? 0) where !reader.isAtEnd { reader.passLine() }
    var lastLine = 0
    while rows.count < Self.most {
      try Allowance.proceed()
      reader.skipBlankLines()
      guard !reader.isAtEnd else { break }
      let place = reader.place
      if !rows.isEmpty && place.line > lastLine { rows[rows.count - 1].isAboveGap = true }
      var fields = try? reader.fieldsOfRow()
      if fields == nil {
        // A quote that does not fit: the row counts as it stands, or the text ends in it.
        reader.place = place
        var plain = dialect
        plain.quote = nil
        var plainReader = FieldReader(bytes, plain, at: place)
        fields = try? plainReader.fieldsOfRow()
        reader.place = plainReader.place
      }
      lastLine = reader.place.line
      let line = bytes[place.position...].prefix { $0 != 0x0a && $0 != 0x0d }
      rows.append(
        Row(
          place: place,
          cells: try (fields ?? []).map { field in
            try Allowance.proceed()
            let (text, plain) = (reader.text(field), reader.number(field))
            return HeaderEvidence.Cell(
              text: text, number: plain ?? CellText.number(text, notation),
              isPlain: plain != nil, isMissing: missing.contains(bytes, field.range))
          }, isQuoted: fields?.first?.isQuoted == true,
          excerpt: SeparatedText.excerpt(bytes, from: place.position, atMost: 40),
          words: line.split(separator: 0x20).count,
          others: [0x09, 0x2c, 0x3b, 0x7c].filter { [$0] != dialect.separator }.map { sign in
            line.count { $0 == sign }
          }))
    }
    separatesByBlanks = dialect.separatesByBlanks
    isFull = rows.count == Self.most
    end = reader.place
  }

  /// The length that most rows have; of two that are as frequent, the one that comes first.
  private func usualWidth(_ rows: some Sequence<Row>) -> Int {
    var counts: [Int: Int] = [:]
    var order: [Int] = []
    for row in rows {
      if counts[row.cells.count] == nil { order.append(row.cells.count) }
      counts[row.cells.count, default: 0] += 1
    }
    let most = counts.values.max() ?? 0
    return order.first { counts[$0] == most } ?? 0
  }

  /// How many rows stand above the table: prose, a title, notes.
  var rowsAbove: Int {
    let width = usualWidth(rows)
    guard width > 1, rows.count > 1 else { return 0 }
    guard let top = rows.firstIndex(where: { $0.cells.count == width }) else { return 0 }
    // Where names over numbers follow, what stands above them may have several cells.
    let below = rows[top...].dropFirst()
    let isNamed =
      rows[top].isAllTexts
      && below.contains { $0.cells.count == width && $0.cells.contains { $0.number != nil } }
    let most = max(1, isNamed ? width / 2 : width / 3)
    var above = 0
    while above < top, isAside(rows[above], width, atMost: most),
      isNamed || rows[above].words != width
    {
      above += 1
    }
    if above < top { return 0 }
    // Prose whose lines are filled up with separators stands above a row of names.
    if above == 0, width > 2 {
      let prose = rows.prefix { row in
        row.cells.count == width && row.filled == 1 && !row.cells[0].text.isEmpty
          && row.cells[0].number == nil && (row.isAboveGap || row.words > 1)
      }.count
      if prose > 0, prose < rows.count - 1, rows[prose].cells.count == width,
        rows[prose].isAllTexts
      {
        return prose
      }
    }
    return above
  }

  /// Whether a row of another length is no row of a table so wide, and no torn one either.
  private func isAside(_ row: Row, _ width: Int, atMost most: Int) -> Bool {
    if row.excerpt.hasPrefix("#") { return true }
    // The cells of a row that another sign separates would be lost.
    if row.others.contains(where: { $0 > 0 && $0 >= width - 1 }) { return false }
    guard row.filled <= most, row.cells[0].number == nil else { return false }
    return !row.cells[0].isMissing
  }

  /// How many columns a table has.
  func width(of table: [Row]) -> Int {
    let first = table[0].cells.count
    if hasRowNames(table) { return first + 1 }
    let body = usualWidth(table.dropFirst())
    // A separator at the end of the names alone, or of the rows alone.
    if table[0].reach <= body, body < first { return body }
    return first
  }

  /// Whether the names are one fewer than the cells of all rows.
  func hasRowNames(_ table: [Row]) -> Bool {
    guard table.count > 1, table[0].cells.count > 1, table[0].isAllTexts else { return false }
    let width = table[0].cells.count + 1
    // A separator at the end of each row makes an empty cell, which is no name of a row.
    let body = table.dropFirst()
    guard body.allSatisfy({ $0.cells.count == width }),
      body.contains(where: { !($0.cells.last?.text.isEmpty ?? true) })
    else { return false }
    // Names that a torn row of names lacks are not to be taken for R's: it puts rows' names in
    // quotes, or counts them.
    let names = body.map { $0.cells[0] }
    let counts = names.compactMap(\.number)
    let areCounted =
      counts.count == names.count && counts.first.map { $0 == 0 || $0 == 1 } == true
      && zip(counts, counts.dropFirst()).allSatisfy { $1 - $0 == 1 }
    return Set(names.map(\.text)).count == names.count
      && (areCounted || separatesByBlanks || body.allSatisfy(\.isQuoted))
  }

  /// How many rows the names stand in: rows below the first belong to them which have texts where
  /// all rows below have numbers, in two columns at least.
  func headerRows(_ table: [Row]) -> Int {
    (2...4).reversed().first { isHeader(of: $0, table) } ?? 1
  }

  private func isHeader(of count: Int, _ table: [Row]) -> Bool {
    let width = table[0].cells.count
    guard table.count > count else { return false }
    let further = table[1..<count]
    guard
      further.allSatisfy({ row in
        row.cells.count == width && row.cells.allSatisfy { $0.number == nil }
      })
    else { return false }
    let below = table.dropFirst(count).filter { $0.cells.count == width }
    let numbers = (0..<width).filter { column in
      below.contains { $0.cells[column].number != nil }
        && below.allSatisfy { $0.cells[column].number != nil || $0.cells[column].isMissing }
    }
    return further.allSatisfy { row in
      let texts = numbers.count { !row.cells[$0].isMissing }
      // What stands below again is a value.
      return texts > 1 && 2 * texts > numbers.count
        && !row.cells.indices.contains { column in
          !row.cells[column].text.isEmpty
            && below.contains { $0.cells[column].text == row.cells[column].text }
        }
    }
  }
}
