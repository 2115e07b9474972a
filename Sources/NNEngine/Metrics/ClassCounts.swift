/// For each class how many rows have it, how many were put into it, and how many of these rightly:
/// what precision, recall and F1 are made of.
public struct ClassCounts: Sendable, Equatable {
  /// Rows of the class.
  public var rows: Int
  /// Rows put into it.
  public var decided: Int
  /// Rows of the class put into it.
  public var right: Int

  /// The share of the rows put into the class that belong there; 0 where there are none.
  public var precision: Double { decided == 0 ? 0 : Double(right) / Double(decided) }
  /// The share of the class's rows that were found; 0 where there are none.
  public var recall: Double { rows == 0 ? 0 : Double(right) / Double(rows) }
  /// The harmonic mean of precision and recall.
  public var f1: Double {
    rows + decided == 0 ? 0 : 2 * Double(right) / Double(rows + decided)
  }

  /// The counts of every class from rows by right class (outer) and decided class (inner).
  public static func of(_ confusion: [[Int]]) -> [ClassCounts] {
    confusion.indices.map { index in
      ClassCounts(
        rows: confusion[index].reduce(0, +), decided: confusion.reduce(0) { $0 + $1[index] },
        right: confusion[index][index])
    }
  }

  /// The mean of a figure over the classes that occur or that rows were put into, each counting
  /// the same.
  public static func mean(_ counts: [ClassCounts], _ figure: (ClassCounts) -> Double) -> Double {
    let known = counts.filter { $0.rows + $0.decided > 0 }
    return known.isEmpty ? 0 : known.reduce(0) { $0 + figure($1) } / Double(known.count)
  }
}

/// A metric that is a mean over classes.
protocol ClassMetric: Metric {
  /// The figure of one class.
  func value(_ counts: ClassCounts) -> Double
}

extension ClassMetric {
  /// The targets it is made for.
  public var isForClasses: Bool { true }

  /// For each class: rows, decided, right.
  public func sumCount(width: Int) -> Int { 3 * (width == 1 ? 2 : width) }

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    for row in 0..<rows.count {
      let (right, decided) = (rows.right(row), rows.decided(row))
      sums[3 * right] += 1
      sums[3 * decided + 1] += 1
      if right == decided { sums[3 * right + 2] += 1 }
    }
  }

  /// See `Metric.value`.
  public func value(_ sums: UnsafePointer<Double>, count: Int, width: Int) -> Double {
    let counts = (0..<(width == 1 ? 2 : width)).map { index in
      ClassCounts(
        rows: Int(sums[3 * index]), decided: Int(sums[3 * index + 1]),
        right: Int(sums[3 * index + 2]))
    }
    return ClassCounts.mean(counts, value)
  }
}
