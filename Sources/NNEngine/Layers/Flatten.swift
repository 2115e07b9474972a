/// Puts all axes of an example into one: `28x28x1` becomes 784.
///
/// - Shapes: `x`: `[batch, …]`, `y`: `[batch, values]`.
/// - Gradient: `dx = dy`, the same numbers in the axes of `x`.
public struct Flatten: Layer {
  /// The word a script uses.
  public let kind = "flatten"

  /// Makes the layer.
  public init() {}

  /// See `Layer.passing`.
  public var passing: LayerPassing? { .shapes }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    [input.count]
  }

  /// See `Layer.sharesInput`.
  public func sharesInput(training: Bool) -> Bool { true }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    operations.reshape(inputs[0], [operations.shape(inputs[0]).count])
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass { SharedPass() }
}

/// Rows are stored one after the other whatever their shape, so there is nothing to do.
final class SharedPass: LayerPass {
  func forward(_ work: RowWork) {}
  func backward(_ work: RowWork) {}
}

extension Spec where Product == any Layer {
  static var flatten: Self {
    Spec(
      "flatten", "Puts all axes of an example into one.",
      example: "layer flatten\nlayer dense 16 relu"
    ) { Flatten() }
  }
}
