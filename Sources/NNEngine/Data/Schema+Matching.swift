// What a model learnt with meets other data: by name, and where one side has no names, by place.

extension Preprocessing {
  /// Other data as a model needs them that learnt with this schema: its columns in its order, its
  /// scales, the numbers of its classes.
  ///
  /// - Returns: the data, and remarks in words for people.
  /// - Throws: `EngineError.invalid` where a column is missing, where there is a class that the
  ///   model does not know, and where the data were asked for in a way that contradicts the schema.
  public func arranged(_ data: Dataset) throws -> (data: Dataset, notes: [String]) {
    let given = data.preprocessing
    try checkWishes(data)
    let match = try ColumnMatch(self, given.columnNames, width: given.inputShape.count) {
      missing, extra in
      missingColumn(missing, extra, data)
    }
    var result = data
    if data.reading != .none {
      result = try data.reading(classNames.isEmpty ? .values : .classes)
    }
    let codes = try classNames.isEmpty ? [] : classCodes(in: result)
    var notes = match.notes
    func arrange(_ part: Examples) throws -> Examples {
      var part = part
      if !columns.isEmpty || part.raw != nil {
        notes += try encode(&part, match.order, data)
      } else if let order = match.order {
        part = part.columns(order)
      }
      part.inputShape = inputShape
      if case .classes(let old) = part.targets {
        part.targets = .classes(old.map { codes[Int($0)] })
      }
      return part
    }
    result.train = try arrange(result.train)
    result.validation = try result.validation.map(arrange)
    result.test = try result.test.map(arrange)
    result.preprocessing = self
    result.wholeNumbers = nil
    result.units = targetScaling == nil ? .own : .normalized
    result.targetNumbers?.deviation = targetScaling.flatMap { $0.scale.map { 1 / $0 }.min() } ?? 1
    let kept =
      "`\(data.name)` is read with the columns, scales and classes the model learnt with"
      + " (`reset` forgets them)"
    return (result, [kept] + notes)
  }

  /// Columns of numbers of which the training rows lacked none: their mean stands for what others
  /// lack, where it is known.
  var plainColumns: [InputColumn] {
    let means =
      normalization == .auto || normalization == .standard ? inputScaling?.center : nil
    return inputNames.enumerated().map { place, name in
      var column = InputColumn(
        name: name, kind: .number, fill: means.map { $0[$0.count == 1 ? 0 : place] })
      if decimal == .comma { column.notation = .decimalComma }
      return column
    }
  }

  /// Encodes rows of other data by this schema.
  private func encode(
    _ part: inout Examples, _ order: [Int]?, _ data: Dataset
  ) throws -> [String] {
    let raw = part.raw ?? RawInputs(part, names: data.preprocessing.inputNames, name: data.name)
    let known = columns.isEmpty ? plainColumns : columns
    let own = raw.columns(order ?? Array(known.indices))
    let counts = try part.encode(own, by: known)
    part.raw = nil
    return counts.notes(known)
  }

  /// Rows of a file that were read with this schema, as a data set to measure on.
  public func dataset(_ name: String, _ rows: Examples) -> Dataset {
    var result = Dataset(
      name: name, rowCount: rows.count, train: rows, test: rows, preprocessing: self,
      reading: classNames.isEmpty ? .values : .classes)
    result.targetNumbers = TargetNumbers([rows], scaling: targetScaling)
    return result
  }

  /// What a script said of the data must not contradict what the model learnt with.
  private func checkWishes(_ data: Dataset) throws {
    let wanted = data.preprocessing.targetNames
    if data.reading != .none, !targetNames.isEmpty, !wanted.isEmpty, wanted != targetNames {
      throw EngineError.invalid(
        "the model predicts \(Self.quoted(targetNames)), the target of `\(data.name)` is "
          + Self.quoted(wanted),
        help: "`target=\(targetNames.joined(separator: ", "))`, or `reset` before to learn anew")
    }
    let wish = data.preprocessing.normalization
    guard wish != .auto, wish != normalization, wish != .none || inputScaling != nil else { return }
    throw EngineError.invalid(
      "`normalize=\(wish.rawValue)` contradicts the scales the model learnt with",
      help: "leave it out, or `reset` before to learn anew")
  }

