import Glibc

/// Rises along half a cosine to a great rate, then falls along another to a very small one.
///
/// With `n` epochs the rise ends behind `rise · n` of them, the fall with the last.
///
/// - Source: Smith and Topin, arXiv 1708.07120, 2017; phases and defaults are those of PyTorch's
///   `OneCycleLR` with an epoch for a step.
struct OneCycle: Schedule {
  var rate: Double
  var rise: Double
  var first: Double
  var last: Double
  var epochs: Int

  func rate(_ progress: TrainingProgress) -> Double {
    let place = Double(min(progress.epoch, epochs) - 1)
    let top = max(0, rise * Double(epochs) - 1)
    let end = Double(epochs - 1)
    if place < top { return between(first * rate, rate, place / top) }
    guard end > top else { return rate }
    return between(rate, last * rate, (place - top) / (end - top))
  }

  /// From one rate to another along half a cosine; `share` is how far.
  private func between(_ from: Double, _ to: Double, _ share: Double) -> Double {
    to + (from - to) * (1 + cos(.pi * share)) / 2
  }
}

extension Spec where Product == any Schedule {
  static var oneCycle: Self {
    Spec(
      "one_cycle", "The rate rises to its greatest and falls to almost nothing.",
      .rate("The greatest rate."),
      .number("rise", 0...1, default: 0.3, option: true, "The share of epochs in which it rises."),
      .number(
        "first", 0...1, openBelow: true, default: 0.04, option: true,
        "The rate of the first epoch, as a share of the greatest."),
      .number(
        "last", 0...1, openBelow: true, default: 4e-6, option: true,
        "The rate of the last epoch, as a share of the greatest."),
      .length,
      example: "train epochs=10 lr=one_cycle(0.1)",
      formula: """
        def one_cycle(rate, epoch, epochs, rise=0.3, first=0.04, last=0.000004) {
          let top = max(0, rise * epochs - 1)
          let place = min(epoch, epochs) - 1
          let up = place / max(top, 0.000001)
          let down = (place - top) / max(epochs - 1 - top, 0.000001)
          let rising = rate * (1 + (first - 1) * (1 + cos(pi * up)) / 2)
          let falling = rate * (last + (1 - last) * (1 + cos(pi * down)) / 2)
          return if place < top then rising else falling
        }
        """
    ) { rate, rise, first, last, epochs in
      OneCycle(rate: rate, rise: rise, first: first, last: last, epochs: epochs)
    }
  }
}
