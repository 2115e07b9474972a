import NNScript
import Testing

/// What each form means, row by row of the language's tables.
@Suite struct ParserTests {
  private func expectOutline(
    _ script: String, _ outline: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let tree = read(script)
    #expect(tree.diagnostics.map(\.message) == [], sourceLocation: sourceLocation)
    #expect(tree.outline == outline, sourceLocation: sourceLocation)
  }

  // MARK: Literals

  @Test(arguments: [
    ("64", "64"), ("0.01", "0.01"), (".5", "0.5"), ("1e-3", "0.001"), ("60_000", "60000"),
    ("20%", "0.2"), ("7%3", "(% 7 3)"), ("7 % 3", "(% 7 3)"), ("7%x", "(% 7 x)"),
    ("7%(x)", "(% 7 x)"), ("50%*x", "(* 0.5 x)"), ("50% * x", "(* 0.5 x)"), ("1.5e+2", "150"),
    ("28x28x1", "28x28x1"), ("true", "true"), ("false", "false"), ("none", "none"),
    ("[0.1, 0.01]", "[0.1 0.01]"), ("[1, 2,]", "[1 2]"), ("[]", "[]"), ("[\n1,\n2\n]", "[1 2]"),
    ("1..5", "(.. 1 5)"), ("5..1", "(.. 5 1)"), ("0..1 by 0.25", "(.. 0 1 by 0.25)"),
    ("0.5..1.5", "(.. 0.5 1.5)"), ("-5..5", "(.. (- 5) 5)"), ("1..n - 1", "(.. 1 (- n 1))"),
    ("[x^2 for x in 1..10 if x > 2]", "(each (^ x 2) x in (.. 1 10) if (x > 2))"),
    ("[i for i, x in xs]", "(each i i x in xs)"),
    ("{loss: 0.3, accuracy: 0.9}", "{loss: 0.3, accuracy: 0.9}"), ("{}", "{}"),
    ("{\"a b\": 1, for: 2}", "{a b: 1, for: 2}"), ("r.loss", "(. r loss)"),
    ("r.for", "(. r for)"), ("größe_2", "größe_2"), ("α", "α"),
  ])
  func literals(written: String, outline: String) {
    expectOutline("let y = " + written, "(let y \(outline))")
  }

