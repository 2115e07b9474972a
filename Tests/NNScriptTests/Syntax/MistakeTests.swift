import NNScript
import Testing

/// One mistake, one diagnostic, at the right place, with the line to type.
@Suite struct MistakeTests {
  /// A slip and the line the diagnostic tells to write.
  @Test(arguments: [
    ("let y = x ** 2", "let y = x ^ 2"), ("let y = a && b || !c", "let y = a and b or not c"),
    ("if x = 3 { y }", "if x == 3 { y }"), ("while x = 3 { y }", "while x == 3 { y }"),
    ("let y = x if c else z", "let y = if c then x else z"),
    ("let y = 1 if c else 2", "let y = if c then 1 else 2"),
    ("print 1 if c else 2", "print if c then 1 else 2"),
    ("let y = a ? b : c", "let y = if a then b else c"),
    ("print (1, 2)", "print(1, 2)"), ("layer dense 16, relu", "layer dense 16 relu"),
    ("layer dense 16,relu, quiet", "layer dense 16 relu quiet"),
    ("let x = (1, 2)", "let x = [1, 2]"), ("let x = 1, 2", "let x = [1, 2]"),
    ("i++", "i += 1"), ("i--", "i -= 1"), ("--i", "i -= 1"), ("x = = 1", "x == 1"),
    ("function f(x) { return x }", "def f(x) { return x }"), ("let f(x) = x", "def f(x) = x"),
    ("f(x) = x^2", "def f(x) = x^2"), ("var x = 1", "let x = 1"), ("const x = 1", "let x = 1"),
    ("x <> 1", "x != 1"), ("x === 1", "x == 1"), ("x !== 1", "x != 1"), ("x := 1", "x = 1"),
    ("print “hi”", "print \"hi\""), ("print f\"{x}\"", "print \"{x}\""),
    ("let n = 1,000", "let n = 1000"), ("train batch=1,000", "train batch=1000"),
    ("let n = 1,000,000", "let n = 1000000"), ("let x = 7% 3", "let x = 7 % 3"),
    ("print x *y", "print x * y"), ("print x* y", "print x * y"), ("print\"hi\"", "print \"hi\""),
    ("let y = sum(x for x in xs)", "let y = sum([x for x in xs])"),
    ("let y = (xs [0])", "let y = (xs[0])"), ("let y = a − b", "let y = a - b"),
    ("let y = 1...5", "let y = 1..5"), ("if a ≤ b { c }", "if a <= b { c }"),
    ("let y = a < = b", "let y = a <= b"), ("def f(x) = { return x }", "def f(x) { return x }"),
    ("f 1\"a\"", "f 1 \"a\""), ("x **= 2  # c", "x ^= 2"),
  ])
  func slipsShowTheRightLine(line: String, right: String) {
    let tree = read(line)
    #expect(tree.diagnostics.count == 1)
    #expect(tree.diagnostics.first?.help.first == "write `\(right)`")
    let code = tree.diagnostics.first?.code
    #expect(code == .foreignSyntax || code == .ambiguousSpacing)
    // The fixes make the same line.
    var bytes = Array(line.utf8)
    for fix in (tree.diagnostics.first?.fixes ?? []).sorted(by: { $0.range.start > $1.range.start })
    {
      bytes.replaceSubrange(fix.range.bytes, with: Array(fix.replacement.utf8))
    }
    let fixed = String(decoding: bytes, as: UTF8.self)
    #expect(fixed.hasPrefix(right))
    #expect(read(fixed).diagnostics.map(\.message) == [])
  }

