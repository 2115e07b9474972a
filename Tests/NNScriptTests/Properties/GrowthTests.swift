import NNScript
import Testing

/// Work that grows with what is given, and no faster: each of these took its square, minutes for
/// the sizes here. The limits leave room for a busy machine and a build without optimisation.
@Suite(.timeLimit(.minutes(1))) struct GrowthTests {
  private func check(_ text: String) -> [Diagnostic] {
    Session().check(text).filter { $0.severity == .error }
  }

  @Test func manyLayersAreChecked() {
    #expect(check("input 4\n" + repeated("layer dense 4 relu\n", 10_000)).isEmpty)
  }

  @Test func manyLayersInBlocksAreChecked() {
    let block = "residual {\n  layer dense 4\n  branch { layer dense 2 } { layer dense 2 }\n}\n"
    #expect(check("input 4\n" + repeated(block, 1_000)).isEmpty)
  }

  /// Each of these was looked for, or copied, for every line behind it.
  @Test(arguments: [
    "let = 1\n", "let x 1\nprint (\n", "data iriss\n", "pritn 1\n", "print a b\n", "x.y.z = 1\n",
  ])
  func aMistakeInEachLineIsTold(_ line: String) {
    #expect(check(repeated(line, 10_000)).count >= 10_000)
  }

  @Test func manyArgumentsAreChecked() {
    #expect(check("print" + repeated(" 1", 50_000)).isEmpty)
    #expect(check("metric" + repeated(" accuracy", 20_000)).count <= 1)
  }

  @Test func recordsOfManyFieldsAreFilled() throws {
    let session = Session()
    try session.run(
      """
      let r = {}
      for i in 1..50000 { r["k{i}"] = i }
      for i in 1..50000 { r["k{i}"] = r["k{i}"] + 1 }
      let last = r.k50000
      let count = len(r)
      """)
    #expect(session["last"]?.numberValue == 50_001)
    #expect(session["count"]?.numberValue == 50_000)
  }

  private func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }
}

/// What the check accepts the run accepts, however large a text is.
@Suite(.timeLimit(.minutes(1))) struct LargeTextTests {
  private func agree(_ text: String) {
    let found = Session().check(text).filter { $0.severity == .error }.map(\.message)
    var run: [String] = []
    do {
      try Session().run(text)
    } catch {
      run =
        (error as? ScriptError)?.diagnostics.filter { $0.severity == .error }.map(\.message) ?? []
    }
    #expect(found == run)
  }

  @Test func moreVariablesThanRegisters() {
    agree((0..<70_000).map { "let a\($0) = \($0)\n" }.joined())
  }

  @Test func manyLinesOfOneVariable() {
    agree("let x = 0\n" + String(repeating: "x = x + 1\n", count: 100_000))
  }

  @Test func blocksOfCommandsInEachOther() {
    func nested(_ count: Int) -> String {
      String(repeating: "time {\n", count: count) + "let x = 1\n"
        + String(repeating: "}\n", count: count)
    }
    for count in [99, 100, 198] { agree(nested(count)) }
    #expect(Session().check(nested(99)).allSatisfy { $0.severity != .error })
    #expect(Session().check(nested(100)).contains { $0.code == .tooDeep })
  }

  @Test func longChains() {
    agree("let x = 1\nprint x" + String(repeating: " + x", count: 900))
    agree("let x = 1\nprint x" + String(repeating: " + x", count: 2_000))
    agree("let x = [1]\nprint x" + String(repeating: "[0..0]", count: 900))
    agree("let x = 1\nprint max(1" + String(repeating: ", x", count: 70_000) + ")")
  }
}
