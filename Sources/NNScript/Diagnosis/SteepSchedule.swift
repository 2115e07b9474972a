import NNEngine

extension Check {
  /// A schedule that lets the rate fall to next to nothing before the loss has come down.
  static var steepSchedule: Check {
    Check(
      name: "schedule too steep",
      summary: "An `lr` that falls to nothing before anything is learnt.",
      explains: ["too few steps", "learning rate too low", "nothing learnt"]
    ) { patient in
      let rates = patient.learner.model.history.map(\.learningRate)
      guard rates.count > 2, let most = rates.max(), let last = rates.last, patient.lossLeft > 0.5,
        last < 1e-3 * most,
        // A cosine stays above a hundredth for nine tenths of its way.
        2 * rates.count(where: { $0 < 1e-2 * most }) > rates.count
      else { return [] }
      let usual =
        patient.learner.model.rule?.learningRate
        ?? patient.learner.trainer.optimizer.defaultLearningRate
      return [
        Finding(
          check: "schedule too steep", layer: nil, number: last,
          reason:
            "the schedule let `lr` fall from \(Formatting.printf("%.2g", most)) to "
            + "\(Formatting.printf("%.2g", last)) within \(count(rates.count, "epoch")): most of them "
            + "changed nothing",
          line: patient.trainingAnew(rate: usual))
      ]
    }
  }
}
