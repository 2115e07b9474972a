import NNEngine
import NNScript
import Testing

/// What commands do over several runs of one session, and what they leave in files.
@Suite struct CommandTests {
  private func session(threads: Int? = nil) -> Session {
    var options = Session.Options()
    options.threads = threads
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    return Session(options: options)
  }

  private func text(_ session: Session, _ name: String) -> String? {
    session[name].map { "\($0)" }
  }

  @Test func aCommandThatFailsChangesNothing() throws {
    let session = session()
    try session.run("data iris\nlayer dense 3\nlet n = 500")
    #expect(throws: ScriptError.self) { try session.run("data wine test=n") }
    #expect(throws: ScriptError.self) { try session.run("layer dense 3 weights=zeros(n, 2)") }
    try session.run("let kept = [data.name, len(model.layers)]")
    #expect(text(session, "kept") == #"["iris", 1]"#)
  }

  @Test func aSweepThatFailsChangesNothing() throws {
    let session = session()
    try session.run("data iris\nlayer dense 3")
    #expect(throws: ScriptError.self) {
      try session.run("sweep n=[3, 2] {\n  layer dense n\n  train epochs=1 quiet\n}")
    }
    try session.run("let kept = [len(model.layers), model.epoch]")
    #expect(text(session, "kept") == "[1, 0]")
  }

  @Test func aTrainingThatFailsKeepsItsLastGoodEpoch() throws {
    let session = session()
    try session.run(
      """
      data diabetes
      layer dense 8
      layer dense 1
      train epochs=2 quiet
      optimizer sgd
      let good = model.dense1.weights
      """)
    #expect(throws: ScriptError.self) { try session.run("train epochs=3 lr=1e20 quiet") }
    try session.run("let kept = [model.epoch, all(good == model.dense1.weights)]")
    #expect(text(session, "kept") == "[2, true]")
  }

  @Test func savingWhatWasLoadedGivesTheSameBytes() throws {
    let paths = (1...2).map { "/tmp/nnscript-round-trip-\($0).safetensors" }
    try session().run(
      """
      data diabetes test=20%
      model "kept for later" {
        layer dense 6 tanh name=first bias=[1, 2, 3, 4, 5, 6] frozen=bias
        layer dropout 0.1
        loss mse
        optimizer sgd lr=0.05 momentum=0.9
        metric mae r2
      }
      train epochs=2 quiet
      save "\(paths[0])"
      """)
    let other = session()
    try other.run("load \"\(paths[0])\"\nsave \"\(paths[1])\"\nlet bias = model.first.bias")
    #expect(try DiskFiles().read(paths[0]) == DiskFiles().read(paths[1]))
    #expect(text(other, "bias")?.contains("[1, 2, 3, 4, 5, 6]") == true)
  }

  @Test func answersInAFileAreACommaSeparatedTable() throws {
    let path = "/tmp/nnscript-answers.csv"
    try session().run(
      """
      data [1, 2] target=["no, never", "yes"]
      layer dense 2 weights=[[-1, 1]] bias=[1.5, -1.5]
      predict "\(Repository.folder)/Tests/Scripts/files/column.csv" to="\(path)"
      """)
    let lines = String(decoding: try DiskFiles().read(path), as: UTF8.self).split(separator: "\n")
    #expect(lines.first == "class,probability")
    #expect(lines.dropFirst().map { $0.hasPrefix("\"no, never\",0.") } == [true, false])
  }
}
