/// Rises in equal steps to a rate and stays there: `rate · min(1, epoch / epochs)`.
///
/// - Source: Goyal and others, arXiv 1706.02677, 2017.
struct Warmup: Schedule {
  var rate: Double
  var epochs: Int

  func rate(_ progress: TrainingProgress) -> Double {
    rate * min(1, Double(progress.epoch) / Double(epochs))
  }
}

extension Spec where Product == any Schedule {
  static var warmup: Self {
    Spec(
      "warmup", "The rate rises in equal steps; then it is what it is given.",
      .rate("The rate behind the rise, another schedule perhaps."),
      .integer("epochs", 1...1_000_000_000, default: 5, option: true, "How many epochs it rises."),
      example: "train epochs=8 lr=warmup(cosine(0.01), epochs=3)",
      formula: "def warmup(rate, epoch, epochs=5) = rate * min(1, epoch / epochs)"
    ) { rate, epochs in Warmup(rate: rate, epochs: epochs) }
  }
}
