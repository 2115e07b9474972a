internal import CKernels

/// Huber's loss: `(y - t)² / 2` up to a distance of `delta`, `delta · (|y - t| - delta / 2)` beyond,
/// the mean over outputs, averaged over rows.
///
/// The distance is in the targets' own units, also where the training scales them.
///
/// - Shapes: outputs, targets and their gradient: `[batch, outputs]`; the loss: one number a row.
/// - Gradient: `dy = (y - t) / outputs / rows`, kept within `±delta / outputs / rows`.
/// - Source: Huber, Annals of Mathematical Statistics, 1964.
public struct Huber: Loss {
  /// The word a script uses.
  public let name = "huber"
  /// The distance from which errors count straight.
  public let delta: Double

  /// See `Loss.settings`.
  public var settings: [String: Double] { ["delta": delta] }

  /// Makes the loss.
  public init(delta: Double = 1) { self.delta = delta }

  /// See `Loss.sum`.
  public func sum(_ rows: LossRows) -> Double {
    guard let values = rows.values else { return .nan }
    return nn_huber(
      rows.outputs, values, rows.gradient, rows.count, rows.width, rows.scale, Float(delta),
      rows.factors)
  }
}

extension Spec where Product == any Loss {
  static var huber: Self {
    Spec(
      "huber", "Squared for small errors, straight for large ones, which then pull less.",
      .number(
        "delta", 0...1e30, openBelow: true, default: 1, option: true,
        "The error from which it is straight, in the target's own units."),
      example: "loss huber delta=0.5",
      formula: """
        def huber(y, p, delta=1) {
          let e = abs(y - p)
          return mean(if e < delta then 0.5 * e^2 else delta * (e - 0.5 * delta))
        }
        """
    ) { delta in Huber(delta: delta) }
  }
}
