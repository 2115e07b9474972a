/// Rows of tables with the columns that become inputs, before anything is encoded: what the inputs
/// are fitted to, and encoded from again where another schema holds.
struct RawInputs: Sendable {
  /// Rows of one table.
  struct Piece: Sendable {
    let path: String
    let table: Table
    /// The table's column for each input column; `nil` where it has none.
    let columns: [Int]
    let rows: [Int]
  }

  /// What the columns hold.
  let readings: [ColumnReading]
  var pieces: [Piece]

  var count: Int { pieces.reduce(0) { $0 + $1.rows.count } }

  /// The rows of these numbers alone, in this order.
  func rows(_ chosen: [Int]) -> RawInputs {
    if pieces.count == 1 {
      let piece = pieces[0]
      let rows = chosen.map { piece.rows[$0] }
      return with([
        Piece(path: piece.path, table: piece.table, columns: piece.columns, rows: rows)
      ])
    }
    // Runs of rows of the same table stay together; their order is kept.
    var places: [(piece: Int, row: Int)] = []
    for (number, piece) in pieces.enumerated() { places += piece.rows.map { (number, $0) } }
    var result: [Piece] = []
    var start = 0
    while start < chosen.count {
      let number = places[chosen[start]].piece
      let run = chosen[start...].prefix { places[$0].piece == number }
      let piece = pieces[number]
      result.append(
        Piece(
          path: piece.path, table: piece.table, columns: piece.columns,
          rows: run.map { places[$0].row }))
      start += run.count
    }
    return with(result)
  }

  /// These rows and others behind them.
  func appending(_ other: RawInputs) -> RawInputs { with(pieces + other.pieces) }

  private func with(_ pieces: [Piece]) -> RawInputs {
    RawInputs(readings: readings, pieces: pieces)
  }

  /// Goes through the cells of a column from top to bottom.
  func forEachCell(_ place: Int, _ body: (TableCell) throws -> Void) rethrows {
    for piece in pieces {
      let column = piece.columns[place]
      let texts = piece.table.columns[column].texts
      let width = piece.table.columns.count
      try piece.table.cells.withUnsafeBufferPointer { cells in
        for row in piece.rows {
          let cell = cells[row * width + column]
          if cell.isNaN {
            try body(.missing)
          } else if let texts {
            try body(.text(texts[Int(cell)]))
          } else {
            try body(.number(cell))
          }
        }
      }
    }
  }

  /// The same rows with these of their columns, in this order.
  func columns(_ order: [Int]) -> RawInputs {
    RawInputs(
      readings: readings.isEmpty ? [] : order.map { readings[$0] },
      pieces: pieces.map { piece in
        Piece(
          path: piece.path, table: piece.table, columns: order.map { piece.columns[$0] },
          rows: piece.rows)
      })
  }

  /// Rows of plain numbers as cells.
  init(_ examples: Examples, names: [String], name: String) {
    let width = examples.inputShape.count
    let table = Table(
      columns: (0..<width).map { names.indices.contains($0) ? names[$0] : "column\($0 + 1)" },
      count: examples.count, cells: examples.inputs.numbers)
    readings = []
    pieces = [
      Piece(path: name, table: table, columns: Array(0..<width), rows: Array(0..<examples.count))
    ]
  }

  init(readings: [ColumnReading], pieces: [Piece]) {
    (self.readings, self.pieces) = (readings, pieces)
  }

  // MARK: Fitting

  /// What the columns become, learnt from these rows: fills, categories, first days.
  ///
  /// - Throws: `EngineError` where a value is missing that `missing=error` forbids.
  func fitted(_ options: DataOptions) throws -> [InputColumn] {
    try readings.indices.map {
      try Allowance.proceed()
      return try fitted($0, options)
    }
  }

