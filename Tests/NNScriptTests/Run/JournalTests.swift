import NNEngine
import Testing

@testable import NNScript

/// What the prompt did can be taken back, listed and written down.
@Suite struct JournalTests {
  /// A host that stops trainings at the end of an epoch, as Ctrl-C would.
  private final class StoppingHost: Host {
    let files: any FileAccess = ScratchHost(
      ["stage.nn": "def stage(n) { layer dense n tanh }\nlet width = 6\n"]
    ).files
    var lines: [String] = []
    /// The epoch to stop behind.
    var lastEpoch = Int.max
    private(set) var isCancelled = false
    private(set) var warnings: [Diagnostic] = []
    /// How each interrupted training is told to go on.
    private(set) var continuations: [String?] = []

    func receive(_ event: Event) {
      switch event {
      case .output(let text, _, _), .note(let text, _): lines.append(text)
      case .trainingStarted: isCancelled = false
      case .epoch(let epoch): isCancelled = epoch.epoch >= lastEpoch
      case .trainingFinished(let end):
        isCancelled = false
        if end.stopped == "interrupted" { continuations.append(end.continuation) }
      case .diagnostic(let diagnostic):
        if diagnostic.severity == .warning { warnings.append(diagnostic) }
      default: break
      }
    }
  }

  private struct Prompt {
    let host = StoppingHost()
    let session: Session

    init() {
      var options = Session.Options()
      options.dataFolders = [Repository.folder + "/scripts/models/data"]
      options.threads = 1
      session = Session(host: host, options: options)
    }

    /// Types lines one after the other; says which went wrong.
    @discardableResult
    func type(_ lines: String...) -> [String] {
      lines.filter {
        (try? session.run($0, from: .init(name: "<prompt>", isPrompt: true))) == nil
      }
    }

    var state: [UInt8] {
      guard let network = session.workspace.model.network else { return [] }
      return (try? ModelFile(model: session.workspace.model, network: network).bytes()) ?? []
    }
  }

  @Test func thirtyStatementsAreTakenBack() {
    let prompt = Prompt()
    prompt.type("data iris test=20%", "layer dense 4 relu", "layer dense 3 softmax")
    var states: [[UInt8]] = []
    for step in 1...15 {
      states.append(prompt.state)
      prompt.type("train epochs=1 quiet")
      states.append(prompt.state)
      prompt.type("let n = \(step)")
    }
    #expect(prompt.session["n"]?.numberValue == 15)
    for state in states.reversed() {
      #expect(prompt.type("undo").isEmpty)
      #expect(prompt.state == state)
    }
    #expect(prompt.session["n"] == nil)
    #expect(prompt.session.workspace.model.history.isEmpty)
  }

  @Test func undoPassesOverWhatChangesNothing() {
    let prompt = Prompt()
    prompt.type("let a = 1", "let a = 2", "print a", "a + 1", "show variables", "a = 2", "undo")
    #expect(prompt.session["a"]?.numberValue == 1)
    prompt.type("undo")
    #expect(prompt.session["a"] == nil)
    #expect(prompt.type("undo") == ["undo"])
    #expect(prompt.host.lines.contains("took back: let a = 2"))
  }

  @Test func listsAndFunctionsAreWhatTheyWere() {
    let prompt = Prompt()
    prompt.type(
      "let xs = [1, 2]", "def f(x) = x + 1", "xs[0] = 5", "def f(x) = x * 2", "undo", "undo",
      "let y = f(xs[0])")
    #expect(prompt.session["y"]?.numberValue == 2)
  }

  @Test func aTextOfSeveralStatementsIsTakenBackOneByOne() {
    let prompt = Prompt()
    prompt.type("let a = 1; let b = 2\nlet c = 3", "undo")
    #expect(prompt.session["c"] == nil && prompt.session["b"]?.numberValue == 2)
    prompt.type("undo")
    #expect(prompt.session["b"] == nil && prompt.session["a"]?.numberValue == 1)
  }

