import CTerminal
import Foundation

/// A program in a terminal of its own: keys go in, the screen comes out.
final class Terminal {
  struct TimedOut: Error, CustomStringConvertible {
    var description: String
  }

  private let master: Int32
  let process: pid_t
  private(set) var screen: TerminalScreen
  /// How many marks have been printed, to tell one answer from another.
  private var marks = 0
  /// Everything the program has written, as it came.
  private(set) var output: [UInt8] = []
  /// Holds the history and whatever else the program keeps of its user.
  let home: TemporaryFolder

  /// Starts `nns` with arguments, or another program if a path is given.
  ///
  /// - Parameter home: the user's folder; a fresh one unless given.
  init(
    _ arguments: [String] = [], program: String = Execution.nns, home: TemporaryFolder? = nil,
    in folder: String? = nil, environment: [String: String] = [:], rows: Int = 24,
    columns: Int = 80
  ) throws {
    let home = try home ?? TemporaryFolder()
    self.home = home
    screen = TerminalScreen(rows: rows, columns: columns)
    var variables = ProcessInfo.processInfo.environment
    for name in ["NNS_HISTORY", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "NO_COLOR", "INPUTRC"] {
      variables[name] = nil
    }
    variables.merge(["HOME": home.path, "TERM": "xterm", "LC_ALL": "C.UTF-8"]) { $1 }
    variables.merge(environment) { $1 }
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var process: Int32 = 0
    master = cterminal_start(
      words, settings, folder ?? home.path, Int32(rows), Int32(columns), &process)
    guard master >= 0 else { throw TimedOut(description: "no terminal to be had") }
    self.process = process
  }

  deinit {
    if !hasEnded {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    close(master)
  }

  /// Types text; `\u{3}` is Ctrl-C, `\t` Tab, `\r` Enter.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      // The other side may have much to say before it reads on.
      var waits = pollfd(fd: master, events: Int16(POLLIN | POLLOUT), revents: 0)
      guard poll(&waits, 1, 10_000) > 0 else { return }
      if waits.revents & Int16(POLLIN) != 0 { _ = readSome() }
      guard waits.revents & Int16(POLLOUT) != 0 else { continue }
      let count = bytes[sent...].withUnsafeBytes {
        write(master, $0.baseAddress, min($0.count, 512))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  /// Types a line and Enter.
  func enter(_ line: String) { type(line + "\r") }

  /// Waits until the screen satisfies a condition.
  ///
  /// - Returns: the seconds it took.
  @discardableResult
  func wait(
    for what: String, within limit: Double = 60, until condition: (TerminalScreen) -> Bool
  ) throws -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    func elapsed() -> Double { Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
    while !condition(screen) {
      var waits = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      let left = limit - elapsed()
      let isReady = left > 0 && poll(&waits, 1, Int32(left * 1000) + 1) > 0
      guard isReady, readSome() else {
        throw TimedOut(description: "waited for \(what); the screen:\n\(screen)")
      }
    }
    return elapsed()
  }

  /// Waits for a text anywhere on the screen.
  @discardableResult
  func wait(for text: String, within limit: Double = 60) throws -> Double {
    try wait(for: "`\(text)`", within: limit) { $0.description.contains(text) }
  }

  /// Waits until the line with the cursor is as given, spaces at its end left out.
  @discardableResult
  func wait(forLine text: String, within limit: Double = 60) throws -> Double {
    try wait(for: "the line `\(text)`", within: limit) { $0.cursorLine == text }
  }

  /// Types a line and waits for what is shown until the next prompt.
  func answer(to line: String, within limit: Double = 60) throws -> [String] {
    try wait(forLine: "nns>", within: limit)
    marks += 1
    let mark = "-- \(marks)"
    enter("print \"\(mark)\"")
    try wait(for: "the mark", within: limit) {
      $0.cursorLine == "nns>" && $0.lines.contains(mark)
    }
    enter(line)
    try wait(for: "the prompt behind `\(line)`", within: limit) {
      $0.cursorLine == "nns>" && $0.lines.dropLast().last != mark
        && $0.lines.last == "nns>"
    }
    let lines = screen.lines
    let start = lines.lastIndex { $0.hasPrefix("nns> ") } ?? 0
    return Array(lines[(start + 1)...].dropLast())
  }

  /// Waits for the program's end.
  ///
  /// - Returns: its exit status; 128 and the signal's number if one ended it.
  func end(within limit: Double = 60) throws -> Int32 {
    let start = DispatchTime.now().uptimeNanoseconds
    while Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 < limit {
      var waits = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      if poll(&waits, 1, 10) > 0 { _ = readSome() }
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG) == process {
        hasEnded = true
        // What it wrote last is still to be read.
        while poll(&waits, 1, 0) > 0, readSome() {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
      }
    }
    throw TimedOut(description: "the program goes on; the screen:\n\(screen)")
  }

  private var hasEnded = false

  /// False when nobody is left at the other side.
  private func readSome() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(master, &chunk, chunk.count)
    guard count > 0 else { return false }
    output += chunk[..<count]
    screen.take(chunk[..<count])
    return true
  }
}
