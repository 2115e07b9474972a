/// What parts have the same share of: classes, or for numbers the intervals between their quantiles.
enum Strata {
  /// How many intervals numbers are put into at most.
  private static let mostIntervals = 10
  /// How many rows an interval has at least, so that every part can get one.
  private static let leastRows = 5

  /// The interval each number lies in, from 0: intervals of equal numbers of rows, equal values
  /// always in the same one.
  static func ofNumbers(_ values: [Double]) -> [Int32] {
    let count = values.count
    let intervals = max(1, min(mostIntervals, count / leastRows))
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var strata = [Int32](repeating: 0, count: count)
    var first = 0
    for (rank, row) in order.enumerated() {
      if values[row] != values[order[first]] { first = rank }
      strata[row] = Int32(first * intervals / count)
    }
    return strata
  }

  /// The strata of targets that a script wants the parts to share alike.
  ///
  /// - Throws: `EngineError.invalid` for none and for several targets.
  static func ofNumbers(_ targets: RawTargets) throws -> [Int32] {
    guard case .numbers(let values, width: 1) = targets else {
      throw EngineError.invalid("`stratify` needs one target", help: "leave `stratify` out")
    }
    return ofNumbers(values)
  }
}
