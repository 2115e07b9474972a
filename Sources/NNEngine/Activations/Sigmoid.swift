internal import CKernels

/// Logistic function: `y = 1 / (1 + exp(-x))`, element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy · y · (1 - y)`.
/// - Source: Verhulst, 1845.
public struct Sigmoid: Activation {
  /// The word a script uses.
  public let name = "sigmoid"

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { OutputRange(0, 1, excludesLowest: true) }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { 1 / (1 + (-$0).exp) } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_sigmoid(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_sigmoid_backward(rows.y, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var sigmoid: Self {
    Spec(
      "sigmoid", "Squeezes into 0…1: y = 1 / (1 + exp(-x)).", example: "layer dense 16 sigmoid",
      formula: "def sigmoid(x) = 1 / (1 + exp(-x))"
    ) {
      Sigmoid()
    }
  }
}
