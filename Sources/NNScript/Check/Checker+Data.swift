import NNEngine

// What can be known of data before anything runs: their files are there, their columns exist, and
// where reading them costs nothing, their shapes.

extension Checker {
  /// After a `no-data` error: the `data` that comes later is part of the explanation.
  func explainMissingData(_ range: SourceRange) {
    explain(.noData) { diagnostic in
      guard diagnostic.secondary.isEmpty, let place = diagnostic.primary?.range,
        place.source == range.source, place.start < range.start
      else { return }
      diagnostic.secondary = [Diagnostic.Label(range, "this comes too late")]
      let lines = session.map { session in
        (session.line(of: range), session.line(of: place))
      }
      if let (data, use) = lines { diagnostic.help = ["move line \(data) above line \(use)"] }
    }
  }

  /// Looks at the data a name or path stands for.
  ///
  /// - Throws: a diagnostic where they cannot be what the command says.
  func foreseeData(
    _ name: String, _ call: ForeseenCall, _ known: Forecast.DataFacts
  ) throws -> Forecast.DataFacts {
    guard let session else { return known }
    var facts = known
    let loader = session.loader
    do {
      if let set = loader.sets.first(where: { $0.name == name }) {
        _ = try loader.locate(set)
        facts.columns = set.columns + set.target
        try checkColumns(facts.columns, call)
        if !call.isGiven("only"), !call.isGiven("drop") { facts.inputShape = set.inputShape }
        if !call.isGiven("target") {
          facts.targets = set.classNames.isEmpty ? .values(1) : .classes(set.classNames.count)
          facts.range = call.range
          facts.label = "`\(set.name)` has \(set.classNames.count) classes"
        }
        return facts
      }
      let peek = try loader.peek(session.readingPath(name))
      facts.columns = peek.columnNames
      try checkColumns(peek.columnNames, call)
      facts.inputShape = peek.inputShape
      for option in ["test", "validation", "labels", "test_labels"] {
        guard case .text(let path)? = text(option, call) else { continue }
        let found = session.readingPath(path)
        if case .missing = loader.files.kind(of: found) {
          throw Diagnostic(
            loader.files.notFound(found), at: call.range(of: option), in: session)
        }
      }
      return facts
    } catch let error as EngineError {
      throw Diagnostic(error, at: call.range(of: "source"), in: session)
    }
  }

  private func text(_ option: String, _ call: ForeseenCall) -> ParameterValue? {
    switch call.value(option) {
    case .text(let path)?: .text(path)
    case .host(let value as Value)?: value.textValue.map { .text($0) }
    default: nil
    }
  }

  /// Columns that options name must exist.
  private func checkColumns(_ columns: [String], _ call: ForeseenCall) throws {
    guard !columns.isEmpty else { return }
    for option in ["target", "only", "drop"] {
      let names: [String] =
        switch call.value(option) {
        case .text(let name)?: [name]
        case .texts(let names)?: names
        default: []
        }
      for name in names where !columns.contains(name) {
        throw Diagnostic(
          .unknownName, "there is no column named `\(name)`", at: call.range(of: option),
          "not a column",
          help: Suggestion.nearest(to: name, among: columns).map { ["did you mean `\($0)`?"] }
            ?? ["columns: " + columns.prefix(24).map { "`\($0)`" }.joined(separator: ", ")])
      }
    }
  }

  /// What a message says of data that were read.
  static func label(of data: Dataset) -> String {
    guard data.reading == .classes else { return "" }
    let target = data.preprocessing.targetNames.first.map { "column `\($0)`" } ?? "the target"
    return "\(target) holds \(data.preprocessing.classNames.count) different values"
  }
}
