import NNEngine

// What can be known of data before anything runs: their files are there, their columns exist, and
// where reading them costs nothing, everything.

extension Forecast.DataFacts {
  /// What is known of data that have been read.
  init(_ data: Dataset) {
    dataset = data
    inputShape = data.preprocessing.inputShape
    columns = data.columns.map(\.name)
    hasTest = data.test != nil
    hasValidation = data.validation != nil
    let target = data.preprocessing.targetNames.first.map { "column `\($0)`" } ?? "the target"
    switch data.targetFacts?.kind {
    case .classes(let number), .wholeNumbers(let number):
      label = "\(target) holds \(count(number, "different value"))"
    case .numbers, nil: break
    }
  }

  /// What is wrong between layers, loss and data, with the lines that made them.
  func explain(
    _ error: EngineError, _ blueprint: Blueprint, at range: SourceRange
  ) -> Diagnostic {
    guard case .misfit(let misfit) = error else {
      return blueprint.explain(error, from: inputShape, Diagnostic(error, at: range))
    }
    return MisfitExplanation(misfit: misfit, blueprint: blueprint, facts: self)
      .diagnostic(at: range)
  }
}

extension Checker {
  /// After a `no-data` error: the `data` that comes later is part of the explanation.
  func explainMissingData(_ range: SourceRange) {
    explain(.noData) { diagnostic in
      guard diagnostic.secondary.isEmpty, let place = diagnostic.primary?.range,
        place.source == range.source, place.start < range.start
      else { return }
      diagnostic.secondary = [Diagnostic.Label(range, "this comes too late")]
      let lines = session.map { session in
        (session.line(of: range), session.line(of: place))
      }
      if let (data, use) = lines { diagnostic.help = ["move line \(data) above line \(use)"] }
    }
  }

  /// Looks at the data a command asks for, and reads them where that costs nothing.
  ///
  /// - Throws: a diagnostic where they cannot be what the command says.
  func foreseeData(
    _ request: DataRequest, _ call: ForeseenCall, seed: UInt64?
  ) throws -> Forecast.DataFacts {
    try checkShares(call)
    guard let session else { return Forecast.DataFacts() }
    var facts =
      try request.name.map {
        try lookAtData($0, call, request.options(session.readingPath))
      } ?? Forecast.DataFacts()
    facts.isDrawn = request.drawsRows
    if case .size(let sizes)? = call.value("shape") { facts.inputShape = Shape(sizes) }
    facts.hasValidation = request.validation != nil
    if request.test != nil { facts.hasTest = true }
    facts.range = call.range(of: call.isGiven("target") ? "target" : "source")
    guard isCheap(request) else { return facts }
    do {
      let (dataset, _) = try session.loadData(request, seed: seed ?? 0, isForeseen: true)
      if let warning = dataset.repeatedRowsWarning(at: call.range(of: "test")) { warn(warning) }
      let known = facts
      facts = Forecast.DataFacts(dataset)
      (facts.isDrawn, facts.range) = (known.isDrawn, known.range)
      return facts
    } catch let error as EngineError {
      throw Diagnostic(error, at: call.places.subject, in: session, call.places)
    }
  }

  /// What a set's name or the beginning of a file tells.
  ///
  /// - Throws: a diagnostic where there is no such set, file or column.
  ///
  /// - Parameter options: as the run will have them; `nil` where some are not known yet, so that
  ///   nothing can be said of columns.
  func lookAtData(
    _ name: String, _ call: ForeseenCall, _ options: DataOptions?
  ) throws -> Forecast.DataFacts {
    var facts = Forecast.DataFacts()
    guard let session else { return facts }
    let loader = session.loader
    var hasHeader = true
    do {
      if let set = loader.sets.first(where: { $0.name == name }) {
        _ = try loader.locate(set)
        facts.columns = set.columns + set.target
        if !call.isGiven("only"), !call.isGiven("drop") { facts.inputShape = set.inputShape }
        if set.testFile != nil { facts.hasTest = true }
        if !call.isGiven("target"), !set.classNames.isEmpty {
          facts.knownTargets = TargetFacts(.classes(set.classNames.count), name: set.target.first)
          facts.label = "`\(set.name)` has \(set.classNames.count) classes"
        }
      } else {
        guard !mayBeWritten(name) else { return facts }
        let peek = try loader.peek(session.readingPath(name), options: options ?? DataOptions())
        facts.columns = options == nil ? [] : peek.columnNames
        hasHeader = peek.hasHeader
        if !call.isGiven("only"), !call.isGiven("drop") { facts.inputShape = peek.inputShape }
        if let classes = peek.classCount, classes > 0, !call.isGiven("classes"),
          !call.isGiven("target")
        {
          facts.knownTargets = TargetFacts(.classes(classes), name: "class")
          facts.label = "it has \(count(classes, "folder")) of pictures, a class each"
        }
      }
      var columns = facts.columns
      if names(of: "target", call) == [Dataset.ownInputs], let shape = facts.inputShape,
        loader.sets.contains(where: { $0.name == name })
      {
        facts.knownTargets = TargetFacts(.numbers, width: shape.count)
        if !columns.isEmpty { columns.append(Dataset.ownInputs) }
      }
      try checkColumns(columns, hasHeader: hasHeader, call)
      for option in ["test", "validation", "labels", "test_labels"] {
        guard let path = call.text(option), !mayBeWritten(path) else { continue }
        let found = session.readingPath(path)
        if case .missing = loader.files.kind(of: found) { throw loader.files.notFound(found) }
      }
      return facts
    } catch let error as EngineError {
      var diagnostic = Diagnostic(error, at: call.range(of: "source"), in: session, call.places)
      let stem = name.split(separator: "/").last?.split(separator: ".").first.map(String.init)
      if diagnostic.code == .fileNotFound, stem != name,
        loader.sets.contains(where: { $0.name == stem })
      {
        diagnostic.help.append("write `data \(stem ?? "")`: this set comes along")
      }
      throw diagnostic
    }
  }

