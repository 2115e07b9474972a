/// Sums of products over a window that moves over a picture, the same weights at every place:
/// `y = f(x ∗ W + b)`. The window is not turned round, as networks have it.
///
/// In groups each part of the filters sees its own part of the channels.
///
/// - Shapes: `x`: `[batch, height, width, channels]`,
///   `W`: `[window height, window width, channels / groups, filters]`, `b`: `[filters]`,
///   `y`: `[batch, places down, places across, filters]`, see `Window`.
/// - Gradient: with `dz` the gradient before `f`:
///   `dW[i, j] = Σ over batch and places (p, q) of x[p · stride + i · dilation, …]ᵀ · dz[p, q]`,
///   `db = Σ dz`, `dx` the sum of `dz[p, q] · W[i, j]ᵀ` over the places that covered it.
/// - Source: LeCun and others, Neural Computation 1989; groups: Krizhevsky and others, NIPS 2012.
public struct Convolution: SharesWeights {
  /// The word a script uses.
  public let kind = "conv"
  /// How many filters, which is how many channels it gives.
  public let filters: Int
  /// The window.
  public let window: Window
  /// In how many groups channels and filters stand.
  public let groups: Int
  /// Applied to each output.
  public let function: any Activation

  /// Makes a layer of so many filters, a multiple of the groups.
  public init(
    filters: Int, window: Window, groups: Int = 1, activation: any Activation = Linear()
  ) {
    precondition(filters > 0 && groups > 0 && filters % groups == 0, "whole groups of filters")
    (self.filters, self.window, self.groups) = (filters, window, groups)
    function = activation
  }

  /// The function, for a loss that belongs to it.
  public var activation: (any Activation)? { function }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    let picture = try input.picture(name: name)
    guard picture[2].isMultiple(of: groups) else {
      throw .invalid(
        "`groups` is \(groups), which does not divide the \(picture[2]) channels that `\(name)` is "
          + "given",
        help: "`groups=\(Convolution.groups(atMost: groups, of: [picture[2], filters]))`")
    }
    return try Shape(
      checking: window.places(over: picture, name: name) + [filters], for: "`\(name)`")
  }

  /// See `Layer.parameters`.
  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    let channels = max(1, (input.picture.sizes.last ?? 1) / groups)
    let (fanIn, fanOut) = (window.count * channels, window.count * filters / groups)
    return [
      ParameterDeclaration(
        "weights", .weights, Shape(window.size + [channels, filters]), fanIn: fanIn,
        fanOut: fanOut, initializer: function.initializer),
      ParameterDeclaration(
        "bias", .bias, [filters], fanIn: fanIn, fanOut: fanOut, initializer: Zeros()),
    ]
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let z = product(
      operations.picture(inputs[0]), parameters["weights"], into: &operations)
    return parameters.find("bias").map { operations.formula(z, $0) { $0 + $1 } } ?? z
  }

  private func product(
    _ x: Operations.Ref, _ weights: Operations.Ref, into operations: inout Operations
  ) -> Operations.Ref {
    let picture = operations.shape(x)
    let axes = window.axes(over: picture)
    guard groups > 1 else { return operations.product(x, weights, window: axes) }
    // Each group has its picture and its weights: [groups, height, width, channels / groups].
    let channels = picture[2] / groups
    let parts = operations.reshape(
      operations.reshape(x, [picture[0], picture[1], groups, channels]),
      [groups, picture[0], picture[1], channels], order: [2, 0, 1, 3])
    let own = window.size + [channels]
    let filtersEach = filters / groups
    let kernels = operations.reshape(
      operations.reshape(weights, Shape(own + [groups, filtersEach])),
      Shape([groups] + own + [filtersEach]), order: [3, 0, 1, 2, 4])
    let z = operations.product(parts, kernels, window: axes, shared: 1)
    let places = Array(operations.shape(z).sizes[1...2])
    let sideBySide = operations.reshape(
      z, Shape(places + [groups, filtersEach]), order: [1, 2, 0, 3])
    return operations.reshape(sideBySide, Shape(places + [filters]))
  }

  /// See `SharesWeights`: one for each weight at each place.
  public func multiplications(from input: Shape, to output: Shape) -> Int? {
    Shape.product([output.count / filters, parameters(for: input)[0].shape.count])
  }

  /// See `Layer.cost`.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    productCost(inputs[0], output, scratch: ConvolutionPass.scratch(self, on: inputs[0]))
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) throws(EngineError) -> any LayerPass {
    try ConvolutionPass(self, site)
  }
}

extension Convolution {
  /// The most groups, up to a number, in which all of these can stand.
  fileprivate static func groups(atMost most: Int, of counts: [Int]) -> Int {
    (1...most).last { groups in counts.allSatisfy { $0.isMultiple(of: groups) } } ?? 1
  }
}

extension Spec where Product == any Layer {
  static var conv: Self {
    Spec(
      "conv",
      "Moves filters over a picture: each looks at one window after the other, with the same weights.",
      .integer("filters", 1...65_536, "How many filters, which is how many channels come out."),
      .window("size", default: 3, "What a filter sees at once."),
      .activation("activation", default: Linear(), "Applied to each output."),
      .window("stride", default: 1, option: true, "How far the window moves.")
        .example("model pictures {\n  input 28x28x1\n  layer conv 16 relu stride=2\n}"),
      .padding(default: .same, of: "conv 16 relu stride=2"),
      .window("dilation", default: 1, option: true, "How far the points of the window are apart.")
        .example("model pictures {\n  input 28x28x1\n  layer conv 16 relu dilation=2\n}"),
      .integer(
        "groups", 1...65_536, default: 1, option: true,
        "In how many groups channels and filters stand; each filter sees the channels of its group."
      ).example("model pictures {\n  input 28x28x4\n  layer conv 32 3x3 groups=2\n}"),
      example: "data digits\nmodel pictures {\n  layer conv 16 3x3 relu\n  layer maxpool 2\n}"
    ) { filters, size, activation, stride, padding, dilation, groups in
      guard filters.isMultiple(of: groups) else {
        throw EngineError.invalid(
          "`groups` is \(groups), which does not divide \(filters) filters",
          help: "write `groups=\(Convolution.groups(atMost: groups, of: [filters]))`, "
            + "or \((filters / groups + 1) * groups) filters")
      }
      return try Convolution(
        filters: filters,
        window: Window(
          checking: size, stride: stride, dilation: dilation, padding: padding),
        groups: groups, activation: activation)
    }
  }
}
