import CSignals
import Glibc

/// Reads lines as they come, without editing: where readline is not built in or nobody types.
final class PlainReader: LineReader {
  private let showsPrompt: Bool
  private var input: [UInt8] = []

  init(showsPrompt: Bool) { self.showsPrompt = showsPrompt }

  func remember(_ entry: String) {}

  func forgetInput() { input = [] }

  func read(prompt: String) -> LineOutcome {
    if showsPrompt { Streams.standard.writeBesideResults(prompt) }
    Streams.standard.flush()
    csignals_begin_reading()
    defer { csignals_end_reading() }
    var searched = 0
    while true {
      if let end = input[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { input.removeSubrange(...end) }
        return .line(String(decoding: input[..<end], as: UTF8.self))
      }
      searched = input.count
      guard waitForInput() else {
        forgetInput()
        if showsPrompt { Streams.standard.writeBesideResults("\n") }
        return .interrupted
      }
      var chunk = [UInt8](repeating: 0, count: 1 << 14)
      let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
      if count > 0 {
        input += chunk[..<count]
      } else if count == 0 || errno != EINTR {
        if input.isEmpty { return .end }
        // The last line need not end.
        input.append(UInt8(ascii: "\n"))
      }
    }
  }

  /// False for Ctrl-C.
  private func waitForInput() -> Bool {
    while true {
      var waits = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: csignals_descriptor(), events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waits, 2, -1) > 0 else { continue }
      if waits[1].revents != 0 {
        switch csignals_next() {
        case 0, SIGWINCH, SIGCONT: continue
        case SIGINT: return false
        case let signal: csignals_yield_to(signal)
        }
      } else if waits[0].revents != 0 {
        // A Ctrl-C before this input is answered before it: its handler ran when `poll` came back.
        if poll(&waits[1], 1, 0) > 0 { continue }
        return true
      }
    }
  }
}
