/// The harmonic mean of precision and recall: `2 TP / (2 TP + FP + FN)`.
///
/// - Shapes: see `ClassMetric`.
/// - Range: 0 to 1, more is better; 0 for a class that occurs and is never predicted. Not defined
///   for one that neither occurs nor is predicted.
/// - Source: scikit-learn's `f1_score`, with `zero_division=nan`.
public struct F1: ClassMetric {
  /// The word a script uses.
  public let name = "f1"

  /// Makes the metric.
  public init() {}

  func value(_ counts: ClassCounts) -> Double { counts.f1 }
}

extension Spec where Product == any Metric {
  static var f1: Self {
    Spec(
      "f1",
      "The harmonic mean of precision and recall: of two classes for the positive one, of more "
        + "the mean; 0 for a class never predicted.",
      example: "metric f1"
    ) { F1() }
  }
}
