import Glibc

// Terms are made in their simplest form: what is 0 or 1 goes, constants are worked out, and what
// would overflow is written so that it does not. A rule stays if it makes derivatives shorter to
// read or safer to compute; none may change a value where the formula has one.

extension Formula {
  /// A number.
  public mutating func number(_ value: Double) -> Term { insert(.constant(value)) }

  /// How many elements a sample has.
  public mutating func size() -> Term { insert(.size) }

  /// A function of one term.
  public mutating func unary(_ function: Unary, _ a: Term) -> Term {
    if let value = constant(a), function != .not {
      let result = function.value(value)
      if result.isFinite { return number(result) }
    }
    guard isSimplifying() else { return insert(.unary(function, a)) }
    switch (function, nodes[a]) {
    case (.negate, .unary(.negate, let x)): return x
    case (.negate, .binary(.subtract, let x, let y)): return subtract(y, x)
    case (.negate, .binary(.multiply, let x, let y)) where constant(x) != nil:
      return multiply(number(-(constant(x) ?? 0)), y)
    case (.negate, .binary(.divide, let x, let y)) where constant(x) != nil:
      return divide(number(-(constant(x) ?? 0)), y)
    case (.negate, .select(let condition, let x, let y)):
      return select(condition, negate(x), negate(y))
    case (.not, .unary(.not, let x)): return x
    case (.abs, .unary(.negate, let x)), (.cos, .unary(.negate, let x)): return unary(function, x)
    case (.abs, .unary(.abs, _)), (.abs, .unary(.exp, _)), (.abs, .unary(.sigmoid, _)): return a
    case (.exp, .unary(.log, let x)): return x
    case (.log, .unary(.exp, let x)): return x
    // The logarithm of a share: the share itself may round to 0.
    case (.log, .binary(.divide, let x, let y)):
      if case .unary(.exp, let power) = nodes[x] { return subtract(power, unary(.log, y)) }
    case (.log, .unary(.sigmoid, let x)): return negate(unary(.softplus, negate(x)))
    case (.log, .binary(.subtract, let x, let y)) where isOne(x):
      if case .unary(.sigmoid, let z) = nodes[y] { return negate(unary(.softplus, z)) }
    case (.log, .binary(.add, let x, let y)) where isOne(x) || isOne(y):
      if case .unary(.exp, let z) = nodes[isOne(x) ? y : x] { return unary(.softplus, z) }
    default: break
    }
    return insert(.unary(function, a))
  }

  /// An operator on two terms.
  public mutating func binary(_ operation: Binary, _ a: Term, _ b: Term) -> Term {
    if !operation.isTruth, let x = constant(a), let y = constant(b) {
      let result = operation.value(x, y)
      if result.isFinite { return number(result) }
    }
    switch operation {
    case .add: return add(a, b)
    case .subtract: return subtract(a, b)
    case .multiply: return multiply(a, b)
    case .divide: return divide(a, b)
    case .power: return power(a, b)
    case .least, .greatest, .and, .or: return a == b ? a : insert(.binary(operation, a, b))
    case .less, .lessOrEqual, .equal, .notEqual: return insert(.binary(operation, a, b))
    }
  }

  /// One of two terms by a truth.
  public mutating func select(_ condition: Term, _ a: Term, _ b: Term) -> Term {
    if a == b { return a }
    guard isSimplifying() else { return insert(.select(condition, a, b)) }
    if case .unary(.not, let inner) = nodes[condition] { return select(inner, b, a) }
    // A branch that asks the same again has its answer.
    if case .select(condition, let inner, _) = nodes[a] { return select(condition, inner, b) }
    if case .select(condition, _, let inner) = nodes[b] { return select(condition, a, inner) }
    return insert(.select(condition, a, b))
  }

  /// One number of a sample's vector.
  public mutating func reduce(_ reduction: Reduction, _ a: Term) -> Term {
    guard extent(a) == .element else {
      return reduction == .sum ? multiply(size(), a) : a
    }
    // What is the same along the sample comes out of sums.
    if reduction == .sum || reduction == .mean {
      switch nodes[a] {
      case .unary(.negate, let x): return negate(reduce(reduction, x))
      case .binary(.multiply, let x, let y) where extent(x) < .element:
        return multiply(x, reduce(reduction, y))
      case .binary(.multiply, let x, let y) where extent(y) < .element:
        return multiply(reduce(reduction, x), y)
      case .binary(.divide, let x, let y) where extent(y) < .element:
        return divide(reduce(reduction, x), y)
      default: break
      }
    }
    return insert(.reduce(reduction, a))
  }

  // MARK: Short forms

  mutating func negate(_ a: Term) -> Term { unary(.negate, a) }