  @Test(arguments: [
    (#""a {name}: {100 * acc:.1f} %""#, #""a {name}: {(* 100 acc):.1f} %""#),
    (#""{{x}} \n\t\"\\""#, #""{x} \n\t\"\\""#),
    (#"'as {it} \n is'"#, #""as {it} \\n is""#),
    (#""""#, #""""#),
    (#""{f("{x:>8}")}""#, #""{(call f "{x:>8}")}""#),
    (#""{ {a: 1}.a }""#, #""{(. {a: 1} a)}""#),
    (#""{a[1..2]:08.3e}""#, #""{(at a 1..2):08.3e}""#),
    (#""{n:,} {x:+.2%} {s:*^9}""#, #""{n:,} {x:+.2%} {s:*^9}""#),
    (#""{if a then "x" else "y"}""#, #""{(if a "x" "y")}""#),
  ])
  func texts(written: String, outline: String) {
    expectOutline("print \(written)", "<print | \(outline)>")
  }

  // MARK: Expressions

  @Test(arguments: [
    ("a or b and not c == d", "(or a (and b (not (c == d))))"),
    ("a or b or c", "(or (or a b) c)"),
    ("0 < x < 1", "(0 < x < 1)"), ("x not in xs", "(x not in xs)"),
    ("x in 1..5", "(x in (.. 1 5))"), ("1 + 2 * 3", "(+ 1 (* 2 3))"),
    ("1 - 2 - 3", "(- (- 1 2) 3)"), ("a * b @ c / d % e", "(% (/ (@ (* a b) c) d) e)"),
    ("-x^2", "(- (^ x 2))"), ("-1 % 3", "(% (- 1) 3)"), ("2^-1", "(^ 2 (- 1))"),
    ("2^3^2", "(^ 2 (^ 3 2))"), ("-x * y", "(* (- x) y)"), ("a - -b", "(- a (- b))"),
    ("f(x, k=2).g[1](3)", "(call (at (. (call f x k=2) g) 1) 3)"),
    ("W[0, 2]", "(at W 0 2)"), ("W[1..2]", "(at W 1..2)"), ("W[.., 0]", "(at W .. 0)"),
    ("W[1..]", "(at W 1..)"), ("W[..2]", "(at W ..2)"), ("W[-1]", "(at W (- 1))"),
    ("W[(1..2)]", "(at W (.. 1 2))"), ("W[0..9 by 3]", "(at W (.. 0 9 by 3))"),
    ("W.T @ x", "(@ (. W T) x)"), ("(a + b) * c", "(* (+ a b) c)"),
    ("if a then b else if c then d else e", "(if a b (if c d e))"),
    ("1 + if a then b else c + 1", "(+ 1 (if a b (+ c 1)))"),
    ("f(\n1,\n  2,\n)", "(call f 1 2)"), ("a -1", "<a | (- 1)>"), ("a-1", "(- a 1)"),
    ("(a -1)", "(- a 1)"), ("[a -1]", "[(- a 1)]"), ("f(in=1, for=2)", "(call f in=1 for=2)"),
    ("1 + \\\n 2", "(+ 1 2)"), ("1 + \\ # why\n 2", "(+ 1 2)"),
  ])
  func precedence(written: String, outline: String) {
    expectOutline("let y = " + written, "(let y \(outline))")
  }

  // MARK: How a statement that begins with a word is read

  @Test(arguments: [
    ("x = 1", "(= x 1)"), ("x=1", "(= x 1)"), ("x += 1", "(+= x 1)"), ("x ^= 2", "(^= x 2)"),
    ("x.y = 1", "(= (. x y) 1)"), ("x[0] -= 1", "(-= (at x 0) 1)"), ("x.y", "(. x y)"),
    ("f(1)", "(call f 1)"), ("x[0]", "(at x 0)"), ("f 1", "<f | 1>"), ("f x", "<f | x>"),
    ("f (1)", "<f | 1>"), ("f [0]", "<f | [0]>"), ("f -1", "<f | (- 1)>"),
    ("f not x", "<f | (not x)>"), ("f a=1", "<f | a=1>"), ("f a = 1", "<f | a=1>"),
    ("f if=1", "<f | if=1>"), ("f { x }", "<f | {x}>"), ("f {}", "<f | {}>"),
    ("f {a: 1}", "<f | {a: 1}>"), ("f", "f"), ("f;", "f;"), ("f; g", "f\ng"),
    ("x - 1", "(- x 1)"), ("x-1", "(- x 1)"), ("x == 1", "(x == 1)"), ("x in xs", "(x in xs)"),
    ("x not in xs", "(x not in xs)"), ("x and y", "(and x y)"), ("x..y", "(.. x y)"),
    ("x * y", "(* x y)"), ("help for", "<help | for>"),
    ("help layer dense", "<help | layer | dense>"),
    ("help in", "<help | in>"), ("help true", "<help | true>"), ("1 + 2", "(+ 1 2)"),
    ("if a then b else c", "(if a b c)"), ("{a: 1}", "{a: 1}"), ("-x", "(- x)"),
  ])
  func readings(written: String, outline: String) {
    expectOutline(written, outline)
  }

  @Test(arguments: [
    ("let y = sqrt (2) + 1", "(let y (+ (call sqrt 2) 1))"), ("let y = f", "(let y f)"),
    ("let y = evaluate on=test", "(let y <evaluate | on=test>)"),
    ("y = predict [1, 2]", "(= y <predict | [1 2]>)"), ("y = f - 1", "(= y (- f 1))"),
    ("return train epochs=3", "(return <train | epochs=3>)"), ("return", "(return)"),
    ("return f(1)", "(return (call f 1))"), ("let t = time { train }", "(let t <time | {train}>)"),
    ("y += f (1)", "(+= y (call f 1))"),
  ])
  func valuesBehindEqualAndReturn(written: String, outline: String) {
    expectOutline(written, outline)
  }

  @Test(arguments: [
    ("layer dense 2 * n relu", "<layer | dense | (* 2 n) | relu>"),
    ("f 64 -1", "<f | 64 | (- 1)>"), ("f 64 - 1", "<f | (- 64 1)>"), ("f 64-1", "<f | (- 64 1)>"),
    ("f a (b)", "<f | a | b>"), ("f a(b)", "<f | (call a b)>"), ("f a [b]", "<f | a | [b]>"),
    ("f a[b]", "<f | (at a b)>"), ("f lr = 0.1 * 2 quiet", "<f | lr=(* 0.1 2) | quiet>"),
    ("f lr=0.1 -1", "<f | lr=0.1 | (- 1)>"), ("f 0..1 by 0.5 x", "<f | (.. 0 1 by 0.5) | x>"),
    ("f x=1..3 by=y", "<f | x=(.. 1 3) | by=y>"), ("f a and b c", "<f | (and a b) | c>"),
    ("f lr=if a then b else c d", "<f | lr=(if a b c) | d>"),
    ("f (a -1) -1", "<f | (- a 1) | (- 1)>"),
    ("train until=(accuracy > 0.98)", "<train | until=(accuracy > 0.98)>"),
    ("assert a > 0.5 \"no\"", "<assert | (a > 0.5) | \"no\">"),
    ("f {cat: 2} c={a: 1} d={}", "<f | {cat: 2} | c={a: 1} | d={}>"),
    ("branch { a } { b }", "<branch | {a} | {b}>"), ("f a \\\n  b", "<f | a | b>"),
    ("plot [f(x) for x in -5..5 by 0.1]", "<plot | (each (call f x) x in (.. (- 5) 5 by 0.1))>"),
    ("param epochs = 10 \"how long\"", "<param | epochs=10 | \"how long\">"),
  ])
  func argumentsOfACommand(written: String, outline: String) {
    expectOutline(written, outline)
  }

  // MARK: Statements

  @Test(arguments: [
    ("if a { b } else if c { d } else { e }", "(if a {b} c {d} else {e})"),
    ("if a {\n b\n}\nelse {\n c\n}", "(if a {b} else {c})"),
    ("for x in [1, 2] { print x }", "(for x in [1 2] {<print | x>})"),
    ("for i, x in xs { continue; break }", "(for i x in xs {(continue) (break)})"),
    ("while a > 1 { a -= 1 }", "(while (a > 1) {(-= a 1)})"),
    ("def f() = 1", "(def f () 1)"), ("def f(x, y=2) = x^y", "(def f (x y=2) (^ x y))"),
    ("def f(x) = {}", "(def f (x) {})"),
    ("def f(x) {\n  return x\n}", "(def f (x) {(return x)})"),
    ("a;; b ; \n\n c;", "a\nb\nc;"), ("a\r\nb\rc", "a\nb\nc"), ("# only a comment", ""), ("", ""),
    ("#!/usr/bin/env nns\nx", "x"), ("\u{FEFF}x", "x"),
  ])
  func statements(written: String, outline: String) {
    let tree = read(written)
    #expect(tree.diagnostics.map(\.message) == [])
    #expect(tree.outline.replacing(";\n", with: "\n") == outline.replacing(";\n", with: "\n"))
  }

  @Test func rangesCoverWhatWasWritten() {
    let source = SourceText(name: "", text: "layer dense 2 * n relu  # c\nlet x = f(1)")
    let tree = parse(source, source: 3)
    #expect(
      tree.statements.map { source.text($0.range.bytes) } == [
        "layer dense 2 * n relu", "let x = f(1)",
      ])
    guard case .expression(let value, _) = tree.statements[0].form,
      case .command(let command) = value.form
    else {
      Issue.record("not a command")
      return
    }
    #expect(command.arguments.map { source.text($0.range.bytes) } == ["dense", "2 * n", "relu"])
    #expect(command.word.range == SourceRange(source: 3, start: 0, end: 5))
  }

  // MARK: What is open at the prompt

  @Test(arguments: [
    ("if x {", [OpenForm.block]), ("f(1,", [.parenthesis]), ("let x = [1\n", [.bracket]),
    ("let r = {a: 1", [.record]), ("print \"a", [.text]),
    ("print \"a {x", [.text, .interpolation]),
    ("print 'a", [.text]), ("1 +", [.continuation]), ("f a \\", [.continuation]),
    ("let x =", [.continuation]), ("def f(x) {\n  g(", [.block, .parenthesis]),
    ("model a {\n  layer dense 1\n", [.block]), ("if x {\n y = 1 +", [.block, .continuation]),
  ])
  func unfinishedTextTellsWhatIsOpen(script: String, open: [OpenForm]) {
    #expect(isComplete(script) == .incomplete(open))
    #expect(read(script).open == open)
  }

  @Test(arguments: ["x", "x\n", "f(1)", "if x { y }", "train epochs=1;", "", "# c"])
  func wholeTextIsComplete(script: String) {
    #expect(isComplete(script) == .complete)
  }

  @Test(arguments: ["f(1 2", "}", "let = 3", "x = )", "if x {\n 1 2\n", "1 +\n"])
  func whatNothingCanCureIsWrong(script: String) {
    #expect(isComplete(script) == .wrong)
  }

  @Test func aContinuedLineJoinsWithABackslash() {
    #expect(read(continuing("let x = 1 +", with: "2")).outline == "(let x (+ 1 2))")
    #expect(read(continuing("f(1,", with: "2)")).outline == "(call f 1 2)")
    let block = continuing(continuing("if x {\n y = 1 +", with: "2"), with: "}")
    #expect(read(block).diagnostics.isEmpty, "\(block)")
  }

  @Test func aContinuedTextHoldsTheLinesEnd() {
    let text = continuing("let x = \"a", with: "b\"")
    #expect(text == "let x = \"a\\nb\"")
    let inside = continuing("let x = \"a {f(1,", with: "2)}\"")
    #expect(read(inside).diagnostics.isEmpty, "\(inside)")
    #expect(continuing("let x = 'a", with: "b'") == "let x = 'a\nb'")
  }
}
