import NNEngine

// Trainings that could change nothing: of a model without weights, or whose every weight is frozen.

extension Blueprint {
  /// What `train` says of a model that it could not change; `nil` where it can.
  ///
  /// - Parameter whole: these layers and the output layer added behind them, if there is one.
  func complaintOfNothingToLearn(
    _ whole: [Part], input: Shape, at range: SourceRange
  ) -> Diagnostic? {
    guard let shapes = try? shapes(from: input, parts: whole) else { return nil }
    var hasWeights = false
    for (part, inputs) in zip(whole, inputs(of: whole)) {
      let shape = inputs.first.map { $0 == Network.input ? input : shapes[$0] } ?? input
      for parameter in part.layer.parameters(for: shape) {
        switch parameter.role {
        case .state: continue
        case .bias where part.options.bias == .none: continue
        case .bias where !part.options.frozen.contains(.bias): return nil
        case .weights where !part.options.frozen.contains(.weights): return nil
        case .gain where !part.options.frozen.contains(.weights): return nil
        case .weights, .gain, .bias: hasWeights = true
        }
      }
    }
    return hasWeights ? everythingIsFrozen(at: range) : nothingHasWeights(at: range)
  }

  private func nothingHasWeights(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .noModel, "`train` has no weights to change", at: range, "no layer has any",
      help: ["add a layer that has some, for example `layer dense 16 relu`"])
  }

  private func everythingIsFrozen(at range: SourceRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      .noModel, "`train` has no weights to change: all of them are frozen", at: range,
      "nothing would be learnt")
    let frozen = parts.filter { !$0.options.frozen.isEmpty }
    diagnostic.secondary = frozen.compactMap(\.range).map { Diagnostic.Label($0, "frozen here") }
    if let last = frozen.last {
      diagnostic.help = ["leave `frozen` out: `\(last.line.without(["frozen"]).text)`"]
    }
    return diagnostic
  }
}