  @Test(arguments: [
    "a = 5; let b = 1 / 0", "for i in 1..3 { a = i; layer dense 4; print 1 / (3 - i) }",
    "random(); assert 1 > 2", "model other { layer dense 2 }; use nothing",
    "seed 5; print [1][3]", "layer dense 2; if a { }",
  ]) func aMistakeLeavesWhatCameBeforeIt(_ text: String) {
    let prompt = Prompt()
    prompt.type("let a = 7", "input 3")
    #expect(prompt.type(text) == [text])
    // Whole statements before the mistake stand, and can be taken back.
    while prompt.type("undo").isEmpty {}
    #expect(prompt.session["a"] == nil && prompt.session.workspace.allNames == [""])
    #expect(prompt.session.workspace.model.blueprint.parts.isEmpty)
    #expect(prompt.session.workspace.chance == RandomStream(seed: 0, stream: .random))
  }

  /// Saves the session, runs what was written in a new one, and compares the models' bytes.
  private func savedAndRun(_ prompt: Prompt) throws -> (same: Bool, text: String) {
    prompt.type("save session \"/tmp/nnscript-journal.nn\"")
    let text = String(
      decoding: try prompt.host.files.read("/tmp/nnscript-journal.nn"), as: UTF8.self)
    let again = Prompt()
    try again.session.run(text, from: .init(name: "saved.nn", isWhole: true))
    return (again.state == prompt.state && !prompt.state.isEmpty, text)
  }