  private func fitted(_ place: Int, _ options: DataOptions) throws -> InputColumn {
    let reading = readings[place]
    var column = InputColumn(name: reading.name, kind: .number)
    (column.order, column.notation) = (reading.order, reading.notation)
    let filling = options.missingIn[reading.name] ?? options.missing
    if reading.kind != .category, case .text(let text)? = options.missingIn[reading.name] {
      throw EngineError.invalid(
        "`\(text)` cannot stand for missing values of `\(reading.name)`, which holds numbers",
        help: "`missing={\(reading.name): median}`, or a number")
    }
    if reading.kind == .category { return categories(place, column, filling, options) }
    switch reading.kind {
    case .truth: column.kind = .truth
    case .date: column.kind = .date(start: 0, cycles: [])
    default: break
    }
    var values: [Double] = []
    var missing = 0
    forEachValue(place) { value in
      if value.isNaN { missing += 1 } else { values.append(value) }
    }
    if reading.kind == .date {
      column.kind = .date(start: values.min() ?? 0, cycles: Self.cycles(values))
    }
    // Cells may be missing in other rows although none is here: those are filled, without a mark.
    column.fill = Self.fill(values, reading.kind, filling)
    column.isMarked = missing > 0 && options.mark
    return column
  }

  /// The numbers of a column that is not one of categories: NaN where a value is missing.
  func forEachValue(_ place: Int, _ body: (Double) -> Void) {
    let reading = readings[place]
    for piece in pieces {
      let column = piece.columns[place]
      let width = piece.table.columns.count
      let texts = piece.table.columns[column].texts
      var kind = InputColumn(name: reading.name, kind: reading.kind == .truth ? .truth : .number)
      if reading.kind == .date { kind.kind = .date(start: 0, cycles: []) }
      (kind.order, kind.notation) = (reading.order, reading.notation)
      // One look at each different text.
      let numbers = texts.map { texts in
        texts.map { kind.number(of: .text($0)) ?? .nan }
      }
      for row in piece.rows {
        let cell = piece.table.cells[row * width + column]
        if cell.isNaN {
          body(.nan)
        } else if let numbers {
          body(numbers[Int(cell)])
        } else {
          body(kind.number(of: .number(cell)) ?? .nan)
        }
      }
    }
  }

  private static func fill(
    _ values: [Double], _ kind: ColumnReading.Kind, _ filling: DataOptions.Filling?
  ) -> Double {
    switch filling {
    case .number(let number)?: return number
    case .mean? where kind == .number: return values.reduce(0, +) / Double(max(values.count, 1))
    case .mostCommon?: return mostCommon(values)
    default: return kind == .truth ? mostCommon(values) : median(values)
    }
  }

