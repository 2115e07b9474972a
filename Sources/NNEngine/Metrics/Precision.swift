/// The share of the rows put into a class that belong there, the mean over classes.
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
      "Of the rows put into a class the share that belongs there; the mean over classes.",
      example: "metric precision"
    ) { Precision() }
  }
}
