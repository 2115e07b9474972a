/// The share of the targets' variance that is explained: `1 - Σ(y-t)² / Σ(t-mean)²`, the mean over
/// outputs.
///
/// - Shapes: outputs and targets `[rows, outputs]`.
/// - Range: at most 1, more is better; 0 for always giving the mean. Not defined for one row, nor
///   for an output whose targets are all the same; a mean leaves it out.
/// - Source: scikit-learn's `r2_score`.
public struct Determination: Metric {
  /// The word a script uses.
  public let name = "r2"
  /// The targets it is made for.
  public let isForClasses = false
  /// More is better.
  public let better: Better? = .higher

  /// Makes the metric.
  public init() {}

  /// For each output: Σ(t-o), Σ(t-o)², Σ(y-t)², where o is the rows' origin.
  public func sumCount(width: Int) -> Int { 3 * width }

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    guard let values = rows.values else { return }
    for row in 0..<rows.count {
      for column in 0..<rows.width {
        let target = Double(values[row * rows.width + column])
        let distance = Double(rows.outputs[row * rows.width + column]) - target
        let place = target - rows.origin(column)
        sums[3 * column] += place
        sums[3 * column + 1] += place * place
        sums[3 * column + 2] += distance * distance
      }
    }
  }

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    let figures = (0..<form.width).map { column in
      let s = sums + 3 * column
      let variance = s[1] - s[0] * s[0] / Double(count)
      return variance > 0 && count > 1 ? 1 - s[2] / variance : .nan
    }
    return form.width == 1 ? MetricFigure(figures[0]) : MetricFigure(meanOf: figures)
  }
}

extension Spec where Product == any Metric {
  static var r2: Self {
    Spec(
      "r2",
      "The share of the targets' variance that is explained: 0 for always giving the mean, `none` "
        + "for one row or equal targets.",
      example: "metric r2",
      formula: "def r2(y, p) = 1 - sum((y - p)^2) / sum((y - mean(y))^2)"
    ) {
      Determination()
    }
  }
}
