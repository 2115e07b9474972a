extension Formula {
  /// The first result as a function of the first variable, one number at a time: functions put
  /// together once, which is faster than walking the terms at each call. The others are settings.
  ///
  /// - Returns: `nil` for a formula that looks at whole samples, and for one whose terms are many
  ///   or share so much that working them out one by one, each once, is faster.
  public func scalarFunction(settings: [Double] = []) -> (@Sendable (Double) -> Double)? {
    guard !hasReductions, let result = results.first,
      writtenSizes[result] <= max(16, 2 * nodes.count), nodes.count <= 500
    else { return nil }
    return scalar(result, settings)
  }

  /// For each term how many it is made of where shared ones are counted wherever they stand.
  private var writtenSizes: [Int] {
    var sizes: [Int] = []
    for node in nodes {
      sizes.append(min(1 << 40, node.operands.reduce(1) { $0 + sizes[$1] }))
    }
    return sizes
  }

  private func scalar(_ term: Term, _ settings: [Double]) -> @Sendable (Double) -> Double {
    /// A term that is a number, which saves a call.
    func number(_ term: Term) -> Double? {
      switch nodes[term] {
      case .constant(let value): value
      case .variable(let index) where index > 0:
        index <= settings.count ? settings[index - 1] : 0
      default: nil
      }
    }
    if let value = number(term) { return { _ in value } }
    func isX(_ term: Term) -> Bool { nodes[term] == .variable(0) }
    func function(_ term: Term) -> @Sendable (Double) -> Double { scalar(term, settings) }
    switch nodes[term] {
    case .constant, .variable, .size, .reduce: return { $0 }
    case .unary(let operation, let a):
      if isX(a) { return { operation.value($0) } }
      let x = function(a)
      return { operation.value(x($0)) }
    case .binary(let operation, let a, let b):
      switch (number(a), number(b)) {
      case (let left?, _) where isX(b): return { operation.value(left, $0) }
      case (_, let right?) where isX(a): return { operation.value($0, right) }
      case (let left?, _):
        let y = function(b)
        return { operation.value(left, y($0)) }
      case (_, let right?):
        let x = function(a)
        return { operation.value(x($0), right) }
      default:
        let (x, y) = (function(a), function(b))
        return { operation.value(x($0), y($0)) }
      }
    case .select(let condition, let a, let b):
      let (c, x, y) = (function(condition), function(a), function(b))
      return { c($0) != 0 ? x($0) : y($0) }
    }
  }
}
