import Glibc
import NNEngine

// `evaluate folds=10`: cross-validation of the current model.

extension CommandContext {
  /// Trains the model anew for each fold, on the rows outside of it, and measures it on those
  /// inside. Whatever the folds do, the session is afterwards as it was.
  func evaluateFolds(_ count: Int, _ own: MetricSettings) throws -> NNScript.Value {
    if isGiven("on") {
      throw Diagnostic(
        .extraValue, "`folds` measures on parts of its own, `on` has no say", at: range(of: "on"),
        "leave this out")
    }
    let prepared = try prepare("has nothing to measure with")
    let start = session.workspace
    guard !blocks.isEmpty || start.model.lastTraining != nil else {
      throw Diagnostic(
        .notTrained, "`folds` trains as the last `train` did, and there was none",
        at: range(of: "folds"), "nothing says how to train",
        help: ["say it in a block: `evaluate folds=\(count) { train epochs=10 }`"])
    }
    let folds: [Dataset]
    do {
      folds = try prepared.data.folds(count, seed: start.seed)
    } catch EngineError.invalid(let message, let help) {
      throw Diagnostic(
        .outOfRange, message, at: range(of: "folds"), "not possible",
        help: help.map { ["write \($0)"] } ?? [])
    }
    defer { session.workspace = start }
    var measured: [Measured] = []
    for (index, fold) in folds.enumerated() {
      session.workspace = start
      // Each fold has its own weights and order, so that the spread is that of chance too.
      session.workspace.setSeed(start.seed &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(index + 1))
      session.workspace.data = fold
      try trainAnew(start.model.lastTraining)
      guard let test = session.workspace.data?.test else { continue }
      let again = try prepare("has nothing to measure with")
      measured.append(try measure(again, test, own, part: "fold \(index + 1)"))
    }
    return report(measured)
  }

  private func trainAnew(_ last: TrainingRequest?) throws {
    try session.workspace.model.startAnew(seed: session.workspace.seed)
    if let block = blocks.first {
      try run(block)
    } else if var request = last {
      request.isQuiet = true
      (request.checkpoint, request.resume) = (nil, nil)
      _ = try train(request)
    }
    guard session.workspace.model.state.epoch > 0 else {
      throw Diagnostic(
        .notTrained, "the block of `evaluate` trained nothing", at: site.word.range,
        "nothing to measure", help: ["put a `train` into the block"])
    }
  }

  private func report(_ folds: [Measured]) -> NNScript.Value {
    let rows = folds.map(\.rows).reduce(0, +)
    let names = folds.first?.figures.map(\.name) ?? []
    let spreads = names.indices.map { index in Spread(folds.map { $0.figures[index].value }) }
    let figures = zip(names, spreads).map { name, spread in
      "\(name) \(Formatting.figure(spread.mean)) ± \(Formatting.figure(spread.deviation))"
        + (spread.count < folds.count ? " (\(spread.count) of \(folds.count) folds)" : "")
    }
    printed =
      "\(folds.count) folds, \(count(rows, "row")): " + figures.joined(separator: "  ")
      + (folds.first?.tail ?? "")
    let poor = folds.compactMap(\.verdict)
    if 2 * poor.count > folds.count, let first = poor.first {
      printed?.append(
        "\nin \(poor.count) of \(folds.count) folds, such as the first of them, \(first)")
    }
    let table = folds.enumerated().map { index, fold in
      NNScript.Value.record(
        [("fold", .number(Double(index + 1))), ("rows", .number(Double(fold.rows)))]
          + fold.figures.map { ($0.name, .figure($0.value)) })
    }
    return .record(
      [("on", .text("folds")), ("rows", .number(Double(rows)))]
        + zip(names, spreads).map { ($0, .figure($1.mean)) }
        + [
          ("sd", .record(zip(names, spreads).map { ($0, .figure($1.deviation)) })),
          ("folds", .list(table)),
        ])
  }
}

/// Numbers by their mean and the deviation of a sample, divided by n - 1; NaN stands for a number
/// that is not there. Of one number there is no deviation, of none no mean.
private struct Spread {
  var count: Int
  var mean: Double
  var deviation: Double

  init(_ all: [Double]) {
    let values = all.filter { !$0.isNaN }
    count = values.count
    guard !values.isEmpty else {
      (mean, deviation) = (.nan, .nan)
      return
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    self.mean = mean
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : .nan
  }
}
