import NNEngine

extension Check {
  /// A penalty for large weights that outweighs what the data ask for.
  static var strongPenalty: Check {
    Check(
      name: "penalty too strong", summary: "A penalty whose gradient outweighs that of the data.",
      explains: [
        "learning rate too high", "symmetric units", "exploding gradients", "dead units",
        "saturation", "constant layer", "vanishing gradients", "too few steps",
        "learning rate too low", "nothing learnt",
      ]
    ) { patient in
      let learner = patient.learner
      let own = learner.trainer.learning.penalties
      var penalties = own
      if let l2 = learner.model.lastTraining?.l2 {
        penalties = penalties.filter { !($0 is L2Penalty) } + (l2 > 0 ? [L2Penalty(l2)] : [])
      }
      guard !penalties.isEmpty else { return [] }
      let network = patient.beginning.network
      let penalty = network.gradient(of: penalties)
      let inGradients = network.gradient(of: own)
      let data = zip(patient.beginning.gradients, inGradients).map { $0 - $1 }
      let ratio = length(penalty) / max(length(data), 1e-30)
      // Where they are equally strong at the start, weights shrink from the first step on; what is
      // left of them and of the loss tells whether that hurts. Ten times is beyond any use.
      let hurts = patient.hasTrained && (patient.lossLeft > 0.5 || patient.weightsLeft < 0.1)
      guard ratio > 10 || (ratio > 1 && hurts) else { return [] }
      return [
        Finding(
          check: "penalty too strong", layer: nil, number: ratio,
          reason:
            "the penalty for large weights pulls \(Formatting.printf("%.2g", ratio)) times as hard "
            + "as the data when the training begins: weights go to 0 instead of learning",
          line: patient.lossLine(without: ["l1", "l2", "regularize"]) + "; "
            + patient.trainingAnew())
      ]
    }
  }
}

extension Patient {
  /// The length of all weights over that at the start.
  fileprivate var weightsLeft: Double {
    func length(_ layers: [LayerView]) -> Double {
      layers.reduce(0) { $0 + ($1.weights ?? 0) * ($1.weights ?? 0) }.squareRoot()
    }
    let start = length(beginning.layers)
    return start > 0 ? length(layers) / start : 1
  }
}

private func length(_ values: [Float]) -> Double {
  values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
}

extension Network {
  /// The gradient of penalties by all parameters, as they stand in `values`.
  fileprivate func gradient(of penalties: [any Penalty]) -> [Float] {
    var gradient = [Float](repeating: 0, count: values.count)
    values.withUnsafeBufferPointer { values in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let w = values.baseAddress, let g = gradient.baseAddress else { return }
        for slot in nodes.flatMap(\.parameters) where !slot.isFrozen && slot.role == .weights {
          for penalty in penalties {
            penalty.addGradient(
              w + slot.range.lowerBound, to: g + slot.range.lowerBound, count: slot.range.count)
          }
        }
      }
    }
    return gradient
  }
}
