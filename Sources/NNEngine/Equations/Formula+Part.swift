// Formulas written in Swift, with the signs that mathematics has for them.

extension Formula {
  /// Part of a formula: `x * (-x).sigmoid`.
  public struct Part: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    private indirect enum Form: Sendable {
      case number(Double)
      case variable(Int)
      case unary(Unary, Part)
      case binary(Binary, Part, Part)
      case select(Part, Part, Part)
      case reduce(Reduction, Part)
    }

    private let form: Form

    private init(_ form: Form) { self.form = form }

    /// A variable by its place.
    init(variable: Int) { form = .variable(variable) }

    /// A number.
    public init(_ number: Double) { form = .number(number) }
    /// A number written as a literal.
    public init(floatLiteral number: Double) { form = .number(number) }
    /// A whole number written as a literal.
    public init(integerLiteral number: Int) { form = .number(Double(number)) }

    /// A function of one number.
    public func callAsFunction(_ function: Unary) -> Part { Part(.unary(function, self)) }

    fileprivate func write(into formula: inout Formula) -> Term {
      switch form {
      case .number(let value): return formula.number(value)
      case .variable(let index): return index
      case .unary(let function, let a):
        let x = a.write(into: &formula)
        return formula.unary(function, x)
      case .binary(let operation, let a, let b):
        let (x, y) = (a.write(into: &formula), b.write(into: &formula))
        return formula.binary(operation, x, y)
      case .select(let condition, let a, let b):
        let c = condition.write(into: &formula)
        let (x, y) = (a.write(into: &formula), b.write(into: &formula))
        return formula.select(c, x, y)
      case .reduce(let reduction, let a):
        let x = a.write(into: &formula)
        return formula.reduce(reduction, x)
      }
    }
  }

  /// A formula of so many numbers, as Swift writes it.
  public init(count: Int, _ write: ([Part]) -> Part) {
    self.init((0..<count).map { Variable("x\($0 + 1)", .element) })
    results = [write((0..<count).map { Part(variable: $0) }).write(into: &self)]
  }

  /// A formula of one number `x`: `Formula { $0 * $0.sigmoid }`.
  public init(_ write: (Part) -> Part) {
    self.init([Variable("x", .element)])
    results = [write(Part(variable: 0)).write(into: &self)]
  }
}

extension Formula.Part {
  /// The square root.
  public var sqrt: Self { self(.sqrt) }
  /// e to the power.
  public var exp: Self { self(.exp) }
  /// The natural logarithm.
  public var log: Self { self(.log) }
  /// The sine.
  public var sin: Self { self(.sin) }
  /// The cosine.
  public var cos: Self { self(.cos) }
  /// The hyperbolic tangent.
  public var tanh: Self { self(.tanh) }
  /// The logistic function.
  public var sigmoid: Self { self(.sigmoid) }
  /// `log(1 + exp(x))`.
  public var softplus: Self { self(.softplus) }
  /// The error function.
  public var erf: Self { self(.erf) }
  /// The greatest whole number that is not above.
  public var floor: Self { self(.floor) }
  /// The number without its sign.
  public var magnitude: Self { self(.abs) }
  /// The sum along the last axis.
  public var sum: Self { Self(.reduce(.sum, self)) }
  /// The greatest along the last axis.
  public var greatest: Self { Self(.reduce(.max, self)) }

  /// Whether it is less, as a truth of the formula. No sign `<`: that would be tried in every
  /// comparison of whoever imports this, and slow compiling down.
  public func isLess(than other: Self) -> Self { Self(.binary(.less, self, other)) }

  /// Whether it is no number (NaN), as a truth of the formula: only then it differs from itself.
  public var isMissing: Self { Self(.binary(.notEqual, self, self)) }

  /// Whether it is above 0, as a truth of the formula.
  public var isPositive: Self { Self(0).isLess(than: self) }

  /// One of two numbers by a truth.
  public static func choose(_ condition: Self, _ a: Self, _ b: Self) -> Self {
    Self(.select(condition, a, b))
  }

  /// The number 1.
  public static var one: Self { 1 }

  /// The greater of two.
  public static func max(_ a: Self, _ b: Self) -> Self { Self(.binary(.greatest, a, b)) }
  /// The less of two.
  public static func min(_ a: Self, _ b: Self) -> Self { Self(.binary(.least, a, b)) }

  /// A sum.
  public static func + (a: Self, b: Self) -> Self { Self(.binary(.add, a, b)) }
  /// A difference.
  public static func - (a: Self, b: Self) -> Self { Self(.binary(.subtract, a, b)) }
  /// A product.
  public static func * (a: Self, b: Self) -> Self { Self(.binary(.multiply, a, b)) }
  /// A product with a number.
  public static func * (a: Double, b: Self) -> Self { Self(a) * b }
  /// A quotient.
  public static func / (a: Self, b: Self) -> Self { Self(.binary(.divide, a, b)) }
  /// The number with the other sign.
  public static prefix func - (a: Self) -> Self { a(.negate) }
}