  mutating func add(_ a: Term, _ b: Term) -> Term {
    if let x = constant(a), let y = constant(b) { return number(x + y) }
    if isZero(a) { return b }
    if isZero(b) { return a }
    if a == b { return multiply(number(2), a) }
    guard isSimplifying() else { return insert(.binary(.add, a, b)) }
    switch (nodes[a], nodes[b]) {
    case (_, .unary(.negate, let y)): return subtract(a, y)
    case (.unary(.negate, let x), _): return subtract(b, x)
    case (_, .binary(.multiply, let x, let y)) where (constant(x) ?? 0) < 0:
      return subtract(a, multiply(number(-(constant(x) ?? 0)), y))
    case (.select(let c, let x, let y), .select(let d, let z, let w)) where c == d:
      return select(c, add(x, z), add(y, w))
    case (.binary(.subtract, let x, let y), _) where y == b: return x
    case (_, .binary(.subtract, let x, let y)) where y == a: return x
    case (.binary(.divide, let x, let y), .binary(.divide, let z, let w)) where y == w:
      return divide(add(x, z), y)
    default: break
    }
    if let (x, y, common) = commonFactor(a, b) { return multiply(number(x + y), common) }
    return insert(.binary(.add, a, b))
  }

  mutating func subtract(_ a: Term, _ b: Term) -> Term {
    if let x = constant(a), let y = constant(b) { return number(x - y) }
    if isZero(b) { return a }
    if isZero(a) { return negate(b) }
    if a == b { return number(0) }
    guard isSimplifying() else { return insert(.binary(.subtract, a, b)) }
    switch (nodes[a], nodes[b]) {
    case (_, .unary(.negate, let y)): return add(a, y)
    case (_, .binary(.multiply, let x, let y)) where (constant(x) ?? 0) < 0:
      return add(a, multiply(number(-(constant(x) ?? 0)), y))
    case (.select(let c, let x, let y), .select(let d, let z, let w)) where c == d:
      return select(c, subtract(x, z), subtract(y, w))
    case (.binary(.add, let x, let y), _) where y == b: return x
    case (.binary(.add, let x, let y), _) where x == b: return y
    case (.binary(.divide, let x, let y), .binary(.divide, let z, let w)) where y == w:
      return divide(subtract(x, z), y)
    default: break
    }
    if let (x, y, common) = commonFactor(a, b) { return multiply(number(x - y), common) }
    return insert(.binary(.subtract, a, b))
  }

  mutating func multiply(_ a: Term, _ b: Term) -> Term {
    if let x = constant(a), let y = constant(b) { return number(x * y) }
    if isZero(a) || isZero(b) { return number(0) }
    if isOne(a) { return b }
    if isOne(b) { return a }
    // Numbers in front.
    if constant(b) != nil { return multiply(b, a) }
    if a == b { return power(a, number(2)) }
    guard isSimplifying() else { return insert(.binary(.multiply, a, b)) }
    switch (nodes[a], nodes[b]) {
    case (.constant(-1), _): return negate(b)
    case (.constant(let x), .binary(.multiply, let y, let z)) where constant(y) != nil:
      return multiply(number(x * (constant(y) ?? 0)), z)
    case (.constant(let x), .binary(.divide, let y, let z)) where constant(y) != nil:
      return divide(number(x * (constant(y) ?? 0)), z)
    case (.constant(let x), .binary(.divide, let y, let z)):
      if case .binary(.multiply, let p, let q) = nodes[z], let factor = constant(p) {
        return divide(multiply(number(x / factor), y), q)
      }
    case (.constant(let x), .unary(.negate, let y)): return multiply(number(-x), y)
    // What is one number for all samples goes together.
    case (_, .binary(.multiply, let x, let y))
    where extent(a) == .uniform && extent(x) == .uniform && extent(y) != .uniform:
      return multiply(multiply(a, x), y)
    // A choice between something and nothing stays outermost, so that what its untaken side would
    // give (a division by 0, say) is never multiplied.
    case (.select(let c, let x, let y), _) where isZero(x) || isZero(y):
      return select(c, multiply(x, b), multiply(y, b))
    case (_, .select(let c, let x, let y)) where isZero(x) || isZero(y):
      return select(c, multiply(a, x), multiply(a, y))
    case (.unary(.negate, let x), .unary(.negate, let y)): return multiply(x, y)
    case (.unary(.negate, let x), _): return negate(multiply(x, b))
    case (_, .unary(.negate, let y)): return negate(multiply(a, y))
    case (.binary(.multiply, let x, let y), _)
    where constant(x) != nil && constant(b) == nil && extent(y) != .uniform:
      return multiply(x, multiply(y, b))
    case (_, .binary(.multiply, let x, let y))
    where constant(x) != nil && constant(a) == nil && extent(a) != .uniform:
      return multiply(x, multiply(a, y))
    case (.binary(.divide, let x, let y), _) where y == b: return x
    case (_, .binary(.divide, let x, let y)) where y == a: return x
    case (_, .binary(.divide, let x, let y)):
      if isOne(x) { return divide(a, y) }
      // A share that is there already is not worked out again.
      if let share = find(.binary(.divide, a, y)) { return insert(.binary(.multiply, share, x)) }
    case (.binary(.divide, let x, let y), _):
      if isOne(x) { return divide(b, y) }
      if let share = find(.binary(.divide, b, y)) { return insert(.binary(.multiply, share, x)) }
    case (.binary(.power, let x, let n), _) where x == b && constant(n) != nil:
      return power(x, number((constant(n) ?? 0) + 1))
    case (_, .binary(.power, let x, let n)) where x == a && constant(n) != nil:
      return power(x, number((constant(n) ?? 0) + 1))
    default: break
    }
    return insert(.binary(.multiply, a, b))
  }

