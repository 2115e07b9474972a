import Testing

@testable import NNScript

@Suite struct OperatorTests {
  @Test(arguments: [
    ("7 % 3", "1"), ("-1 % 3", "2"), ("7 % -3", "-2"), ("-7.5 % 2", "0.5"), ("2^-1", "0.5"),
    ("-2^2", "-4"), ("2^3^2", "512"), ("1e300 * 1e-300", "1"),
    ("[1, 2] + 1", "[2, 3]"), ("1 - [1, 2]", "[0, -1]"), ("[1, 2] * [3, 4]", "[3, 8]"),
    ("[[1, 2], [3, 4]] * 2", "[[2, 4], [6, 8]]"), ("-[1, -2]", "[-1, 2]"),
    ("\"a\" + \"b\"", "ab"), ("[1, 2] @ [3, 4]", "11"),
    ("[[1, 2], [3, 4]] @ [1, 1]", "[3, 7]"),
    ("[[1, 2], [3, 4]] @ [[1, 0], [0, 1]]", "[[1, 2], [3, 4]]"),
    ("[1, 2, 3] > 2", "[false, false, true]"), ("[1, 2] == [1, 3]", "[true, false]"),
    ("0 < 1 < 2", "true"), ("0 < 3 < 2", "false"), ("0 < [1, 3] < 2", "[true, false]"),
    ("\"a\" < \"b\"", "true"), ("\"a\" == 1", "false"), ("{a: 1} == {a: 1}", "true"),
    ("none == none", "true"), ("2 in [1, 2]", "true"), ("3 not in [1, 2]", "true"),
    ("\"ell\" in \"hello\"", "true"), ("\"a\" in {a: 1}", "true"),
    ("[1, 2] > 1 and [1, 2] < 5", "[false, true]"), ("not [1, 2] > 1", "[true, false]"),
    ("true or [1, 2] > 1", "true"), ("if [1, -2] > 0 then 1 else -1", "[1, -1]"),
    ("if [1, -2] > 0 then [1, 2] else 0", "[1, 0]"), ("if true then 1 else 1 / 0", "1"),
    ("if 1 in [1] then 2 else 3", "2"),
    ("if 2 > 1 and 3 > 2 then if 1 > 2 then 1 else 2 else 3", "2"),
    ("if [1, 5] > 2 then if [1, 5] > 4 then 1 else 2 else 3", "[3, 1]"),
    ("(1..5)[1..2]", "[2, 3]"), ("[1, 2, 3][-1]", "3"), ("\"abc\"[1]", "b"),
    ("[[1, 2], [3, 4]][1, 0]", "3"), ("[[1, 2], [3, 4]][.., 0]", "[1, 3]"),
    ("[[1, 2], [3, 4]].T", "[[1, 3], [2, 4]]"), ("[[1, 2], [3, 4]].shape", "[2, 2]"),
    ("tensor([[1, 2], [3, 4]])[1, 0]", "3"), ("{a: 5}.a", "5"), ("{a: 5}[\"a\"]", "5"),
    ("0..1 by 0.25", "[0, 0.25, 0.5, 0.75, 1]"), ("5..1", "[]"), ("3..1 by -1", "[3, 2, 1]"),
    ("len(0..1 by 0.1)", "11"), ("[x * 2 for x in [1, 2, 3] if x != 2]", "[2, 6]"),
    ("[i for i, x in \"ab\"]", "[0, 1]"), ("[10, 20, 30][[0, 2]]", "[10, 30]"),
    ("tensor([1, 2]) + 1 == tensor([2, 3])", "tensor 2 [1, 1]"),
    ("tensor([[1, 2], [3, 4]]) + [10, 20]", "tensor 2x2\n[[11, 22],\n [13, 24]]"),
  ])
  func expressionGives(expression: String, expected: String) throws {
    let session = Session()
    try session.run("let result = \(expression)")
    #expect(session["result"]?.description == expected)
  }

  /// The expression, its mistake, and the columns marked, counted from 0 in the expression.
  @Test(arguments: [
    ("1 / 0", DiagnosticCode.domainFault, 0, 5), ("0^-1", .domainFault, 0, 4),
    ("1e308 * 10", .domainFault, 0, 10), ("(-8)^0.5", .domainFault, 0, 8),
    ("5 % 0", .domainFault, 0, 5), ("[1, 2] + [1, 2, 3]", .lengthMismatch, 0, 18),
    ("\"a\" + 1", .wrongType, 0, 3), ("1 + true", .wrongType, 4, 8), ("1 + none", .wrongType, 4, 8),
    ("not 1", .wrongType, 4, 5), ("1 and true", .wrongType, 0, 1), ("-\"a\"", .wrongType, 1, 4),
    ("1 < \"a\"", .wrongType, 0, 7), ("[1, 2][2]", .indexOutOfRange, 7, 8),
    ("[1, 2][0.5]", .wrongType, 7, 10), ("{loss: 1}.los", .unknownField, 0, 13),
    ("tensor([1, 2]) + tensor([1, 2, 3])", .shapeMismatch, 0, 34),
    ("if 1 then 2 else 3", .wrongType, 3, 4), ("5[0]", .wrongType, 0, 1),
    ("[1, 2] / [1, 0]", .domainFault, 0, 15), ("1..5 by 0", .outOfRange, 8, 9),
    ("[[1, 2], [3]] @ [1, 2]", .shapeMismatch, 0, 13), ("0..1e12", .limitReached, 0, 7),
  ])
  func mistakeIsMarked(
    expression: String, code: DiagnosticCode, start: Int, end: Int
  ) throws {
    let line = "let result = "
    do {
      try Session().run(line + expression)
      Issue.record("\(expression) gave a value")
    } catch let error as ScriptError {
      #expect(error.diagnostics.map(\.code) == [code], "\(error)")
      let range = error.diagnostics.first?.primary?.range
      #expect(range?.start == line.utf8.count + start, "\(error)")
      #expect(range?.end == line.utf8.count + end, "\(error)")
    }
  }
}