  @Test func aSavedSessionLeadsToTheSameBytes() throws {
    let prompt = Prompt()
    prompt.type(
      "seed 3", "data iris test=20%", "let n = 3 + 1", "lyer dense 9", "layer dense n * 2 relu",
      "train epochs=3 quiet", "train epochs=2 lr=0.5", "undo", "n * 2", "let m = _ / 2", "m",
      "let r = random()", "train epochs=m quiet", "print 1 / 0", "for i in 1..2 {\n  let k = i\n}",
      "help train", "history", "model.dense1.bias[0] = 0.25", "show model")
    let (isSame, text) = try savedAndRun(prompt)
    #expect(isSame)
    #expect(
      text == """
        seed 3
        data iris test=20%
        let n = 3 + 1
        layer dense n * 2 relu
        train epochs=3 quiet
        let _ = n * 2
        let m = _ / 2
        let _ = m
        let r = random()
        train epochs=m quiet
        for i in 1..2 {
          let k = i
        }
        model.dense1.bias[0] = 0.25
        show model

        """)
  }

  @Test(arguments: [
    ("train epochs=50 quiet", "train epochs=4 quiet"),
    ("train 50 lr=0.01", "train epochs=4 lr=0.01"),
    ("let r = train 50", "train epochs=4"),
    ("train", "train epochs=4 l2=0.001"),
    ("train batch=8 l2=0.1 quiet", "train epochs=4 batch=8 l2=0.1 quiet"),
    ("train lr=0.1 / epochs", "train lr=0.1 / epochs until=epoch >= 7"),
    ("train epochs=50 lr=0.1 / epochs", "train epochs=50 lr=0.1 / epochs until=epoch >= 7"),
    (
      "train epochs=50 until=(loss < 0)",
      "train epochs=50 until=loss < 0 or epoch >= 7"
    ),
    (
      "train epochs=50 lr=0.3 patience=30",
      "train epochs=50 lr=0.3 patience=30 until=epoch >= 7"
    ),
  ]) func anInterruptedTrainingIsWrittenAsItWasDone(_ typed: String, _ written: String) throws {
    let prompt = Prompt()
    prompt.type("data iris test=20% validation=20%", "layer dense 8 tanh", "train epochs=3 quiet")
    prompt.host.lastEpoch = 7
    #expect(prompt.type(typed) == [typed])
    prompt.host.lastEpoch = .max
    let (isSame, text) = try savedAndRun(prompt)
    #expect(text.split(separator: "\n").last.map(String.init) == written)
    #expect(isSame)
    prompt.type("undo")
    #expect(prompt.session.workspace.model.state.epoch == 3)
  }

  @Test func aLoopThatWasStoppedIsNotPretendedToBeRepeatable() throws {
    let prompt = Prompt()
    prompt.type("data iris", "layer dense 4 relu", "train epochs=2 quiet")
    prompt.host.lastEpoch = 5
    let loop = "for i in 1..9 { train epochs=2 quiet }"
    #expect(prompt.type(loop) == [loop])
    prompt.host.lastEpoch = .max
    #expect(prompt.session.workspace.model.state.epoch == 5)
    let (isSame, text) = try savedAndRun(prompt)
    #expect(!isSame)
    #expect(prompt.host.warnings.map(\.code) == [.interrupted])
    #expect(text.hasSuffix("# stopped half-way, so the lines below start elsewhere:\n# \(loop)\n"))
    // Taken back, it is no part of the session.
    prompt.type("undo")
    #expect(try savedAndRun(prompt).same)
    #expect(prompt.host.warnings.count == 1)
  }

  @Test func whatChangedNothingWhenItWasStoppedIsNotWritten() throws {
    let prompt = Prompt()
    prompt.type("data iris", "layer dense 4 relu", "train epochs=2 quiet")
    prompt.host.lastEpoch = 3
    // Each run of a sweep starts where the sweep did, and so does what follows a stopped one.
    let sweep = "sweep lr=[0.1, 0.01] { train epochs=9 lr=lr quiet }"
    #expect(prompt.type(sweep) == [sweep])
    #expect(prompt.host.continuations == [nil])
    prompt.host.lastEpoch = .max
    let (isSame, text) = try savedAndRun(prompt)
    #expect(isSame && !text.contains("sweep") && prompt.host.warnings.isEmpty)
  }

  @Test func aTrainingInATimedBlockKeepsItsEpochs() {
    let prompt = Prompt()
    prompt.type("data iris", "layer dense 4 relu")
    prompt.host.lastEpoch = 3
    prompt.type("time { train epochs=9 quiet }")
    #expect(prompt.session.workspace.model.state.epoch == 3)
    #expect(prompt.host.continuations == ["train epochs=6 quiet"])
  }

  @Test func aTrainingWithoutEpochsIsToldToGoOnAsItWasTyped() {
    let prompt = Prompt()
    prompt.type("data iris", "layer dense 4 relu")
    prompt.host.lastEpoch = 3
    prompt.type("train lr=0.01 quiet", "undo", "train")
    #expect(prompt.host.continuations == ["train lr=0.01 quiet", "train"])
  }

  @Test func includesSweepsAndMistakesLeadToTheSameBytes() throws {
    let prompt = Prompt()
    prompt.type("seed 9", "include \"stage.nn\"", "data wine test=20%", "stage(width)")
    #expect(prompt.type("stage(1 / 0)", "layer dense 99999999").count == 2)
    prompt.type(
      "let tried = sweep lr=[0.1, 0.01] { train epochs=2 lr=lr quiet }", "let r = random(3)",
      "undo", "seed 4", "model.dense1.weights = model.dense1.weights + random()",
      "train epochs=tried[0].lr * 20 quiet", "width = 9", "_ + 1")
    prompt.host.lastEpoch = 6
    prompt.type("train epochs=90")
    prompt.host.lastEpoch = .max
    let (isSame, text) = try savedAndRun(prompt)
    #expect(isSame, "\(text)")
  }

  @Test func aTrainingThatFailsIsWrittenUpToItsLastGoodEpoch() throws {
    let prompt = Prompt()
    prompt.type("data iris", "layer dense 4 relu", "optimizer sgd")
    let typed = "train epochs=9 lr=(if epoch > 4 then 1e30 else 0.01)"
    #expect(prompt.type(typed) == [typed])
    let (isSame, text) = try savedAndRun(prompt)
    #expect(text.contains("until=epoch >= ") && isSame)
  }

  @Test func whatTheTimerTellsIsAskedFor() {
    let prompt = Prompt()
    prompt.type(
      "let a = 1", "timer on", "data iris", "layer dense 3", "train epochs=2", "timer off")
    let told = prompt.host.lines.filter { $0.hasPrefix("took ") }
    #expect(told.count == 3 && told[2].hasSuffix(" samples/s") && !told[0].contains("samples"))
  }

  @Test func aPasteOfThousandsIsOneStep() {
    let prompt = Prompt()
    let text = (1...5000).map { "let v\($0) = \($0)" }.joined(separator: "\n")
    let start = ContinuousClock.now
    prompt.type(text)
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(prompt.session["v5000"]?.numberValue == 5000)
    prompt.type("undo")
    #expect(prompt.session["v1"] == nil)
  }
}
