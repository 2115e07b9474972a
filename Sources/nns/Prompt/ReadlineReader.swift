#if Readline
  import CReadline
  import Glibc

  /// Reads lines with editing, history and completion by GNU readline.
  final class ReadlineReader: LineReader {
    private let complete: (_ line: String, _ cursor: Int) -> TabAnswer

    /// - Parameter complete: what Tab does, the cursor in bytes.
    init(complete: @escaping (_ line: String, _ cursor: Int) -> TabAnswer) {
      self.complete = complete
      creadline_begin(
        { context, line, cursor in
          let reader = Unmanaged<ReadlineReader>.fromOpaque(context!).takeUnretainedValue()
          let answer = reader.complete(String(cString: line!), Int(cursor))
          return CReadlineCompletion(
            start: Int32(answer.range.lowerBound), end: Int32(answer.range.upperBound),
            text: answer.text.flatMap { strdup($0) }, menu: answer.menu.flatMap { strdup($0) })
        }, Unmanaged.passUnretained(self).toOpaque())
    }

    func read(prompt: String) -> LineOutcome {
      Streams.standard.flush()
      var line: UnsafeMutablePointer<CChar>?
      switch creadline_read(prompt, &line) {
      case .end: return .end
      case .interrupted: return .interrupted
      case .line:
        defer { free(line) }
        return line.map { .line(String(cString: $0)) } ?? .end
      }
    }

    func remember(_ entry: String) { creadline_remember(entry) }

    func forgetInput() { creadline_forget_input() }
  }
#endif
