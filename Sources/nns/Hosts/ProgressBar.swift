import NNScript

/// One line on a terminal that is drawn again and again while a training runs:
///
///     epoch 3/10 ▇▅▃▂ loss 0.3122 acc 0.9067 12.3k/s ETA 0:08
///
/// The blocks are the loss on its way so far, from the training's first batch to now.
struct ProgressBar {
  private let write: (String) -> Void
  private let screen: () -> Screen
  private var trail = Trail()
  private var isShown = false
  private var lastDrawn = -Double.infinity

  /// - Parameter screen: asked at each drawing: windows change their size.
  init(screen: @escaping () -> Screen, write: @escaping (String) -> Void) {
    self.screen = screen
    self.write = write
  }

  /// Draws the state, unless the training has just begun or the last drawing is too fresh.
  mutating func show(
    _ batch: TrainingBatch, since firstEpoch: Int, figures: [(name: String, value: Double)]
  ) {
    if batch.seconds < lastDrawn { begin() }
    trail.add(batch.loss)
    // A training that is over in half a second needs no bar, and ten times a second is enough.
    guard batch.seconds >= 0.5, batch.seconds - lastDrawn >= 0.1 else { return }
    lastDrawn = batch.seconds
    isShown = true
    let line = Self.line(
      batch, since: firstEpoch, figures: figures, trail: trail.values, on: screen())
    write("\r" + line + "\u{1B}[K")
  }

  /// Forgets the training before.
  mutating func begin() {
    trail = Trail()
    lastDrawn = -.infinity
  }

  /// Leaves the line as if there had been nothing.
  mutating func erase() {
    guard isShown else { return }
    isShown = false
    write("\r\u{1B}[K")
  }

  /// The text of the bar in less than the screen's width: the least important parts go first.
  static func line(
    _ batch: TrainingBatch, since firstEpoch: Int, figures: [(name: String, value: Double)],
    trail: [Double], on screen: Screen
  ) -> String {
    let inEpoch = Double(batch.batch) / Double(max(1, batch.batches))
    let done = Double(batch.epoch - firstEpoch) + inEpoch
    // Where the loss decides, the least epochs are what can be promised.
    let end = batch.leastEpoch ?? batch.lastEpoch
    let all = Double(max(1, end - firstEpoch + 1))
    let left = done > 0 ? batch.seconds * (all - done) / done : 0
    let isOver = done >= all
    // The last column stays free: some terminals wrap as soon as it is written. And the two before
    // it, for the `^C` that the terminal shows of a Ctrl-C: on a line of its own it would stay.
    var room = max(screen.width - 3, 1)
    // Most important first; each is taken if it still fits.
    var parts: [(order: Int, text: String)] = []
    func offer(_ order: Int, _ text: String) {
      let cost = text.displayWidth + (parts.isEmpty ? 0 : 1)
      guard cost <= room, !text.isEmpty else { return }
      room -= cost
      parts.append((order, text))
    }
    let goal = batch.leastEpoch == nil ? "/\(end)" : isOver ? "" : "/\(end)+"
    offer(0, "epoch \(batch.epoch)\(goal)")
    offer(3, "loss \(figure(batch.loss))")
    if !isOver || batch.leastEpoch == nil { offer(7, "ETA \(countdown(left))") }
    if let metric = figures.first(where: { $0.name != "loss" }) { offer(4, short(metric)) }
    offer(1, screen.isUnicode ? Trail.drawn(trail) : isOver ? "" : "\(Int(100 * done / all))%")
    offer(6, "\(rate(batch.samplesPerSecond))/s")
    let validation = figures.filter { $0.name.hasPrefix("val_") }
    if let metric = validation.last { offer(5, short(metric)) }
    // An epoch that takes long is worth watching from inside.
    if batch.batches >= 100 { offer(2, "batch \(batch.batch)/\(batch.batches)") }
    return parts.sorted { $0.order < $1.order }.map(\.text).joined(separator: " ")
  }

  private static func short(_ metric: (name: String, value: Double)) -> String {
    let name = metric.name.hasSuffix("accuracy") ? String(metric.name.dropLast(5)) : metric.name
    return "\(name) \(figure(metric.value))"
  }
}

/// A figure over time in a few blocks, however many there were of it.
struct Trail {
  private(set) var values: [Double] = []
  private var stride = 1
  private var skipped = 0

  /// Every value at first, then every second one, every fourth …: the whole way in little room.
  mutating func add(_ value: Double) {
    skipped += 1
    guard skipped == stride, value.isFinite else {
      skipped %= stride
      return
    }
    skipped = 0
    values.append(value)
    guard values.count == 128 else { return }
    values = values.indices.filter { $0.isMultiple(of: 2) }.map { values[$0] }
    stride *= 2
  }

  /// `▇▅▃▂`: the values in at most eight blocks, the highest the greatest.
  static func drawn(_ values: [Double]) -> String {
    guard let least = values.min(), let greatest = values.max(), values.count > 1 else { return "" }
    let blocks = Array("▁▂▃▄▅▆▇█")
    let cells = min(8, values.count)
    return String(
      (0..<cells).map { cell in
        let part = values[cell * values.count / cells..<(cell + 1) * values.count / cells]
        let mean = part.reduce(0, +) / Double(part.count)
        guard greatest > least else { return blocks[3] }
        return blocks[min(7, Int(8 * (mean - least) / (greatest - least)))]
      })
  }
}
