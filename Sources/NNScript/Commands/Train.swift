import NNEngine

/// What `train` was asked for.
struct TrainingRequest {
  /// `nil` where the loss is to say when it is enough.
  var epochs: Int?
  var rate: NNScript.Value?
  var batch: Int
  var patience: Int?
  var until: NNScript.Value?
  /// The penalty of large weights, instead of the loss's own.
  var l2: Double?
  /// The penalty that was taken where none was asked for.
  var ownPenalty: Double?
  var limits: GradientLimits
  var every: Int?
  var isQuiet: Bool
  /// The file that checkpoints go to, where that is not the one to go on from.
  var checkpoint: String?
  /// Seconds between two of them.
  var checkpointEvery: Double?
  /// The file to go on from.
  var resume: String?
}

extension CommandEntry {
  static var train: CommandEntry {
    CommandEntry(
      Spec(
        "train", "Trains the current model; a second `train` continues from there.",
        .optionalInteger(
          "epochs", 1...1_000_000_000, whenAbsent: "until the loss has stopped falling",
          option: false,
          "The number of passes over the training rows. Without it, training ends when the loss has stopped "
            + "falling: after at least 10 epochs and 3,000 steps, at most 1,000 epochs."
        ).example("train epochs=10"),
        .value(
          "lr", .formula, whenAbsent: "the optimiser's own", option: true,
          "The learning rate: a number, or a formula such as `0.1 * 0.95^epoch`."
        ).example("train epochs=5 lr=0.1 * 0.95^epoch"),
        .integer(
          "batch", 1...16_777_216, default: 32, option: true, "Rows per step; `gd` uses all."
        ).example("train epochs=2 batch=64"),
        .optionalInteger(
          "patience", 1...1_000_000_000, whenAbsent: "never stop early",
          "Stops after this many epochs without a better validation loss and keeps the best epoch. Without `epochs=`, training ends after 1,000 epochs at most."
        ).example("data iris validation=20%\ntrain epochs=50 patience=5"),
        .value(
          "until", .formula, whenAbsent: "never", option: true,
          "Stops when a condition is true: `until=(accuracy > 0.98)`."
        ).example("train epochs=50 until=(accuracy > 0.9)"),
        .optionalNumber(
          "l2", 0...1_000_000,
          whenAbsent: "that of `loss`; without `epochs=`, 1 / rows, at most 0.001",
          "Adds l2 · sum(w^2) over all weights (not biases) to the loss."
        ).example("train l2=0"),
        .optionalNumber(
          "clip", 0...1e30, openBelow: true, whenAbsent: "no limit",
          "The maximum norm of a gradient (clipping by norm)."
        ).example("train epochs=2 clip=1"),
        .optionalNumber(
          "clip_value", 0...1e30, openBelow: true, whenAbsent: "no limit",
          "The maximum absolute value in a gradient (clipping by value)."
        ).example("train epochs=2 clip_value=0.5"),
        .optionalInteger(
          "every", 1...1_000_000_000, whenAbsent: "about 20 lines", "Report every N epochs."
        ).example("train epochs=10 every=5"),
        .truth("quiet", default: false, "Report no epochs and print no result."),
        .optional(
          "checkpoint", .outputPath, whenAbsent: "none",
          "Writes the whole state of the training into this `.ckpt` file, so that `resume` can go on with it: behind epochs, and when it is stopped."
        ).example("train epochs=5 checkpoint=\"run.ckpt\""),
        .optionalNumber(
          "checkpoint_every", 0...1_000_000_000,
          whenAbsent:
            "behind each epoch that takes ten times as long as writing, within long ones each minute",
          "Seconds between two checkpoints."
        ).example("train epochs=5 checkpoint=\"run.ckpt\" checkpoint_every=60"),
        .optional(
          "resume", .outputPath, whenAbsent: "none",
          "Goes on from this checkpoint up to `epochs` in all, and keeps writing it; begins where there is no such file. The result is that of a training that was never stopped."
        ).example("train epochs=5 resume=\"long.ckpt\""),
        example: "train epochs=5 lr=0.01"
      ) {
        epochs, rate, batch, patience, until, l2, clip, clipValue, every, isQuiet,
        checkpoint, checkpointEvery, resume in
        { context in
          try context.train(
            TrainingRequest(
              epochs: epochs, rate: rate, batch: batch, patience: patience, until: until, l2: l2,
              limits: GradientLimits(length: clip, value: clipValue), every: every,
              isQuiet: isQuiet, checkpoint: checkpoint, checkpointEvery: checkpointEvery,
              resume: resume))
        }
      }, fields: trainingFields, keepsChangesOnFailure: true, foresee: foreseeTraining)
  }