  private func missingColumn(_ name: String, _ extra: [String], _ data: Dataset) -> EngineError {
    if let column = data.columns.first(where: { $0.name == name }) {
      return .invalid(
        "the model needs the column `\(name)`, which is "
          + (column.role == .target ? "the target of `\(data.name)`" : "left out here"),
        help: "use it as an input, or `reset` before to learn anew")
    }
    return .invalid(
      "the model needs the column `\(name)`, `\(data.name)` has none of that name",
      help: ColumnMatch.hint(name, extra) + ", or `reset` before to learn these data anew")
  }

  /// The model's class number for each class of some data; -1 for classes that do not occur.
  private func classCodes(in data: Dataset) throws -> [Int32] {
    var occurs = Set<Int32>()
    for part in [data.train, data.validation, data.test] {
      if case .classes(let codes)? = part?.targets { occurs.formUnion(codes) }
    }
    let places = Dictionary(zip(classNames, classNames.indices)) { first, _ in first }
    return try data.preprocessing.classNames.enumerated().map { code, name in
      if let known = places[name] { return Int32(known) }
      guard occurs.contains(Int32(code)) else { return -1 }
      throw EngineError.invalid(
        "`\(data.name)` has the class `\(name)`, which the model does not know",
        help: "it knows \(Self.shortened(classNames)); `reset` before to learn these data anew")
    }
  }

  static func quoted(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }

  static func shortened(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
  }
}

/// Which columns of some rows are the inputs of a model.
struct ColumnMatch {
  /// The places of the model's inputs in order; `nil` where the rows have them as they are.
  var order: [Int]?
  var notes: [String] = []

  /// - Parameters:
  ///   - names: of the columns there are, empty where they have none.
  ///   - missing: the error for a column that is not there, with those that nobody asked for.
  init(
    _ schema: Preprocessing, _ names: [String], width: Int,
    _ missing: (_ name: String, _ extra: [String]) -> EngineError
  ) throws {
    guard !schema.columnNames.isEmpty, !names.isEmpty else {
      guard width == schema.inputShape.count else {
        throw EngineError.invalid(
          "the rows have \(width) values, the model learnt with \(schema.inputShape.count)",
          help: "give rows of \(schema.inputShape.count), or `reset` before to learn anew")
      }
      return
    }
    if names == schema.columnNames { return }
    let known = Set(schema.columnNames)
    let extra = names.filter { !known.contains($0) }
    let places = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    order = try schema.columnNames.map { name in
      guard let place = places[name] else { throw missing(name, extra) }
      return place
    }
    if !extra.isEmpty { notes.append("not used by the model: " + Preprocessing.shortened(extra)) }
  }

  /// What to do about a missing column: the only stranger may be the one, renamed.
  static func hint(_ name: String, _ extra: [String]) -> String {
    extra.count == 1
      ? "if `\(extra[0])` is meant, name it `\(name)` in the file"
      : extra.isEmpty ? "add it to the file" : "columns here: " + Preprocessing.shortened(extra)
  }
}

extension Examples {
  /// The rows with these of their columns, in this order.
  func columns(_ order: [Int]) -> Examples {
    let width = inputShape.count
    func pick<Number>(_ values: [Number]) -> [Number] {
      var picked: [Number] = []
      picked.reserveCapacity(count * order.count)
      for start in stride(from: 0, to: count * width, by: width) {
        for column in order { picked.append(values[start + column]) }
      }
      return picked
    }
    let inputs: Inputs =
      switch self.inputs {
      case .floats(let values): .floats(pick(values))
      case .bytes(let values): .bytes(pick(values))
      case .doubles(let values): .doubles(pick(values))
      }
    return Examples(count: count, inputShape: [order.count], inputs: inputs, targets: targets)
  }
}

extension DataLoader {
  /// Rows of a file that fit a trained network, targets left aside: for predictions.
  ///
  /// - Throws: `EngineError`.
  public func rows(
    in path: String, for schema: Preprocessing, options: DataOptions = DataOptions()
  ) throws -> Examples {
    try examples(in: path, for: schema, options: options, needsTargets: false).examples
  }

  /// Rows of a file as a trained network needs them: its columns by name, in a file without names
  /// by place (inputs first, targets last); its classes by name.
  ///
  /// - Returns: the rows, and remarks in words for people.
  /// - Throws: `EngineError`.
  public func examples(
    in path: String, for schema: Preprocessing, options: DataOptions = DataOptions(),
    needsTargets: Bool
  ) throws -> (examples: Examples, notes: [String]) {
    var options = options
    options.missingValues = options.missingValues ?? schema.missingValues
    var (format, request) = try self.request(path, options: options, labels: options.labels)
    try check(options, of: path, format)
    request.texts = Set(schema.categoriesByText)
    request.takesPoints = !schema.hasDecimalCommas
    try request.take(schema, needsTargets: needsTargets, format)
    let found = try examples(
      pictures(of: format.read(request), schema, options, needsTargets: needsTargets),
      for: schema, needsTargets: needsTargets)
    let columns = schema.columns.isEmpty ? schema.plainColumns : schema.columns
    return (found.examples, found.notes + (found.counts?.notes(columns) ?? []))
  }

