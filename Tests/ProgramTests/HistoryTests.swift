import Foundation
import Testing

/// What was typed comes back, in the same session and in the next.
@Suite struct HistoryTests {
  private static let up = "\u{1B}[A"

  private func begin(_ home: TemporaryFolder, _ environment: [String: String] = [:]) throws
    -> Terminal
  {
    let terminal = try Terminal(home: home, environment: environment)
    try terminal.wait(forLine: "nns>")
    return terminal
  }

  private func leave(_ terminal: Terminal) throws {
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  @Test func aBlockIsOneEntryAfterARestartToo() throws {
    let home = try TemporaryFolder()
    let terminal = try begin(home)
    terminal.enter("1 + 1")
    for line in ["for i in 1..2 {", "  print \"a\\nb {i}\"", "}"] { terminal.enter(line) }
    try terminal.wait(for: "\nb 2\nnns>")
    terminal.type(Self.up)
    try terminal.wait(for: "nns> for i in 1..2 {\n  print \"a\\nb {i}\"\n}")
    terminal.type(Self.up)
    try terminal.wait(forLine: "nns> 1 + 1")
    terminal.type("\u{3}")
    try terminal.wait(forLine: "nns>")
    try leave(terminal)

    let next = try begin(home)
    next.type(Self.up)
    try next.wait(for: "nns> for i in 1..2 {\n  print \"a\\nb {i}\"\n}")
    next.type("\r")
    try next.wait(for: "\nb 2\nnns>")
  }

  @Test func sessionsSideBySideKeepEachOthersEntries() throws {
    let home = try TemporaryFolder()
    let (one, other) = (try begin(home), try begin(home))
    #expect(try one.answer(to: "100 + 1") == ["101"])
    #expect(try other.answer(to: "200 + 2") == ["202"])
    #expect(try one.answer(to: "300 + 3") == ["303"])
    try leave(one)
    try leave(other)
    let lines = try home.text(of: ".local/state/nns/history").split(separator: "\n")
    #expect(lines.filter { $0.contains("+") } == ["100 + 1", "200 + 2", "300 + 3"])
  }

  @Test func theFileIsForItsOwnerAlone() throws {
    let home = try TemporaryFolder()
    let path = home.path + "/state/nns/history"
    let terminal = try begin(home, ["XDG_STATE_HOME": home.path + "/state"])
    terminal.enter("1 + 1")
    try terminal.wait(for: "\n2\nnns>")
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    // A file that others may read is closed to them.
    chmod(path, 0o644)
    terminal.enter("1 + 2")
    try terminal.wait(for: "\n3\nnns>")
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func aLinkOrAPipeIsNoHistory() throws {
    let home = try TemporaryFolder()
    try home.write("mine\n", to: "mine")
    chmod(home.path + "/mine", 0o644)
    symlink(home.path + "/mine", home.path + "/link")
    mkfifo(home.path + "/pipe", 0o600)
    for name in ["link", "pipe"] {
      let terminal = try begin(home, ["NNS_HISTORY": home.path + "/" + name])
      #expect(try terminal.answer(to: "100 + 1") == ["101"])
      try leave(terminal)
    }
    var status = stat()
    #expect(stat(home.path + "/mine", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o644)
    #expect(try home.text(of: "mine") == "mine\n")
  }

  @Test func theFileMayBeNamedOrSwitchedOff() throws {
    let home = try TemporaryFolder()
    let named = try begin(home, ["NNS_HISTORY": home.path + "/mine"])
    named.enter("1 + 1")
    try named.wait(for: "\n2\nnns>")
    #expect(try home.text(of: "mine") == "1 + 1\n")
    let off = try begin(home, ["NNS_HISTORY": ""])
    off.enter("1 + 1")
    try off.wait(for: "\n2\nnns>")
    off.type(Self.up)
    try off.wait(forLine: "nns> 1 + 1")
    #expect(!FileManager.default.fileExists(atPath: home.path + "/.local"))
  }
}
