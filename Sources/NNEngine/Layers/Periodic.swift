internal import CKernels

/// Puts beside each number what waves of it say, so that the layers behind can tell apart numbers
/// that lie close together: `y = (x, Σ_k cos(f_k·x + p_k)·w_k + b)`, each number by its own `f`,
/// `p`, `w`, `b`.
///
/// - Shapes: `x`: `[batch, …]`, taken as a row of `n` numbers; `y`: `[batch, n · (1 + outputs)]`;
///   `frequencies`, `phases`: `[n, waves]`; `weights`: `[n, waves, outputs]`; `bias`: `[n, outputs]`.
/// - Gradient: with `g_k = -sin(f_k·x + p_k) · Σ_o w_ko·dy_o`: `dfrequencies = g·x`, `dphases = g`,
///   `dx = dy_0 + Σ_k g_k·f_k`, `dweights = cos(f·x + p)·dy`, `dbias = dy`.
/// - Source: Gorishniy, Rubachev and Babenko, *On embeddings for numerical features in tabular deep
///   learning*, NeurIPS 2022; with phases, and with `x` itself beside them, as Holzmüller, Grinsztajn
///   and Steinwart have them, NeurIPS 2024 (arXiv 2407.04491).
public struct Periodic: Layer {
  /// The word a script uses.
  public let kind = "periodic"
  /// How many numbers are put beside each.
  public let outputs: Int
  /// How many waves each number has.
  public let waves: Int
  /// The deviation of the frequencies at the start, in waves for each unit of `x`.
  public let deviation: Double

  /// Makes the layer.
  public init(outputs: Int, waves: Int = 16, deviation: Double = 0.1) {
    (self.outputs, self.waves, self.deviation) = (outputs, waves, deviation)
  }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    [try Shape(checking: [input.count, 1 + outputs], for: "`\(name)`").count]
  }

  /// See `Layer.parameters`.
  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    let n = input.count
    func own(
      _ name: String, _ role: ParameterDeclaration.Role, _ shape: Shape, _ start: any Initializer
    ) -> ParameterDeclaration {
      ParameterDeclaration(
        name, role, shape, fanIn: waves, fanOut: outputs, initializer: start)
    }
    return [
      own("frequencies", .gain, [n, waves], Normal(deviation: 2 * .pi * deviation)),
      own("phases", .gain, [n, waves], Uniform(bound: .pi)),
      own("weights", .weights, [n, waves, outputs], LeCun()),
      own("bias", .bias, [n, outputs], Zeros()),
    ]
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let n = operations.shape(inputs[0]).count
    let x = operations.reshape(inputs[0], [n, 1])
    let cosines = operations.formula(x, parameters["frequencies"], parameters["phases"]) {
      ($0 * $1 + $2).cos
    }
    let spread = operations.reshape(cosines, [n, waves, 1])
    let products = operations.formula(spread, parameters["weights"]) { $0 * $1 }
    var sums = operations.reshape(operations.reduce(.sum, products, axes: [1]), [n, outputs])
    if let bias = parameters.find("bias") { sums = operations.formula(sums, bias) { $0 + $1 } }
    return operations.reshape(operations.concatenate([x, sums], axis: 1), [n * (1 + outputs)])
  }

  /// See `Layer.cost`: a cosine takes as long as some ten multiplications.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    let cosines = inputs[0].count * waves
    return Cost(
      multiplications: count + 10 * cosines,
      bytes: (output.count + 2 * cosines) * MemoryLayout<Float>.stride)
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass { PeriodicPass(self, site) }
}

private final class PeriodicPass: LayerPass {
  private let site: LayerSite
  private let sizes: nn_waves
  private let frequencies: LayerSite.Parameter
  private let phases: LayerSite.Parameter
  private let weights: LayerSite.Parameter
  private let bias: LayerSite.Parameter?
  /// Cosines of each row, and sines, which the way back turns into the gradients by the phases.
  private let cosines: Buffer<Float>
  private let sines: Buffer<Float>
  private let learnt: [LayerSite.Parameter]
  let gradientTiles: Int

  init(_ layer: Periodic, _ site: LayerSite) {
    guard let frequencies = site.parameter("frequencies"), let phases = site.parameter("phases"),
      let weights = site.parameter("weights")
    else { preconditionFailure("the plan holds what the layer declared") }
    (self.site, self.frequencies, self.phases, self.weights) = (site, frequencies, phases, weights)
    bias = site.parameter("bias")
    sizes = nn_waves(
      inputs: site.inputShape.count, waves: layer.waves, outputs: layer.outputs)
    let count = site.maxRows * sizes.inputs * sizes.waves
    cosines = Buffer(count: count)
    sines = Buffer(count: site.dy == nil ? 0 : count)
    learnt = site.parameters.filter { !$0.isFrozen }
    gradientTiles = learnt.count
  }

  /// Where a row's waves stand.
  private func place(_ row: Int) -> Int { row * sizes.inputs * sizes.waves }

  func forward(_ work: RowWork) {
    let first = work.rows.lowerBound
    nn_waves_forward(
      sizes, site.x + first * sizes.inputs, frequencies.values, phases.values, weights.values,
      bias?.values, cosines.start + place(first),
      site.dy == nil ? nil : sines.start + place(first), site.y + first * site.outputShape.count,
      work.rows.count)
  }

  func backward(_ work: RowWork) {
    guard let dy = site.dy else { return }
    let first = work.rows.lowerBound
    nn_waves_backward(
      sizes, dy + first * site.outputShape.count, frequencies.values, weights.values,
      sines.start + place(first), site.dx.map { $0 + first * sizes.inputs }, work.rows.count)
  }

  func gradient(tile: Int, rows: Int) -> Range<Int> {
    guard let dy = site.dy else { return 0..<0 }
    let parameter = learnt[tile]
    switch parameter.values {
    case frequencies.values:
      nn_waves_frequencies(sizes, site.x, sines.start, parameter.gradient, rows)
    case phases.values:
      nn_column_sums(sines.start, parameter.gradient, rows, sizes.inputs * sizes.waves)
    case weights.values: nn_waves_weights(sizes, cosines.start, dy, parameter.gradient, rows)
    default: nn_waves_bias(sizes, dy, parameter.gradient, rows)
    }
    return parameter.range
  }
}

extension Spec where Product == any Layer {
  static var periodic: Self {
    Spec(
      "periodic",
      "Puts beside each number what learnt waves of it say: small differences count then.",
      .integer("outputs", 1...256, default: 3, "How many numbers are put beside each."),
      .integer("waves", 1...256, default: 16, option: true, "How many waves each number has."),
      .number(
        "spread", 0...1000, openBelow: true, default: 0.1, option: true,
        "The deviation of the frequencies at the start: waves for each unit of the input."),
      example: "layer periodic\nlayer dense 16 relu"
    ) { outputs, waves, spread in Periodic(outputs: outputs, waves: waves, deviation: spread) }
  }
}
