import NNEngine

/// Functions of the vocabulary that formulas have terms for.
enum Intrinsic {
  /// Makes the term; `nil` where the arguments ask for something formulas have not.
  typealias Maker = @Sendable (inout Formula, [Formula.Term]) -> Formula.Term?

  static func named(_ name: String) -> Maker? {
    if let function = plain[name] {
      return { formula, x in x.count == 1 ? formula.unary(function, x[0]) : nil }
    }
    return others[name]
  }

  /// All of them, for messages.
  static var names: [String] { (Array(plain.keys) + Array(others.keys)).sorted() }

  static func isChance(_ name: String) -> Bool { ["random", "normal", "shuffle"].contains(name) }

  /// Functions of one number whose word is that of the term.
  private static let plain: [String: Formula.Unary] = Dictionary(
    uniqueKeysWithValues: Formula.Unary.allCases.filter { $0 != .negate && $0 != .not }
      .map { ($0.rawValue, $0) })

  private static let others: [String: Maker] = [
    "max": { extreme(&$0, $1, .greatest, .max) },
    "min": { extreme(&$0, $1, .least, .min) },
    "sum": { reduce(&$0, $1, .sum) },
    "mean": { reduce(&$0, $1, .mean) },
    "var": { variance(&$0, $1) },
    "std": { formula, x in variance(&formula, x).map { formula.unary(.sqrt, $0) } },
    "len": { formula, x in x.count == 1 ? formula.size() : nil },
    "size": { formula, x in x.count == 1 ? formula.size() : nil },
    "pow": { formula, x in x.count == 2 ? formula.binary(.power, x[0], x[1]) : nil },
    "log2": { formula, x in logarithm(&formula, x, base: 2) },
    "log10": { formula, x in logarithm(&formula, x, base: 10) },
    "clip": { formula, x in
      x.count == 3 ? formula.binary(.least, x[2], formula.binary(.greatest, x[1], x[0])) : nil
    },
  ]

  private static func reduce(
    _ formula: inout Formula, _ x: [Formula.Term], _ reduction: Formula.Reduction
  ) -> Formula.Term? {
    guard x.count == 1 else { return nil }
    // Truths count as 1.
    let term =
      formula.isTruth(x[0]) ? formula.select(x[0], formula.number(1), formula.number(0)) : x[0]
    return formula.reduce(reduction, term)
  }

  private static func extreme(
    _ formula: inout Formula, _ x: [Formula.Term], _ operation: Formula.Binary,
    _ reduction: Formula.Reduction
  ) -> Formula.Term? {
    guard let first = x.first else { return nil }
    if x.count == 1 { return formula.reduce(reduction, first) }
    return x.dropFirst().reduce(first) { formula.binary(operation, $0, $1) }
  }

  private static func variance(_ formula: inout Formula, _ x: [Formula.Term]) -> Formula.Term? {
    guard x.count == 1 else { return nil }
    let distance = formula.binary(.subtract, x[0], formula.reduce(.mean, x[0]))
    return formula.reduce(.mean, formula.binary(.power, distance, formula.number(2)))
  }

  private static func logarithm(
    _ formula: inout Formula, _ x: [Formula.Term], base: Double
  ) -> Formula.Term? {
    guard x.count == 1 else { return nil }
    let scale = formula.unary(.log, formula.number(base))
    return formula.binary(.divide, formula.unary(.log, x[0]), scale)
  }
}
