import NNEngine

extension CommandEntry {
  static var compare: CommandEntry {
    CommandEntry(
      Spec(
        "compare", "Compares models: size, training, metrics, and the rows on which they disagree.",
        .words(
          "models", family: "model", whenAbsent: "all models", "Two or more models."),
        .choice(
          "on", ["test", "validation", "train"], default: "test if there is one", option: true,
          "The part of the data."
        ).example(
          "model a { layer dense 4 relu }\nmodel b { layer dense 9 tanh }\ncompare a b on=train"),
        .integer("rows", 0...1000, default: 5, option: true, "The maximum number of rows to show.")
          .example(
            "model a { layer dense 4 relu }\nmodel b { layer dense 9 tanh }\ncompare a b rows=3"),
        example:
          "model a { layer dense 4 relu }\ntrain epochs=2 quiet\nmodel b { layer dense 9 tanh }\ntrain epochs=2 quiet\ncompare a b"
      ) { names, part, rows in
        { context in try context.compare(names, on: part, showing: rows) }
      },
      fields: [
        Field("on", "the part they were measured on"),
        Field("rows", "how many rows it has"),
        Field("models", "a record for each: parameters, epochs, loss, metrics, seconds"),
        Field("disagreements", "on how many rows classes differ"),
        Field("shown", "the rows that were shown, with each model's answer"),
      ],
      foresee: { _, _ in })
  }
}

extension CommandContext {
  fileprivate func compare(
    _ given: [String], on part: String, showing most: Int
  ) throws -> NNScript.Value {
    let data = try needData("has nothing to measure with")
    var names: [String] = []
    for name in given.isEmpty ? session.workspace.comparableModels : given
    where !names.contains(name) {
      names.append(name)
    }
    guard names.count > 1 else {
      throw Diagnostic(
        .missingValue, "`compare` needs two models", at: site.range,
        names.isEmpty ? "there is none" : "there is one",
        help: ["make another: `model b { layer dense 16 relu }`, then `train`"])
    }
    let current = session.workspace.currentName
    defer { _ = session.workspace.use(current) }
    var rivals: [Rival] = []
    for name in names {
      _ = session.workspace.use(name)
      try refuseOtherData(session.workspace.model, data)
      rivals.append(try Rival(name, self, part))
    }
    let comparison = Comparison(rivals, showing: most)
    printed = comparison.text(on: screen)
    return comparison.value
  }
}

extension CommandContext {
  /// A model that has learnt other columns or classes than the data at hand cannot be measured with
  /// them.
  private func refuseOtherData(_ model: Model, _ data: Dataset) throws {
    guard model.hasLearnt, let own = model.preprocessing else { return }
    let now = data.preprocessing
    var facts: (learnt: String, found: String)?
    if own.inputShape.count != now.inputShape.count {
      facts = (
        count(own.inputShape.count, "input"), count(now.inputShape.count, "input")
      )
    } else if !own.classNames.isEmpty, !now.classNames.isEmpty, own.classNames != now.classNames {
      func text(_ names: [String]) -> String {
        "classes " + names.prefix(6).joined(separator: ", ") + (names.count > 6 ? ", …" : "")
      }
      facts = (text(own.classNames), text(now.classNames))
    }
    guard let facts else { return }
    throw Diagnostic(
      .shapeMismatch,
      "\(model.title) has learnt \(facts.learnt), the data have \(facts.found)",
      at: isGiven("models") ? range(of: "models") : site.word.range, "of other data",
      help: ["load the data that all of them have learnt, then compare"])
  }
}

extension Workspace {
  /// The models that have layers, the unnamed one first.
  fileprivate var comparableModels: [String] {
    let unnamed = self[model: ""].map { !$0.blueprint.parts.isEmpty } ?? false
    return (unnamed ? [""] : []) + modelNames
  }
}

/// One of the models, measured.
private struct Rival {
  var title: String
  var part: String
  var parameters: Int
  var epochs: Int
  var seconds: Double
  var loss: String
  var result: Evaluation
  var metrics: [String]
  var classes: [String]
  var examples: Examples
  /// What its figures of classes are about.
  var tail: String

  init(_ name: String, _ context: CommandContext, _ wanted: String) throws {
    let learner = try Learner(context, "has nothing to measure with")
    title = name.isEmpty ? "unnamed" : name
    (part, examples) = try context.choose(wanted, learner.data)
    parameters = learner.network.learnableCount
    epochs = learner.model.state.epoch
    seconds = learner.model.history.reduce(0) { $0 + $1.seconds }
    loss = learner.trainer.loss.name
    metrics = learner.metrics.names
    classes = learner.trainer.preprocessing.classNames
    result = try learner.network.evaluate(
      examples, loss: learner.trainer.loss, metrics: learner.metrics.metrics,
      judging: learner.metrics.judging, preprocessing: learner.trainer.preprocessing,
      workers: context.session.workers)
    tail = learner.metrics.metrics.tail(result.form, classes)
  }

  private var width: Int { result.outputs.shape[1] }

  func outputs(_ row: Int) -> ArraySlice<Float> {
    result.outputs.elements[row * width..<(row + 1) * width]
  }

