/// Makes a data set from rows: classes, parts, scaling.
struct DatasetBuilder {
  var name: String
  var options: DataOptions
  var seed: UInt64
  /// How inputs, and targets that are numbers, are scaled; typed-in values are not by themselves.
  var normalization: DataOptions.Normalization

  /// - Parameters:
  ///   - validation: The rows of a validation file.
  ///   - test: The rows of a test file.
  /// - Throws: `EngineError`.
  func build(_ main: RowSource, validation: RowSource?, test: RowSource?) throws -> Dataset {
    let classes = try ClassTable(
      of: [main.targets] + [validation, test].compactMap { $0?.targets }, named: options.classes)
    let reading = try reading(of: main, classes)
    let codes = try classes.map { try self.codes(of: main, $0) }

    if let order = options.order, let group = options.group {
      throw EngineError.invalid(
        "`order=\(order)` takes the last rows, whatever their `\(group)`",
        help: "leave one of them out")
    }
    let isShuffled = options.shuffle && options.order == nil
    var splitter = RowSplitter(
      strata: try strata(of: main, reading, classes, codes, isShuffled: isShuffled),
      groups: main.groups, isShuffled: isShuffled, seed: seed)
    let split = try splitter.split(
      count: main.count, limit: options.limit, validation: options.validation, test: options.test)

    let sources = [main] + [validation, test].compactMap { $0 }
    let isPlain = sources.allSatisfy(\.isPlain)
    let context = Context(
      reading: reading, classes: classes, readings: isPlain ? nil : main.readings)
    let train = try part(main, rows: split.train, codes, context)
    let own = { (rows: [Int]) -> Part? in
      rows.isEmpty ? nil : try part(main, rows: rows, codes, context)
    }
    let validationPart =
      try validation.map { try part($0, like: main, context) }
      ?? own(split.validation)
    let testPart = try test.map { try part($0, like: main, context) } ?? own(split.test)

    var result = Dataset(
      name: name, rowCount: main.count, train: train.examples,
      validation: validationPart?.examples, test: testPart?.examples,
      preprocessing: Preprocessing(
        inputShape: main.inputShape, inputNames: main.inputNames, targetNames: main.targetNames,
        classNames: reading == .classes ? classes?.names ?? [] : [],
        classesAreNumbers: reading == .classes && classes?.areNumbers == true),
      reading: reading, normalization: normalization)
    result.preprocessing.normalization = options.normalize
    result.preprocessing.pictures = main.pictures
    result.options = options
    result.preprocessing.missingValues = options.missingValues
    result.preprocessing.decimal = options.decimal
    result.preprocessing.targetDecimal = options.decimal ?? main.targetDecimal
    result.leftOut = main.leftOut
    result.remarks = sources.flatMap(\.remarks)
    if let groups = main.groups {
      result.remarks += [(validation, "validation"), (test, "test")].compactMap {
        groups.overlap(with: $0?.groups, part: $1)
      }
    }
    try result.fitInputs()
    let scaling = result.preprocessing.inputScaling
    if isPlain {
      try main.checkScaled(by: scaling, split.train + split.validation + split.test)
      for source in [validation, test] {
        if let source { try source.checkScaled(by: scaling, Array(0..<source.count)) }
      }
    } else if let shape = options.shape {
      try result.take(shape)
    }
    // `values` are there for whole numbers only: those have two readings.
    if !isDecided(main), let classes, classes.values != nil, let trainCodes = train.codes {
      result.wholeNumbers = WholeNumberTargets(
        train: trainCodes, validation: validationPart?.codes, test: testPart?.codes,
        classes: classes)
    }
    let numbers = result.wholeNumbers == nil ? result : try result.reading(.values)
    var scaled = numbers
    scaled.scaleTargets(.normalized)
    result.targetNumbers = TargetNumbers(
      [numbers.train, numbers.validation, numbers.test],
      scaling: scaled.preprocessing.targetScaling)
    result.scaleTargets(.normalized)
    return result
  }

  /// What the parts have the same share of.
  private func strata(
    of rows: RowSource, _ reading: Dataset.Reading, _ classes: ClassTable?, _ codes: [Int32]?,
    isShuffled: Bool
  ) throws -> [Int32]? {
    if let order = options.order, options.stratify == true {
      throw EngineError.invalid(
        "`stratify` draws rows by chance, `order=\(order)` takes the last",
        help: "leave one of them out")
    }
    let areClasses =
      reading == .classes
      || reading == .undecided && classes?.looksLikeClasses(rows: rows.count) == true
    guard options.stratify ?? (areClasses && isShuffled) else { return nil }
    // Whole numbers that may be either are strata as they are, as long as they are few.
    return areClasses ? codes : try Strata.ofNumbers(rows.targets)
  }

