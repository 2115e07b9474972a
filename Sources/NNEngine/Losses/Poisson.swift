internal import CKernels

/// Poisson loss of counts: `p - t log p`, the mean over outputs, averaged over rows; what the
/// counts alone would add (`log t!`) is left out.
///
/// The outputs are rates above 0: a last layer without activation gets softplus, computed together
/// with the loss where counts are not scaled. Counts of files are divided by their deviation for the
/// network, never shifted, and the loss sees both as they are (`OwnUnits`).
///
/// - Shapes: outputs, targets and their gradient: `[batch, outputs]`; the loss: one number a row.
/// - Gradient: `dp = (1 - t / p) / outputs / rows`.
/// - Source: Nelder and Wedderburn, Journal of the Royal Statistical Society, 1972.
public struct Poisson: Loss {
  /// The word a script uses.
  public let name = "poisson"
  /// The activation that is computed with the loss.
  public let ownActivation: String? = "softplus"
  /// Rates.
  public let need = OutputNeed.positive
  /// Counts.
  public let targetRange: ClosedRange<Float>? = 0...Float.greatestFiniteMagnitude
  /// Counts are no distances from a mean: rates and counts are compared as they are.
  public let seesOwnUnits = true

  /// Makes the loss.
  public init() {}

  /// See `Loss.sum`.
  public func sum(_ rows: LossRows) -> Double {
    guard let values = rows.values else { return .nan }
    let (y, count, width) = (rows.outputs, rows.count, rows.width)
    return rows.isFused
      ? nn_softplus_poisson(y, values, y, rows.gradient, count, width, rows.scale)
      : nn_poisson(y, values, rows.gradient, count, width, rows.scale)
  }
}

extension Spec where Product == any Loss {
  static var poisson: Self {
    Spec(
      "poisson", "For counts: p - y log(p), with p the expected count.",
      example: "loss poisson",
      formula: "def poisson(y, p) = mean(p - (if y == 0 then 0 else y * log(p)))"
    ) { Poisson() }
  }
}
