import Glibc

/// Falls by a factor every few epochs: `rate · factor^⌊(epoch - 1) / every⌋`.
///
/// - Source: PyTorch's `StepLR`.
struct StepDecay: Schedule {
  var rate: Double
  var every: Int
  var factor: Double

  func rate(_ progress: TrainingProgress) -> Double {
    rate * pow(factor, Double((progress.epoch - 1) / every))
  }
}

extension Spec where Product == any Schedule {
  static var step: Self {
    Spec(
      "step", "The rate falls by a factor every few epochs.",
      .rate("The rate of the first epochs."),
      .integer(
        "every", 1...1_000_000_000, default: 10, option: true, "How many epochs a step has."),
      .number("factor", 0.000_001...1, default: 0.1, option: true, "What a step multiplies it by."),
      example: "train epochs=6 lr=step(0.1, every=2, factor=0.5)",
      formula:
        "def step(rate, epoch, every=10, factor=0.1) = rate * factor^floor((epoch - 1) / every)"
    ) { rate, every, factor in StepDecay(rate: rate, every: every, factor: factor) }
  }
}
