/// The share of rows of which every label is right; with one class a row, the accuracy.
///
/// - Shapes: outputs and targets `[rows, labels]`, or outputs `[rows, classes]` with class numbers.
/// - Range: 0 to 1, more is better; never above the accuracy.
/// - Source: scikit-learn's `accuracy_score` of several columns, known as subset accuracy.
public struct Exact: Metric {
  /// The word a script uses.
  public let name = "exact"
  /// The targets it is made for.
  public let isForClasses = true
  /// More is better.
  public let better: Better? = .higher

  /// Makes the metric.
  public init() {}

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    var right = 0
    for row in 0..<rows.count {
      let isRight =
        rows.form.kind == .labels
        ? (0..<rows.width).allSatisfy { rows.says($0, row) == rows.has($0, row) }
        : rows.decided(row) == rows.right(row)
      if isRight { right += 1 }
    }
    sums[0] += Double(right)
  }

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure { MetricFigure(sums[0] / Double(count)) }
}

extension Spec where Product == any Metric {
  static var exact: Self {
    Spec(
      "exact", "The share of rows of which every label is right.",
      example: "metric accuracy exact"
    ) { Exact() }
  }
}