  /// Metrics are fields by their own names, with `val_` before them for the validation part.
  private static let trainingFields = [
    Field("epochs", "how many epochs were run"),
    Field("loss", "of the epoch that was kept"),
    Field("accuracy", "of that epoch, for classes; so every metric chosen, by its name"),
    Field("val_loss", "of that epoch, with a validation part"),
    Field("val_accuracy", "of that epoch, with a validation part"),
    Field("best_epoch", "the number of that epoch"),
    Field("seconds", "how long it took"),
    Field(
      "stopped",
      "why it ended: `epochs`, `until`, `patience`, or `plateau` where the loss has stopped falling"
    ),
    Field("history", "the figures of its epochs, each a list: `.history.loss`"),
  ]
}

extension CommandContext {
  func train(_ request: TrainingRequest) throws -> NNScript.Value {
    let prepared = try prepare("has nothing to learn from yet")
    var model = session.workspace.model
    guard var network = model.network, let preprocessing = model.preprocessing else {
      return .none
    }
    let data = prepared.data
    if request.patience != nil, data.validation == nil {
      throw missingValidation("`patience` watches the validation loss", range(of: "patience"))
    }
    let metrics = try metrics(for: prepared, ofNumbers: [])
    if let complaint = model.blueprint.complaintOfNothingToLearn(
      model.builtParts, input: network.inputShape, at: site.word.range)
    {
      throw complaint
    }
    var trainer = try trainer(for: prepared, preprocessing)
    let ownPenalty = ownPenalty(of: request, trainer.learning, rows: data.train.count)
    if let l2 = request.l2 ?? ownPenalty {
      trainer.learning.penalties.removeAll { $0 is L2Penalty }
      if l2 > 0 { trainer.learning.penalties.append(L2Penalty(l2)) }
    }
    let batch = trainer.optimizer.usesWholeSet ? data.train.count : request.batch
    let length = TrainingLength(
      request, rows: data.train.count, batch: batch, firstLoss: model.firstLoss)
    let first = model.state.epoch
    var circumstances: TrainingCircumstances?
    var resumed: ResumedTraining?
    if request.checkpointPath != nil {
      let here = try self.circumstances(
        request, network, model.state, data, batch: batch, l2: request.l2 ?? ownPenalty)
      circumstances = here
      resumed = try self.resumed(request, model, here)
    }
    if let resumed, let restored = resumed.model.network {
      (model, network) = (resumed.model, restored)
    }
    let teller = TrainingTeller(
      host: session.host, model: model.name, metrics: metrics.names, rows: data.train.count,
      batch: batch, first: model.state.epoch + 1,
      last: (resumed?.point.start.epoch ?? first) + length.most, length: length,
      every: request.isQuiet || session.silence > 0
        ? 0 : request.every ?? max(1, length.least / 20),
      losses: model.losses(of: data))
    var options = try options(
      request, length, data, metrics, ownRate: model.rule?.learningRate, teller)
    model.lastTraining = request
    model.lastTraining?.ownPenalty = ownPenalty
    // Epochs told once are kept by the model; carrying them along would make a thousand short
    // trainings copy all of them a thousand times.
    if resumed == nil { _ = model.state.takeHistory() }
    var writer: CheckpointWriter?
    if let path = request.checkpointPath, let circumstances {
      writer = try CheckpointWriter(
        path, self, every: request.checkpointEvery, model, network, circumstances, teller,
        isThere: resumed != nil && path == request.resume)
    }
    (options.point, options.keeper) = (resumed?.point, writer?.keeper)
    if let resumed { session.workspace.chance = resumed.chance }
    let known = model.state.history.count
    let history = session.workspace.takeHistory()
    if resumed == nil { model.history = history }
    defer {
      // A failure keeps the last good epoch.
      model.network = network
      let learnt = model.state.history.dropFirst(known).map(teller.epoch)
      model.history += learnt
      model.hasLearnt = model.hasLearnt || !model.history.isEmpty
      if model.state.epoch > first || !learnt.isEmpty {
        let name = data.name.split(separator: "/").last ?? ""
        model.origin = Model.Origin(data: String(name), rows: data.train.count)
      }
      if model.hasLearnt { session.workspace.hasTrained = true }
      session.workspace.model = model
      session.samples += learnt.count * data.train.count
    }
    teller.start()
    do {
      let result = try trainer.train(
        &network, &model.state, on: data.train, options,
        observe: teller.tell, isCancelled: { self.session.host.isCancelled })
      teller.finish(
        model.state.epoch, result.seconds, result.stop,
        checkpoint: writer?.isThere == true ? writer?.path : nil
      ) {
        // Where the epochs are not kept, nothing goes on from them.
        guard session.passingCommands == 0 else { return nil }
        return writer?.isThere == true
          ? retyped() : retyped(epochs: request.epochs == nil ? nil : $0)
      }
      if result.stop == .cancelled {
        throw Diagnostic(.interrupted, "interrupted", at: site.word.range)
      }
      if !request.isQuiet {
        noteIfNothingLearnt(
          network, prepared, preprocessing, metrics.judging, isCutShort: request.epochs != nil)
      }
      let form = AnswerForm(
        hasClasses: data.reading == .classes, loss: prepared.loss, answer: preprocessing.answer,
        width: network.outputShape.count, judging: metrics.judging)
      return report(
        result, model.lastTraining ?? request, length, teller,
        metrics.metrics.tail(form, data.preprocessing.classNames))
    } catch let error as EngineError {
      teller.fail(model.state.epoch)
      throw explained(error, request, data)
    } catch {
      teller.fail(model.state.epoch)
      throw error
    }
  }

