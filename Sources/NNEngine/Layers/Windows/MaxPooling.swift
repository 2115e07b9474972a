/// The largest number of each window, channel by channel. What lies outside of the picture never
/// wins.
///
/// - Shapes: `x`: `[batch, height, width, channels]`, `y`: `[batch, places down, places across,
///   channels]`, see `Window`.
/// - Gradient: `dx = Σ dy` of the windows in which `x` was the largest; of equals, the first one.
/// - Source: Yamaguchi and others, ICSLP 1990.
public struct MaxPooling: Layer {
  /// The word a script uses.
  public let kind = "maxpool"
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
    let covered = operations.windows(window, of: inputs[0], fill: -.infinity)
    let greatest = operations.reduce(.max, covered, axes: [1])
    return operations.reshape(greatest, window.poolPlaces(over: picture))
  }

  /// See `Layer.cost`: a comparison for each number of each window.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    window.poolCost(output)
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) throws(EngineError) -> any LayerPass {
    guard window.count <= PoolingPass.mostPlaces else { return try ReferencePass(self, site) }
    return try PoolingPass(window, takesLargest: true, site)
  }
}

extension Window {
  /// The shape behind a pool over this window.
  ///
  /// - Throws: `EngineError.wrongInputShape` with the layer's `name`.
  func pooled(_ input: Shape, name: String) throws(EngineError) -> Shape {
    let picture = try input.picture(name: name)
    return Shape(try places(over: picture, name: name) + [picture[2]])
  }

  /// The same for a picture that fits.
  func poolPlaces(over picture: Shape) -> Shape {
    Shape(zip(axes(over: picture), picture.sizes).map { $0.places(in: $1) } + [picture[2]])
  }

  func poolCost(_ output: Shape) -> Cost {
    Cost(
      multiplications: Shape.product([count, output.count]),
      bytes: output.count * MemoryLayout<Float>.stride)
  }
}

extension Operations {
  /// What a window covers at each of its places: `[places, numbers covered, channels]`.
  mutating func windows(_ window: Window, of x: Ref, fill: Double) -> Ref {
    let picture = shape(x).picture
    let points = reshape(x, [picture[0] * picture[1], picture[2]])
    let covered = window.covered(of: picture)
    return gather(points, at: covered, [covered.count / window.count, window.count], fill: fill)
  }
}

extension Spec where Product == any Layer {
  static var maxpool: Self {
    Spec(
      "maxpool",
      "Keeps the largest value of each window of a picture, of those that fit; padding never wins.",
      .window("size", default: 2, "The window."),
      .window(
        "stride", default: nil, whenAbsent: "the size", option: true, "How far the window moves."
      )
      .example("model pictures {\n  input 28x28x1\n  layer maxpool 3 stride=2\n}"),
      .padding(default: .valid, of: "maxpool 3 stride=2"),
      example: "data digits\nmodel pictures {\n  layer conv 16 3x3 relu\n  layer maxpool 2\n}"
    ) { size, stride, padding in
      try MaxPooling(
        window: Window(checking: size, stride: stride.isEmpty ? size : stride, padding: padding))
    }
  }
}
