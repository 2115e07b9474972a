import NNEngine

extension Check {
  /// A trained network that does no better than a constant would: its inputs have taught it nothing.
  static var noBetterThanConstant: Check {
    Check(
      name: "nothing learnt",
      summary: "Answers no better than always giving the same one: a class, or the mean."
    ) { patient in
      let learner = patient.learner
      guard learner.model.state.epoch > 0 else { return [] }
      let result = try learner.network.evaluate(
        patient.rows, loss: learner.trainer.loss, judging: learner.metrics.judging,
        preprocessing: learner.trainer.preprocessing, workers: patient.workers)
      guard
        let constant = ConstantAnswer(
          learntFrom: learner.data.train, measuredOn: patient.rows, result, atLeast: 4),
        constant.isNoWorse
      else { return [] }
      return [
        Finding(
          check: "nothing learnt", layer: nil, number: constant.network,
          reason: "on the training rows the network is "
            + constant.text(learner.data) + ": it has learnt nothing from its inputs",
          line: patient.learningMore())
      ]
    }
  }
}

extension ConstantAnswer {
  /// `no better (accuracy 0.3) than always answering `setosa` (0.3333)`.
  func text(_ data: Dataset) -> String {
    let names = data.preprocessing.classNames
    let word = isNoWorse ? "no" : "hardly"
    switch answer {
    case .named(let index):
      let name = names.indices.contains(index) ? names[index] : String(index)
      return
        "\(word) better (accuracy \(Formatting.figure(network))) than always answering `\(name)` "
        + "(\(Formatting.figure(constant)))"
    case .labels:
      return
        "\(word) better (accuracy \(Formatting.figure(network))) than giving each label its more "
        + "frequent value (\(Formatting.figure(constant)))"
    case .means(let means):
      let what =
        means.count == 1 ? "the mean, \(Formatting.figure(means[0]))" : "the mean of each output"
      return
        "\(word) better (mean absolute error \(Formatting.figure(network))) than always answering "
        + "\(what) (\(Formatting.figure(constant)))"
    }
  }
}

extension CommandContext {
  /// The line that says that a result is no better than a constant answer, with what to try; `nil`
  /// where it is better, or too few rows tell.
  func remark(on result: Evaluation, _ examples: Examples, _ data: Dataset) -> String? {
    guard
      let constant = ConstantAnswer(
        learntFrom: data.train, measuredOn: examples, result, atLeast: 10),
      constant.isEnough
    else { return nil }
    let model = session.workspace.model
    if model.state.epoch == 0, !model.hasLearnt {
      return constant.text(data) + ": the network has not been trained yet; write `train` above"
    }
    return advice(constant, data, model.lastTraining?.epochs != nil)
  }

  /// Tells after a training that the network has learnt nothing from the inputs of the rows it was
  /// trained on.
  func noteIfNothingLearnt(
    _ network: Network, _ prepared: Prepared, _ preprocessing: Preprocessing, _ judging: Judging,
    isCutShort: Bool
  ) {
    let rows = prepared.data.train.spread(Patient.mostRows)
    guard
      let result = try? network.evaluate(
        rows, loss: prepared.loss, judging: judging, preprocessing: preprocessing,
        workers: session.workers),
      let constant = ConstantAnswer(
        learntFrom: prepared.data.train, measuredOn: rows, result, atLeast: 10),
      constant.isNoWorse
    else { return }
    note("on the training rows " + advice(constant, prepared.data, isCutShort))
  }

  /// - Parameter isCutShort: whether the training was given a number of epochs.
  private func advice(
    _ constant: ConstantAnswer, _ data: Dataset, _ isCutShort: Bool
  ) -> String {
    constant.text(data)
      + (isCutShort
        ? ": go on until the loss stops falling (`train`), or let `diagnose` look"
        : ": let `diagnose` look, or give the network more units or layers")
  }
}
