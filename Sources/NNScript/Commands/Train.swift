import NNEngine

/// What `train` was asked for.
private struct TrainingRequest {
  var epochs: Int
  var rate: NNScript.Value?
  var batch: Int
  var patience: Int?
  var until: NNScript.Value?
  var clip: Double?
  var every: Int?
  var isQuiet: Bool
}

extension CommandEntry {
  static var train: CommandEntry {
    CommandEntry(
      Spec(
        "train", "Trains the current model; another `train` goes on from there.",
        .integer("epochs", 1...1_000_000_000, default: 10, "How often to go through the rows."),
        .value(
          "lr", .formula, whenAbsent: "the optimiser's own", option: true,
          "The step size: a number, or a formula over live values such as `0.1 * 0.95^epoch`."),
        .integer(
          "batch", 1...16_777_216, default: 32, option: true, "Rows a step; `gd` takes all."),
        .optionalInteger(
          "patience", 1...1_000_000_000, whenAbsent: "never stop early",
          "Epochs to wait for a better validation loss; the best epoch is kept."),
        .value(
          "until", .formula, whenAbsent: "the last epoch", option: true,
          "Stop when this is true: `until=(accuracy > 0.98)`."),
        .optionalNumber(
          "clip", 0...1e30, openBelow: true, whenAbsent: "no limit",
          "The greatest length of a step's gradient."),
        .optionalInteger(
          "every", 1...1_000_000_000, whenAbsent: "about 20 lines", "Tell of every so many epochs."),
        .truth("quiet", default: false, "Tell of no epoch and print no result."),
        example: "train epochs=5 lr=0.01"
      ) { epochs, rate, batch, patience, until, clip, every, isQuiet in
        { context in
          try context.train(
            TrainingRequest(
              epochs: epochs, rate: rate, batch: batch, patience: patience, until: until,
              clip: clip, every: every, isQuiet: isQuiet))
        }
      }, fields: trainingFields, keepsChangesOnFailure: true, foresee: foreseeTraining)
  }

  /// Metrics are fields by their own names, with `val_` before them for the validation part.
  private static let trainingFields = [
    Field("epochs", "how many epochs were run"),
    Field("loss", "of the epoch that was kept"),
    Field("accuracy", "of that epoch, for classes"),
    Field("val_loss", "of that epoch, with a validation part"),
    Field("val_accuracy", "of that epoch, with a validation part"),
    Field("best_epoch", "the number of that epoch"),
    Field("seconds", "how long it took"),
    Field("stopped", "why it ended: `epochs`, `until` or `patience`"),
    Field("history", "a record for each epoch"),
  ]
}

extension CommandContext {
  fileprivate func train(_ request: TrainingRequest) throws -> NNScript.Value {
    let prepared = try prepare("has nothing to learn from yet")
    var model = session.workspace.model
    guard var network = model.network, let preprocessing = model.preprocessing else {
      return .none
    }
    let data = prepared.data
    let rule = model.rule
    let optimizer = try rule?.optimizer ?? standardRule()
    let metrics = model.metrics ?? (data.reading == .classes ? [Accuracy()] : [])
    let rate = request.rate ?? rule?.learningRate.map { .number($0) }
    var options = TrainingOptions(
      epochs: request.epochs, batchSize: request.batch, validation: data.validation,
      patience: request.patience, clip: request.clip, metrics: metrics, workers: session.workers)
    options.learningRate = try formula(rate, "lr") { value in
      guard let number = value.numberValue, number > 0, number.isFinite else {
        throw self.wrongFormula("lr", "gives \(Formatting.text(of: value)), not a number above 0")
      }
      return number
    }
    options.until = try formula(request.until, "until") { value in
      guard let truth = value.truthValue else {
        throw self.wrongFormula("until", "gives \(value.kindName), not true or false")
      }
      return truth
    }
    let trainer = Trainer(loss: prepared.loss, optimizer: optimizer, preprocessing: preprocessing)
    let teller = TrainingTeller(
      host: session.host, model: model.name, metrics: metrics.map(\.name), rows: data.train.count,
      batch: optimizer.usesWholeSet ? data.train.count : request.batch,
      first: model.state.epoch + 1, count: request.epochs,
      every: request.isQuiet ? 0 : request.every ?? max(1, request.epochs / 20))
    let before = model.state.epoch
    defer {
      // A failure keeps the last good epoch.
      model.network = network
      model.history += model.state.history.filter { $0.number > before }.map(teller.epoch)
      session.workspace.model = model
    }
    teller.start()
    do {
      let result = try trainer.train(
        &network, &model.state, on: data.train, options,
        observe: teller.tell, isCancelled: { self.session.host.isCancelled })
      teller.finish(model.state.epoch, result.seconds, result.stop)
      if result.stop == .cancelled {
        throw Diagnostic(.interrupted, "interrupted", at: site.word.range)
      }
      return report(result, teller, isQuiet: request.isQuiet)
    } catch let error as EngineError {
      teller.fail(model.state.epoch)
      throw explained(error, request, data)
    } catch {
      teller.fail(model.state.epoch)
      throw error
    }
  }

