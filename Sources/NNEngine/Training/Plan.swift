internal import CKernels

/// A network laid out for running: every buffer planned and allocated once, for a number of rows.
///
/// A step goes through two phases, each cut into tiles that several threads can take:
///
///     rows        gather ─ forward ─ loss ─ backward     a tile: some rows, through all layers
///     parameters  gradient ─ update                      a tile: some rows of one layer's W
///
/// Rows depend on no other rows, so a tile of them goes all the way without waiting; a gradient is
/// used while it is still in the cache. A step allocates nothing.
final class Plan: @unchecked Sendable {
  /// Multiplications below which a step is not worth sharing (some 10 µs of one thread).
  static let sharedWork = 500_000

  let width: Int
  let maxRows: Int
  let parameters: WorkingParameters
  /// What each layer gave in the last step, by node.
  private(set) var outputs: [UnsafeMutablePointer<Float>] = []
  /// The gradients by each layer's output, by node; empty where the plan does not train.
  private(set) var gradients: [UnsafeMutablePointer<Float>] = []

  private let network: Network
  private let workers: Workers
  private let loss: (any Loss)?
  private let metrics: [any Metric]
  private let preprocessing: Preprocessing
  private let trains: Bool
  private let isFused: Bool

  // Loops in a step go over numbers and read fields like these two: in a build without
  // optimisation, iterators and `last` would allocate.
  private var lastOutput: UnsafeMutablePointer<Float>
  private var lastGradient: UnsafeMutablePointer<Float>?
  private var buffers: [Buffer<Float>] = []
  private var passes: [any LayerPass] = []
  private var gradientTiles: [(pass: any LayerPass, tile: Int)] = []
  private let inputSize: Int
  private let workPerRow: Int
  private let rowsInTile: Int

  private let x: Buffer<Float>
  private let classes: Buffer<Int32>
  private let targets: Buffer<Float>
  private let rawTargets: Buffer<Float>
  private let rawOutputs: Buffer<Float>
  private let sums: Buffer<Double>
  private let sumsInTile: Int
  private let metricOffsets: [Int]

  private var rowJob: TileJob?
  private var gradientJob: TileJob?
  private var updateJob: TileJob?

  // What the running step works on; written before its tiles start.
  private var source: BatchSource?
  private var order: UnsafePointer<Int32>?
  private var rows = 0
  private var step: UInt64 = 0
  private var sink: UnsafeMutablePointer<Float>?
  private var optimizer: (any Optimizer)?
  private var factors = UpdateFactors(rate: 0)

  init(
    _ network: Network, parameters: WorkingParameters, maxRows: Int, trains: Bool,
    loss: (any Loss)?, metrics: [any Metric] = [], preprocessing: Preprocessing, workers: Workers
  ) {
    self.network = network
    self.parameters = parameters
    self.maxRows = max(1, maxRows)
    self.trains = trains
    self.loss = loss
    self.metrics = metrics
    self.preprocessing = preprocessing
    self.workers = workers
    width = network.outputShape.count
    inputSize = network.inputShape.count
    // A loss sees a row as one vector; softmax along the last of several axes is another matter.
    isFused =
      loss?.ownActivation != nil && loss?.ownActivation == network.outputActivation?.name
      && network.outputShape.rank == 1
    workPerRow =
      (network.parameterCount + inputSize
        + network.nodes.reduce(0) { $0 + 4 * $1.outputShape.count }) * (trains ? 3 : 1)
    // Enough tiles for several threads, each large enough for a fast product.
    rowsInTile = self.maxRows >= 512 ? 64 : self.maxRows >= 64 ? 32 : 16
    let tiles = (self.maxRows + rowsInTile - 1) / rowsInTile

    var offset = 1
    var offsets: [Int] = []
    for metric in metrics {
      offsets.append(offset)
      offset += metric.sumCount(width: width)
    }
    metricOffsets = offsets
    sumsInTile = offset
    sums = Buffer(count: offset * tiles)
    x = Buffer(count: self.maxRows * inputSize)
    classes = Buffer(count: loss == nil ? 0 : self.maxRows)
    targets = Buffer(count: loss == nil ? 0 : self.maxRows * width)
    let isScaled = preprocessing.targetScaling != nil
    rawTargets = Buffer(count: loss != nil && isScaled ? self.maxRows * width : 0)
    rawOutputs = Buffer(count: isScaled ? self.maxRows * width : 0)
    lastOutput = x.start
    layOut()
    lastOutput = outputs.last ?? x.start
    lastGradient = trains ? gradients.last : nil
    rowJob = TileJob { [unowned self] in runRows($0) }
    gradientJob = TileJob { [unowned self] in runGradient($0) }
    updateJob = TileJob { [unowned self] in runUpdate($0) }
  }

