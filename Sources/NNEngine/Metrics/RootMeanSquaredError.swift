/// The root of the mean squared distance from the target.
public struct RootMeanSquaredError: Metric {
  /// The word a script uses.
  public let name = "rmse"
  /// The targets it is made for.
  public let isForClasses = false

  /// Makes the metric.
  public init() {}

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    guard let values = rows.values else { return }
    for index in 0..<rows.count * rows.width {
      let distance = Double(rows.outputs[index]) - Double(values[index])
      sums[0] += distance * distance
    }
  }

  /// See `Metric.value`.
  public func value(_ sums: UnsafePointer<Double>, count: Int, width: Int) -> Double {
    (sums[0] / Double(count * width)).squareRoot()
  }
}

extension Spec where Product == any Metric {
  static var rmse: Self {
    Spec(
      "rmse", "The root of the mean squared distance from the target.", example: "metric rmse",
      formula: "def rmse(y, p) = sqrt(mean((y - p)^2))"
    ) {
      RootMeanSquaredError()
    }
  }
}