  /// Mistakes of form: the code and what the range holds.
  @Test(arguments: [
    ("print 3x", DiagnosticCode.invalidNumber, "3x"), ("let x = 5.", .invalidNumber, "5."),
    ("let x = 5. + 1", .invalidNumber, "5."), ("let x = 1e999", .invalidNumber, "1e999"),
    ("print 0xFF", .invalidNumber, "0xFF"), ("let x = $5", .invalidCharacter, "$"),
    ("print \"abc\nx = 1", .unclosedText, "\""), ("print 'abc\nx = 1", .unclosedText, "'"),
    ("print \"a {x\"", .unclosedText, "{"), ("print \"\\d\"", .invalidText, "\\d"),
    ("print \"a } b\"", .invalidText, "}"), ("print \"{}\"", .invalidText, "{}"),
    ("print \"{x:zz}\"", .invalidText, ":zz"), ("x = (1 + 2\ny = 3", .unclosedBracket, "("),
    ("x = [1, 2\nlet y = 3", .unclosedBracket, "["), ("if a {\n b", .unclosedBlock, "{"),
    ("x = )", .unexpectedToken, ")"), ("x 3 )", .unexpectedToken, ")"),
    ("}", .unexpectedToken, "}"), ("let for = 3", .unexpectedToken, "for"),
    ("1 +\n2", .unexpectedToken, "+"), ("let x 3", .unexpectedToken, "3"),
    ("train epochs= lr=0.1", .missingValue, "epochs"), ("1 = x", .notAssignable, "1"),
    ("else { a }", .misplacedStatement, "else"), ("if x\n{ y }", .misplacedStatement, "{"),
    ("model net\n{ y }", .misplacedStatement, "{"),
    ("if a { b } elif c { d }", .foreignSyntax, "elif"),
    ("def f(x):\n  return x\nf(1)", .foreignSyntax, ":"), ("if x: y", .foreignSyntax, ":"),
    ("for x in xs:\n  print x", .foreignSyntax, ":"), ("// c", .foreignSyntax, "//"),
    ("x = 1 // c", .foreignSyntax, "//"), ("/* a\nb */\nx", .foreignSyntax, "/*"),
    ("let f = lambda x: x", .foreignSyntax, "lambda"), ("x => x^2", .foreignSyntax, "=>"),
    ("a, b = b, a", .foreignSyntax, ","), ("let a, b = 1, 2", .foreignSyntax, ","),
    ("[[1, 2] [3, 4]]", .unexpectedToken, "["), ("if x then y", .unexpectedToken, ""),
    ("for x on xs { y 1 }", .unexpectedToken, "on"), ("xs = [1 2]", .unexpectedToken, "2"),
  ])
  func mistakesAreNamedOnceAtTheirPlace(script: String, code: DiagnosticCode, place: String) {
    let source = SourceText(name: "", text: script)
    let diagnostics = parse(source, source: 0).diagnostics
    #expect(diagnostics.map(\.code) == [code])
    #expect(diagnostics.first?.primary.map { source.text($0.range.bytes) } == place)
  }

  @Test func severalMistakesGiveOneDiagnosticEachAndNoEcho() {
    let script = """
      layer dense 16, relu, bias=true,
      let x = = 1
      if x = 3 {
        print (1 + 2
        let y = 3x
        good 1
      }
      for x on xs {
        i++
      }
      print "never
      train epochs=10
      """
    let source = SourceText(name: "", text: script)
    let tree = parse(source, source: 0)
    #expect(
      tree.diagnostics.map { source.line(at: $0.primary?.range.start ?? 0) + 1 }
        == [1, 2, 3, 4, 5, 8, 9, 11])
    #expect(tree.statements.last?.outline == "<train | epochs=10>")
  }

  /// A name whose definition failed is still one: its uses are no second mistake.
  @Test(arguments: [
    ("let x = )", "(let x <?>)"), ("x = )", "(= x <?>)"), ("def f(1) = 2", "(let f <?>)"),
    ("for x on xs { y }", "(for x in <?> {y})"), ("if ) { y }", "(if <?> {y})"),
    ("def f(x):\n  return x\ng", "(def f (x) {(return x)})\ng"),
    ("if x = 3 { y }", "(if (x == 3) {y})"), ("model net\n{\n y\n}", "<model | net | {y}>"),
  ])
  func theTreeKeepsWhatCanBeKept(script: String, outline: String) {
    #expect(read(script).outline == outline)
  }

  @Test func tooDeepIsSaidOnce() {
    for piece in ["(", "[", "- ", "not ", "2^", "if x { ", "if x then ", "f("] {
      let codes = read("let y = 1\n" + String(repeating: piece, count: 300)).diagnostics.map(\.code)
      #expect(codes.contains(.tooDeep), "\(piece)")
    }
    let sum = "let y = 1" + String(repeating: " + 1", count: 2_000)
    #expect(read(sum).diagnostics.map(\.code) == [.tooDeep])
    let longList = "let y = [" + String(repeating: "1 + 2,\n", count: 5_000) + "]"
    #expect(read(longList).diagnostics.isEmpty)
  }
}
