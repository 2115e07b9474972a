import NNEngine

/// How a layer without its activation is told: its formula, and numbers with what they are made of.
/// The numbers themselves are those of its operations.
enum LayerSpelling {
  /// `z = x @ W + b`.
  case dense(units: Int, weights: Network.ParameterSlot, bias: Network.ParameterSlot?)
  /// `z = (x - mean) / sqrt(variance + eps) * w + b`.
  case normalization(NormalizationSpelling)
  /// What a place of a picture is made of.
  case window(WindowSpelling)
  /// Where a block's way and the way around it meet.
  case sum
  /// Where branches meet.
  case concatenation
  /// What members of an ensemble answer together.
  case mean
  /// Waves of each number beside it.
  case waves
  /// A layer that gives on what it gets, perhaps in another shape.
  case passing
  /// A layer told by its word alone.
  case word(String)

  /// The values that layers name and that are read here.
  static let namesRead = ["mean", "variance", "normal"]

  /// A formula as text and as LaTeX.
  struct Equality {
    var text: String
    var latex: String
  }

  init(_ node: Network.Node) {
    func slot(_ role: ParameterDeclaration.Role) -> Network.ParameterSlot? {
      node.parameters.first { $0.role == role }
    }
    self = .word(node.layer.kind)
    switch node.layer {
    case is Dense:
      guard let weights = slot(.weights) else { break }
      self = .dense(units: node.outputShape.count, weights: weights, bias: slot(.bias))
    case is LayerNormalization, is BatchNormalization:
      guard let spelling = NormalizationSpelling(node) else { break }
      self = .normalization(spelling)
    case is Sum: self = .sum
    case is Concatenation: self = .concatenation
    case is Ensemble: self = .mean
    case is Periodic: self = .waves
    case is ActivationLayer, is Flatten, is Reshape, is Dropout: self = .passing
    default:
      guard let spelling = WindowSpelling(node) else { break }
      self = .window(spelling)
    }
  }

  /// What it computes: `z = x @ W + b`.
  var formula: Equality {
    switch self {
    case .dense(_, _, nil): Equality(text: "z = x @ W", latex: "z = xW")
    case .dense: Equality(text: "z = x @ W + b", latex: "z = xW + b")
    case .normalization: NormalizationSpelling.formula
    case .window(let spelling): spelling.formula
    case .sum: Equality(text: "z = the sum of its inputs", latex: "z = \\sum_k x_k")
    case .concatenation:
      Equality(text: "z = its inputs side by side", latex: "z = (x_1, x_2, \\dots)")
    case .mean:
      Equality(text: "z = the mean of its inputs", latex: "z = \\frac{1}{n} \\sum_k x_k")
    case .waves:
      Equality(
        text: "z = (x, cos(f·x + p) @ w + b)", latex: "z = (x, \\cos(f x + p) w + b)")
    case .passing: Equality(text: "z = x", latex: "z = x")
    case .word(let word): Equality(text: "z = \(word)(x)", latex: "")
    }
  }

  /// The gradients by its parameters, if it has any: `dweights = x·dz`.
  var gradientFormula: Equality? {
    switch self {
    case .dense(_, _, let bias):
      Equality(
        text: bias == nil ? "dweights = x·dz" : "dweights = x·dz, dbias = dz",
        latex: "\\frac{\\partial L}{\\partial W} = x^\\top \\delta"
          + (bias == nil ? "" : ", \\quad \\frac{\\partial L}{\\partial b} = \\delta"))
    case .normalization: NormalizationSpelling.gradientFormula
    case .window(let spelling): spelling.gradientFormula
    case .sum, .concatenation, .mean, .waves, .passing, .word: nil
    }
  }

  /// One number of `z` of one sample with its numbers put in; `nil` where it is that of the input.
  func terms(_ unit: Int, _ seen: Trace.Node, _ values: [Double]) -> String? {
    switch self {
    case .dense(let units, let weights, let bias):
      let column = seen.x[0].indices.map { values[weights.range.lowerBound + $0 * units + unit] }
      return Spelling.products(
        seen.x[0], column, plus: bias.map { values[$0.range.lowerBound + unit] })
    case .normalization(let spelling): return spelling.terms(unit, seen, values)
    case .window(let spelling): return spelling.terms(unit, seen, values)
    case .sum: return seen.x.map { Spelling.factor($0[unit]) }.joined(separator: " + ")
    case .mean:
      return "(" + seen.x.map { Spelling.factor($0[unit]) }.joined(separator: " + ")
        + ") / \(seen.x.count)"
    case .concatenation, .waves, .passing, .word: return nil
    }
  }

  /// Lines that come before that, for what is too long for one.
  func parts(_ unit: Int, _ seen: Trace.Node, _ values: [Double]) -> [String] {
    if case .window(let spelling) = self { spelling.rows(unit, seen, values) } else { [] }
  }

  /// The gradient by one number of an input, with its numbers put in; `nil` where that says no
  /// more than its value.
  func terms(back unit: Int, _ seen: Trace.Node, _ values: [Double]) -> String? {
    switch self {
    case .dense(let units, let weights, _):
      let start = weights.range.lowerBound + unit * units
      return Spelling.products(seen.dz, Array(values[start..<start + units]))
    case .normalization(let spelling): return spelling.terms(back: unit, seen, values)
    case .window(let spelling): return spelling.terms(back: unit, seen, values)
    case .sum, .concatenation, .mean, .waves, .passing, .word: return nil
    }
  }

  /// The gradient by one parameter's number, that of a row and a unit, with its numbers put in.
  func terms(
    _ role: ParameterDeclaration.Role, row: Int, _ unit: Int, _ seen: Trace.Node
  ) -> String? {
    switch self {
    case .dense:
      role == .bias
        ? "dz[\(unit)]" : "\(Spelling.factor(seen.x[0][row]))·\(Spelling.factor(seen.dz[unit]))"
    case .normalization(let spelling): spelling.terms(role, unit, seen)
    case .window(let spelling): spelling.terms(role, row: row, unit, seen)
    case .sum, .concatenation, .mean, .waves, .passing, .word: nil
    }
  }
}
