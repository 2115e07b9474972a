/// A rule a script defined: `def descend(w, g, lr=0.1) = w - lr * g`, with `state` that each weight
/// keeps from step to step.
///
/// The formula's variables are `w`, `g`, `lr`, `t`, then one for each number of state; its results
/// are the new weight and the new state.
public struct EquationOptimizer: Optimizer, Defined {
  /// What it computes.
  public let equation: Equation
  /// The step size where none is given.
  public let defaultLearningRate: Double
  /// Numbers kept for each weight.
  public let slotCount: Int
  private let program: VectorProgram
  /// What each number of state begins with.
  private let starts: [Double]

  /// The word a script uses.
  public var name: String { equation.name }

  /// Compiles an equation.
  ///
  /// - Parameters:
  ///   - starts: what each number of state begins with.
  ///   - settings: the values that were put into the formula, as text.
  public init(_ equation: Equation, starts: [Double], learningRate: Double, settings: String) {
    self.equation = equation
    identity = "\(equation.definition) \(settings)"
    defaultLearningRate = learningRate
    slotCount = starts.count
    self.starts = starts
    // Memory begins with 0: what is kept is the distance from the start.
    var formula = Formula(equation.formula.variables)
    let first = 4
    let binding = formula.variables.indices.map { index in
      index < first ? index : formula.add(index, formula.number(starts[index - first]))
    }
    let results = formula.bring(
      equation.formula.results, of: equation.formula, binding: binding)
    formula.results = results.enumerated().map { place, term in
      place == 0 ? term : formula.subtract(term, formula.number(starts[place - 1]))
    }
    // Arrays: 0 the weights, 1 their gradients, then the slots.
    var inputs = [0: 0, 1: 1]
    for slot in starts.indices { inputs[first + slot] = 2 + slot }
    program = VectorProgram(
      formula, inputs: inputs, given: [2, 3],
      results: formula.results.enumerated().map { place, term in
        (term, .array(place == 0 ? 0 : 1 + place))
      })
  }

  /// See `Optimizer.identity`.
  public let identity: String

  /// See `Optimizer.factors`.
  public func factors(learningRate: Double, step: Int) -> UpdateFactors {
    UpdateFactors(rate: Float(learningRate), first: Float(step))
  }

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    program.run(
      rows: part.count, width: 1, first: Double(factors.rate), second: Double(factors.first)
    ) { array in
      switch array {
      case 0: part.w
      case 1: UnsafeMutablePointer(mutating: part.g)
      default: part.slots + (array - 2) * part.slotStride
      }
    }
  }

  /// Where the last update of weights that are no numbers any more left the formula's domain, as
  /// far as gradients and state tell: the old weights are gone.
  func fault(_ part: UpdateRange, _ factors: UpdateFactors) -> EquationFault? {
    let program = ExactProgram(equation.formula)
    for place in 0..<part.count where !part.w[place].isFinite {
      var values: [[Double]] = [
        [.nan], [Double(part.g[place])], [Double(factors.rate)], [Double(factors.first)],
      ]
      for (slot, start) in starts.enumerated() {
        values.append([Double(part.slots[slot * part.slotStride + place]) + start])
      }
      let all = program.values(values, width: 1)
      if let fault = equation.formula.fault(
        in: all, width: 1, limit: Double(Float.greatestFiniteMagnitude))
      {
        return EquationFault(name: equation.name, fault: fault, row: place)
      }
    }
    return nil
  }
}
