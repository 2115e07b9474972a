/// Rows whose input and target columns are chosen and checked: what parts are gathered from.
struct RowSource {
  private enum Storage {
    /// `isNarrow`: whether 32 bits hold all these cells exactly.
    case table(Table, columns: [Int], isNarrow: Bool)
    /// Cells that become numbers only by a schema.
    case cells(Table, columns: [Int])
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
  /// What begins a fraction in texts that are targets: a comma where one does.
  let targetDecimal: DataOptions.DecimalSign?
  /// What the input columns hold, of a table.
  let readings: [ColumnReading]
  /// The columns that are not used, and why.
  let leftOut: [ColumnLeftOut]
  /// What was done to the rows, in words for people.
  let remarks: [String]
  /// The rows that belong together, where a column says so.
  let groups: RowGroups?
  /// Whether the targets are labels of pictures, which are classes although they are numbers.
  var holdsLabels: Bool { if case .bytes = storage { true } else { false } }
  /// The largest number of the inputs, without its sign.
  let largest: Double
  /// The form that pictures were brought to.
  private(set) var pictures: PictureForm?
  /// What each row is called; empty where rows have no names.
  private(set) var rowNames: [String] = []
  private let storage: Storage

  /// Rows typed in.
  init(values: [Double], count: Int, inputShape: Shape, targets: RawTargets) {
    path = "values"
    self.count = count
    self.inputShape = inputShape
    inputNames = []
    targetNames = []
    self.targets = targets
    targetDecimal = nil
    (readings, leftOut, remarks, groups) = ([], [], [], nil)
    largest = values.reduce(0) { max($0, abs($1)) }
    storage = .numbers(.exact(values))
  }

  /// Rows read from a file, with the columns the options choose.
  ///
  /// - Throws: `EngineError.unknownName`, `.invalid`, `.badFile`.
  init(_ raw: RawData, options: DataOptions) throws {
    switch raw.rows {
    case .bytes(let values, let shape, let labels):
      if let name = options.columnsNamed.first {
        throw EngineError.invalid(
          "`\(FilePath.name(of: raw.path))` holds pictures and has no column `\(name)`",
          help: "leave it out; the labels are a file: `labels=…`")
      }
      self.init(values, shape: shape, labels: labels, path: raw.path)
    case .array(let values, let shape, let targets, let name):
      if let form = raw.pictures, form.column == nil, let column = options.columnsNamed.first {
        throw EngineError.invalid(
          "`\(FilePath.name(of: raw.path))` holds pictures and has no column `\(column)`",
          help: "leave it out; the classes are its folders")
      }
      try self.init(values, shape: shape, targets: targets, named: name, path: raw.path)
      (pictures, rowNames) = (raw.pictures, raw.rowNames)
    case .table(let table):
      let choice = try ColumnChoice(table, options: options, path: raw.path)
      let ordered =
        try choice.order.map { try table.ordered(byColumn: $0, path: raw.path, options) } ?? table
      try self.init(
        ordered, path: raw.path, inputs: choice.readings.map(\.column), targets: choice.targets,
        inputNames: choice.readings.map(\.name), readings: choice.readings,
        leftOut: choice.leftOut, group: choice.group, options: options)
    }
    if let shape = options.shape, isPlain { try take(shape) }
  }

  private init(_ values: [UInt8], shape: Shape, labels: [Int32]?, path: String) {
    self.path = path
    count = values.count / max(shape.count, 1)
    inputShape = shape
    inputNames = []
    targetNames = labels == nil ? [] : ["label"]
    targets = labels.map { .numbers($0.map(Double.init), width: 1) } ?? .none
    targetDecimal = nil
    (readings, leftOut, remarks, groups) = ([], [], [], nil)
    largest = 255
    storage = .bytes(values)
  }

