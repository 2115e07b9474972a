/// A loss a script defined: `def huberish(y, p) = …` of one sample's target and prediction.
///
/// It gives one number for a sample; with one output that number may be the output's own.
///
/// - Gradient: derived from the formula. Where the network ends in an activation whose formula is
///   known, both are put together first: `log(softmax(z))` then never sees a 0.
public struct EquationLoss: Loss, Defined {
  /// What it computes, of `y` and `p`.
  public let equation: Equation
  /// Formulas of built-in activations by name, for putting both together.
  private let activations: [String: Formula]
  /// The loss of outputs, and with its gradient.
  private let plain: Programs
  /// The same with the network's last activation.
  private let fused: Programs?

  private struct Programs: Sendable {
    var value: VectorProgram
    var withGradient: VectorProgram
    /// Whether what is added up is one number an output, to be averaged.
    var isPerOutput: Bool
  }

  /// The word a script uses.
  public var name: String { equation.name }

  /// The targets and the last layer say what it is for.
  public let reading = TargetReading.either
  /// Where targets 0 and 1 cost the same: what is above is nearer to 1.
  public let boundary: Float
  /// Whether it gives a number for each output, not yet one for the sample.
  public var isPerOutput: Bool { plain.isPerOutput }
  /// A formula is about the numbers as they are.
  public let seesOwnUnits = true
  /// Whatever the formula takes.
  public var targetRange: ClosedRange<Float>? { nil }

  /// Compiles an equation of two variables.
  ///
  /// - Parameter activations: formulas of built-in activations by name.
  /// - Throws: `Formula.NotDifferentiable`.
  public init(
    _ equation: Equation, activations: [String: Formula] = [:]
  ) throws(Formula.NotDifferentiable) {
    self.equation = equation
    self.activations = activations
    plain = try Self.compile(equation.formula.stabilised(), prediction: 1, outputs: nil)
    fused = nil
    boundary = Self.boundary(of: equation.formula)
  }

  private init(_ other: EquationLoss, fused: Programs) {
    equation = other.equation
    activations = other.activations
    plain = other.plain
    boundary = other.boundary
    self.fused = fused
  }

  /// See `Loss.joined`.
  public func joined(with activation: any Activation) -> (any Loss)? {
    let own = (activation as? EquationActivation)?.equation.formula
    guard let known = own ?? activations[activation.name] else { return nil }
    // y, z: the target and what the activation is applied to.
    var formula = Formula([.init("y", .element), .init("z", .element)])
    let p = formula.bring(known.results, of: known, binding: [1], keepsOrigins: false)
    let value = formula.bring(
      equation.formula.results, of: equation.formula, binding: [0, p[0]])
    // Only a loss that becomes safer is worth it: elsewhere the two stay what was typed.
    guard formula.extent(p[0]) == .element, takesLogarithms else { return nil }
    formula.results = value + p
    guard
      let programs = try? Self.compile(
        formula.stabilised(), prediction: 1, outputs: formula.results.count - 1)
    else { return nil }
    return EquationLoss(self, fused: programs)
  }

  /// The output at which targets 0 and 1 cost the same, found by halving; 0.5 where there is none.
  private static func boundary(of formula: Formula) -> Float {
    func preference(_ p: Double) -> Double {
      func loss(_ y: Double) -> Double {
        formula.evaluate([[y], [p]], width: 1)[formula.results[0]][0]
      }
      return loss(0) - loss(1)
    }
    // Within 0…1 first: a loss of probabilities has no value elsewhere.
    for (least, most) in [(1e-6, 1 - 1e-6), (-8.0, 8.0)] {
      var (low, high) = (least, most)
      guard preference(low) < 0, preference(high) > 0 else { continue }
      for _ in 0..<60 {
        let middle = (low + high) / 2
        if preference(middle) < 0 { low = middle } else { high = middle }
      }
      let found = (low + high) / 2
      return Float((found * 1e6).rounded() / 1e6)
    }
    return 0.5
  }

  private var takesLogarithms: Bool {
    equation.formula.nodes.contains { if case .unary(.log, _) = $0 { true } else { false } }
  }

  // Arrays: 0 y, 1 p (or z, then p), 2 the gradient.
  private static func compile(
    _ prepared: Formula, prediction: Int, outputs: Int?
  ) throws(Formula.NotDifferentiable) -> Programs {
    var formula = prepared
    let value = formula.results[0]
    let inputs = [0: 0, prediction: 1]
    var results: [(term: Formula.Term, target: VectorProgram.Target)] = [(value, .total(0))]
    if let outputs { results.append((formula.results[outputs], .array(1))) }
    let plain = VectorProgram(formula, inputs: inputs, results: results)
    let isPerOutput = formula.extent(value) == .element || !plain.seesRows
    let scale = formula.addVariable("scale", .uniform)
    let size = formula.size()
    let seed = isPerOutput ? formula.divide(scale, size) : scale
    let gradient = try formula.derivatives(of: value, by: [prediction], seed: seed)[0]
    let withGradient = VectorProgram(
      formula, inputs: inputs, given: [formula.variables.count - 1],
      results: results + [(gradient, .array(2))],
      sharing: [(output: 2, input: 1)])
    return Programs(value: plain, withGradient: withGradient, isPerOutput: isPerOutput)
  }

  /// See `Loss.sum`.
  public func sum(_ rows: LossRows) -> Double {
    guard let values = rows.values else { return .nan }
    let programs = rows.isFused ? fused ?? plain : plain
    var total = 0.0
    let program = rows.gradient == nil ? programs.value : programs.withGradient
    program.run(rows: rows.count, width: rows.width, first: Double(rows.scale), totals: &total) {
      array in
      switch array {
      case 0: UnsafeMutablePointer(mutating: values)
      case 1: rows.outputs
      default: rows.gradient ?? rows.outputs
      }
    }
    return programs.isPerOutput ? total / Double(rows.width) : total
  }

  /// See `Loss.fault`.
  public func fault(_ rows: LossRows) -> EquationFault? {
    guard let values = rows.values else { return nil }
    return EquationFault(
      equation, rows: rows.count, width: rows.width,
      variables: [(values, rows.width), (UnsafePointer(rows.outputs), rows.width)])
  }
}
