import NNEngine

extension CommandEntry {
  static var lrfind: CommandEntry {
    CommandEntry(
      Spec(
        "lrfind", "Tries increasing learning rates on a copy of the model and recommends one.",
        .number(
          "from", 1e-12...1e6, default: 1e-6, option: true, "The smallest learning rate."
        ).example("lrfind from=0.0001 steps=20"),
        .number("upto", 1e-12...1e6, default: 10, option: true, "The largest learning rate.")
          .example(
            "lrfind upto=1 steps=20"),
        .integer("steps", 10...10_000, default: 100, option: true, "The number of steps."),
        .integer("batch", 1...16_777_216, default: 32, option: true, "Rows per step.").example(
          "lrfind steps=20 batch=16"),
        .drawing("lrfind steps=20 to=\"rates.svg\""),
        .drawingScale("lrfind steps=20 to=\"rates.png\" scale=1"),
        example: "let rate = lrfind steps=20\ntrain epochs=2 lr=rate"
      ) { first, last, steps, batch, path, scale in
        { context in
          try context.findRate(
            from: first, upTo: last, steps: steps, batch: batch, path, scale)
        }
      },
      foresee: { forecast, call in
        try checkDrawing(call)
        try forecast.foreseeNetwork(call, without: "nothing to try")
      }
    )
  }
}

extension CommandContext {
  fileprivate func findRate(
    from first: Double, upTo last: Double, steps: Int, batch: Int, _ path: String?, _ scale: Int
  ) throws -> NNScript.Value {
    guard first < last else {
      throw Diagnostic(
        .outOfRange, "`upto` is above `from`: step sizes grow",
        at: isGiven("upto") ? range(of: "upto") : range(of: "from"),
        "from \(Formatting.number(first)) up to \(Formatting.number(last))",
        help: ["for example `lrfind from=1e-06 upto=1`"])
    }
    let learner = try Learner(self, "has nothing to try")
    let test = try learner.trainer.testRates(
      learner.network, learner.model.state, on: learner.data.train, from: first, to: last,
      steps: steps, batchSize: batch, workers: session.workers,
      isCancelled: { self.session.host.isCancelled })
    if session.host.isCancelled {
      throw Diagnostic(.interrupted, "interrupted", at: site.word.range)
    }
    // Outputs that hardly depend on the inputs, or targets that say nothing: a rate is no remedy.
    let findings = try Check.findings(in: try Patient(self), by: Check.blockingAnyRate)
    guard let rate = test.suggestion, findings.isEmpty || test.fallsFar else {
      throw Diagnostic(
        .noResult,
        "no step size from \(Formatting.number(first)) to \(Formatting.number(last)) makes the loss fall",
        at: site.word.range, "the loss stays at \(Formatting.figure(test.startLoss)) or rises",
        help: findings.isEmpty
          ? ["a model that has learnt has nowhere to fall: `reset` begins anew"]
          : findings.map { "write `\($0.line)`" },
        notes: findings.map { "\($0.check): \($0.reason)" })
    }
    let text = Formatting.number(rate)
    var lines = ["the loss falls fastest around lr=\(text): `train lr=\(text)`"]
    if let curve = test.chart(marking: rate) {
      if let path { try write(curve, to: path, scale) }
      lines.insert(path.map { "drawn in \($0)" } ?? curve.text(on: screen), at: 0)
    }
    if !findings.isEmpty {
      let names = findings.map(\.check).joined(separator: ", ")
      lines.append("no rate mends what `diagnose` finds: \(names)")
    }
    printed = lines.joined(separator: "\n")
    return .number(rate)
  }
}

extension RateTest {
  /// Whether some step brought the loss down by a tenth, which a network that can give but one
  /// answer hardly does.
  fileprivate var fallsFar: Bool {
    (points.map(\.loss).min() ?? startLoss) < startLoss - 0.1 * abs(startLoss)
  }

  /// The loss over the rate, which grows by the same factor from step to step, and a line where one
  /// rate stands.
  fileprivate func chart(marking rate: Double) -> Chart? {
    // A loss that has left all bounds would press the rest of the curve flat.
    let top = startLoss + 0.1 * abs(startLoss)
    let curve = points.map { (x: $0.rate, y: min($0.loss, top)) }
    let losses = curve.map(\.y)
    let mark = [losses.min() ?? 0, losses.max() ?? 1].map { (x: rate, y: $0) }
    return Chart(
      [
        Chart.Series(name: "loss", points: curve),
        Chart.Series(name: "lr=\(Formatting.number(rate))", points: mark),
      ], xLabel: "lr", isLogarithmic: true)
  }
}
