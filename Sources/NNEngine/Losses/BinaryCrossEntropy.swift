internal import CKernels

/// Cross-entropy of yes-or-no outputs: `-(t log p + (1 - t) log(1 - p))`, the mean over outputs,
/// averaged over rows.
///
/// - Shapes: outputs and their gradient: `[batch, outputs]`; targets: the same, or a class number a
///   row; the loss: one number a row.
/// - Gradient: `dp = ((1 - t) / (1 - p) - t / p) / outputs / rows`; together with the logistic
///   function `dz = (p - t) / outputs / rows`.
/// - Source: Cox, Journal of the Royal Statistical Society B, 1958.
public struct BinaryCrossEntropy: Loss {
  /// The word a script uses.
  public let name = "binary_crossentropy"
  /// The activation that is computed with the loss.
  public let ownActivation: String? = "sigmoid"
  /// See `Loss.need`.
  public let need = OutputNeed.probability
  /// See `Loss.reading`.
  public let reading = TargetReading.classes
  /// See `Loss.takesSmoothing`.
  public let takesSmoothing = true

  /// Makes the loss.
  public init() {}

  /// See `Loss.sum`.
  public func sum(_ rows: LossRows) -> Double {
    guard let values = rows.values else { return .nan }
    let (y, count, width) = (rows.outputs, rows.count, rows.width)
    return rows.isFused
      ? nn_sigmoid_crossentropy(
        y, values, y, rows.gradient, count, width, rows.scale, rows.smoothing)
      : nn_binary_crossentropy(y, values, rows.gradient, count, width, rows.scale, rows.smoothing)
  }
}

extension Spec where Product == any Loss {
  static var binaryCrossentropy: Self {
    Spec(
      "binary_crossentropy", "For yes or no: -log of the probability given to the right answer.",
      example: "loss binary_crossentropy",
      formula: """
        def binary_crossentropy(y, p) {
          let yes = if y == 0 then 0 else y * log(p)
          let no = if y == 1 then 0 else (1 - y) * log(1 - p)
          return mean(-yes - no)
        }
        """
    ) { BinaryCrossEntropy() }
  }
}
