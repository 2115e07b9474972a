/// Rows whose input and target columns are chosen and checked: what parts are gathered from.
struct RowSource {
  private enum Storage {
    /// `isNarrow`: whether 32 bits hold all these cells exactly.
    case table(Table, columns: [Int], isNarrow: Bool)
    case bytes([UInt8])
    case numbers(Examples.Inputs)
  }

  /// The file, for messages.
  let path: String
  let count: Int
  /// The shape of one row's inputs.
  var inputShape: Shape
  let inputNames: [String]
  let targetNames: [String]
  let targets: RawTargets
  /// Whether the targets are labels of pictures, which are classes although they are numbers.
  var holdsLabels: Bool { if case .bytes = storage { true } else { false } }
  /// The largest number of the inputs, without its sign.
  let largest: Double
  private let storage: Storage

  /// Rows typed in.
  init(values: [Double], count: Int, inputShape: Shape, targets: RawTargets) {
    path = "values"
    self.count = count
    self.inputShape = inputShape
    inputNames = []
    targetNames = []
    self.targets = targets
    largest = values.reduce(0) { max($0, abs($1)) }
    storage = .numbers(.exact(values))
  }

  /// Rows read from a file, with the columns the options choose.
  ///
  /// - Throws: `EngineError.unknownName`, `.invalid`, `.badFile`.
  init(_ raw: RawData, options: DataOptions) throws {
    switch raw.rows {
    case .bytes(let values, let shape, let labels):
      if let name = (options.target + options.only + options.drop).first {
        throw EngineError.invalid(
          "`\(FilePath.name(of: raw.path))` holds pictures and has no column `\(name)`",
          help: "leave out `target`, `only` and `drop`; the labels are a file: `labels=…`")
      }
      self.init(values, shape: shape, labels: labels, path: raw.path)
    case .table(let table):
      let choice = try ColumnChoice(table, options: options, path: raw.path)
      try self.init(
        table, path: raw.path, inputs: choice.inputs, targets: choice.targets,
        inputNames: choice.inputs.map { table.columns[$0].name })
    }
    if let shape = options.shape { try take(shape) }
  }

  private init(_ values: [UInt8], shape: Shape, labels: [Int32]?, path: String) {
    self.path = path
    count = values.count / max(shape.count, 1)
    inputShape = shape
    inputNames = []
    targetNames = labels == nil ? [] : ["label"]
    targets = labels.map { .numbers($0.map(Double.init), width: 1) } ?? .none
    largest = 255
    storage = .bytes(values)
  }

  /// Rows of a further file, with the columns that the first one has: by name where this file has
  /// names, by position where it has none.
  ///
  /// - Parameters:
  ///   - all: The names of all columns of the first file, in order.
  ///   - needsTargets: Whether rows without targets are of no use.
  /// - Throws: `EngineError`.
  init(
    _ raw: RawData, inputs: [String], targets: [String], all: [String], shape: Shape,
    needsTargets: Bool
  ) throws {
    switch raw.rows {
    case .bytes(let values, let found, let labels):
      self.init(values, shape: found, labels: labels, path: raw.path)
      if labels == nil && needsTargets { throw Self.noLabels(raw.path, option: "test_labels") }
    case .table(let table):
      let names = table.columns.map(\.name)
      let places =
        table.hasHeader
        ? table.places : Dictionary(zip(all, all.indices)) { first, _ in first }
      func index(_ name: String) throws -> Int {
        guard let found = places[name], found < names.count else {
          throw EngineError.badFile(
            path: raw.path, problem: "it has no column `\(name)`",
            detail: "its columns are \(names.joined(separator: ", "))")
        }
        return found
      }
      if !table.hasHeader && names.count != all.count {
        throw EngineError.badFile(
          path: raw.path, problem: "it has \(names.count) columns, \(all.count) are needed",
          detail: "these are \(all.joined(separator: ", "))")
      }
      try self.init(
        table, path: raw.path, inputs: inputs.map(index),
        targets: needsTargets ? targets.map(index) : targets.compactMap { try? index($0) },
        inputNames: inputs)
    }
    if inputShape != shape && inputShape.count == shape.count { inputShape = shape }
  }

  /// The error for pictures that came without labels; `option` is the one that names them.
  static func noLabels(_ path: String, option: String = "labels") -> EngineError {
    .badFile(
      path: path, problem: "no file of labels was found beside it",
      help: "name it: `\(option)=\"…-labels-idx1-ubyte.gz\"`")
  }

  /// Rows of a table with given input and target columns.
  ///
  /// - Throws: `EngineError.badFile` where a cell cannot be used.
  init(
    _ table: Table, path: String, inputs: [Int], targets targetColumns: [Int],
    inputNames: [String]
  ) throws {
    let checks = CellCheck(table: table, path: path)
    let cells = try checks.inputs(inputs)
    largest = cells.largest
    self.path = path
    count = table.rowCount
    inputShape = [inputs.count]
    self.inputNames = inputNames
    targetNames = targetColumns.map { table.columns[$0].name }
    targets = try checks.targets(targetColumns)
    storage = .table(table, columns: inputs, isNarrow: cells.isNarrow)
  }

