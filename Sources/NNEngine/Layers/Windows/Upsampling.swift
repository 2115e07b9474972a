/// A larger picture in which each point is repeated.
///
/// - Shapes: `x`: `[batch, height, width, channels]`, `y`: `[batch, height · factor, width · factor,
///   channels]`.
/// - Gradient: `dx = Σ dy` over the points it became.
/// - Source: Odena, Dumoulin and Olah, *Deconvolution and checkerboard artifacts*, Distill 2016.
public struct Upsampling: Layer {
  /// The word a script uses.
  public let kind = "upsample"
  /// How many times larger it becomes: higher, wider.
  public let factors: [Int]

  /// Makes a layer.
  public init(factors: [Int]) {
    precondition(factors.count == 2 && factors.allSatisfy { $0 > 0 }, "two factors")
    self.factors = factors
  }

  /// See `Layer.passing`.
  public var passing: LayerPassing? { .resamples }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    let picture = try input.picture(name: name)
    return try Shape(
      checking: [picture[0] * factors[0], picture[1] * factors[1], picture[2]], for: "`\(name)`")
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let picture = operations.shape(inputs[0]).picture
    let points = operations.reshape(inputs[0], [picture[0] * picture[1], picture[2]])
    let size: Shape = [picture[0] * factors[0], picture[1] * factors[1]]
    let places = (0..<size[0]).flatMap { row in
      (0..<size[1]).map { row / factors[0] * picture[1] + $0 / factors[1] }
    }
    return operations.gather(points, at: places, size)
  }

  /// See `Layer.cost`.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    Cost(multiplications: output.count, bytes: output.count * MemoryLayout<Float>.stride)
  }
}

extension Spec where Product == any Layer {
  static var upsample: Self {
    Spec(
      "upsample", "Makes a picture larger by repeating its points.",
      .window("factor", default: 2, "How many times larger: `2`, or `2x3` for higher and wider."),
      example: """
        data digits target=inputs
        model pictures {
          layer maxpool 2
          layer upsample 2
        }
        """
    ) { factors in Upsampling(factors: factors) }
  }
}
