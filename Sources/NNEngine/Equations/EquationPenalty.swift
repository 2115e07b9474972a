/// A penalty a script defined: `def small(w) = 0.01 * w^2`, added up over all weights.
public struct EquationPenalty: Penalty, Defined {
  /// What it computes, of `w`.
  public let equation: Equation
  private let valueProgram: VectorProgram
  private let gradientProgram: VectorProgram

  /// Compiles an equation of one variable without sums.
  ///
  /// - Throws: `Formula.NotDifferentiable`.
  public init(_ equation: Equation) throws(Formula.NotDifferentiable) {
    self.equation = equation
    var formula = equation.formula
    let value = formula.results[0]
    valueProgram = VectorProgram(formula, inputs: [0: 0], results: [(value, .total(0))])
    let before = formula.addVariable("gradient", .element)
    let slope = try formula.derivatives(of: value, by: [0], seed: formula.number(1))[0]
    let after = formula.add(before, slope)
    gradientProgram = VectorProgram(
      formula, inputs: [0: 0, before: 1], results: [(after, .array(1))])
  }

  /// See `Penalty.formula`.
  public var formula: Formula? { equation.formula }

  /// See `Penalty.addGradient`.
  public func addGradient(
    _ w: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, count: Int
  ) {
    gradientProgram.run(rows: count, width: 1) {
      $0 == 0 ? UnsafeMutablePointer(mutating: w) : gradient
    }
  }

  /// See `Penalty.value`.
  public func value(_ w: UnsafePointer<Float>, count: Int) -> Double {
    var total = 0.0
    valueProgram.run(rows: count, width: 1, totals: &total) { _ in
      UnsafeMutablePointer(mutating: w)
    }
    return total
  }
}
