/// For a class or label how many rows have it, how many were put into it, and how many of these
/// rightly: what precision, recall and F1 are made of.
public struct ClassCounts: Sendable, Equatable {
  /// Rows of the class.
  public var rows: Int
  /// Rows put into it.
  public var decided: Int
  /// Rows of the class put into it.
  public var right: Int

  /// Makes counts.
  public init(rows: Int, decided: Int, right: Int) {
    self.rows = rows
    self.decided = decided
    self.right = right
  }

  /// The share of the rows put into the class that belong there; NaN where there are none.
  public var precision: Double { decided == 0 ? .nan : Double(right) / Double(decided) }
  /// The share of the class's rows that were found; NaN where there are none.
  public var recall: Double { rows == 0 ? .nan : Double(right) / Double(rows) }
  /// `2 TP / (2 TP + FP + FN)`: 0 for a class that is never predicted, NaN for one that does not
  /// occur either.
  public var f1: Double {
    rows + decided == 0 ? .nan : 2 * Double(right) / Double(rows + decided)
  }

  /// The counts of every class from rows by right class (outer) and decided class (inner).
  public static func of(_ confusion: [[Int]]) -> [ClassCounts] {
    confusion.indices.map { index in
      ClassCounts(
        rows: confusion[index].reduce(0, +), decided: confusion.reduce(0) { $0 + $1[index] },
        right: confusion[index][index])
    }
  }

  /// One figure for several classes: that of the class the figure is about, else the average that
  /// was asked for, else the mean. Classes without a figure are left out.
  public static func summary(
    _ counts: [ClassCounts], _ form: AnswerForm, _ figure: (ClassCounts) -> Double
  ) -> MetricFigure {
    if let subject = form.subject, counts.indices.contains(subject) {
      return MetricFigure(figure(counts[subject]))
    }
    switch form.judging.average ?? .macro {
    case .macro: return MetricFigure(meanOf: counts.map(figure))
    case .weighted:
      return MetricFigure(meanOf: counts.map(figure), weights: counts.map { Double($0.rows) })
    case .micro:
      return MetricFigure(
        figure(
          counts.reduce(ClassCounts(rows: 0, decided: 0, right: 0)) {
            ClassCounts(
              rows: $0.rows + $1.rows, decided: $0.decided + $1.decided,
              right: $0.right + $1.right)
          }))
    }
  }
}

/// A metric made of the counts of each class or label.
///
/// - Shapes: outputs `[rows, classes]` or `[rows, 1]` with class numbers, or `[rows, labels]` with
///   targets of the same shape.
/// - Of what: of two classes the positive one; of more, and of labels, the mean over them.
protocol ClassMetric: Metric {
  /// The figure of one class; NaN where it has none.
  func value(_ counts: ClassCounts) -> Double
}

extension ClassMetric {
  /// The targets it is made for.
  public var isForClasses: Bool { true }
  /// One value for each class, from its own counts.
  public var isPerClass: Bool { true }
  /// More is better.
  public var better: Better? { .higher }

  /// For each class: rows, decided, right.
  public func sumCount(width: Int) -> Int { 3 * (width == 1 ? 2 : width) }

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    guard rows.form.kind != .labels else { return addLabels(rows, to: sums) }
    for row in 0..<rows.count {
      let (right, decided) = (rows.right(row), rows.decided(row))
      sums[3 * right] += 1
      sums[3 * decided + 1] += 1
      if right == decided { sums[3 * right + 2] += 1 }
    }
  }

  private func addLabels(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    for row in 0..<rows.count {
      for label in 0..<rows.width {
        let (right, decided) = (rows.has(label, row), rows.says(label, row))
        if right { sums[3 * label] += 1 }
        if decided { sums[3 * label + 1] += 1 }
        if right && decided { sums[3 * label + 2] += 1 }
      }
    }
  }

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    let counts = (0..<form.parts).map { index in
      ClassCounts(
        rows: Int(sums[3 * index]), decided: Int(sums[3 * index + 1]),
        right: Int(sums[3 * index + 2]))
    }
    return ClassCounts.summary(counts, form, value)
  }
}
