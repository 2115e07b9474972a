import Foundation
import Testing

/// How the program begins: files, lines, standard input, the prompt behind them.
@Suite struct BeginningTests {
  @Test func aScriptMayBeFollowedByThePrompt() throws {
    let folder = try TemporaryFolder()
    try folder.write("let kept = 41\nprint \"ran\"\n", to: "first.nn")
    for arguments in [
      ["-i", "first.nn"], ["first.nn", "-i"], ["-i", "-e", "let kept = 41; print \"ran\""],
    ] {
      let terminal = try Terminal(arguments, in: folder.path)
      try terminal.wait(for: "ran\nnns>")
      #expect(try terminal.answer(to: "kept + 1") == ["42"])
    }
  }

  @Test func aSavedSessionFindsTheFilesOfTheScriptBeforeIt() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("deep")
    try folder.write("a,b,kind\n1,2,x\n3,4,y\n", to: "deep/rows.csv")
    try folder.write("def stage(n) { layer dense n tanh }\n", to: "deep/stage.nn")
    try folder.write(
      "include \"stage.nn\"\ndata \"rows.csv\" test=\"rows.csv\"\nstage(3)\nprint \"rows.csv\"\n",
      to: "deep/script.nn")
    let saving = try Execution.run(
      [Execution.nns, "-i", "--no-init", "deep/script.nn"], input: "save session \"saved.nn\"\n",
      in: folder.path)
    #expect(saving.status == 0, "\(saving.errors)")
    #expect(
      try folder.text(of: "saved.nn") == """
        include "deep/stage.nn"
        data "deep/rows.csv" test="deep/rows.csv"
        let _ = stage(3)
        print "rows.csv"

        """)
    let run = try Execution.run([Execution.nns, "saved.nn"], in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test func aFailingScriptLeavesWhatItDid() throws {
    let terminal = try Terminal(["-i", "-e", "let kept = 41", "-e", "assert kept == 0"])
    try terminal.wait(for: "error[assertion]")
    #expect(try terminal.answer(to: "kept + 1") == ["42"])
  }

  @Test func theUsersOwnScriptRunsBeforeThePrompt() throws {
    let home = try TemporaryFolder()
    for folder in [".config", ".config/nns"] { try home.makeFolder(folder) }
    try home.write("let mine = 7\n", to: ".config/nns/init.nn")
    try home.write("let other = 8\n", to: "other.nn")
    let plain = try Terminal(home: home)
    #expect(try plain.answer(to: "mine") == ["7"])
    let without = try Terminal(["--no-init"], home: home)
    #expect(try without.answer(to: "mine").first?.contains("unknown") == true)
    let named = try Terminal(["--init", "other.nn"], home: home)
    #expect(try named.answer(to: "other") == ["8"])
    #expect(try named.answer(to: "mine").first?.contains("unknown") == true)
    // Scripts do not depend on it.
    let script = try Execution.nns("-e", "print mine", environment: ["HOME": home.path])
    #expect(script.status == 1)
    let missing = try Execution.nns("--init", "nowhere.nn", "-e", "print 1")
    #expect(missing.status == 2)
    #expect(missing.errors.contains("nowhere.nn"))
  }

  @Test func notATerminalGetsResultsAlone() throws {
    let script = "data iris test=20%\nlayer dense 4 relu\ntrain epochs=3\nevaluate\n[1, 2]\n"
    for (arguments, environment) in [
      ([], [:]), (["-"], [:]), (["-i", "--no-init"], [:]),
      (["-i", "--no-init"], ["TERM": "xterm"]),
      (["--color=auto"], ["TERM": "xterm-256color", "COLORTERM": "truecolor"]),
    ] as [([String], [String: String])] {
      let run = try Execution.run(
        [Execution.nns] + arguments, input: script, environment: environment)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("accuracy"))
      for text in ["\u{1B}", "\r", "nns>", "Ctrl-D"] {
        #expect(!run.output.contains(text), "\(arguments): \(run.output)")
        #expect(!run.errors.contains(text), "\(arguments): \(run.errors)")
      }
    }
  }

  @Test func linesFromAPipeAreAnsweredOneByOne() throws {
    let run = try Execution.nns(
      "-i", "--no-init", input: "let x = 2\nx\nprint x +\nx = 1 / 0\nfor i in 1..2 {\nprint i\n}\nx"
    )
    #expect(run.status == 0)
    #expect(run.output == "2\n1\n2\n2\n")
    #expect(run.errors.contains("error["))
  }

  @Test func resultsGoIntoAPipeWhileThePromptStaysOnTheTerminal() throws {
    let folder = try TemporaryFolder()
    let terminal = try Terminal(
      ["-c", "\(Execution.nns) | tee copy >/dev/null"], program: "/bin/sh", in: folder.path)
    try terminal.wait(forLine: "nns>")
    terminal.enter("6 * 7")
    // What is typed ahead of the next prompt is no end of input.
    try terminal.wait(for: "nns> 6 * 7\nnns>")
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
    #expect(try folder.text(of: "copy") == "42\n")
  }

  @Test func colourIsAsAsked() throws {
    for (arguments, environment, isColoured) in [
      ([], [:], true), (["--color=never"], [:], false), ([], ["NO_COLOR": "1"], false),
      (["--color=always"], ["NO_COLOR": "1"], true), ([], ["TERM": "dumb"], false),
    ] as [([String], [String: String], Bool)] {
      let terminal = try Terminal(arguments, environment: environment)
      try terminal.wait(for: "nns>")
      terminal.enter("prnt 1")
      try terminal.wait(for: "did you mean")
      let output = String(decoding: terminal.output, as: UTF8.self)
      #expect(output.contains("\u{1B}[1;31m") == isColoured, "\(arguments) \(environment)")
    }
  }

  /// Terminals say how many colours they have by their name, and some by `COLORTERM`.
  @Test(
    arguments: [
      ("xterm-256color", "", "\u{1B}[38;5;"), ("tmux-256color", "", "\u{1B}[38;5;"),
      ("xterm-kitty", "", "\u{1B}[38;5;"), ("xterm-256color", "truecolor", "\u{1B}[38;2;"),
      ("xterm-direct", "", "\u{1B}[38;2;"), ("xterm", "", "\u{1B}[30;"),
      ("linux", "", "\u{1B}[30;"),
      ("vt100", "", nil), ("dumb", "", nil),
    ] as [(String, String, String?)])
  func picturesHaveTheColoursOfTheTerminal(_ term: String, _ color: String, _ code: String?) throws
  {
    let terminal = try Terminal(
      ["-e", "data [[0, 0, 0, 1, 0, 1, 1, 0, 0]] target=[1] shape=3x3x1; show image 0"],
      environment: ["TERM": term, "COLORTERM": color])
    #expect(try terminal.end() == 0)
    let output = String(decoding: terminal.output, as: UTF8.self)
    if let code { #expect(output.contains(code), "\(output)") }
    #expect(output.contains("\u{1B}[38") || output.contains("\u{1B}[30") == (code != nil))
  }

  @Test func theTerminalIsNeverAsked() throws {
    let terminal = try Terminal()
    try terminal.wait(forLine: "nns>")
    terminal.enter("train")
    try terminal.wait(for: "error[no-data]")
    let output = String(decoding: terminal.output, as: UTF8.self)
    // Where is the cursor, what are you, which colour is the background?
    for query in ["\u{1B}[6n", "\u{1B}[c", "\u{1B}[>c", "\u{1B}]1", "\u{1B}[?u"] {
      #expect(!output.contains(query))
    }
  }

  @Test func itWorksInsideOfScript() throws {
    let terminal = try Terminal(
      ["-q", "-c", Execution.nns, "/dev/null"], program: "/usr/bin/script")
    #expect(try terminal.answer(to: "6 * 7") == ["42"])
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  @Test func theVersionTellsItsTerms() throws {
    let version = try Execution.nns("--version").output
    #expect(version.hasPrefix("nns 0."))
    #expect(version.contains("GNU readline") && version.contains("GPL-3.0-or-later"))
  }
}