  private func layOut() {
    var y = x.start
    var dy: UnsafeMutablePointer<Float>?
    // Whether any layer so far learns: before that, nobody asks for a gradient.
    var learnsBefore = false
    for (index, node) in network.nodes.enumerated() {
      let isLast = index == network.nodes.count - 1
      let (input, dx) = (y, dy)
      if !node.layer.sharesInput(training: trains) {
        y = buffer(maxRows * node.outputShape.count)
        if trains { dy = buffer(maxRows * node.outputShape.count) }
      } else if trains, dy == nil {
        dy = buffer(maxRows * node.outputShape.count)
      }
      outputs.append(y)
      if let dy { gradients.append(dy) }
      guard !node.layer.sharesInput(training: trains) else { continue }
      let site = LayerSite(
        inputShape: node.inputShape, outputShape: node.outputShape, x: input, y: y,
        dx: learnsBefore ? dx : nil, dy: trains ? dy : nil,
        parameters: node.parameters.map { slot in
          LayerSite.Parameter(
            name: slot.name, values: parameters.values.start + slot.range.lowerBound,
            gradient: parameters.gradients.start + (trains ? slot.range.lowerBound : 0),
            range: slot.range, isFrozen: slot.isFrozen)
        },
        maxRows: maxRows, leavesActivationToLoss: isLast && isFused,
        chanceKey: RandomStream.mix(network.seed &* 0x9e37_79b9 &+ UInt64(index + 1)))
      let pass = node.layer.makePass(site)
      passes.append(pass)
      if trains { for tile in 0..<pass.gradientTiles { gradientTiles.append((pass, tile)) } }
      if node.parameters.contains(where: { !$0.isFrozen }) { learnsBefore = true }
    }
    if network.nodes.isEmpty, trains { gradients.append(buffer(maxRows * width)) }
  }

  private func buffer(_ count: Int) -> UnsafeMutablePointer<Float> {
    let made = Buffer<Float>(count: count)
    buffers.append(made)
    return made.start
  }

  // MARK: Steps

  /// Runs forward over rows `order[0 ..< rows]` of a source; where the plan trains, backward too.
  /// Afterwards `lossSum` and `metricSums` tell of these rows.
  func run(
    _ source: BatchSource, order: UnsafePointer<Int32>?, rows: Int, step: UInt64 = 0,
    sink: UnsafeMutablePointer<Float>? = nil
  ) {
    precondition(rows <= maxRows, "the plan has room for \(maxRows) rows")
    self.source = source
    self.order = order
    self.rows = rows
    self.step = step
    self.sink = sink
    guard let rowJob else { return }
    let tiles = (rows + rowsInTile - 1) / rowsInTile
    workers.run(rowJob, tiles: tiles, shared: rows * workPerRow > Plan.sharedWork)
  }

