internal import CKernels

/// Sigmoid linear unit, also called swish: `y = x · σ(x)`, element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy · (σ(x) + x · σ(x) · (1 - σ(x)))`.
/// - Source: Elfwing, Uchibe and Doya, 2017.
public struct SiLU: Activation {
  /// The word a script uses.
  public let name = "silu"
  /// The left half is nearly lost, which He's spread makes up for.
  public var initializer: any Initializer { He() }
  /// The output does not say enough.
  public let keepsInput = true

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { OutputRange(-0.28) }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { $0 * $0.sigmoid } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_silu(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_silu_backward(rows.x, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var silu: Self {
    Spec(
      "silu", "A smooth relu, also called swish: y = x·sigmoid(x).",
      example: "layer dense 16 silu",
      formula: "def silu(x) = x * sigmoid(x)"
    ) { SiLU() }
  }
}
