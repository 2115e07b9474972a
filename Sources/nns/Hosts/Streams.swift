import Glibc

/// Standard output and standard error, kept in the order in which things were written.
final class Streams {
  // The program writes from the thread that runs the script alone.
  nonisolated(unsafe) static let standard = Streams()

  let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  let errorIsTerminal = isatty(STDERR_FILENO) == 1

  private var buffer: [UInt8] = []
  private var lastFlush = 0.0

  /// Writes results. A line after a pause goes out at once, a burst of lines is gathered.
  func write(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    let now = monotonicSeconds()
    if outputIsTerminal || buffer.count > 1 << 16 || now - lastFlush > 0.05 {
      flush()
      lastFlush = now
    }
  }

  /// Writes progress and diagnostics, after whatever results came before them.
  func writeError(_ text: String) {
    flush()
    Self.send(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Writes what belongs to the terminal and not to the results: prompts, a greeting.
  func writeBesideResults(_ text: String) {
    if outputIsTerminal { write(text) } else { writeError(text) }
  }

  /// The size of the terminal at hand in characters.
  var terminalSize: (rows: Int, columns: Int) {
    var size = winsize()
    for descriptor in [STDERR_FILENO, STDOUT_FILENO, STDIN_FILENO]
    where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
      return (max(1, Int(size.ws_row)), Int(size.ws_col))
    }
    return (24, 80)
  }

  /// Sends what is gathered.
  func flush() {
    guard !buffer.isEmpty else { return }
    let failure = Self.send(buffer, to: STDOUT_FILENO)
    buffer.removeAll(keepingCapacity: true)
    guard failure != 0 else { return }
    // Nobody reads any longer (`nns … | head -1`): end as quietly as the signal would have.
    if failure == EPIPE { _exit(128 + SIGPIPE) }
    let reason = String(cString: strerror(failure))
    let message = "error: cannot write to standard output: \(reason)\n"
    Self.send(Array(message.utf8), to: STDERR_FILENO)
    _exit(ExitStatus.scriptFailed.rawValue)
  }

  /// Returns the error's number, 0 when everything was taken.
  @discardableResult
  private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
        if count >= 0 {
          sent += count
        } else if errno == EAGAIN {
          var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&wait, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}

/// Seconds on a clock that never jumps.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
