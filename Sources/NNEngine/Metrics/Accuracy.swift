/// The share of rows whose class is the one with the greatest output; with one output, those on
/// the right side of a half.
public struct Accuracy: Metric {
  /// The word a script uses.
  public let name = "accuracy"
  /// The targets it is made for.
  public let isForClasses = true

  /// Makes the metric.
  public init() {}

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    var right = 0
    for row in 0..<rows.count where rows.decided(row) == rows.right(row) { right += 1 }
    sums[0] += Double(right)
  }

  /// See `Metric.value`.
  public func value(_ sums: UnsafePointer<Double>, count: Int, width: Int) -> Double {
    sums[0] / Double(count)
  }
}

extension Spec where Product == any Metric {
  static var accuracy: Self {
    Spec(
      "accuracy", "The share of rows put into the right class.", example: "metric accuracy",
      formula: "def accuracy(y, p) = mean(argmax(y, axis=1) == argmax(p, axis=1))"
    ) {
      Accuracy()
    }
  }
}
