import NNEngine

/// What a script asks of `data`, as the check and the run both understand it.
struct DataRequest {
  /// A text names a set or a file; anything else holds the values themselves.
  var source: Value
  var target: Value?
  var test: Value?
  var validation: Value?
  /// The options that need no further reading.
  var given = DataOptions()

  init(source: Value) { self.source = source }

  /// The name of a set or file; `nil` for values typed in.
  var name: String? { source.textValue }

  /// Whether chance decides which rows go where.
  var drawsRows: Bool {
    let parts = [Self.part(test) { $0 }, Self.part(validation) { $0 }]
    let isSplit = parts.contains { part in
      switch part {
      case .share, .rows: true
      case .file, nil: false
      }
    }
    return given.shuffle && (isSplit || given.limit != nil)
  }

  /// The engine's options, paths as they are found from the script.
  func options(_ readingPath: (String) -> String) -> DataOptions {
    var options = given
    if name != nil { options.target = target?.names ?? [] }
    options.test = Self.part(test, readingPath)
    options.validation = Self.part(validation, readingPath)
    options.labels = given.labels.map(readingPath)
    options.testLabels = given.testLabels.map(readingPath)
    return options
  }

  /// Values typed in, with their targets.
  ///
  /// - Throws: `EngineError.invalid` where they do not fit together.
  func typedIn(_ options: DataOptions, seed: UInt64) throws -> Dataset {
    for (name, part) in [("test", options.test), ("validation", options.validation)] {
      guard case .file = part else { continue }
      throw EngineError.invalid(
        "`\(name)` is a file, the rows to learn from are typed in", help: "`\(name)=20%`")
    }
    guard let inputs = source.asNumbers else {
      throw EngineError.invalid("the data hold no numbers")
    }
    let givesBack = target?.names == [Dataset.ownInputs]
    let targets: TypedTargets =
      if let target, !givesBack {
        target.asNumbers.map { .numbers($0) } ?? .texts(target.names)
      } else {
        .none
      }
    let dataset = try Dataset(inputs: inputs, targets: targets, options: options, seed: seed)
    return givesBack ? dataset.givingBack() : dataset
  }

  /// A share, a number of rows or a file.
  private static func part(
    _ value: Value?, _ readingPath: (String) -> String
  ) -> DataOptions.Part? {
    switch value {
    case .number(let number)? where number > 0 && number < 1: .share(number)
    case .number(let number)? where number >= 1: .rows(Int(exactly: number.rounded(.down)) ?? .max)
    case let value?: value.textValue.map { .file(readingPath($0)) }
    case nil: nil
    }
  }
}

/// What must be the same for data read once to be those wanted again.
struct DataKey: Hashable {
  var name: String
  var options: String
  var folder: String?
  var seed: UInt64

  init(name: String, options: DataOptions, folder: String?, seed: UInt64) {
    self.name = name
    self.options = "\(options)"
    self.folder = folder
    self.seed = seed
  }
}

extension Value {
  /// The value as names: one text, or a list of them.
  var names: [String] {
    if let name = columnName { return [name] }
    return listItems?.compactMap(\.columnName) ?? []
  }

  /// A text, a function's name, or a number as a header spells it: years are names too.
  private var columnName: String? {
    if case .number(let number) = self { return Formatting.exact(number) }
    return textValue ?? functionValue?.name
  }
}
