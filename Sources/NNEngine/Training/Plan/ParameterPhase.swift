internal import CKernels

/// The second half of a step: the parameters' gradients, their limit, and the optimiser's move.
///
/// A tile computes some rows of one parameter's gradient over the whole batch, and moves that
/// parameter at once, unless something has to be known of all gradients before.
final class ParameterPhase {
  private let parameters: WorkingParameters
  private let tiles: [(pass: any LayerPass, tile: Int)]
  /// Where the parameters that are learnt stand.
  private let learnt: [Range<Int>]
  /// Where the weights among them stand: what penalties are for.
  private let weights: [Range<Int>]
  private let penalties: [any Penalty]
  private var job: TileJob?

  // What the running step works with; written before its tiles start.
  private var rows = 0
  private var optimizer: (any Optimizer)?
  private var factors = UpdateFactors(rate: 0)
  private var greatest: Float?

  init(
    _ network: Network, _ parameters: WorkingParameters,
    _ tiles: [(pass: any LayerPass, tile: Int)], _ penalties: [any Penalty]
  ) {
    self.parameters = parameters
    self.tiles = tiles
    learnt = network.nodes.flatMap(\.parameters).filter { !$0.isFrozen }.map(\.range)
    self.penalties = penalties
    weights = network.nodes.flatMap(\.parameters).filter { !$0.isFrozen && $0.role == .weights }
      .map(\.range)
    job = TileJob { [unowned self] in runTile($0) }
  }

  /// Computes the gradients over the first `rows` rows of the plan and, with an optimiser, moves
  /// the parameters that are learnt.
  func run(
    _ optimizer: (any Optimizer)?, _ factors: UpdateFactors, _ limits: GradientLimits, rows: Int,
    workers: Workers, shared: Bool
  ) {
    guard let job else { return }
    self.rows = rows
    self.factors = factors
    // With a limit on the whole gradient, no weight can move before all gradients are known.
    self.optimizer = limits.length == nil ? optimizer : nil
    greatest = optimizer == nil ? nil : limits.value.map { Float($0) }
    workers.run(job, tiles: tiles.count, shared: shared)
    guard let length = limits.length, let optimizer else { return }
    limitGradient(to: length)
    self.optimizer = optimizer
    for index in 0..<learnt.count { update(learnt[index]) }
  }

  private func limitGradient(to length: Double) {
    let norm = gradientNorm
    guard norm > length else { return }
    nn_scale(parameters.gradients.start, parameters.gradients.count, Float(length / norm))
  }

  /// The length of the gradient over all parameters that are learnt.
  private var gradientNorm: Double {
    var sum = 0.0
    for index in 0..<learnt.count {
      let range = learnt[index]
      sum += nn_squared_deviation(parameters.gradients.start + range.lowerBound, range.count, 0)
    }
    return sum.squareRoot()
  }

  private func runTile(_ tile: Int) {
    let (pass, own) = tiles[tile]
    let range = pass.gradient(tile: own, rows: rows)
    if !penalties.isEmpty { penalise(range) }
    if let greatest {
      nn_limit(parameters.gradients.start + range.lowerBound, range.count, greatest)
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
