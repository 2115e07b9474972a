/// The share of rows whose class is among the `k` with the greatest outputs; of equal outputs the
/// first counts as greater.
///
/// - Shapes: outputs `[rows, classes]` or `[rows, 1]` with class numbers.
/// - Range: 0 to 1, more is better. Thresholds play no part.
/// - Source: scikit-learn's `top_k_accuracy_score`.
public struct TopK: Metric {
  /// How many places count.
  public let k: Int
  /// The word a script uses.
  public var name: String { "top\(k)" }
  /// The targets it is made for.
  public let isForClasses = true
  /// More is better.
  public let better: Better? = .higher
  /// Labels that may hold together have no places.
  public let needsOneClass = true

  /// Makes the metric.
  public init(_ k: Int) { self.k = k }

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    var found = 0
    for row in 0..<rows.count {
      let (y, right) = (rows.outputs(row), rows.right(row))
      var ahead = 0
      if rows.width == 1 {
        ahead = rows.decided(row) == right ? 0 : 1
      } else {
        // Written so that what is no number is ahead: a network gone wrong must not look good.
        for index in 0..<rows.width where index != right && !(y[index] < y[right]) {
          ahead += y[index] == y[right] && index > right ? 0 : 1
        }
      }
      if ahead < k { found += 1 }
    }
    sums[0] += Double(found)
  }

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    MetricFigure(sums[0] / Double(count))
  }
}

extension Spec where Product == any Metric {
  static func top(_ k: Int) -> Self {
    Spec(
      "top\(k)", "The share of rows whose class is among the \(k) likeliest.",
      example: "metric accuracy top\(k)"
    ) { TopK(k) }
  }
}
