import NNEngine

/// How a penalty of the weights is told: its formula, and what that is for a weight.
struct ExactPenalty {
  /// For one weight: `0.01·w^2`.
  let text: String
  /// The same as LaTeX.
  let latex: String
  /// The derivative with a weight put in.
  let slopeText: (Double) -> String

  /// `nil` for a penalty of a host's own without a formula.
  init?(_ penalty: any Penalty) {
    guard penalty.formula != nil else { return nil }
    switch penalty {
    case let penalty as L1Penalty:
      let shown = Spelling.long(penalty.factor)
      text = "\(shown)·|w|"
      latex = "\(shown) |w|"
      slopeText = { "\(shown)·sign(\(Spelling.long($0)))" }
    case let penalty as L2Penalty:
      let shown = Spelling.long(penalty.factor)
      text = "\(shown)·w^2"
      latex = "\(shown) w^2"
      slopeText = { "2·\(shown)·\(Spelling.factor($0))" }
    default:
      let name = (penalty as? any Defined)?.equation.name ?? "penalty"
      text = "\(name)(w)"
      latex = "\\mathrm{\(name)}(w)"
      slopeText = { "\(name)'(\(Spelling.long($0)))" }
    }
  }
}
