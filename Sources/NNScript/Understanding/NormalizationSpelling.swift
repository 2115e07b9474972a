import NNEngine

/// How a normalising layer is told: `z = (x - mean) / sqrt(variance + eps) · w + b`, by each
/// vector's own mean and variance, or by running ones that are constants.
struct NormalizationSpelling {
  private let isOfVector: Bool
  private let epsilon: Double
  private let width: Int
  private let gain: Network.ParameterSlot
  private let bias: Network.ParameterSlot?

  /// `nil` for a node of another kind.
  init?(_ node: Network.Node) {
    guard let gain = node.parameters.first(where: { $0.role == .gain }) else { return nil }
    self.gain = gain
    bias = node.parameters.first { $0.role == .bias }
    width = node.inputShape.sizes.last ?? 1
    switch node.layer {
    case let layer as LayerNormalization: (isOfVector, epsilon) = (true, layer.epsilon)
    case let layer as BatchNormalization: (isOfVector, epsilon) = (false, layer.epsilon)
    default: return nil
    }
  }

  static let formula = LayerSpelling.Equality(
    text: "z = (x - mean) / sqrt(variance + eps) * w + b",
    latex: "z = \\frac{x - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}} \\cdot w + b")

  static let gradientFormula = LayerSpelling.Equality(
    text: "dweights = dz·(x - mean) / sqrt(variance + eps), dbias = dz",
    latex: "\\frac{\\partial L}{\\partial w} = \\delta \\frac{x - \\mu}{\\sqrt{\\sigma^2 + "
      + "\\epsilon}}, \\quad \\frac{\\partial L}{\\partial b} = \\delta")

  /// Mean or variance for one number: a feature's, or its vector's.
  private func statistic(_ name: String, _ unit: Int, _ seen: Trace.Node) -> Double {
    seen.named[name]?[isOfVector ? unit / width : unit % width] ?? .nan
  }

  func terms(_ unit: Int, _ seen: Trace.Node, _ values: [Double]) -> String? {
    let feature = unit % width
    let shift = bias.map { " + " + Spelling.factor(values[$0.range.lowerBound + feature]) } ?? ""
    return "\(quotient(unit, seen))·"
      + Spelling.factor(values[gain.range.lowerBound + feature]) + shift
  }

  /// `(0.5 - 0.1) / sqrt(2.25 + 1e-05)`.
  private func quotient(_ unit: Int, _ seen: Trace.Node) -> String {
    "(\(Spelling.long(seen.x[0][unit])) - \(Spelling.factor(statistic("mean", unit, seen)))) / "
      + "sqrt(\(Spelling.long(statistic("variance", unit, seen))) + \(Formatting.number(epsilon)))"
  }

  func terms(back unit: Int, _ seen: Trace.Node, _ values: [Double]) -> String? {
    let own =
      "\(Spelling.factor(seen.dz[unit]))·\(Spelling.factor(values[gain.range.lowerBound + unit % width]))"
    let deviation = (statistic("variance", unit, seen) + epsilon).squareRoot()
    let below = " / \(Spelling.long(deviation))"
    guard isOfVector, let normal = seen.named["normal"] else { return own + below }
    // What of the gradient only moves the mean or stretches the deviation is lost again.
    let first = unit / width * width
    let g = (0..<width).map { seen.dz[first + $0] * values[gain.range.lowerBound + $0] }
    let along = g.reduce(0, +) / Double(width)
    let across = (0..<width).reduce(0) { $0 + g[$1] * normal[first + $1] } / Double(width)
    return "(\(own) - \(Spelling.factor(along)) - "
      + "\(Spelling.factor(normal[unit]))·\(Spelling.factor(across)))" + below
  }

  func terms(
    _ role: ParameterDeclaration.Role, _ unit: Int, _ seen: Trace.Node
  ) -> String? {
    role == .bias ? "dz[\(unit)]" : "\(Spelling.factor(seen.dz[unit]))·\(quotient(unit, seen))"
  }
}
