/// The harmonic mean of precision and recall of a class, the mean over classes.
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
      "f1", "The harmonic mean of precision and recall; the mean over classes.",
      example: "metric f1"
    ) { F1() }
  }
}
