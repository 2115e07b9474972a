internal import CKernels

/// A network laid out for running: every buffer planned and allocated once, for a number of rows.
///
/// A step goes through two phases, each cut into tiles that several threads can take:
///
///     rows        gather ─ forward ─ loss ─ backward     a tile: some rows, through all layers
///     parameters  gradient ─ update                      a tile: some rows of one layer's W
///
/// Rows mostly depend on no other rows, so a tile of them goes all the way without waiting; a
/// gradient is used while it is still in the cache. All tiles meet (`Stages`) for two kinds of
/// layers: a `BatchPass` needs all rows, and a `BlockPass` with many weights for few rows is cut by
/// its inputs instead. Then the thread that moves a part of W is the only one that reads it; to
/// write what another core has read takes longer than to compute it. A step allocates nothing.
///
/// Data pass through the files of this folder in this order: `BatchRows` gathers, `PlanLayout`
/// holds what layers compute on, `BatchMeasure` compares with the targets, `ParameterPhase` learns.
final class Plan: TileWork, @unchecked Sendable {
  /// Multiplications below which a step is not worth sharing (some 10 µs of one thread).
  static let sharedWork = 500_000

  let width: Int
  let maxRows: Int
  let parameters: WorkingParameters
  let network: Network
  let layout: PlanLayout

  private let workers: Workers
  let batch: BatchRows
  let measure: BatchMeasure
  private let parameterPhase: ParameterPhase
  private let trains: Bool
  private let workPerRow: Int
  /// For each thread what a pass wants to have at hand, and who has it: a tile takes what is free.
  private let scratch: Buffer<Float>
  private let scratchOfThread: Int
  private let taken: Buffer<UInt8>
  private let mostRowsInTile: Int
  private let stages: Stages

  // What the running step works on; written before its tiles start.
  private(set) var rows = 0
  private var rowsInTile = 1
  private var step: UInt64 = 0
  private var stage = 0
  private var isAugmenting = false
  private var sink: UnsafeMutablePointer<Float>?

  /// Plans for up to `maxRows` rows.
  ///
  /// - Parameters:
  ///   - mostRowsInTile: how many rows a thread takes through all layers at most; chosen by
  ///     `maxRows` unless given.
  ///   - trains: whether gradients are computed.
  ///   - isTraining: whether layers behave as while learning; by default where it trains.
  ///   - keepsGradients: whether gradients by outputs can be looked at afterwards.
  ///   - byOperations: whether layers run by their operations, also those with a faster pass.
  ///   - augmenter: what changes pictures before they are learnt from.
  /// - Throws: `EngineError.outOfMemory`.
  init(
    _ network: Network, parameters: WorkingParameters, maxRows: Int, mostRowsInTile: Int? = nil,
    trains: Bool, loss: (any Loss)?, learning: Learning = Learning(), metrics: [any Metric] = [],
    judging: Judging = Judging(), preprocessing: Preprocessing, workers: Workers,
    isTraining: Bool? = nil,
    keepsGradients: Bool = false, byOperations: Bool = false, augmenter: Augmenter? = nil
  ) throws(EngineError) {
    self.network = network
    self.parameters = parameters
    self.maxRows = max(1, maxRows)
    self.trains = trains
    self.workers = workers
    width = network.outputShape.count
    let cost = network.cost
    let mostRowsInTile = mostRowsInTile ?? Plan.rowsInTile(cost, maxRows: maxRows)
    self.mostRowsInTile = mostRowsInTile
    workPerRow = cost.multiplications * (trains ? 3 : 1)
    // A loss sees a row as one vector; softmax along the last of several axes is another matter.
    let isApart = loss?.seesOwnUnits == true && preprocessing.targetScaling != nil
    let joined =
      network.outputShape.rank == 1 && !isApart
      ? network.outputActivation.flatMap { loss?.joined(with: $0) } : nil
    let isFused = joined != nil
    let loss = joined ?? loss
    let maxTiles = Plan.tiles(rows: self.maxRows, most: mostRowsInTile)
    batch = BatchRows(
      inputSize: network.inputShape.count, width: width, maxRows: self.maxRows, loss: loss,
      preprocessing: preprocessing, isCentred: BatchMeasure.isCentred(loss, metrics),
      augmenter: augmenter, tiles: maxTiles)
    scratchOfThread = (cost.scratch + 15) / 16 * 16
    scratch = Buffer(count: workers.count * scratchOfThread)
    taken = Buffer(count: workers.count)
    layout = try PlanLayout(
      network, parameters: parameters, x: batch.inputs.start, maxRows: self.maxRows,
      PlanLayout.Mode(
        learns: trains, isTraining: isTraining ?? trains, isFused: isFused, maxTiles: maxTiles,
        isShared: self.maxRows * workPerRow > Plan.sharedWork,
        keepsGradients: keepsGradients, byOperations: byOperations))
    measure = BatchMeasure(
      loss, learning, metrics, judging, preprocessing, width: width, maxRows: self.maxRows,
      tiles: maxTiles, isFused: isFused)
    stages = Stages(layout.passes, learns: trains && loss != nil, batch)
    parameterPhase = ParameterPhase(
      network, parameters, layout.gradientTiles, learning.penalties)
  }

  // MARK: Steps

