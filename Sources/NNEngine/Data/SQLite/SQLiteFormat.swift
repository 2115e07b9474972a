#if SQLite
  extension DataFormat {
    /// A table of an SQLite database, or what a query gives.
    static var sqlite: DataFormat {
      var format = DataFormat(
        "SQLite", extensions: ["db", "sqlite", "sqlite3"],
        "A table of a database, or the rows that a query gives; it is opened for reading only.",
        example: #"data "shop.db" table=orders target=returned"#,
        options: ["table", "query", "images", "size", "fit", "channels"],
        recognises: { _, start in start.starts(with: "SQLite format 3\0".utf8) },
        outline: { _, _, _, _ in DataOutline() },
        read: { try SQLiteReader($0).read() })
      format.opensLibraries = true
      return format
    }
  }

  /// Makes a table of the rows of a database. Numbers and texts are what they are there; a column
  /// that holds both is one of texts. NULL is missing, and so is a text that means it in a CSV file.
  private struct SQLiteReader {
    private let path: String
    private let database: SQLiteDatabase
    private let table: String?
    private let query: String?
    private let missing: MissingTexts

    init(_ request: FormatRequest) throws {
      path = request.file.path
      if request.table != nil && request.query != nil {
        throw EngineError.invalid(
          "`table` and `query` both say which rows to read", help: "leave one of them out")
      }
      database = try SQLiteDatabase(request.file, files: request.files)
      (table, query) = (request.table, request.query)
      missing = MissingTexts(request.missingValues)
    }

    func read() throws -> RawData {
      var columns: [ColumnBuilder] = []
      var row = 0
      try database.query(query ?? statement(for: try chosenTable())) { names in
        columns = names.map { ColumnBuilder(name: $0, missing: missing) }
      } row: { cells in
        row += 1
        if row & 0xfff == 0 {
          try Allowance.admit(16 * row * columns.count, for: "the table in `\(path)`")
        }
        for (place, cell) in cells.enumerated() {
          guard columns[place].append(cell) else {
            throw EngineError.badFile(
              path: path, problem: "`\(columns[place].name)` holds binary values: row \(row)",
              help: "leave the column out: `query=\"select …\"` names the others")
          }
        }
      }
      guard row > 0 else { throw EngineError.badFile(path: path, problem: "it holds no rows") }
      var cells = [Double](repeating: 0, count: row * columns.count)
      for (place, column) in columns.enumerated() {
        for (row, cell) in column.cells.enumerated() { cells[row * columns.count + place] = cell }
      }
      var result = Table(columns: columns.map(\.name), count: row, cells: cells)
      for (place, column) in columns.enumerated() {
        result.columns[place].take(column.texts, column.cells)
      }
      let spelt = columns.filter(\.spellsNumbers).map { "`\($0.name)`" }
      return RawData(
        path: path, rows: .table(result),
        remarks: spelt.isEmpty
          ? []
          : [
            "numbers that the database keeps as texts are read as numbers: "
              + spelt.joined(separator: ", ") + " (`category=` takes them as they are)"
          ])
    }

    private func statement(for table: String) -> String {
      "SELECT * FROM \""
        + table.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\""
    }

    private func chosenTable() throws -> String {
      let tables = try database.tables
      if let table {
        // SQLite does not tell upper and lower case apart.
        if let found = tables.first(where: { $0 == table })
          ?? tables.first(where: { $0.lowercased() == table.lowercased() })
        {
          return found
        }
        throw EngineError.unknownName(what: "table", name: table, known: tables)
      }
      guard let first = tables.first else {
        throw EngineError.badFile(path: path, problem: "it holds no tables")
      }
      guard tables.count == 1 else {
        throw EngineError.badFile(
          path: path, problem: "it holds \(tables.count) tables",
          detail: tables.prefix(24).joined(separator: ", "),
          help: "`table=\(DataOptions.written(first))` reads one of them")
      }
      return first
    }
  }

  /// The cells of a column as they come.
  private struct ColumnBuilder {
    let name: String
    let missing: MissingTexts
    private(set) var cells: [Double] = []
    private(set) var texts: [String]?
    private var codes: [String: Int] = [:]
    private var hasNumbers = false

    init(name: String, missing: MissingTexts) { (self.name, self.missing) = (name, missing) }

    /// Whether all of it is text, and each text a plain number.
    var spellsNumbers: Bool {
      guard let texts, !hasNumbers, !texts.isEmpty else { return false }
      return CellText.numbers(texts, takesCommas: false, decimal: nil) != nil
    }

    /// Puts a cell below the others; false where it is no value.
    mutating func append(_ cell: SQLiteDatabase.Cell) -> Bool {
      switch cell {
      case .missing: cells.append(.nan)
      case .integer(let integer):
        // Beyond 2^53 a number would change: long ids stay as they are spelt.
        if let number = Double(exactly: integer), texts == nil {
          cells.append(number)
          hasNumbers = true
        } else {
          append(text: String(integer))
        }
      case .number(let number):
        if texts == nil {
          cells.append(number)
          hasNumbers = true
        } else {
          append(text: ClassTable.name(of: number))
        }
      case .text(let text):
        if isMissing(text) { cells.append(.nan) } else { append(text: text) }
      case .bytes: return false
      }
      return true
    }

    private func isMissing(_ text: String) -> Bool {
      var text = text
      return text.withUTF8 { missing.contains($0, 0..<$0.count) }
    }

    private mutating func append(text: String) {
      if texts == nil {
        // What came so far were numbers, which are texts from now on.
        texts = []
        let numbers = cells
        cells = []
        for number in numbers {
          if number.isNaN { cells.append(.nan) } else { append(text: ClassTable.name(of: number)) }
        }
      }
      if let code = codes[text] {
        cells.append(Double(code))
      } else {
        codes[text] = codes.count
        cells.append(Double(codes.count - 1))
        texts?.append(text)
      }
    }
  }
#endif