  /// Gives the inputs another shape of the same size.
  ///
  /// - Throws: `EngineError.invalid`, `.tooLarge`.
  mutating func take(_ shape: Shape) throws {
    let shape = try Shape(checking: shape.sizes, for: "`shape`")
    guard shape.count == inputShape.count else {
      throw EngineError.invalid(
        "`shape` is \(shape), which is \(shape.count) numbers; a row has \(inputShape.count)")
    }
    inputShape = shape
  }

  /// The inputs of some rows, or of all.
  func inputs(_ rows: [Int]) -> Examples.Inputs {
    let width = inputShape.count
    switch storage {
    case .bytes(let values):
      return .bytes(rows.count == count ? values : Self.gather(values, rows, width))
    case .numbers(.floats(let values)):
      return .floats(rows.count == count ? values : Self.gather(values, rows, width))
    case .numbers(.bytes(let values)):
      return .bytes(rows.count == count ? values : Self.gather(values, rows, width))
    case .numbers(.doubles(let values)):
      return .doubles(rows.count == count ? values : Self.gather(values, rows, width))
    case .table(let table, let columns, isNarrow: true):
      return .floats(Self.cells(of: table, columns, rows) { Float($0) })
    case .table(let table, let columns, isNarrow: false):
      return .doubles(Self.cells(of: table, columns, rows) { $0 })
    }
  }

  private static func cells<Value>(
    of table: Table, _ columns: [Int], _ rows: [Int], _ value: (Double) -> Value
  ) -> [Value] {
    let tableWidth = table.columns.count
    return [Value](unsafeUninitializedCapacity: rows.count * columns.count) { result, filled in
      table.cells.withUnsafeBufferPointer { cells in
        columns.withUnsafeBufferPointer { columns in
          for row in rows {
            let start = row * tableWidth
            for column in columns {
              result.initializeElement(at: filled, to: value(cells[start + column]))
              filled += 1
            }
          }
        }
      }
    }
  }

  private static func gather<Value>(_ values: [Value], _ rows: [Int], _ width: Int) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(rows.count * width)
    for row in rows { result += values[row * width..<(row + 1) * width] }
    return result
  }

  /// `row 12 of test.csv`, for messages.
  func place(of row: Int) -> String {
    if case .table(let table, _, _) = storage { return "row \(table.line(of: row))" }
    return "row \(row + 1)"
  }
}

/// Which columns of a table are inputs and which are targets.
private struct ColumnChoice {
  var inputs: [Int]
  var targets: [Int]

  init(_ table: Table, options: DataOptions, path: String) throws {
    let names = table.columns.map(\.name)
    let places = table.places
    func index(_ name: String) throws -> Int {
      if let index = places[name] { return index }
      // In a file without names a number is the place of a column, from 1 as in `column1`.
      if !table.hasHeader, let place = Int(name), names.indices.contains(place - 1) {
        return place - 1
      }
      throw EngineError.unknownName(what: "column", name: name, known: names)
    }
    let dropped = Set(try options.drop.map(index))
    targets = try options.target.map(index)
    if targets.isEmpty {
      guard let last = names.indices.last(where: { !dropped.contains($0) }) else {
        throw EngineError.invalid("`drop` leaves no column")
      }
      targets = [last]
    }
    if Set(targets).count < targets.count {
      throw EngineError.invalid("`target` names a column twice")
    }
    if let both = targets.first(where: dropped.contains) {
      throw EngineError.invalid("`\(names[both])` is the target and cannot be dropped")
    }
    for name in options.number { _ = try index(name) }
    let isTarget = Set(targets)
    for name in options.category where try !isTarget.contains(index(name)) {
      throw EngineError.invalid(
        "`\(name)` is an input, and inputs are numbers: only a target can be a `category`",
        help: "leave it out with `drop`, or name it as `target`")
    }
    let wanted = Set(try options.only.map(index))
    // The order of the file, whatever the order in `only`: test files and predictions follow it.
    inputs = names.indices.filter { column in
      !isTarget.contains(column) && !dropped.contains(column)
        && (wanted.isEmpty || wanted.contains(column))
    }
    if inputs.isEmpty {
      throw EngineError.badFile(
        path: path, problem: "no column is left for the inputs",
        detail: "its columns are \(names.joined(separator: ", "))",
        help: names.count == 1 ? "if fields stand between other signs, say `separator=\";\"`" : nil)
    }
  }
}

/// Looks for cells that a network cannot use, in the columns that are used.
private struct CellCheck {
  let table: Table
  let path: String

  private func bad(_ problem: String, _ detail: String? = nil, help: String? = nil) -> EngineError {
    .badFile(path: path, problem: problem, detail: detail, help: help)
  }

  /// What the numbers of some cells have in common.
  struct Range {
    /// Whether 32 bits hold all of them exactly.
    var isNarrow = true
    /// The largest, without its sign.
    var largest = 0.0
  }