  /// A file that a command will read is there, unless the script writes it first.
  func checkFile(_ path: String, _ call: ForeseenCall) throws {
    guard let session, !mayBeWritten(path) else { return }
    let files = session.loader.files
    let found = session.readingPath(path)
    guard case .missing = files.kind(of: found) else { return }
    throw Diagnostic(files.notFound(found), at: call.places.subject, in: session, call.places)
  }

  /// The folder of a file that a command will write is there: hours later would be too late.
  func checkFolders(_ places: CallPlaces) throws {
    guard let session else { return }
    for parameter in places.parameters where parameter.kind == .outputPath {
      guard case .text(let path)? = places.value(parameter.name),
        let slash = path.lastIndex(of: "/"), slash > path.startIndex,
        case .missing = session.loader.files.kind(of: String(path[..<slash]))
      else { continue }
      throw Diagnostic(
        EngineError.unreadableFile(path: path, reason: "there is no such folder"),
        at: places.range(of: parameter.name), in: session, places)
    }
  }

  /// Whether reading all of it takes no time worth mentioning.
  private func isCheap(_ request: DataRequest) -> Bool {
    guard let session, let name = request.name else { return true }
    // The pictures that a small table names may be many.
    guard request.given.images == nil else { return false }
    let loader = session.loader
    // What the script writes before it reads is not yet what stands there.
    let given = [name, request.test?.textValue, request.validation?.textValue].compactMap { $0 }
    guard !given.contains(where: mayBeWritten) else { return false }
    var paths = [request.test, request.validation].compactMap { $0?.textValue }
      .map(session.readingPath)
    if let set = loader.sets.first(where: { $0.name == name }) {
      guard let path = try? loader.locate(set) else { return false }
      paths.append(path)
    } else {
      guard case .file(let size) = loader.files.kind(of: session.readingPath(name)),
        size < 256 << 10
      else { return false }
    }
    return paths.allSatisfy { path in
      if case .file(let size) = loader.files.kind(of: path) { size < 256 << 10 } else { false }
    }
  }

  /// `100%` is the number 1, which as a part means one row: that is not what was meant.
  private func checkShares(_ call: ForeseenCall) throws {
    for option in ["test", "validation"] {
      guard case .number(1)? = (call.value(option)?.number).map({ Value.number($0) }),
        session?.sources.text(of: call.range(of: option)).hasSuffix("%") == true
      else { continue }
      throw Diagnostic(
        .outOfRange, "`\(option)` takes a share below 100 %", at: call.range(of: option),
        "leaves no row to train with", help: ["write `\(option)=20%`"])
    }
  }

  /// The names that an option gives.
  private func names(of option: String, _ call: ForeseenCall) -> [String] {
    switch call.value(option) {
    case .text(let name)?: [name]
    case .texts(let names)?: names
    case .host(let value as Value)?: value.names
    default: []
    }
  }

  /// Columns that options name must exist.
  private func checkColumns(
    _ columns: [String], hasHeader: Bool, _ call: ForeseenCall
  ) throws {
    guard !columns.isEmpty else { return }
    let known = Set(columns)
    for option in [
      "target", "only", "drop", "number", "category", "group", "order", "images",
    ] {
      for name in names(of: option, call) where !known.contains(name) {
        if !hasHeader, let place = Int(name), columns.indices.contains(place - 1) { continue }
        let whole = call.range(of: option)
        throw Diagnostic(
          .unknownName, "there is no column named `\(name)`",
          at: session?.sources.range(of: name, within: whole) ?? whole, "not a column",
          help: Suggestion.nearest(to: name, among: columns).map { ["did you mean `\($0)`?"] }
            ?? ["columns: " + columns.prefix(24).map { "`\($0)`" }.joined(separator: ", ")])
      }
    }
  }
}

extension ParameterValue {
  /// A number of either kind.
  fileprivate var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
