internal import CKernels

/// Softsign: `y = x / (1 + |x|)`, element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy / (1 + |x|)²`.
/// - Source: Bergstra and others, 2009.
public struct Softsign: Activation {
  /// The word a script uses.
  public let name = "softsign"
  /// The output does not say enough.
  public let keepsInput = true

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { .symmetric }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { $0 / (1 + $0.magnitude) } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_softsign(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_softsign_backward(rows.x, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var softsign: Self {
    Spec(
      "softsign", "Squeezes into -1…1, slower than tanh: y = x / (1 + abs(x)).",
      example: "layer dense 16 softsign",
      formula: "def softsign(x) = x / (1 + abs(x))"
    ) { Softsign() }
  }
}
