/// The mean distance from the target: `mean(|y - t|)` over rows and outputs.
///
/// - Shapes: outputs and targets `[rows, outputs]`.
/// - Range: 0 and more, in the targets' own units; less is better.
/// - Source: scikit-learn's `mean_absolute_error`.
public struct MeanAbsoluteError: Metric {
  /// The word a script uses.
  public let name = "mae"
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
      sums[0] += abs(Double(rows.outputs[index]) - Double(values[index]))
    }
  }

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    MetricFigure(sums[0] / Double(count * form.width))
  }
}

extension Spec where Product == any Metric {
  static var mae: Self {
    Spec("mae", "The mean distance from the target, in its own units.", example: "metric mae") {
      MeanAbsoluteError()
    }
  }
}
