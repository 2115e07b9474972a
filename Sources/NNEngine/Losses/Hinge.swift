internal import CKernels

/// Hinge loss: `max(0, 1 - s y)` with `s` 1 for the right class and -1 for another, the mean over
/// outputs, averaged over rows.
///
/// Outputs are scores, not probabilities: one a class, or for two classes one that is above 0 for
/// the second. Numbers as targets count by their sign, 0 as -1.
///
/// - Shapes: outputs and their gradient: `[batch, outputs]`; targets: the same, or a class number a
///   row; the loss: one number a row.
/// - Gradient: `dy = -s / outputs / rows` where `s y < 1`, else 0.
/// - Source: Cortes and Vapnik, Machine Learning, 1995.
public struct Hinge: Loss {
  /// The word a script uses.
  public let name = "hinge"
  /// Scores decide between classes.
  public let need = OutputNeed.scores
  /// See `Loss.reading`.
  public let reading = TargetReading.classes
  /// 1 and -1, or 1 and 0.
  public let targetRange: ClosedRange<Float>? = -1...1

  /// Makes the loss.
  public init() {}

  /// See `Loss.sum`.
  public func sum(_ rows: LossRows) -> Double {
    guard let values = rows.values else { return .nan }
    return nn_hinge(rows.outputs, values, rows.gradient, rows.count, rows.width, rows.scale)
  }
}

extension Spec where Product == any Loss {
  static var hinge: Self {
    Spec(
      "hinge", "For classes by scores: nothing once the right one is ahead by a margin.",
      example: "loss hinge",
      formula: "def hinge(y, p) = mean(max(0, 1 - (if y > 0 then 1 else -1) * p))"
    ) { Hinge() }
  }
}
