/// Of the rows of a class the share that was put into it: `TP / (TP + FN)`.
///
/// - Shapes: see `ClassMetric`.
/// - Range: 0 to 1, more is better. Not defined for a class that does not occur.
/// - Source: scikit-learn's `recall_score`, with `zero_division=nan`.
public struct Recall: ClassMetric {
  /// The word a script uses.
  public let name = "recall"

  /// Makes the metric.
  public init() {}

  func value(_ counts: ClassCounts) -> Double { counts.recall }
}

extension Spec where Product == any Metric {
  static var recall: Self {
    Spec(
      "recall",
      "Of the rows of a class the share that was found: of two classes for the positive one, of "
        + "more the mean; `none` for a class that does not occur.",
      example: "metric recall"
    ) { Recall() }
  }
}
