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

extension DataRequest {
  fileprivate static var spec: Spec<DataRequest> {
    Spec(
      "data", "Loads the data to learn from: a file, a known set, or values typed in.",
      .value(
        "source", .either([.word(family: "set"), .inputPath, .numbers]),
        "A file, the name of a set, or rows of numbers."),
      .value(
        "target", .either([.numbers, .names(of: "column")]), whenAbsent: "the last column",
        option: true,
        "What to learn: columns, or for typed-in rows their values."
      ).example("data iris target=species"),
      .value("test", .part, whenAbsent: "none", option: true, "Rows kept for `evaluate`."),
      .value(
        "validation", .part, whenAbsent: "none", option: true, "Rows watched while training."
      ).example("data iris validation=20%"),
      .optional("labels", .inputPath, whenAbsent: "found by its name", "The labels of IDX images.")
        .example("data \"pictures.idx3\" labels=\"labels.idx1\""),
      .optional(
        "test_labels", .inputPath, whenAbsent: "found by its name",
        "The labels of the test images."
      ).example(
        "data \"pictures.idx3\" labels=\"labels.idx1\" \\\n  test=\"pictures.idx3\" test_labels=\"labels.idx1\""
      ),
      .truth("shuffle", default: true, "Whether parts are drawn by chance.").example(
        "data iris test=20% shuffle=false"),
      .optionalTruth(
        "stratify", whenAbsent: "true for classes", "Whether parts keep the share of each class."
      ).example("data iris test=20% stratify=false"),
      .optionalInteger("limit", 1...1_000_000_000, whenAbsent: "all rows", "The most rows to use.")
        .example("data iris limit=100"),
      .names("only", of: "column", whenAbsent: "all columns", "The input columns to use.").example(
        "data iris only=[petal_length, petal_width]"),
      .names("drop", of: "column", "Columns to leave out.").example("data iris drop=sepal_width"),
      .names(
        "number", of: "column", "Target columns whose whole numbers are quantities."
      ).example("data diabetes number=progression"),
      .names(
        "category", of: "column", "Target columns whose numbers are classes."
      ).example("data wine category=grower"),
      .choice(
        "normalize", DataOptions.Normalization.allCases.map(\.rawValue), default: "auto",
        option: true, "How numbers are scaled; fitted on the training part alone."
      ).example("data iris normalize=minmax"),
      TextFileOptions.header.example("data \"flowers.csv\" header=true"),
      TextFileOptions.separator.example("data \"flowers.csv\" separator=\",\""),
      TextFileOptions.encoding.example("data \"flowers.csv\" encoding=windows1252"),
      .size("shape", maxRank: 3, whenAbsent: "as it comes", option: true, "The size of one row.")
        .example("data digits shape=8x8x1"),
      .names("classes", whenAbsent: "the values", "Names of the classes, in sorted order.").example(
        "data [[1], [2], [3]] target=[0, 1, 1] classes=[small, large]"),
      example: "data iris test=20%"
    ) {
      source, target, test, validation, labels, testLabels, shuffle, stratify, limit, only, drop,
      number, category, normalize, header, separator, encoding, shape, classes in
      var request = DataRequest(source: source ?? .none)
      (request.target, request.test, request.validation) = (target, test, validation)
      request.given.labels = labels
      request.given.testLabels = testLabels
      request.given.shuffle = shuffle
      request.given.stratify = stratify
      request.given.limit = limit
      request.given.only = only
      request.given.drop = drop
      request.given.number = number
      request.given.category = category
      request.given.normalize = DataOptions.Normalization(rawValue: normalize) ?? .auto
      request.given.header = header
      request.given.separator = separator
      request.given.encoding = encoding.flatMap(TextEncoding.init)
      request.given.shape = shape.isEmpty ? nil : Shape(shape)
      request.given.classes = classes
      return request
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
