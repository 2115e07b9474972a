/// The share of right decisions: of rows put into the right class, or of labels rightly said to
/// hold or not.
///
/// A row is put into the class with the greatest output; with one output, into the second class
/// above a half. Of two classes a threshold may stand in for the half.
///
/// - Shapes: outputs `[rows, classes]` or `[rows, 1]` with class numbers, or `[rows, labels]` with
///   targets of the same shape.
/// - Range: 0 to 1, more is better.
/// - Source: scikit-learn's `accuracy_score`; for labels the mean of it over the labels.
public struct Accuracy: Metric {
  /// The word a script uses.
  public let name = "accuracy"
  /// The targets it is made for.
  public let isForClasses = true
  /// More is better.
  public let better: Better? = .higher

  /// Makes the metric.
  public init() {}

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    var right = 0
    if rows.form.kind == .labels {
      for row in 0..<rows.count {
        for label in 0..<rows.width where rows.says(label, row) == rows.has(label, row) {
          right += 1
        }
      }
    } else {
      for row in 0..<rows.count where rows.decided(row) == rows.right(row) { right += 1 }
    }
    sums[0] += Double(right)
  }

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    MetricFigure(sums[0] / Double(form.kind == .labels ? count * form.width : count))
  }
}

extension Spec where Product == any Metric {
  static var accuracy: Self {
    Spec(
      "accuracy",
      "The share of rows put into the right class; for labels that may hold together, the share "
        + "of labels that are right.",
      example: "metric accuracy",
      formula: "def accuracy(y, p) = mean(argmax(y, axis=1) == argmax(p, axis=1))"
    ) {
      Accuracy()
    }
  }
}
