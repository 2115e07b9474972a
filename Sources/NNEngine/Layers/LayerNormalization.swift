internal import CKernels

/// Normalises each vector by its own mean and deviation:
/// `y = (x - mean(x)) / sqrt(var(x) + eps) · weights + bias`.
///
/// - Shapes: `x`, `y`: `[batch, …, features]`, `weights`, `bias`: `[features]`; mean and variance
///   run along the last axis.
/// - Gradient: with `x̂` what is normalised and `g = dy · weights`:
///   `dx = (g - mean(g) - x̂ · mean(g · x̂)) / sqrt(var(x) + eps)`, `dweights = Σ dy · x̂`,
///   `dbias = Σ dy`.
/// - Source: Ba, Kiros and Hinton, 2016.
public struct LayerNormalization: Layer {
  /// The word a script uses.
  public let kind = "layernorm"
  /// Keeps the quotient finite.
  public let epsilon: Double

  /// Makes the layer.
  public init(epsilon: Double = 1e-5) { self.epsilon = epsilon }

  /// See `Layer.passing`.
  public var passing: LayerPassing? { .normalises }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

  /// See `Layer.parameters`.
  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    ParameterDeclaration.scaleAndShift(of: input)
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let x = inputs[0]
    let axes = operations.shape(x).rank == 0 ? [] : [operations.shape(x).rank - 1]
    let mean = operations.reduce(.mean, x, axes: axes)
    let squares = operations.formula(x, mean) { ($0 - $1) * ($0 - $1) }
    let variance = operations.reduce(.mean, squares, axes: axes)
    return operations.normalize(x, mean, variance, epsilon: epsilon, parameters)
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass {
    LayerNormalizationPass(self, site)
  }
}

extension Operations {
  /// `(x - mean) / sqrt(variance + eps) · weights + bias`.
  mutating func normalize(
    _ x: Ref, _ mean: Ref, _ variance: Ref, epsilon: Double, _ parameters: LayerParameters
  ) -> Ref {
    let normal = formula(x, mean, variance) { ($0 - $1) / ($2 + Formula.Part(epsilon)).sqrt }
    name(mean, "mean")
    name(variance, "variance")
    name(normal, "normal")
    let scaled = formula(normal, parameters["weights"]) { $0 * $1 }
    return parameters.find("bias").map { formula(scaled, $0) { $0 + $1 } } ?? scaled
  }
}

extension ParameterDeclaration {
  /// What normalised vectors are multiplied by, and what is added to them.
  static func scaleAndShift(of input: Shape) -> [ParameterDeclaration] {
    let features = input.sizes.last ?? 1
    return [
      ParameterDeclaration(
        "weights", .gain, [features], fanIn: 1, fanOut: 1, initializer: Ones()),
      ParameterDeclaration(
        "bias", .bias, [features], fanIn: 1, fanOut: 1, initializer: Zeros()),
    ]
  }
}

private final class LayerNormalizationPass: LayerPass {
  private let site: LayerSite
  private let epsilon: Float
  private let width: Int
  private let vectors: Int
  private let scale: LayerSite.Parameter
  private let shift: LayerSite.Parameter?
  /// Each vector's mean and one over its deviation, for the way back.
  private let moments: Buffer<Float>
  private let learnt: [LayerSite.Parameter]
  let gradientTiles: Int

  init(_ layer: LayerNormalization, _ site: LayerSite) {
    guard let scale = site.parameter("weights") else {
      preconditionFailure("the plan holds what the layer declared")
    }
    self.site = site
    self.scale = scale
    shift = site.parameter("bias")
    epsilon = Float(layer.epsilon)
    width = site.inputShape.sizes.last ?? 1
    vectors = site.inputShape.count / max(1, width)
    moments = Buffer(count: 2 * site.maxRows * vectors)
    learnt = site.parameters.filter { !$0.isFrozen }
    gradientTiles = learnt.count
  }

  func forward(_ work: RowWork) {
    let rows = work.rows
    let first = rows.lowerBound * vectors
    nn_normalize_rows(
      site.x + first * width, epsilon, scale.values, shift?.values, site.y + first * width,
      moments.start + 2 * first, rows.count * vectors, width)
  }

  func backward(_ work: RowWork) {
    guard let dx = site.dx, let dy = site.dy else { return }
    let rows = work.rows
    let first = rows.lowerBound * vectors
    nn_normalize_rows_backward(
      site.x + first * width, dy + first * width, moments.start + 2 * first, scale.values,
      dx + first * width, rows.count * vectors, width)
  }

  func gradient(tile: Int, rows: Int) -> Range<Int> {
    guard let dy = site.dy else { return 0..<0 }
    let parameter = learnt[tile]
    if parameter.values == scale.values {
      nn_normalize_rows_gradient(
        site.x, dy, moments.start, parameter.gradient, rows * vectors, width)
    } else {
      nn_column_sums(dy, parameter.gradient, rows * vectors, width)
    }
    return parameter.range
  }
}

extension Spec where Product == any Layer {
  static var layernorm: Self {
    Spec(
      "layernorm", "Normalises each example by its own mean and deviation.",
      .number(
        "eps", 0...1, openBelow: true, default: 1e-5, option: true, "Keeps the quotient finite."),
      example: "layer dense 16 relu\nlayer layernorm"
    ) { epsilon in LayerNormalization(epsilon: epsilon) }
  }
}