  /// Adam, where no rule was chosen.
  private func standardRule() throws -> any Optimizer {
    guard let adam = catalog.optimizers.first(where: { $0.name == "adam" }) else { return Adam() }
    return try adam.makeWithDefaults()
  }

  private func wrongFormula(_ name: String, _ problem: String) -> Diagnostic {
    Diagnostic(.wrongType, "`\(name)` \(problem)", at: range(of: name), "worked out here")
  }

  /// A number, or a function called with the live values its parameters name.
  private func formula<Result>(
    _ value: NNScript.Value?, _ name: String, _ convert: @escaping (NNScript.Value) throws -> Result
  ) throws -> ((NNEngine.LiveValues) throws -> Result)? {
    guard let value else { return nil }
    guard let function = value.functionValue else { return { _ in try convert(value) } }
    let parameters = function.parameterNames
    for parameter in parameters where !session.vocabulary.isLive(parameter) {
      throw Diagnostic(
        .unknownName, "there is no live value named `\(parameter)`", at: range(of: name),
        "a function of `\(parameter)`",
        help: [
          "live values: "
            + session.vocabulary.liveNames.map { "`\($0.name)`" }.joined(separator: ", ")
        ])
    }
    return { live in
      try convert(self.session.call(function, parameters.map { live.value(named: $0) }))
    }
  }

  private func report(
    _ result: TrainingResult, _ teller: TrainingTeller, isQuiet: Bool
  ) -> NNScript.Value {
    let last = result.epochs.last { $0.number == result.bestEpoch } ?? result.epochs.last
    let figures = last.map { teller.epoch($0).figures } ?? []
    var text = "\(count(result.epochs.count, "epoch")): " + Formatting.figures(figures)
    if result.stop != .epochs { text += " (stopped by \(result.stop.rawValue))" }
    printed = isQuiet ? "" : text
    let history = NNScript.Value.list(
      result.epochs.map { epoch in
        .record(
          [("epoch", .number(Double(epoch.number)))]
            + teller.epoch(epoch).figures.map { ($0.name, .number($0.value)) })
      })
    return .record(
      [("epochs", .number(Double(result.epochs.count)))]
        + figures.map { ($0.name, .number($0.value)) }
        + [
          ("best_epoch", .number(Double(result.bestEpoch))), ("seconds", .number(result.seconds)),
          ("stopped", .text(result.stop.rawValue)), ("history", history),
        ])
  }

  /// A loss that is not finite, told with what the run knows.
  private func explained(
    _ error: EngineError, _ request: TrainingRequest, _ data: Dataset
  ) -> any Error {
    guard case .lossNotFinite(let epoch, let batch, let batches, let layer, let history) = error
    else { return error }
    var diagnostic = Diagnostic(
      .lossNotFinite,
      "the loss became NaN or infinite in epoch \(epoch), batch \(batch) of \(batches)",
      at: site.word.range)
    if isGiven("lr") {
      diagnostic.secondary = [Diagnostic.Label(range(of: "lr"), "the step size the run used")]
    }
    diagnostic.notes.append(
      epoch > 1
        ? "stopped; the weights are those of the end of epoch \(epoch - 1)"
        : "stopped; the weights are those of the start")
    if !history.isEmpty {
      let shown = history.suffix(4).map { Formatting.text(of: .number($0)) }
      diagnostic.notes.append("loss per epoch: " + shown.joined(separator: ", ") + ", not finite")
    }
    if let layer { diagnostic.notes.append("the first values to go wrong are those of `\(layer)`") }
    let used = request.rate?.numberValue ?? session.workspace.model.rule?.learningRate
    let smaller = Formatting.text(of: .number(min((used ?? 0.1) / 100, 0.05)))
    diagnostic.help = ["try `lr=\(smaller)`, or limit gradients with `clip=1.0`"]
    return diagnostic
  }
}

extension NNEngine.LiveValues {
  /// A live value by the name formulas use.
  fileprivate func value(named name: String) -> NNScript.Value {
    switch name {
    case "epoch": .number(Double(epoch))
    case "epochs": .number(Double(epochs))
    case "lr": .number(learningRate)
    case "seconds": .number(seconds)
    default: figures[name].map { .number($0) } ?? .number(.infinity)
    }
  }
}

/// What can be known of a training before anything runs.
private func foreseeTraining(_ forecast: inout Forecast, _ call: ForeseenCall) throws {
  if case .absent = forecast.data {
    forecast.blur()
    throw Diagnostic(
      .noData, "`\(call.word.text)` has nothing to learn from yet", at: call.word.range,
      "no data has been loaded at this point",
      help: ["load some first, for example `data iris`"])
  }
  guard let facts = forecast.facts, let blueprint = forecast.model,
    let targets = facts.targets, let input = facts.inputShape ?? blueprint.input
  else { return }
  let catalog = call.checker.vocabulary.catalog
  guard let loss = blueprint.effectiveLoss(for: targets, catalog) else { return }
  do throws(EngineError) {
    _ = try blueprint.completed(input: input, targets: targets, loss: loss, catalog)
  } catch {
    forecast.blur()
    throw MismatchExplanation(blueprint: blueprint, input: input, facts: facts, loss: loss)
      .diagnostic(error, at: call.word.range)
  }
}
