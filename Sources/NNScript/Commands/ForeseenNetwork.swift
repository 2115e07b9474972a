import NNEngine

extension Forecast {
  /// What can be known, before anything runs, of a command that needs data and a network to fit
  /// each other.
  ///
  /// - Parameter lack: what the command has not without data: `nothing to learn from yet`.
  /// - Throws: a diagnostic where they cannot fit.
  mutating func foreseeNetwork(_ call: ForeseenCall, without lack: String) throws {
    if case .absent = data {
      blur()
      throw Diagnostic(
        .noData, "`\(call.word.text)` has \(lack)", at: call.word.range,
        "no data has been loaded at this point", help: ["load some first, for example `data iris`"])
    }
    if let complaint = model?.complaintOfOpenBlock(call.word) {
      blur()
      throw complaint
    }
    guard let facts, let blueprint = model else { return }
    let catalog = call.checker.vocabulary.catalog
    if let dataset = facts.dataset, dataset.reading == .none {
      blur()
      var diagnostic = Diagnostic(Workspace.noTargets, at: call.word.range)
      if let range = facts.range {
        diagnostic.secondary = [Diagnostic.Label(range, "rows without targets")]
      }
      throw diagnostic
    }
    let targets = facts.targets
    let input = facts.inputShape ?? blueprint.input
    warnOfLoss(call, blueprint, input, targets)
    guard let targets, let input else { return }
    if let fixed = blueprint.input, fixed.count != input.count, let found = facts.inputShape {
      blur()
      var diagnostic = Diagnostic(
        .shapeMismatch, "the network takes \(fixed) a row, the data have \(found)",
        at: call.word.range, help: ["leave `input` out: the data say the size"])
      if let range = facts.range {
        diagnostic.secondary = [Diagnostic.Label(range, "rows of \(found)")]
      }
      throw diagnostic
    }
    let decision: Decision
    do throws(EngineError) {
      decision = try blueprint.completed(input: input, targets: targets, catalog).decision
    } catch {
      blur()
      throw facts.explain(error, blueprint, at: call.word.range)
    }
    if let misfit = blueprint.metricMisfit(
      AnswerKind(decision.answer), catalog, at: call.word.range)
    {
      throw misfit
    }
    if let dataset = facts.dataset, let read = try? dataset.arranged(for: decision) {
      let own = call.takesMetricSettings ? call.metricSettings : MetricSettings()
      _ = try blueprint.metricSettings.overridden(by: own).judging(
        for: read, decision.loss, at: call.word.range)
    }
  }

  /// Losses that work, but hardly as meant; told once for each `loss`.
  private mutating func warnOfLoss(
    _ call: ForeseenCall, _ blueprint: Blueprint, _ input: Shape?, _ targets: TargetFacts?
  ) {
    guard let loss = blueprint.loss, let range = blueprint.lossRange, !warnedLosses.contains(range)
    else { return }
    let last = input.flatMap { try? blueprint.shapes(from: $0).last }
    var warning: Diagnostic?
    if loss.ownActivation == nil, blueprint.outputActivation == "softmax" {
      warning = Diagnostic(
        .unlikelyLoss, "`softmax` under `\(loss.name)` learns slowly", at: range,
        "meant for \(loss.need == .scores ? "scores" : "numbers"), softmax gives probabilities",
        help: ["write `loss crossentropy`"])
    } else if loss.takesClasses, last?.count == 1, targets == nil {
      warning = Diagnostic(
        .unlikelyLoss, "one unit under `\(loss.name)` can tell no classes apart", at: range,
        "needs one value per class",
        help: ["write `loss binary_crossentropy`, or give the last layer one unit per class"])
    }
    guard var warning else { return }
    warnedLosses.insert(range)
    if let maker = blueprint.parts.last {
      warning.secondary =
        (maker.unitsRange ?? maker.range).map {
          [Diagnostic.Label($0, "the output layer")]
        } ?? []
    }
    call.checker.warn(warning)
  }
}

extension ForeseenCall {
  /// Whether the command says itself how classes are judged.
  fileprivate var takesMetricSettings: Bool {
    places.parameters.contains { $0.name == "threshold" }
  }
}