  /// Whether it is said, or known of the source, what whole numbers mean.
  private func isDecided(_ rows: RowSource) -> Bool {
    targetKind(of: rows) != .auto || !options.classes.isEmpty || rows.holdsLabels
  }

  /// What the options say that the targets mean.
  private func targetKind(of rows: RowSource) -> DataOptions.TargetKind {
    if rows.targetNames.contains(where: options.category.contains) { return .classes }
    if rows.targetNames.contains(where: options.number.contains) { return .values }
    return options.targetKind
  }

  private struct Context {
    var reading: Dataset.Reading
    var classes: ClassTable?
    /// What the columns hold, where their cells have to be encoded.
    var readings: [ColumnReading]?
  }

  private struct Part {
    var examples: Examples
    var codes: [Int32]?
  }

  private func reading(of rows: RowSource, _ classes: ClassTable?) throws -> Dataset.Reading {
    if case .none = rows.targets { return .none }
    let target = rows.targetNames.first.map { "`\($0)`" } ?? "the target"
    switch targetKind(of: rows) {
    case .classes where classes == nil:
      throw EngineError.invalid("\(target) holds numbers that are no classes", help: "`loss mse`")
    case .classes: return .classes
    case .values:
      if case .texts = rows.targets {
        throw EngineError.invalid(
          "\(target) holds texts, which are classes", help: "`loss crossentropy`")
      }
      return .values
    case .auto:
      guard let classes else {
        if case .texts = rows.targets {
          throw EngineError.invalid("\(target) holds more than \(ClassTable.most) different texts")
        }
        return .values
      }
      // Two values are yes and no until something else is said.
      let areClasses = classes.values == nil || classes.names.count <= 2
      return isDecided(rows) || areClasses ? .classes : .undecided
    }
  }

  private func codes(of rows: RowSource, _ classes: ClassTable) throws -> [Int32] {
    switch classes.codes(of: rows.targets) {
    case .success(let codes): return codes
    case .failure(let unknown):
      throw EngineError.badFile(
        path: rows.path,
        problem: "\(rows.place(of: unknown.row)) has the class `\(unknown.name)`, "
          + "which the training data do not have",
        detail: "they have \(classes.names.prefix(12).joined(separator: ", "))")
    }
  }

  /// The rows of a file of their own, which must be like those of the training.
  private func part(_ rows: RowSource, like main: RowSource, _ context: Context) throws -> Part {
    guard rows.inputShape == main.inputShape else {
      throw EngineError.badFile(
        path: rows.path,
        problem: "its rows are \(rows.inputShape), those of the training data \(main.inputShape)")
    }
    let codes: [Int32]?
    if let classes = context.classes, context.reading != .values {
      codes = try self.codes(of: rows, classes)
    } else {
      // Numbers that the training part has not are fine as numbers; only the way back is closed.
      codes = context.classes.flatMap { try? $0.codes(of: rows.targets).get() }
    }
    return try part(rows, rows: Array(0..<rows.count), codes, context)
  }

  private func part(
    _ source: RowSource, rows: [Int], _ codes: [Int32]?, _ context: Context
  ) throws -> Part {
    let codes = codes.map { codes in rows.map { codes[$0] } }
    let targets: Examples.Targets
    switch (context.reading, source.targets) {
    case (.none, _), (_, .none): targets = .none
    case (.classes, _): targets = .classes(codes ?? [])
    case (.values, .numbers(let numbers, 1)), (.undecided, .numbers(let numbers, 1)):
      targets = .values(rows.map { numbers[$0] }, width: 1)
    case (.values, .numbers(let numbers, let width)),
      (.undecided, .numbers(let numbers, let width)):
      targets = .values(
        rows.flatMap { row in (0..<width).map { numbers[row * width + $0] } }, width: width)
    case (.values, .texts), (.undecided, .texts):
      throw EngineError.badFile(
        path: source.path, problem: "its target holds texts, that of the training data numbers")
    }
    var examples = Examples(
      count: rows.count, inputShape: source.inputShape, inputs: try source.inputs(rows),
      targets: targets)
    if let readings = context.readings { examples.raw = source.rawInputs(rows, readings) }
    examples.groups = source.groups?.rows(rows)
    examples.names = source.rowNames.isEmpty ? [] : rows.map { source.rowNames[$0] }
    return Part(examples: examples, codes: codes)
  }
}