  private static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    var values = values
    return Selection.median(&values)
  }

  private static func mostCommon(_ values: [Double]) -> Double {
    var counts: [Double: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
  }

  /// What comes round and is not the same in all rows.
  private static func cycles(_ dates: [Double]) -> [InputColumn.Cycle] {
    let parts = dates.map(DateText.parts)
    func varies(_ part: KeyPath<DateText.Parts, Double>) -> Bool {
      parts.contains { $0[keyPath: part] != parts[0][keyPath: part] }
    }
    let known: [(InputColumn.Cycle, KeyPath<DateText.Parts, Double>)] = [
      (.month, \.month), (.weekday, \.weekday), (.hour, \.hour),
    ]
    return known.filter { varies($0.1) }.map(\.0)
  }

  private func categories(
    _ place: Int, _ given: InputColumn, _ filling: DataOptions.Filling?, _ options: DataOptions
  ) -> InputColumn {
    var column = given
    var counts: [String: Int] = [:]
    var missing = 0
    forEachCell(place) { cell in
      if let text = InputColumn.category(cell) {
        counts[text, default: 0] += 1
      } else {
        missing += 1
      }
    }
    var rest = InputColumn.Rest(hasOther: false, hasMissing: missing > 0)
    var names = counts.keys.sorted(by: NaturalOrder.precedes)
    if names.count > 50 {
      let common = names.filter { (counts[$0] ?? 0) >= options.rare }
      rest.hasOther = common.count < names.count
      names = common
    }
    switch filling {
    case .text(let text)?:
      rest.hasMissing = false
      if missing > 0, !names.contains(text) {
        names = (names + [text]).sorted(by: NaturalOrder.precedes)
      }
      column.missingCategory = text
    case .mostCommon?:
      rest.hasMissing = false
      column.missingCategory = names.max { (counts[$0] ?? 0, $1) < (counts[$1] ?? 0, $0) }
    default: break
    }
    column.kind = .category(names, rest: rest)
    return column
  }

  // MARK: Encoding

  /// What encoding met that is worth telling: how many cells, by column.
  struct Counts: Sendable {
    var filled: [Int]
    var unseen: [Int]

    /// These and those of other rows.
    func adding(_ other: Counts) -> Counts {
      Counts(
        filled: zip(filled, other.filled).map(+), unseen: zip(unseen, other.unseen).map(+))
    }

    /// What to tell of rows that were not fitted to.
    func notes(_ columns: [InputColumn]) -> [String] {
      zip(columns, zip(filled, unseen)).flatMap { column, counts -> [String] in
        var notes: [String] = []
        if counts.0 > 0 {
          notes.append("`\(column.name)`: \(counts.0) without a value, filled in")
        }
        if counts.1 > 0 {
          notes.append("`\(column.name)`: \(counts.1) with a category the model has not seen")
        }
        return notes
      }
    }
  }

  /// The numbers of all rows, unscaled, as columns make them.
  ///
  /// - Throws: `EngineError.badFile` with the row of a cell that is no value of its column's kind.
  func encoded(by columns: [InputColumn]) throws -> (numbers: [Double], counts: Counts) {
    var counts = Counts(
      filled: Array(repeating: 0, count: columns.count),
      unseen: Array(repeating: 0, count: columns.count))
    let width = columns.reduce(0) { $0 + $1.width }
    var result = [Double](repeating: 0, count: count * width)
    var base = 0
    for piece in pieces {
      let tableWidth = piece.table.columns.count
      var offset = 0
      for (place, column) in columns.enumerated() {
        try Allowance.proceed()
        let own = column.width
        let isNumber = column.kind == .number
        let hasCommas = column.notation?.point == UInt8(ascii: ",")
        let isPercent = column.notation?.isPercent == true
        let source = piece.columns[place]
        let texts = piece.table.columns[source].texts
        // What each different text becomes, worked out once.
        var known = [(numbers: [Double], outcome: InputColumn.Outcome)?](
          repeating: nil, count: (texts?.count ?? 0) + 1)
        for (index, row) in piece.rows.enumerated() {
          let cell = piece.table.cells[row * tableWidth + source]
          let start = (base + index) * width + offset
          // Numbers are the common case, and need no look at what they stand for.
          if texts == nil, isNumber, cell.isFinite, !isPercent,
            !hasCommas || cell == cell.rounded()
          {
            result[start] = cell
            continue
          }
          if isNumber, cell.isNaN, let fill = column.fill {
            result[start] = fill
            if column.isMarked { result[start + 1] = 1 }
            counts.filled[place] += 1
            continue
          }
          let code = cell.isNaN ? -1 : texts == nil ? nil : Int(cell)
          let made: (numbers: [Double], outcome: InputColumn.Outcome)
          if let code, let found = known[code + 1] {
            made = found
          } else {
            made = try encoded(cell, texts, by: column, piece, row)
            if let code { known[code + 1] = made }
          }
          for number in 0..<own { result[start + number] = made.numbers[number] }
          if made.outcome == .filled { counts.filled[place] += 1 }
          if made.outcome == .unseen { counts.unseen[place] += 1 }
        }
        offset += own
      }
      base += piece.rows.count
    }
    return (result, counts)
  }

  private static func isPlainNumber(_ cell: TableCell) -> Bool {
    switch cell {
    case .missing: false
    case .number(let number): number.isFinite && number != 0
    case .text(let text): CellText.number(text, .init()) != nil && Double(text) != 0
    }
  }

  private func encoded(
    _ number: Double, _ texts: [String]?, by column: InputColumn, _ piece: Piece, _ row: Int
  ) throws -> (numbers: [Double], outcome: InputColumn.Outcome) {
    let cell: TableCell =
      number.isNaN ? .missing : texts.map { .text($0[Int(number)]) } ?? .number(number)
    var numbers: [Double] = []
    do {
      // `1.234` was a thousand in the rows that were learnt from.
      if texts == nil, column.notation?.point == UInt8(ascii: ","), number.isFinite,
        number != number.rounded()
      {
        throw InputColumn.Refusal(needs: "a number with a decimal comma, as it was learnt with,")
      }
      // `12` is 12 %, or twelve: nothing tells.
      if column.notation?.isPercent == true, Self.isPlainNumber(cell) {
        throw InputColumn.Refusal(needs: "a number with `%`, as it was learnt with,")
      }
      let outcome = try column.encode(cell, into: &numbers)
      if let place = numbers.firstIndex(where: { !$0.isFinite }) {
        throw EngineError.badFile(
          path: piece.path,
          problem: "row \(piece.table.line(of: row)) has no finite number in `\(column.name)`",
          detail: "\(numbers[place])", help: "correct it, or leave the row out")
      }
      return (numbers, outcome)
    } catch let refusal as InputColumn.Refusal {
      throw EngineError.badFile(
        path: piece.path,
        problem: "row \(piece.table.line(of: row)) has \(cell.shown) in `\(column.name)`, "
          + "\(refusal.needs) is needed")
    }
  }

  // MARK: Scaling

  /// The scaling of the columns' numbers, fitted to the cells of these rows that are there.
  func scaling(
    of columns: [InputColumn], by method: DataOptions.Normalization
  ) -> Preprocessing.Scaling? {
    guard method != .none else { return nil }
    var (centers, scales): ([Double], [Double]) = ([], [])
    for (place, column) in columns.enumerated() {
      var center = [Double](repeating: 0, count: column.width)
      var scale = [Double](repeating: 1, count: column.width)
      if let scaled = column.scaledPlace {
        var values: [Double] = []
        var start = 0.0
        if case .date(let first, _) = column.kind { start = first }
        forEachValue(place) { if !$0.isNaN { values.append($0 - start) } }
        if let fitted = Preprocessing.Scaling.fitted(to: values, width: 1, by: method) {
          (center[scaled], scale[scaled]) = (fitted.center[0], fitted.scale[0])
        }
      }
      centers += center
      scales += scale
    }
    return centers.isEmpty ? nil : Preprocessing.Scaling(center: centers, scale: scales)
  }
}

