/// How the step size changes from epoch to epoch: a function of where the training is and of
/// nothing else, so that a training that is taken up again goes on as if it had never stopped.
public protocol Schedule: Sendable {
  /// The step size of the epoch about to begin.
  func rate(_ progress: TrainingProgress) -> Double
}

/// Where a training is, for schedules.
public struct TrainingProgress: Sendable {
  /// The epoch about to begin, counted from 1 over all trainings.
  public var epoch: Int
  /// The losses of the epochs so far: of the validation part where there is one.
  public var losses: [Double]

  /// Makes a place.
  public init(epoch: Int, losses: [Double] = []) {
    self.epoch = epoch
    self.losses = losses
  }
}

extension Parameter where Value == Double {
  /// The first value of every schedule.
  static func rate(_ summary: String) -> Self {
    .number("rate", 0...1_000_000, openBelow: true, summary)
  }
}

extension Parameter where Value == Int {
  /// How long a schedule takes: in a formula of `train` the live value of this name, if left out.
  static var length: Self {
    .integer(
      "epochs", 1...1_000_000_000, option: true,
      "How many epochs it takes; by itself to the last one of the training.")
  }
}
