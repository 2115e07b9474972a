internal import CKernels

/// Softplus: `y = log(1 + exp(x))`, element by element, computed as `max(x, 0) + log(1 + exp(-|x|))`.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy · (1 - exp(-y))`, which is `dy · σ(x)`.
/// - Source: Dugas and others, NIPS 2000.
public struct Softplus: Activation {
  /// The word a script uses.
  public let name = "softplus"

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { .positive }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { (1 + $0.exp).log } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_softplus(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_softplus_backward(rows.y, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var softplus: Self {
    Spec(
      "softplus", "Makes positive numbers, smoothly: y = log(1 + exp(x)).",
      example: "layer dense 16 softplus",
      formula: "def softplus(x) = log(1 + exp(x))"
    ) { Softplus() }
  }
}
