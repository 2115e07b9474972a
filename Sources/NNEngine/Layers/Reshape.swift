/// Gives an example's numbers other axes: 784 become `28x28x1`.
///
/// - Shapes: `x`: `[batch, …]`, `y`: `[batch] + size`, as many numbers.
/// - Gradient: `dx = dy`, the same numbers in the axes of `x`.
public struct Reshape: Layer {
  /// The word a script uses.
  public let kind = "reshape"
  /// The shape behind it.
  public let size: Shape

  /// Makes the layer.
  public init(_ size: Shape) { self.size = size }

  /// See `Layer.passing`.
  public var passing: LayerPassing? { .shapes }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    guard input.count == size.count else {
      throw .wrongInputShape(
        layer: name, expected: "\(size.count) values for its \(size)", found: input)
    }
    return size
  }

  /// See `Layer.sharesInput`.
  public func sharesInput(training: Bool) -> Bool { true }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    operations.reshape(inputs[0], size)
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass { SharedPass() }
}

extension Spec where Product == any Layer {
  static var reshape: Self {
    Spec(
      "reshape", "Gives the values of an example other axes.",
      Parameter<Shape>("size", .size(maxRank: 4), "Such as `28x28x1`; as many values as before.") {
        guard case .size(let sizes) = $0 else { return [1] }
        return try Shape(checking: sizes, for: "`reshape`")
      },
      example: "layer dense 8 relu\nlayer reshape 2x4\nlayer flatten"
    ) { size in Reshape(size) }
  }
}
