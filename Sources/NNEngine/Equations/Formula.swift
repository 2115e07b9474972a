/// A formula as a graph of terms: typed by a user, derived, or put together from others.
///
/// Terms stand in an array, operands before what uses them, and no term is there twice: what is
/// shared is computed once. A term is made by the functions of `Formula+Simplify`, which write it
/// in its simplest form right away.
///
/// A formula speaks of one sample: a term is one number for all samples, one number a sample, or a
/// vector along the sample (see `Extent`). Smaller extents repeat along larger ones.
public struct Formula: Sendable {
  /// How many numbers a term has.
  public enum Extent: Int, Sendable, Comparable {
    /// One number for everything: constants, settings, the step size.
    case uniform
    /// One number a sample: a sum over its vector.
    case sample
    /// A number for each element of the sample's vector.
    case element

    /// One number for everything is the smallest.
    public static func < (a: Extent, b: Extent) -> Bool { a.rawValue < b.rawValue }
  }

  /// A term of this formula, by its place.
  public typealias Term = Int

  /// What a formula can be asked about.
  public struct Variable: Sendable, Hashable {
    /// Its name in the language.
    public var name: String
    /// How many numbers it has.
    public var extent: Extent

    /// Makes a variable.
    public init(_ name: String, _ extent: Extent) {
      self.name = name
      self.extent = extent
    }
  }

  /// A function of one number; the raw value is its word in the language.
  public enum Unary: String, Sendable, CaseIterable {
    case negate, not
    case abs, sign, sqrt, exp, log, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh
    case sigmoid, softplus, erf, floor, ceil, round
  }

  /// An operator on two terms.
  public enum Binary: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"
    case least = "min"
    case greatest = "max"
    case less = "<"
    case lessOrEqual = "<="
    case equal = "=="
    case notEqual = "!="
    case and
    case or

    /// Whether the result is a truth.
    public var isTruth: Bool {
      switch self {
      case .less, .lessOrEqual, .equal, .notEqual, .and, .or: true
      default: false
      }
    }

