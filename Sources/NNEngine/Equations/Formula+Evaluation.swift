// Formulas in 64 bits, one sample at a time: the yardstick for derivatives and compiled code, and
// what tells where a value was lost.

extension Formula {
  /// A place where a formula left its domain.
  public struct Fault: Error, Sendable, Equatable {
    /// The term whose value is no finite number.
    public var term: Term
    /// Where that was written, in its maker's numbers; `nil` where nobody wrote it.
    public var origin: Int?
    /// What was worked out, in the language's own notation: `log(0)`.
    public var text: String
    /// Whether the result is only too large, from operands that are fine.
    public var isOverflow: Bool
  }

  /// The values of all terms for one sample: one number, or one an element.
  ///
  /// - Parameter values: one list a variable: a single number, or `width` of them. Variables that
  ///   have been set stand last and may be left out.
  public func evaluate(_ values: [[Double]], width: Int) -> [[Double]] {
    ExactProgram(self).values(values, width: width)
  }

  /// The first place where the results leave the formula's domain, for values of all terms.
  ///
  /// - Parameter limit: what is greater does not count as a number.
  public func fault(
    in values: [[Double]], width: Int, limit: Double = .greatestFiniteMagnitude
  ) -> Fault? {
    func isLost(_ value: Double) -> Bool { !(value.magnitude <= limit) }
    // What the untaken side of a choice gives does not count: go from the results backwards.
    var counts = [[Bool]](repeating: [], count: nodes.count)
    func mark(_ term: Term, _ part: [Bool]) {
      let wanted = values[term].count == 1 ? [part.contains(true)] : part
      let spread = wanted.count == values[term].count ? wanted : values[term].map { _ in wanted[0] }
      counts[term] =
        counts[term].isEmpty ? spread : zip(counts[term], spread).map { $0 || $1 }
    }
    for result in results { mark(result, values[result].map { _ in true }) }
    for term in nodes.indices.reversed() where counts[term].contains(true) {
      let own = counts[term]
      func full(_ count: Int) -> [Bool] {
        own.count == count ? own : [Bool](repeating: own[0], count: count)
      }
      switch nodes[term] {
      case .select(let condition, let a, let b):
        let size = [condition, a, b].map { values[$0].count }.max() ?? 1
        let chosen = (0..<size).map {
          values[condition][values[condition].count == 1 ? 0 : $0] != 0
        }
        mark(condition, full(size))
        mark(a, zip(full(size), chosen).map { $0 && $1 })
        mark(b, zip(full(size), chosen).map { $0 && !$1 })
      case .reduce(_, let a): mark(a, values[a].map { _ in true })
      case let node:
        for operand in node.operands {
          // An operand of one number counts if any element does; of many, each for itself.
          mark(operand, values[operand].count == own.count ? own : full(values[operand].count))
        }
      }
    }
    for (term, node) in nodes.enumerated() where counts[term].contains(true) {
      for (index, value) in values[term].enumerated() where counts[term][index] && isLost(value) {
        let operands = node.operands.map { operand in
          values[operand][values[operand].count == 1 ? 0 : index]
        }
        // The first term to go wrong, not those that inherit it.
        guard isReduction(node) || !operands.contains(where: isLost) else { continue }
        if isReduction(node), values[node.operands[0]].contains(where: isLost) { continue }
        if case .variable = node { continue }
        return Fault(
          term: term, origin: origin(of: term), text: written(node, operands),
          isOverflow: !value.isNaN && !isSingular(node, operands))
      }
    }
    return nil
  }

  /// Where a term was written, or else one that uses it.
  private func origin(of term: Term) -> Int? {
    if let origin = origins[term] { return origin }
    return nodes.indices.first {
      $0 > term && nodes[$0].operands.contains(term) && origins[$0] != nil
    }
    .flatMap { origins[$0] }
  }

  private func isReduction(_ node: Node) -> Bool { if case .reduce = node { true } else { false } }

  private func isSingular(_ node: Node, _ x: [Double]) -> Bool {
    switch node {
    case .unary(.log, _): x[0] <= 0
    case .binary(.divide, _, _): x[1] == 0
    case .binary(.power, _, _): x[0] == 0
    default: false
    }
  }

  private func written(_ node: Node, _ x: [Double]) -> String {
    func short(_ value: Double) -> String {
      if value == value.rounded(), value.magnitude < 1e15 { return String(Int(value)) }
      // Seven digits tell enough, and those of 32-bit numbers are no more.
      return "\(Float(value))"
    }
    switch node {
    case .unary(let function, _): return "\(function.rawValue)(\(short(x[0])))"
    case .binary(let operation, _, _):
      switch operation {
      case .least, .greatest: return "\(operation.rawValue)(\(short(x[0])), \(short(x[1])))"
      case .power: return "\(short(x[0]))^\(short(x[1]))"
      default: return "\(short(x[0])) \(operation.rawValue) \(short(x[1]))"
      }
    case .reduce(let reduction, _): return reduction.rawValue
    default: return ""
    }
  }
}
