import NNEngine

/// What `explain` was asked for.
private struct ExplanationRequest {
  var sample: NNScript.Value?
  var target: NNScript.Value?
  var isRow: Bool
  var part: String
  var layer: String?
  var neuron: Int?
  var weight: Int?
  var path: String?
}

extension CommandEntry {
  static var explain: CommandEntry {
    CommandEntry(
      Spec(
        "explain",
        "Shows forward pass, loss, backward pass and update of one sample, number by number.",
        .value(
          "sample", .either([.numbers, .value]),
          "A row's values, a record of columns, or with `row` the number of a row of the data."),
        .value(
          "target", .either([.numbers, .name]), whenAbsent: "the row's own", option: true,
          "The expected outputs: numbers, or a class."),
        .truth("row", default: false, "Use a row of the data, counted from 0.").example(
          "explain 3 row"),
        .choice(
          "on", ["train", "validation", "test"], default: "train", option: true,
          "The part of the data that `row` refers to."
        ).example("explain 3 row on=test"),
        .optional(
          "of", .place, whenAbsent: "all that fits",
          "What to spell out: a layer `dense1`, a unit `dense1[4]`, a number `dense1.weights[0, 3]`."
        ),
        .optionalInteger(
          "neuron", 0...1_000_000_000, whenAbsent: "the first ones", option: false,
          "The unit of that layer, from 0."),
        .optionalInteger(
          "weight", 0...1_000_000_000, whenAbsent: "all that fit",
          "The input whose weight is wanted, from 0."
        ).example("explain 3 row of=dense1 neuron=2 weight=0"),
        .optional("to", .outputPath, whenAbsent: "here", "A Markdown file, with formulas.").example(
          "explain 3 row to=\"step.md\""),
        example: "explain [5.1, 3.5, 1.4, 0.2] target=setosa of=dense1 neuron=2"
      ) { sample, target, isRow, part, layer, neuron, weight, path in
        { context in
          try context.explain(
            ExplanationRequest(
              sample: sample, target: target, isRow: isRow, part: part, layer: layer,
              neuron: neuron, weight: weight, path: path))
        }
      },
      fields: [
        Field("loss", "the sample's loss"),
        Field("outputs", "what the network gives"),
        Field("targets", "what it should give"),
        Field("new_loss", "the loss after one step of the optimiser"),
        Field(
          "objective",
          "what training makes small: the loss of the smoothed target, weighed, and the penalties"),
        Field("new_objective", "the same after the step"),
        Field("bits", "64, or 32 where a word of the network has no plain form"),
        Field(
          "dense1", "of each layer: input, sum, output, delta, weights_gradient, new_weights …"),
      ],
      foresee: { _, call in
        if call.isGiven("weight") || call.isGiven("neuron"), !call.isGiven("of") {
          throw Diagnostic(
            .missingValue, "a unit or weight belongs to a layer",
            at: call.range(of: call.isGiven("neuron") ? "neuron" : "weight"), "of which layer?",
            help: ["add its name: `of=dense1`"])
        }
      })
  }
}

extension CommandContext {
  fileprivate func explain(_ request: ExplanationRequest) throws -> NNScript.Value {
    let subject = try ExplainedModel(self, target: request.target)
    let focus = try focus(request, subject.network)
    let examples = try examples(request, subject)
    let sample = LearningSample(
      examples, subject.trainer, width: subject.network.outputShape.count)
    let step = try ExplainedStep(
      subject.network, sample, subject.trainer, session.workspace.model.state,
      rate: subject.rate, session)
    let page = Explanation(step, focus, catalog).page
    if let path = request.path {
      try session.write(Array(page.markdown.utf8), to: path)
      printed = "explained in \(path)"
    } else {
      printed = page.text
    }
    return step.value
  }

  /// What is to be spelled out, once it is known to be there.
  private func focus(_ request: ExplanationRequest, _ network: Network) throws -> Focus {
    guard let place = request.layer else { return Focus() }
    guard var focus = Focus(place) else {
      throw Diagnostic(
        .unknownName, "`\(place)` is no place in the model", at: range(of: "of"),
        "not a layer, unit or weight",
        help: ["for example `of=dense1`, `of=dense1[4]` or `of=dense1.weights[0, 3]`"])
    }
    try check(&focus, request, network)
    return focus
  }

  private func check(
    _ focus: inout Focus, _ request: ExplanationRequest, _ network: Network
  ) throws {
    guard let name = focus.layer else { return }
    guard let node = network.nodes.first(where: { $0.name == name }) else {
      let known = network.nodes.map(\.name)
      throw Diagnostic(
        .unknownName, "there is no layer named `\(name)`", at: range(of: "of"), "not a layer",
        help: Suggestion.nearest(to: name, among: known).map { ["did you mean `\($0)`?"] }
          ?? ["layers: " + known.joined(separator: ", ")])
    }
    if let parameter = focus.parameter {
      let known = node.parameters.map(\.name)
      guard known.contains(parameter) else {
        throw Diagnostic(
          .unknownName, "`\(name)` has no parameter named `\(parameter)`", at: range(of: "of"),
          "not a parameter",
          help: Suggestion.nearest(to: parameter, among: known).map { ["did you mean `\($0)`?"] }
            ?? ["parameters: " + known.joined(separator: ", ")])
      }
    }
    if let shape = focus.resolve(in: node) {
      let example = shape.sizes.map { "\($0 - 1)" }.joined(separator: ", ")
      let place = [name, focus.parameter].compactMap { $0 }.joined(separator: ".")
      throw Diagnostic(
        .indexOutOfRange, "`\(place)` is \(shape), counted from 0", at: range(of: "of"),
        "not a place in it", help: ["the last place is `of=\(place)[\(example)]`"])
    }
    focus.neuron = request.neuron ?? focus.neuron
    focus.weight = request.weight ?? focus.weight
    let weights = node.parameters.first { $0.shape.rank == 4 }?.shape
    func check(_ index: Int?, _ option: String, _ number: Int, _ noun: String) throws {
      guard let index, index >= number else { return }
      throw Diagnostic(
        .indexOutOfRange, "`\(name)` has \(count(number, noun)), counted from 0",
        at: range(of: isGiven(option) ? option : "of"), "there is no \(option) \(index)")
    }
    try check(focus.neuron, "neuron", node.outputShape.count, "unit")
    if let weights {
      try check(focus.weight, "weight", weights.count / weights[3], "weight")
    } else {
      try check(focus.weight, "weight", node.inputShape.count, "input")
    }
  }

