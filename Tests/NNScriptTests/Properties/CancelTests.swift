import Glibc
import Testing

@testable import NNScript

/// A host that asks for an end some time after work began.
private final class StoppingHost: Host {
  private let patience: Duration
  /// Whether work is to be stopped at all: what comes first may take its time.
  var isArmed = false
  private var armed = ContinuousClock.now

  init(patience: Duration) { self.patience = patience }

  func receive(_ event: Event) {}

  func arm() {
    armed = .now
    isArmed = true
  }

  var isCancelled: Bool { isArmed && ContinuousClock.now - armed > patience }
}

/// Whatever runs, it ends soon after it is asked to: every function over large values, every
/// command over large data and networks.
///
/// On a machine of its own, in a build with optimisation, the worst is below 100 ms; the bound here
/// leaves room for one without, and for others' work.
@Suite(.serialized) struct CancelTests {
  private static let patience = Duration.milliseconds(30)
  private static let most = Duration.seconds(2)

  /// How long a text went on after it was to end; `nil` where it was done before.
  private func delay(of text: String, after preparation: String) -> Duration? {
    let host = StoppingHost(patience: Self.patience)
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    let session = Session(host: host, options: options)
    _ = try? session.run(preparation)
    host.arm()
    let start = ContinuousClock.now
    _ = try? session.run(text)
    let taken = ContinuousClock.now - start
    return taken > Self.patience ? taken - Self.patience : nil
  }

  private func expectSoon(_ delays: [(text: String, delay: Duration)]) {
    let worst = delays.max { $0.delay < $1.delay }
    if getenv("NNS_SHOW_DELAYS") != nil {
      for (text, delay) in delays.sorted(by: { $0.delay > $1.delay }).prefix(12) {
        print("delay", delay, text)
      }
    }
    if let worst { #expect(worst.delay < Self.most, "\(worst.text)") }
  }

  @Test func functionsOverLargeValues() {
    let host = StoppingHost(patience: Self.patience)
    let session = Session(host: host)
    let values = [
      ("numbers", "range(200000)"), ("texts", "map(text, range(10000))"),
      ("words", "repeat(\"ab cd \", 50000)"), ("rows", "repeat([[1, 2]], 50000)"),
      ("many", "ones(400, 400)"),
    ]
    for (name, value) in values { _ = try? session.run("let \(name) = \(value)") }
    var delays: [(String, Duration)] = []
    for entry in FunctionEntry.standard where entry.name != "print" {
      for (name, _) in values {
        for arguments in [name, "\(name), \(name)", "\(name), 3", "sqrt, \(name)"] {
          let text = "\(entry.name)(\(arguments))"
          host.arm()
          let start = ContinuousClock.now
          _ = try? session.run("let result = \(text)\nresult = 0")
          let taken = ContinuousClock.now - start
          host.isArmed = false
          if taken > Self.patience { delays.append((text, taken - Self.patience)) }
        }
      }
    }
    expectSoon(delays)
  }

  @Test(arguments: [
    "many @ many", "rows == rows", "rows + rows", "numbers ^ 2.5", "[1] in rows", "-rows",
    "not truths",
    "many * many", "many > many", "\"{rows}\"", "rows[5..400000]", "tensor(rows)",
  ])
  func operatorsOverLargeValues(_ expression: String) {
    let preparation = """
      let numbers = range(1000000)
      let rows = repeat([[1, 2]], 100000)
      let truths = repeat([true], 500000)
      let many = ones(800, 800)
      """
    if let delay = delay(of: "let result = \(expression)", after: preparation) {
      expectSoon([(expression, delay)])
    }
  }

  @Test(arguments: [
    "train epochs=1000", "evaluate", "predict data.train.inputs", "diagnose", "gradcheck",
    "find_rate", "explain 0 row", "compare", "show model", "show weights", "show gradients",
    "sweep lr=[0.1, 0.01] { train epochs=500 lr=lr }", "folds 5 { train epochs=500 }",
    "time { train epochs=1000 }", "plot history",
  ])
  func commandsOverLargeNetworks(_ command: String) {
    let preparation = """
      data digits
      layer dense 600 relu
      layer dense 600 relu
      layer dense 10
      """
    if let delay = delay(of: command, after: preparation) { expectSoon([(command, delay)]) }
  }

  @Test func theCheckBeforeARun() {
    let text = "input 4\n" + String(repeating: "layer dense 4 relu\n", count: 3_000)
    if let delay = delay(of: text, after: "") { expectSoon([("layers", delay)]) }
  }
}
