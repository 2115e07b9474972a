import Glibc

/// What the operations between two layers compute, told as layers: activations of the catalog,
/// normalisations, or a function of one's own.
///
/// Exporters write `gelu` or a layer normalisation as a dozen of additions, products and roots, each
/// in its own way, so such a formula is known by its values: in 64 bits, at some hundred numbers and
/// at every constant it holds, to six places.
struct FunctionPieces {
  /// A piece.
  enum Piece {
    case function(ImportedNetwork.Function)
    /// `weights · x + bias`, feature by feature.
    case scale(weights: [Double], bias: [Double])
    case layerNormalization(epsilon: Double, weights: [Double], bias: [Double])
  }

  private let formula: Formula
  /// Numbers for the variables behind the first.
  private let vectors: [[Double]]
  private let width: Int

  /// The pieces of a term, from the first to the last; `nil` where it is no function of one variable
  /// that layers have.
  static func pieces(
    of term: Formula.Term, in formula: Formula, _ vectors: [[Double]], width: Int
  ) -> [Piece]? {
    var formula = formula
    formula.results = [term]
    return FunctionPieces(formula: formula.compacted(), vectors: vectors, width: width).pieces()
  }

  /// The cheapest way from the variable to the result: a piece costs 1, one that needs a formula of
  /// its own somewhat more.
  private func pieces() -> [Piece]? {
    let stations = stations()
    guard stations.first == 0 else { return nil }
    var best: [(cost: Double, pieces: [Piece])?] = [(0, [])]
    for end in 1..<max(1, stations.count) {
      var found: (cost: Double, pieces: [Piece])?
      for start in 0..<end {
        guard let before = best[start],
          let (piece, cost) = piece(from: stations[start], to: stations[end])
        else { continue }
        if found.map({ before.cost + cost < $0.cost }) ?? true {
          found = (before.cost + cost, before.pieces + [piece])
        }
      }
      best.append(found)
    }
    return best.last??.pieces
  }

  /// The terms that all ways from the variable to the result go through.
  private func stations() -> [Formula.Term] {
    let isNeeded = formula.needed(for: formula.results)
    let depends = formula.depends(on: 0)
    guard let result = formula.results.first, depends[result] else { return [] }
    // For each term the nearest one that all ways to it go through.
    var before = [Formula.Term](repeating: -1, count: formula.nodes.count)
    for term in formula.nodes.indices where term > 0 && isNeeded[term] && depends[term] {
      var common: Formula.Term?
      for operand in formula.nodes[term].operands where depends[operand] {
        guard var other = common else {
          common = operand
          continue
        }
        // The nearest term that both ways go through.
        var own = operand
        while own != other { if own > other { own = before[own] } else { other = before[other] } }
        common = own
      }
      before[term] = common ?? 0
    }
    var stations = [result]
    while let first = stations.first, first != 0 { stations.insert(before[first], at: 0) }
    return stations
  }

  /// What lies between two stations, and what it costs.
  private func piece(from start: Formula.Term, to end: Formula.Term) -> (Piece, Double)? {
    var part = Formula([Formula.Variable("x", .element)])
    var made: [Formula.Term: Formula.Term] = [start: 0]
    var used: [[Double]] = []
    let isNeeded = formula.needed(for: [end])
    for (term, node) in formula.nodes.enumerated() where isNeeded[term] && made[term] == nil {
      let operands = node.operands.compactMap { made[$0] }
      guard operands.count == node.operands.count else { continue }
      switch node {
      case .constant(let value): made[term] = part.number(value)
      case .variable(let index):
        guard index > 0 else { continue }
        made[term] = part.addVariable("c\(index)", .element)
        used.append(vectors[index - 1])
      case .size: made[term] = part.size()
      case .unary(let function, _): made[term] = part.unary(function, operands[0])
      case .binary(let operation, _, _):
        made[term] = part.binary(operation, operands[0], operands[1])
      case .select: made[term] = part.select(operands[0], operands[1], operands[2])
      case .reduce(let reduction, _): made[term] = part.reduce(reduction, operands[0])
      }
    }
    guard let result = made[end], part.extent(result) == .element, !part.isTruth(result) else {
      return nil
    }
    part.results = [result]
    part = part.compacted()
    let depends = part.needed(for: part.results)
    let hasVectors = part.nodes.indices.contains {
      if case .variable(let index) = part.nodes[$0] { index > 0 && depends[$0] } else { false }
    }
    if hasVectors || part.hasReductions {
      if !part.hasReductions, let scale = scale(part, used) { return (scale, 1) }
      if let norm = normalization(part, used) { return (norm, 1) }
      if hasVectors { return nil }
    } else if let word = word(for: part) {
      return (.function(word), 1)
    }
    return (.function(.formula(part.alone())), 1.5)
  }