extension Examples {
  /// The rows as they stand in the file, with the names of the columns; `nil` where the inputs are
  /// the numbers of the file.
  ///
  /// - Throws: `EngineError.interrupted`.
  public func cells(_ columns: [InputColumn]) throws -> [[(name: String, cell: TableCell)]]? {
    guard let raw, !columns.isEmpty else { return nil }
    var rows = [[(name: String, cell: TableCell)]](repeating: [], count: raw.count)
    for (place, column) in columns.enumerated() {
      var row = 0
      try raw.forEachCell(place) { cell in
        try Allowance.proceed()
        rows[row].append((column.name, cell))
        row += 1
      }
    }
    return rows
  }

  /// Encodes rows of cells that a script gives.
  ///
  /// - Returns: what to tell of them, in words for people.
  /// - Throws: `EngineError.invalid` for a cell that is no value of its column's kind.
  public mutating func encode(_ rows: [[TableCell]], by columns: [InputColumn]) throws -> [String] {
    var numbers: [Double] = []
    var counts = RawInputs.Counts(
      filled: Array(repeating: 0, count: columns.count),
      unseen: Array(repeating: 0, count: columns.count))
    for row in rows {
      for (place, (cell, column)) in zip(row, columns).enumerated() {
        do throws(InputColumn.Refusal) {
          switch try column.encode(cell, into: &numbers) {
          case .known: break
          case .filled: counts.filled[place] += 1
          case .unseen: counts.unseen[place] += 1
          }
        } catch {
          throw EngineError.invalid("`\(column.name)` takes \(error.needs), not \(cell.shown)")
        }
      }
    }
    inputs = .exact(numbers)
    return counts.notes(columns)
  }
}
