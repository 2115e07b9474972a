/// How long a training goes on that was given no number of epochs: until its loss has stopped
/// falling.
///
/// After each epoch the mean loss over the last fifth of the training's epochs is compared with
/// that over the fifth before:
///
///     │        the training so far        │ before │  last  │
///
/// The loss has stopped falling when this step down is less than 2 % of the whole way down from
/// the untrained network. Fifths, because means over more and more epochs even out the chance of
/// batches, and because a loss that falls as slowly as it did all the time (behind a saddle) is
/// not taken for one that has settled. A share of the whole way, because cross-entropy of rows
/// known by heart falls by the same factor for ever: only its share shows that nothing is gained.
public struct Settling: Sendable {
  /// No training takes more epochs, unless it is told how many.
  public static let mostEpochs = 1000
  /// Every training takes at least so many steps, and so many epochs.
  private static let leastSteps = 3000
  private static let leastEpochs = 10
  private static let share = 0.02
  private static let parts = 5

  /// The epochs after which the training may end.
  public let leastEpochs: Int
  /// The greatest loss seen where learning began.
  private var start: Double
  /// The sums of the losses of this training's epochs, up to each.
  private var sums = [0.0]

  /// - Parameters:
  ///   - rows: how many the training learns from.
  ///   - batchSize: rows a step.
  ///   - firstLoss: that of the first epoch, where the network has been trained before.
  public init(rows: Int, batchSize: Int, firstLoss: Double? = nil) {
    let steps = max(1, (rows + batchSize - 1) / max(1, batchSize))
    leastEpochs = min(
      Self.mostEpochs, max(Self.leastEpochs, (Self.leastSteps + steps - 1) / steps))
    start = firstLoss ?? -.infinity
  }

  /// Takes the mean loss of the first batch, nearly that of the untrained network.
  mutating func begin(_ loss: Double) { start = max(start, loss) }

  /// Takes an epoch's loss.
  ///
  /// - Returns: whether the loss has stopped falling, and the training taken its least epochs.
  mutating func add(_ loss: Double) -> Bool {
    start = max(start, loss)
    sums.append(sums[sums.count - 1] + loss)
    let count = sums.count - 1
    guard count >= leastEpochs else { return false }
    let part = count / Self.parts
    func mean(endingAt end: Int) -> Double { (sums[end] - sums[end - part]) / Double(part) }
    let last = mean(endingAt: count)
    return mean(endingAt: count - part) - last <= Self.share * (start - last)
  }
}
