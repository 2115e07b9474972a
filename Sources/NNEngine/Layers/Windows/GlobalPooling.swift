/// One number of each channel of a picture: its mean or its largest.
///
/// - Shapes: `x`: `[batch, height, width, channels]`, `y`: `[batch, channels]`.
/// - Gradient: of the mean `dx = dy / (height · width)`; of the largest `dy` where it was, of
///   equals at the first one.
/// - Source: Lin, Chen and Yan, *Network in network*, ICLR 2014.
public struct GlobalPooling: Layer {
  /// What is taken of a channel.
  public enum Statistic: String, Sendable, CaseIterable {
    case mean, max
  }

  /// The word a script uses.
  public let kind = "globalpool"
  /// What is taken of a channel.
  public let statistic: Statistic

  /// Makes a layer.
  public init(_ statistic: Statistic = .mean) { self.statistic = statistic }

  /// See `Layer.passing`.
  public var passing: LayerPassing? { .resamples }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    [try input.picture(name: name)[2]]
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let x = operations.picture(inputs[0])
    let pooled = operations.reduce(statistic == .mean ? .mean : .max, x, axes: [0, 1])
    return operations.reshape(pooled, [operations.shape(x)[2]])
  }

  /// See `Layer.cost`.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    Cost(multiplications: inputs[0].count, bytes: output.count * MemoryLayout<Float>.stride)
  }

  /// See `Layer.makePass`: a window as large as the picture.
  public func makePass(_ site: LayerSite) throws(EngineError) -> any LayerPass {
    let picture = site.inputShape.picture
    let window = Window([picture[0], picture[1]], padding: .valid)
    guard statistic == .mean || window.count <= PoolingPass.mostPlaces else {
      return try ReferencePass(self, site)
    }
    return try PoolingPass(window, takesLargest: statistic == .max, site)
  }
}

extension Spec where Product == any Layer {
  static var globalpool: Self {
    Spec(
      "globalpool", "Makes one value of each channel of a picture.",
      Parameter<GlobalPooling.Statistic>(
        "statistic", .choice(GlobalPooling.Statistic.allCases.map(\.rawValue)),
        "Whether that is the mean or the largest.", defaultText: "mean"
      ) {
        if case .text(let word) = $0 { .init(rawValue: word) ?? .mean } else { .mean }
      },
      example: "data digits\nmodel pictures {\n  layer conv 16 3x3 relu\n  layer globalpool mean\n}"
    ) { statistic in GlobalPooling(statistic) }
  }
}
