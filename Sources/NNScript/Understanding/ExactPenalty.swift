import NNEngine

/// What the weights themselves add to the loss, in 64 bits.
struct ExactPenalty {
  /// For one weight: `0.01·w^2`.
  let text: String
  /// The same as LaTeX.
  let latex: String
  let value: (Double) -> Double
  let slope: (Double) -> Double
  /// The derivative with a weight put in.
  let slopeText: (Double) -> String

  /// `nil` for a penalty of a host's own.
  init?(_ penalty: any Penalty) {
    switch penalty {
    case let penalty as L1Penalty:
      let factor = penalty.factor
      let shown = Spelling.long(factor)
      text = "\(shown)·|w|"
      latex = "\(shown) |w|"
      value = { factor * abs($0) }
      slope = { $0 == 0 ? 0 : $0 < 0 ? -factor : factor }
      slopeText = { "\(shown)·sign(\(Spelling.long($0)))" }
    case let penalty as L2Penalty:
      let factor = penalty.factor
      let shown = Spelling.long(factor)
      text = "\(shown)·w^2"
      latex = "\(shown) w^2"
      value = { factor * $0 * $0 }
      slope = { 2 * factor * $0 }
      slopeText = { "2·\(shown)·\(Spelling.factor($0))" }
    case let penalty as EquationPenalty:
      var formula = penalty.equation.formula
      let result = formula.results[0]
      guard
        let derivative = try? formula.derivatives(of: result, by: [0], seed: formula.number(1))[0]
      else { return nil }
      let (whole, name) = (formula, penalty.equation.name)
      text = "\(name)(w)"
      latex = "\\mathrm{\(name)}(w)"
      value = { whole.evaluate([[$0]], width: 1)[result][0] }
      slope = { whole.evaluate([[$0]], width: 1)[derivative][0] }
      slopeText = { "\(name)'(\(Spelling.long($0)))" }
    default: return nil
    }
  }
}
