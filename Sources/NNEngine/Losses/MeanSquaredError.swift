internal import CKernels

/// Mean squared error: `Σ (y - t)² / outputs`, averaged over rows.
///
/// - Shapes: outputs, targets and their gradient: `[batch, outputs]`; the loss: one number a row.
/// - Gradient: `dy = 2 (y - t) / outputs / rows`.
/// - Source: Legendre, 1805; Gauss, 1809.
public struct MeanSquaredError: Loss {
  /// The word a script uses.
  public let name = "mse"

  /// Makes the loss.
  public init() {}

  /// See `Loss.sum`.
  public func sum(_ rows: LossRows) -> Double {
    guard let values = rows.values else { return .nan }
    return nn_mse(rows.outputs, values, rows.gradient, rows.count, rows.width, rows.scale)
  }
}

extension Spec where Product == any Loss {
  static var mse: Self {
    Spec(
      "mse", "Mean squared error: mean((y - p)^2).", example: "loss mse",
      formula: "def mse(y, p) = mean((y - p)^2)"
    ) { MeanSquaredError() }
  }
}
