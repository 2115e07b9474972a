import NNEngine

extension Check {
  /// A typed loss that falls below 0 faster and faster: it has no least value, so nothing is learnt
  /// but to make it smaller.
  static var endlessLoss: Check {
    Check(
      name: "loss without an end", summary: "A typed loss that falls below 0 faster and faster.",
      explains: [
        "learning rate too high", "exploding gradients", "dead units", "saturation",
        "too few steps", "nothing learnt",
      ]
    ) { patient in
      let losses = patient.losses
      guard patient.learner.trainer.loss is EquationLoss, losses.count > 3, let last = losses.last,
        last < 0
      else { return [] }
      let middle = losses[losses.count / 2]
      guard middle - last > 2 * (losses[0] - middle) else { return [] }
      let usual = patient.learner.data.reading == .classes ? "crossentropy" : "mse"
      return [
        Finding(
          check: "loss without an end", layer: nil, number: last,
          reason:
            "`\(patient.learner.trainer.loss.name)` is below 0 and falls faster and faster "
            + "(\(Formatting.figure(middle)) half way, \(Formatting.figure(last)) now): it has no "
            + "least value; is its sign right?",
          line: "loss \(usual); " + patient.trainingAnew())
      ]
    }
  }
}