  // MARK: Known by their values

  private static func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { $0.isFinite && abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  private func value(_ part: Formula, _ x: [Double], _ used: [[Double]] = []) -> [Double] {
    let result = part.evaluate([x] + used, width: x.count)[part.results[0]]
    return result.count == 1 ? x.map { _ in result[0] } : result
  }

  /// An activation of the catalog that has its values.
  private func word(for part: Formula) -> ImportedNetwork.Function? {
    var points = stride(from: -12, through: 12, by: 0.125).map { $0 }
    points += [-100, -50, -30, -20.5, 20.5, 30, 50, 100]
    for case .constant(let number) in part.nodes where number.magnitude < 1e4 {
      points += [number, -number, number + 0.01, number - 0.01, 0.01 - number, -0.01 - number]
    }
    let found = value(part, points)
    func has(_ activation: any Activation) -> Bool {
      let own = activation.formula
      guard !own.hasReductions else { return false }
      return Self.isClose(found, value(own, points), 2e-6)
    }
    let below = value(part, [-1, -80])
    var candidates = Catalog.standard.activations.compactMap { try? $0.makeWithDefaults() }
    let (slope, alpha) = (Float(-below[0]).shortest, Float(-below[1]).shortest)
    if (0...1).contains(slope) { candidates.append(LeakyReLU(slope: slope)) }
    if alpha > 0, alpha <= 100 { candidates.append(ELU(alpha: alpha)) }
    guard let activation = candidates.first(where: { has($0) }), !activation.isIdentity else {
      return nil
    }
    let usual = Catalog.standard.activations.compactMap { try? $0.makeWithDefaults() }
      .first { $0.name == activation.name }?.settings
    return .word(activation.name, activation.settings.filter { usual?[$0.key] != $0.value })
  }

  /// A line for each feature.
  private func scale(_ part: Formula, _ used: [[Double]]) -> Piece? {
    func at(_ x: Double) -> [Double] {
      value(part, [Double](repeating: x, count: width), used)
    }
    let bias = at(0)
    let weights = zip(at(1), bias).map { $0 - $1 }
    for x in [-3.7, 0.01, 10, 1000] {
      guard Self.isClose(at(x), zip(weights, bias).map { $0 * x + $1 }, 1e-6) else { return nil }
    }
    return .scale(weights: weights, bias: bias)
  }

  /// A normalisation by each row's own mean and deviation.
  private func normalization(_ part: Formula, _ used: [[Double]]) -> Piece? {
    guard width > 1 else { return nil }
    // Equal numbers have no deviation: what is left is the bias.
    let bias = value(part, [Double](repeating: 0.5, count: width), used)
    let rows: [[Double]] = [1, 0.003, 40].map { (size: Double) -> [Double] in
      (0..<width).map { (place: Int) -> Double in
        size * (sin(1.3 * Double(place * place + place) + size) + 0.3)
      }
    }
    var constants: [Double] = []
    for case .constant(let number) in part.nodes where number > 0 && number < 0.1 {
      constants.append(number)
    }
    for epsilon in constants + [0] {
      func normal(_ x: [Double]) -> [Double] {
        let mean = x.reduce(0, +) / Double(width)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        return x.map { ($0 - mean) / (variance + epsilon).squareRoot() }
      }
      let weights = zip(zip(value(part, rows[0], used), bias), normal(rows[0])).map {
        ($0.0 - $0.1) / $1
      }
      let isNorm = rows.allSatisfy { row in
        let expected = zip(zip(normal(row), weights), bias).map { $0.0 * $0.1 + $1 }
        return Self.isClose(value(part, row, used), expected, 1e-6)
      }
      if isNorm, epsilon > 0 {
        return .layerNormalization(epsilon: epsilon, weights: weights, bias: bias)
      }
    }
    return nil
  }
}

extension Formula {
  /// The same formula of its first variable alone, which is all it speaks of.
  fileprivate func alone() -> Formula {
    var formula = Formula([Variable("x", .element)])
    let binding = variables.map { _ in 0 }
    formula.results = formula.bring(results, of: self, binding: binding)
    return formula
  }
}
