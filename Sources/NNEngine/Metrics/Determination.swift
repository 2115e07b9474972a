/// The share of the targets' variance that is explained: `1 - Σ(y-t)² / Σ(t-mean)²`, the mean
/// over outputs; 0 for always giving the mean. Targets that are all the same have no variance to
/// explain: then 1 for an exact answer, else 0.
public struct Determination: Metric {
  /// The word a script uses.
  public let name = "r2"
  /// The targets it is made for.
  public let isForClasses = false

  /// Makes the metric.
  public init() {}

  /// For each output: Σt, Σt², Σ(y-t)².
  public func sumCount(width: Int) -> Int { 3 * width }

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    guard let values = rows.values else { return }
    for row in 0..<rows.count {
      for column in 0..<rows.width {
        let target = Double(values[row * rows.width + column])
        let distance = Double(rows.outputs[row * rows.width + column]) - target
        sums[3 * column] += target
        sums[3 * column + 1] += target * target
        sums[3 * column + 2] += distance * distance
      }
    }
  }

  /// See `Metric.value`.
  public func value(_ sums: UnsafePointer<Double>, count: Int, width: Int) -> Double {
    var total = 0.0
    for column in 0..<width {
      let s = sums + 3 * column
      // Never below 0: rounding alone could make it so.
      let variance = max(0, s[1] - s[0] * s[0] / Double(count))
      total += variance > 0 ? 1 - s[2] / variance : (s[2] == 0 ? 1 : 0)
    }
    return total / Double(width)
  }
}

extension Spec where Product == any Metric {
  static var r2: Self {
    Spec(
      "r2", "The share of the targets' variance that is explained.", example: "metric r2",
      formula: "def r2(y, p) = 1 - sum((y - p)^2) / sum((y - mean(y))^2)"
    ) {
      Determination()
    }
  }
}
