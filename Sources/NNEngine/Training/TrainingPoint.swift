/// A place between two steps of a training, from which it goes on as if it had never stopped.
public struct TrainingPoint: Sendable {
  /// Where the training began, counted over all trainings of the network.
  public struct Start: Sendable, Equatable {
    /// Epochs finished before.
    public var epoch: Int
    /// Steps the optimiser had taken before.
    public var step: Int
  }

  /// The best epoch so far, which `patience` goes back to.
  public struct Best: Sendable {
    /// The validation loss.
    public var loss: Double
    /// The network's numbers.
    public var values: [Float]
    /// The state; its history is that of an earlier epoch.
    public var state: TrainingState
  }

  /// An epoch under way.
  public struct OpenEpoch: Sendable {
    /// Batches done.
    public var batches: Int
    /// Steps taken.
    public var step: Int
    /// The step size of this epoch.
    public var rate: Double
    /// The loss summed over the rows done.
    public var lossSum: Double
    /// The sums of each metric.
    public var sums: [[Double]]
    /// What the network gave for the rows done, where a metric wants all rows at once.
    public var outputs: [Float]
    /// The network's numbers.
    public var values: [Float]
    /// What the optimiser keeps.
    public var slots: [Float]
  }

  /// Where the training began.
  public var start: Start
  /// The network's numbers at the end of the last whole epoch.
  public var values: [Float]
  /// The state at the end of the last whole epoch, with all epochs of this training.
  public var state: TrainingState
  /// The mean loss of the training's first batch, by which it judges when it may end.
  public var firstLoss: Double?
  /// The best epoch so far, where `patience` looks for one.
  public var best: Best?
  /// The epoch under way; `nil` between two.
  public var open: OpenEpoch?
  /// Seconds of training until here.
  public var seconds: Double
  /// Why the training ended; `nil` where it has not, or was broken off.
  public var stop: TrainingResult.Stop?

  /// How many epochs of the state's history were there before this training.
  var recordsBefore: Int { state.history.count - (state.epoch - start.epoch) }
}

/// Who wants points of a training, to go on from one of them later.
public struct PointKeeper {
  /// Whether a point is wanted now: asked after each batch, and at the end of each epoch.
  public var isDue: (_ isEpochEnd: Bool) -> Bool
  /// Takes a point.
  public var keep: (TrainingPoint) throws -> Void
  /// Whether the point that the training goes on from is kept already.
  public var hasStart: Bool

  /// Makes a keeper.
  public init(
    hasStart: Bool, isDue: @escaping (_ isEpochEnd: Bool) -> Bool,
    keep: @escaping (TrainingPoint) throws -> Void
  ) {
    self.hasStart = hasStart
    self.isDue = isDue
    self.keep = keep
  }
}
