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
    #expect(lines.first == "class,\"probability_no, never\",probability_yes")
    #expect(lines.dropFirst().map { $0.hasPrefix("\"no, never\",0.") } == [true, false])
  }

  /// What `predict` writes of two rows of a file, whose columns go along as they stand.
  private func answers(to path: String, keep: String = "") throws -> [UInt8] {
    try session().run(
      """
      data "\(Repository.folder)/Tests/Scripts/files/learnt.csv"
      layer dense 2 weights=[[-1, 1]]
      predict "\(Repository.folder)/Tests/Scripts/files/kept.csv" to="\(path)" \(keep)
      """)
    return try DiskFiles().read(path)
  }

  @Test func keptColumnsStandBeforeTheAnswers() throws {
    let text = String(
      decoding: try answers(to: "/tmp/nnscript-kept.csv", keep: "keep=[id, note]"), as: UTF8.self)
    let lines = text.split(separator: "\n")
    #expect(lines[0] == "id,note,class,probability_no,probability_yes")
    #expect(lines[1].hasPrefix("007,\"a, b\",no,0.880797,"))
    #expect(lines[2].hasPrefix("010,,yes,"))
  }

  @Test func answersStandAsTheNameOfTheFileSays() throws {
    let tabs = String(
      decoding: try answers(to: "/tmp/nnscript-answers.tsv", keep: "keep=id"), as: UTF8.self)
    #expect(tabs.hasPrefix("id\tclass\tprobability_no\tprobability_yes\n007\tno\t"))
    let packed = try answers(to: "/tmp/nnscript-answers.csv.gz")
    #expect(packed.starts(with: [0x1f, 0x8b]))
    let plain = try answers(to: "/tmp/nnscript-answers.csv")
    #expect(try DataFile("/tmp/nnscript-answers.csv.gz", files: DiskFiles()).content() == plain)
    // The numbers alone, 64 bits, two rows of two.
    let array = try answers(to: "/tmp/nnscript-answers.npy")
    #expect(
      String(decoding: array.prefix(80), as: UTF8.self).contains(
        "'<f8', 'fortran_order': False, 'shape': (2, 2)"))
    #expect(array.count == 128 + 32)
    let archive = try answers(to: "/tmp/nnscript-answers.npz", keep: "keep=id")
    for name in ["id.npy", "class.npy", "probability_no.npy", "probability_yes.npy"] {
      #expect(archive.firstRange(of: Array(name.utf8)) != nil)
    }
  }

  @Test(arguments: [
    ("x.xlsx", "", "answers are written as .csv, .tsv, .npy or .npz, not as .xlsx"),
    ("x.npz.gz", "", "answers are written as .csv, .tsv, .npy or .npz, not as .npz.gz"),
    ("x.npy", "keep=id", "a `.npy` file holds numbers alone and keeps no columns"),
  ])
  func anotherEndIsToldBeforeTheTraining(end: String, keep: String, message: String) throws {
    do {
      _ = try answers(to: "/tmp/nnscript-\(end)", keep: keep)
      Issue.record("it was written")
    } catch let error as ScriptError {
      #expect(error.diagnostics.map(\.message) == [message])
    }
  }
}
