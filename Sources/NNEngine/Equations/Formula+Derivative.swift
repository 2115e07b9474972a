import Glibc

// Derivatives, from the result backwards: each term hands what the result gains by it to its
// operands. A sum over a sample hands its gain to every element, and a number that was repeated
// along a sample collects the gains of all elements, so vectors need no special case.

extension Formula {
  /// Why there is no derivative.
  public struct NotDifferentiable: Error, Equatable {
    /// The term that has none.
    public var term: Term
    /// Its word.
    public var word: String
  }

  /// The derivatives of a result by variables, each with the variable's extent.
  ///
  /// - Parameter seed: what the result's own gain is: 1, or the gradient that arrives from behind.
  /// - Throws: `NotDifferentiable`.
  public mutating func derivatives(
    of result: Term, by variables: [Int], seed: Term
  ) throws(NotDifferentiable) -> [Term] {
    var matters = [Bool](repeating: false, count: nodes.count)
    for variable in variables {
      for (term, does) in depends(on: variable).enumerated() where does { matters[term] = true }
    }
    let isNeeded = needed(for: [result])
    var gains: [Term: Term] = [result: seed]
    for term in nodes.indices.reversed() where isNeeded[term] && matters[term] {
      guard let gain = gains[term] else { continue }
      for (operand, share) in try shares(of: term, gain: gain, matters) {
        var share = share
        if extent(operand) < .element, extent(term) == .element, extent(operand) < extent(term) {
          share = reduce(.sum, share)
        }
        gains[operand] = gains[operand].map { add($0, share) } ?? share
      }
    }
    return variables.map { gains[$0] ?? number(0) }
  }

  /// What a term's operands get of its gain.
  private mutating func shares(
    of term: Term, gain: Term, _ matters: [Bool]
  ) throws(NotDifferentiable) -> [(operand: Term, share: Term)] {
    func counts(_ operand: Term) -> Bool { matters[operand] }
    var shares: [(operand: Term, share: Term)] = []
    switch nodes[term] {
    case .constant, .variable, .size: break
    case .unary(let function, let a):
      if let share = try share(of: function, a, term, gain) { shares.append((a, share)) }
    case .binary(let operation, let a, let b):
      if counts(a), let share = try left(operation, a, b, term, gain) { shares.append((a, share)) }
      if counts(b), let share = try right(operation, a, b, term, gain) { shares.append((b, share)) }
    case .select(let condition, let a, let b):
      let zero = number(0)
      if counts(a) { shares.append((a, select(condition, gain, zero))) }
      if counts(b) { shares.append((b, select(condition, zero, gain))) }
    case .reduce(let reduction, let a):
      switch reduction {
      case .sum: shares.append((a, gain))
      case .mean: shares.append((a, divide(gain, size())))
      case .max, .min:
        // Equal greatest elements share the gain, as one of them alone would be a lie.
        let one = number(1)
        let zero = number(0)
        let isChosen = binary(.equal, a, term)
        let many = reduce(.sum, select(isChosen, one, zero))
        shares.append((a, select(isChosen, divide(gain, many), zero)))
      case .offset: break
      }
    }
    return shares
  }

  private mutating func share(
    of function: Unary, _ a: Term, _ term: Term, _ gain: Term
  ) throws(NotDifferentiable) -> Term? {
    let one = number(1)
    switch function {
    case .negate: return negate(gain)
    case .abs: return multiply(gain, unary(.sign, a))
    case .sqrt: return divide(gain, multiply(number(2), term))
    case .exp: return multiply(gain, term)
    case .log: return divide(gain, a)
    case .sin: return multiply(gain, unary(.cos, a))
    case .cos: return negate(multiply(gain, unary(.sin, a)))
    case .tan: return multiply(gain, add(one, power(term, number(2))))
    case .asin: return divide(gain, unary(.sqrt, subtract(one, power(a, number(2)))))
    case .acos: return negate(divide(gain, unary(.sqrt, subtract(one, power(a, number(2))))))
    case .atan: return divide(gain, add(one, power(a, number(2))))
    case .sinh: return multiply(gain, unary(.cosh, a))
    case .cosh: return multiply(gain, unary(.sinh, a))
    case .tanh: return multiply(gain, subtract(one, power(term, number(2))))
    case .sigmoid: return multiply(gain, multiply(term, subtract(one, term)))
    case .softplus: return multiply(gain, unary(.sigmoid, a))
    case .erf:
      let bell = unary(.exp, negate(power(a, number(2))))
      return multiply(gain, multiply(number(2 / Double.pi.squareRoot()), bell))
    // Steps: flat wherever they have a slope.
    case .sign, .floor, .ceil, .round: return nil
    case .not: throw NotDifferentiable(term: term, word: "not")
    }
  }

  private mutating func left(
    _ operation: Binary, _ a: Term, _ b: Term, _ term: Term, _ gain: Term
  ) throws(NotDifferentiable) -> Term? {
    switch operation {
    case .add, .subtract: return gain
    case .multiply: return multiply(gain, b)
    case .divide: return divide(gain, b)
    case .power:
      let slope = multiply(b, power(a, subtract(b, number(1))))
      return multiply(gain, slope)
    case .least, .greatest: return select(chooses(operation, a, b), gain, number(0))
    case .less, .lessOrEqual, .equal, .notEqual, .and, .or: return nil
    }
  }

  private mutating func right(
    _ operation: Binary, _ a: Term, _ b: Term, _ term: Term, _ gain: Term
  ) throws(NotDifferentiable) -> Term? {
    switch operation {
    case .add: return gain
    case .subtract: return negate(gain)
    case .multiply: return multiply(gain, a)
    case .divide: return negate(divide(multiply(gain, term), b))
    case .power: return multiply(gain, multiply(term, unary(.log, a)))
    case .least, .greatest:
      if constant(a) != nil { return select(chooses(operation, b, a), gain, number(0)) }
      return select(chooses(operation, a, b), number(0), gain)
    case .less, .lessOrEqual, .equal, .notEqual, .and, .or: return nil
    }
  }

  /// Whether the extreme of two is the first. Where both are equal a constant wins, so that `max(0,
  /// x)` is flat at its kink, however it is written.
  private mutating func chooses(_ operation: Binary, _ a: Term, _ b: Term) -> Term {
    let isStrict = constant(b) != nil ? Binary.less : .lessOrEqual
    return operation == .greatest ? binary(isStrict, b, a) : binary(isStrict, a, b)
  }
}
