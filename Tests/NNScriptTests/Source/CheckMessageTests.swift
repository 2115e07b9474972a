import NNScript
import Testing

/// What the check says of one mistake: where, in which words, with which line to type.
@Suite struct CheckMessageTests {
  struct Case: CustomTestStringConvertible, Sendable {
    /// The script; what the message marks stands between `~`.
    var script: String
    var message: String
    var label: String
    var help: [String] = []
    /// The line as the fixes make it; `nil` where there is none.
    var fixed: String?
    var isWarning = false

    init(
      _ script: String, _ message: String, _ label: String, _ help: [String] = [],
      fixed: String? = nil, isWarning: Bool = false
    ) {
      (self.script, self.message, self.label) = (script, message, label)
      (self.help, self.fixed, self.isWarning) = (help, fixed, isWarning)
    }

    var testDescription: String { script }
  }

  private static func line(_ text: String) -> [String] { ["write `\(text)`"] }

  /// Spacing and words of other languages, where only the names tell what was meant.
  static let slips: [Case] = [
    Case(
      "let x = 3\n~x~ -1", "`x` is a variable, not a command", "a variable", line("x - 1"),
      fixed: "x - 1"),
    Case(
      "let x = 3\nlet y = 2\n~x~ -y", "`x` is a variable, not a command", "a variable",
      line("x - y"), fixed: "x - y"),
    Case(
      "let x = 3\n~x~ 5", "`x` is a variable, not a command", "a variable",
      ["to change it write `x = 5`; to show it, `print x`"]),
    Case(
      "let x = 3\n~x~ -1 2", "`x` is a variable, not a command", "a variable",
      ["to change it write `x = -1`; to show it, `print x`"]),
    Case("let x = 3\n~x~ y=5", "`x` is a variable, not a command", "a variable"),
    // What a variable holds may be known only when it runs: a variable it is all the same.
    Case(
      "let x = random()\n~x~ -1", "`x` is a variable, not a command", "a variable",
      ["write `x - 1`"], fixed: "x - 1"),
    Case(
      "let xs = [1, 2]\n~xs~ [0]", "`xs` is a variable, not a command", "a variable",
      line("xs[0]"), fixed: "xs[0]"),
    Case(
      "~sqrt~ 4", "`sqrt` is a function, it does not stand like a command", "a function",
      line("print sqrt(4)"), fixed: "print sqrt(4)"),
    Case(
      "let a = ~sqrt~ 4", "`sqrt` is a function, it does not stand like a command", "a function",
      line("let a = sqrt(4)"), fixed: "let a = sqrt(4)"),
    Case(
      "~max~ 1 2", "`max` is a function, it does not stand like a command", "a function",
      line("print max(1, 2)"), fixed: "print max(1, 2)"),
    Case(
      "~round~ 2.55 digits=1", "`round` is a function, it does not stand like a command",
      "a function", line("print round(2.55, digits=1)"), fixed: "print round(2.55, digits=1)"),
    Case(
      "let n = 2\nprint ~n~(4)", "`n` is a number and cannot be called", "not a function",
      line("print n * (4)"), fixed: "print n * (4)"),
    Case(
      "let n = 2\nlet y = ~n~(4) + 1", "`n` is a number and cannot be called", "not a function",
      line("let y = n * (4) + 1"), fixed: "let y = n * (4) + 1"),
    Case("let n = 2\nprint ~n~(4, 5)", "`n` is a number and cannot be called", "not a function"),
    Case("let n = 2\nprint ~n~(a=4)", "`n` is a number and cannot be called", "not a function"),
    Case("let t = \"a\"\nprint ~t~(4)", "`t` is text and cannot be called", "not a function"),
    Case(
      "~print(1)~ * 3", "`print(1)` is a whole command", "ends with its parenthesis",
      line("print (1) * 3"), fixed: "print (1) * 3"),
    Case("~print(1, 2)~ * 3", "`print(1, 2)` is a whole command", "ends with its parenthesis"),
    Case(
      "print ~sqrt (4)~", "`sqrt` and `(4)` are two values here", "white space stands between them",
      line("print sqrt(4)"), fixed: "print sqrt(4)", isWarning: true),
    Case(
      "let xs = [1, 2]\nprint ~xs [0]~", "`xs` and `[0]` are two values here",
      "white space stands between them", line("print xs[0]"), fixed: "print xs[0]",
      isWarning: true),
    Case(
      "let a = ~None~", "`None` is written `none` here", "not known here", line("none"),
      fixed: "let a = none"),
    Case(
      "let a = 1 + ~evaluate~", "`evaluate` is a command, not a value", "a command",
      ["take its result with `evaluate()`"]),
  ]

