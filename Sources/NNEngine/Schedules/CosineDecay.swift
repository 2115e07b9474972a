import Glibc

/// Falls along half a cosine, slowly at both ends:
/// `to + (rate - to) · (1 + cos(π · (epoch - 1) / epochs)) / 2`.
///
/// Behind its end it stays where its last epoch was, so that the rate never becomes 0.
///
/// - Source: Loshchilov and Hutter, ICLR 2017, without restarts; PyTorch's `CosineAnnealingLR`.
struct CosineDecay: Schedule {
  var rate: Double
  var to: Double
  var epochs: Int

  func rate(_ progress: TrainingProgress) -> Double {
    let done = Double(min(progress.epoch, epochs) - 1) / Double(epochs)
    return to + (rate - to) * (1 + cos(.pi * done)) / 2
  }
}

extension Spec where Product == any Schedule {
  static var cosine: Self {
    Spec(
      "cosine", "The rate falls along half a cosine, slowly at both ends.",
      .rate("The rate of the first epoch."),
      .number("to", 0...1_000_000, default: 0, option: true, "What it falls towards."),
      .length,
      example: "train epochs=5 lr=cosine(0.01)",
      formula: """
        def cosine(rate, epoch, epochs, to=0) {
          let done = (min(epoch, epochs) - 1) / epochs
          return to + (rate - to) * (1 + cos(pi * done)) / 2
        }
        """
    ) { rate, to, epochs in CosineDecay(rate: rate, to: to, epochs: epochs) }
  }
}
