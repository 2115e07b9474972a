extension Check {
  /// Outputs at the ends of a bounded function: it is flat there, so hardly a gradient passes.
  static var saturation: Check {
    Check(
      name: "saturation", summary: "Sigmoid and tanh units at the flat ends of their range.",
      explains: [
        "constant layer", "vanishing gradients", "too few steps", "learning rate too low",
        "nothing learnt",
      ]
    ) { patient in
      // Units that are sure of themselves are no harm where the loss has come down by it. A fifth is
      // a guess.
      guard patient.examination.loss > 0.2 * patient.beginning.loss else { return [] }
      return patient.layers.filter { !$0.isLast }.compactMap { layer in
        guard let share = layer.saturatedShare, share > 0.5 else { return nil }
        let atStart = patient.beginning.layers.first { $0.name == layer.name }?.saturatedShare ?? 0
        let percent = Int((100 * share).rounded())
        return Finding(
          check: "saturation", layer: layer.name, number: share,
          reason:
            "\(percent) % of the outputs of `\(layer.name)` stand at the ends of `\(layer.activation)`"
            + ", where it is flat: what comes in is too large for hardly any gradient to pass",
          line: atStart > 0.5
            ? patient.rebuilding([layer], with: "relu") : patient.trainingAnew())
      }
    }
  }
}

extension LayerView {
  /// Functions with ends, and these.
  private static let ends: [String: ClosedRange<Float>] = [
    "sigmoid": 0...1, "hard_sigmoid": 0...1, "tanh": -1...1, "softsign": -1...1,
  ]

  /// The share of outputs within a hundredth of an end; `nil` for a function without ends.
  var saturatedShare: Double? {
    guard let ends = Self.ends[activation] else { return nil }
    let margin = (ends.upperBound - ends.lowerBound) / 100
    return share { $0 < ends.lowerBound + margin || $0 > ends.upperBound - margin }
  }
}
