internal import CKernels

/// Leaky rectified linear unit: `y = x` where `x > 0`, else `slope · x`, element by element.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = dy` where `y > 0`, else `slope · dy`; the kink at 0 counts as the left side.
/// - Source: Maas, Hannun and Ng, ICML 2013.
public struct LeakyReLU: Activation {
  /// The word a script uses.
  public let name = "leaky_relu"
  /// What is left of a step to the left.
  public let slope: Double
  /// The left half is nearly lost, which He's spread makes up for.
  public var initializer: any Initializer { He() }

  /// See `Activation.settings`.
  public var settings: [String: Double] { ["slope": slope] }

  /// Makes the function for a slope from 0 to 1.
  public init(slope: Double = 0.01) { self.slope = slope }

  /// See `Activation.range`.
  public var range: OutputRange { slope > 0 ? .any : .nonNegative }

  /// See `Activation.formula`.
  public var formula: Formula { Formula { .choose($0.isPositive, $0, slope * $0) } }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_leaky_relu(rows.x, rows.bias, rows.y, rows.count, rows.width, Float(slope))
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_leaky_relu_backward(rows.y, dy, dx, rows.count * rows.width, Float(slope))
  }
}

extension Spec where Product == any Activation {
  static var leakyReLU: Self {
    Spec(
      "leaky_relu", "Lets a little of what is negative through: y = x above 0, slope·x below.",
      .number("slope", 0...1, default: 0.01, option: true, "The steepness below 0."),
      example: "layer dense 16 leaky_relu",
      formula: "def leaky_relu(x, slope=0.01) = if x > 0 then x else slope * x"
    ) { slope in LeakyReLU(slope: slope) }
  }
}
