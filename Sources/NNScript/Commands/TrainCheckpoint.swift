import NNEngine

// `train checkpoint="run.ckpt"` and `train resume="run.ckpt"`: a training that goes on after it was
// stopped, and ends as if it never had been.

/// Where a training goes on, read from a file and found to be of this training.
struct ResumedTraining {
  var point: TrainingPoint
  var model: Model
  var chance: RandomStream
}

extension TrainingRequest {
  /// The file that checkpoints go to: that of `checkpoint`, else the one that is gone on from.
  var checkpointPath: String? { checkpoint ?? resume }
}

extension CommandContext {
  /// Reads the place where this training goes on; `nil` where it begins.
  ///
  /// - Throws: a diagnostic for what cannot be gone on from, or would be overwritten.
  func resumed(
    _ request: TrainingRequest, _ model: Model, _ circumstances: TrainingCircumstances
  ) throws -> ResumedTraining? {
    guard let path = request.resume else {
      if let path = request.checkpoint {
        try checkOverwriting(path, session.host.files, at: range(of: "checkpoint"), line: retyped())
      }
      return nil
    }
    guard session.host.files.kind(of: path) != .missing else {
      note("there is no `\(path)` yet: the training begins")
      return nil
    }
    let file: ModelFile
    do {
      file = try ModelFile(reading: path, files: session.host.files)
    } catch EngineError.badFile(_, let problem, let detail, _) {
      throw Diagnostic(
        .badModelFile, "`\(path)`: \(problem)", at: range(of: "resume"), detail ?? "",
        help: ["remove it, and the training begins anew, or take another copy"])
    }
    guard let checkpoint = file.checkpoint, let training = file.training else {
      throw Diagnostic(
        .badModelFile, "`\(path)` is a saved model, not a checkpoint", at: range(of: "resume"),
        "nothing says how its training goes on",
        help: ["write `load \"\(path)\"` above, and `train` without `resume`"])
    }
    return try resumed(file, checkpoint, training, request, model, circumstances, path)
  }

  private func resumed(
    _ file: ModelFile, _ checkpoint: Checkpoint, _ training: SavedTraining,
    _ request: TrainingRequest, _ model: Model, _ circumstances: TrainingCircumstances,
    _ path: String
  ) throws -> ResumedTraining {
    func bad(_ problem: String) -> Diagnostic {
      Diagnostic(
        .badModelFile, "`\(path)`: \(problem)", at: range(of: "resume"),
        help: ["take another copy, or remove it to begin anew"])
    }
    guard let current = model.network else { preconditionFailure("a model to train is built") }
    try checkItems(file, model, path)
    let network = try restored(file.tensors, model, current) { bad($0) }
    // Where the model stands as the file has it, it has been stopped in this session, or loaded.
    let isThere = model.state.epoch == training.state["epoch"]?.integer && current == network
    try check(checkpoint.circumstances, circumstances, isThere: isThere, path)
    guard file.preprocessing == model.preprocessing else {
      throw anotherTraining(path, "its columns, or the scales of these, are others", nil)
    }
    var model = model
    model.network = network
    let epoch = checkpoint.point["start"]?["epoch"]?.integer
    guard training.resume(&model, from: epoch),
      let point = TrainingPoint(
        json: checkpoint.point, tensors: checkpoint.tensors, values: network.values,
        state: model.state)
    else { throw bad("its checkpoint does not fit its model") }
    for (place, seconds) in checkpoint.seconds.enumerated() where place < model.history.count {
      model.history[place].seconds = seconds
    }
    let done = point.state.epoch - point.start.epoch
    if let epochs = request.epochs, done > epochs {
      throw Diagnostic(
        .outOfRange, "`\(path)` has \(count(done, "epoch")), more than `epochs=\(epochs)`",
        at: range(of: "epochs"), "fewer than there are",
        help: ["write `epochs=\(done)`, or more"])
    }
    tell(checkpoint, point, request, path)
    return ResumedTraining(point: point, model: model, chance: checkpoint.chance)
  }