  /// The penalty of a training that was left to itself: as if large weights were unlikely, which
  /// counts the less, the more rows speak for them.
  ///
  /// - Returns: `nil` where the number of epochs, or a penalty, says that it was not.
  private func ownPenalty(
    of request: TrainingRequest, _ learning: Learning, rows: Int
  ) -> Double? {
    guard request.epochs == nil, request.l2 == nil, learning.penalties.isEmpty else { return nil }
    // To one digit, so that it can be typed.
    var scale = 1000.0
    while scale < Double(rows) { scale *= 10 }
    return min(0.001, max(1, (scale / Double(rows)).rounded()) / scale)
  }

  private func options(
    _ request: TrainingRequest, _ length: TrainingLength, _ data: Dataset,
    _ metrics: ChosenMetrics, ownRate: Double?, _ teller: TrainingTeller
  ) throws -> TrainingOptions {
    var options = TrainingOptions(
      epochs: length.most, settling: length.settling, batchSize: request.batch,
      validation: data.validation,
      patience: request.patience, limits: request.limits, metrics: metrics.metrics,
      judging: metrics.judging, workers: session.workers)
    let figures = ["loss"] + metrics.names
    let reported = figures + (data.validation == nil ? [] : figures.map { "val_" + $0 })
    let rate = request.rate ?? ownRate.map { .number($0) }
    options.learningRate = try formula(rate, "lr", reported, teller) { value in
      guard let number = value.numberValue, number > 0, number.isFinite else {
        throw self.wrongFormula("lr", "gives \(Formatting.text(of: value)), not a number above 0")
      }
      return number
    }
    options.until = try formula(request.until, "until", reported, teller) { value in
      guard let truth = value.truthValue else {
        throw self.wrongFormula("until", "gives \(value.kindName), not true or false")
      }
      return truth
    }
    return options
  }

  /// The command as it was typed, with another number of epochs where it had one.
  private func retyped(epochs: Int?) -> String {
    let source = session.sources.texts[site.range.source]
    let line = source.text(site.range.bytes)
    guard let epochs else { return line }
    guard isGiven("epochs") else { return line + " epochs=\(epochs)" }
    let given = range(of: "epochs")
    return source.text(site.range.start..<given.start) + String(epochs)
      + source.text(given.end..<site.range.end)
  }

  /// Adam, where no rule was chosen.
  func standardRule() throws -> any Optimizer {
    guard let adam = catalog.optimizers.first(where: { $0.name == "adam" }) else { return Adam() }
    return try adam.makeWithDefaults()
  }

  private func wrongFormula(_ name: String, _ problem: String) -> Diagnostic {
    Diagnostic(.wrongType, "`\(name)` \(problem)", at: range(of: name), "worked out here")
  }

