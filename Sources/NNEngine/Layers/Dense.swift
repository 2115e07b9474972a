internal import CKernels

/// Connects every input to every output: `y = f(x · W + b)`.
///
/// - Shapes: `x`: `[batch, inputs]` (more axes count as one), `W`: `[inputs, units]`,
///   `b`: `[units]`, `y`: `[batch, units]`.
/// - Gradient: with `dz` the gradient before `f`: `dW = xᵀ · dz`, `db = Σ over the batch of dz`,
///   `dx = dz · Wᵀ`.
/// - Source: Rumelhart, Hinton and Williams, Nature, 1986.
public struct Dense: Layer {
  /// The word a script uses.
  public let kind = "dense"
  /// How many outputs.
  public let units: Int
  /// Applied to each output.
  public let function: any Activation

  /// Makes a layer of `units` outputs.
  public init(units: Int, activation: any Activation = Linear()) {
    precondition(units > 0, "a layer has at least one unit")
    self.units = units
    function = activation
  }

  /// The function, for a loss that belongs to it.
  public var activation: (any Activation)? { function }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    guard input.count > 0 else {
      throw .wrongInputShape(layer: name, expected: "at least one value", found: input)
    }
    return [units]
  }

  /// See `Layer.parameters`.
  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    let inputs = input.count
    return [
      ParameterDeclaration(
        "weights", .weights, [inputs, units], fanIn: inputs, fanOut: units,
        initializer: function.initializer),
      ParameterDeclaration(
        "bias", .bias, [units], fanIn: inputs, fanOut: units, initializer: Zeros()),
    ]
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let shape = operations.shape(inputs[0])
    let x = shape.rank == 1 ? inputs[0] : operations.reshape(inputs[0], [shape.count])
    let z = operations.product(x, parameters["weights"])
    return parameters.find("bias").map { operations.formula(z, $0) { $0 + $1 } } ?? z
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass { DensePass(self, site) }
}

private final class DensePass: BlockPass {
  private let function: any Activation
  private let site: LayerSite
  private let inputs: Int
  private let units: Int
  private let weights: LayerSite.Parameter
  private let bias: LayerSite.Parameter?
  /// What comes before the activation, where its gradient needs that.
  private let kept: Buffer<Float>?
  private let rowsInTile: Int
  private let weightTiles: Int
  let gradientTiles: Int
  private let blocks: [Range<Int>]
  /// What the blocks but the first give: `[block, row, unit]`. The first writes to `product`.
  private let parts: Buffer<Float>
  /// When a product is cut by inputs, and into how many blocks. Weights that one core has read
  /// cost another 0.06 µs a cache line when it writes them, and three times that where the two
  /// share no cache; what the blocks give costs the same, which is more from some rows on.
  private static let blocksInStep = 4
  private static let mostRowsCut = 128
  private static let leastWeightsCut = 16_384
  private static let leastInputsCut = 48
  /// The same for a single row that learns nothing. A block takes as long to read (64 weights a
  /// nanosecond) as handing it over; with more blocks than that, one is soon read by another core
  /// than the last time.
  private static let weightsInBlockOfOneRow = 100_000
  private static let mostBlocksOfOneRow = 16
  /// How many fewer weights the others have than the first, which the calling thread begins before
  /// they have heard of it.
  private static let headStart = 30_000

  init(_ layer: Dense, _ site: LayerSite) {
    guard let weights = site.parameter("weights") else {
      preconditionFailure("the plan holds what the layer declared")
    }
    function = site.leavesActivationToLoss ? Linear() : layer.function
    self.site = site
    self.weights = weights
    bias = site.parameter("bias")
    inputs = site.inputShape.count
    units = layer.units
    kept =
      function.keepsInput && site.dy != nil ? Buffer(count: site.maxRows * layer.units) : nil
    let blockCount = DensePass.blockCount(inputs: inputs, units: units, site)
    // A tile of dW is large enough to be worth handing over (about 40 µs) and small enough to be
    // still in the cache when the optimiser comes to it. Each reads all of dz, which the cache holds
    // where the product is cut; else that is little beside a product of 66 rows, and takes longer
    // than one of fewer than 24.
    let wanted = max(2_000_000 / max(1, site.maxRows * units), blockCount > 1 ? 1 : 66)
    let most = max(min(wanted, 65_536 / units) / 6 * 6, 24)
    // A block is some tiles, and as many as every other: who multiplies with weights moves them.
    let tilesInBlock = (inputs + most * blockCount - 1) / (most * blockCount)
    let tiles = tilesInBlock * blockCount
    rowsInTile = ((inputs + tiles - 1) / tiles + 5) / 6 * 6
    weightTiles = weights.isFrozen ? 0 : (inputs + rowsInTile - 1) / rowsInTile
    gradientTiles = weightTiles + (bias.map { $0.isFrozen ? 0 : 1 } ?? 0)
    if blockCount == 1 {
      blocks = []
    } else if site.learnsTogether {
      let each = tilesInBlock * rowsInTile
      blocks = DensePass.ranges(first: each, each: each, of: inputs)
    } else {
      // Whole cache lines of x, which each thread gathers for itself.
      var each = inputs / blockCount - DensePass.headStart / units
      if each >= 16 { each = each / 16 * 16 }
      let first = (inputs - (blockCount - 1) * each + 15) / 16 * 16
      blocks = DensePass.ranges(first: first, each: each, of: inputs)
    }
    parts = Buffer(count: max(blocks.count - 1, 0) * site.maxRows * units)
  }

