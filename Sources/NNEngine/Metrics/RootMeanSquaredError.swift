/// The root of the mean squared distance from the target: `sqrt(mean((y - t)²))` over rows and
/// outputs.
///
/// - Shapes: outputs and targets `[rows, outputs]`.
/// - Range: 0 and more, in the targets' own units; less is better.
/// - Source: scikit-learn's `root_mean_squared_error`, of several outputs taken together.
public struct RootMeanSquaredError: Metric {
  /// The word a script uses.
  public let name = "rmse"
  /// The targets it is made for.
  public let isForClasses = false
  /// Less is better.
  public let better: Better? = .lower

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

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    MetricFigure((sums[0] / Double(count * form.width)).squareRoot())
  }
}

extension Spec where Product == any Metric {
  static var rmse: Self {
    Spec(
      "rmse", "The root of the mean squared distance from the target, in its own units.",
      example: "metric rmse",
      formula: "def rmse(y, p) = sqrt(mean((y - p)^2))"
    ) {
      RootMeanSquaredError()
    }
  }
}
