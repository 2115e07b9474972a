import Testing

/// The corpus is worth as much as its runner's ability to fail.
@Suite struct ExpectationsTests {
  private func differences(
    _ script: String, prints: [String] = [], notes: [String] = [],
    problems: [Outcome.Problem] = []
  ) -> [String] {
    Outcome(prints: prints, notes: notes, problems: problems)
      .differences(from: Expectations(of: script))
  }

  private let typo = Outcome.Problem(
    severity: "error", code: "unknown-name", line: 3, columns: 16...19,
    message: "there is no activation named `rleu`", hints: ["did you mean `relu`?"])

  @Test func expectedResultsPass() {
    #expect(differences("# prints: 1024\nprint 2^10", prints: ["1024"]).isEmpty)
    #expect(differences("# prints:\nprint \"\"", prints: [""]).isEmpty)
    #expect(differences("# prints: loss …\nevaluate", prints: ["loss 0.3, 7 of 9"]).isEmpty)
  }

  @Test func wrongMissingAndExtraResultsFail() {
    #expect(!differences("# prints: 1024\nprint 2^10", prints: ["1023"]).isEmpty)
    #expect(!differences("# prints: 1024\nprint 2^10", prints: []).isEmpty)
    #expect(!differences("# prints: 1024\nprint 2^10", prints: ["1024", "1"]).isEmpty)
    #expect(!differences("print 2^10", prints: ["1024"]).isEmpty)
    #expect(!differences("# prints: loss …\nevaluate", prints: ["los 0.3"]).isEmpty)
    for (line, fits) in [
      ("loss 0.3 of 9 rows", true), ("loss 0.3 of 8 rows", false), ("loss 0.3 of 9 rows.", false),
      ("loss rows of 9", false), ("a loss 0.3 of 9 rows", false),
    ] {
      #expect(
        differences("# prints: loss … of 9…rows\nevaluate", prints: [line]).isEmpty == fits,
        "\(line)")
    }
    #expect(!differences("# prints: 1\n# prints: 2\nf", prints: ["2", "1"]).isEmpty)
  }

  @Test func aGapPassesOverLinesAndNoFurther() {
    let script = "# prints: a\n# prints: …\n# prints: z\nf"
    #expect(differences(script, prints: ["a", "b", "c", "z"]).isEmpty)
    #expect(differences(script, prints: ["a", "z"]).isEmpty)
    #expect(!differences(script, prints: ["a", "b"]).isEmpty)
    #expect(!differences(script, prints: ["a", "z", "b"]).isEmpty)
    #expect(differences("# prints: a\n# prints: …\nf", prints: ["a", "b", "c"]).isEmpty)
  }

  @Test func numbersAreComparedWithinTheTolerance() {
    let script = "# prints~: test, 30 rows: loss 0.31 (-2e-3) ±0.02\nevaluate"
    #expect(differences(script, prints: ["test, 30 rows: loss 0.325 (0.001)"]).isEmpty)
    #expect(!differences(script, prints: ["test, 30 rows: loss 0.34 (0.001)"]).isEmpty)
    #expect(!differences(script, prints: ["test, 30 rows: gain 0.31 (0.001)"]).isEmpty)
    #expect(!differences(script, prints: ["test, 30 rows: loss nan (0.001)"]).isEmpty)
    #expect(!differences("# prints~: 0.31\nprint x", prints: ["0.31"]).isEmpty)
  }

  @Test func expectedErrorsPass() {
    let script = """
      data iris
      # error[unknown-name] 16-19: there is no activation named `rleu`
      layer dense 64 rleu
      """
    let hinted = "\n\n# error 16-19: there is no …\n# hint: did you mean `relu`?\n\nlayer"
    #expect(differences(script, problems: [typo]).isEmpty)
    var lower = typo
    lower.line = 6
    #expect(differences(hinted, problems: [lower]).isEmpty)
  }

  @Test(arguments: [
    "\n# error 16-18: there is no activation named `rleu`\nlayer",
    "\n# error 15-19: there is no activation named `rleu`\nlayer",
    "\n# error 16-19: there is no activation\nlayer",
    "\n# warning 16-19: there is no activation named `rleu`\nlayer",
    "\n# error[unknown-option] 16-19: there is no activation named `rleu`\nlayer",
    "\n# error 16-19: there is no activation named `rleu`\n# hint: did you mean `elu`?\nlayer",
    "\n\n# error 16-19: there is no activation named `rleu`\nlayer",
    "\n# error 16-19: there is no activation named `rleu`\n# error 1: another\nlayer",
    "layer dense 64 rleu",
  ])
  func anythingDifferentAboutAnErrorFails(_ script: String) {
    #expect(!differences(script, problems: [typo]).isEmpty)
  }

  @Test(arguments: [
    "# print: 1\nprint 1", "# Error 3: x\nf", "# error 3-1: x\nf", "# error a: x\nf",
    "# hint: x\nf", "# prints~: 3 ± x\nf", "# errors: x\nf",
  ])
  func aSlipInAnExpectationIsNotARemark(_ script: String) {
    #expect(!differences(script).isEmpty)
  }

  @Test func notesMayBePassedOverButNotMissed() {
    let script = "# notes: iris.csv: 150 rows …\ndata iris"
    #expect(differences(script, notes: ["a", "iris.csv: 150 rows, 5 columns", "b"]).isEmpty)
    #expect(!differences(script, notes: ["a", "iris.csv: 149 rows"]).isEmpty)
  }
}
