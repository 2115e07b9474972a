/// The area under the receiver operating characteristic: how likely a row of a class gets a greater
/// output for it than a row of another, equal ones counting half; 0.5 is chance. Exact.
///
/// With two classes it is about the second; with more the mean over classes, each against the rest.
/// A class that no row or every row has says nothing and is left out; where none is left, it is 0.5.
///
/// - Source: Hanley and McNeil, Radiology, 1982; Hand and Till, Machine Learning, 2001.
public struct AUC: WholeMetric {
  /// The word a script uses.
  public let name = "auc"
  /// The targets it is made for.
  public let isForClasses = true

  /// Makes the metric.
  public init() {}

  /// See `WholeMetric.value`.
  public func value(_ rows: MetricRows) -> Double {
    let labels = (0..<rows.count).map { rows.right($0) }
    // The two of two classes mirror each other, unless outputs do not add up to 1.
    let classes = rows.width <= 2 ? [1] : Array(0..<rows.width)
    let areas = classes.compactMap { label in
      area((0..<rows.count).map { rows.outputs($0)[rows.width == 1 ? 0 : label] }) {
        labels[$0] == label
      }
    }
    return areas.isEmpty ? 0.5 : areas.reduce(0, +) / Double(areas.count)
  }

  /// By the ranks of those that belong, rows with equal outputs sharing the mean of theirs.
  private func area(_ outputs: [Float], _ belongs: (Int) -> Bool) -> Double? {
    guard !outputs.contains(where: \.isNaN) else { return .nan }
    let order = outputs.indices.sorted { outputs[$0] < outputs[$1] }
    var (inside, ranks) = (0, 0.0)
    var first = 0
    while first < order.count {
      var end = first + 1
      while end < order.count, outputs[order[end]] == outputs[order[first]] { end += 1 }
      let members = order[first..<end].reduce(0) { $0 + (belongs($1) ? 1 : 0) }
      inside += members
      ranks += Double(members) * Double(first + 1 + end) / 2
      first = end
    }
    let outside = outputs.count - inside
    guard inside > 0, outside > 0 else { return nil }
    let (n, m) = (Double(inside), Double(outside))
    return (ranks - n * (n + 1) / 2) / (n * m)
  }
}

extension Spec where Product == any Metric {
  static var auc: Self {
    Spec(
      "auc", "How well outputs order the rows: the area under the ROC curve, 0.5 is chance.",
      example: "metric auc"
    ) { AUC() }
  }
}
