import NNEngine

extension CommandEntry {
  static var evaluate: CommandEntry {
    CommandEntry(
      Spec(
        "evaluate", "Measures the current model on rows it was not trained with.",
        .choice(
          "on", ["test", "validation", "train"], default: "test if there is one", option: false,
          "Which part of the data."),
        example: "train epochs=2\nevaluate"
      ) { part in
        { context in try context.evaluate(part) }
      },
      fields: [
        Field("on", "the part that was measured"),
        Field("rows", "how many rows it has"),
        Field("loss", "without penalties"),
        Field("accuracy", "for classes"),
        Field("mae", "the mean absolute error, for numbers"),
        Field("r2", "the share of the targets' spread that is explained, for numbers"),
        Field("f1", "and every other that `metric` chose, by its name"),
      ],
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

extension CommandContext {
  fileprivate func evaluate(_ wanted: String) throws -> NNScript.Value {
    let prepared = try prepare("has nothing to measure with")
    guard let network = session.workspace.model.network,
      let preprocessing = session.workspace.model.preprocessing
    else { return .none }
    let data = prepared.data
    let (part, examples) = try choose(wanted, data)
    let isClasses = data.reading == .classes
    let metrics = try metrics(
      for: prepared, ofNumbers: [MeanAbsoluteError(), Determination()])
    let result = try network.evaluate(
      examples, loss: prepared.loss, metrics: metrics, preprocessing: preprocessing,
      workers: session.workers)
    var figures = [(name: "loss", value: result.loss)]
    figures += zip(metrics, result.metrics).map { ($0.name, $1) }
    let told = figures.map { name, value in
      guard name == "accuracy", isClasses else { return Formatting.figures([(name, value)]) }
      let right = Int((value * Double(result.count)).rounded())
      return Formatting.figures([(name, value)]) + " (\(right) of \(result.count))"
    }
    printed = "\(part), \(count(result.count, "row")): " + told.joined(separator: "  ")
    return .record(
      [("on", .text(part)), ("rows", .number(Double(result.count)))]
        + figures.map { ($0.name, .number($0.value)) })
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
