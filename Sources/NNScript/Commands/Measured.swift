import NNEngine

/// Figures of some rows, the loss first, with what texts say of them.
struct Measured {
  var rows: Int
  /// NaN stands for a figure that is not defined.
  var figures: [(name: String, value: Double)]
  /// What stands behind each figure in a text: `(29 of 30)`.
  var remarks: [String]
  /// What stands behind all of them: which class they are about, at which threshold.
  var tail: String
  /// A line that says that the result is no better than a constant answer.
  var verdict: String?

  /// - Parameter classes: the names of the classes.
  init(_ result: Evaluation, _ chosen: ChosenMetrics, classes: [String]) {
    rows = result.count
    figures = [("loss", result.loss)] + zip(chosen.names, result.metrics).map { ($0, $1) }
    let form = result.form
    remarks =
      [""]
      + zip(chosen.metrics, result.figures).map { metric, figure in
        if metric is Accuracy || metric is Exact, form.kind != .numbers {
          let isEach = metric is Accuracy && form.kind == .labels && form.width > 1
          let all = isEach ? result.count * form.width : result.count
          let right = Int((figure.value * Double(all)).rounded())
          return " (\(right) of \(all)\(isEach ? " labels" : ""))"
        }
        guard let parts = figure.parts, let all = figure.allParts, parts < all else { return "" }
        return " (\(parts) of \(all) \(form.noun))"
      }
    tail = chosen.metrics.tail(form, classes)
  }

  /// `loss 0.0912  accuracy 0.9667 (29 of 30)`.
  var text: String {
    zip(figures, remarks).map { Formatting.figures([$0]) + $1 }.joined(separator: "  ") + tail
  }
}

extension CommandContext {
  /// Warns where the network that is measured has random weights.
  func warnOfUntrained() {
    let model = session.workspace.model
    guard !model.hasLearnt, model.state.epoch == 0, !model.hasOwnWeights else { return }
    let message =
      session.workspace.hasTrained
      ? "this network is not the one that was trained: it was replaced or changed since"
      : "this network has not been trained"
    warn(
      Diagnostic(
        .untrained, message, at: site.word.range, "measures random weights",
        help: ["train it first: `train`"]))
  }
}

extension [any Metric] {
  /// What figures are about, where they are of classes: ` (positive class fraud, threshold 0.3)`,
  /// ` (macro mean of 3 classes)`.
  func tail(_ form: AnswerForm, _ classes: [String]) -> String {
    var parts: [String] = []
    if contains(where: \.isPerClass) {
      if let subject = form.subject {
        if form.kind == .classes, classes.indices.contains(subject) {
          let rest = form.classCount > 2 ? " against the rest" : ""
          parts.append("positive class \(classes[subject])\(rest)")
        }
      } else {
        let average = form.judging.average ?? .macro
        let mean = average == .micro ? "average" : "mean"
        parts.append("\(average.rawValue) \(mean) of \(form.parts) \(form.noun)")
      }
    }
    if let threshold = form.judging.threshold, form.kind != .numbers {
      if parts.isEmpty, form.kind == .classes,
        classes.indices.contains(form.judging.positive ?? 1)
      {
        parts.append("positive class \(classes[form.judging.positive ?? 1])")
      }
      parts.append("threshold \(Formatting.number(threshold))")
    }
    return parts.isEmpty ? "" : " (" + parts.joined(separator: ", ") + ")"
  }
}

extension AnswerForm {
  /// What the parts are that may have figures of their own.
  var noun: String {
    switch kind {
    case .classes, .shares: "classes"
    case .labels: "labels"
    case .numbers: "outputs"
    }
  }
}
