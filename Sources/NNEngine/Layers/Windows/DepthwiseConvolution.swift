/// One filter for each channel: a convolution whose groups are the channels.
///
/// - Shapes: `x`: `[batch, height, width, channels]`,
///   `W`: `[window height, window width, 1, channels]`, `b`: `[channels]`,
///   `y`: `[batch, places down, places across, channels]`, see `Window`.
/// - Gradient: that of `Convolution`.
/// - Source: Chollet, *Xception*, CVPR 2017.
public struct DepthwiseConvolution: SharesWeights {
  /// The word a script uses.
  public let kind = "depthwise"
  /// The window.
  public let window: Window
  /// Applied to each output.
  public let function: any Activation

  /// Makes a layer.
  public init(window: Window, activation: any Activation = Linear()) {
    self.window = window
    function = activation
  }

  /// The function, for a loss that belongs to it.
  public var activation: (any Activation)? { function }

  /// The convolution that it is on pictures of so many channels.
  public func convolution(on input: Shape) -> Convolution {
    let channels = max(1, input.picture.sizes.last ?? 1)
    return Convolution(filters: channels, window: window, groups: channels, activation: function)
  }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    try convolution(on: input).outputShape(for: input, name: name)
  }

  /// See `Layer.parameters`.
  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    convolution(on: input).parameters(for: input)
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    convolution(on: operations.shape(inputs[0])).lower(inputs, parameters, into: &operations)
  }

  /// See `SharesWeights`.
  public func multiplications(from input: Shape, to output: Shape) -> Int? {
    convolution(on: input).multiplications(from: input, to: output)
  }

  /// See `Layer.cost`.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    convolution(on: inputs[0]).cost(for: inputs, output: output, parameters: count)
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) throws(EngineError) -> any LayerPass {
    try convolution(on: site.inputShape).makePass(site)
  }
}

extension Spec where Product == any Layer {
  static var depthwise: Self {
    Spec(
      "depthwise", "Moves one filter for each channel over a picture.",
      .window("size", default: 3, "What a filter sees at once."),
      .activation("activation", default: Linear(), "Applied to each output."),
      .window("stride", default: 1, option: true, "How far the window moves.")
        .example("model pictures {\n  input 28x28x1\n  layer depthwise 3x3 stride=2\n}"),
      .padding(default: .same, of: "depthwise 3x3 stride=2"),
      .window("dilation", default: 1, option: true, "How far the points of the window are apart.")
        .example("model pictures {\n  input 28x28x1\n  layer depthwise 3x3 dilation=2\n}"),
      example: """
        data digits
        model pictures {
          layer conv 16 3x3 relu
          layer depthwise 3x3 relu
          layer conv 32 1x1 relu
        }
        """
    ) { size, activation, stride, padding, dilation in
      try DepthwiseConvolution(
        window: Window(
          checking: size, stride: stride, dilation: dilation, padding: padding),
        activation: activation)
    }
  }
}