  /// Arrays of numbers.
  ///
  /// - Throws: `EngineError.badFile` for a number that is not finite.
  private init(
    _ values: Examples.Inputs, shape: Shape, targets: TypedTargets, named name: String, path: String
  ) throws {
    self.path = path
    count = values.count / max(shape.count, 1)
    inputShape = shape
    inputNames = []
    self.targets = try Dataset.rawTargets(targets, rows: count)
    targetDecimal = nil
    if case .none = self.targets { targetNames = [] } else { targetNames = [name] }
    (readings, leftOut, remarks, groups) = ([], [], [], nil)
    var largest = 0.0
    if case .bytes = values {
      self.largest = 255
      storage = .numbers(values)
      return
    }
    for place in 0..<values.count {
      let size = abs(values.number(at: place))
      guard size < .infinity else {
        throw EngineError.badFile(
          path: path,
          problem: "row \(place / shape.count + 1) holds a value that is no finite number",
          detail: "\(values.number(at: place))", help: "correct it, or leave the row out")
      }
      largest = max(largest, size)
    }
    self.largest = largest
    storage = .numbers(values)
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
    needsTargets: Bool, readings: [ColumnReading] = [], options: DataOptions = DataOptions()
  ) throws {
    switch raw.rows {
    case .bytes(let values, let found, let labels):
      self.init(values, shape: found, labels: labels, path: raw.path)
      if labels == nil && needsTargets { throw Self.noLabels(raw.path, option: "test_labels") }
    case .array(let values, let found, let targets, let name):
      try self.init(values, shape: found, targets: targets, named: name, path: raw.path)
      (pictures, rowNames) = (raw.pictures, raw.rowNames)
      if case .none = self.targets, needsTargets {
        throw Self.noLabels(raw.path, option: "test_labels")
      }
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
        inputNames: inputs, readings: readings,
        group: options.group.flatMap { try? index($0) }, options: options)
    }
    if inputShape != shape && inputShape.count == shape.count { inputShape = shape }
  }

  /// The error for pictures that came without labels; `option` is the one that names them.
  static func noLabels(_ path: String, option: String = "labels") -> EngineError {
    .badFile(
      path: path, problem: "no file of labels was found beside it",
      help: FilePath.fileExtension(of: path).hasPrefix("np")
        ? "name it: `\(option)=\"labels.npy\"`" : "name it: `\(option)=\"…-labels-idx1-ubyte.gz\"`")
  }

  /// Rows of a table with given input and target columns.
  ///
  /// - Parameter readings: what the input columns hold; empty where a schema says it.
  /// - Throws: `EngineError.badFile` where a cell cannot be used.
  init(
    _ whole: Table, path: String, inputs: [Int], targets targetColumns: [Int],
    inputNames: [String], readings: [ColumnReading] = [], leftOut: [ColumnLeftOut] = [],
    group: Int? = nil, options: DataOptions = DataOptions()
  ) throws {
    var gaps = RowGaps(whole, targets: targetColumns, inputs: inputs, names: inputNames, options)
    var table = try gaps.leaveOut(path)
    targetDecimal = try table.readNumbers(ofTargets: targetColumns, path: path, options)
    let checks = CellCheck(table: table, path: path)
    let others = Set(readings.lazy.filter { $0.kind != .number }.map(\.column))
    let isPlain = inputs.allSatisfy { column in
      table.columns[column].texts == nil && table.columns[column].missing == 0
        && !others.contains(column)
    }
    let cells = isPlain ? try checks.inputs(inputs) : nil
    largest = cells?.largest ?? 0
    self.readings = readings
    self.leftOut = leftOut
    remarks = gaps.remarks
    groups = try group.map { try RowGroups(table, column: $0, path: path) }
    self.path = path
    count = table.rowCount
    inputShape = [inputs.count]
    self.inputNames = inputNames
    targetNames = targetColumns.map { table.columns[$0].name }
    targets = try checks.targets(targetColumns)
    storage =
      cells.map { .table(table, columns: inputs, isNarrow: $0.isNarrow) }
      ?? .cells(table, columns: inputs)
  }

  /// Whether any of its columns has decimal commas.
  var hasDecimalCommas: Bool {
    targetDecimal == .comma || readings.contains { $0.notation?.decimal == .comma }
  }

  /// Whether the cells of the inputs are the numbers that a network gets.
  var isPlain: Bool { if case .cells = storage { false } else { true } }

