import NNEngine

extension CommandEntry {
  static var sweep: CommandEntry {
    CommandEntry(
      Spec(
        "sweep", "Runs its block for each combination of values and ranks the results.",
        .names(
          "by", whenAbsent: "the validation loss, else the training loss",
          "The metric to rank by, from the last `train` in the block; a run that diverges, or for which "
            + "the metric is not defined, comes last."
        ).example(
          "sweep units=[4, 8] by=accuracy {\n  model { layer dense units relu }\n  train epochs=2\n}"
        ),
        .choice(
          "best", ["lowest", "highest"],
          default: "what the figure says; for a metric of the script, lowest", option: true,
          "Whether the lowest or the highest value is best."
        ).example(
          "def worst(y, p) = max(abs(y - p))\nsweep units=[4, 8] by=worst best=lowest {\n"
            + "  model { layer dense units relu; metric worst }\n  train epochs=2\n}"
        ),
        example: "sweep lr=[0.1, 0.01] {\n  model { layer dense 4 relu }\n  train epochs=2 lr=lr\n}"
      ) { figure, best in
        { context in try context.sweep(by: figure.first, best: best) }
      }, blocks: Blocks(count: 1...1, definesOptions: true),
      foresee: { _, call in
        for offer in call.places.offers {
          guard let name = offer.name, name.text != "by", name.text != "best",
            case .value(let value) = offer.content
          else { continue }
          try checkChoices(name, value)
        }
      })
  }
}

extension CommandContext {
  fileprivate func sweep(by figure: String?, best: String) throws -> Value {
    let names = definitions.map(\.name)
    guard !names.isEmpty else {
      throw Diagnostic(
        .missingValue, "`sweep` needs values to try", at: site.word.range, "nothing to vary",
        help: ["for example `sweep lr=[0.1, 0.01] { … }`"])
    }
    var choices: [[Value]] = []
    for (name, value) in definitions {
      choices.append(try checkChoices(name, value))
    }
    let total = Shape.product(choices.map(\.count)) ?? .max
    guard total > 0, total <= 100_000 else {
      throw Diagnostic(
        .limitReached, "\(Operators.many(total)) combinations are too many", at: site.range,
        "at most 100000 in one sweep")
    }
    let start = session.workspace
    var runs: [(values: [Value], figures: [(name: String, value: Double)], after: Workspace)] = []
    var failed: (values: [[Value]], first: Diagnostic?) = ([], nil)
    for index in 0..<total {
      session.workspace = start
      var rest = index
      var values: [Value] = []
      for choice in choices.reversed() {
        values.insert(choice[rest % choice.count], at: 0)
        rest /= choice.count
      }
      let combination = zip(names, values).map { "\($0.text)=\(Formatting.text(of: $1))" }
      do {
        session.silence += 1
        defer { session.silence -= 1 }
        try run(blocks[0], values)
      } catch var lost as Diagnostic where lost.code == .lossNotFinite || lost.code == .domainFault
      {
        // A step that is too large for one combination is what a sweep is to find out.
        if failed.first == nil { failed.first = lost }
        failed.values.append(values)
        lost.notes = ["ranked last: \(combination.joined(separator: " "))"]
        lost.help = []
        warn(lost)
        continue
      }
      let model = session.workspace.model
      // What was trained before the sweep is no result of it; no two epochs take the same time.
      let before = start[model: model.name]?.history.last
      guard let last = model.history.last,
        last.number != before?.number || last.seconds != before?.seconds
      else {
        session.workspace = start
        throw Diagnostic(
          .notTrained, "the block of `sweep` trained nothing", at: site.word.range,
          "nothing to rank by", help: ["put a `train` into the block"])
      }
      runs.append((values, last.figures, session.workspace))
      tell("run \(index + 1) of \(total), \(combination.joined(separator: " "))", last.figures)
    }
    if runs.isEmpty, let lost = failed.first {
      session.workspace = start
      throw lost
    }
    let key = try rankingFigure(figure, runs[0].figures.map(\.name))
    let direction = better(key, best, runs[0].after.model.blueprint.metrics ?? [])
    func score(_ run: Int) -> Double {
      let value = runs[run].figures.first { $0.name == key }?.value ?? .nan
      guard value.isFinite else { return .infinity }
      return direction == .higher ? -value : value
    }
    // Stable: of equals the one tried first is the better one.
    let order = runs.indices.sorted { (score($0), $0) < (score($1), $1) }
    if score(order[0]) == .infinity { warnOfNoRanking(key) }
    session.workspace = runs[order[0]].after
    let ranked =
      order.map { (runs[$0].values, runs[$0].figures) }
      + failed.values.map { ($0, runs[0].figures.map { ($0.name, .nan) }) }
    return .list(
      ranked.map { values, figures in
        .record(
          zip(names, values).map { (name: $0.text, value: $1) }
            + figures.map { (name: $0.name, value: .figure($0.value)) })
      })
  }

  /// One line a run, which says what its figures are measured on.
  private func tell(_ run: String, _ figures: [(name: String, value: Double)]) {
    let validation = figures.filter { $0.name.hasPrefix("val_") }
    let training = figures.filter { !$0.name.hasPrefix("val_") }
    let parts =
      ["training rows: " + Formatting.figures(training)]
      + (validation.isEmpty ? [] : ["validation rows: " + Formatting.figures(validation)])
    note("\(run): " + parts.joined(separator: "; "))
  }

  /// Which values of a figure are the best: as the script says, else as the metric does.
  private func better(_ key: String, _ best: String, _ metrics: [any Metric]) -> Better {
    if best == "highest" { return .higher }
    if best == "lowest" { return .lower }
    let name = key.hasPrefix("val_") ? String(key.dropFirst(4)) : key
    if name == "loss" { return .lower }
    // What the script defined comes before a word of the vocabulary.
    let metric =
      metrics.first { $0.name == name }
      ?? (try? catalog.metrics.first { $0.name == name }?.makeWithDefaults())
    if let better = metric?.better { return better }
    note("`\(key)` ranked with the lowest first; write `best=highest` if more of it is better")
    return .lower
  }

  private func warnOfNoRanking(_ key: String) {
    warn(
      Diagnostic(
        .noResult, "`\(key)` is not defined in any run, so nothing is ranked",
        at: isGiven("by") ? range(of: "by") : site.word.range, "none in every run",
        help: ["rank by another figure, or give `data` more rows of each class"]))
  }

  private func rankingFigure(_ wanted: String?, _ known: [String]) throws -> String {
    guard let wanted else { return known.contains("val_loss") ? "val_loss" : "loss" }
    if known.contains(wanted) { return wanted }
    throw Diagnostic(
      .unknownName, "the runs have no figure `\(wanted)`", at: range(of: "by"),
      "not among the figures of `train`",
      help: Suggestion.nearest(to: wanted, among: known).map { ["did you mean `\($0)`?"] } ?? [],
      notes: ["figures: " + known.joined(separator: ", ")])
  }
}

/// The values to try for a swept name.
@discardableResult
private func checkChoices(_ name: Name, _ value: Value) throws -> [Value] {
  if let items = value.listItems, !items.isEmpty { return items }
  let isEmpty = value.listItems != nil
  throw Diagnostic(
    .wrongType,
    "`\(name.text)` takes a list of values to try, not \(isEmpty ? "an empty one" : value.kindName)",
    at: name.range, "swept here",
    help: isEmpty ? [] : ["write `\(name.text)=[\(Formatting.text(of: value))]`"])
}
