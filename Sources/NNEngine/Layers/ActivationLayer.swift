/// An activation as a layer of its own: `y = f(x)`.
///
/// - Shapes: `x`, `y`: `[batch, …]`; functions of a whole vector run along the last axis.
/// - Gradient: `dx = dy · f′(x)`, as the function says.
public struct ActivationLayer: Layer {
  /// The word a script uses.
  public let kind = "activation"
  /// The function.
  public let function: any Activation

  /// Makes the layer for a function.
  public init(_ function: any Activation) { self.function = function }

  /// The function, for a loss that belongs to it.
  public var activation: (any Activation)? { function }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    inputs[0]
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass {
    ActivationPass(function, site)
  }
}

/// `[rows, …]` seen as vectors along the last axis.
private final class ActivationPass: LayerPass {
  private let function: any Activation
  private let site: LayerSite
  private let size: Int
  private let width: Int

  init(_ function: any Activation, _ site: LayerSite) {
    self.function = site.leavesActivationToLoss ? Linear() : function
    self.site = site
    size = site.inputShape.count
    width = max(1, site.inputShape.sizes.last ?? 1)
  }

  private func part(_ rows: Range<Int>) -> ActivationRows {
    let first = rows.lowerBound * size
    return ActivationRows(
      x: UnsafePointer(site.x + first), bias: nil, y: site.y + first,
      count: rows.count * size / width, width: width)
  }

  func forward(_ work: RowWork) { function.forward(part(work.rows)) }

  func backward(_ work: RowWork) {
    guard let dx = site.dx, let dy = site.dy else { return }
    let first = work.rows.lowerBound * size
    function.backward(part(work.rows), dy: dy + first, dx: dx + first)
  }

  func fault(rows: Range<Int>) -> EquationFault? {
    var fault = function.fault(part(rows))
    // Of several vectors a row.
    fault?.row /= size / width
    return fault
  }
}

extension Spec where Product == any Layer {
  static var activation: Self {
    Spec(
      "activation", "Applies a function to each output of the layer before.",
      .activation("function", default: Linear(), "The function."),
      example: "layer dense 16\nlayer activation tanh"
    ) { function in ActivationLayer(function) }
  }
}
