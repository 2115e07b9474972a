import Foundation
import Testing

@testable import nns

/// Ctrl-C while a training runs at the prompt.
@Suite struct InterruptedTrainingTests {
  private static let model = """
    seed 3
    data [[0, 0], [0, 1], [1, 0], [1, 1]] target=[0, 1, 1, 0]
    """

  /// One thread: all the work is then done by the one whose waiting is counted.
  private func begin() throws -> Terminal {
    let terminal = try Terminal(["--threads=1"])
    try terminal.wait(forLine: "nns>")
    for line in Self.model.split(separator: "\n") { terminal.enter(String(line)) }
    terminal.enter("model one { layer dense 64 tanh; layer dense 1 sigmoid; loss mse }")
    try terminal.wait(for: "one { layer dense 64 tanh; layer dense 1 sigmoid; loss mse }\nnns>")
    return terminal
  }

  @Test func goingOnEqualsATrainingThatWasNeverInterrupted() throws {
    let terminal = try begin()
    let all = 3_000_000
    terminal.enter("train epochs=\(all) lr=0.01 quiet")
    usleep(700_000)
    let stopwatch = try Stopwatch(terminal)
    terminal.type("\u{3}")
    try terminal.wait(for: "to resume: ")
    try terminal.wait(forLine: "nns>")
    // A batch here takes microseconds.
    let seconds = try stopwatch.seconds(terminal)
    #expect(seconds < 0.1, "\(seconds) s")
    let line = try #require(terminal.screen.lines.first { $0.hasPrefix("interrupted after ") })
    let words = line.split(separator: " ")
    let done = try #require(Int(words[2]))
    #expect(done > 0 && done < all)
    let left = "to resume: `train epochs=\(all - done) lr=0.01 quiet`"
    let text = terminal.screen.lines.joined(separator: "").filter { $0 != " " }
    #expect(text.contains(left.filter { $0 != " " }), "\(terminal.screen)")

    // The same epochs in one go, in two goes, and after the interruption a few more.
    terminal.enter("train epochs=50 lr=0.01 quiet")
    terminal.enter("model two { layer dense 64 tanh; layer dense 1 sigmoid; loss mse }")
    terminal.enter("train epochs=\(done + 50) lr=0.01 quiet")
    try terminal.wait(for: "train epochs=\(done + 50) lr=0.01 quiet\nnns>", within: 60)
    for part in ["dense1.weights", "dense1.bias", "dense2.weights", "dense2.bias"] {
      #expect(try terminal.answer(to: "all(one.\(part) == two.\(part))") == ["true"], "\(part)")
    }
  }

  @Test func theProgressBarLeavesNothing() throws {
    let terminal = try begin()
    terminal.enter("train epochs=30_000_000 lr=0.01")
    try terminal.wait(for: "ETA")
    terminal.type("\u{3}")
    try terminal.wait(for: "interrupted after ")
    try terminal.wait(forLine: "nns>")
    #expect(!terminal.screen.description.contains("^C"), "\(terminal.screen)")
    #expect(!terminal.screen.description.contains("ETA"), "\(terminal.screen)")
  }

  @Test func anInterruptedScriptSaysHowFarItCame() throws {
    let folder = try TemporaryFolder()
    let script = Self.model + "\nlayer dense 8\nlayer dense 1\nloss mse\ntrain epochs=30_000_000\n"
    try folder.write(script, to: "long.nn")
    let terminal = try Terminal(["long.nn"], in: folder.path)
    try terminal.wait(for: "loss")
    terminal.type("\u{3}")
    #expect(try terminal.end() == 130)
    #expect(terminal.screen.description.contains("of 30000000 epochs"))
    #expect(!terminal.screen.description.contains("to resume"))
  }
}