  /// The model's network with the numbers of a file.
  private func restored(
    _ tensors: [String: Tensor], _ model: Model, _ current: Network,
    _ bad: (String) -> Diagnostic
  ) throws -> Network {
    do {
      return try Network(
        graph: Blueprint.elements(of: model.builtParts), inputShape: current.inputShape,
        seed: current.seed, restoring: tensors)
    } catch EngineError.invalid(let problem, _) {
      throw bad(problem)
    }
  }

  private func tell(
    _ checkpoint: Checkpoint, _ point: TrainingPoint, _ request: TrainingRequest, _ path: String
  ) {
    let done = point.state.epoch - point.start.epoch
    let isOver = point.stop != nil && point.stop != .epochs || request.epochs == done
    let batches =
      point.open.map { $0.batches == 1 ? " and 1 batch" : " and \($0.batches) batches" } ?? ""
    note(
      isOver
        ? "the training in `\(path)` is finished: \(count(done, "epoch"))"
        : "going on behind \(count(done, "epoch"))\(batches), from `\(path)`")
    if checkpoint.version != Release.version {
      note(
        "nns \(checkpoint.version) wrote it, this is \(Release.version): the last digits may differ"
          + " from those of a training that was never stopped")
    }
  }

  // MARK: What must be the same

  private func checkItems(_ file: ModelFile, _ model: Model, _ path: String) throws {
    guard case .items(let json) = file.source,
      let theirs = try? ModelItem.items(json, session.vocabulary)
    else { return }
    let ours = model.items
    guard json != .array(ours.map(\.json)) else { return }
    let place =
      zip(theirs, ours).enumerated().first { $1.0.json != $1.1.json }?.offset
      ?? min(theirs.count, ours.count)
    let (there, here) = (theirs.dropFirst(place).first, ours.dropFirst(place).first)
    throw anotherTraining(
      path,
      "its model has " + (there.map { "`\($0.line)`" } ?? "nothing more") + " where this one has "
        + (here.map { "`\($0.line)`" } ?? "nothing more"), nil)
  }

  private func check(
    _ there: TrainingCircumstances, _ here: TrainingCircumstances, isThere: Bool, _ path: String
  ) throws {
    typealias Facts = TrainingCircumstances.Facts
    var there = there
    if isThere, let place = there.facts.firstIndex(where: { $0.name == Facts.start }) {
      there.facts[place].text = here[Facts.start] ?? ""
    }
    guard let name = here.firstDifference(from: there) else { return }
    let absent = TrainingCircumstances.absent
    let (old, new) = (there[name] ?? absent, here[name] ?? absent)
    switch name {
    case Facts.data, Facts.validationData:
      throw anotherTraining(path, "its \(name) had other values", nil)
    case Facts.start:
      throw anotherTraining(
        path, "it began with other weights", nil,
        "`reset` goes back to the weights a model begins with")
    case Facts.rows, Facts.validationRows, "seed":
      throw anotherTraining(path, "\(name): \(old) there, \(new) here", nil)
    default:
      throw anotherTraining(
        path, "`\(name)` is \(old) there, \(new) here", name,
        old == absent ? "leave `\(name)` out" : "write `\(name)=\(old)`")
    }
  }

