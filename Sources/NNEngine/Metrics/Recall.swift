/// The share of a class's rows that were found, the mean over classes.
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
      "recall", "Of a class's rows the share that was found; the mean over classes.",
      example: "metric recall"
    ) { Recall() }
  }
}
