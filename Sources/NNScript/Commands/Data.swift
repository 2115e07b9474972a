import NNEngine

extension CommandEntry {
  static var data: CommandEntry {
    CommandEntry(DataRequest.spec, fields: dataFields, foresee: foreseeData) { context, request in
      let workspace = context.session.workspace
      var request = request
      if request.name == nil { try context.places.checkNoTextFileOptions() }
      if request.target == nil { request.given.learntTarget = workspace.learntTarget }
      let (dataset, isNew) = try context.session.loadData(request, seed: workspace.seed)
      context.session.workspace.data = dataset
      context.session.workspace.hasDrawn = request.drawsRows
      if isNew, let warning = dataset.repeatedRowsWarning(at: context.range(of: "test")) {
        context.warn(warning)
      }
      context.note(dataset.notes.joined(separator: "\n"))
      return .object(DataObject(context.session))
    }
  }

  private static let dataFields = [
    Field("name", "what was loaded"),
    Field("rows", "how many rows there are"),
    Field("inputs", "how many numbers a row has"),
    Field("shape", "the size of one row"),
    Field("columns", "the names of the input columns"),
    Field("target", "the names of the target columns"),
    Field("classes", "the names of the classes, sorted"),
    Field(
      "train",
      "the training part: `.rows`, `.inputs` as given, `.scaled` as the network sees them, `.targets`"
    ),
    Field("validation", "the validation part, or nothing"),
    Field("test", "the test part, or nothing"),
  ]
}

/// What a script says of columns.
private typealias ColumnWishes = (inout DataRequest) throws -> Void

extension DataRequest {
  /// Where the data are and how they are read and split, then what is said of their columns.
  fileprivate static var spec: Spec<DataRequest> {
    let (rows, pictures, columns) = (rowSpec, pictureSpec, columnSpec)
    let own = rows.parameters.count
    let first = own + pictures.parameters.count
    return Spec<(FileReading) -> DataRequest>(
      rows.name, rows.summary,
      parameters: rows.parameters + pictures.parameters + columns.parameters,
      example: rows.example
    ) { values in
      var request = try rows.make(Array(values[..<own]))
      (request.given.images, request.given.pictures) = try pictures.make(Array(values[own..<first]))
      try columns.make(Array(values[first...]))(&request)
      return { [request] reading in
        var request = request
        request.given.take(reading)
        return request
      }
    }.readingText("data \"flowers.csv\"")
  }

  private static var pictureSpec: Spec<(column: String?, form: PictureWish)> {
    Spec(
      "pictures", "Where pictures are, and the form that they are brought to.",
      .names("images", of: "column", "The column of a table that names files of pictures.").example(
        "data \"pets.csv\" images=file"),
      .size(
        "size", maxRank: 2, whenAbsent: "that of all pictures, where they have one", option: true,
        "The size that pictures are brought to, height first: `64x64`; one number is a square."
      ).example("data \"pets/\" size=16x16"),
      .optional(
        "fit", .choice(PictureForm.Fit.allCases.map(\.rawValue)), whenAbsent: "stretch",
        "How pictures of other proportions are brought to the size: stretched, cropped at two sides, "
          + "or padded in black."
      ).example("data \"pets/\" size=16 fit=crop"),
      .optional(
        "channels", .choice(PictureForm.Channels.allCases.map(\.rawValue)),
        whenAbsent: "what most pictures have",
        "Whether a point is one number, how bright it is, or three: red, green, blue."
      ).example("data \"pets/\" size=16 channels=grey"),
      example: ""
    ) { images, size, fit, channels in
      if let most = size.max(), most > PictureForm.largest {
        throw EngineError.invalid(
          "`size` is at most \(PictureForm.largest)x\(PictureForm.largest)", help: "`size=64x64`")
      }
      var wish = PictureWish()
      wish.size = size.isEmpty ? nil : size
      wish.fit = fit.flatMap(PictureForm.Fit.init)
      wish.channels = channels.flatMap(PictureForm.Channels.init)
      return (try single(images, "images"), wish)
    }
  }

