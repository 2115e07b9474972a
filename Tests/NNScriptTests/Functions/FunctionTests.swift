import Testing

@testable import NNScript

@Suite struct FunctionTests {
  @Test(arguments: Vocabulary.standard.functions.map { ($0.name, $0.example) })
  func exampleOfEveryFunctionRuns(name: String, example: String) throws {
    #expect(throws: Never.self, "\(name)") { try Session().run(example) }
    #expect(example.contains(name))
  }

  @Test func namesAreDistinct() {
    let names = Vocabulary.standard.functions.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: [
    ("mse([1, 0], [0.9, 0.2])", "0.025"), ("relu(-1)", "0"), ("relu([-1, 2])", "[0, 2]"),
    ("max(0, [-1, 2])", "[0, 2]"), ("max([3, 7, 5])", "7"),
    ("max([[1, 5], [3, 2]], axis=0)", "[3, 5]"),
    ("min(3, 1, 2)", "1"), ("sum([1, 2, 3])", "6"), ("sum([1, 2, 3] > 1)", "2"),
    ("mean([[1, 2], [3, 4]], axis=1)", "[1.5, 3.5]"), ("std([2, 4])", "1"), ("sum([])", "0"),
    ("median([4, 1, 3, 2])", "2.5"), ("argmax([1, 9, 3])", "1"), ("round(2.567, 2)", "2.57"),
    ("softmax([[0, 0], [0, 0]])", "[[0.5, 0.5], [0.5, 0.5]]"),
    ("clip([-1, 0.5, 2], 0, 1)", "[0, 0.5, 1]"),
    ("range(3)", "[0, 1, 2]"), ("range(1, 7, 2)", "[1, 3, 5]"), ("range(5, 0, -2)", "[5, 3, 1]"),
    ("append([1], [2, 3])", "[1, [2, 3]]"), ("concat([1], [2, 3])", "[1, 2, 3]"),
    ("sort([3, 1, 2], descending=true)", "[3, 2, 1]"), ("sort([\"b\", \"a\"])", "[\"a\", \"b\"]"),
    ("reverse(1..3)", "[3, 2, 1]"), ("unique([2, 1, 2])", "[2, 1]"), ("zeros(2)", "[0, 0]"),
    ("onehot([1, 0], 2)", "[[0, 1], [1, 0]]"), ("onehot(1, 3)", "[0, 1, 0]"),
    ("keys({a: 1, b: 2})", "[\"a\", \"b\"]"), ("text(1.50)", "1.5"), ("number(\"20%\")", "0.2"),
    ("close(0.1 + 0.2, 0.3)", "true"), ("all([1, 2] > 1)", "false"), ("any([1, 2] > 1)", "true"),
    ("crossentropy([0, 1], [0.5, 0.5])", "0.6931472"), ("crossentropy(1, [0.5, 0.5])", "0.6931472"),
    ("binary_crossentropy([1], [0.5])", "0.6931472"), ("kl([0.5, 0.5], [0.5, 0.5])", "0"),
    ("reshape(1..4, 2, 2)", "[[1, 2], [3, 4]]"),
    ("transpose([[1, 2], [3, 4]])", "[[1, 3], [2, 4]]"),
    ("shape([[1, 2, 3], [4, 5, 6]])", "[2, 3]"), ("flatten([[1, 2], [3]][0])", "[1, 2]"),
    ("split(\"a,b,\", \",\")", "[\"a\", \"b\", \"\"]"), ("join([1, 2], \"-\")", "1-2"),
    ("replace(\"aXbX\", \"X\", \"\")", "ab"), ("zip([1, 2], [3, 4])", "[[1, 3], [2, 4]]"),
    ("len(\"Grüße\")", "5"), ("index_of([5, 6], 7)", "none"), ("count([true, false, true])", "2"),
    ("mean(tensor([1, 2]))", "1.5"), ("pow(2, 10)", "1024"), ("map(sqrt, [1, 4])", "[1, 2]"),
    ("cumsum([1, 2, 3])", "[1, 3, 6]"), ("sigmoid(0)", "0.5"),
  ])
  func functionGives(expression: String, expected: String) throws {
    let session = Session()
    try session.run("let result = \(expression)")
    #expect(session["result"]?.description == expected)
  }

  @Test(arguments: [
    ("log(0)", DiagnosticCode.domainFault), ("sqrt([1, -1])", .domainFault),
    ("mean([])", .domainFault),
    ("exp(1000)", .domainFault), ("sqrt(\"a\")", .wrongType), ("len(3)", .wrongType),
    ("zeros(1e6, 1e6)", .limitReached), ("range(0, 1e18)", .limitReached),
    ("repeat(\"ab\", 5e8)", .outOfRange), ("mse([1, 2], [1])", .shapeMismatch),
    ("crossentropy([0, 1], [1, 0])", .domainFault), ("onehot([3], 2)", .outOfRange),
    ("number(\"abc\")", .wrongType), ("append(3, 1)", .wrongType), ("sort([1, \"a\"])", .wrongType),
    ("sum([1, \"a\"])", .wrongType), ("mean([1, 2], axis=1)", .outOfRange),
    ("choice([])", .domainFault),
    ("clip(1, 3, 2)", .outOfRange), ("concat([1], 2)", .wrongType),
  ])
  func mistakeIsTold(expression: String, code: DiagnosticCode) {
    do {
      try Session().run("let result = \(expression)")
      Issue.record("\(expression) gave a value")
    } catch let error as ScriptError {
      #expect(error.diagnostics.map(\.code) == [code])
      #expect(error.diagnostics.first?.primary != nil)
    } catch {
      Issue.record("another error: \(error)")
    }
  }
}
