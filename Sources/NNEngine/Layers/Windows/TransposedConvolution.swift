/// The way back of a convolution: each point of a picture lays its window, weighed, over a larger
/// picture, and what lies above each other is added up.
///
/// - Shapes: `x`: `[batch, height, width, channels]`,
///   `W`: `[window height, window width, channels, filters]`, `b`: `[filters]`; `y`: `[batch,
///   height · stride, width · stride, filters]`, or, staying inside, as far as the windows reach:
///   `(n - 1) · stride + size` points, less `2 · padding` of them.
/// - Gradient: with `dz` the gradient before `f`: `dx` is the convolution of `dz` by `W`,
///   `dW[i, j] = Σ over batch and places (p, q) of x[p, q]ᵀ · dz[p · stride + i, …]`, `db = Σ dz`.
/// - Source: Zeiler and others, CVPR 2010.
public struct TransposedConvolution: SharesWeights {
  /// The word a script uses.
  public let kind = "conv_transpose"
  /// How many filters, which is how many channels it gives.
  public let filters: Int
  /// The window of the convolution whose way back this is.
  public let window: Window
  /// Applied to each output.
  public let function: any Activation

  /// Makes a layer of so many filters.
  public init(filters: Int, window: Window, activation: any Activation = Linear()) {
    precondition(filters > 0, "a layer has at least one filter")
    (self.filters, self.window) = (filters, window)
    function = activation
  }

  /// The function, for a loss that belongs to it.
  public var activation: (any Activation)? { function }

  /// How many points of the first window lie outside of the picture that it makes, for each axis.
  public var cut: [Int] {
    (0..<2).map { axis in
      window.padding == .same
        ? max(0, window.reach[axis] - window.stride[axis]) / 2 : window.points[axis]
    }
  }

  /// How many points `n` become along an axis.
  private func length(_ n: Int, _ axis: Int) -> Int {
    let stride = window.stride[axis]
    return window.padding == .same
      ? n * stride : (n - 1) * stride + window.reach[axis] - 2 * window.points[axis]
  }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    let picture = try input.picture(name: name)
    let made = [length(picture[0], 0), length(picture[1], 1)]
    guard made[0] > 0, made[1] > 0 else {
      throw .wrongInputShape(
        layer: name, expected: "a picture of which its `padding` leaves something", found: picture,
        help: "leave `padding=` out")
    }
    return try Shape(checking: made + [filters], for: "`\(name)`")
  }

  /// See `Layer.parameters`.
  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    let channels = max(1, input.picture.sizes.last ?? 1)
    // Of the windows that are laid, so many lie above each point.
    let above = max(1, window.count / (window.stride[0] * window.stride[1]))
    let (fanIn, fanOut) = (above * channels, window.count * filters)
    return [
      ParameterDeclaration(
        "weights", .weights, Shape(window.size + [channels, filters]), fanIn: fanIn,
        fanOut: fanOut, initializer: function.initializer),
      ParameterDeclaration(
        "bias", .bias, [filters], fanIn: fanIn, fanOut: fanOut, initializer: Zeros()),
    ]
  }

  /// See `Layer.lower`: a convolution by the window turned round, over the picture with its points
  /// set apart.
  ///
  ///     1 2 3  ──▶  · 1 · 2 · 3 ·
  ///                 └─┬─┘
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let picture = operations.shape(inputs[0]).picture
    let apart = (0..<2).map { (picture[$0] - 1) * window.stride[$0] + 1 }
    let places = (0..<apart[0]).flatMap { row in
      (0..<apart[1]).map { column in
        row % window.stride[0] == 0 && column % window.stride[1] == 0
          ? row / window.stride[0] * picture[1] + column / window.stride[1] : -1
      }
    }
    let points = operations.reshape(inputs[0], [picture[0] * picture[1], picture[2]])
    let x = operations.gather(points, at: places, Shape(apart))
    let axes = (0..<2).map { axis in
      let (reach, length) = (window.reach[axis], length(picture[axis], axis))
      let before = reach - 1 - cut[axis]
      return ProductOperation.Axis(
        window.size[axis], dilation: window.dilation[axis], before: before,
        after: length + reach - 1 - before - apart[axis])
    }
    let kernels = operations.reshape(
      parameters["weights"], [window.count, picture[2], filters])
    let turned = operations.gather(
      kernels, at: (0..<window.count).reversed(), Shape(window.size))
    let z = operations.product(x, turned, window: axes)
    return parameters.find("bias").map { operations.formula(z, $0) { $0 + $1 } } ?? z
  }

  /// See `SharesWeights`: one for each weight at each point of the input.
  public func multiplications(from input: Shape, to output: Shape) -> Int? {
    Shape.product([input.count, window.count, filters])
  }
}

extension Spec where Product == any Layer {
  static var convTranspose: Self {
    Spec(
      "conv_transpose",
      "Makes a larger picture: lays a window for each point, weighed by filters, and adds them up.",
      .integer("filters", 1...65_536, "How many filters, which is how many channels come out."),
      .window("size", default: 3, "What a point becomes."),
      .activation("activation", default: Linear(), "Applied to each output.")
        .example("model pictures {\n  input 28x28x1\n  layer conv_transpose 8 relu\n}"),
      .window("stride", default: 2, option: true, "How many times larger the picture becomes.")
        .example("model pictures {\n  input 28x28x1\n  layer conv_transpose 8 stride=3\n}"),
      .padding(
        default: .same, of: "conv_transpose 8 4x4 relu",
        "`same` gives `n · stride` points, the middle of what the windows cover; `valid` gives all; a "
          + "number cuts so many points off each edge, as PyTorch's `padding=1`."),
      example: """
        data digits target=inputs
        model pictures {
          layer conv 8 3x3 relu stride=2
          layer conv_transpose 1 3x3
        }
        """
    ) { filters, size, activation, stride, padding in
      try TransposedConvolution(
        filters: filters, window: Window(checking: size, stride: stride, padding: padding),
        activation: activation)
    }
  }
}
