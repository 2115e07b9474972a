internal import CKernels

/// Normalises each feature by its mean and deviation over the batch:
/// `y = (x - mean) / sqrt(variance + eps) · weights + bias`.
///
/// While training, mean and variance are those of the batch, and running ones follow them:
/// `running += momentum · (batch - running)`, the variance over one less than the numbers. What is
/// not training uses the running ones; so does a layer that is wholly frozen, and a batch of one
/// number a feature, which has no deviation.
///
/// - Shapes: `x`, `y`: `[batch, …, features]`, all parameters: `[features]`; statistics run over
///   all axes but the last.
/// - Gradient: with `x̂` what is normalised and `n` the numbers a feature: `dweights = Σ dy · x̂`,
///   `dbias = Σ dy`, `dx = weights / sqrt(variance + eps) · (dy - dbias / n - x̂ · dweights / n)`.
/// - Source: Ioffe and Szegedy, ICML 2015.
public struct BatchNormalization: Layer {
  /// The word a script uses.
  public let kind = "batchnorm"
  /// How much of each batch goes into the running statistics.
  public let momentum: Double
  /// Keeps the quotient finite.
  public let epsilon: Double
  /// Its statistics need several rows.
  public let comparesRows = true

  /// Makes the layer.
  public init(momentum: Double = 0.1, epsilon: Double = 1e-5) {
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// See `Layer.passing`.
  public var passing: LayerPassing? { .normalises }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

  /// See `Layer.parameters`.
  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    let features: Shape = [input.sizes.last ?? 1]
    return ParameterDeclaration.scaleAndShift(of: input) + [
      ParameterDeclaration("mean", .state, features, fanIn: 1, fanOut: 1, initializer: Zeros()),
      ParameterDeclaration("variance", .state, features, fanIn: 1, fanOut: 1, initializer: Ones()),
    ]
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let x = inputs[0]
    let axes = Array(0..<max(0, operations.shape(x).rank - 1))
    let running = (mean: parameters["mean"], variance: parameters["variance"])
    var used = running
    if operations.isTraining, parameters.learns {
      let count = operations.reduce(.count, x, axes: axes, overRows: true)
      let mean = operations.reduce(.mean, x, axes: axes, overRows: true)
      let squares = operations.formula(x, mean) { ($0 - $1) * ($0 - $1) }
      let variance = operations.reduce(.mean, squares, axes: axes, overRows: true)
      // One number has no deviation.
      used.mean = operations.formula(count, mean, running.mean) {
        .choose(.one.isLess(than: $0), $1, $2)
      }
      used.variance = operations.formula(count, variance, running.variance) {
        .choose(.one.isLess(than: $0), $1, $2)
      }
      let share = momentum
      operations.keep(
        operations.formula(running.mean, used.mean) { $0 + share * ($1 - $0) }, in: running.mean)
      let unbiased = operations.formula(count, variance, running.variance) {
        .choose(.one.isLess(than: $0), $1 * $0 / .max($0 - 1, .one), $2)
      }
      operations.keep(
        operations.formula(running.variance, unbiased) { $0 + share * ($1 - $0) },
        in: running.variance)
    }
    return operations.normalize(x, used.mean, used.variance, epsilon: epsilon, parameters)
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass {
    BatchNormalizationPass(self, site)
  }
}

private final class BatchNormalizationPass: BatchPass {
  let waits: Bool
  let gradientTiles: Int

  private let site: LayerSite
  private let momentum: Float
  private let epsilon: Float
  private let width: Int
  private let vectors: Int
  private let scale: LayerSite.Parameter
  private let shift: LayerSite.Parameter?
  private let running: (mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>)
  /// The statistics in use: the batch's or the running ones.
  private var mean: UnsafeMutablePointer<Float>
  private var variance: UnsafeMutablePointer<Float>
  /// The batch's, means before variances.
  private let statistics: Buffer<Float>
  /// What each tile's rows say, one tile after the other, two numbers a feature: forwards means and
  /// squared deviations from them, backwards the gradients by weights and bias.
  private let tileSums: Buffer<Double>
  private let tileCounts: Buffer<Double>
  /// The same of all rows.
  private let sums: Buffer<Double>
  /// One over the numbers a feature; 0 where the statistics in use are constants.
  private var share = 0.0

  init(_ layer: BatchNormalization, _ site: LayerSite) {
    guard let scale = site.parameter("weights"), let mean = site.parameter("mean"),
      let variance = site.parameter("variance")
    else { preconditionFailure("the plan holds what the layer declared") }
    self.site = site
    self.scale = scale
    shift = site.parameter("bias")
    momentum = Float(layer.momentum)
    epsilon = Float(layer.epsilon)
    width = site.inputShape.sizes.last ?? 1
    vectors = site.inputShape.count / max(1, width)
    running = (mean.values, variance.values)
    self.mean = running.mean
    self.variance = running.variance
    let learns = !scale.isFrozen || shift.map { !$0.isFrozen } ?? false
    waits = site.isTraining && learns
    gradientTiles = learns ? 1 : 0
    statistics = Buffer(count: waits ? 2 * width : 0)
    tileSums = Buffer(count: waits ? 2 * width * site.maxTiles : 0)
    tileCounts = Buffer(count: waits ? site.maxTiles : 0)
    sums = Buffer(count: 2 * width)
  }

