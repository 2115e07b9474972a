internal import CKernels

/// An activation a script defined: `def swish(x) = x * sigmoid(x)`.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`; sums and the like run along the last axis.
/// - Gradient: derived from the formula; where it can be had from `y` alone, `x` is not kept.
public struct EquationActivation: Activation, Defined {
  /// What it computes, of `x`.
  public let equation: Equation
  /// Whether the gradient needs what came in besides what went out.
  public let keepsInput: Bool
  /// The initialiser whose spread suits it.
  public let initializer: any Initializer
  /// The values its outputs can have, found by trying the formula.
  public let range: OutputRange
  private let forwardProgram: VectorProgram
  private let backwardProgram: VectorProgram

  /// See `Activation.formula`.
  public var formula: Formula { equation.formula }

  /// The word a script uses.
  public var name: String { equation.name }

  /// Compiles an equation of one variable.
  ///
  /// - Throws: `Formula.NotDifferentiable`.
  public init(_ equation: Equation) throws(Formula.NotDifferentiable) {
    self.equation = equation
    var formula = equation.formula.stabilised()
    let y = formula.results[0]
    forwardProgram = VectorProgram(
      formula, inputs: [0: 0], results: [(y, .array(1))], sharing: [(output: 1, input: 0)])
    let dy = formula.addVariable("dy", .element)
    let dx = try formula.derivatives(of: y, by: [0], seed: dy)[0]
    var inputs = [0: 0, dy: 2]
    // A function that gives what it is given has one term for both.
    inputs[y] = 1
    backwardProgram = VectorProgram(
      formula, inputs: inputs, results: [(dx, .array(3))],
      sharing: [(output: 3, input: 2)])
    keepsInput = backwardProgram.reads(array: 0)
    initializer = Self.holdsBackHalf(equation.formula) ? He() : Glorot()
    range = OutputRange(measuring: equation.formula.stabilised())
  }

  /// Whether it lets through what is positive and holds back most of what is negative, as ReLU does:
  /// then half of the signal is lost, which He's spread makes up for.
  private static func holdsBackHalf(_ formula: Formula) -> Bool {
    guard !formula.hasReductions else { return false }
    func at(_ x: Double) -> Double { formula.evaluate([[x]], width: 1)[formula.results[0]][0] }
    return at(20) > 15 && at(20) < 25 && at(-20).magnitude < 2
  }

  private var runsRows: Bool { forwardProgram.seesRows }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    var x = UnsafeMutablePointer(mutating: rows.x)
    if let bias = rows.bias {
      nn_bias(rows.x, bias, rows.y, rows.count, rows.width)
      x = rows.y
    }
    forwardProgram.run(rows: rows.count, width: rows.width) { $0 == 0 ? x : rows.y }
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    backwardProgram.run(rows: rows.count, width: rows.width) { array in
      switch array {
      case 0: UnsafeMutablePointer(mutating: rows.x)
      case 1: rows.y
      case 2: UnsafeMutablePointer(mutating: dy)
      default: dx
      }
    }
  }

  /// See `Activation.fault`.
  public func fault(_ rows: ActivationRows) -> EquationFault? {
    EquationFault(
      equation, rows: rows.count, width: rows.width, variables: [(rows.x, rows.width)])
  }
}