  private func anotherTraining(
    _ path: String, _ difference: String, _ option: String?, _ help: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .otherTraining, "`\(path)` is of another training: \(difference)",
      at: range(of: option.map { isGiven($0) ? $0 : "resume" } ?? "resume"),
      option == nil ? "cannot go on with it" : "differs",
      help: (help.map { ["to go on, \($0)"] } ?? [])
        + ["to begin anew, remove the file or write another name"],
      notes: ["`load \"\(path)\"` takes its weights, to train these in another way"])
  }

  /// What decides how this training goes on, besides its model.
  func circumstances(
    _ request: TrainingRequest, _ network: Network, _ state: TrainingState, _ data: Dataset,
    batch: Int, l2: Double?
  ) throws -> TrainingCircumstances {
    typealias Facts = TrainingCircumstances.Facts
    func text(_ number: Double?) -> String? { number.map { Formatting.exact($0) } }
    var all = TrainingCircumstances()
    all.add("seed", String(network.seed))
    try all.addRows(data.train, count: Facts.rows, sum: Facts.data)
    try all.addRows(data.validation, count: Facts.validationRows, sum: Facts.validationData)
    all.add("batch", String(batch))
    all.add("lr", formulaText(request.rate, "lr"))
    all.add("patience", request.patience.map(String.init))
    all.add("until", formulaText(request.until, "until"))
    all.add("l2", text(l2))
    all.add("clip", text(request.limits.length))
    all.add("clip_value", text(request.limits.value))
    // More epochs may be asked for later, unless something looks at how many there are.
    let formulas = [request.rate, request.until].compactMap { $0?.functionValue }
    let looksAtEpochs = formulas.contains { $0.requiredNames.contains("epochs") }
    if request.epochs == nil || looksAtEpochs {
      all.add("epochs", request.epochs.map(String.init))
    }
    all.add(Facts.start, "\(state.epoch) \(state.step) \(try network.sum())")
    return all
  }

  /// A number, or a formula as it was typed, with what its names stand for.
  private func formulaText(_ value: NNScript.Value?, _ option: String) -> String? {
    guard let value else { return nil }
    guard value.functionValue != nil else { return Formatting.text(of: value) }
    let text = session.sources.text(of: range(of: option))
    let source = SourceText(name: "", text: text)
    let words = Lexer.tokens(of: source).tokens.filter { $0.kind == .word }
      .map { source.text($0.start..<$0.end) }
    let values = Set(words).sorted().compactMap { word -> String? in
      guard let value = session[word], value.numberValue != nil || value.textValue != nil else {
        return nil
      }
      return "\(word) \(Formatting.text(of: value))"
    }
    return values.isEmpty ? text : "\(text), \(values.joined(separator: ", "))"
  }

  // MARK: The line that goes on

  /// The line that goes on with this training, once a checkpoint is there.
  func retyped() -> String {
    let source = session.sources.texts[site.range.source]
    let line = source.text(site.range.bytes)
    guard !isGiven("resume") else { return line }
    let place = range(of: "checkpoint")
    let before = source.text(site.range.start..<place.start)
    guard before.hasSuffix("checkpoint=") else { return line }
    return before.dropLast("checkpoint=".count) + "resume="
      + source.text(place.start..<site.range.end)
  }
}

extension ModelItem {
  /// The line as one would type it.
  fileprivate var line: String {
    switch self {
    case .definition(let text): text
    case .line(let line, _): line.text
    }
  }
}

/// A training that could go on is not to be overwritten by mistake, nor is any other file.
private func checkOverwriting(
  _ path: String, _ files: any FileAccess, at range: SourceRange, line: String?
) throws {
  guard case .file(let size) = files.kind(of: path), size > 0 else { return }
  guard let file = try? ModelFile(reading: path, files: files), let checkpoint = file.checkpoint
  else {
    throw Diagnostic(
      .otherTraining, "`\(path)` is there already and is no checkpoint", at: range,
      "would be overwritten", help: ["write another name, or remove the file"])
  }
  guard !checkpoint.isFinished else { return }
  let epochs = file.training?.state["epoch"]?.integer ?? 0
  throw Diagnostic(
    .otherTraining, "`\(path)` holds a training that was stopped behind epoch \(epochs)", at: range,
    "would be overwritten",
    help: (line.map { ["to go on with it, write `\($0)`"] } ?? [])
      + ["to begin anew, remove the file or write another name"])
}

/// What can be known of the files before anything runs.
func foreseeCheckpoint(_ call: ForeseenCall) throws {
  for option in ["checkpoint", "resume"] {
    guard let path = call.text(option) else { continue }
    let range = call.range(of: option)
    let known = [".ckpt", ".safetensors"]
    guard known.contains(where: path.hasSuffix) else {
      throw wrongExtension(path, known, at: range)
    }
  }
  if call.isGiven("checkpoint_every"), !call.isGiven("checkpoint"), !call.isGiven("resume") {
    throw Diagnostic(
      .missingValue, "`checkpoint_every` needs a file to write",
      at: call.range(of: "checkpoint_every"),
      "nothing is written", help: ["write `checkpoint=\"run.ckpt\"` beside it"])
  }
}