  /// The class decided on, where there are classes.
  func decision(_ row: Int) -> String? {
    guard !classes.isEmpty else { return nil }
    let best = Array(outputs(row)).withUnsafeBufferPointer { outputs in
      outputs.baseAddress.map(result.form.decided) ?? 0
    }
    return classes.indices.contains(best) ? classes[best] : String(best)
  }

  func answer(_ row: Int) -> NNScript.Value {
    if let decision = decision(row) { return .text(decision) }
    let numbers = outputs(row).map { NNScript.Value.number(Double($0)) }
    return numbers.count == 1 ? numbers[0] : .list(numbers)
  }

  func target(_ row: Int) -> NNScript.Value {
    switch examples.targets {
    case .none: return .none
    case .classes(let codes):
      let code = Int(codes[row])
      return .text(classes.indices.contains(code) ? classes[code] : String(code))
    case .values(let values, let width):
      let numbers = values[row * width..<(row + 1) * width].map {
        NNScript.Value.number($0)
      }
      return numbers.count == 1 ? numbers[0] : .list(numbers)
    }
  }

  var figures: [(name: String, value: Double)] {
    [("loss", result.loss)] + zip(metrics, result.metrics).map { ($0, $1) }
  }
}

/// Measured models side by side.
private struct Comparison {
  private let rivals: [Rival]
  /// Rows on which decided classes differ; for numbers, all rows, the most different first.
  private let rows: [Int]
  private let shown: [Int]
  private let hasClasses: Bool

  init(_ rivals: [Rival], showing most: Int) {
    self.rivals = rivals
    let count = rivals[0].examples.count
    hasClasses = rivals.allSatisfy { !$0.classes.isEmpty }
    if hasClasses {
      rows = (0..<count).filter { row in Set(rivals.map { $0.decision(row) }).count > 1 }
    } else {
      let spreads = (0..<count).map { Self.spread(rivals, $0) }
      rows = (0..<count).sorted { (spreads[$1], $0) < (spreads[$0], $1) }
    }
    shown = Array(rows.prefix(most))
  }

  /// How far apart the models' outputs are on a row, at most.
  private static func spread(_ rivals: [Rival], _ row: Int) -> Float {
    let outputs = rivals.map { Array($0.outputs(row)) }
    return (outputs.map(\.count).min() ?? 0) == 0
      ? 0
      : (0..<(outputs.map(\.count).min() ?? 0)).reduce(0) { greatest, column in
        let values = outputs.map { $0[column] }
        return max(greatest, (values.max() ?? 0) - (values.min() ?? 0))
      }
  }

  private var metricNames: [String] {
    rivals.flatMap(\.metrics).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private var lossesDiffer: Bool { Set(rivals.map(\.loss)).count > 1 }

  func text(on screen: Screen) -> String {
    let names = ["loss"] + metricNames
    let results = rivals.map { rival in
      let figures = names.map { name -> String in
        guard let value = rival.figures.first(where: { $0.name == name })?.value else { return "" }
        return Formatting.figure(value)
      }
      return [rival.title, String(rival.parameters), String(rival.epochs)] + figures
        + [Formatting.seconds(rival.seconds)]
    }
    var lines = ["\(rivals[0].part), \(count(rivals[0].examples.count, "row"))"]
    let header = ["model", "parameters", "epochs"] + names + ["time"]
    lines.append(TextTable(header: header, results).text(on: screen))
    let tails = rivals.filter { !$0.tail.isEmpty }
    if Set(rivals.map(\.tail)).count == 1, let tail = tails.first?.tail {
      lines[0] += tail
    } else {
      lines += tails.map { "\($0.title):\($0.tail)" }
    }
    if lossesDiffer {
      lines.append(
        "losses differ: " + rivals.map { "\($0.title) \($0.loss)" }.joined(separator: ", "))
    }
    if hasClasses {
      let total = rivals[0].examples.count
      lines.append(
        rows.isEmpty
          ? "they agree on every row" : "they disagree on \(rows.count) of \(count(total, "row"))")
    } else if !shown.isEmpty {
      lines.append("they differ most on these rows")
    }
    if !shown.isEmpty {
      let answers = shown.map { row in
        [String(row)]
          + ([rivals[0].target(row)] + rivals.map { $0.answer(row) }).map {
            Formatting.line(of: $0, limit: 24)
          }
      }
      let header = ["row", "target"] + rivals.map(\.title)
      lines.append(TextTable(header: header, answers).text(on: screen))
    }
    return lines.joined(separator: "\n")
  }

  var value: NNScript.Value {
    let models = rivals.map { rival -> NNScript.Value in
      .record(
        [
          ("model", .text(rival.title)), ("parameters", .number(Double(rival.parameters))),
          ("epochs", .number(Double(rival.epochs))),
        ] + rival.figures.map { ($0.name, .figure($0.value)) }
          + [("seconds", .number(rival.seconds))])
    }
    let answers = shown.map { row -> NNScript.Value in
      .record(
        [("row", .number(Double(row))), ("target", rivals[0].target(row))]
          + rivals.map { ($0.title, $0.answer(row)) })
    }
    return .record([
      ("on", .text(rivals[0].part)), ("rows", .number(Double(rivals[0].examples.count))),
      ("models", .list(models)),
      ("disagreements", hasClasses ? .number(Double(rows.count)) : .none),
      ("shown", .list(answers)),
    ])
  }
}
