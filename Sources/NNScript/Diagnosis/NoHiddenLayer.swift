import NNEngine

extension Check {
  /// A single layer for what no straight line parts: with a hidden one, tried on a copy, the loss
  /// falls.
  static var noHiddenLayer: Check {
    Check(
      name: "no hidden layer", summary: "A single layer where a hidden one makes the loss fall.",
      explains: ["learning rate too low", "nothing learnt"]
    ) { patient in
      let learner = patient.learner
      guard patient.hasTrained, patient.lossLeft > 0.3, learner.network.inputShape.rank == 1,
        patient.learningLayers.count == 1
      else { return [] }
      let hidden = Declaration.dense(16, "relu")
      let part = Blueprint.Part(
        layer: Dense(units: 16, activation: ReLU()), options: LayerOptions(), line: hidden)
      let deeper = try Network(
        graph: Blueprint.elements(of: [part] + learner.model.builtParts.map(\.unnamed)),
        inputShape: learner.network.inputShape, seed: learner.network.seed)
      func loss(_ network: Network, _ state: TrainingState, _ steps: Int) throws -> Double {
        try learner.trainer.lossAfter(
          steps, rate: learner.rate, network, state, on: learner.data.train,
          workers: patient.workers)
      }
      let steps = 500
      let alone = try loss(learner.network, learner.model.state, steps)
      let together = try loss(deeper, TrainingState(seed: deeper.seed), steps)
      guard together < 0.5 * alone else { return [] }
      return [
        Finding(
          check: "no hidden layer", layer: nil, number: together,
          reason:
            "one layer alone comes to a loss of \(Formatting.figure(alone)), with a hidden layer "
            + "before it \(Formatting.figure(together)) after \(steps) steps: the classes or numbers "
            + "do not lie along straight lines",
          line: patient.rebuilding(first: hidden) { $1 })
      ]
    }
  }
}

extension Blueprint.Part {
  /// The same by its kind and number, so that a layer put before it cannot take its name.
  fileprivate var unnamed: Self {
    var part = self
    part.options.name = nil
    return part
  }
}
