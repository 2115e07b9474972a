import NNEngine

/// The options of `data` that say which rows and columns to take.
private struct Selection {
  var target: NNScript.Value?
  var test: NNScript.Value?
  var validation: NNScript.Value?
  var limit: Int?
  var only: [String]
  var drop: [String]
}

extension CommandEntry {
  static var data: CommandEntry {
    CommandEntry(
      Spec(
        "data", "Loads the data to learn from: a file, a known set, or values typed in.",
        .value(
          "source", .either([.word(family: "set"), .inputPath, .tensor]),
          "A file, the name of a set, or rows of numbers."),
        .value(
          "target", .either([.names, .tensor]), whenAbsent: "the last column", option: true,
          "What to learn: columns, or for typed-in rows their values."),
        .value("test", .part, whenAbsent: "none", option: true, "Rows kept for `evaluate`."),
        .value(
          "validation", .part, whenAbsent: "none", option: true, "Rows watched while training."),
        .optional(
          "labels", .inputPath, whenAbsent: "found by its name", "The labels of IDX images."),
        .optional(
          "test_labels", .inputPath, whenAbsent: "found by its name",
          "The labels of the test images."),
        .truth("shuffle", default: true, "Whether parts are drawn by chance."),
        .optionalTruth(
          "stratify", whenAbsent: "true for classes", "Whether parts keep the share of each class."),
        .optionalInteger(
          "limit", 1...1_000_000_000, whenAbsent: "all rows", "The most rows to use."),
        .names("only", whenAbsent: "all columns", "The input columns to use."),
        .names("drop", "Columns to leave out."),
        .choice(
          "normalize", DataOptions.Normalization.allCases.map(\.rawValue), default: "auto",
          option: true, "How numbers are scaled; fitted on the training part alone."),
        .optionalTruth("header", whenAbsent: "looked for", "Whether the first row holds names."),
        .optional("separator", .text, whenAbsent: "looked for", "What stands between fields."),
        .size("shape", maxRank: 3, whenAbsent: "as it comes", option: true, "The size of one row."),
        .names("classes", whenAbsent: "the values", "Names of the classes, in sorted order."),
        example: "data iris test=20%"
      ) {
        source, target, test, validation, labels, testLabels, shuffle, stratify, limit, only, drop,
        normalize, header, separator, shape, classes in
        { context in
          var options = DataOptions()
          options.labels = labels
          options.testLabels = testLabels
          options.shuffle = shuffle
          options.stratify = stratify
          options.normalize = DataOptions.Normalization(rawValue: normalize) ?? .auto
          options.header = header
          options.separator = separator
          if !shape.isEmpty { options.shape = Shape(shape) }
          options.classes = classes
          let selection = Selection(
            target: target, test: test, validation: validation, limit: limit, only: only, drop: drop
          )
          return try context.load(source ?? .none, selection, options)
        }
      }, fields: dataFields, foresee: foreseeData)
  }

  private static let dataFields = [
    Field("name", "what was loaded"),
    Field("rows", "how many rows there are"),
    Field("inputs", "how many numbers a row has"),
    Field("shape", "the size of one row"),
    Field("columns", "the names of the input columns"),
    Field("target", "the names of the target columns"),
    Field("classes", "the names of the classes, sorted"),
    Field("train", "the training part: `.rows`, `.inputs`, `.targets`"),
    Field("validation", "the validation part, or nothing"),
    Field("test", "the test part, or nothing"),
  ]
}

extension CommandContext {
  fileprivate func load(
    _ source: NNScript.Value, _ selection: Selection, _ given: DataOptions
  ) throws -> NNScript.Value {
    var options = given
    options.limit = selection.limit
    options.only = selection.only
    options.drop = selection.drop
    options.test = session.part(selection.test)
    options.validation = session.part(selection.validation)
    options.labels = given.labels.map(session.readingPath)
    options.testLabels = given.testLabels.map(session.readingPath)
    let dataset: Dataset
    if let name = source.textValue {
      options.target = selection.target?.names ?? []
      dataset = try session.loadData(name, options)
    } else {
      let targets: TypedTargets =
        switch selection.target {
        case nil: .none
        case let value?:
          if let tensor = value.asTensor {
            .numbers(tensor)
          } else {
            .texts(value.names)
          }
        }
      guard let inputs = source.asTensor else { return .none }
      dataset = try Dataset(
        inputs: inputs, targets: targets, options: options, seed: session.workspace.seed)
    }
    session.workspace.data = dataset
    session.workspace.hasSplit = true
    printed = DataDescription(dataset).text
    return .object(DataObject(session))
  }
}

extension Value {
  /// The value as names: one text, or a list of them.
  var names: [String] {
    if let text = textValue { return [text] }
    return listItems?.compactMap { $0.textValue ?? $0.functionValue?.name } ?? []
  }
}

/// What can be known of data before they are read.
private func foreseeData(_ forecast: inout Forecast, _ call: ForeseenCall) throws {
  call.checker.explainMissingData(call.word.range)
  var facts = Forecast.DataFacts()
  facts.range = call.range(of: "target")
  guard let source = call.value("source") else {
    forecast.data = .known(facts)
    return
  }
  switch source {
  case .text(let name):
    forecast.data = .known(facts)
    facts = try call.checker.foreseeData(name, call, facts)
  case .tensor(let rows):
    let sizes = rows.shape.rank == 1 ? [1] : Array(rows.shape.sizes.dropFirst())
    facts.inputShape = Shape(sizes)
    if case .tensor(let targets) = call.value("target") {
      let count = rows.shape.sizes.first ?? 0
      facts.targets =
        targets.shape.rank > 1 && count > 1 ? .values(targets.shape.sizes[1]) : nil
    }
  default: break
  }
  if case .size(let sizes) = call.value("shape") { facts.inputShape = Shape(sizes) }
  forecast.data = .known(facts)
}
