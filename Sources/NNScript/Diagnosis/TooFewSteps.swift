import NNEngine

extension Check {
  /// A training that ended while the loss was falling: more of the same steps, tried on a copy, make
  /// it fall further.
  static var tooFewSteps: Check {
    Check(
      name: "too few steps", summary: "A training that ended while the loss was still falling.",
      explains: ["learning rate too low", "nothing learnt"]
    ) { patient in
      let learner = patient.learner
      guard patient.hasTrained, patient.lossLeft > 0.3, let last = learner.model.lastTraining,
        // `patience` stops by rows that are not learnt from: the loss may fall on.
        last.patience == nil, last.epochs != nil || last.until != nil
      else { return [] }
      let steps = 300
      func loss(after steps: Int) throws -> Double {
        try learner.trainer.lossAfter(
          steps, rate: learner.rate, learner.network, learner.model.state, on: learner.data.train,
          workers: patient.workers)
      }
      let (now, then) = (try loss(after: 0), try loss(after: steps))
      guard then < 0.5 * now else { return [] }
      let taken = learner.model.state.epoch
      return [
        Finding(
          check: "too few steps", layer: nil, number: Double(taken),
          reason:
            "the loss was still falling after \(count(taken, "epoch")): \(Formatting.figure(now)) "
            + "now, \(Formatting.figure(then)) after \(steps) steps more of the same size",
          line: "train")
      ]
    }
  }
}
