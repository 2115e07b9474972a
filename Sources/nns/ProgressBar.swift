import Glibc
import NNScript

/// One line on a terminal that is drawn again and again while a training runs:
///
///     epoch 3/10  ━━━━━━━━━─────────────  loss 0.4312  accuracy 0.8612  52.3k rows/s  8 s left
struct ProgressBar {
  private let write: (String) -> Void
  private let isUTF8: Bool
  private var isShown = false
  private var lastDrawn = -Double.infinity

  init(write: @escaping (String) -> Void) {
    self.write = write
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty }
    isUTF8 = (locale ?? "").lowercased().contains("utf")
  }

  /// Draws the state, unless the training has just begun or the last drawing is too fresh.
  mutating func show(
    _ batch: TrainingBatch, since firstEpoch: Int, figures: [(name: String, value: Double)]
  ) {
    // A training that is over in half a second needs no bar, and ten times a second is enough.
    if batch.seconds < lastDrawn { lastDrawn = -.infinity }
    guard batch.seconds >= 0.5, batch.seconds - lastDrawn >= 0.1 else { return }
    lastDrawn = batch.seconds
    isShown = true
    write(
      "\r"
        + Self.line(
          batch, since: firstEpoch, figures: figures, width: Self.terminalWidth(), isUTF8: isUTF8)
        + "\u{1B}[K")
  }

  /// Leaves the line as if there had been nothing.
  mutating func erase() {
    guard isShown else { return }
    isShown = false
    write("\r\u{1B}[K")
  }

  /// The text of the bar in at most `width` columns: the least important parts go first.
  static func line(
    _ batch: TrainingBatch, since firstEpoch: Int, figures: [(name: String, value: Double)],
    width: Int, isUTF8: Bool
  ) -> String {
    let inEpoch = Double(batch.batch) / Double(max(1, batch.batches))
    let done = Double(batch.epoch - firstEpoch) + inEpoch
    let all = Double(max(1, batch.lastEpoch - firstEpoch + 1))
    let left = done > 0 ? batch.seconds * (all - done) / done : 0
    let metric = figures.first { $0.name == "val_accuracy" || $0.name == "accuracy" }
    // The last column stays free: some terminals wrap as soon as it is written.
    var room = width - 1
    // Most important first; each is taken if it still fits.
    var parts: [(order: Int, text: String)] = []
    func offer(_ order: Int, _ text: String) {
      let cost = text.count + (parts.isEmpty ? 0 : 2)
      guard cost <= room else { return }
      room -= cost
      parts.append((order, text))
    }
    offer(0, "epoch \(batch.epoch)/\(batch.lastEpoch)")
    offer(3, "loss \(figure(batch.loss))")
    offer(6, "\(duration(left)) left")
    if let metric { offer(4, "\(metric.name) \(figure(metric.value))") }
    offer(2, "batch \(batch.batch)/\(batch.batches)")
    offer(5, "\(rate(batch.samplesPerSecond)) rows/s")
    let cells = min(30, room - 2)
    if cells >= 5 { offer(1, bar(done / all, cells: cells, isUTF8: isUTF8)) }
    return parts.sorted { $0.order < $1.order }.map(\.text).joined(separator: "  ")
  }

  private static func bar(_ share: Double, cells: Int, isUTF8: Bool) -> String {
    let full = min(cells, max(0, Int(share * Double(cells))))
    return String(repeating: isUTF8 ? "━" : "#", count: full)
      + String(repeating: isUTF8 ? "─" : "-", count: cells - full)
  }

  private static func terminalWidth() -> Int {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }
}
