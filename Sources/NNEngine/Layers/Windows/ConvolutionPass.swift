internal import CKernels

/// A convolution on its place: the pictures of a tile go through it some at a time, so that what one
/// step of the work leaves is still in the cache when the next comes to it.
///
///     forward     product ─ bias and activation
///     backward    activation ─ gradient by weights and bias ─ gradient by inputs
///
/// Each tile of rows adds up a gradient of its own; the gradient phase adds these in their order.
final class ConvolutionPass: LayerPass {
  private let function: any Activation
  private let site: LayerSite
  private var window: nn_window
  private let weights: LayerSite.Parameter
  private let bias: LayerSite.Parameter?
  /// What comes before the activation, where its gradient needs that.
  private let kept: Buffer<Float>?
  /// Numbers of a picture before and behind it, places and filters of what is behind.
  private let (inputs, outputs, places, filters): (Int, Int, Int, Int)
  /// How many pictures go through at a time.
  private let chunk: Int
  private let packed: Int
  /// For each tile of rows its gradient by weights, then by bias.
  private let parts: Buffer<Float>
  private let part: Int
  /// How many rows each tile had in the last step.
  private let rowsOfTiles: Buffer<Int>
  private let weightTiles: Int
  let gradientTiles: Int

  /// Numbers of pictures that go through at a time: some of the second cache.
  private static let atOnce = 1 << 16
  /// Numbers of a tile of the weights' gradient.
  private static let inTile = 1 << 14

  /// - Throws: `EngineError.outOfMemory`.
  init(_ layer: Convolution, _ site: LayerSite) throws(EngineError) {
    guard let weights = site.parameter("weights") else {
      preconditionFailure("the plan holds what the layer declared")
    }
    function = site.leavesActivationToLoss ? Linear() : layer.function
    self.site = site
    self.weights = weights
    bias = site.parameter("bias")
    window = nn_window(layer, on: site.inputShape)
    filters = window.filters
    places = window.rows * window.columns
    (inputs, outputs) = (site.inputShape.count, places * filters)
    chunk = max(1, ConvolutionPass.atOnce / max(inputs, outputs))
    packed = nn_convolution_packed(&window)
    let learnsWeights = site.dy != nil && !weights.isFrozen
    let learnsBias = site.dy != nil && bias.map { !$0.isFrozen } ?? false
    weightTiles =
      learnsWeights
      ? (weights.range.count + ConvolutionPass.inTile - 1) / ConvolutionPass.inTile : 0
    gradientTiles = weightTiles + (learnsBias ? 1 : 0)
    let isKept = function.keepsInput && site.dy != nil
    // Whole cache lines.
    part = gradientTiles > 0 ? (weights.range.count + filters + 15) / 16 * 16 : 0
    try Allowance.admit(
      4 * (site.maxTiles * part + (isKept ? site.maxRows * outputs : 0)),
      for: "a layer `\(layer.kind)` at work")
    kept = isKept ? Buffer(count: site.maxRows * outputs) : nil
    parts = Buffer(count: site.maxTiles * part)
    rowsOfTiles = Buffer(count: site.maxTiles)
  }

  /// How many numbers it wants to have at hand: weights in the order of products, and what windows
  /// see.
  static func scratch(_ layer: Convolution, on input: Shape) -> Int {
    var window = nn_window(layer, on: input)
    return nn_convolution_packed(&window) + max(nn_convolution_space(&window), layer.filters)
  }

  /// Calls for some rows after the other, until the work is to end.
  private func inChunks(_ rows: Range<Int>, _ body: (_ first: Int, _ count: Int) -> Void) {
    var first = rows.lowerBound
    while first < rows.upperBound {
      let count = min(chunk, rows.upperBound - first)
      body(first, count)
      first += count
      nn_watch_poll()
      if nn_watch_is_halted() { return }
    }
  }

