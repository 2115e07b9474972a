internal import CKernels

/// Softmax: `y = exp(x) / Σ exp(x)` along the last axis, computed from `x - max(x)`.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = y · (dy - Σ dy · y)`.
/// - Source: Bridle, 1990.
public struct Softmax: Activation {
  /// The word a script uses.
  public let name = "softmax"

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { .distribution }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { ($0 - $0.greatest).exp / ($0 - $0.greatest).exp.sum } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_softmax(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_softmax_backward(rows.y, dy, dx, rows.count, rows.width)
  }
}

extension Spec where Product == any Activation {
  static var softmax: Self {
    Spec(
      "softmax", "Makes positive numbers that add up to 1: y = exp(x) / sum(exp(x)).",
      example: "layer dense 3 softmax",
      formula: "def softmax(x) = exp(x - max(x)) / sum(exp(x - max(x)))"
    ) {
      Softmax()
    }
  }
}
