import NNEngine

/// Writes a formula as a definition in the language, which reads back as the same formula.
///
/// A part that is used more than once and is worth it gets a name of its own first.
struct FormulaText {
  private let formula: Formula
  private let parameters: [ReadEquation.Parameter]
  private let states: [ReadEquation.State]
  private let name: String
  /// The names of shared parts.
  private var names: [Formula.Term: String] = [:]
  /// Terms with at least so many operations get a name where they are used again.
  private static let leastShared = 3
  /// The same for truths, which read better where they are used.
  private static let leastSharedTruth = 50
  /// So many operations within each other are one line; what is deeper gets names on the way.
  private static let deepest = 40
  private static let nowhere = SourceRange(source: 0, start: 0, end: 0)

  init(_ equation: ReadEquation) {
    formula = equation.formula
    parameters = equation.parameters
    states = equation.states
    name = equation.name
  }

  /// `def swish(x) = x * sigmoid(x)`, or a block where parts have names.
  var definition: String {
    var copy = self
    return copy.write()
  }

  /// The right side alone, for a formula of few parts, some of which have names.
  static func expression(
    _ formula: Formula, _ term: Formula.Term, naming names: [Formula.Term: String] = [:]
  ) -> String {
    var text = FormulaText(ReadEquation(name: "", parameters: [], formula: formula))
    text.names = names
    return Printer.print(text.expression(term))
  }

  private mutating func write() -> String {
    let list = parameters.map { parameter in
      parameter.name + (parameter.defaultValue.map { "=\(Printer.number($0))" } ?? "")
    }
    let head = "def \(name)(\(list.joined(separator: ", ")))"
    let shared = sharedTerms
    guard !shared.isEmpty || !states.isEmpty else {
      return "\(head) = \(text(formula.results[0]))"
    }
    var lines: [String] = []
    if !states.isEmpty {
      lines.append(
        "state " + states.map { "\($0.name)=\(Printer.number($0.start))" }.joined(separator: " "))
    }
    var taken = Set(formula.variables.map(\.name))
    for term in shared {
      let name = freshName(&taken)
      lines.append("let \(name) = \(text(term))")
      names[term] = name
    }
    // State changes last, all at once: nothing below reads the old one.
    if !states.isEmpty {
      var news: [String] = []
      for index in states.indices {
        let name = freshName(&taken)
        lines.append("let \(name) = \(text(formula.results[index + 1]))")
        news.append(name)
        names[formula.results[index + 1]] = name
      }
      let value = freshName(&taken)
      lines.append("let \(value) = \(text(formula.results[0]))")
      for (state, name) in zip(states, news) { lines.append("\(state.name) = \(name)") }
      lines.append("return \(value)")
    } else {
      lines.append("return \(text(formula.results[0]))")
    }
    return "\(head) {\n" + lines.map { "  \($0)\n" }.joined() + "}"
  }

  /// Letters in order, those of parameters left out.
  private func freshName(_ taken: inout Set<String>) -> String {
    var number = 0
    while true {
      let letter = String(UnicodeScalar(UInt8(97 + number % 26)))
      let name = number < 26 ? letter : letter + String(number / 26)
      if taken.insert(name).inserted { return name }
      number += 1
    }
  }

  /// Terms that several others use and that are more than a few operations.
  private var sharedTerms: [Formula.Term] {
    let isNeeded = formula.needed(for: formula.results)
    var uses: [Formula.Term: Int] = [:]
    // Far more than anyone writes is still counted, not walked.
    var size: [Int] = []
    for (term, node) in formula.nodes.enumerated() {
      if isNeeded[term] { for operand in node.operands { uses[operand, default: 0] += 1 } }
      let own = node.operands.isEmpty ? 0 : 1
      size.append(min(1000, node.operands.reduce(own) { $0 + size[$1] }))
    }
    var depth: [Int] = []
    return formula.nodes.indices.filter { term in
      depth.append(formula.nodes[term].operands.reduce(0) { max($0, depth[$1] + 1) })
      let least = formula.isTruth(term) ? Self.leastSharedTruth : Self.leastShared
      let isShared = uses[term, default: 0] > 1 && size[term] >= least
      guard isNeeded[term], isShared || depth[term] >= Self.deepest else { return false }
      depth[term] = 0
      return true
    }
  }

  private func text(_ term: Formula.Term) -> String {
    Printer.print(expression(term, isOwn: true))
  }

  // MARK: Terms as syntax

  private func expression(_ term: Formula.Term, isOwn: Bool = false) -> Expression {
    if !isOwn, let name = names[term] { return make(.name(name)) }
    switch formula.nodes[term] {
    case .constant(let value):
      return value < 0 ? make(.negate(make(.number(-value)))) : make(.number(value))
    case .variable(let index): return make(.name(formula.variables[index].name))
    case .size:
      let vector = formula.variables.first { $0.extent == .element }?.name ?? "x"
      return call("size", [make(.name(vector))])
    case .unary(.negate, let a): return make(.negate(expression(a)))
    case .unary(.not, let a): return make(.not(expression(a)))
    case .unary(let function, let a): return call(function.rawValue, [expression(a)])
    case .binary(let operation, let a, let b): return binary(operation, a, b)
    case .select(let condition, let a, let b):
      return make(
        .conditional(
          condition: expression(condition), then: expression(a), otherwise: expression(b)))
    case .reduce(let reduction, let a):
      return call(reduction == .offset ? "max" : reduction.rawValue, [expression(a)])
    }
  }

  private func binary(
    _ operation: Formula.Binary, _ a: Formula.Term, _ b: Formula.Term
  ) -> Expression {
    let (left, right) = (expression(a), expression(b))
    // `x > 0` reads better than `0 < x`.
    let flips = formula.constant(a) != nil
    func compare(_ own: ComparisonOperator, _ flipped: ComparisonOperator) -> Expression {
      flips
        ? make(.comparison(right, [ComparisonStep(flipped, left)]))
        : make(.comparison(left, [ComparisonStep(own, right)]))
    }
    switch operation {
    case .add: return chain(.add, left, right)
    case .subtract: return make(.binary(.subtract, left, right))
    case .multiply: return chain(.multiply, left, right)
    case .divide: return make(.binary(.divide, left, right))
    case .power: return make(.binary(.power, left, right))
    case .least, .greatest: return call(operation.rawValue, [left, right])
    case .less: return compare(.less, .greater)
    case .lessOrEqual: return compare(.lessOrEqual, .greaterOrEqual)
    case .equal: return compare(.equal, .equal)
    case .notEqual: return compare(.notEqual, .notEqual)
    case .and: return make(.logical(isAnd: true, left, right))
    case .or: return make(.logical(isAnd: false, left, right))
    }
  }

  /// `a * (b * c)` without its parentheses: they tell nothing.
  private func chain(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression
  ) -> Expression {
    guard case .binary(operation, let first, let rest) = right.form else {
      return make(.binary(operation, left, right))
    }
    return make(.binary(operation, chain(operation, left, first), rest))
  }

  private func call(_ name: String, _ arguments: [Expression]) -> Expression {
    make(.call(make(.name(name)), arguments.map { Argument(name: nil, value: $0) }))
  }

  private func make(_ form: Expression.Form) -> Expression { Expression(form, Self.nowhere) }
}