  /// Runs forward over rows `order[0 ..< rows]` of a source; where the plan trains, backward too.
  /// Afterwards `lossSum` and `addMetric` tell of these rows.
  ///
  /// - Throws: `EngineError.interrupted`, `.outOfMemory`; what was computed is then of no use.
  func run(
    _ source: BatchSource, order: UnsafePointer<Int32>?, rows: Int, step: UInt64 = 0,
    sink: UnsafeMutablePointer<Float>? = nil
  ) throws(EngineError) {
    precondition(rows <= maxRows, "the plan has room for \(maxRows) rows")
    batch.source = source
    batch.order = order
    self.rows = rows
    let inEach = (max(1, rows) - 1) / Plan.tiles(rows: rows, most: mostRowsInTile) + 1
    rowsInTile = min(mostRowsInTile, (inEach + 5) / 6 * 6)
    self.step = step
    self.sink = sink
    if batch.augmenter != nil {
      isAugmenting = true
      workers.run(
        self, tiles: rowTiles, shared: isShared || rows * network.inputShape.count > 10_000)
      isAugmenting = false
    }
    for stage in 0..<stages.count {
      self.stage = stage
      if !stages.runBlocks(stage, rows: rows, workers) {
        workers.run(self, tiles: rowTiles, shared: isShared)
      }
      // What was left half-way is of no use, whoever asked.
      if asks { try Allowance.proceed() } else { try Allowance.conclude() }
      stages.meet(after: stage, work(0..<rows, tile: 0, place: 0), tiles: rowTiles)
    }
    try Allowance.conclude()
  }

  /// Computes the parameters' gradients of the last `run` and, with an optimiser, moves them.
  func follow(
    _ optimizer: (any Optimizer)?, _ factors: UpdateFactors,
    _ limits: GradientLimits = GradientLimits()
  ) throws(EngineError) {
    parameterPhase.run(
      optimizer, factors, limits, rows: rows, workers: workers, shared: isShared)
    if asks { try Allowance.proceed() } else { try Allowance.conclude() }
  }

  /// Makes sure that there is memory for a plan before it is made.
  ///
  /// - Parameter slotCount: how many numbers an optimiser keeps for each parameter.
  /// - Throws: `EngineError.outOfMemory`.
  static func admit(
    _ network: Network, maxRows: Int, trains: Bool, slotCount: Int = 0
  ) throws(EngineError) {
    let sizes =
      [network.inputShape.count, network.outputShape.count]
      + network.nodes.map(\.outputShape.count)
    let width = sizes.reduce(0) { min($0 &+ $1, 1 << 50) } * (trains ? 2 : 1)
    let rows = Shape.product([max(1, maxRows), width]) ?? 1 << 60
    let values = network.parameterCount * ((trains ? 3 : 1) + slotCount)
    let scratch = Shape.product([network.cost.scratch, Int(nn_processor_count())]) ?? 1 << 60
    let all = [rows, values, scratch].reduce(0) { min($0 &+ $1, 1 << 58) }
    try Allowance.admit(4 * all, for: "the network at work")
  }

  /// The loss summed over the last rows, as it is reported: in the targets' own units.
  var lossSum: Double { measure.lossSum(tiles: rowTiles) }

  /// Whether outputs, loss and a script's own metrics of the last rows are numbers.
  var isFinite: Bool {
    measure.isFinite(tiles: rowTiles) && nn_all_finite(layout.lastOutput, rows * width)
  }

  /// The loss summed over the last rows, as the network learns it.
  var learntLossSum: Double { measure.learntLossSum(tiles: rowTiles) }

  /// What the network was given, the last rows first.
  var inputs: UnsafeMutablePointer<Float> { batch.inputs.start }

  /// Adds the last rows' sums of one metric.
  func addMetric(_ index: Int, to total: inout [Double]) {
    measure.addMetric(index, tiles: rowTiles, to: &total)
  }

  private func work(_ rows: Range<Int>, tile: Int, place: Int) -> RowWork {
    RowWork(
      rows: rows, tile: tile, step: step, scratch: scratch.start + place * scratchOfThread)
  }

  /// How many rows a tile has at most: enough tiles for several threads, each large enough for a
  /// fast product, and what a tile's rows give small enough to be still there on the way back.
  static func rowsInTile(_ cost: Cost, maxRows: Int) -> Int {
    let most = maxRows >= 512 ? 64 : maxRows >= 64 ? 32 : 16
    return max(6, min(most, tileMemory / max(1, cost.bytes) / 6 * 6))
  }

  /// Bytes that outputs of one tile may take; a guess, far above what layers of some thousand units
  /// give.
  static let tileMemory = 1 << 24

  private var rowTiles: Int { (rows + rowsInTile - 1) / rowsInTile }

  /// Into how many tiles rows are cut, at most: as few as may be, but in pairs, so that two threads
  /// have equal shares. Tiles are of nearly equal size, the multiples of 6 that products like best.
  private static func tiles(rows: Int, most: Int) -> Int {
    rows <= min(most, 24) ? 1 : (rows + 2 * most - 1) / (2 * most) * 2
  }

  /// Whether the step asks if it is to go on: small ones take some microseconds, of which the answer
  /// would be one in thirty.
  private var asks: Bool { step % 8 == 0 || isShared }

  private var isShared: Bool { rows * workPerRow > Plan.sharedWork }

  /// One tile of rows, as far as it goes before all tiles meet.
  override func run(tile: Int) {
    let first = tile * rowsInTile
    let part = first..<min(first + rowsInTile, rows)
    if isAugmenting { return batch.augmentInputs(part, tile: tile) }
    let place = nn_take_place(taken.start, workers.count)
    defer { nn_give_place(taken.start, place) }
    let work = work(part, tile: tile, place: place)
    if stage == 0 { batch.gatherInputs(part) }
    stages.forward(stage, work)
    if stages.turns(stage) {
      let y = layout.lastOutput + first * width
      if measure.measures {
        batch.gatherTargets(part)
        measure.measure(
          batch, y, layout.lastGradient, part, tile: tile, scale: 1 / Float(rows))
      }
      if let sink { measure.emit(y, to: sink + first * width, part.count) }
    }
    stages.backward(stage, work)
  }
}