  private static func blockCount(inputs: Int, units: Int, _ site: LayerSite) -> Int {
    guard inputs >= leastInputsCut else { return 1 }
    if site.learnsTogether {
      return site.maxRows <= mostRowsCut && inputs * units >= leastWeightsCut ? blocksInStep : 1
    }
    guard site.maxRows == 1, site.dy == nil else { return 1 }
    return max(1, min(inputs * units / weightsInBlockOfOneRow, mostBlocksOfOneRow))
  }

  private static func ranges(first: Int, each: Int, of count: Int) -> [Range<Int>] {
    [0..<min(first, count)]
      + stride(from: first, to: count, by: each).map { $0..<min($0 + each, count) }
  }

  /// Where x · W of a row goes.
  private func product(_ row: Int) -> UnsafeMutablePointer<Float> {
    (kept?.start ?? site.y) + row * units
  }

  var blockCount: Int { blocks.count }
  var goesOn: Bool { site.dx != nil }

  func inputs(ofBlock block: Int) -> Range<Int> { blocks[block] }

  func forward(block: Int, rows: Int) {
    let part = blocks[block]
    let z = block == 0 ? product(0) : parts.start + (block - 1) * site.maxRows * units
    nn_gemm(
      false, false, rows, units, part.count, site.x + part.lowerBound, inputs,
      weights.values + part.lowerBound * units, units, 0, z, units)
  }

  func backward(block: Int, rows: Int) {
    guard let dx = site.dx, let dz = site.dy else { return }
    let part = blocks[block]
    nn_gemm(
      false, true, rows, part.count, units, dz, units, weights.values + part.lowerBound * units,
      units, 0, dx + part.lowerBound, inputs)
  }

  func forward(_ work: RowWork) {
    let rows = work.rows
    let first = rows.lowerBound
    let y = site.y + first * units
    let z = product(first)
    if !blocks.isEmpty {
      for block in 1..<blocks.count {
        let part = parts.start + ((block - 1) * site.maxRows + first) * units
        nn_add(part, z, rows.count * units)
      }
    } else {
      nn_gemm(
        false, false, rows.count, units, inputs, site.x + first * inputs, inputs, weights.values,
        units, 0, z, units)
    }
    if kept != nil, let bias { nn_bias(z, bias.values, z, rows.count, units) }
    function.forward(
      ActivationRows(
        x: UnsafePointer(z), bias: kept == nil ? bias.map { UnsafePointer($0.values) } : nil, y: y,
        count: rows.count, width: units))
  }

  func backward(_ work: RowWork) {
    guard let dy = site.dy else { return }
    let rows = work.rows
    let first = rows.lowerBound
    let dz = dy + first * units
    let y = site.y + first * units
    function.backward(
      ActivationRows(
        x: UnsafePointer(kept.map { $0.start + first * units } ?? y), bias: nil, y: y,
        count: rows.count, width: units),
      dy: dz, dx: dz)
    guard blocks.isEmpty, let dx = site.dx else { return }
    nn_gemm(
      false, true, rows.count, inputs, units, dz, units, weights.values, units, 0,
      dx + first * inputs, inputs)
  }

  func fault(rows: Range<Int>) -> EquationFault? {
    guard function is any Defined else { return nil }
    let z = Buffer<Float>(count: rows.count * units)
    nn_gemm(
      false, false, rows.count, units, inputs, site.x, inputs, weights.values, units, 0, z.start,
      units)
    if let bias { nn_bias(z.start, bias.values, z.start, rows.count, units) }
    return function.fault(
      ActivationRows(
        x: UnsafePointer(z.start), bias: nil, y: site.y, count: rows.count, width: units))
  }

  func gradientSize(tile: Int) -> Int {
    tile < weightTiles ? min(rowsInTile, inputs - tile * rowsInTile) * units : units
  }

  func gradient(tile: Int, rows: Int) -> Range<Int> {
    guard let dz = site.dy else { return 0..<0 }
    guard tile < weightTiles else {
      guard let bias else { return 0..<0 }
      nn_column_sums(dz, bias.gradient, rows, units)
      return bias.range
    }
    let first = tile * rowsInTile
    let count = min(rowsInTile, inputs - first)
    nn_gemm(
      true, false, count, units, rows, site.x + first, inputs, dz, units, 0,
      weights.gradient + first * units, units)
    let start = weights.range.lowerBound + first * units
    return start..<start + count * units
  }
}

extension Spec where Product == any Layer {
  static var dense: Self {
    Spec(
      "dense", "Connects every input to every output: y = f(x·W + b).",
      .integer("units", 1...65_536, "The number of outputs."),
      .activation("activation", default: Linear(), "Applied to each output."),
      example: "layer dense 64 relu"
    ) { units, activation in Dense(units: units, activation: activation) }
  }
}
