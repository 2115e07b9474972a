/// A figure a script defined: a function of one sample's target and prediction, averaged over rows.
public struct EquationMetric: Metric, Defined {
  /// What it computes, of `y` and `p`.
  public let equation: Equation
  /// Classes arrive as one column a class, so it takes both.
  public let isForClasses: Bool
  /// Only its author knows.
  public let better: Better? = nil
  private let program: VectorProgram
  private let isPerOutput: Bool

  /// The word a script uses and results bear.
  public var name: String { equation.name }

  /// Compiles an equation of two variables.
  public init(_ equation: Equation) {
    self.equation = equation
    isForClasses = false
    let formula = equation.formula.stabilised()
    program = VectorProgram(
      formula, inputs: [0: 0, 1: 1], results: [(formula.results[0], .total(0))])
    isPerOutput = formula.extent(formula.results[0]) == .element || !program.seesRows
  }

  /// See `Metric.add`.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    withTargets(rows) { targets in
      program.run(rows: rows.count, width: rows.width, totals: sums) { array in
        UnsafeMutablePointer(mutating: array == 0 ? targets : rows.outputs)
      }
    }
  }

  /// See `Metric.fault`.
  public func fault(_ rows: MetricRows) -> EquationFault? {
    var fault: EquationFault?
    withTargets(rows) { targets in
      fault = EquationFault(
        equation, rows: rows.count, width: rows.width,
        variables: [(targets, rows.width), (rows.outputs, rows.width)])
    }
    return fault
  }

  /// The targets as numbers: a class as a one among zeros.
  private func withTargets(_ rows: MetricRows, _ body: (UnsafePointer<Float>) -> Void) {
    if let values = rows.values { return body(values) }
    guard let classes = rows.classes else { return }
    let (count, width) = (rows.count, rows.width)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count * width) { targets in
      targets.initialize(repeating: 0)
      guard let start = targets.baseAddress else { return }
      for row in 0..<count {
        if width == 1 {
          start[row] = Float(classes[row])
        } else {
          start[row * width + Int(classes[row])] = 1
        }
      }
      body(UnsafePointer(start))
    }
  }

  /// See `Metric.figure`.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    MetricFigure(sums[0] / Double(isPerOutput ? count * form.width : count))
  }
}