  mutating func divide(_ a: Term, _ b: Term) -> Term {
    if let x = constant(a), let y = constant(b), y != 0 { return number(x / y) }
    if isOne(b) { return a }
    if isZero(a), constant(b) != 0 { return a }
    if constant(b) == -1 { return negate(a) }
    if a == b, constant(b) == nil { return number(1) }
    guard isSimplifying() else { return insert(.binary(.divide, a, b)) }
    if let known = knownQuotient(a, b) { return known }
    switch (nodes[a], nodes[b]) {
    case (.select(let c, let x, let y), _) where isZero(x) || isZero(y):
      return select(c, divide(x, b), divide(y, b))
    case (.unary(.negate, let x), .unary(.negate, let y)): return divide(x, y)
    case (.unary(.negate, let x), _): return negate(divide(x, b))
    case (_, .unary(.negate, let y)): return negate(divide(a, y))
    case (.binary(.multiply, let x, let y), .constant(let z)) where constant(x) != nil:
      return multiply(number((constant(x) ?? 0) / z), y)
    case (.binary(.multiply, let x, let y), _) where y == b: return x
    case (.binary(.multiply, let x, let y), _) where x == b: return y
    default: break
    }
    return insert(.binary(.divide, a, b))
  }

  mutating func power(_ a: Term, _ b: Term) -> Term {
    if constant(a) == M_E { return unary(.exp, b) }
    guard let n = constant(b) else { return insert(.binary(.power, a, b)) }
    if n == 0 { return number(1) }
    if n == 1 { return a }
    if n == 0.5 { return unary(.sqrt, a) }
    if n == -1 { return divide(number(1), a) }
    if let x = constant(a) {
      let value = pow(x, n)
      if value.isFinite { return number(value) }
    }
    switch nodes[a] {
    case .unary(.negate, let x) where n == n.rounded():
      let even = n.truncatingRemainder(dividingBy: 2) == 0
      return even ? power(x, b) : negate(power(x, b))
    case .unary(.abs, let x) where n == 2: return power(x, b)
    case .binary(.power, let x, let m):
      if let m = constant(m), m == m.rounded(), n == n.rounded() {
        return power(x, number(m * n))
      }
    default: break
    }
    return insert(.binary(.power, a, b))
  }

  // MARK: Patterns

  /// Quotients that have a name, and would overflow written out: the logistic function, the
  /// hyperbolic tangent, shares of exponentials.
  private mutating func knownQuotient(_ a: Term, _ b: Term) -> Term? {
    // 1 / (1 + exp(-x))  and  exp(x) / (1 + exp(x))
    if case .binary(.add, let p, let q) = nodes[b], isOne(p) || isOne(q),
      case .unary(.exp, let power) = nodes[isOne(p) ? q : p]
    {
      if isOne(a) { return unary(.sigmoid, negate(power)) }
      if a == (isOne(p) ? q : p) { return unary(.sigmoid, power) }
    }
    // (exp(x) - exp(-x)) / (exp(x) + exp(-x))  and  (exp(2x) - 1) / (exp(2x) + 1)
    if case .binary(.subtract, let p, let q) = nodes[a],
      case .binary(.add, let r, let s) = nodes[b],
      p == r && q == s || p == s && q == r, let x = exponent(p), let y = exponent(q)
    {
      return unary(.tanh, divide(subtract(x, y), number(2)))
    }
    // exp(x - c) / sum(exp(x - c)): what is taken off all of them alike changes nothing.
    if case .unary(.exp, let x) = nodes[a], case .reduce(.sum, a) = nodes[b],
      case .binary(.subtract, let whole, let shift) = nodes[x],
      extent(shift) < .element, !isOffset(shift)
    {
      let power = unary(.exp, whole)
      return divide(power, reduce(.sum, power))
    }
    return nil
  }

  /// Whether a term was taken off by `stabilised`, to stay.
  private func isOffset(_ term: Term) -> Bool {
    if case .reduce(.offset, _) = nodes[term] { true } else { false }
  }