  /// Names that stand for nothing.
  static let names: [Case] = [
    Case(
      "let units = 3\nprint ~unit~", "there is no variable or function named `unit`",
      "not known here", ["did you mean `units`?"], fixed: "print units"),
    Case(
      "print ~zebra~", "there is no variable or function named `zebra`", "not known here",
      ["a new name begins with `let`: `let zebra = …`; a text stands in quotes"]),
    Case(
      "let units = 3\n~unit~ = 4", "there is no variable named `unit` to change", "not known here",
      ["did you mean `units`?"], fixed: "units = 4"),
    Case(
      "~zebra~ = 4", "there is no variable named `zebra` to change", "not known here",
      ["a new name begins with `let`: `let zebra = 4`"]),
    Case(
      "~zebra~[0] = 4", "there is no variable or function named `zebra`", "not known here",
      ["a new name begins with `let`: `let zebra = …`; a text stands in quotes"]),
    Case(
      "~trian~ epochs=1", "there is no command named `trian`", "not a command",
      ["did you mean `train`?"], fixed: "train epochs=1"),
    Case(
      "def smooth(x) = x\n~smoth~ 3", "there is no command named `smoth`", "not a command",
      ["did you mean `smooth`?"], fixed: "smooth 3"),
    Case(
      "~relu~ 4", "`relu` is a function, it does not stand like a command", "a function",
      line("print relu(4)"), fixed: "print relu(4)"),
    Case(
      "~dense~ 4", "there is no command named `dense`", "not a command",
      ["write `layer dense 4`"], fixed: "layer dense 4"),
    Case(
      "~zebra~ 4", "there is no command named `zebra`", "not a command",
      ["`help` lists the commands"]),
    Case(
      "let units = 3\n~unit~", "there is no command or variable named `unit`", "not known here",
      ["did you mean `units`?"], fixed: "units"),
    Case(
      "~trian~", "there is no command or variable named `trian`", "not known here",
      ["did you mean `train`?"], fixed: "train"),
    Case(
      "print ~sqr~(4)", "there is no function named `sqr`", "not known here",
      ["did you mean `sqrt`?"], fixed: "print sqrt(4)"),
    Case("print ~zebra~(4)", "there is no function named `zebra`", "not known here"),
    Case(
      "def f(width) = width\nprint f(~widht~=2)", "`f` has no parameter `widht`",
      "unknown parameter", ["did you mean `width`?"], fixed: "print f(width=2)"),
    Case(
      "def f(a, b=1) = a + b\nprint f(1, ~zebra~=2)", "`f` has no parameter `zebra`",
      "unknown parameter", ["parameters: `a`, `b`"]),
    Case("def f() = 1\nprint f(~zebra~=2)", "`f` has no parameter `zebra`", "unknown parameter"),
    Case(
      "print round(2.5, ~digts~=1)", "`round` has no option `digts`", "unknown option",
      ["did you mean `digits`?"], fixed: "print round(2.5, digits=1)"),
    Case(
      "train ~epoch~=1", "`train` has no option `epoch`", "unknown option",
      ["did you mean `epochs`?"], fixed: "train epochs=1"),
    Case(
      "layer dense 4 ~rleu~", "there is no activation named `rleu`", "not an activation",
      ["did you mean `relu`?"], fixed: "layer dense 4 relu"),
    Case(
      "show ~weihts~", "there is no view named `weihts`", "not a view", ["did you mean `weights`?"],
      fixed: "show weights"),
  ]

