internal import CKernels

/// Cross-entropy between classes and probabilities: `-Σ t log p`, averaged over rows.
///
/// - Shapes: outputs and their gradient: `[batch, outputs]`; targets: the same, or a class number a
///   row; the loss: one number a row.
/// - Gradient: `dp = -t / p / rows`; together with softmax `dz = (p Σt - t) / rows`.
/// - Source: Bridle, 1990.
public struct CrossEntropy: Loss {
  /// The word a script uses.
  public let name = "crossentropy"
  /// The activation that is computed with the loss.
  public let ownActivation: String? = "softmax"
  /// See `Loss.need`.
  public let need = OutputNeed.distribution
  /// See `Loss.reading`.
  public let reading = TargetReading.classes
  /// Class numbers as they are.
  public let takesClasses = true
  /// See `Loss.takesSmoothing`.
  public let takesSmoothing = true

  /// Makes the loss.
  public init() {}

  /// See `Loss.sum`.
  public func sum(_ rows: LossRows) -> Double {
    let (y, count, width) = (rows.outputs, rows.count, rows.width)
    if let classes = rows.classes {
      return rows.isFused
        ? nn_softmax_crossentropy_classes(
          y, classes, y, rows.gradient, count, width, rows.scale, rows.smoothing)
        : nn_crossentropy_classes(
          y, classes, rows.gradient, count, width, rows.scale, rows.smoothing)
    }
    guard let values = rows.values else { return .nan }
    return rows.isFused
      ? nn_softmax_crossentropy_values(
        y, values, y, rows.gradient, count, width, rows.scale, rows.smoothing)
      : nn_crossentropy_values(y, values, rows.gradient, count, width, rows.scale, rows.smoothing)
  }
}

extension Spec where Product == any Loss {
  static var crossentropy: Self {
    Spec(
      "crossentropy", "For classes: -log of the probability given to the right one.",
      example: "loss crossentropy",
      formula: "def crossentropy(y, p) = -sum(if y == 0 then 0 else y * log(p))"
    ) { CrossEntropy() }
  }
}
