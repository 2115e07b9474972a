import NNEngine
import Testing

@testable import NNScript

@Suite struct MachineTests {
  /// `def fib(n) = if n < 2 then n else fib(n - 1) + fib(n - 2)`
  static func fibonacci(_ fib: Variable) -> FunctionTemplate {
    function("fib", ["n"]) { _, parameters in
      let n = get(parameters[0])
      return [
        .return(
          choose(
            compare(n, .less, number(2)), n,
            binary(
              call(get(fib), binary(n, .subtract, number(1))), .add,
              call(get(fib), binary(n, .subtract, number(2))))))
      ]
    }
  }

  @Test func recursiveFunctionCounts() throws {
    let bench = Bench()
    let fib = global(0, "fib")
    try bench.run([
      .define(fib, Self.fibonacci(fib)),
      .assign(global(1), call(get(fib), number(20))),
    ])
    #expect(bench.machine.global(1) == .number(6765))
  }

  @Test func aFunctionThatCallsItselfIsLetGo() throws {
    let session = Session()
    try session.run(
      """
      def outer(n) {
        let step = 1
        def inner(k) {
          def next() = inner(k - step)
          return if k <= 0 then n else next()
        }
        return inner
      }
      let f = outer(7)
      let result = f(5)
      """)
    #expect(session["result"]?.numberValue == 7)
    weak var box = session["f"]?.functionValue
    #expect(box != nil)
    try session.run("f = 0")
    #expect(box == nil)
  }

  @Test func whatAScriptWasReadAsGoesWithTheSession() throws {
    weak var template: FunctionTemplate?
    do {
      let session = Session()
      try session.run("def f(x) {\n  let y = x\n  return y\n}\nprint f(1)")
      if case .script(let found)? = session["f"]?.functionValue?.body { template = found }
      #expect(template != nil)
    }
    #expect(template == nil)
  }

  @Test func whileLoopCounts() throws {
    let bench = Bench()
    let (s, i) = (global(0, "s"), global(1, "i"))
    try bench.run([
      .assign(s, number(0)), .assign(i, number(0)),
      .whileLoop(
        condition: compare(get(i), .less, number(1000)),
        body: [
          .assign(s, binary(get(s), .add, binary(get(i), .multiply, number(2)))),
          .assign(i, binary(get(i), .add, number(1))),
        ]),
    ])
    #expect(bench.machine.global(0) == .number(999_000))
  }
}

/// What scripts rely on without seeing it: scopes, copies, limits, and what an error leaves behind.
@Suite struct RunningTests {
  @Test(arguments: [
    // Assignment copies
    ("let a = [1, 2]\nlet b = a\nb[0] = 9\nlet answer = a[0]", "1"),
    ("let a = [[1], [2]]\nlet b = a\nb[0][0] = 9\nlet answer = a", "[[1], [2]]"),
    ("let a = {x: 1}\nlet b = a\nb.x = 2\nlet answer = a.x", "1"),
    ("let a = \"x\"\nlet b = a\nb += \"y\"\nlet answer = a", "x"),
    ("let a = [1]\nlet b = a\nb = append(b, 2)\nlet answer = a", "[1]"),
    ("let a = tensor([1, 2])\nlet b = a\nb[0] = 9\nlet answer = a", "tensor 2 [1, 2]"),
    ("def f(xs) {\n xs[0] = 9\n return xs\n}\nlet a = [1]\nlet b = f(a)\nlet answer = a", "[1]"),
    ("let xs = [1, 2, 3]\nfor x in xs { xs[2] = 9 }\nlet answer = xs", "[1, 2, 9]"),
    // Places
    ("let a = [1, 2, 3, 4]\na[1..2] = 0\nlet answer = a", "[1, 0, 0, 4]"),
    ("let a = [[1, 2], [3, 4]]\na[1, 0] += 5\nlet answer = a", "[[1, 2], [8, 4]]"),
    ("let r = {a: {b: [1]}}\nr.a.b[0] = 7\nr.c = 2\nlet answer = r", "{a: {b: [7]}, c: 2}"),
    ("let w = zeros(2, 2)\nw[.., 0] = [5, 6]\nlet answer = w", "tensor 2x2\n[[5, 0],\n [6, 0]]"),
    // Functions
    ("def f(a, b=a + 1, c=b * 2) = [a, b, c]\nlet answer = f(1, c=9)", "[1, 2, 9]"),
    (
      "def outer() {\n let n = 0\n def add() { n += 1 }\n add()\n add()\n return n\n}\nlet answer = outer()",
      "2"
    ),
    (
      "def even(n) = if n == 0 then true else odd(n - 1)\ndef odd(n) = if n == 0 then false else even(n - 1)\nlet answer = even(10)",
      "true"
    ),
    (
      "def maker(k) {\n def scale(x) = x * k\n return scale\n}\nlet twice = maker(2)\nlet answer = twice(4)",
      "8"
    ),
    (
      "let fs = []\ndef make() {\n let all = []\n for i in 1..3 {\n  def f() = i\n  all = append(all, f)\n }\n return all\n}\nlet answer = [f() for f in make()]",
      "[1, 2, 3]"
    ),
    ("let n = 1\ndef f() {\n n = n + 1\n return n\n}\nlet answer = n + f()", "3"),
    (
      "def sum_to(n) = if n == 0 then 0 else n + sum_to(n - 1)\nlet answer = sum_to(5000)",
      "12502500"
    ),
    (
      "def sign_of(x) = if x > 0 then 1 else if x < 0 then -1 else 0\nlet answer = sign_of([5, -2, 0])",
      "[1, -1, 0]"
    ),
    // Loops
    (
      "let n = 0\nfor i in 1..10 {\n if i == 3 { continue }\n if i > 5 { break }\n n += i\n}\nlet answer = n",
      "12"
    ),
    ("let t = \"\"\nfor i, c in \"abc\" { t += \"{i}{c} \" }\nlet answer = t", "0a 1b 2c "),
    ("let t = \"é\"\nfor i in 1..500 { t += \"{i},{i / 2};\" }\nlet answer = len(t)", "4175"),
    ("let n = 0\nfor x in 5..1 { n += 1 }\nlet answer = n", "0"),
    ("let n = 0\nwhile true {\n n += 1\n if n > 9 { break }\n}\nlet answer = n", "10"),
  ])
  func scriptGives(script: String, expected: String) throws {
    let session = Session()
    try session.run(script)
    #expect(session["answer"]?.description == expected)
  }