  /// Values that a place does not take.
  static let values: [Case] = [
    Case("train epochs=~0~", "`epochs` is from 1 to 1000000000, not 0", "out of range"),
    Case("layer dropout ~1~", "`rate` is from 0 to 0.99…, not 1", "out of range"),
    Case(
      "train epochs=~2.5~", "`epochs` takes a whole number, not 2.5", "not whole",
      ["write `epochs=2`"], fixed: "train epochs=2"),
    Case(
      "train epochs=~\"a\"~", "`epochs` takes a whole number, not text", "this is text",
      ["write `epochs=10`"]),
    Case(
      "train epochs=~1e18~", "`epochs` takes a whole number, not 1e+18", "not whole",
      ["write `epochs=10`"]),
    Case(
      "train quiet=~3~", "`quiet` takes true or false, not a number", "this is a number",
      ["write `quiet=false`"]),
    Case(
      "data iris test=~-1~",
      "`test` takes a share such as `20%`, a number of rows or a file name, not -1",
      "neither a share below 1 nor a whole number of rows"),
    Case(
      "data iris test=~1.5~",
      "`test` takes a share such as `20%`, a number of rows or a file name, not 1.5",
      "neither a share below 1 nor a whole number of rows"),
    Case(
      "data iris test=~100%~", "`test` takes a share below 100 %", "leaves no row to train with",
      ["write `test=20%`"]),
    Case(
      "data iris validation=~100%~", "`validation` takes a share below 100 %",
      "leaves no row to train with", ["write `validation=20%`"]),
    Case("input ~0~", "`size` takes up to 3 whole numbers of at least 1", "this is 0"),
    Case(
      "input ~1x2x3x4~", "`size` takes up to 3 whole numbers of at least 1", "this is [1, 2, 3, 4]"),
    Case("input ~2.5~", "`size` takes up to 3 whole numbers of at least 1", "this is 2.5"),
    Case("def f(a) = a\nprint f(1, ~2~)", "`f` takes 1 value, this is number 2", "one too many"),
    Case(
      "def f(a) = a\nprint ~f~()", "`f` needs a value for `a`", "`a` is missing", ["write `f(a)`"]),
    Case(
      "def f(a, b=2) = a\nprint f(1, ~a~=2)", "`a` is given twice", "given again",
      ["leave one of them out"]),
    Case(
      "print round(2.5, digits=1, ~digits~=2)", "`digits` is given twice", "given again",
      ["leave one of them out"]),
    Case(
      "print ~sqrt~()", "`sqrt` needs a value for `x`", "`x` is missing",
      ["for example `print sqrt(2)`"]),
    Case("layer dense 4 ~{ layer dense 2 }~", "`layer dense` takes no block", "one too many"),
    Case("model a { layer dense 2 } ~{ layer dense 3 }~", "`model` takes 1 block", "one too many"),
    Case(
      "~residual~", "`residual` needs a block", "no block follows", ["write `residual … { … }`"]),
    Case(
      "~branch~ { layer dense 2 }", "`branch` needs 2 blocks", "1 follows",
      ["write `branch … { … } { … }`"]),
    Case("~return 3~", "`return` stands outside a function", "nothing to return from"),
    Case("~break~", "`break` stands outside a loop", "no loop around it"),
    Case("~continue~", "`continue` stands outside a loop", "no loop around it"),
    Case("def f() { ~break~ }\nf()", "`break` stands outside a loop", "no loop around it"),
    Case(
      "for i in 1..2 {\n  def f() { ~continue~ }\n  f()\n}", "`continue` stands outside a loop",
      "no loop around it"),
    Case(
      "def ~train~(x) = x", "`train` is a command, a `def` cannot take its name", "taken",
      ["choose another name, such as `my_train`"]),
    Case("def f(a, ~a~) = a", "the parameter `a` is there twice", "again"),
    Case(
      "data iris\nlayer dense 3\nsweep lr=[0.1] ~zebra~=[1, 2] by=loss {\n  train epochs=1 lr=lr quiet\n}",
      "the block does not use `zebra`", "every run would be the same",
      ["use `zebra` in the block, or leave it out"]),
    Case("if true { ~param~ a = 1 }", "`param` stands at the top level", "not inside a block"),
    Case(
      "~param~ 3", "`param` takes one name with its default", "not of that form",
      ["write `param epochs = 10 \"how long to train\"`"]),
    Case(
      "param a = 1\nparam ~a~ = 2", "the script has a parameter `a` already", "taken",
      ["to change it write `a = 2`"]),
    Case("param a = 1 ~3~", "what `a` is for is said in a text", "not a text in quotes"),
    Case(
      "~param~ a = 1 b = 2", "`param` takes one name with its default", "not of that form",
      ["write `param epochs = 10 \"how long to train\"`"]),
    Case("~state~", "`state` stands in a function, on a line of its own", "nothing keeps it here"),
    Case(
      "~include~ 3", "`include` takes one file name in quotes", "not of that form",
      ["write `include \"blocks.nn\"`"]),
    Case(
      "~include~ \"a.nn\" \"b.nn\"", "`include` takes one file name in quotes", "not of that form",
      ["write `include \"blocks.nn\"`"]),
    Case(
      "let a = ~include~", "`include` stands at the top level, on a line of its own",
      "not inside anything"),
    Case(
      "~state~ m=0", "`state` stands in a function, on a line of its own", "nothing keeps it here"),
    Case(
      "def f(w, g) {\n  state ~3~\n  return w\n}", "`state` takes names with what they begin with",
      "no name", ["write `state m=0`"]),
    Case(
      "if true { ~include~ \"a.nn\" }", "`include` stands at the top level", "not inside a block"),
    Case(
      "let a = 1\ninclude ~\"x{a}.nn\"~", "`include` takes a file name that is written out",
      "known only when the script runs"),
    Case(
      "let a = 1\n~a + 1~", "this value is not used", "computed but never used",
      ["write `print a + 1` to see it"], isWarning: true),
    Case(
      "data iris target=~spcies~", "there is no column named `spcies`", "not a column",
      ["did you mean `species`?"]),
    Case(
      "data iris only=[sepal_length, ~zebra~]", "there is no column named `zebra`", "not a column",
      ["columns: `sepal_length`, `sepal_width`, `petal_length`, `petal_width`, `species`"]),
  ]

