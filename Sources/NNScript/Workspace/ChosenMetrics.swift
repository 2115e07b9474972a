import NNEngine

/// The metrics of a model with how they judge classes.
struct ChosenMetrics {
  var metrics: [any Metric]
  var judging: Judging

  var names: [String] { metrics.map(\.name) }
}

extension CommandContext {
  /// What is reported besides the loss: what `metric` chose, else what suits the targets.
  ///
  /// - Parameters:
  ///   - usual: what is reported of numbers where nothing was chosen.
  ///   - own: what the command was given itself.
  /// - Throws: a diagnostic for a metric or an option the targets are not made for.
  func metrics(
    for prepared: Prepared, ofNumbers usual: [any Metric], own: MetricSettings = MetricSettings()
  ) throws -> ChosenMetrics {
    let blueprint = session.workspace.model.blueprint
    if let misfit = blueprint.metricMisfit(
      prepared.data.answerKind(under: prepared.loss), catalog, at: site.word.range)
    {
      throw misfit
    }
    return ChosenMetrics(
      metrics: blueprint.metrics ?? prepared.data.usualMetrics(under: prepared.loss, usual),
      judging: try blueprint.metricSettings.overridden(by: own).judging(
        for: prepared.data, prepared.loss, at: site.word.range))
  }
}

extension Dataset {
  /// What a network's outputs say of these rows.
  func answerKind(under loss: any Loss) -> AnswerKind {
    AnswerKind(hasClasses: reading == .classes, answer: preprocessing.answer, loss: loss)
  }

  /// What is reported where no metric was chosen.
  ///
  /// - Parameter ofNumbers: what is reported of numbers.
  func usualMetrics(under loss: any Loss, _ ofNumbers: [any Metric]) -> [any Metric] {
    reading == .classes || holdsLabels(under: loss) ? [Accuracy()] : ofNumbers
  }

  /// Whether the targets are labels that may hold together: columns of 0 and 1 under a loss that
  /// takes each by itself.
  func holdsLabels(under loss: any Loss) -> Bool {
    guard answerKind(under: loss) == .labels,
      case .values(let values, _) = train.targets
    else { return false }
    return values.allSatisfy { $0 == 0 || $0 == 1 }
  }
}

extension Blueprint {
  /// What is wrong where a metric was chosen that the targets are not made for.
  func metricMisfit(
    _ kind: AnswerKind, _ catalog: Catalog, at range: SourceRange
  ) -> Diagnostic? {
    let misfit = metrics?.first { metric in
      guard catalog.metrics.contains(where: { $0.name == metric.name }) else { return false }
      return switch kind {
      case .classes: !metric.isForClasses
      case .numbers: metric.isForClasses
      // Both ways of looking at them make sense, but for places among labels that all may hold.
      case .labels: metric.needsOneClass
      case .shares: false
      }
    }
    guard let misfit else { return nil }
    let (fits, found, other) =
      switch kind {
      case .classes: ("numbers", "the targets are classes", "accuracy")
      case .labels: ("one class a row", "here several labels may hold", "accuracy")
      case .numbers, .shares: ("classes", "the targets are numbers", "mae")
      }
    var diagnostic = Diagnostic(
      .unsupported, "`\(misfit.name)` is for \(fits), \(found)", at: range,
      "reports `\(misfit.name)`", help: ["write `metric \(other)` above"])
    diagnostic.secondary = metricsRange.map { [Diagnostic.Label($0, "chosen here")] } ?? []
    return diagnostic
  }
}
