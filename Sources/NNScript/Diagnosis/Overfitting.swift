extension Check {
  /// The training loss falls on while the validation loss has turned: rows are learnt by heart.
  static var overfitting: Check {
    Check(
      name: "over-fitting", summary: "A validation loss that rises while the training loss falls."
    ) { patient in
      let learner = patient.learner
      func figure(_ name: String, _ epoch: Model.Epoch) -> Double? {
        epoch.figures.first { $0.name == name }?.value
      }
      // With `patience` the weights are those of the best epoch, whatever came after it.
      let history = learner.model.history.filter { $0.number <= learner.model.state.epoch }
      let watched = history.compactMap { epoch in
        figure("val_loss", epoch).map { (epoch: epoch, loss: $0) }
      }
      guard let first = watched.first, let last = watched.last,
        let best = watched.min(by: { $0.loss < $1.loss }),
        let train = figure("loss", last.epoch), let then = figure("loss", best.epoch)
      else { return [] }
      // Nothing of the training loss is left, and much of the validation loss.
      let isByHeart = train < 0.01 * last.loss && last.loss > 0.4 * first.loss
      // Else well above its best, by more than the noise of a small part; in any case the training
      // part still becoming better.
      let margin = isByHeart ? 1.05 : 1.25
      guard then > train, last.loss > margin * best.loss,
        isByHeart || last.loss - best.loss > 0.05 * first.loss
      else { return [] }
      return [
        Finding(
          check: "over-fitting", layer: nil, number: last.loss / train,
          reason:
            "the validation loss was best in epoch \(best.epoch.number) "
            + "(\(Formatting.figure(best.loss))) and is \(Formatting.figure(last.loss)) now, while the "
            + "training loss fell to \(Formatting.figure(train)): the rows are learnt by heart",
          line: patient.trainingAnew(patience: 5))
      ]
    }
  }
}