  /// A number, or a function called with the live values its parameters name.
  private func formula<Result>(
    _ value: NNScript.Value?, _ name: String, _ reported: [String], _ teller: TrainingTeller,
    _ convert: @escaping (NNScript.Value) throws -> Result
  ) throws -> ((NNEngine.LiveValues) throws -> Result)? {
    guard let value else { return nil }
    guard let function = value.functionValue else {
      let constant = try convert(value)
      return { _ in constant }
    }
    if case .builtin(let entry) = function.body,
      catalog.schedules.contains(where: { $0.name == entry.name })
    {
      throw Diagnostic(
        .missingValue, "`\(entry.name)` needs its rate", at: range(of: name), "no rate is given",
        help: ["write `\(name)=\(entry.name)(0.01)`"])
    }
    // A default is the function's own, whatever its parameter is called.
    let parameters = function.requiredNames
    for parameter in parameters { try checkLive(parameter, name, reported) }
    return { live in
      try convert(
        self.session.call(
          function,
          parameters.map {
            $0 == "losses" ? .list(teller.losses.map { .figure($0) }) : live.value(named: $0)
          }))
    }
  }

  /// A formula may speak of what this training reports.
  private func checkLive(_ parameter: String, _ option: String, _ reported: [String]) throws {
    let always = LiveName.always
    guard !always.contains(parameter), !reported.contains(parameter) else { return }
    if parameter.hasPrefix("val_"), !reported.contains(where: { $0.hasPrefix("val_") }) {
      throw missingValidation("`\(option)` speaks of `\(parameter)`", range(of: option))
    }
    let metric = parameter.hasPrefix("val_") ? String(parameter.dropFirst(4)) : parameter
    let isMetric = catalog.metrics.contains { $0.name == metric }
    throw Diagnostic(
      .unknownName,
      isMetric
        ? "this training does not report `\(parameter)`"
        : "there is no live value named `\(parameter)`",
      at: range(of: option), "speaks of `\(parameter)`",
      help: isMetric ? ["write `metric \(metric)` above"] : [],
      notes: ["live values: " + (always + reported).map { "`\($0)`" }.joined(separator: ", ")])
  }

  private func report(
    _ result: TrainingResult, _ request: TrainingRequest, _ length: TrainingLength,
    _ teller: TrainingTeller, _ tail: String
  ) -> NNScript.Value {
    let epochs = result.epochs.map(teller.epoch)
    let last = epochs.last { $0.number == result.bestEpoch } ?? epochs.last
    let figures = last?.figures ?? []
    var text = "\(count(epochs.count, "epoch")): " + Formatting.figures(figures) + tail
    let penalty = request.ownPenalty.map { "l2 \(Formatting.text(of: .number($0)))" }
    let remarks = [length.reason(for: result.stop), penalty].compactMap { $0 }
    if !remarks.isEmpty { text += " (\(remarks.joined(separator: "; ")))" }
    printed = request.isQuiet ? "" : text
    if request.until != nil, result.stop != .until, !request.isQuiet {
      note("`until` never came true in \(count(epochs.count, "epoch"))")
    }
    return .record(
      [("epochs", .number(Double(epochs.count)))]
        + figures.map { ($0.name, .figure($0.value)) }
        + [
          ("best_epoch", .number(Double(result.bestEpoch))), ("seconds", .number(result.seconds)),
          ("stopped", .text(result.stop.rawValue)), ("history", .history(epochs)),
        ])
  }

  /// A loss that is not finite, told with what the run knows.
  private func explained(
    _ error: EngineError, _ request: TrainingRequest, _ data: Dataset
  ) -> any Error {
    guard case EngineError.lossNotFinite(let fault) = error else { return error }
    var diagnostic = Diagnostic(error, at: site.word.range)
    if isGiven("lr") {
      diagnostic.secondary = [Diagnostic.Label(range(of: "lr"), "the step size the run used")]
    }
    diagnostic.notes.append(
      fault.epoch > 1
        ? "stopped; the weights are those of the end of epoch \(fault.epoch - 1)"
        : "stopped; the weights are those of the start")
    if !fault.history.isEmpty {
      let shown = fault.history.suffix(4).map { Formatting.text(of: .number($0)) }
      diagnostic.notes.append("loss per epoch: " + shown.joined(separator: ", ") + ", not finite")
    }
    if let layer = fault.layer {
      diagnostic.notes.append("the first values to go wrong are those of `\(layer)`")
    }
    if let largest = fault.largestGradient {
      let value = Formatting.text(of: .number(largest.value))
      diagnostic.notes.append(
        "the largest gradient of the last step was \(value), in `\(largest.layer)`")
    }
    diagnostic.notes.append("the data hold no NaN and no infinity: both are refused when read")
    let used = request.rate?.numberValue ?? session.workspace.model.rule?.learningRate
    // A hundredth of what failed, and never more than what suits most networks.
    let smaller = Formatting.text(of: .number(min((used ?? 0.1) / 100, 0.05)))
    let isLimited = request.limits.length != nil || request.limits.value != nil
    diagnostic.help = [
      "try `lr=\(smaller)`" + (isLimited ? "" : ", or limit gradients with `clip=1.0`")
    ]
    return diagnostic
  }
}

