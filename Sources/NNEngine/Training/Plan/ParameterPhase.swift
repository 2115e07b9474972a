internal import CKernels

/// The second half of a step: the parameters' gradients, their limit, and the optimiser's move.
///
/// A tile computes some rows of one parameter's gradient over the whole batch, and moves that
/// parameter at once, unless something has to be known of all gradients before.
final class ParameterPhase: TileWork {
  private let parameters: WorkingParameters
  private let tiles: [(pass: any LayerPass, tile: Int)]
  /// Which numbers each tile computed in the running step, and the sum of their gradients' squares.
  private let ranges: UnsafeMutablePointer<Range<Int>>
  private let squares: Buffer<Double>
  /// How many gradients there are up to each tile.
  private let sizes: Buffer<Int>
  /// Where the weights that are learnt stand: what penalties are for.
  private let weights: [Range<Int>]
  private let penalties: [any Penalty]

  // What the running step works with; written before its tiles start.
  private var rows = 0
  private var optimizer: (any Optimizer)?
  private var factors = UpdateFactors(rate: 0)
  private var greatest: Float?
  private var factor: Float = 1
  /// Whether all gradients are known, and tiles only move weights.
  private var updates = false

  init(
    _ network: Network, _ parameters: WorkingParameters,
    _ tiles: [(pass: any LayerPass, tile: Int)], _ penalties: [any Penalty]
  ) {
    self.parameters = parameters
    // A thread's share of all of them is its share of each layer's, as it is forward.
    let order = tiles.indices.sorted {
      func place(_ index: Int) -> Double {
        (Double(tiles[index].tile) + 0.5) / Double(tiles[index].pass.gradientTiles)
      }
      return (place($0), $0) < (place($1), $1)
    }
    let tiles = order.map { tiles[$0] }
    self.tiles = tiles
    sizes = Buffer(count: tiles.count)
    var size = 0
    for (index, (pass, tile)) in tiles.enumerated() {
      size += pass.gradientSize(tile: tile)
      sizes.start[index] = size
    }
    ranges = .allocate(capacity: tiles.count)
    ranges.initialize(repeating: 0..<0, count: tiles.count)
    squares = Buffer(count: tiles.count)
    self.penalties = penalties
    weights = network.nodes.flatMap(\.parameters).filter { !$0.isFrozen && $0.role == .weights }
      .map(\.range)
  }

  deinit { ranges.deallocate() }

  /// Computes the gradients over the first `rows` rows of the plan and, with an optimiser, moves
  /// the parameters that are learnt.
  func run(
    _ optimizer: (any Optimizer)?, _ factors: UpdateFactors, _ limits: GradientLimits, rows: Int,
    workers: Workers, shared: Bool
  ) {
    self.rows = rows
    self.factors = factors
    // With a limit on the whole gradient, no weight can move before all gradients are known.
    let waits = limits.length != nil && optimizer != nil
    self.optimizer = waits ? nil : optimizer
    greatest = optimizer == nil ? nil : limits.value.map { Float($0) }
    let sizes = UnsafePointer(sizes.start)
    updates = false
    workers.run(self, tiles: tiles.count, shared: shared, sizes: sizes)
    guard waits, let length = limits.length else { return }
    let norm = gradientNorm
    factor = norm > length ? Float(length / norm) : 1
    self.optimizer = optimizer
    updates = true
    workers.run(self, tiles: tiles.count, shared: shared, sizes: sizes)
  }

  /// The length of the gradient over all parameters that are learnt, summed tile by tile so that it
  /// does not depend on threads.
  private var gradientNorm: Double {
    var sum = 0.0
    for tile in 0..<tiles.count { sum += squares.start[tile] }
    return sum.squareRoot()
  }

  override func run(tile: Int) {
    if updates { updateTile(tile) } else { learnTile(tile) }
  }

  private func learnTile(_ tile: Int) {
    let (pass, own) = tiles[tile]
    let range = pass.gradient(tile: own, rows: rows)
    if !penalties.isEmpty { penalise(range) }
    if let greatest {
      nn_limit(parameters.gradients.start + range.lowerBound, range.count, greatest)
    }
    ranges[tile] = range
    if optimizer == nil {
      squares.start[tile] = nn_squared_deviation(
        parameters.gradients.start + range.lowerBound, range.count, 0)
    }
    update(range)
  }

  /// Shortens one tile's gradients and moves its weights.
  private func updateTile(_ tile: Int) {
    let range = ranges[tile]
    if factor != 1 {
      nn_scale(parameters.gradients.start + range.lowerBound, range.count, factor)
    }
    update(range)
  }

  /// Adds the penalties' gradients to those of some parameters.
  private func penalise(_ range: Range<Int>) {
    for index in 0..<weights.count {
      let part = weights[index].clamped(to: range)
      guard !part.isEmpty else { continue }
      for penalty in 0..<penalties.count {
        penalties[penalty].addGradient(
          parameters.values.start + part.lowerBound,
          to: parameters.gradients.start + part.lowerBound, count: part.count)
      }
    }
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
