import Glibc
import NNEngine
import NNScript

/// How long work goes on after it was asked to end: all functions and commands of the vocabulary,
/// the operators and what is read, each over data that keep it busy for seconds.
struct CancelDelay: Measurement {
  /// What is walked.
  enum Kind: String, CaseIterable {
    case functions, operators, scripts, commands
  }

  let kind: Kind

  var name: String { "cancel-\(kind.rawValue)" }
  var summary: String { "from Ctrl-C to the end of the work: the worst of all \(kind.rawValue)" }
  private static let most = 0.1
  /// After how much work it is asked to end, in seconds. The second finds what comes later.
  private static let moments = [0.03, 0.4]

  /// What was measured.
  private struct Found {
    var text: String
    var delay: Double
    var taken: Double
  }

  func measure() -> Bool {
    print("\(name): \(summary)")
    guard var found = walked() else { return false }
    found.sort { $0.delay > $1.delay }
    for item in found.prefix(25) {
      let line = String(item.text.prefix(60).map { $0 == "\n" ? ";" : $0 })
      print("  \(pad(line, 61)) \(Unit(for: item.delay).text(item.delay, width: 7))")
    }
    let ends = found.filter { $0.taken > Self.moments[0] }
    let worst = found.first?.delay ?? .nan
    print("  \(found.count) tried, \(ends.count) of them long enough to be ended")
    print(
      "  the worst: \(Unit(for: worst).text(worst, width: 0))  \(verdict(worst <= Self.most, "≤ 100 ms"))"
    )
    return worst <= Self.most
  }

  private func walked() -> [Found]? {
    switch kind {
    case .functions: functions()
    case .operators: operators()
    case .scripts: scripts()
    case .commands: commands()
    }
  }

  // MARK: What there is

  /// `nil` where a command has no line.
  private func commands() -> [Found]? {
    let folder = "/tmp/nns-bench-cancel-\(getpid())"
    let known = Set(CancelLines.commands(folder).map(\.word)).union(CancelLines.short)
    for command in Vocabulary.standard.commands where !known.contains(command.name) {
      print("  no line makes `\(command.name)` take long: add one")
      return nil
    }
    mkdir(folder, 0o700)
    defer { _ = ChildProcess(["rm", "-r", folder])?.end() }
    CancelFiles.write(to: folder)
    return CancelLines.commands(folder).flatMap { delays(of: $0.line, after: $0.preparation) }
  }

  private func functions() -> [Found] {
    let values = [
      ("numbers", "range(10000000)"), ("texts", "map(text, range(1000000))"),
      ("words", "repeat(\"ab cd \", 5000000)"), ("rows", "repeat([[1, 2]], 1000000)"),
      ("many", "random(3000, 3000)"), ("wide", "{a: 1, b: random(3000, 3000)}"),
    ]
    let session = EndingSession()
    for (name, value) in values { session.run("let \(name) = \(value)") }
    var found: [Found] = []
    for function in Vocabulary.standard.functions where function.name != "print" {
      for (name, _) in values {
        for arguments in [
          name, "\(name), \(name)", "\(name), 3", "sqrt, \(name)", "\(name), sqrt",
          "\(name), 1, 2",
        ] {
          found += delays(of: "let result = \(function.name)(\(arguments))", in: session)
          session.run("let result = 0")
        }
      }
      for arguments in ["100000000", "\"ab\", 100000000", "20000, 20000", "range(30000), 30000"] {
        found += delays(of: "let result = \(function.name)(\(arguments))", in: session)
        session.run("let result = 0")
      }
    }
    return found
  }

  private func operators() -> [Found] {
    let session = EndingSession()
    session.run(
      """
      let numbers = range(20000000)
      let rows = repeat([[1, 2]], 2000000)
      let others = repeat([[1, 2]], 2000000)
      let truths = repeat([true], 10000000)
      let many = random(8000, 8000)
      let texts = map(text, range(1000000))
      let long = repeat("abc ", 10000000)
      """)
    let expressions = [
      "many @ many", "many @ many[0]", "rows == others", "rows + rows", "numbers ^ 2.5", "-rows",
      "[1] in rows", "not truths", "truths and truths", "many * many", "many > many", "many.T",
      "many ^ 2", "\"{rows}\"", "rows[5..4000000]", "numbers[5..<9000000]", "tensor(rows)",
      "long == long + \"a\"", "\"x\" in long", "texts + texts", "many[3000..7000]", "many[:, 5]",
      "[x * x for x in numbers]", "[x for x in numbers if x > 5]", "1..100000000", "long + long",
      "many @ many.T", "many[truths]", "numbers < 5",
    ]
    return expressions.flatMap { expression in
      let found = delays(of: "let result = \(expression)", in: session)
      session.run("let result = 0")
      return found
    } + delays(of: "many += 1", in: session) + delays(of: "numbers[5] = rows", in: session)
      + delays(of: "for i in 1..1000000000 { }", in: session)
      + delays(of: "let n = 0; while true { n += 1 }", in: session)
  }

