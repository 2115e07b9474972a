import NNScript

/// What a script did, in the terms of `Expectations`.
struct Outcome {
  struct Problem {
    var severity: String
    var code: String
    /// From 1; `nil` for what stands in no text, or in one that the script includes.
    var line: Int?
    var columns: ClosedRange<Int>
    var message: String
    var hints: [String]
  }

  var prints: [String] = []
  var notes: [String] = []
  var problems: [Problem] = []

  /// Everything in which it differs from what was expected; empty when all is well.
  func differences(from expected: Expectations) -> [String] {
    var differences = expected.misread.map { "cannot read the expectation `\($0)`" }
    differences += printDifferences(expected.prints)
    var rest = notes[...]
    for wanted in expected.notes {
      if let found = rest.firstIndex(where: wanted.matches) {
        rest = rest[(found + 1)...]
      } else {
        differences.append("did not note `\(wanted.pattern)`, but: \(notes)")
      }
    }
    for (index, problem) in problems.enumerated() {
      guard index < expected.problems.count else {
        differences.append("not expected: \(problem)")
        continue
      }
      differences += Self.differences(problem, expected.problems[index])
    }
    for wanted in expected.problems.dropFirst(problems.count) {
      differences.append("line \(wanted.line): no \(wanted.severity) `\(wanted.message)`")
    }
    return differences
  }

  /// Line by line; an expected `…` stands for as many lines as it takes to reach the next.
  private func printDifferences(_ expected: [Expectations.Line]) -> [String] {
    var differences: [String] = []
    var lines = prints[...]
    var mayPassOver = false
    for wanted in expected {
      if wanted.isGap {
        mayPassOver = true
        continue
      }
      if mayPassOver { lines = lines.drop { !wanted.matches($0) } }
      mayPassOver = false
      guard let line = lines.popFirst() else {
        differences.append("did not print `\(wanted.pattern)`")
        continue
      }
      if !wanted.matches(line) {
        let tolerance = wanted.tolerance.map { " ±\($0)" } ?? ""
        differences.append("printed `\(line)`, expected `\(wanted.pattern)\(tolerance)`")
      }
    }
    if !mayPassOver {
      differences += lines.map { "printed `\($0)`, nothing more was expected" }
    }
    return differences
  }

  private static func differences(
    _ found: Problem, _ wanted: Expectations.Problem
  ) -> [String] {
    var parts: [String] = []
    if found.severity != wanted.severity { parts.append("is a \(found.severity)") }
    if let code = wanted.code, code != found.code { parts.append("has the code \(found.code)") }
    if let line = found.line, line != wanted.line { parts.append("stands in line \(line)") }
    if let columns = wanted.columns, columns != found.columns {
      parts.append("stands in columns \(found.columns.lowerBound)-\(found.columns.upperBound)")
    }
    if !wanted.message.matches(found.message) { parts.append("says `\(found.message)`") }
    for hint in wanted.hints where !found.hints.contains(where: { hint.matches($0) }) {
      parts.append("hints \(found.hints) and not `\(hint)`")
    }
    guard !parts.isEmpty else { return [] }
    let what = "line \(wanted.line): the \(wanted.severity) `\(wanted.message)`"
    return ["\(what) " + parts.joined(separator: ", ")]
  }
}

/// Runs scripts and gathers what they do.
final class CollectingHost: Host {
  private(set) var outcome = Outcome()
  private var diagnostics: [Diagnostic] = []

  func receive(_ event: Event) {
    switch event {
    case .output(let text, _, _):
      outcome.prints += text.split(separator: "\n", omittingEmptySubsequences: false).map(
        String.init)
    case .note(let text, _):
      outcome.notes += text.split(separator: "\n").map(String.init)
    case .diagnostic(let diagnostic): diagnostics.append(diagnostic)
    case .trainingStarted, .batch, .epoch, .trainingFinished: break
    }
  }

  /// Runs a text in a session of its own.
  static func run(
    _ text: String, from origin: Session.Origin, parameters: [(name: String, value: String)] = []
  ) -> Outcome {
    let host = CollectingHost()
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    let session = Session(host: host, options: options)
    do {
      try session.run(text, from: origin, parameters: parameters)
    } catch let error as ScriptError {
      // An error that is thrown but not told would be invisible to everyone at a terminal.
      for diagnostic in error.diagnostics where !host.diagnostics.contains(diagnostic) {
        host.outcome.notes.append("thrown only: \(diagnostic.message)")
        host.diagnostics.append(diagnostic)
      }
    } catch {
      host.outcome.notes.append("thrown: \(error)")
    }
    host.outcome.problems = host.diagnostics.map { Outcome.Problem($0, in: session.sources) }
    return host.outcome
  }
}

extension Outcome.Problem {
  init(_ diagnostic: Diagnostic, in sources: SourceMap) {
    severity = diagnostic.severity.rawValue
    code = diagnostic.code.rawValue
    message = diagnostic.message
    hints = diagnostic.help
    columns = 0...0
    guard let range = diagnostic.primary?.range else { return }
    let source = sources.texts[range.source]
    let index = source.line(at: range.start)
    if range.source == 0 { line = index + 1 }
    let start = source.lineStarts[index]
    // Columns count characters; a range over several lines ends with its first.
    let end = min(max(range.end, range.start), start + source.line(index).count)
    let first = source.text(start..<range.start).count + 1
    let last = first + max(1, source.text(range.start..<max(range.start, end)).count) - 1
    columns = first...last
  }
}
