internal import CKernels

/// Gaussian error linear unit: `y = x · Φ(x)` with the normal distribution `Φ` (by `erf`, not the
/// approximation by `tanh`), element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy · (Φ(x) + x · φ(x))`.
/// - Source: Hendrycks and Gimpel, 2016.
public struct GELU: Activation {
  /// The word a script uses.
  public let name = "gelu"
  /// The left half is nearly lost, which He's spread makes up for.
  public var initializer: any Initializer { He() }
  /// The output does not say enough.
  public let keepsInput = true

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { OutputRange(-0.17) }

  /// See `Activation.formula`.
  public var formula: Formula {
    Formula { $0 * 0.5 * (1 + ($0 / Formula.Part(2.0.squareRoot())).erf) }
  }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_gelu(rows.x, rows.bias, rows.y, rows.count, rows.width)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_gelu_backward(rows.x, dy, dx, rows.count * rows.width)
  }
}

extension Spec where Product == any Activation {
  static var gelu: Self {
    Spec(
      "gelu",
      "Weighs x by how likely a normal number is below it: y = x·(1 + erf(x / sqrt(2))) / 2.",
      example: "layer dense 16 gelu",
      formula: "def gelu(x) = x * 0.5 * (1 + erf(x / sqrt(2)))"
    ) { GELU() }
  }
}