  /// The pictures that a table names, where the model learnt from such.
  func pictures(
    of raw: RawData, _ schema: Preprocessing, _ options: DataOptions, needsTargets: Bool
  ) throws -> RawData {
    guard let form = schema.pictures, let column = form.column else { return raw }
    var options = options
    options.pictures = PictureWish(form)
    options.target = schema.targetNames.count == 1 ? schema.targetNames : []
    return try pictures(of: raw, column: column, options, needsTargets: needsTargets)
  }

  /// The same of rows that have been read.
  ///
  /// - Parameter kept: columns that go along and are used in that way.
  func examples(
    _ raw: RawData, for schema: Preprocessing, needsTargets: Bool, kept: [String] = []
  ) throws -> (examples: Examples, notes: [String], counts: RawInputs.Counts?) {
    var (source, notes) = try source(raw, schema, needsTargets: needsTargets, kept: kept)
    if !source.isPlain || !schema.columns.isEmpty {
      return try encoded(source, schema, notes + raw.remarks, needsTargets: needsTargets)
    }
    guard source.inputShape.count == schema.inputShape.count else {
      throw EngineError.badFile(
        path: raw.path,
        problem: "its rows are \(source.inputShape), the network takes \(schema.inputShape)")
    }
    source.inputShape = schema.inputShape
    let rows = Array(0..<source.count)
    try source.checkScaled(by: schema.inputScaling, rows)
    notes += raw.remarks
    var examples = Examples(
      count: source.count, inputShape: schema.inputShape, inputs: try source.inputs(rows),
      targets: needsTargets ? try source.targets(for: schema) : .none)
    examples.names = source.rowNames
    return (examples, notes, nil)
  }

  /// Rows whose cells have to be encoded.
  private func encoded(
    _ source: RowSource, _ schema: Preprocessing, _ notes: [String], needsTargets: Bool
  ) throws -> (examples: Examples, notes: [String], counts: RawInputs.Counts?) {
    let columns = schema.columns.isEmpty ? schema.plainColumns : schema.columns
    let raw = source.rawInputs(Array(0..<source.count), [])
    var examples = Examples(
      count: source.count, inputShape: [0], inputs: .doubles([]),
      targets: needsTargets ? try source.targets(for: schema) : .none)
    guard let raw else { return (examples, notes, nil) }
    let counts = try examples.encode(raw, by: columns)
    examples.inputShape = schema.inputShape
    examples.raw = nil
    return (examples, notes + source.remarks, counts)
  }

  private func source(
    _ raw: RawData, _ schema: Preprocessing, needsTargets: Bool, kept: [String]
  ) throws -> (RowSource, [String]) {
    guard case .table(let whole) = raw.rows else {
      return (
        try RowSource(
          raw, inputs: [], targets: [], all: [], shape: schema.inputShape,
          needsTargets: needsTargets), []
      )
    }
    // Arrays of inputs beside targets: by place, and the targets may stay aside.
    let table = needsTargets ? whole : whole.withoutTargets
    let names = table.columns.map(\.name)
    let width = schema.columns.isEmpty ? schema.inputShape.count : schema.columns.count
    let targetCount = max(schema.targetNames.count, 1)
    let wanted = schema.columnNames + (needsTargets ? schema.targetNames : [])
    let places = table.places
    var options = DataOptions()
    if schema.hasDecimalCommas { options.decimal = schema.targetDecimal ?? .point }
    let isByName =
      !schema.columnNames.isEmpty
      && (table.hasHeader || wanted.allSatisfy { places[$0] != nil })
    if isByName {
      let needed = Set(schema.columnNames)
      let others = Set(schema.targetNames + kept).subtracting(needed)
      let match = try ColumnMatch(
        schema, names.filter { !others.contains($0) }, width: 0
      ) { missing, extra in
        .badFile(
          path: raw.path, problem: "it has no column `\(missing)`, which the model needs",
          detail: "its columns are \(Preprocessing.shortened(names))",
          help: ColumnMatch.hint(missing, extra))
      }
      let targets = try needsTargets ? self.targets(schema, table, raw.path) : []
      let inputs = schema.columnNames.compactMap { places[$0] }
      return (
        try RowSource(
          table, path: raw.path, inputs: inputs, targets: targets,
          inputNames: schema.columnNames, options: options),
        match.notes
      )
    }
    let needed = width + (needsTargets ? targetCount : 0)
    guard names.count == needed else {
      throw EngineError.badFile(
        path: raw.path, problem: "it has \(names.count) columns, \(needed) are needed",
        detail: schema.columnNames.isEmpty
          ? nil : "these are " + Preprocessing.shortened(wanted))
    }
    return (
      try RowSource(
        table, path: raw.path, inputs: Array(0..<width), targets: Array(width..<needed),
        inputNames: schema.columnNames.isEmpty ? Array(names.prefix(width)) : schema.columnNames,
        options: options),
      []
    )
  }

