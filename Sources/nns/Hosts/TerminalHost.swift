import Glibc
import NNScript

/// Shows results, notes, diagnostics and progress as text.
final class TerminalHost: ProgramHost {
  private let streams: Streams
  private let quiet: Bool
  private let isPrompt: Bool
  private let renderer: DiagnosticRenderer
  private let isASCII: Bool
  private let color: ColorChoice
  private var bar: ProgressBar?
  private let tellsEpochs: Bool
  private unowned var session: Session!
  // The last figures of the running training, kept for the bar: a batch brings its loss alone.
  private var lastFigures: [(name: String, value: Double)] = []
  private var training: TrainingStart?
  private var hasToldInterruption = false
  /// How many diagnostics there were of each kind: no number of warnings hides an error.
  private var diagnosticCounts: [Diagnostic.Severity: Int] = [:]
  private static let mostDiagnostics = 20

  init(streams: Streams, _ options: SharedOptions, isPrompt: Bool) {
    self.streams = streams
    quiet = options.quiet
    self.isPrompt = isPrompt
    isASCII = options.ascii
    color = options.color
    renderer = DiagnosticRenderer(
      style: options.errorFormat, isColored: color.applies(toTerminal: streams.errorIsTerminal))
    let progress = options.quiet ? .none : options.progress.resolved(streams)
    tellsEpochs = progress == .text
    if progress == .bar {
      bar = ProgressBar(
        screen: { .of(STDERR_FILENO, isASCII: options.ascii, color: .never) },
        write: streams.writeError)
    }
  }

  var screen: Screen { .of(STDOUT_FILENO, isASCII: isASCII, color: color) }

  func attach(to session: Session) { self.session = session }

  var isCancelled: Bool { Interruption.isRequested }

  func receive(_ event: Event) {
    switch event {
    case .output(let text, _, _):
      bar?.erase()
      let text = text.harmless(keepsColors: true) + "\n"
      if isPrompt, streams.outputIsTerminal, isatty(STDIN_FILENO) == 1,
        text.utf8.count(where: { $0 == 0x0A }) >= streams.terminalSize.rows
      {
        streams.flush()
        if Pager.show(text) { return }
      }
      streams.write(text)
    case .note(let text, _):
      bar?.erase()
      guard !quiet else { return }
      let text = text.harmless(keepsColors: false)
      streams.writeError(
        (streams.errorIsTerminal ? text.wrapped(to: streams.terminalSize.columns) : text) + "\n")
    case .diagnostic(let diagnostic):
      bar?.erase()
      show(diagnostic)
    case .trainingStarted(let start):
      training = start
      lastFigures = []
      bar?.begin()
      streams.flush()
    case .batch(let batch):
      guard let training, training.every > 0 else { return }
      bar?.show(batch, since: training.firstEpoch, figures: lastFigures)
    case .epoch(let epoch):
      lastFigures = epoch.figures
      if epoch.isTold, tellsEpochs { streams.writeError(Self.line(epoch) + "\n") }
    case .trainingFinished(let end):
      bar?.erase()
      if end.stopped == "interrupted" { tellInterruption(of: end) }
      training = nil
    }
  }

  private func tellInterruption(of end: TrainingEnd) {
    guard let training, !isPrompt || end.continuation != nil else { return }
    hasToldInterruption = true
    let done = end.epoch - training.firstEpoch + 1
    let all = training.lastEpoch - training.firstEpoch + 1
    let isOpen = training.leastEpoch != nil
    var text =
      "interrupted after " + (isOpen ? "\(done)" : "\(done) of \(all)")
      + (isOpen && done == 1 ? " epoch" : " epochs")
    if let loss = lastFigures.first, done > 0 { text += ", \(loss.name) \(figure(loss.value))" }
    if let line = end.continuation {
      if isPrompt {
        text += "; to resume: `\(line)`"
      } else if let file = end.checkpoint {
        text += "; kept in `\(file)`; to resume, run the script again with `\(line)`"
      }
    }
    writeOver(text)
  }

  /// Writes a line over the `^C` that the terminal has shown.
  private func writeOver(_ text: String) {
    streams.writeError((streams.errorIsTerminal ? "\r" : "") + text + "\n")
  }

  /// Many mistakes are mostly echoes of a few: the first ones are told, the rest is counted.
  private func show(_ diagnostic: Diagnostic) {
    let isFirst = diagnosticCounts.isEmpty
    diagnosticCounts[diagnostic.severity, default: 0] += 1
    guard diagnosticCounts[diagnostic.severity, default: 0] <= Self.mostDiagnostics else { return }
    let text = renderer.render(diagnostic, in: session.sources)
    streams.writeError(isFirst || renderer.style != .text ? text : "\n" + text)
  }

  func finish(isInterrupted: Bool) {
    bar?.erase()
    if isInterrupted, isPrompt, !hasToldInterruption { writeOver("interrupted") }
    hasToldInterruption = false
    let rest = diagnosticCounts.values.reduce(0) { $0 + max(0, $1 - Self.mostDiagnostics) }
    if rest > 0, renderer.style != .json { streams.writeError("… and \(rest) more\n") }
    diagnosticCounts = [:]
  }

  /// `epoch 3/10  loss 0.3122  accuracy 0.9067  1.2 s`; `epoch 3  loss …` where the loss decides
  /// which is the last.
  static func line(_ epoch: TrainingEpoch) -> String {
    let figures = epoch.figures.map { "  \($0.name) \(figure($0.value))" }.joined()
    let width = String(epoch.lastEpoch).count
    let number = String(epoch.epoch)
    let padding = String(repeating: " ", count: max(0, width - number.count))
    let end = epoch.leastEpoch == nil ? "/\(epoch.lastEpoch)" : ""
    return "epoch \(padding)\(number)\(end)\(figures)  \(duration(epoch.seconds))"
  }
}
