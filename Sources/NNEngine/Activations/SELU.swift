internal import CKernels

/// Scaled exponential linear unit: `elu` with the two constants that keep mean 0 and deviation 1
/// from layer to layer, if weights start by `lecun` and dropout is left out.
///
/// - Shapes: `x`, `y`, `dy`, `dx`: `[batch, features]`.
/// - Gradient: `dx = scale · dy` where `y > 0`, else `dy · (y + scale · alpha)`.
/// - Source: Klambauer and others, NIPS 2017.
public struct SELU: Activation {
  /// The word a script uses.
  public let name = "selu"
  /// What its constants were worked out for.
  public var initializer: any Initializer { LeCun() }

  private static let scale: Float = 1.0507009873554804934
  /// Scale times alpha: how far below 0 it reaches.
  private static let reach: Float = 1.0507009873554804934 * 1.6732632423543772848

  /// Has nothing to set.
  public init() {}

  /// See `Activation.range`.
  public var range: OutputRange { OutputRange(-1.7581) }

  /// See `Activation.formula`.
  public var formula: Formula {
    Formula {
      let below = 1.6732632423543772 * (.min($0, 0).exp - 1)
      return 1.0507009873554805 * .choose($0.isPositive, $0, below)
    }
  }

  /// See `Activation.forward`.
  public func forward(_ rows: ActivationRows) {
    nn_bias_elu(rows.x, rows.bias, rows.y, rows.count, rows.width, SELU.reach, SELU.scale)
  }

  /// See `Activation.backward`.
  public func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    nn_elu_backward(rows.y, dy, dx, rows.count * rows.width, SELU.reach, SELU.scale)
  }
}

extension Spec where Product == any Activation {
  static var selu: Self {
    Spec(
      "selu", "Keeps mean 0 and deviation 1 from layer to layer: elu with two special constants.",
      example: "layer dense 16 selu",
      formula: """
        def selu(x) {
          let alpha = 1.6732632423543772
          let below = alpha * (exp(min(x, 0)) - 1)
          return 1.0507009873554805 * (if x > 0 then x else below)
        }
        """
    ) { SELU() }
  }
}
