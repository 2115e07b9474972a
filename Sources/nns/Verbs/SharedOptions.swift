import ArgumentParser
import NNScript

/// What every verb that runs or checks a script understands.
struct SharedOptions: ParsableArguments {
  @Flag(help: "Write each event and diagnostic as one JSON line to standard output.")
  var json = false

  @Flag(help: "Show results and errors only: no progress, no notes.")
  var quiet = false

  @Option(help: .init("Use this many threads (all cores, if left out).", valueName: "n"))
  var threads: Int?

  @Option(help: "How diagnostics are written.")
  var errorFormat = DiagnosticRenderer.Style.text

  @Option(help: "When colours are used; NO_COLOR is respected.")
  var color = ColorChoice.auto

  @Flag(help: "Draw tables, curves and pictures with plain signs.")
  var ascii = false

  @Option(help: "How the progress of a training is shown.")
  var progress = ProgressChoice.auto

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw UsageError("`--threads` takes a number from 1 to 1024, not \(threads)")
    }
  }

  /// A host as these options ask for, and a session that talks to it.
  ///
  /// - Parameter isPrompt: whether the session goes on after a script was interrupted.
  func makeSession(isPrompt: Bool = false) -> (session: Session, host: any ProgramHost) {
    let host: any ProgramHost =
      json
      ? JSONHost()
      : TerminalHost(streams: .standard, self, isPrompt: isPrompt)
    var options = Session.Options()
    options.threads = threads
    options.dataFolders = dataFolders()
    options.keepsJournal = isPrompt
    let session = Session(host: host, options: options)
    host.attach(to: session)
    return (session, host)
  }
}

/// A host of the program, which renders diagnostics and so needs the session's texts.
protocol ProgramHost: Host {
  /// Told once, before anything runs.
  func attach(to session: Session)
  /// Told when a run or a check is over, and whether Ctrl-C ended it.
  func finish(isInterrupted: Bool)
}

extension DiagnosticRenderer.Style: ExpressibleByArgument {}

/// The choices of `--progress`.
enum ProgressChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, bar, text, none

  /// A bar where somebody watches, lines where a file or another program does.
  func resolved(_ streams: Streams) -> ProgressChoice {
    guard self == .auto else { return self }
    return streams.errorIsTerminal && environment("TERM") != "dumb" ? .bar : .text
  }
}

/// The choices of `--color`.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// The convention of no-color.org: set and not empty means no colour, unless asked for.
  func applies(toTerminal isTerminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      isTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }
  }
}