  @Test(arguments: slips + names + values)
  func oneMistakeIsToldInFull(_ one: Case) throws { try one.check() }
}

/// What may be right is not told to be wrong.
@Suite struct WhatMayBeRightTests {
  @Test(arguments: [
    // A variable that is changed may hold a function by then.
    "let x = random()\nx = 3\nx -1", "def f() { return 1 }\nlet g = f\ng()",
    "let n = 2\nprint n (4)", "let xs = [1, 2]\nprint xs [0, 1]",
    "print sqrt(4) (5)", "def twice(x) = 2 * x\ntwice 3", "let a = 1\nprint a -1",
  ])
  func nothingIsSaid(_ script: String) {
    #expect(Session().check(script).filter { $0.severity == .error }.isEmpty)
  }
}

/// Words that begin a statement of their own, alone in a line.
@Suite struct BareWordTests {
  @Test(arguments: [
    CheckMessageTests.Case(
      "~param~", "`param` takes one name with its default", "not of that form",
      ["write `param epochs = 10 \"how long to train\"`"]),
    CheckMessageTests.Case(
      "def f(w, g) {\n  ~state~\n  return w\n}", "`state` takes names with what they begin with",
      "no name", ["write `state m=0`"]),
    CheckMessageTests.Case(
      "~include~", "`include` takes one file name in quotes", "not of that form",
      ["write `include \"blocks.nn\"`"]),
  ])
  func whatIsMissingIsTold(_ one: CheckMessageTests.Case) throws { try one.check() }
}

extension CheckMessageTests.Case {
  /// Checks the script and compares what is said first.
  func check() throws {
    let parts = script.split(separator: "~", omittingEmptySubsequences: false).map(String.init)
    let text = parts.joined()
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    let found = Session(options: options).check(text)
    let diagnostic = try #require(
      found.first { ($0.severity == .warning) == isWarning }, "\(found)")
    #expect(message.matches(diagnostic.message), "\(diagnostic.message)")
    let primary = try #require(diagnostic.primary)
    #expect(label.matches(primary.text), "\(primary.text)")
    let start = parts[0].utf8.count
    #expect(primary.range.start == start && primary.range.end == start + parts[1].utf8.count)
    #expect(diagnostic.help == help)
    #expect(found.count { ($0.severity == .error) } == (isWarning ? 0 : 1), "\(found)")
    var bytes = Array(text.utf8)
    for fix in diagnostic.fixes.sorted(by: { $0.range.start > $1.range.start }) {
      bytes.replaceSubrange(fix.range.bytes, with: Array(fix.replacement.utf8))
    }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.map(String.init)
    #expect(fixed == (diagnostic.fixes.isEmpty ? nil : line))
  }
}
