internal import CKernels

/// No activation: `y = x`.
///
/// - Gradient: `dx = dy`.
public struct Linear: Activation {
  /// The word a script uses.
  public let name = "linear"

  /// Has nothing to set.
  public init() {}

  /// See `Activation.formula`.
  public var formula: Formula { Formula { $0 } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    if let bias = rows.bias {
      nn_bias(rows.x, bias, rows.y, rows.count, rows.width)
    } else if rows.x != UnsafePointer(rows.y) {
      rows.y.update(from: rows.x, count: rows.count * rows.width)
    }
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    if dy != UnsafePointer(dx) { dx.update(from: dy, count: rows.count * rows.width) }
  }
}

extension Spec where Product == any Activation {
  static var linear: Self {
    Spec(
      "linear", "Leaves its input as it is: y = x.", example: "layer dense 1 linear",
      formula: "def linear(x) = x"
    ) {
      Linear()
    }
  }
}