  /// Checking alone, and what texts make long.
  private func scripts() -> [Found] {
    func lines(_ count: Int, _ line: (Int) -> String) -> String {
      (0..<count).map { line($0) + "\n" }.joined()
    }
    let texts = [
      "input 4\n" + lines(20_000) { _ in "layer dense 4 relu" } + "show model",
      lines(300_000) { "let a\($0) = \($0) + 1" },
      "let xs = [" + lines(1_000_000) { "\($0)," } + "1]",
      "print " + lines(1) { _ in (0..<300_000).map { "\($0)" }.joined(separator: " ") },
      "let a = 1" + String(repeating: " + 1", count: 500_000),
      lines(100_000) { "def f\($0)(x) = x + \($0)" },
      lines(100_000) { "if a\($0) { print 1 }" },
      "print \"" + String(repeating: "{1}", count: 300_000) + "\"",
      lines(200_000) { _ in "pritn 1" },
    ]
    return texts.flatMap { delays(of: $0, after: "") }
  }

  // MARK: Measuring

  private func delays(of text: String, after preparation: String) -> [Found] {
    Self.moments.flatMap { moment in
      let session = EndingSession()
      session.run(preparation)
      // What is on its way to the disk is waited for by whoever writes next.
      sync()
      if let error = session.error {
        print("  \(preparation.prefix(70)): \(error.diagnostics.first?.message ?? "")")
      }
      return [delay(of: text, in: session, after: moment)]
    }
  }

  private func delays(of text: String, in session: EndingSession) -> [Found] {
    var found: [Found] = []
    for moment in Self.moments {
      let one = delay(of: text, in: session, after: moment)
      found.append(one)
      if one.taken < moment { break }
    }
    return found
  }

  private func delay(of text: String, in session: EndingSession, after moment: Double) -> Found {
    let taken = session.seconds(text, endingAfter: moment)
    if kind == .commands, let error = session.error {
      print("  \(text.prefix(70)): \(error.diagnostics.first?.message ?? "")")
    }
    if getenv("NNS_SHOW_DELAYS") != nil, taken > moment + 0.05 {
      print("    \(fixed(taken - moment, 3)) s: \(text.prefix(70))")
      fflush(nil)
    }
    return Found(text: text, delay: max(0, taken - moment), taken: taken)
  }
}

/// A session whose work can be asked to end.
private final class EndingSession {
  private final class EndingHost: Host {
    var end: Double?
    func receive(_ event: Event) {}
    var isCancelled: Bool { end.map { Clock.wall.seconds > $0 } ?? false }
  }

  private let host = EndingHost()
  private let session: Session

  init() {
    var options = Session.Options()
    options.dataFolders = ["scripts/models/data"]
    options.keepsJournal = true
    session = Session(host: host, options: options)
  }

  /// What was wrong with the text before, other than that it was to end.
  private(set) var error: ScriptError?

  func run(_ text: String) {
    host.end = nil
    attempt(text)
  }

  private func attempt(_ text: String) {
    error = nil
    do {
      try session.run(text)
    } catch let failure as ScriptError {
      error = failure.isInterruption ? nil : failure
    } catch {}
  }

  /// How long a text takes that is asked to end after some seconds.
  func seconds(_ text: String, endingAfter patience: Double) -> Double {
    let start = Clock.wall.seconds
    host.end = start + patience
    if getenv("NNS_ALARM") != nil { ualarm(UInt32((patience + 0.05) * 1e6), 0) }
    attempt(text)
    if getenv("NNS_ALARM") != nil { ualarm(0, 0) }
    let taken = Clock.wall.seconds - start
    host.end = nil
    return taken
  }
}
