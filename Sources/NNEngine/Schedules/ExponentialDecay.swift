import Glibc

/// Falls by the same factor from each epoch to the next: `rate · factor^(epoch - 1)`.
///
/// - Source: PyTorch's `ExponentialLR`.
struct ExponentialDecay: Schedule {
  var rate: Double
  var factor: Double

  func rate(_ progress: TrainingProgress) -> Double {
    rate * pow(factor, Double(progress.epoch - 1))
  }
}

extension Spec where Product == any Schedule {
  static var exponential: Self {
    Spec(
      "exponential", "The rate falls by the same factor from each epoch to the next.",
      .rate("The rate of the first epoch."),
      .number(
        "factor", 0.000_001...1, default: 0.95, option: true, "What an epoch multiplies it by."),
      example: "train epochs=5 lr=exponential(0.1, factor=0.8)",
      formula: "def exponential(rate, epoch, factor=0.95) = rate * factor^(epoch - 1)"
    ) { rate, factor in ExponentialDecay(rate: rate, factor: factor) }
  }
}
