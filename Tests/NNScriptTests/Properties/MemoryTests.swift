import Glibc
import NNEngine
import Testing

@testable import NNScript

/// What would take more memory than a session may have is an error that says where and how much.
@Suite(.serialized, .timeLimit(.minutes(2))) struct MemoryTests {
  /// The error of a text in a session that may take so many bytes.
  private func problem(_ text: String, memory: Int = 60_000_000) -> Diagnostic? {
    var options = Session.Options()
    options.memory = memory
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    let session = Session(options: options)
    do {
      try session.run(text)
      return nil
    } catch {
      return (error as? ScriptError)?.diagnostics.first
    }
  }

  @Test(arguments: [
    "let t = []\nfor i in 1..1000 { t = append(t, ones(300, 300)) }",
    "let t = []\nfor i in 1..1000000 { t = append(t, range(1000)) }",
    "let t = []\nfor i in 1..1000000 { t = append(t, repeat(\"ab\", 5000)) }",
    "let t = tensor(ones(8000))\nlet u = reshape(t, 8000, 1) * reshape(t, 1, 8000)",
    "let t = ones(8000)\nlet u = reshape(t, 8000, 1) @ reshape(t, 1, 8000)",
    "let t = []\nfor i in 1..10000000 { t = append(t, \"a text of some length {i}\") }",
    "let t = {}\nfor i in 1..10000000 { t[\"k{i}\"] = [i] }",
    "let t = \"\"\nfor i in 1..10000000 { t += \"a text of some length {i}\" }",
    "let t = range(40000000)", "let t = repeat([1, \"a\"], 20000000)",
    "input 16384\nlayer dense 65536\nshow model",
    "data \"/dev/zero\"", "load \"/dev/zero\"",
    "data iris\nlayer dense 5000 relu\nlayer dense 5000 relu\nlayer dense 3\ntrain epochs=1 quiet",
  ])
  func tooMuchIsAnError(_ text: String) {
    let found = problem(text)
    #expect(found != nil, "\(text)")
    if let found {
      #expect(found.code == .limitReached, "\(found.message)")
      #expect(found.primary != nil, "\(text)")
    }
  }

  @Test func theMessageSaysWhatAndHowMuch() {
    let found = problem("let t = range(40000000)")
    #expect(found?.message.hasPrefix("a list of 40000000 items would take 320 MB") == true)
  }

  @Test func aSessionGoesOnBehindTheError() throws {
    var options = Session.Options()
    options.memory = 60_000_000
    let session = Session(options: options)
    #expect(throws: ScriptError.self) { try session.run("let t = range(40000000)") }
    try session.run("let x = sum(range(1000))")
    #expect(session["x"]?.numberValue == 499_500)
  }

  @Test func whatOtherSessionsHoldDoesNotCount() throws {
    let other = Session()
    try other.run("let t = range(30000000)")
    var options = Session.Options()
    options.memory = 100_000_000
    let session = Session(options: options)
    try session.run("let t = range(5000000)\nlet u = range(5000000)")
    #expect(throws: ScriptError.self) { try session.run("let v = range(5000000)") }
    try session.run("t = 0")
    try session.run("let v = range(5000000)")
    // What is given up is no longer counted, however much that comes to.
    try session.run("for i in 1..200 { v = range(1000000) }")
    // What is held twice is counted once.
    try session.run("let many = []\nfor i in 1..40 { many = append(many, v) }")
    #expect(other["t"]?.listItems?.count == 30_000_000)
  }

  @Test func theOldestStepsAreForgottenFirst() throws {
    var options = Session.Options()
    // All steps together hold 1.3 GB.
    options.memory = 200_000_000
    options.keepsJournal = true
    let session = Session(options: options)
    try session.run("let t = range(4000000)")
    for step in 1...40 { try session.run("t = range(4000000)\nt[0] = \(step)") }
    try session.run("undo")
    #expect(session["t"]?.listItems?.first?.numberValue == 0)
  }
}
