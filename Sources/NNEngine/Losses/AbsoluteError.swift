internal import CKernels

/// Mean absolute error: `Σ |y - t| / outputs`, averaged over rows.
///
/// - Shapes: outputs, targets and their gradient: `[batch, outputs]`; the loss: one number a row.
/// - Gradient: `dy = sign(y - t) / outputs / rows`; the kink at 0 counts as 0.
/// - Source: Boscovich, 1757.
public struct AbsoluteError: Loss {
  /// The word a script uses.
  public let name = "mae"

  /// Makes the loss.
  public init() {}

  /// See `Loss.sum`.
  public func sum(_ rows: LossRows) -> Double {
    guard let values = rows.values else { return .nan }
    return nn_mae(rows.outputs, values, rows.gradient, rows.count, rows.width, rows.scale)
  }
}

extension Spec where Product == any Loss {
  static var mae: Self {
    Spec(
      "mae", "Mean absolute error: mean(abs(y - p)).", example: "loss mae",
      formula: "def mae(y, p) = mean(abs(y - p))"
    ) { AbsoluteError() }
  }
}
