import NNEngine

extension CommandContext {
  /// What is reported besides the loss: what `metric` chose, else what suits the targets.
  ///
  /// - Parameter usual: what is reported of numbers where nothing was chosen.
  /// - Throws: a diagnostic for a metric the targets are not made for.
  func metrics(for prepared: Prepared, ofNumbers usual: [any Metric]) throws -> [any Metric] {
    let isClasses = prepared.data.reading == .classes
    let blueprint = session.workspace.model.blueprint
    if let misfit = blueprint.metricMisfit(
      targetsAreClasses: isClasses, loss: prepared.loss, catalog, at: site.word.range)
    {
      throw misfit
    }
    return blueprint.metrics ?? (isClasses ? [Accuracy()] : usual)
  }
}

extension Blueprint {
  /// What is wrong where a metric was chosen that the targets are not made for.
  func metricMisfit(
    targetsAreClasses isClasses: Bool, loss: any Loss, _ catalog: Catalog, at range: SourceRange
  ) -> Diagnostic? {
    let misfit = metrics?.first { metric in
      catalog.metrics.contains { $0.name == metric.name } && metric.isForClasses != isClasses
        && !(metric.isForClasses && loss.isForClasses)
    }
    guard let misfit else { return nil }
    var diagnostic = Diagnostic(
      .unsupported,
      misfit.isForClasses
        ? "`\(misfit.name)` is for classes, the targets are numbers"
        : "`\(misfit.name)` is for numbers, the targets are classes",
      at: range, "reports `\(misfit.name)`",
      help: ["write `metric \(isClasses ? "accuracy" : "mae")` above"])
    diagnostic.secondary = metricsRange.map { [Diagnostic.Label($0, "chosen here")] } ?? []
    return diagnostic
  }
}
