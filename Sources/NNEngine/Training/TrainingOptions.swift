/// What a training is asked to do.
public struct TrainingOptions {
  /// How many epochs, at most; those before `point` count.
  public var epochs: Int
  /// Ends the training when its loss has stopped falling; `nil` for `epochs` in any case.
  public var settling: Settling?
  /// Examples a step; rules that use the whole set do not look at it.
  public var batchSize: Int
  /// The step size for the epoch about to begin; `nil` for the optimiser's own.
  public var learningRate: ((LiveValues) throws -> Double)?
  /// Rows to watch that are not learnt from.
  public var validation: Examples?
  /// Stop when the validation loss has not become better for so many epochs, and go back to the
  /// best.
  public var patience: Int?
  /// Asked after each epoch.
  public var until: ((LiveValues) throws -> Bool)?
  /// What gradients are limited to.
  public var limits: GradientLimits
  /// Figures besides the loss.
  public var metrics: [any Metric]
  /// How they judge classes.
  public var judging: Judging
  /// Whether each epoch has its own order.
  public var shuffles: Bool
  /// The threads that work.
  public var workers: Workers
  /// Where the training goes on instead of beginning; network and state must be those of the point.
  public var point: TrainingPoint?
  /// Who wants points to go on from.
  public var keeper: PointKeeper?

  /// Options; everything may be left out.
  public init(
    epochs: Int = 10, settling: Settling? = nil, batchSize: Int = 32,
    learningRate: ((LiveValues) throws -> Double)? = nil,
    validation: Examples? = nil, patience: Int? = nil,
    until: ((LiveValues) throws -> Bool)? = nil, limits: GradientLimits = GradientLimits(),
    metrics: [any Metric] = [], judging: Judging = Judging(), shuffles: Bool = true,
    workers: Workers = .shared
  ) {
    self.epochs = epochs
    self.settling = settling
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.validation = validation
    self.patience = patience
    self.until = until
    self.limits = limits
    self.metrics = metrics
    self.judging = judging
    self.shuffles = shuffles
    self.workers = workers
  }
}

/// What the gradient of a step is limited to before weights follow it; `nil` for no limit.
public struct GradientLimits: Sendable {
  /// The greatest length over all parameters; a longer gradient is shortened, its direction stays.
  public var length: Double?
  /// The greatest number in it, either sign; each is cut off by itself, before the length is taken.
  public var value: Double?

  /// Makes limits.
  public init(length: Double? = nil, value: Double? = nil) {
    self.length = length
    self.value = value
  }
}

/// What formulas such as `lr=0.1 * 0.95^epoch` and `until=(accuracy > 0.98)` can speak of.
public struct LiveValues: Sendable {
  /// The epoch: the one about to begin for a step size, the one just finished for `until`.
  public var epoch: Int
  /// The number of the last epoch; of the first that may be the last, where the loss decides.
  public var epochs: Int
  /// The step size of the last epoch, the optimiser's own before the first.
  public var learningRate: Double
  /// Seconds since this training began.
  public var seconds: Double
  /// Figures of the last epoch by name: `loss`, `accuracy`, `val_loss`, `val_accuracy` …; empty
  /// before the first.
  public var figures: [String: Double]
}

/// What happens while a network is trained.
public enum TrainingEvent: Sendable {
  /// An epoch begins: its number, and the number of the last.
  case epochStarted(number: Int, last: Int, batches: Int)
  /// A batch is done: how many of this epoch, and the epoch's mean loss so far. Comes often and
  /// costs little; who draws something decides how often.
  case batch(done: Int, batches: Int, loss: Double)
  /// An epoch is done.
  case epochFinished(TrainingState.Epoch)
}

/// How a training ended.
public struct TrainingResult: Sendable {
  /// Why it ended.
  public enum Stop: String, Sendable { case epochs, plateau, until, patience, cancelled }

  /// Why it ended.
  public var stop: Stop
  /// The epochs of this training, in order.
  public var epochs: [TrainingState.Epoch]
  /// The epoch whose weights the network has.
  public var bestEpoch: Int
  /// How long it took.
  public var seconds: Double
}
