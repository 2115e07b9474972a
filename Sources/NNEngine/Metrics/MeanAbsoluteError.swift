/// The mean distance from the target.
public struct MeanAbsoluteError: Metric {
  /// The word a script uses.
  public let name = "mae"
  /// The targets it is made for.
  public let isForClasses = false

  /// Makes the metric.
  public init() {}

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    guard let values = rows.values else { return }
    for index in 0..<rows.count * rows.width {
      sums[0] += abs(Double(rows.outputs[index]) - Double(values[index]))
    }
  }

  /// See `Metric.value`.
  public func value(_ sums: UnsafePointer<Double>, count: Int, width: Int) -> Double {
    sums[0] / Double(count * width)
  }
}

extension Spec where Product == any Metric {
  static var mae: Self {
    Spec("mae", "The mean distance from the target.", example: "metric mae") { MeanAbsoluteError() }
  }
}
