import CTerminal
import Foundation
import Testing

/// What may happen at any moment, many times over: a few with every test run, more with
/// `scripts/test long`.
@Suite(.serialized) struct EnduranceTests {
  private static let isLong = getenv("NNS_LONG_TESTS") != nil

  // MARK: Ctrl-C and Ctrl-\

  /// Ctrl-C while a line is typed, searched, completed or pasted, while a statement runs, or a
  /// moment after Enter: the prompt goes on and keeps what there was.
  @Test(.timeLimit(.minutes(15))) func interruptsAtThePrompt() throws {
    let terminal = try Terminal()
    #expect(try terminal.answer(to: "let kept = 41").isEmpty)
    let typed = [
      "", "let lost = 12", "let lost = [1, (2", "\u{12}kep", "tra\t", "\u{1B}", "\u{1B}[",
      "\u{1B}[200~let a = 1\nlet b", "while true { }\r", "for i in 1..1000000000 { }\r",
      "sort(range(3000000))\r", "kept + 1\r", "if true {\r", "\"abc\r", "help train\r",
      "\u{1B}[A\r",
      "ones(900, 900) @ ones(900, 900)\r", "data iris; layer dense 500 relu; train epochs=10000\r",
    ]
    let count = Self.isLong ? 1_000 : 36
    var state: UInt64 = 7
    for number in 0..<count {
      terminal.type(typed[number % typed.count])
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      usleep(UInt32(state >> 33) % 20_000)
      // The second may come while the first is answered.
      terminal.type(number % 5 == 0 ? "\u{3}\u{3}" : "\u{3}")
      // A Ctrl-C between a statement and the prompt is shown by the terminal, in the prompt's line.
      try terminal.wait(for: "the prompt") { $0.cursorLine.hasSuffix("nns>") }
      if number % 25 == 0 { #expect(answers(terminal, number), "\(terminal.screen)") }
    }
    #expect(answers(terminal, count), "\(terminal.screen)")
    // Before the prompt is there, the terminal itself takes Ctrl-D for the end of a line.
    try terminal.wait(forLine: "nns>")
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  /// Whether the prompt still knows what there was. What is typed while the last Ctrl-C is on its
  /// way may be given up with the line.
  private func answers(_ terminal: Terminal, _ number: Int) -> Bool {
    for _ in 0..<5 {
      usleep(200_000)
      terminal.enter("print kept + \(number + 1)00000")
      let answer = "\(number + 1)00041"
      if (try? terminal.wait(for: answer, within: 10) { $0.lines.contains(answer) }) != nil {
        return true
      }
      terminal.type("\u{3}")
    }
    return false
  }

  /// Ctrl-\ ends the program, at the prompt and while it works, and the terminal is as it was.
  @Test(arguments: ["", "let half = 1", "while true { }\r"])
  func controlBackslashEnds(_ typed: String) throws {
    // The shell shows what the terminal is like when the program is gone.
    let terminal = try Terminal(
      [
        "-c",
        "trap : QUIT; \(Execution.nns); echo status $?; stty -a | grep -o ' -\\?icanon\\| -\\?echo '",
      ],
      program: "/bin/sh", environment: ["SHELL": "/bin/sh"])
    try terminal.wait(forLine: "nns>")
    terminal.type(typed)
    usleep(200_000)
    terminal.type("\u{1C}")
    try terminal.wait(for: "status 131")
    try terminal.wait(for: " icanon")
    try terminal.wait(for: " echo")
    let shown = terminal.screen.description
    #expect(!shown.contains("Backtrace") && !shown.contains("Press space"), "\(shown)")
  }

  // MARK: Kills

  /// A save that is killed leaves the old file or the new one, and the next save nothing else.
  @Test(.timeLimit(.minutes(15))) func killsDuringSaves() throws {
    let folder = try TemporaryFolder()
    let models = ["relu", "tanh"]
    for model in models {
      try folder.write(
        """
        input 700
        layer dense 700 \(model)
        save "\(model).safetensors"
        while true { save "m.safetensors" }
        """, to: model + ".nn")
      // Once as it is to be found later.
      _ = try Execution.nns(
        "-e", "input 700", "-e", "layer dense 700 \(model)", "-e",
        "save \"\(model).safetensors\"; save \"m.safetensors\"", in: folder.path)
    }
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
    }
    let whole = try models.map { try bytes($0 + ".safetensors") }
    #expect(whole[0] != whole[1])
    var state: UInt64 = 11
    var found: [Data: Int] = [:]
    for number in 0..<(Self.isLong ? 200 : 10) {
      let saved = try Execution.run(
        [Execution.nns, "run", models[number % 2] + ".nn"], in: folder.path
      ) { process in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        usleep(30_000 + UInt32(state >> 33) % 60_000)
        kill(process, SIGKILL)
      }
      #expect(saved.status == 128 + SIGKILL)
      let left = try bytes("m.safetensors")
      #expect(whole.contains(left), "kill \(number) left \(left.count) bytes")
      found[left, default: 0] += 1
    }
    #expect(found.count == 2 || !Self.isLong, "each model was saved at least once")
    // A part file is known to be nobody's once it has stood for a while.
    sleep(3)
    let last = try Execution.nns(
      "-e", "input 4", "-e", "layer dense 4", "-e", "save \"m.safetensors\"", in: folder.path)
    #expect(last.status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let rest = names.filter { $0.hasSuffix("m.safetensors.part") }
    #expect(rest.isEmpty, "\(rest)")
  }
}