  /// The logarithm of an exponential, 0 of 1.
  private mutating func exponent(_ a: Term) -> Term? {
    if isOne(a) { return number(0) }
    if case .unary(.exp, let x) = nodes[a] { return x }
    return nil
  }

  /// `x·c` and `y·c` as numbers and what they share.
  private func commonFactor(_ a: Term, _ b: Term) -> (Double, Double, Term)? {
    func parts(_ term: Term) -> (Double, Term) {
      if case .binary(.multiply, let x, let y) = nodes[term], let factor = constant(x) {
        return (factor, y)
      }
      return (1, term)
    }
    let (x, first) = parts(a)
    let (y, second) = parts(b)
    return first == second ? (x, y, first) : nil
  }

  func isZero(_ a: Term) -> Bool { constant(a) == 0 }
  func isOne(_ a: Term) -> Bool { constant(a) == 1 }

  // MARK: For computing

  /// The same formula with sums of exponentials shifted by their greatest, which keeps softmax and
  /// its logarithm finite, and means as sums. For computing only: nobody wants to read it.
  public func stabilised() -> Formula {
    var formula = Formula(variables)
    let isNeeded = needed(for: results)
    var made = [Term](repeating: 0, count: nodes.count)
    /// Terms that are sums of exponentials: what they were divided by.
    func shift(_ sum: Term) -> Term? {
      guard case .reduce(.sum, let inner) = nodes[sum], case .unary(.exp, let x) = nodes[inner]
      else { return nil }
      return x
    }
    func offset(_ x: Term) -> Term { formula.reduce(.offset, made[x]) }
    func shifted(_ x: Term) -> Term {
      formula.unary(.exp, formula.subtract(made[x], offset(x)))
    }
    for (term, node) in nodes.enumerated() where isNeeded[term] {
      switch node {
      case .binary(.divide, let a, let b):
        if let x = shift(b), case .unary(.exp, x) = nodes[a] {
          let power = shifted(x)
          made[term] = formula.divide(power, formula.reduce(.sum, power))
        } else {
          made[term] = formula.divide(made[a], made[b])
        }
      case .unary(.log, let a):
        if let x = shift(a) {
          let sum = formula.reduce(.sum, shifted(x))
          made[term] = formula.add(offset(x), formula.unary(.log, sum))
        } else {
          made[term] = formula.unary(.log, made[a])
        }
      case .reduce(.mean, let a):
        made[term] = formula.divide(formula.reduce(.sum, made[a]), formula.size())
      default:
        made[term] = formula.copy(node, made)
      }
      if let origin = origins[term], formula.origins[made[term]] == nil {
        formula.origins[made[term]] = origin
      }
    }
    formula.results = results.map { made[$0] }
    return formula
  }

  private mutating func copy(_ node: Node, _ made: [Term]) -> Term {
    switch node {
    case .constant(let value): number(value)
    case .variable(let index): index
    case .size: size()
    case .unary(let function, let a): unary(function, made[a])
    case .binary(let operation, let a, let b): binary(operation, made[a], made[b])
    case .select(let a, let b, let c): select(made[a], made[b], made[c])
    case .reduce(let reduction, let a): reduce(reduction, made[a])
    }
  }
}

extension Formula.Unary {
  /// The function in 64 bits.
  func value(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .not: x == 0 ? 1 : 0
    case .abs: x.magnitude
    case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
    case .sqrt: x.squareRoot()
    case .exp: Glibc.exp(x)
    case .log: Glibc.log(x)
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .tan: Glibc.tan(x)
    case .asin: Glibc.asin(x)
    case .acos: Glibc.acos(x)
    case .atan: Glibc.atan(x)
    case .sinh: Glibc.sinh(x)
    case .cosh: Glibc.cosh(x)
    case .tanh: Glibc.tanh(x)
    case .sigmoid: x < 0 ? Glibc.exp(x) / (1 + Glibc.exp(x)) : 1 / (1 + Glibc.exp(-x))
    case .softplus: Swift.max(x, 0) + log1p(Glibc.exp(-x.magnitude))
    case .erf: Glibc.erf(x)
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    }
  }
}

extension Formula.Binary {
  /// The operator in 64 bits; truths are 1 and 0.
  func value(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .power: pow(x, y)
    case .least: x.isNaN || x < y ? x : y
    case .greatest: x.isNaN || x > y ? x : y
    case .less: x < y ? 1 : 0
    case .lessOrEqual: x <= y ? 1 : 0
    case .equal: x == y ? 1 : 0
    case .notEqual: x != y ? 1 : 0
    case .and: x != 0 && y != 0 ? 1 : 0
    case .or: x != 0 || y != 0 ? 1 : 0
    }
  }
}
