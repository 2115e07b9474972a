import NNEngine

/// Tells where a derivative is not compared with differences: `the kink at x = 0`.
enum KinkText {
  /// What is left out along a variable; empty for a smooth function.
  static func text(of formula: Formula, by variable: Int) -> String {
    let parts = formula.kinks(by: variable).map { kink -> (word: String, place: String) in
      let word = kink.isJump ? "jump" : "kink"
      guard kink.places.isEmpty else {
        let name = formula.variables[variable].name
        let places = kink.places.prefix(4).map { "\(name) = \(Formatting.number($0))" }
        let rest = kink.places.count > 4 ? " …" : ""
        return (word + (places.count > 1 ? "s" : ""), "at " + places.joined(separator: ", ") + rest)
      }
      let a = FormulaText.expression(formula, kink.a)
      let b = kink.b.map { FormulaText.expression(formula, $0) } ?? "0"
      // `1 = x` reads backwards.
      let isBackwards = formula.constant(kink.a) != nil
      return (word, "where \(isBackwards ? "\(b) = \(a)" : "\(a) = \(b)")")
    }
    return parts.map { "the \($0.word) \($0.place)" }.joined(separator: ", ")
  }
}
