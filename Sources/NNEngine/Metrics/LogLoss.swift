import Glibc

/// The mean of `-log p` of the right class: cross-entropy as a figure, whatever the loss. For labels
/// that may hold together, the mean of it over the labels.
///
/// Probabilities are kept away from 0 by as much as 64-bit numbers can tell 1 from its neighbour,
/// as scikit-learn does.
///
/// - Shapes: outputs `[rows, classes]` or `[rows, 1]` with class numbers, or outputs and targets of
///   one shape.
/// - Range: 0 and more, less is better.
/// - Source: scikit-learn's `log_loss`.
public struct LogLoss: Metric {
  /// The word a script uses.
  public let name = "log_loss"
  /// The targets it is made for.
  public let isForClasses = true
  /// Less is better.
  public let better: Better? = .lower

  /// Makes the metric.
  public init() {}

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    var sum = 0.0
    for row in 0..<rows.count {
      guard let values = rows.values, rows.classes == nil else {
        sum -= logarithm(rows.probability(row, of: rows.right(row)))
        continue
      }
      let t = values + row * rows.width
      if rows.form.kind == .labels || rows.width == 1 {
        for label in 0..<rows.width {
          let (t, p) = (Double(t[label]), Double(rows.outputs(row)[label]))
          sum -= (t * logarithm(p) + (1 - t) * logarithm(1 - p)) / Double(rows.width)
        }
      } else {
        for index in 0..<rows.width where t[index] != 0 {
          sum -= Double(t[index]) * logarithm(rows.probability(row, of: index))
        }
      }
    }
    sums[0] += sum
  }

  private func logarithm(_ p: Double) -> Double {
    // Written so that NaN passes.
    log(p < .ulpOfOne ? .ulpOfOne : p > 1 - .ulpOfOne ? 1 - .ulpOfOne : p)
  }

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    MetricFigure(sums[0] / Double(count))
  }
}

extension Spec where Product == any Metric {
  static var logLoss: Self {
    Spec(
      "log_loss", "The mean of -log of the probability given to the right class.",
      example: "metric log_loss",
      formula: "def log_loss(y, p) = -mean(sum(y * log(p), axis=1))"
    ) { LogLoss() }
  }
}
