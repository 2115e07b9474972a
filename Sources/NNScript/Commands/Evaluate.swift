import NNEngine

extension CommandEntry {
  static var evaluate: CommandEntry {
    CommandEntry(
      Spec(
        "evaluate", "Measures the current model on rows it was not trained on.",
        .value(
          "on", .either([.choice(["test", "validation", "train"]), .inputPath]),
          whenAbsent: "test if there is one", option: false,
          "The part of the data, or a file; a file is encoded as the training data was."
        ).example("train epochs=2\nevaluate on=\"flowers.csv\""),
        .optionalInteger(
          "folds", 2...1_000_000, whenAbsent: "measure the model as it is",
          "The number of folds for cross-validation: each fold is measured with a model trained on the others, "
            + "as the last `train` did or the block says, and measured on it."
        ).example("train epochs=2 quiet\nevaluate folds=3"),
        MetricSettings.positiveOption.example(
          "data breast_cancer\nmetric recall\ntrain epochs=2 quiet\nevaluate positive=malignant"),
        MetricSettings.thresholdOption.example(
          "data breast_cancer\ntrain epochs=2 quiet\nevaluate threshold=0.3"),
        MetricSettings.averageOption.example(
          "metric f1\ntrain epochs=2 quiet\nevaluate average=weighted"),
        example: "train epochs=2\nevaluate"
      ) {
        part, folds, positive, threshold, average in
        { reading in
          { context in
            let own = MetricSettings(
              positive: positive, threshold: threshold, average: average, range: context.range)
            let part = part?.textValue ?? ""
            let isPart = folds != nil || ["", "test", "validation", "train"].contains(part)
            if isPart { try context.places.checkNoTextFileOptions() }
            if let folds { return try context.evaluateFolds(folds, own) }
            if !context.blocks.isEmpty { throw context.blockWithoutFolds }
            if isPart { return try context.evaluate(part, own) }
            return try context.evaluate(file: part, DataOptions(reading), own)
          }
        }
      }.readingText("train epochs=2\nevaluate on=\"flowers.csv\""),
      fields: [
        Field("on", "the part that was measured"),
        Field("rows", "how many rows it has"),
        Field("loss", "without penalties"),
        Field("accuracy", "for classes"),
        Field("mae", "the mean absolute error, for numbers"),
        Field("r2", "the share of the targets' spread that is explained, for numbers"),
        Field(
          "f1", "and every other that `metric` chose, by its name; `none` where it is not defined"),
        Field("sd", "with `folds`: the deviation of each figure, which is then a mean"),
        Field("folds", "with `folds`: a table of their figures"),
      ], blocks: Blocks(count: 0...1),
      foresee: { forecast, call in
        if let path = call.text("on"), !["test", "validation", "train"].contains(path) {
          return try call.checker.checkFile(path, call)
        }
        try call.places.checkNoTextFileOptions()
        try forecast.foreseeNetwork(call, without: "nothing to measure with")
        let facts = forecast.facts
        for (part, isThere) in [("test", facts?.hasTest), ("validation", facts?.hasValidation)]
        where isThere == false && call.text("on") == part {
          throw missingPart(part, call.range(of: "on"))
        }
      })
  }
}

extension CommandContext {
  fileprivate var blockWithoutFolds: Diagnostic {
    Diagnostic(
      .extraValue, "`evaluate` takes a block with `folds` only", at: site.word.range,
      "the block would train once a fold", help: ["write `evaluate folds=10 { … }`"])
  }

  fileprivate func evaluate(_ wanted: String, _ own: MetricSettings) throws -> NNScript.Value {
    let prepared = try prepare("has nothing to measure with")
    let (part, examples) = try choose(wanted, prepared.data)
    return try report(part, "the \(part) part", prepared, examples, own)
  }

