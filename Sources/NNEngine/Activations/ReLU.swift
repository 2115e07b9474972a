internal import CKernels

/// Rectified linear unit: `y = max(0, x)`, element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy` where `y > 0`, else 0; the kink at 0 counts as 0.
/// - Source: Nair and Hinton, ICML 2010.
public struct ReLU: Activation {
  /// The word a script uses.
  public let name = "relu"
  /// Half of the outputs are 0, which He's spread makes up for.
  public var initializer: any Initializer { He() }

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { .nonNegative }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { .max(0, $0) } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_relu(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_relu_backward(rows.y, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var relu: Self {
    Spec(
      "relu", "Keeps what is positive: y = max(0, x).", example: "layer dense 16 relu",
      formula: "def relu(x) = max(0, x)"
    ) {
      ReLU()
    }
  }
}