  /// The one row to explain, with its target.
  private func examples(
    _ request: ExplanationRequest, _ subject: ExplainedModel
  ) throws -> Examples {
    var examples: Examples
    if request.isRow {
      guard let data = subject.data else { throw noRows() }
      let (part, all) = try choose(request.part, data)
      guard let number = request.sample?.asNumbers?.elements.first,
        request.sample?.asNumbers?.shape.count == 1,
        number == number.rounded(), number >= 0, number < Double(all.count)
      else {
        throw Diagnostic(
          .indexOutOfRange, "the \(part) part has \(count(all.count, "row")), counted from 0",
          at: range(of: "sample"), "not one of them")
      }
      examples = all.rows([Int(number)])
      if request.target == nil { return examples }
    } else {
      let rows = try Rows(
        request.sample ?? .none, subject.network, subject.trainer.preprocessing, self,
        named: "sample")
      guard rows.examples.count == 1 else {
        throw Diagnostic(
          .wrongCount, "`explain` takes one row, these are \(rows.examples.count)",
          at: range(of: "sample"), "several rows",
          help: ["give one of them"])
      }
      examples = rows.examples
    }
    guard let target = request.target else {
      let classes = subject.trainer.preprocessing.classNames
      throw Diagnostic(
        .missingValue, "`explain` needs to know what the outputs should be", at: site.range,
        "no target",
        help: [
          classes.first.map { "add the class: `target=\($0)`" }
            ?? "add the numbers: `target=[0.01, 0.99]`"
        ])
    }
    examples.targets = try subject.targets(target, at: range(of: "target"))
    return examples
  }

  private func noRows() -> Diagnostic {
    Diagnostic(
      .noData, "`explain row` takes a row of the data", at: site.word.range,
      "no data has been loaded at this point",
      help: ["give the values: `explain [0.05, 0.1] target=[0.01, 0.99]`"])
  }
}

/// The current model with a loss, with data or without.
private struct ExplainedModel {
  let network: Network
  let trainer: Trainer
  let rate: Double
  let data: Dataset?

  init(_ context: CommandContext, target: NNScript.Value?) throws {
    let session = context.session
    if session.workspace.data != nil {
      let learner = try Learner(context, "has nothing to explain")
      (network, trainer, rate) = (learner.network, learner.trainer, learner.rate)
      data = learner.data
      return
    }
    try session.buildIfPossible()
    let model = session.workspace.model
    guard let network = model.network, let preprocessing = model.preprocessing else {
      throw Diagnostic(
        .noModel, "`explain` needs a network that is built", at: context.site.word.range,
        "its input size is not known", help: ["load data first, or say the size: `input 2`"])
    }
    let settings = model.blueprint.lossSettings
    guard settings.classWeights == nil else {
      throw Diagnostic(
        .noData, "`explain` needs data to know how much a class counts",
        at: context.site.word.range, "no data has been loaded at this point",
        help: ["load data first, or leave out `class_weights`"])
    }
    self.network = network
    trainer = Trainer(
      loss: model.blueprint.loss ?? MeanSquaredError(),
      learning: try settings.learning(for: nil, at: context.site.word.range),
      optimizer: try model.rule?.optimizer ?? context.standardRule(),
      preprocessing: preprocessing)
    rate = model.rule?.learningRate ?? trainer.optimizer.defaultLearningRate
    data = nil
  }

  /// A target as the data's targets are.
  func targets(_ value: NNScript.Value, at range: SourceRange) throws -> Examples.Targets {
    let classes = trainer.preprocessing.classNames
    let width = network.outputShape.count
    if let number = value.numbers?.first, value.numbers?.count == 1, !classes.isEmpty {
      return try targets(.text(Formatting.number(number)), at: range)
    }
    if let name = value.textValue ?? value.functionValue?.name {
      if let code = classes.firstIndex(of: name) { return .classes([Int32(code)]) }
      throw Diagnostic(
        .unknownName,
        classes.isEmpty
          ? "the targets are numbers, `\(name)` is none" : "there is no class named `\(name)`",
        at: range, classes.isEmpty ? "not a number" : "not a class",
        help: Suggestion.nearest(to: name, among: classes).map { ["did you mean `\($0)`?"] }
          ?? (classes.isEmpty
            ? [] : ["classes: " + classes.prefix(12).joined(separator: ", ")]))
    }
    let numbers = value.asNumbers?.elements ?? []
    guard numbers.count == width else {
      throw Diagnostic(
        .shapeMismatch,
        "the network ends in \(count(width, "value")), the target has \(numbers.count)", at: range,
        "needs \(count(width, "number"))")
    }
    return .values(numbers, width: width)
  }
}
