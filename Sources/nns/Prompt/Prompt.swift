import NNScript

/// Lines typed at a terminal, each run as soon as it is complete.
final class Prompt {
  private let session: Session
  private let host: any ProgramHost
  private let history = HistoryFile.users
  private lazy var reader = makeReader()
  private let isTyped: Bool
  /// The lines of a statement that is not finished.
  private var pending = ""
  private var lastEntry = ""

  /// - Parameter isTyped: whether somebody sits at a terminal and wants prompts.
  init(_ session: Session, _ host: any ProgramHost, isTyped: Bool) {
    self.session = session
    self.host = host
    self.isTyped = isTyped
  }

  /// Reads and runs until the end of the input or `quit`.
  func run() {
    if isTyped, let complaint = history?.complaint {
      Streams.standard.writeError("note: no history is kept: \(complaint)\n")
    }
    if isTyped { for entry in history?.entries ?? [] { reader.remember(entry) } }
    while !session.hasQuit {
      switch reader.read(prompt: prompt) {
      case .line(let line): take(line)
      case .interrupted:
        pending = ""
        // A second one meant the same line.
        Interruption.forget()
      case .end:
        if isTyped { Streams.standard.writeBesideResults("\n") }
        guard !pending.isEmpty else { return }
        // What is missing is said, and the prompt goes on.
        runPending()
        if !isTyped { return }
      }
    }
  }

  private var prompt: String {
    guard !pending.isEmpty else { return Transcript.prompt }
    guard case .incomplete(let open) = isComplete(pending) else { return Transcript.prompt }
    return Transcript.prompt(inside: open.last)
  }

  private func take(_ line: String) {
    let line = Transcript.code(in: line, behind: pending)
    if pending.isEmpty, line.allSatisfy(\.isWhitespace) { return }
    pending = pending.isEmpty ? line : continuing(pending, with: line)
    if case .incomplete = isComplete(pending) {
      // Ctrl-C right behind Enter gives up all of an unfinished statement.
      if Interruption.isRequested {
        pending = ""
        Interruption.forget()
      }
      return
    }
    runPending()
  }

  private func runPending() {
    let statement = pending
    pending = ""
    remember(statement)
    Interruption.begin(mayEnd: false)
    var isInterrupted = false
    do {
      try session.run(statement, from: Session.Origin(name: "<prompt>", isPrompt: true))
    } catch {
      // What went wrong has been shown by the host; the prompt goes on.
      isInterrupted = (error as? ScriptError)?.isInterruption ?? false
    }
    host.finish(isInterrupted: isInterrupted)
    // It came too late to stop anything; the terminal shows it all the same.
    if !isInterrupted, isTyped, Interruption.isRequested {
      Streams.standard.writeBesideResults("\n")
    }
    Interruption.forget()
    // Whoever stops a statement does not want the rest of what was pasted with it.
    if isInterrupted { reader.forgetInput() }
  }

  private func remember(_ statement: String) {
    guard isTyped, statement != lastEntry else { return }
    lastEntry = statement
    reader.remember(statement)
    history?.append(statement)
  }

  // MARK: Reading

  private func makeReader() -> any LineReader {
    #if Readline
      if isTyped {
        return ReadlineReader { [unowned self] line, cursor in complete(line, cursor) }
      }
    #endif
    return PlainReader(showsPrompt: isTyped)
  }

  /// What Tab does: the offers of the library for all that has been typed so far.
  private func complete(_ line: String, _ cursor: Int) -> TabAnswer {
    let before = line.utf8.prefix(cursor)
    if !pending.isEmpty, before.allSatisfy({ $0 == UInt8(ascii: " ") }) {
      return .insert("  ", at: cursor)
    }
    let text = pending.isEmpty ? line : continuing(pending, with: line)
    let offset = text.utf8.count - line.utf8.count
    return TabAnswer(
      session.complete(text, at: offset + cursor), in: Array(text.utf8), offset: offset,
      size: Streams.standard.terminalSize)
  }
}