  private func activation(
    _ z: UnsafeMutablePointer<Float>, _ bias: UnsafeMutablePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>, _ count: Int
  ) -> ActivationRows {
    ActivationRows(
      x: UnsafePointer(z), bias: bias.map { UnsafePointer($0) }, y: y, count: count * places,
      width: filters)
  }

  func forward(_ work: RowWork) {
    let space = work.scratch + packed
    nn_convolve_pack(&window, weights.values, work.scratch)
    inChunks(work.rows) { first, count in
      let y = site.y + first * outputs
      let z = kept.map { $0.start + first * outputs } ?? y
      nn_convolve(&window, site.x + first * inputs, work.scratch, z, count, space)
      if kept != nil, let bias { nn_bias(z, bias.values, z, count * places, filters) }
      function.forward(activation(z, kept == nil ? bias?.values : nil, y, count))
    }
  }

  func backward(_ work: RowWork) {
    guard let dy = site.dy else { return }
    let space = work.scratch + packed
    let dw = parts.start + work.tile * part
    let db = dw + weights.range.count
    let learnsBias = gradientTiles > weightTiles
    rowsOfTiles.start[work.tile] = work.rows.count
    if learnsBias { db.update(repeating: 0, count: filters) }
    if site.dx != nil { nn_convolve_pack_inputs(&window, weights.values, work.scratch) }
    inChunks(work.rows) { first, count in
      let dz = dy + first * outputs
      let y = site.y + first * outputs
      let x = site.x + first * inputs
      function.backward(
        activation(kept.map { $0.start + first * outputs } ?? y, nil, y, count), dy: dz, dx: dz)
      if learnsBias {
        // Sums of some at a time lose little.
        nn_column_sums(dz, space, count * places, filters)
        nn_add(space, db, filters)
      }
      if weightTiles > 0 {
        nn_convolve_weights(
          &window, x, dz, dw, count, first > work.rows.lowerBound, space)
      }
      if let dx = site.dx {
        nn_convolve_inputs(&window, dz, work.scratch, dx + first * inputs, count, space)
      }
    }
  }

  func gradientSize(tile: Int) -> Int { range(tile).count }

  /// A tile's numbers among the gradient of a tile of rows.
  private func range(_ tile: Int) -> Range<Int> {
    let all = weights.range.count
    guard tile < weightTiles else { return all..<all + filters }
    return tile * ConvolutionPass.inTile..<min((tile + 1) * ConvolutionPass.inTile, all)
  }

  func gradient(tile: Int, rows: Int) -> Range<Int> {
    let range = range(tile)
    let isBias = tile >= weightTiles
    guard let parameter = isBias ? bias : weights else { return 0..<0 }
    let first = isBias ? 0 : range.lowerBound
    let target = parameter.gradient + first
    var (done, own) = (0, 0)
    while done < rows {
      let from = parts.start + own * part + range.lowerBound
      if own == 0 {
        target.update(from: from, count: range.count)
      } else {
        nn_add(from, target, range.count)
      }
      done += rowsOfTiles.start[own]
      own += 1
    }
    let start = parameter.range.lowerBound + first
    return start..<start + range.count
  }

  func fault(rows: Range<Int>) -> EquationFault? {
    guard function is any Defined else { return nil }
    let z = Buffer<Float>(count: rows.count * outputs)
    let scratch = Buffer<Float>(count: packed + nn_convolution_space(&window))
    nn_convolve_pack(&window, weights.values, scratch.start)
    nn_convolve(
      &window, site.x, scratch.start, z.start, rows.count, scratch.start + packed)
    if let bias { nn_bias(z.start, bias.values, z.start, rows.count * places, filters) }
    var fault = withExtendedLifetime((z, scratch)) {
      function.fault(activation(z.start, nil, site.y, rows.count))
    }
    fault?.row /= places
    return fault
  }
}

extension nn_window {
  /// A layer's window on its way over a picture.
  fileprivate init(_ layer: Convolution, on input: Shape) {
    self.init(layer.window, over: input.picture, filters: layer.filters, groups: layer.groups)
  }
}