extension Model {
  /// The training loss of its first epoch.
  fileprivate var firstLoss: Double? {
    history.first?.figures.first { $0.name == "loss" }?.value
  }

  /// The losses of all epochs so far that a training with these data would watch.
  fileprivate func losses(of data: Dataset) -> [Double] {
    let watched = data.validation == nil ? "loss" : "val_loss"
    return history.compactMap { epoch in epoch.figures.first { $0.name == watched }?.value }
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
    // Before the first epoch nothing has been measured.
    default: figures[name].map { .figure($0) } ?? .number(.infinity)
    }
  }
}

private func missingValidation(_ reason: String, _ range: SourceRange) -> Diagnostic {
  Diagnostic(
    .noData, "\(reason), and there is no validation part", at: range, "needs rows to watch",
    help: ["give `data` some: `validation=20%`"])
}

/// What can be known of a training before anything runs.
private func foreseeTraining(_ forecast: inout Forecast, _ call: ForeseenCall) throws {
  try foreseeCheckpoint(call)
  try forecast.foreseeNetwork(call, without: "nothing to learn from yet")
  if !forecast.hasLearnt {
    forecast.hasLearnt = true
    forecast.learntTarget = forecast.facts?.dataset?.preprocessing.targetNames
  }
  if let dataset = forecast.facts?.dataset, let blueprint = forecast.model,
    let targets = dataset.targetFacts,
    let completion = try? blueprint.completed(
      input: dataset.preprocessing.inputShape, targets: targets, call.checker.vocabulary.catalog)
  {
    _ = try blueprint.lossSettings.learning(
      for: dataset.arranged(for: completion.decision), at: call.word.range)
  }
  if let augmentation = forecast.model?.augmentation, !augmentation.isNone,
    let shape = forecast.facts?.inputShape ?? forecast.model?.input
  {
    do throws(EngineError) {
      try augmentation.check(shape)
    } catch {
      throw Diagnostic(error, at: call.word.range)
    }
  }
  if call.isGiven("patience"), forecast.facts?.hasValidation == false {
    throw missingValidation("`patience` watches the validation loss", call.range(of: "patience"))
  }
  if case .integer(1)? = call.value("batch"), let blueprint = forecast.model,
    let place = blueprint.parts.firstIndex(where: \.layer.comparesRows)
  {
    throw Diagnostic(
      Trainer.needsSeveralRows(blueprint.names[place]), at: call.range(of: "batch"))
  }
  if let rate = call.number("lr"), !(rate > 0 && rate.isFinite) {
    throw Diagnostic(
      .outOfRange, "`lr` is above 0, not \(Formatting.text(of: .number(rate)))",
      at: call.range(of: "lr"), "out of range", help: ["write `lr=0.01`"])
  }
  if let number = call.number("until") {
    throw Diagnostic(
      .wrongType, "`until` takes something true or false, not a number",
      at: call.range(of: "until"), "this is a number",
      help: ["compare with it: `until=(loss < \(Formatting.text(of: .number(number))))`"])
  }
  if let complaint = forecast.complaintOfNothingToLearn(call) { throw complaint }
}

extension Forecast {
  /// What can be said before anything runs of a model that `train` could not change.
  fileprivate func complaintOfNothingToLearn(_ call: ForeseenCall) -> Diagnostic? {
    guard case .known(let facts) = data, let blueprint = model, blueprint.open.isEmpty else {
      return nil
    }
    let catalog = call.checker.vocabulary.catalog
    guard let targets = facts.targets, let input = facts.inputShape ?? blueprint.input,
      let completion = try? blueprint.completed(input: input, targets: targets, catalog)
    else { return nil }
    return blueprint.complaintOfNothingToLearn(
      completion.parts, input: blueprint.shape(ofRows: input), at: call.word.range)
  }
}

extension ForeseenCall {
  fileprivate func number(_ name: String) -> Double? {
    if case .host(let value as NNScript.Value)? = value(name) { value.numberValue } else { nil }
  }
}
