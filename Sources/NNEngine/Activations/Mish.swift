internal import CKernels

/// Mish: `y = x · tanh(softplus(x))`, element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy · (tanh(s) + x · (1 - tanh²(s)) · σ(x))` with `s = softplus(x)`.
/// - Source: Misra, BMVC 2020.
public struct Mish: Activation {
  /// The word a script uses.
  public let name = "mish"
  /// The left half is nearly lost, which He's spread makes up for.
  public var initializer: any Initializer { He() }
  /// The output does not say enough.
  public let keepsInput = true

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { OutputRange(-0.31) }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { $0 * $0.softplus.tanh } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_mish(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_mish_backward(rows.x, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var mish: Self {
    Spec(
      "mish", "A smooth relu that dips a little below 0: y = x·tanh(softplus(x)).",
      example: "layer dense 16 mish",
      formula: "def mish(x) = x * tanh(softplus(x))"
    ) { Mish() }
  }
}