  private static var columnSpec: Spec<ColumnWishes> {
    Spec(
      "columns", "What is said of columns.",
      .names("only", of: "column", whenAbsent: "all columns", "The input columns to use.").example(
        "data iris only=[petal_length, petal_width]"),
      .names("drop", of: "column", "Columns to leave out.").example("data iris drop=sepal_width"),
      .names(
        "number", of: "column", "Columns to read as numbers; as targets, quantities."
      ).example("data diabetes number=progression"),
      .names(
        "category", of: "column", "Columns to read as categories; as targets, classes."
      ).example("data wine category=grower"),
      .names("date", of: "column", "Columns of dates such as `20261231`.").example(
        "data \"flowers.csv\" date=[]"),
      .choice(
        "dates", DataOptions.DateOrder.allCases.map(\.rawValue), default: "by the cells",
        option: true, "Whether the day or the month comes first in dates that end with the year."
      ).example("data \"flowers.csv\" dates=dmy"),
      .choice(
        "decimal", DataOptions.DecimalSign.allCases.map(\.rawValue), default: "by the cells",
        option: true, "The decimal separator."
      ).example("data \"flowers.csv\" decimal=\".\""),
      .value(
        "missing", .either([.choice(DataRequest.fillings.map(\.word)), .value]),
        whenAbsent: "median and a mark; a category of its own",
        option: true,
        "What stands for missing values: `error`, `drop`, `mean`, `median`, `most_common` or a "
          + "value; a record says it for single columns."
      ).example("data \"flowers.csv\" missing=mean"),
      .value(
        "missing_values", .value, whenAbsent: "empty, NA, N/A, NaN, null, none, ? and -",
        option: true,
        "The cells that count as missing: `[\"-999\", \"unknown\"]`."
      ).example("data \"flowers.csv\" missing_values=[\"?\", -999]"),
      .truth(
        "mark", default: true,
        "Whether an extra input marks the rows in which a number was missing."
      ).example("data \"flowers.csv\" mark=false"),
      .optionalInteger(
        "rare", 1...1_000_000, whenAbsent: "5 beyond 50 categories",
        "The minimum number of rows per category; rarer ones share an input."
      ).example("data \"flowers.csv\" rare=10"),
      .choice(
        "normalize", DataOptions.Normalization.allCases.map(\.rawValue), default: "auto",
        option: true, "How numbers are scaled; fitted on the training rows only."
      ).example("data iris normalize=minmax"),
      example: ""
    ) {
      only, drop, number, category, date, dates, decimal, missing, missingValues, mark, rare,
      normalize in
      { (request: inout DataRequest) throws in
        request.given.only = only
        request.given.drop = drop
        request.given.number = number
        request.given.category = category
        request.given.date = date
        request.given.dates = DataOptions.DateOrder(rawValue: dates)
        request.given.decimal = DataOptions.DecimalSign(rawValue: decimal)
        if let missing { try request.takeMissing(missing) }
        request.given.missingValues = try missingValues.map(DataRequest.texts)
        request.given.mark = mark
        if let rare { request.given.rare = rare }
        request.given.normalize = DataOptions.Normalization(rawValue: normalize) ?? .auto
      }
    }
  }