  /// Computes the parameters' gradients of the last `run` and, with an optimiser, moves them.
  func follow(_ optimizer: (any Optimizer)?, _ factors: UpdateFactors, clip: Double? = nil) {
    guard let gradientJob, let updateJob else { return }
    let shared = rows * workPerRow > Plan.sharedWork
    self.factors = factors
    // With a limit on the whole gradient, no weight can move before all gradients are known.
    self.optimizer = clip == nil ? optimizer : nil
    workers.run(gradientJob, tiles: gradientTiles.count, shared: shared)
    guard let clip, let optimizer else { return }
    let norm = gradientNorm
    if norm > clip {
      let factor = Float(clip / norm)
      nn_binary(
        NN_MUL, parameters.gradients.start, 1, [factor], 0, parameters.gradients.start,
        parameters.gradients.count)
    }
    self.optimizer = optimizer
    updateJob.body(0)
  }

  /// The length of the gradient over all parameters that are learnt.
  var gradientNorm: Double {
    var sum = 0.0
    for slot in network.nodes.flatMap(\.parameters) where !slot.isFrozen {
      sum += nn_squared_deviation(
        parameters.gradients.start + slot.range.lowerBound, slot.range.count, 0)
    }
    return sum.squareRoot()
  }

  /// The loss summed over the last rows, as it is reported: in the targets' own units.
  var lossSum: Double { sum(0) }

  /// Adds the last rows' sums of one metric.
  func addMetric(_ index: Int, to total: inout [Double]) {
    for place in total.indices { total[place] += sum(metricOffsets[index] + place) }
  }

  private func sum(_ place: Int) -> Double {
    var total = 0.0
    for tile in 0..<(rows + rowsInTile - 1) / rowsInTile {
      total += sums.start[tile * sumsInTile + place]
    }
    return total
  }

  /// The first layer whose parameters are no numbers any more.
  var firstLayerWithoutWeights: String? {
    network.nodes.first { node in
      node.parameters.contains {
        !nn_all_finite(parameters.values.start + $0.range.lowerBound, $0.range.count)
      }
    }?.name
  }

  /// The first layer that has given something that is no number, forwards or else backwards.
  var firstLayerGoneWrong: String? {
    for (index, node) in network.nodes.enumerated()
    where !nn_all_finite(outputs[index], rows * node.outputShape.count) {
      return node.name
    }
    for (index, node) in network.nodes.enumerated().reversed()
    where index < gradients.count
      && !nn_all_finite(gradients[index], rows * node.outputShape.count)
    {
      return node.name
    }
    return network.nodes.last?.name
  }

  // MARK: Tiles

  private func runRows(_ tile: Int) {
    guard let source else { return }
    let first = tile * rowsInTile
    let part = first..<min(first + rowsInTile, rows)
    gatherInputs(source, part)
    for index in 0..<passes.count { passes[index].forward(rows: part, step: step) }
    let y = lastOutput + first * width
    guard let loss else {
      emit(y, part)
      return
    }
    let tileSums = sums.start + tile * sumsInTile
    tileSums.update(repeating: 0, count: sumsInTile)
    gatherTargets(source, part, loss)
    measure(loss, y, part, tileSums)
    emit(y, part)
    guard trains else { return }
    for index in 0..<passes.count {
      passes[passes.count - 1 - index].backward(rows: part, step: step)
    }
  }

  private func gatherInputs(_ source: BatchSource, _ part: Range<Int>) {
    let first = part.lowerBound
    let to = x.start + first * inputSize
    let rowOrder = order.map { $0 + first }
    let skipped = order == nil ? first * inputSize : 0
    let scaling = preprocessing.inputScaling
    let factors = scaling?.scale.count ?? 0
    switch source.inputs {
    case .floats(let from):
      nn_gather_floats(
        from + skipped, rowOrder, to, part.count, inputSize, scaling?.scale ?? [],
        scaling?.shift ?? [], factors)
    case .bytes(let from):
      nn_gather_bytes(
        from + skipped, rowOrder, to, part.count, inputSize, scaling?.scale ?? [],
        scaling?.shift ?? [], factors)
    }
  }

