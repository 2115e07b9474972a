internal import CKernels

/// Kullback-Leibler divergence between probabilities: `Σ t log(t / p)`, averaged over rows; for
/// classes the same as cross-entropy.
///
/// - Shapes: outputs and their gradient: `[batch, outputs]`; targets: the same, or a class number a
///   row; the loss: one number a row.
/// - Gradient: that of cross-entropy, `dp = -t / p / rows`.
/// - Source: Kullback and Leibler, Annals of Mathematical Statistics, 1951.
public struct KullbackLeibler: Loss {
  /// The word a script uses.
  public let name = "kl"
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
    let entropy = rows.values.map { nn_negative_entropy($0, rows.count * rows.width) } ?? 0
    return CrossEntropy().sum(rows) + entropy
  }
}

extension Spec where Product == any Loss {
  static var kl: Self {
    Spec(
      "kl", "For probabilities as targets: how far the given ones are from them.",
      example: "loss kl", formula: "def kl(y, p) = sum(if y == 0 then 0 else y * log(y / p))"
    ) { KullbackLeibler() }
  }
}
