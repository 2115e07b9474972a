extension Check {
  /// The gradient shrinks from layer to layer on its way back, until the first learn nothing.
  static var vanishingGradients: Check {
    Check(
      name: "vanishing gradients", summary: "The first layers get next to no gradient.",
      explains: ["too few steps", "learning rate too low", "nothing learnt"]
    ) { patient in
      let layers = patient.learningLayers
      guard layers.count > 2, let first = layers.first, let last = layers.last,
        last.meanGradient > 0
      else { return [] }
      let ratio = first.meanGradient / last.meanGradient
      guard ratio < 1e-4 else { return [] }
      return [
        Finding(
          check: "vanishing gradients", layer: first.name, number: ratio,
          reason:
            "the gradient by the weights of `\(first.name)` is \(short(ratio)) of that of "
            + "`\(last.name)`: it shrinks at every layer on its way back, so the first ones hardly learn",
          line: patient.rebuilding(
            layers.filter { $0.activation == first.activation && !$0.isLast }, with: "relu"))
      ]
    }
  }

  /// Gradients many times as long as the weights they are to change.
  static var explodingGradients: Check {
    Check(
      name: "exploding gradients", summary: "Gradients many times as long as the weights.",
      explains: [
        "dead units", "saturation", "constant layer", "vanishing gradients", "too few steps",
        "learning rate too low", "nothing learnt",
      ]
    ) { patient in
      let worst = patient.learningLayers.max { $0.gradientRatio < $1.gradientRatio }
      // A hundred is far beyond what any usual start gives.
      let most = 100.0
      guard let worst, worst.gradientRatio > most else { return [] }
      let startsWell = (patient.beginning.layers.map(\.gradientRatio).max() ?? 0) <= most
      return [
        Finding(
          check: "exploding gradients", layer: worst.name, number: worst.gradientRatio,
          reason:
            "the gradient of `\(worst.name)` has a length of \(short(worst.gradient ?? 0)), "
            + "\(short(worst.gradientRatio)) times that of its weights: a step throws them anywhere",
          line: startsWell ? patient.trainingAnew() : patient.training(clip: 1))
      ]
    }
  }
}

extension LayerView {
  /// The gradient of a weight, on average, so that layers of different size compare.
  fileprivate var meanGradient: Double {
    (gradient ?? 0) / Double(max(1, weightCount)).squareRoot()
  }

  /// The length of the gradient over that of the weights.
  fileprivate var gradientRatio: Double {
    guard let gradient, let weights, weights > 0 else { return 0 }
    return gradient / weights
  }
}

private func short(_ value: Double) -> String { Formatting.printf("%.2g", value) }
