/// Falls by a factor whenever the loss has not become better for some epochs.
///
/// It looks at the losses of all epochs each time: there is no state that could be lost. A loss is
/// better if it is below the best by a share of it.
///
/// - Source: PyTorch's `ReduceLROnPlateau`, whose defaults these are.
struct Plateau: Schedule {
  var rate: Double
  var factor: Double
  var patience: Int
  var threshold: Double
  var least: Double

  func rate(_ progress: TrainingProgress) -> Double {
    var rate = rate
    var best = Double.infinity
    var waited = 0
    for loss in progress.losses {
      if best == .infinity ? loss < best : loss < best - threshold * best.magnitude {
        best = loss
        waited = 0
      } else {
        waited += 1
      }
      if waited > patience {
        rate = max(rate * factor, min(rate, least))
        waited = 0
      }
    }
    return rate
  }
}

extension Spec where Product == any Schedule {
  static var plateau: Self {
    Spec(
      "plateau", "The rate falls when the loss has not become better for some epochs.",
      .rate("The rate of the first epochs."),
      .number("factor", 0.000_001...1, default: 0.1, option: true, "What it is multiplied by."),
      .integer(
        "patience", 0...1_000_000_000, default: 10, option: true,
        "How many epochs without a better loss are borne."),
      .number(
        "threshold", 0...1, default: 0.0001, option: true,
        "By what share of the best a loss must be better."),
      .number("least", 0...1_000_000, default: 0, option: true, "The rate it does not fall below."),
      example: "train epochs=5 lr=plateau(0.1, patience=2)"
    ) { rate, factor, patience, threshold, least in
      Plateau(
        rate: rate, factor: factor, patience: patience, threshold: threshold, least: least)
    }
  }
}