  /// - Throws: `EngineError.badFile` for texts, missing and infinite values.
  func inputs(_ columns: [Int]) throws -> Range {
    let texts = columns.filter { table.columns[$0].texts != nil }
    if let first = texts.first {
      throw text(in: table.columns[first], others: texts.map { table.columns[$0].name })
    }
    let gaps = columns.filter { table.columns[$0].missing > 0 }
    if let first = gaps.first {
      let column = table.columns[first]
      throw missing(
        in: column,
        help: "leave the \(gaps.count == 1 ? "column" : "columns") out: "
          + Self.drop(gaps.map { table.columns[$0].name }))
    }
    return try finite(columns)
  }

  /// - Throws: `EngineError.badFile` for missing and infinite values and for texts among several.
  func targets(_ columns: [Int]) throws -> RawTargets {
    for index in columns where table.columns[index].missing > 0 {
      throw missing(in: table.columns[index], help: "fill it in, or remove those rows")
    }
    guard let first = columns.first else { return .none }
    if columns.count == 1, let names = table.columns[first].texts {
      return .texts(table.cells(ofColumn: first).map { Int32($0) }, names: names)
    }
    if let text = columns.first(where: { table.columns[$0].texts != nil }) {
      throw bad(
        "the target `\(table.columns[text].name)` holds texts; several targets must all be numbers",
        table.columns[text].firstText.map { "row \($0.line): \($0.text)" })
    }
    if try finite(columns).largest > Double(Float.greatestFiniteMagnitude) {
      throw bad("the target holds a number beyond what 32 bits hold", help: "use a smaller unit")
    }
    // One target is the usual case, and an array a row would cost more than reading the file.
    if columns.count == 1 { return .numbers(table.cells(ofColumn: first), width: 1) }
    let width = table.columns.count
    return .numbers(
      (0..<table.rowCount).flatMap { row in columns.map { table.cells[row * width + $0] } },
      width: columns.count)
  }

  private func finite(_ columns: [Int]) throws -> Range {
    let width = table.columns.count
    var (range, place) = table.cells.withUnsafeBufferPointer { cells in
      columns.withUnsafeBufferPointer { columns -> (Range, (Int, Int)?) in
        var range = Range()
        for row in 0..<table.rowCount {
          for column in columns {
            let cell = cells[row * width + column]
            if !cell.isFinite { return (range, (row, column)) }
            if Double(Float(cell)) != cell { range.isNarrow = false }
            range.largest = max(range.largest, abs(cell))
          }
        }
        return (range, nil)
      }
    }
    guard let (row, column) = place else {
      // Beyond 32 bits a number rounds to infinity, which is no change that is to be kept.
      if range.largest > Double(Float.greatestFiniteMagnitude) { range.isNarrow = false }
      return range
    }
    throw bad(
      "row \(table.line(of: row)) has no finite number in `\(table.columns[column].name)`",
      "this is infinite, or beyond what 64 bits hold", help: "correct it, or leave the row out")
  }

  private func text(in column: Table.Column, others: [String]) -> EngineError {
    let place = column.firstText
    let row = place.map { "row \($0.line)" } ?? "a row"
    let text = place?.text ?? ""
    if !text.isEmpty, text.utf8.allSatisfy({ $0 &- 0x30 <= 9 }) {
      return bad(
        "`\(column.name)` holds codes, inputs must be numbers: \(row)",
        text.utf8.first == 0x30
          ? "`\(text)`: a number does not begin with a zero"
          : "`\(text)`: more digits than a number keeps apart",
        help: "leave codes out: \(Self.drop(others))")
    }
    var help = "leave texts out: \(Self.drop(others))"
    if !table.hasHeader && place?.line == 1 {
      help = "if the first row holds names, say `header=true`; else " + help
    } else if text.contains(","),
      text.utf8.allSatisfy({ $0 == 0x2c || $0 == 0x2d || (0x30...0x39).contains($0) })
    {
      help = "write numbers with a decimal point"
    }
    return bad(
      "`\(column.name)` holds texts, inputs must be numbers: \(row)", place?.text, help: help)
  }

  private func missing(in column: Table.Column, help: String) -> EngineError {
    let place = column.firstMissing
    let text = place?.text.isEmpty == false ? "`\(place?.text ?? "")`" : "an empty field"
    return bad(
      "`\(column.name)` has no value in row \(place?.line ?? 0)"
        + (column.missing > 1 ? " and \(column.missing - 1) more" : ""), text, help: help)
  }

  private static func drop(_ names: [String]) -> String {
    "`drop=[" + names.map(quotedIfNeeded).joined(separator: ", ") + "]`"
  }

  /// A column's name as a script writes it.
  private static func quotedIfNeeded(_ name: String) -> String {
    let isPlain =
      name.first.map { $0.isLetter || $0 == "_" } == true
      && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isPlain ? name : "\"\(name)\""
  }
}
