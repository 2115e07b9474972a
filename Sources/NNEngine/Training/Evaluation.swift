/// What a network makes of rows it is not learning from.
public struct Evaluation: Sendable {
  /// The mean loss, in the targets' own units.
  public var loss: Double
  /// The metrics' values in the order asked for; NaN where one is not defined.
  public var metrics: [Double] { figures.map(\.value) }
  /// The same with how many classes or outputs each is a mean of.
  public var figures: [MetricFigure]
  /// What the outputs say and how they were judged.
  public var form: AnswerForm
  /// How many rows.
  public var count: Int
  /// For classes: rows by right class (outer) and decided class (inner).
  public var confusion: [[Int]]?
  /// What the network gave, one row an example, in the targets' own units.
  public var outputs: Tensor
}

extension Network {
  /// Measures the network on examples.
  ///
  /// - Throws: `EngineError.wrongInputShape`, `.outputMismatch`, `.invalid`, `.equationFault`.
  public func evaluate(
    _ examples: Examples, loss: any Loss, metrics: [any Metric] = [],
    judging: Judging = Judging(), preprocessing: Preprocessing, workers: Workers = .shared
  ) throws(EngineError) -> Evaluation {
    try Trainer(loss: loss, optimizer: GradientDescent(), preprocessing: preprocessing)
      .check(self, examples)
    guard examples.count > 0 else { throw .invalid("there are no rows to evaluate") }
    try Plan.admit(self, maxRows: min(examples.count, Evaluator.mostRows), trains: false)
    try Allowance.admit(4 * examples.count * outputShape.count, for: "what the network gives")
    let evaluator = Evaluator(
      self, parameters: WorkingParameters(self, trains: false), loss: loss, metrics: metrics,
      judging: judging, preprocessing: preprocessing, workers: workers)
    var outputs = Tensor(repeating: 0, shape: [examples.count, outputShape.count])
    let figures = try outputs.elements.withUnsafeMutableBufferPointer {
      elements throws(EngineError) in
      try evaluator.measure(examples, outputs: elements.baseAddress)
    }
    try checkOutputs(outputs)
    guard figures.loss.isFinite else {
      throw .invalid("the loss of these rows is no finite number", help: "`diagnose` looks for why")
    }
    let hasClasses = if case .classes = examples.targets { true } else { false }
    let form = AnswerForm(
      hasClasses: hasClasses, loss: loss, answer: preprocessing.answer, width: outputShape.count,
      judging: judging)
    var confusion: [[Int]]?
    if case .classes(let classes) = examples.targets {
      confusion = try tally(classes, outputs, preprocessing.classNames.count, form)
    }
    return Evaluation(
      loss: figures.loss, figures: figures.metrics, form: form, count: examples.count,
      confusion: confusion, outputs: outputs)
  }

  /// What the network gives for rows of raw inputs: `[rows] + outputShape`, in the targets' own
  /// units.
  ///
  /// - Throws: `EngineError.wrongInputShape`, `.equationFault`.
  public func predict(
    _ examples: Examples, preprocessing: Preprocessing, workers: Workers = .shared
  ) throws(EngineError) -> Tensor {
    try Predictor(self, preprocessing: preprocessing, workers: workers).predict(examples)
  }

  /// A result is a number: what overflowed on the way is said, never shown.
  func checkOutputs(_ outputs: Tensor) throws(EngineError) {
    guard let place = outputs.elements.firstIndex(where: { !$0.isFinite }) else { return }
    let row = place / max(1, outputShape.count) + 1
    throw .invalid(
      "the network gives \(outputs.elements[place].isNaN ? "no number" : "infinity") for row \(row):"
        + " its inputs or weights are too large for 32 bits",
      help: "`diagnose` shows where, `normalize=standard` keeps inputs small")
  }

  private func tally(
    _ classes: [Int32], _ outputs: Tensor, _ known: Int, _ form: AnswerForm
  ) throws(EngineError) -> [[Int]] {
    let width = outputs.shape[1]
    let size = max(known, width == 1 ? 2 : width, Int(classes.max() ?? 0) + 1)
    try Allowance.admit(
      8 * (Shape.product([size, size]) ?? 1 << 50), for: "a table of \(size) classes")
    var table = [[Int]](repeating: [Int](repeating: 0, count: size), count: size)
    outputs.elements.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for (row, label) in classes.enumerated() {
        table[Int(label)][form.decided(base + row * width)] += 1
      }
    }
    return table
  }
}

