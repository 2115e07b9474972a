/// The area under the receiver operating characteristic: how likely a row of a class gets a greater
/// output for it than a row of another, equal ones counting half. Exact.
///
/// Of two classes it is about the positive one; of more, each against the rest, and of labels, the
/// mean. Thresholds play no part.
///
/// - Shapes: outputs `[rows, classes]` or `[rows, 1]` with class numbers, or `[rows, labels]` with
///   targets of the same shape.
/// - Range: 0 to 1, more is better, 0.5 is chance. Not defined for a class that no row or every row
///   has; a mean leaves it out.
/// - Source: Hanley and McNeil, Radiology, 1982; scikit-learn's `roc_auc_score`, `multi_class="ovr"`.
public struct AUC: WholeMetric {
  /// The word a script uses.
  public let name = "auc"
  /// The targets it is made for.
  public let isForClasses = true
  /// One area for each class against the others.
  public let isPerClass = true
  /// More is better.
  public let better: Better? = .higher

  /// Makes the metric.
  public init() {}

  /// See `WholeMetric.figure`.
  public func figure(_ rows: MetricRows) -> MetricFigure {
    let form = rows.form
    if let subject = form.subject { return MetricFigure(area(rows, [subject])) }
    let parts = Array(0..<form.parts)
    switch form.judging.average ?? .macro {
    case .macro: return MetricFigure(meanOf: parts.map { area(rows, [$0]) })
    case .weighted:
      let weights = parts.map { part in
        Double((0..<rows.count).count { belongs(rows, $0, part) })
      }
      return MetricFigure(meanOf: parts.map { area(rows, [$0]) }, weights: weights)
    case .micro: return MetricFigure(area(rows, parts))
    }
  }

  private func belongs(_ rows: MetricRows, _ row: Int, _ part: Int) -> Bool {
    rows.form.kind == .labels ? rows.has(part, row) : rows.right(row) == part
  }

  private func score(_ rows: MetricRows, _ row: Int, _ part: Int) -> Float {
    let y = rows.outputs(row)
    // The less the only output of two classes, the more it speaks for the first.
    if rows.width == 1, rows.form.kind != .labels { return part == 0 ? -y[0] : y[0] }
    return y[part]
  }

  /// By the ranks of those that belong, rows with equal outputs sharing the mean of theirs; several
  /// classes are taken for rows of one.
  private func area(_ rows: MetricRows, _ parts: [Int]) -> Double {
    var entries: [(score: Float, belongs: Bool)] = []
    entries.reserveCapacity(rows.count * parts.count)
    for part in parts {
      for row in 0..<rows.count {
        entries.append((score(rows, row, part), belongs(rows, row, part)))
      }
    }
    if entries.contains(where: \.score.isNaN) { return .nan }
    entries.sort { $0.score < $1.score }
    var (inside, ranks) = (0, 0.0)
    var first = 0
    while first < entries.count {
      var end = first + 1
      while end < entries.count, entries[end].score == entries[first].score { end += 1 }
      let members = entries[first..<end].count(where: \.belongs)
      inside += members
      ranks += Double(members) * Double(first + 1 + end) / 2
      first = end
    }
    let outside = entries.count - inside
    guard inside > 0, outside > 0 else { return .nan }
    let (n, m) = (Double(inside), Double(outside))
    return (ranks - n * (n + 1) / 2) / (n * m)
  }
}

extension Spec where Product == any Metric {
  static var auc: Self {
    Spec(
      "auc",
      "How well outputs order the rows: the area under the ROC curve, 0.5 is chance; `none` where "
        + "only one class occurs.",
      example: "metric auc"
    ) { AUC() }
  }
}