  /// Some rows as they stand in the table; `nil` where they come from no table.
  func rawInputs(_ rows: [Int], _ readings: [ColumnReading]) -> RawInputs? {
    switch storage {
    case .table(let table, let columns, _), .cells(let table, let columns):
      RawInputs(
        readings: readings,
        pieces: [.init(path: path, table: table, columns: columns, rows: rows)])
    case .bytes, .numbers: nil
    }
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
  ///
  /// - Throws: `EngineError.interrupted`.
  func inputs(_ rows: [Int]) throws -> Examples.Inputs {
    let width = inputShape.count
    switch storage {
    case .bytes(let values):
      return .bytes(rows.count == count ? values : try Self.gather(values, rows, width))
    case .numbers(.floats(let values)):
      return .floats(rows.count == count ? values : try Self.gather(values, rows, width))
    case .numbers(.bytes(let values)):
      return .bytes(rows.count == count ? values : try Self.gather(values, rows, width))
    case .numbers(.doubles(let values)):
      return .doubles(rows.count == count ? values : try Self.gather(values, rows, width))
    case .table(let table, let columns, isNarrow: true):
      return .floats(try Self.cells(of: table, columns, rows) { Float($0) })
    case .table(let table, let columns, isNarrow: false), .cells(let table, let columns):
      return .doubles(try Self.cells(of: table, columns, rows) { $0 })
    }
  }

  private static func cells<Value>(
    of table: Table, _ columns: [Int], _ rows: [Int], _ value: (Double) -> Value
  ) throws -> [Value] {
    let tableWidth = table.columns.count
    return try [Value](unsafeUninitializedCapacity: rows.count * columns.count) { result, filled in
      try table.cells.withUnsafeBufferPointer { cells in
        try columns.withUnsafeBufferPointer { columns in
          try Allowance.piecewise(rows.count, by: 1 << 18 / max(1, columns.count)) { piece in
            for place in piece {
              let start = rows[place] * tableWidth
              for column in columns {
                result.initializeElement(at: filled, to: value(cells[start + column]))
                filled += 1
              }
            }
          }
        }
      }
    }
  }

  private static func gather<Value>(
    _ values: [Value], _ rows: [Int], _ width: Int
  ) throws -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(rows.count * width)
    try Allowance.piecewise(rows.count, by: 1 << 18 / max(1, width)) { piece in
      for row in rows[piece] { result += values[row * width..<(row + 1) * width] }
    }
    return result
  }

  /// `row 12 of test.csv`, for messages.
  func place(of row: Int) -> String {
    switch storage {
    case .table(let table, _, _), .cells(let table, _): "row \(table.line(of: row))"
    case .bytes, .numbers:
      rowNames.indices.contains(row) ? "`\(rowNames[row])`" : "row \(row + 1)"
    }
  }
}

extension DataOptions {
  /// Columns that are named for a part they play, for sources that have none.
  var columnsNamed: [String] {
    target + only + drop + number + category + date + [group, order].compactMap { $0 }
  }
}

