/// Of the rows put into a class the share that belongs there: `TP / (TP + FP)`.
///
/// - Shapes: see `ClassMetric`.
/// - Range: 0 to 1, more is better. Not defined for a class that is never predicted.
/// - Source: scikit-learn's `precision_score`, with `zero_division=nan`.
public struct Precision: ClassMetric {
  /// The word a script uses.
  public let name = "precision"

  /// Makes the metric.
  public init() {}

  func value(_ counts: ClassCounts) -> Double { counts.precision }
}

extension Spec where Product == any Metric {
  static var precision: Self {
    Spec(
      "precision",
      "Of the rows put into a class the share that belongs there: of two classes for the positive "
        + "one, of more the mean; `none` for a class never predicted.",
      example: "metric precision"
    ) { Precision() }
  }
}
