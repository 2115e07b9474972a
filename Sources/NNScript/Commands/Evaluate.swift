import NNEngine

extension CommandEntry {
  static var evaluate: CommandEntry {
    CommandEntry(
      Spec(
        "evaluate", "Measures the current model on rows it was not trained with.",
        .choice(
          "on", ["test", "validation", "train"], default: "test if there is one", option: false,
          "Which part of the data."
        ).example("train epochs=2\nevaluate on=train"),
        .optionalInteger(
          "folds", 2...1_000_000, whenAbsent: "measure the model as it is",
          "Into how many parts to cut the rows: for each the model is trained anew on the others, "
            + "as the last `train` did or the block says, and measured on it."
        ).example("train epochs=2 quiet\nevaluate folds=3"),
        example: "train epochs=2\nevaluate"
      ) { part, folds in
        { context in
          if let folds { return try context.evaluateFolds(folds) }
          if !context.blocks.isEmpty { throw context.blockWithoutFolds }
          return try context.evaluate(part)
        }
      },
      fields: [
        Field("on", "the part that was measured"),
        Field("rows", "how many rows it has"),
        Field("loss", "without penalties"),
        Field("accuracy", "for classes"),
        Field("mae", "the mean absolute error, for numbers"),
        Field("r2", "the share of the targets' spread that is explained, for numbers"),
        Field("f1", "and every other that `metric` chose, by its name"),
        Field("sd", "with `folds`: the deviation of each figure, which is then a mean"),
        Field("folds", "with `folds`: a table of their figures"),
      ], blocks: Blocks(count: 0...1),
      foresee: { forecast, call in
        try forecast.foreseeNetwork(call, without: "nothing to measure with")
        let facts = forecast.facts
        for (part, isThere) in [("test", facts?.hasTest), ("validation", facts?.hasValidation)]
        where isThere == false && call.text("on") == part {
          throw missingPart(part, call.range(of: "on"))
        }
      })
  }
}

/// Figures of some rows: the loss, then the metrics.
struct Measured {
  var rows: Int
  var figures: [(name: String, value: Double)]
}

extension CommandContext {
  fileprivate var blockWithoutFolds: Diagnostic {
    Diagnostic(
      .extraValue, "`evaluate` takes a block with `folds` only", at: site.word.range,
      "the block would train once a fold", help: ["write `evaluate folds=10 { … }`"])
  }

  fileprivate func evaluate(_ wanted: String) throws -> NNScript.Value {
    let prepared = try prepare("has nothing to measure with")
    let data = prepared.data
    let (part, examples) = try choose(wanted, data)
    let result = try measure(prepared, examples)
    let told = result.figures.map { name, value in
      guard name == "accuracy", data.reading == .classes else {
        return Formatting.figures([(name, value)])
      }
      let right = Int((value * Double(result.rows)).rounded())
      return Formatting.figures([(name, value)]) + " (\(right) of \(result.rows))"
    }
    printed = "\(part), \(count(result.rows, "row")): " + told.joined(separator: "  ")
    return .record(
      [("on", .text(part)), ("rows", .number(Double(result.rows)))]
        + result.figures.map { ($0.name, .number($0.value)) })
  }

  /// Loss and metrics of the current model on some rows.
  func measure(_ prepared: Prepared, _ examples: Examples) throws -> Measured {
    guard let network = session.workspace.model.network,
      let preprocessing = session.workspace.model.preprocessing
    else { return Measured(rows: 0, figures: []) }
    let metrics = try metrics(
      for: prepared, ofNumbers: [MeanAbsoluteError(), Determination()])
    let result = try network.evaluate(
      examples, loss: prepared.loss, metrics: metrics, preprocessing: preprocessing,
      workers: session.workers)
    session.samples += result.count
    return Measured(
      rows: result.count,
      figures: [("loss", result.loss)] + zip(metrics, result.metrics).map { ($0.name, $1) })
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

private func missingPart(_ name: String, _ range: SourceRange) -> Diagnostic {
  Diagnostic(
    .noData, "the data have no \(name) part", at: range, "no such rows",
    help: ["give `data` one: `\(name)=20%`"])
}