/// Which columns of a table are inputs and which are targets.
private struct ColumnChoice {
  var readings: [ColumnReading] = []
  var leftOut: [ColumnLeftOut] = []
  var targets: [Int]
  /// The column of groups, and that of times.
  var group: Int?
  var order: Int?

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
    // An array of targets goes by its own name, however many columns it has.
    if let known = table.targets, options.target.isEmpty || options.target == [known.array] {
      targets = Array(known.columns)
    } else {
      targets = try options.target.map(index)
    }
    let learnt = options.learntTarget.compactMap { table.index(of: $0) }
    if targets.isEmpty, learnt.count == options.learntTarget.count { targets = learnt }
    if targets.isEmpty {
      let other = Set(try [options.group, options.order].compactMap { try $0.map(index) })
      guard
        let last = names.indices.last(where: { !dropped.contains($0) && !other.contains($0) })
      else {
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
    for name in options.category + options.date { _ = try index(name) }
    for name in options.missingIn.keys.sorted() { _ = try index(name) }
    group = try options.group.map(index)
    order = try options.order.map(index)
    for (option, column) in [("group", group), ("order", order)] {
      guard let column, targets.contains(column) else { continue }
      throw EngineError.invalid(
        "`\(names[column])` is the target and cannot be the `\(option)`",
        help: "name another column")
    }
    let (isTarget, wanted) = (Set(targets), Set(try options.only.map(index)))
    // The order of the file, whatever the order in `only`: test files and predictions follow it.
    let inputs = names.indices.filter { column in
      !isTarget.contains(column) && !dropped.contains(column)
        && (wanted.isEmpty ? column != group && column != order : wanted.contains(column))
    }
    for column in inputs {
      switch try table.reading(ofColumn: column, path: path, options: options) {
      case .success(let reading): readings.append(reading)
      case .failure(let refusal):
        leftOut.append(ColumnLeftOut(name: names[column], reason: refusal.reason))
      }
    }
    if readings.isEmpty, let first = leftOut.first {
      throw EngineError.badFile(
        path: path, problem: "no column is left for the inputs",
        detail: leftOut.map { "`\($0.name)` \($0.reason)" }.joined(separator: "; "),
        help: "`only=\(DataOptions.written(first.name))` brings a column in")
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

  /// - Throws: `EngineError.badFile` for infinite values.
  func inputs(_ columns: [Int]) throws -> Range { try finite(columns) }

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
    var (range, place) = try table.cells.withUnsafeBufferPointer { cells in
      try columns.withUnsafeBufferPointer { columns -> (Range, (Int, Int)?) in
        var range = Range()
        for row in 0..<table.rowCount {
          if row & 0xFFF == 0 { try Allowance.proceed() }
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

  private func missing(in column: Table.Column, help: String) -> EngineError {
    let place = column.firstMissing
    let text = place?.text.isEmpty == false ? "`\(place?.text ?? "")`" : "an empty field"
    return bad(
      "`\(column.name)` has no value in row \(place?.line ?? 0)"
        + (column.missing > 1 ? " and \(column.missing - 1) more" : ""), text, help: help)
  }
}

/// Rows that are not used because a cell of theirs has no value.
private struct RowGaps {
  private let table: Table
  private let targets: [Int]
  /// The inputs whose rows go where a cell has no value, and those that must have none.
  private var dropping: [Int] = []
  private var forbidden: [Int] = []
  private(set) var remarks: [String] = []

  init(
    _ table: Table, targets: [Int], inputs: [Int], names: [String], _ options: DataOptions
  ) {
    self.table = table
    self.targets = targets
    for (column, name) in zip(inputs, names) where table.columns[column].missing > 0 {
      switch options.missingIn[name] ?? options.missing {
      case .drop?: dropping.append(column)
      case .error?: forbidden.append(column)
      default: break
      }
    }
  }

  /// The table without rows that have no target, or no value where `missing=drop` says so.
  mutating func leaveOut(_ path: String) throws -> Table {
    if let column = forbidden.first.map({ table.columns[$0] }) {
      throw EngineError.badFile(
        path: path,
        problem: "`\(column.name)` has no value in row \(column.firstMissing?.line ?? 0)"
          + (column.missing > 1 ? " and \(column.missing - 1) more" : ""),
        help: "leave `missing=error` out, or say what stands for them: `missing=median`")
    }
    let gaps = [
      (targets.filter { table.columns[$0].missing > 0 }, "without a target"),
      (dropping, "without a value"),
    ]
    var rest = table
    for (columns, what) in gaps where !columns.isEmpty {
      let kept = (0..<rest.rowCount).filter { row in
        columns.allSatisfy { !rest.cells[row * rest.columns.count + $0].isNaN }
      }
      let gone = rest.rowCount - kept.count
      guard gone > 0 else { continue }
      guard !kept.isEmpty else { throw nothingLeft(of: columns, path) }
      rest = rest.rows(kept)
      remarks.append("\(gone) \(gone == 1 ? "row" : "rows") \(what) left out")
    }
    return rest
  }

  /// What to say where no row has a value in all of these columns, with the line that helps.
  private func nothingLeft(of columns: [Int], _ path: String) -> EngineError {
    let emptiest = columns.max { table.columns[$0].missing < table.columns[$1].missing }
    let name = emptiest.map { table.columns[$0].name } ?? ""
    guard columns == dropping else {
      let other = table.columns.indices.last {
        !targets.contains($0) && table.columns[$0].missing < table.rowCount
      }
      return .badFile(
        path: path, problem: "no row has a value for the target `\(name)`",
        help: other.map { "`target=\(table.columns[$0].name)` learns another column" })
    }
    return .badFile(
      path: path, problem: "every row lacks a value, and `missing=drop` leaves such rows out",
      help: "`drop=\(name)` leaves out the column that lacks most, or say `missing=median`")
  }
}