  /// Measures the current model on the rows of a file.
  fileprivate func evaluate(
    file path: String, _ reading: DataOptions, _ own: MetricSettings
  ) throws -> NNScript.Value {
    try session.buildIfPossible()
    if session.workspace.model.network == nil { _ = try prepare("needs a network that is built") }
    let model = session.workspace.model
    guard let schema = model.preprocessing else { return .none }
    let (examples, notes) = try session.loader.examples(
      in: session.readingPath(path), for: schema, options: reading, needsTargets: true)
    for remark in notes { note(remark) }
    let data = schema.dataset(path, examples)
    guard let targets = data.targetFacts else { throw Workspace.noTargets }
    let decision = try model.blueprint.completed(
      input: schema.inputShape, targets: targets, catalog
    ).decision
    return try report(path, "`\(path)`", Prepared(data: data, loss: decision.loss), examples, own)
  }

  private func report(
    _ part: String, _ title: String, _ prepared: Prepared, _ examples: Examples,
    _ own: MetricSettings
  ) throws -> NNScript.Value {
    let result = try measure(prepared, examples, own, part: title)
    printed =
      "\(part), \(count(result.rows, "row")): " + result.text
      + (result.verdict.map { "\n" + $0 } ?? "")
    return .record(
      [("on", .text(part)), ("rows", .number(Double(result.rows)))]
        + result.figures.map { ($0.name, .figure($0.value)) })
  }

  /// Loss and metrics of the current model on some rows.
  ///
  /// - Parameter part: what the rows are called in messages.
  /// - Throws: a diagnostic where the loss is no number.
  func measure(
    _ prepared: Prepared, _ examples: Examples, _ own: MetricSettings, part: String
  ) throws -> Measured {
    guard let network = session.workspace.model.network,
      let preprocessing = session.workspace.model.preprocessing
    else { preconditionFailure("what is prepared has a network") }
    warnOfUntrained()
    let chosen = try metrics(
      for: prepared, ofNumbers: [MeanAbsoluteError(), Determination()], own: own)
    let result = try network.evaluate(
      examples, loss: prepared.loss, metrics: chosen.metrics, judging: chosen.judging,
      preprocessing: preprocessing, workers: session.workers)
    session.samples += result.count
    guard result.loss.isFinite else { throw lossNotFinite(part, result) }
    var measured = Measured(result, chosen, classes: preprocessing.classNames)
    measured.verdict = remark(on: result, examples, prepared.data)
    return measured
  }

  private func lossNotFinite(_ part: String, _ result: Evaluation) -> Diagnostic {
    let width = max(1, result.outputs.shape.count / max(1, result.count))
    let row = result.outputs.elements.firstIndex { !$0.isFinite }.map { $0 / width }
    return Diagnostic(
      .lossNotFinite,
      "the loss of \(part) is \(result.loss.isNaN ? "not a number" : "infinite")",
      at: site.word.range, "measured here",
      help: ["look at the weights: `show weights`", "or begin again: `reset`, then `train`"],
      notes: row.map { ["the network's output for row \($0) is no finite number"] } ?? [])
  }

  /// The part to measure on: as asked, else the test part, else what there is.
  func choose(_ wanted: String, _ data: Dataset) throws -> (name: String, examples: Examples) {
    switch wanted {
    case "train": return ("train", data.train)
    case "test":
      if let test = data.test { return ("test", test) }
      throw missingPart("test", range(of: "on"))
    case "validation":
      if let validation = data.validation { return ("validation", validation) }
      throw missingPart("validation", range(of: "on"))
    default:
      if let test = data.test { return ("test", test) }
      if let validation = data.validation { return ("validation", validation) }
      return ("train", data.train)
    }
  }
}

/// What is said of a part of the data that there is not.
func missingPart(_ name: String, _ range: SourceRange) -> Diagnostic {
  Diagnostic(
    .noData, "the data have no \(name) part", at: range, "no such rows",
    help: ["give `data` one: `\(name)=20%`"])
}
