import NNEngine

extension CommandContext {
  /// What is reported besides the loss: what `metric` chose, else what suits the targets.
  ///
  /// - Parameter usual: what is reported of numbers where nothing was chosen.
  /// - Throws: a diagnostic for a metric the targets are not made for.
  func metrics(for prepared: Prepared, ofNumbers usual: [any Metric]) throws -> [any Metric] {
    let isClasses = prepared.data.reading == .classes
    guard let chosen = session.workspace.model.metrics else {
      return isClasses ? [Accuracy()] : usual
    }
    for metric in chosen where catalog.metrics.contains(where: { $0.name == metric.name }) {
      if metric.isForClasses == isClasses || metric.isForClasses && prepared.loss.isForClasses {
        continue
      }
      throw Diagnostic(
        .unsupported,
        metric.isForClasses
          ? "`\(metric.name)` is for classes, the targets are numbers"
          : "`\(metric.name)` is for numbers, the targets are classes",
        at: site.word.range, "reports `\(metric.name)`",
        help: ["write `metric \(isClasses ? "accuracy" : "mae")` above"])
    }
    return chosen
  }
}