  // MARK: Forward

  func gather(_ work: RowWork) {
    let (rows, tile) = (work.rows, work.tile)
    let first = rows.lowerBound * vectors
    let own = tileSums.start + 2 * width * tile
    nn_column_moments(
      site.x + first * width, own, own + width, rows.count * vectors, width)
    tileCounts.start[tile] = Double(rows.count * vectors)
  }

  func settle(_ work: RowWork, tiles: Int) {
    let count = Double(work.rows.count * vectors)
    share = count > 1 ? 1 / count : 0
    (mean, variance) = (running.mean, running.variance)
    guard count > 1 else { return }
    (mean, variance) = (statistics.start, statistics.start + width)
    meet(tiles, count)
    let unbiased = Float(count / (count - 1))
    for feature in 0..<width {
      mean[feature] = Float(sums.start[feature])
      variance[feature] = Float(sums.start[width + feature] / count)
      running.mean[feature] += momentum * (mean[feature] - running.mean[feature])
      running.variance[feature] +=
        momentum * (variance[feature] * unbiased - running.variance[feature])
    }
  }

  /// Mean and squared deviations of all rows from those of the tiles, in their order, whichever
  /// thread computed them. A sum of squares less the squared mean would lose everything where
  /// numbers are large and lie close together.
  private func meet(_ tiles: Int, _ count: Double) {
    sums.start.update(repeating: 0, count: 2 * width)
    let deviations = sums.start + width
    for tile in 0..<tiles {
      let (means, share) = (tileSums.start + 2 * width * tile, tileCounts.start[tile] / count)
      for feature in 0..<width { sums.start[feature] += share * means[feature] }
    }
    for tile in 0..<tiles {
      let means = tileSums.start + 2 * width * tile
      for feature in 0..<width {
        let d = means[feature] - sums.start[feature]
        deviations[feature] += means[width + feature] + tileCounts.start[tile] * d * d
      }
    }
  }

  func forward(_ work: RowWork) {
    let rows = work.rows
    let first = rows.lowerBound * vectors * width
    nn_normalize_columns(
      site.x + first, mean, variance, epsilon, scale.values, shift?.values, site.y + first,
      rows.count * vectors, width)
  }

  // MARK: Backward

  func gatherBackward(_ work: RowWork) {
    sumGradients(work.rows, into: tileSums.start + 2 * width * work.tile)
  }

  func settleBackward(_ work: RowWork, tiles: Int) {
    sums.start.update(from: tileSums.start, count: 2 * width)
    for tile in 1..<max(1, tiles) {
      let own = tileSums.start + 2 * width * tile
      for place in 0..<2 * width { sums.start[place] += own[place] }
    }
  }

  func backward(_ work: RowWork) {
    guard let dx = site.dx, let dy = site.dy else { return }
    let rows = work.rows
    let first = rows.lowerBound * vectors * width
    nn_normalize_columns_backward(
      site.x + first, dy + first, mean, variance, epsilon, scale.values, sums.start,
      sums.start + width, share, dx + first, rows.count * vectors, width)
  }

  func gradient(tile: Int, rows: Int) -> Range<Int> {
    if !waits { sumGradients(0..<rows, into: sums.start) }
    var learnt = 0..<0
    if !scale.isFrozen {
      for feature in 0..<width { scale.gradient[feature] = Float(sums.start[feature]) }
      learnt = scale.range
    }
    if let shift, !shift.isFrozen {
      for feature in 0..<width { shift.gradient[feature] = Float(sums.start[width + feature]) }
      // Bias stands behind weights.
      learnt =
        (learnt.isEmpty ? shift.range.lowerBound : learnt.lowerBound)..<shift.range.upperBound
    }
    return learnt
  }

  private func sumGradients(_ rows: Range<Int>, into target: UnsafeMutablePointer<Double>) {
    guard let dy = site.dy else { return }
    let first = rows.lowerBound * vectors * width
    nn_normalize_columns_sums(
      site.x + first, dy + first, mean, variance, epsilon, target, target + width,
      rows.count * vectors, width)
  }
}

extension Spec where Product == any Layer {
  static var batchnorm: Self {
    Spec(
      "batchnorm",
      "Normalises each feature, or channel of a picture, by its mean and deviation over the batch.",
      .number(
        "momentum", 0...1, openBelow: true, default: 0.1, option: true,
        "How much of each batch goes into the running mean and variance."),
      .number(
        "eps", 0...1, openBelow: true, default: 1e-5, option: true, "Keeps the quotient finite."),
      example: "layer dense 16\nlayer batchnorm\nlayer activation relu"
    ) { momentum, epsilon in BatchNormalization(momentum: momentum, epsilon: epsilon) }
  }
}
