internal import CKernels

/// The logistic function in three straight pieces: `y = min(max(x / 6 + 1/2, 0), 1)`, element by
/// element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy / 6` where `0 < y < 1`, else 0.
/// - Source: Courbariaux, Bengio and David, NIPS 2015, with the slope that is usual by now.
public struct HardSigmoid: Activation {
  /// The word a script uses.
  public let name = "hard_sigmoid"

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { .probability }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { .min(.max($0 / 6 + 0.5, 0), 1) } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_hard_sigmoid(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_hard_sigmoid_backward(rows.y, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var hardSigmoid: Self {
    Spec(
      "hard_sigmoid", "A sigmoid of straight pieces: y = x/6 + 0.5, kept in 0…1.",
      example: "layer dense 16 hard_sigmoid",
      formula: "def hard_sigmoid(x) = min(max(x / 6 + 0.5, 0), 1)"
    ) { HardSigmoid() }
  }
}