  private static var rowSpec: Spec<DataRequest> {
    Spec(
      "data", "Loads the data to learn from: a file, a bundled data set, or values.",
      .value(
        "source", .either([.word(family: "set"), .inputPath, .numbers]),
        "A file, the name of a set, or rows of numbers."),
      .value(
        "target", .either([.numbers, .names(of: "column")]), whenAbsent: "the last column",
        option: true,
        "What to predict: columns, or the values for rows that are typed in; `inputs` reconstructs "
          + "the inputs of a set or of typed-in rows."
      ).example("data iris target=species"),
      .optional(
        "inputs", .name, whenAbsent: "x, X or inputs",
        "The array of inputs in an archive of arrays."
      ).example("data \"arrays.npz\" inputs=x"),
      .value("test", .part, whenAbsent: "none", option: true, "Rows set aside for `evaluate`."),
      .value(
        "validation", .part, whenAbsent: "none", option: true,
        "Rows set aside to watch during training."
      ).example("data iris validation=20%"),
      .optional("labels", .inputPath, whenAbsent: "found by its name", "The labels of IDX images.")
        .example("data \"pictures.idx3\" labels=\"labels.idx1\""),
      .optional(
        "test_labels", .inputPath, whenAbsent: "found by its name",
        "The labels of the test images."
      ).example(
        "data \"pictures.idx3\" labels=\"labels.idx1\" \\\n  test=\"pictures.idx3\" test_labels=\"labels.idx1\""
      ),
      .truth("shuffle", default: true, "Whether rows are assigned to the parts at random.").example(
        "data iris test=20% shuffle=false"),
      .optionalTruth(
        "stratify", whenAbsent: "true for classes",
        "Whether each part gets the same share of each class, or of each tenth of a number."
      ).example("data iris test=20% stratify=false"),
      .names("group", of: "column", "A column; rows with the same value stay in one part.").example(
        "data penguins target=species group=island test=30%"),
      .names("order", of: "column", "A column of times; the latest rows are used for testing.")
        .example(
          "data penguins target=body_mass_g order=year test=20%"),
      .optionalInteger(
        "limit", 1...1_000_000_000, whenAbsent: "all rows", "The maximum number of rows to use."
      )
      .example("data iris limit=100"),
      .size("shape", maxRank: 3, whenAbsent: "as it comes", option: true, "The size of one row.")
        .example("data digits shape=8x8x1"),
      .names("classes", whenAbsent: "the values", "Names of the classes, in sorted order.").example(
        "data [[1], [2], [3]] target=[0, 1, 1] classes=[small, large]"),
      example: "data iris test=20%"
    ) {
      source, target, inputs, test, validation, labels, testLabels, shuffle, stratify, group, order,
      limit, shape, classes in
      var request = DataRequest(source: source ?? .none)
      (request.target, request.test, request.validation) = (target, test, validation)
      request.given.inputs = inputs
      request.given.labels = labels
      request.given.testLabels = testLabels
      request.given.shuffle = shuffle
      request.given.stratify = stratify
      request.given.group = try single(group, "group")
      request.given.order = try single(order, "order")
      request.given.limit = limit
      request.given.shape = shape.isEmpty ? nil : Shape(shape)
      request.given.classes = classes
      return request
    }
  }
}

/// The one column an option takes.
private func single(_ names: [String], _ option: String) throws -> String? {
  guard names.count <= 1 else {
    throw EngineError.invalid("`\(option)` takes one column", help: "`\(option)=\(names[0])`")
  }
  return names.first
}

extension DataRequest {
  /// What stands for missing values, for all columns or for those of a record.
  fileprivate mutating func takeMissing(_ value: Value) throws {
    if let fields = value.recordFields {
      for field in fields { given.missingIn[field.name] = try Self.filling(field.value) }
    } else {
      given.missing = try Self.filling(value)
    }
  }

  private static func filling(_ value: Value) throws -> DataOptions.Filling {
    if let number = value.numberValue { return .number(number) }
    guard let text = value.textValue ?? value.functionValue?.name else {
      throw EngineError.invalid(
        "`missing` takes a word, a number or a text, not \(value.kindName)",
        help: "`missing=median`, `missing=0`, `missing={age: mean, cabin: \"unknown\"}`")
    }
    return fillings.first { $0.word == text }?.filling ?? .text(text)
  }

  /// The words that say what stands for missing values.
  fileprivate static var fillings: [(word: String, filling: DataOptions.Filling)] {
    [
      ("error", .error), ("drop", .drop), ("mean", .mean), ("median", .median),
      ("most_common", .mostCommon),
    ]
  }

  /// Markers of missing values as they stand in a file.
  fileprivate static func texts(_ value: Value) throws -> [String] {
    try (value.listItems ?? [value]).map { item in
      if let number = item.numberValue { return Formatting.exact(number) }
      guard let text = item.textValue else {
        throw EngineError.invalid("`missing_values` holds texts and numbers, not \(item.kindName)")
      }
      return text
    }
  }
}

/// What can be known of data before they are read.
private func foreseeData(_ forecast: inout Forecast, _ call: ForeseenCall) throws {
  call.checker.explainMissingData(call.word.range)
  // Whatever is wrong with them: later lines have data to work with.
  forecast.data = .unknown
  guard call.binding.isKnown, var request = try? DataRequest.spec.make(call.binding.values) else {
    if let name = call.text("source") { _ = try call.checker.lookAtData(name, call, nil) }
    return
  }
  if request.name == nil { try call.places.checkNoTextFileOptions() }
  // What the model predicts says which column is the target.
  if forecast.hasLearnt, request.target == nil, request.name != nil {
    guard let learnt = forecast.learntTarget else { return }
    request.given.learntTarget = learnt
  }
  var facts = try call.checker.foreseeData(request, call, seed: forecast.seed)
  if forecast.hasLearnt { (facts.dataset, facts.knownTargets, facts.inputShape) = (nil, nil, nil) }
  forecast.data = .known(facts)
}
