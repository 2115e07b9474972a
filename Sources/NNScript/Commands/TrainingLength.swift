import NNEngine

/// How many epochs a `train` takes: those it was given, or as many as its loss needs.
struct TrainingLength {
  /// The most epochs.
  let most: Int
  /// What looks at the loss, where that says when it is enough.
  let settling: Settling?
  /// Whether the rate follows a schedule that says how long it is all to take.
  private let followsRate: Bool
  private let isGiven: Bool

  /// - Parameters:
  ///   - batch: rows a step.
  ///   - firstLoss: that of the model's first epoch, where it has been trained before.
  init(_ request: TrainingRequest, rows: Int, batch: Int, firstLoss: Double?) {
    isGiven = request.epochs != nil
    let settling = Settling(rows: rows, batchSize: batch, firstLoss: firstLoss)
    // `cosine(0.01)` is over when its epochs are, and so is the training.
    followsRate =
      !isGiven && (request.rate?.functionValue?.requiredNames.contains("epochs") ?? false)
    most = request.epochs ?? (followsRate ? settling.leastEpochs : Settling.mostEpochs)
    // `patience` has a better judge: rows that are not learnt from.
    self.settling = isGiven || followsRate || request.patience != nil ? nil : settling
  }

  /// The epochs that are run unless something stops the training.
  var least: Int { settling?.leastEpochs ?? most }

  /// Why a training ended, unless it simply took the epochs it was given.
  func reason(for stop: TrainingResult.Stop) -> String? {
    switch stop {
    case .epochs where isGiven: nil
    case .epochs where followsRate: "the schedule of `lr` is over"
    case .epochs where settling != nil:
      "the most without `epochs=`; the loss was still falling: try a larger `lr`, or `train` again"
    case .epochs: "the most without `epochs=`"
    case .plateau: "the loss has stopped falling"
    case .until, .patience, .cancelled: "stopped by \(stop.rawValue)"
    }
  }
}