    var isCommutative: Bool {
      switch self {
      case .add, .multiply, .least, .greatest, .equal, .notEqual, .and, .or: true
      default: false
      }
    }
  }

  /// What makes one number of a sample's vector.
  public enum Reduction: String, Sendable, CaseIterable {
    case sum, mean, max, min
    /// The greatest, as a shift that changes no result: its derivative counts as 0.
    case offset
  }

  /// What a term is.
  public enum Node: Sendable, Hashable {
    case constant(Double)
    case variable(Int)
    /// How many elements a sample has.
    case size
    case unary(Unary, Term)
    case binary(Binary, Term, Term)
    /// The second where the first is true, else the third.
    case select(Term, Term, Term)
    case reduce(Reduction, Term)

    /// The terms it is made of.
    public var operands: [Term] {
      switch self {
      case .constant, .variable, .size: []
      case .unary(_, let a), .reduce(_, let a): [a]
      case .binary(_, let a, let b): [a, b]
      case .select(let a, let b, let c): [a, b, c]
      }
    }
  }

  /// More terms than this are refused: no formula that people write comes near.
  public static let termLimit = 4000

  /// What it speaks of.
  public private(set) var variables: [Variable]
  /// All terms, operands first.
  public private(set) var nodes: [Node] = []
  /// What it gives; several for rules that keep state.
  public var results: [Term] = []
  /// Where terms were written, by numbers only the maker understands.
  public var origins: [Term: Int] = [:]
  private(set) var extents: [Extent] = []
  private var places: [Node: Term] = [:]
  /// How many operations were asked for. Terms share parts, and rules that go into the parts of two
  /// terms would meet the same ones again and again.
  private var effort = 0
  /// Formulas that people write stay far below.
  private static let mostEffort = 250 * termLimit

  /// A formula of some variables, without a result so far. Term `i` is variable `i`.
  public init(_ variables: [Variable]) {
    self.variables = variables
    for index in variables.indices { _ = insert(.variable(index)) }
  }

  /// How many numbers a term has.
  public func extent(_ term: Term) -> Extent { extents[term] }

  /// Adds a variable.
  public mutating func addVariable(_ name: String, _ extent: Extent) -> Term {
    variables.append(Variable(name, extent))
    return insert(.variable(variables.count - 1))
  }

  /// Whether an operation is to be looked at for a simpler form; from some number on they are taken
  /// as they come.
  mutating func isSimplifying() -> Bool {
    effort += 1
    return effort <= Self.mostEffort
  }

  /// The term of a node, if it is there.
  func find(_ node: Node) -> Term? { places[node] }

  /// Puts a node in its place, the one it has already if it is there.
  mutating func insert(_ node: Node) -> Term {
    if let known = places[node] { return known }
    if case .binary(let operation, let a, let b) = node, operation.isCommutative,
      let known = places[.binary(operation, b, a)]
    {
      return known
    }
    let extent: Extent =
      switch node {
      case .constant, .size: .uniform
      case .variable(let index): variables[index].extent
      case .unary(_, let a): extents[a]
      case .binary(_, let a, let b): Swift.max(extents[a], extents[b])
      case .select(let a, let b, let c): Swift.max(extents[a], extents[b], extents[c])
      case .reduce(_, let a): Swift.min(extents[a], .sample)
      }
    nodes.append(node)
    extents.append(extent)
    places[node] = nodes.count - 1
    return nodes.count - 1
  }

  // MARK: Looking

  /// The number of a constant term.
  public func constant(_ term: Term) -> Double? {
    if case .constant(let value) = nodes[term] { value } else { nil }
  }

  /// Whether a term is a truth.
  public func isTruth(_ term: Term) -> Bool {
    switch nodes[term] {
    case .unary(.not, _): true
    case .binary(let operation, _, _): operation.isTruth
    default: false
    }
  }

  /// Which terms the given ones need, themselves included.
  public func needed(for terms: [Term]) -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    for term in terms { isNeeded[term] = true }
    for term in nodes.indices.reversed() where isNeeded[term] {
      for operand in nodes[term].operands { isNeeded[operand] = true }
    }
    return isNeeded
  }

  /// Which terms speak of a variable.
  public func depends(on variable: Int) -> [Bool] {
    var does = [Bool](repeating: false, count: nodes.count)
    for (term, node) in nodes.enumerated() {
      does[term] =
        node == .variable(variable) || node.operands.contains { does[$0] }
    }
    return does
  }

  /// Whether a result needs a whole sample at once.
  public var hasReductions: Bool {
    let isNeeded = needed(for: results)
    return nodes.indices.contains { term in
      guard isNeeded[term] else { return false }
      switch nodes[term] {
      case .reduce, .size: return true
      default: return false
      }
    }
  }

  // MARK: Putting together

  /// Brings terms of another formula in, its variables bound to terms of this one.
  public mutating func bring(
    _ terms: [Term], of other: Formula, binding: [Term], keepsOrigins: Bool = true
  ) -> [Term] {
    let isNeeded = other.needed(for: terms)
    var made = [Term](repeating: 0, count: other.nodes.count)
    for (term, node) in other.nodes.enumerated() where isNeeded[term] {
      made[term] =
        switch node {
        case .constant(let value): number(value)
        case .variable(let index): binding[index]
        case .size: size()
        case .unary(let function, let a): unary(function, made[a])
        case .binary(let operation, let a, let b): binary(operation, made[a], made[b])
        case .select(let a, let b, let c): select(made[a], made[b], made[c])
        case .reduce(let reduction, let a): reduce(reduction, made[a])
        }
      if keepsOrigins, let origin = other.origins[term], origins[made[term]] == nil {
        origins[made[term]] = origin
      }
    }
    return terms.map { made[$0] }
  }

  /// The same formula with a variable that is as long as the sample: its derivative is then one
  /// number for each element.
  public func spreading(_ variable: Int) -> Formula {
    guard !hasReductions, variables[variable].extent < .element else { return self }
    var variables = variables
    variables[variable].extent = .element
    var formula = Formula(variables)
    formula.results = formula.bring(results, of: self, binding: Array(variables.indices))
    return formula
  }

  /// The same formula without terms its results do not need.
  public func compacted() -> Formula {
    setting([:])
  }

  /// The same formula with some variables given: they stay in the list and are spoken of no more.
  public func setting(_ values: [Int: Double]) -> Formula {
    var formula = Formula(variables)
    let binding = variables.indices.map { index in
      values[index].map { formula.number($0) } ?? index
    }
    formula.results = formula.bring(results, of: self, binding: binding)
    return formula
  }
}