  /// The places of the target columns in a file with names.
  private func targets(_ schema: Preprocessing, _ table: Table, _ path: String) throws -> [Int] {
    let names = table.columns.map(\.name)
    // A model fed with values typed in has no name for its target: it is the last column.
    if schema.targetNames.isEmpty { return [names.count - 1] }
    let places = table.places
    return try schema.targetNames.map { name in
      guard let place = places[name] else {
        throw EngineError.badFile(
          path: path, problem: "it has no column `\(name)`, which the model predicts",
          detail: "its columns are \(Preprocessing.shortened(names))")
      }
      return place
    }
  }
}

extension RowSource {
  /// The targets as a trained network counts them.
  ///
  /// - Throws: `EngineError.badFile` for a class that it does not know, and for texts where it
  ///   predicts numbers.
  func targets(for schema: Preprocessing) throws -> Examples.Targets {
    let classes = schema.classNames
    if classes.isEmpty {
      switch targets {
      case .none: return .none
      case .numbers(let numbers, let width): return .values(numbers, width: width)
      case .texts:
        throw EngineError.badFile(
          path: path, problem: "its target holds texts, the model predicts numbers")
      }
    }
    let numbers = Dictionary(
      classes.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let hasNumberNames = classes.contains { Double($0) != nil }
    func code(_ row: Int, _ name: String, _ number: Double?) throws -> Int32 {
      if let code = numbers[name] { return code }
      // Labels of pictures count the classes, whose names say what they are.
      if let number, !hasNumberNames, let code = Int32(exactly: number), code >= 0,
        code < classes.count
      {
        return code
      }
      throw EngineError.badFile(
        path: path,
        problem: "\(place(of: row)) has the class `\(name)`, which the model does not know",
        detail: "it knows \(Preprocessing.shortened(classes))")
    }
    switch targets {
    case .none: return .none
    case .texts(let codes, let names):
      return .classes(try codes.enumerated().map { try code($0, names[Int($1)], nil) })
    case .numbers(let values, let width):
      guard width == 1 else {
        throw EngineError.badFile(
          path: path, problem: "it has \(width) targets, the model predicts one class")
      }
      return .classes(
        try values.enumerated().map { try code($0, ClassTable.name(of: $1), $1) })
    }
  }

  /// Makes sure that scaling leaves finite numbers of 32 bits.
  ///
  /// - Throws: `EngineError.badFile` with the row and column of the first number that is lost.
  func checkScaled(by scaling: Preprocessing.Scaling?, _ rows: [Int]) throws {
    let limit = Double(Float.greatestFiniteMagnitude)
    let width = inputShape.count
    func isLost(_ value: Double, _ column: Int) -> Bool {
      !Float(scaling?.scaled(value, column: column) ?? value).isFinite
    }
    // Almost always the largest number alone shows that all is well.
    let mayBeLost =
      scaling.map { scaling in
        scaling.scale.indices.contains {
          !((largest + abs(scaling.center[$0])) * abs(scaling.scale[$0]) < limit)
        }
      } ?? !(largest < limit)
    guard mayBeLost else { return }
    for row in rows {
      let numbers = try inputs([row]).numbers
      guard let column = numbers.indices.first(where: { isLost(numbers[$0], $0 % width) }) else {
        continue
      }
      let name =
        inputNames.indices.contains(column) ? "`\(inputNames[column])`" : "column \(column + 1)"
      throw EngineError.badFile(
        path: path,
        problem: "\(place(of: row)) has a number in \(name) that 32 bits do not hold"
          + (scaling == nil ? "" : ", scaled or not"),
        detail: JSONValue.number(numbers[column]).text(),
        help: "use a smaller unit, or leave the row out")
    }
  }
}
