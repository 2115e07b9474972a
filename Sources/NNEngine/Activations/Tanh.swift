internal import CKernels

/// Hyperbolic tangent, element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy · (1 - y²)`.
/// - Source: LeCun and others, Efficient BackProp, 1998.
public struct Tanh: Activation {
  /// The word a script uses.
  public let name = "tanh"

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { .symmetric }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { ($0.exp - (-$0).exp) / ($0.exp + (-$0).exp) } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_tanh(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_tanh_backward(rows.y, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var tanh: Self {
    Spec(
      "tanh", "Squeezes into -1…1: y = tanh(x).", example: "layer dense 16 tanh",
      formula: "def tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))"
    ) {
      Tanh()
    }
  }
}