  private func codes(_ session: Session, _ script: String) -> [DiagnosticCode] {
    do {
      try session.run(script)
      return []
    } catch let error as ScriptError {
      return error.diagnostics.filter { $0.severity == .error }.map(\.code)
    } catch {
      return []
    }
  }

  @Test func endlessRecursionIsAnError() {
    #expect(codes(Session(), "def f(n) = f(n + 1) + 1\nlet x = f(1)") == [.recursionTooDeep])
  }

  @Test func endlessRecursionThroughNativeCodeIsAnError() {
    let script = "def f(n) = map(f, [n])\nlet x = f(1)"
    #expect(codes(Session(), script) == [.recursionTooDeep])
  }

  @Test func endlessNestingIsAnError() {
    let script = "let xs = []\nfor i in 1..100000 { xs = [xs] }"
    #expect(codes(Session(), script) == [.limitReached])
  }

  @Test func variablesKeepTheirValuesAfterAnError() throws {
    let session = Session()
    #expect(codes(session, "let xs = [1]\nlet s = \"a\"\nxs[3] = 2") == [.indexOutOfRange])
    #expect(session["xs"] == .list([1.0]))
    #expect(
      codes(session, "def f(n) = if n == 0 then 1 / 0 else f(n - 1)\nxs = f(50)") == [.domainFault])
    #expect(session["xs"] == .list([1.0]))
    #expect(codes(session, "s += \"b\" + 1") == [.wrongType])
    #expect(codes(session, "for i in 1..2 { s += \"{i}{s:d}\" }") == [.wrongType])
    try session.run("s += \"c\"")
    #expect(session["s"]?.textValue == "ac")
  }

  @Test func errorInAFunctionSaysWhoCalled() throws {
    let bench = Bench()
    let (f, g) = (global(0, "f"), global(1, "g"))
    let inner = function("f", ["x"]) { _, p in
      [.return(binary(number(1), .divide, get(p[0]), at(1, 2)))]
    }
    let outer = function("g", ["x"]) { _, p in [.return(call(get(f), get(p[0]), range: at(3, 4)))] }
    do {
      try bench.run([
        .define(f, inner), .define(g, outer),
        .assign(global(2), call(get(g), number(0), range: at(5, 6))),
      ])
      Issue.record("no error")
    } catch let error as Diagnostic {
      #expect(error.primary?.range == at(1, 2))
      #expect(error.secondary.map(\.range) == [at(3, 4), at(5, 6)])
      #expect(error.secondary.first?.text == "in `f`, called here")
    }
  }

  @Test func loopStopsWhenAsked() {
    let bench = Bench()
    bench.delegate.stops = true
    #expect(throws: Diagnostic.self) {
      try bench.run([.whileLoop(condition: node(.constant(.truth(true))), body: [])])
    }
  }

  @Test func blockOfACommandSharesVariables() throws {
    let bench = Bench()
    let x = global(0)
    let block = function("", []) { _, _ in [.assign(x, binary(get(x), .add, number(1)))] }
    let site = CommandSite(
      entry: CommandEntry.standard(.standard)[0], word: Name("do", nowhere), arguments: [],
      blocks: [block],
      range: nowhere)
    try bench.run([.assign(x, number(1)), .evaluate(node(.command(site)))])
    #expect(bench.machine.global(0) == .number(2))
  }

  @Test func referenceOfAValueIsItsFirstWord() { #expect(Machine.hasReferenceFirst) }

  @Test func valueIsTwoWords() { #expect(MemoryLayout<Value>.stride == 16) }
}
