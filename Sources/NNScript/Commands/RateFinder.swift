import NNEngine

extension CommandEntry {
  static var lrfind: CommandEntry {
    CommandEntry(
      Spec(
        "lrfind", "Tries growing step sizes on a copy of the model and recommends one.",
        .number(
          "from", 1e-12...1e6, default: 1e-6, option: true, "The first and smallest step size."),
        .number("to", 1e-12...1e6, default: 10, option: true, "The last and greatest."),
        .integer("steps", 10...10_000, default: 100, option: true, "How many steps to take."),
        .integer("batch", 1...16_777_216, default: 32, option: true, "Rows a step."),
        example: "let rate = lrfind steps=20\ntrain epochs=2 lr=rate"
      ) { first, last, steps, batch in
        { context in
          try context.findRate(from: first, to: last, steps: steps, batch: batch)
        }
      }, foresee: { forecast, call in try forecast.foreseeNetwork(call, without: "nothing to try") }
    )
  }
}

extension CommandContext {
  fileprivate func findRate(
    from first: Double, to last: Double, steps: Int, batch: Int
  ) throws -> NNScript.Value {
    guard first < last else {
      throw Diagnostic(
        .outOfRange, "`to` is above `from`: step sizes grow",
        at: isGiven("to") ? range(of: "to") : range(of: "from"),
        "from \(Formatting.number(first)) to \(Formatting.number(last))",
        help: ["for example `lrfind from=1e-06 to=1`"])
    }
    let learner = try Learner(self, "has nothing to try")
    let test = try learner.trainer.testRates(
      learner.network, learner.model.state, on: learner.data.train, from: first, to: last,
      steps: steps, batchSize: batch, workers: session.workers,
      isCancelled: { self.session.host.isCancelled })
    if session.host.isCancelled {
      throw Diagnostic(.interrupted, "interrupted", at: site.word.range)
    }
    guard let rate = test.suggestion else {
      throw Diagnostic(
        .noResult,
        "no step size from \(Formatting.number(first)) to \(Formatting.number(last)) makes the loss fall",
        at: site.word.range, "the loss stays at \(Formatting.figure(test.startLoss)) or rises",
        help: ["a model that has learnt has nowhere to fall: `reset` begins anew"])
    }
    printed = RateCurve(test, rate).text
    return .number(rate)
  }
}

/// The curve of a range test, drawn with one line for each tenfold of the rate or half of it.
private struct RateCurve {
  let text: String

  init(_ test: RateTest, _ rate: Double) {
    let losses = test.points.map { min($0.loss, 1.1 * abs(test.startLoss)) }
    let (low, high) = (losses.min() ?? 0, losses.max() ?? 1)
    let rows = 16
    var lines: [String] = []
    for row in 0..<min(rows, test.points.count) {
      let point = test.points[row * test.points.count / min(rows, test.points.count)]
      let share = high > low ? (min(point.loss, high) - low) / (high - low) : 0
      let bar = String(repeating: "█", count: 1 + Int((share * 39).rounded()))
      let label = Formatting.printf("%8.1e", point.rate)
      lines.append("\(label)  \(bar) \(Formatting.figure(point.loss))")
    }
    text =
      lines.joined(separator: "\n")
      + "\nthe loss falls fastest around lr=\(Formatting.number(rate)): "
      + "`train lr=\(Formatting.number(rate))`"
  }
}
