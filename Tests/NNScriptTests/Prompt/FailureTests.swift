import Testing

@testable import NNScript

/// What a statement at the prompt leaves behind when it fails: nothing.
@Suite struct FailureTests {
  /// Everything a later statement could see of a session.
  private static func appearance(_ session: Session) -> [String] {
    let workspace = session.workspace
    var lines = session.variables.map { "\($0.name) = \($0.value)" }
    lines.append("\(session.topLevelNames) \(session.lastValue)")
    lines.append("\(workspace.modelNames) \(workspace.currentName) \(workspace.seed)")
    lines.append("\(workspace.chance)")
    lines.append("\(String(describing: workspace.data?.train.count)) \(session.columnNames)")
    for name in workspace.allNames.sorted() {
      guard let model = workspace[model: name] else { continue }
      let parts = model.blueprint.names
      lines.append("\(name): \(parts) \(model.state.epoch) \(model.history.count)")
      lines.append("\(model.network?.values.map(\.bitPattern) ?? [])")
    }
    return lines
  }

  /// Types a script line by line; tells the statements that failed and changed something.
  private static func changingFailures(_ text: String, in folder: String?) -> [String] {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    let session = Session(host: ScratchHost(), options: options)
    let origin = Session.Origin(name: "<prompt>", folder: folder, isPrompt: true)
    var found: [String] = []
    var pending = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      pending = pending.isEmpty ? String(line) : continuing(pending, with: String(line))
      if case .incomplete = isComplete(pending) { continue }
      let statement = pending
      pending = ""
      let before = appearance(session)
      let epoch = session.workspace.model.state.epoch
      do {
        try session.run(statement, from: origin)
      } catch {
        // A `train` by itself keeps its good epochs.
        let learnt = session.workspace.model.state.epoch
        if statement.hasPrefix("train"), learnt > epoch { continue }
        if appearance(session) != before { found.append("\(statement): \(error)") }
      }
    }
    return found
  }

  /// The corpus has a script for every diagnostic code there is.
  @Test(arguments: Repository.scripts(in: "Tests/Scripts").filter { !$0.contains("/recursion") })
  func noErrorOfTheCorpusChangesTheSession(_ path: String) throws {
    let text = try Repository.text(of: path)
    guard Expectations(of: text).problems.contains(where: { $0.severity == "error" }) else {
      return
    }
    let file = Repository.folder + "/" + path
    let folder = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
    let found = Self.changingFailures(text, in: folder)
    #expect(found.isEmpty, "\(found)")
  }

  /// Statements that do something before they fail.
  @Test(arguments: [
    "for i in 1..3 { n += i; if i == 2 { n = log(0) } }",
    "for i in 1..3 { xs[0] = i; assert i < 2 }",
    "xs = [1 / (3 - x) for x in xs]",
    "if true { layer dense 2 relu; data \"nowhere.csv\" }",
    "if true { model third { layer dense 2 }; assert false }",
    "if true { model.dense1.weights = 0 * model.dense1.weights; assert false }",
    "if true { seed 9; print random(2); assert false }",
    "if true { train epochs=1 quiet; assert false }",
    "if true { data wine; assert false }",
    "f(0)",
    "let fresh = log(0)",
    "sweep lr=[0.1, 0.01] { train epochs=1 lr=lr quiet; r.a = 2; assert lr > 0.05 }",
  ])
  func aStatementThatFailsHalfwayChangesNothing(_ statement: String) throws {
    let session = Words.session()
    try session.run(
      """
      seed 7
      data iris test=20%
      layer dense 4 relu
      layer dense 3 softmax
      train epochs=1 quiet
      let xs = [1, 2, 3]
      let r = {a: 1}
      let n = 1
      def f(x) {
        n = 100
        return 1 / x
      }
      """)
    let before = Self.appearance(session)
    #expect(throws: ScriptError.self) {
      try session.run(statement, from: Session.Origin(name: "<prompt>", isPrompt: true))
    }
    #expect(Self.appearance(session) == before)
  }

  @Test func whatStoodBeforeTheFailingStatementStays() throws {
    let session = Words.session()
    let text = "let a = 1; let b = 2; a = 5; let c = log(0); let d = 3"
    #expect(throws: ScriptError.self) {
      try session.run(text, from: Session.Origin(name: "<prompt>", isPrompt: true))
    }
    #expect(session["a"] == .number(5))
    #expect(session["b"] == .number(2))
    #expect(session["c"] == nil)
    #expect(session["d"] == nil)
  }

  @Test func aTrainingThatFailsKeepsItsLastGoodEpoch() throws {
    let session = Words.session()
    let prompt = Session.Origin(name: "<prompt>", isPrompt: true)
    try session.run("data [[0], [1]] target=[0, 1]\nlayer dense 1\nloss mse", from: prompt)
    #expect(throws: ScriptError.self) {
      try session.run("train epochs=3 lr=if epoch < 3 then 0.01 else -1 quiet", from: prompt)
    }
    #expect(session.workspace.model.state.epoch == 2)
  }
}