  private func gatherTargets(_ source: BatchSource, _ part: Range<Int>, _ loss: any Loss) {
    let first = part.lowerBound
    let to = targets.start + first * width
    if let from = source.classes {
      for row in part {
        let label = from[order.map { Int($0[row]) } ?? row]
        classes.start[row] = label
        guard !loss.takesClasses else { continue }
        let place = targets.start + row * width
        if width == 1 {
          place[0] = Float(label)
        } else {
          place.update(repeating: 0, count: width)
          place[Int(label)] = 1
        }
      }
    } else if let from = source.values {
      let rowOrder = order.map { $0 + first }
      let start = from + (order == nil ? first * width : 0)
      let scaling = preprocessing.targetScaling
      nn_gather_floats(
        start, rowOrder, to, part.count, width, scaling?.scale ?? [], scaling?.shift ?? [],
        scaling?.scale.count ?? 0)
      if scaling != nil {
        nn_gather_floats(
          start, rowOrder, rawTargets.start + first * width, part.count, width, [], [], 0)
      }
    }
  }

  /// Loss, gradient and metrics; what is reported is in the targets' own units.
  private func measure(
    _ loss: any Loss, _ y: UnsafeMutablePointer<Float>, _ part: Range<Int>,
    _ sums: UnsafeMutablePointer<Double>
  ) {
    let first = part.lowerBound
    let hasClasses = source?.classes != nil
    let labels = UnsafePointer(classes.start + first)
    var lossRows = LossRows(
      outputs: y, values: hasClasses && loss.takesClasses ? nil : targets.start + first * width,
      classes: hasClasses && loss.takesClasses ? labels : nil, count: part.count, width: width,
      gradient: lastGradient.map { $0 + first * width },
      scale: 1 / Float(rows), isFused: isFused)
    sums[0] = loss.sum(lossRows)
    var metricRows = MetricRows(
      outputs: UnsafePointer(y),
      values: hasClasses ? nil : UnsafePointer(targets.start + first * width),
      classes: hasClasses ? labels : nil, count: part.count, width: width)
    if preprocessing.targetScaling != nil, !hasClasses {
      let raw = rawOutputs.start + first * width
      unscale(y, raw, part.count)
      lossRows.outputs = raw
      lossRows.values = UnsafePointer(rawTargets.start + first * width)
      lossRows.gradient = nil
      lossRows.isFused = false
      metricRows.outputs = UnsafePointer(raw)
      metricRows.values = lossRows.values
      sums[0] = loss.sum(lossRows)
    }
    for index in 0..<metrics.count {
      metrics[index].add(metricRows, to: sums + metricOffsets[index])
    }
  }

  /// Copies outputs to where `predict` wants them.
  private func emit(_ y: UnsafeMutablePointer<Float>, _ part: Range<Int>) {
    guard let sink else { return }
    let to = sink + part.lowerBound * width
    if preprocessing.targetScaling != nil {
      unscale(y, to, part.count)
    } else {
      to.update(from: y, count: part.count * width)
    }
  }

  private func unscale(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    guard let scaling = preprocessing.targetScaling else { return }
    let one = scaling.scale.count == 1
    for row in 0..<count {
      for column in 0..<width {
        let index = row * width + column
        to[index] =
          (from[index] - scaling.shift[one ? 0 : column]) / scaling.scale[one ? 0 : column]
      }
    }
  }

  private func runGradient(_ tile: Int) {
    let (pass, own) = gradientTiles[tile]
    update(pass.gradient(tile: own, rows: rows))
  }

  /// Moves every parameter that is learnt.
  private func runUpdate(_ tile: Int) {
    for slot in network.nodes.flatMap(\.parameters) where !slot.isFrozen { update(slot.range) }
  }

  private func update(_ range: Range<Int>) {
    guard let optimizer, !range.isEmpty else { return }
    let first = range.lowerBound
    optimizer.update(
      UpdateRange(
        w: parameters.values.start + first, g: parameters.gradients.start + first,
        slots: parameters.slots.start + (optimizer.slotCount > 0 ? first : 0),
        slotStride: parameters.values.count, count: range.count),
      factors)
  }
}
