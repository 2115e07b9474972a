/// The mean of each window, channel by channel. What lies outside of the picture is not counted, as
/// in Keras and in PyTorch's pool with `count_include_pad=False` (PyTorch counts its zeros unless
/// told).
///
/// - Shapes: `x`: `[batch, height, width, channels]`, `y`: `[batch, places down, places across,
///   channels]`, see `Window`.
/// - Gradient: `dx = Σ dy / n` over the windows that covered `x`, with `n` the numbers each had.
/// - Source: LeCun and others, NIPS 1989.
public struct AveragePooling: Layer {
  /// The word a script uses.
  public let kind = "avgpool"
  /// The window.
  public let window: Window

  /// Makes a layer.
  public init(window: Window) { self.window = window }

  /// See `Layer.passing`.
  public var passing: LayerPassing? { .resamples }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    try window.pooled(input, name: name)
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let picture = operations.shape(inputs[0]).picture
    let sums = operations.reduce(
      .sum, operations.windows(window, of: inputs[0], fill: 0), axes: [1])
    let covered = window.covered(of: picture)
    let counts = stride(from: 0, to: covered.count, by: window.count).map { first in
      Double(covered[first..<first + window.count].count { $0 >= 0 })
    }
    let numbers = operations.constant(counts, [counts.count, 1, 1])
    let means = operations.formula(sums, numbers) { $0 / $1 }
    return operations.reshape(means, window.poolPlaces(over: picture))
  }

  /// See `Layer.cost`: an addition for each number of each window.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    window.poolCost(output)
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) throws(EngineError) -> any LayerPass {
    try PoolingPass(window, takesLargest: false, site)
  }
}

extension Spec where Product == any Layer {
  static var avgpool: Self {
    Spec(
      "avgpool",
      "Takes the mean of each window of a picture, of those that fit; padding is not counted.",
      .window("size", default: 2, "The window."),
      .window(
        "stride", default: nil, whenAbsent: "the size", option: true, "How far the window moves."
      )
      .example("model pictures {\n  input 28x28x1\n  layer avgpool 3 stride=2\n}"),
      .padding(default: .valid, of: "avgpool 3 stride=2"),
      example: "data digits\nmodel pictures {\n  layer conv 16 3x3 relu\n  layer avgpool 2\n}"
    ) { size, stride, padding in
      try AveragePooling(
        window: Window(checking: size, stride: stride.isEmpty ? size : stride, padding: padding))
    }
  }
}