/// Runs a network forward over rows: over one, which threads share by weights, or over many, some
/// hundred at a time.
final class Evaluator {
  private let makePlan: (_ maxRows: Int) throws(EngineError) -> Plan
  private var planForOne: Plan?
  /// Has room for as many rows as were asked for at once, up to `tilesAtATime`.
  private var planForMany: Plan?
  private let metrics: [any Metric]
  private let loss: (any Loss)?
  private let judging: Judging
  private let answer: Answer?
  /// A tile is small enough for the caches, and large enough that weights, which are fetched for
  /// each, cost little; with several, threads rarely wait for each other. Where rows give much, there
  /// are fewer of both, so that a thousand images do not have to be in memory at once.
  private let rowsInTile: Int
  private let tilesAtATime: Int
  private static let mostRowsInTile = 126
  private static let mostTilesAtATime = 8
  /// Bytes that the outputs of all layers may take.
  private static let memory = 4 * Plan.tileMemory
  /// The most rows a plan is made for.
  static let mostRows = mostRowsInTile * mostTilesAtATime

  init(
    _ network: Network, parameters: WorkingParameters, loss: (any Loss)?, metrics: [any Metric],
    judging: Judging = Judging(), preprocessing: Preprocessing, workers: Workers
  ) {
    self.metrics = metrics
    self.loss = loss
    self.judging = judging
    answer = preprocessing.answer
    let bytes = max(1, network.cost.bytes)
    let rowsInTile = max(6, min(Evaluator.mostRowsInTile, Plan.tileMemory / bytes / 6 * 6))
    self.rowsInTile = rowsInTile
    tilesAtATime = max(
      1, min(Evaluator.mostTilesAtATime, Evaluator.memory / (rowsInTile * bytes)))
    makePlan = { maxRows throws(EngineError) in
      try Plan(
        network, parameters: parameters, maxRows: maxRows,
        mostRowsInTile: rowsInTile, trains: false, loss: loss, metrics: metrics,
        judging: judging, preprocessing: preprocessing, workers: workers)
    }
  }

  /// The plan for so many rows. Its tiles are the same whatever was asked for before, and so are
  /// the sums over them.
  private func plan(for count: Int) throws(EngineError) -> Plan {
    if count == 1 {
      if let planForOne { return planForOne }
      let made = try makePlan(1)
      planForOne = made
      return made
    }
    let tiles = min((count - 1) / rowsInTile + 1, tilesAtATime)
    if let planForMany, planForMany.maxRows >= tiles * rowsInTile { return planForMany }
    let made = try makePlan(tiles * rowsInTile)
    planForMany = made
    return made
  }

  typealias Figures = (loss: Double, metrics: [MetricFigure])

  /// Mean loss and metrics; outputs too where there is room for them.
  ///
  /// - Throws: `EngineError.equationFault` for the first row whose value an equation has lost.
  func measure(
    _ examples: Examples, outputs: UnsafeMutablePointer<Float>? = nil
  ) throws(EngineError) -> Figures {
    try examples.withSource { source throws(EngineError) in try measure(source, outputs: outputs) }
  }

  /// The same of rows in place.
  func measure(
    _ source: BatchSource, outputs: UnsafeMutablePointer<Float>? = nil
  ) throws(EngineError) -> Figures {
    let count = source.count
    let plan = try plan(for: count)
    var loss = 0.0
    // Without metrics nothing is made: one row may be predicted again and again.
    let tally =
      metrics.isEmpty
      ? nil
      : MetricTally(
        metrics, judging, loss: self.loss, answer: answer, width: plan.width, rows: count,
        keepsOutputs: outputs == nil)
    // One batch needs no order, and one row no array of it.
    let order = count <= plan.maxRows ? [] : [Int32](0..<Int32(count))
    let figures = try order.withUnsafeBufferPointer { order throws(EngineError) in
      let start = order.isEmpty ? nil : order.baseAddress
      for first in stride(from: 0, to: count, by: plan.maxRows) {
        try plan.run(
          source, order: start.map { $0 + first }, rows: min(plan.maxRows, count - first),
          sink: outputs.map { $0 + first * plan.width } ?? tally?.sink(row: first))
        if let lost = plan.firstFault {
          throw EngineError.equationFault(lost, .row(first + lost.row + 1))
        }
        loss += plan.lossSum
        tally?.add(plan)
      }
      return tally?.figures(
        source, order: start, count: count, outputs: outputs.map { UnsafePointer($0) })
    }
    return (loss / Double(max(1, count)), figures ?? [])
  }
}
