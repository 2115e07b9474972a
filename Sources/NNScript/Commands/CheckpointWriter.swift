import NNEngine

/// Writes checkpoints of a training, as often as was asked for or is worth the time.
final class CheckpointWriter {
  let path: String
  /// Whether the file holds a checkpoint of this training.
  private(set) var isThere: Bool
  private let files: any FileAccess
  private let every: Duration?
  /// What is written but for all that changes.
  private let file: ModelFile
  private let model: Model
  private let network: Network
  private let circumstances: TrainingCircumstances
  private let epoch: (TrainingState.Epoch) -> Model.Epoch
  private let chance: () -> RandomStream
  private let warn: (EngineError) -> Void
  private let clock = ContinuousClock()
  /// When the last one was done, and how long it took.
  private var lastEnd: ContinuousClock.Instant
  private var cost = Duration.zero
  private var isFailing = false

  /// Without `checkpoint_every`, writing takes at most one part in so many of the time.
  private static let parts = 10
  /// And an epoch that takes longer gets one in its middle.
  private static let longest = Duration.seconds(60)

  /// - Parameters:
  ///   - model: the model as it is now, with all its epochs.
  ///   - isThere: whether the training goes on from this file.
  /// - Throws: `EngineError.unreadableFile` where the file cannot be written.
  init(
    _ path: String, _ context: CommandContext, every: Double?, _ model: Model, _ network: Network,
    _ circumstances: TrainingCircumstances, _ teller: TrainingTeller, isThere: Bool
  ) throws {
    let session = context.session
    (self.path, files, self.every) = (path, session.host.files, every.map { .seconds($0) })
    (self.model, self.network, self.circumstances) = (model, network, circumstances)
    self.isThere = isThere
    file = try ModelFile(model: model, network: network)
    epoch = teller.epoch
    chance = { session.workspace.chance }
    warn = { error in
      let option = context.isGiven("checkpoint") ? "checkpoint" : "resume"
      var diagnostic = Diagnostic(
        error, at: context.range(of: option), in: session, context.places)
      diagnostic.notes.append("the training goes on, and the next checkpoint is tried again")
      context.warn(diagnostic)
    }
    lastEnd = clock.now
    // Dropped unfinished, it leaves the file as it was.
    _ = try files.writer(to: path)
  }

  /// Whoever keeps the points of the training.
  var keeper: PointKeeper {
    PointKeeper(hasStart: isThere, isDue: { self.isDue(isEpochEnd: $0) }, keep: write)
  }

  private func isDue(isEpochEnd: Bool) -> Bool {
    let since = clock.now - lastEnd
    if let every { return since >= every }
    return since >= cost * (Self.parts - 1) && (isEpochEnd || since >= Self.longest)
  }

  /// Writes a point. A disk that is full is no reason to lose the training: it is warned of once.
  private func write(_ point: TrainingPoint) throws {
    let begin = clock.now
    defer {
      lastEnd = clock.now
      cost = lastEnd - begin
    }
    do {
      try Allowance.withoutInterruption { try put(point) }
      (isThere, isFailing) = (true, false)
    } catch let error as EngineError {
      if !isFailing { warn(error) }
      isFailing = true
    }
  }

  private func put(_ point: TrainingPoint) throws {
    var (file, model, network) = (file, model, network)
    let known = self.model.state.history.count
    network.values = point.values
    model.state = point.state
    model.history += point.state.history.dropFirst(known).map(epoch)
    file.tensors = try network.tensors
    file.training = SavedTraining(model, network)
    file.checkpoint = Checkpoint(
      point, circumstances, chance: chance(), seconds: model.history.map(\.seconds))
    try file.write(to: path, files: files)
  }
}
