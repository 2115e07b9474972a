internal import CKernels

/// Exponential linear unit: `y = x` where `x > 0`, else `alpha · (exp(x) - 1)`, element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy` where `y > 0`, else `dy · (y + alpha)`.
/// - Source: Clevert, Unterthiner and Hochreiter, ICLR 2016.
public struct ELU: Activation {
  /// The word a script uses.
  public let name = "elu"
  /// How far below 0 it reaches.
  public let alpha: Double
  /// The left half is nearly lost, which He's spread makes up for.
  public var initializer: any Initializer { He() }

  /// See `Activation.settings`.
  public var settings: [String: Double] { ["alpha": alpha] }

  /// Makes the function.
  public init(alpha: Double = 1) { self.alpha = alpha }

  /// See `Activation.range`.
  public var range: OutputRange { OutputRange(-alpha) }

  /// See `Activation.formula`.
  public var formula: Formula {
    Formula { .choose($0.isPositive, $0, alpha * (.min($0, 0).exp - 1)) }
  }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_elu(rows.x, rows.bias, rows.y, rows.count, rows.width, Float(alpha), 1)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_elu_backward(rows.y, dy, dx, rows.count * rows.width, Float(alpha), 1)
  }
}

extension Spec where Product == any Activation {
  static var elu: Self {
    Spec(
      "elu", "Bends smoothly towards -alpha: y = x above 0, alpha·(exp(x) - 1) below.",
      .number(
        "alpha", 0...100, openBelow: true, default: 1, option: true, "How far below 0 it reaches."),
      example: "layer dense 16 elu",
      formula: "def elu(x, alpha=1) = if x > 0 then x else alpha * (exp(min(x, 0)) - 1)"
    ) { alpha in ELU(alpha: alpha) }
  }
}
