import Glibc

extension Oracle {
  /// A loss of one row and its gradient by the outputs, in 64 bits, from the formulas.
  struct LossFunction: Sendable {
    /// From outputs `y` and targets `t`.
    var value: @Sendable (_ y: [Double], _ t: [Double]) -> Double
    var gradient: @Sendable (_ y: [Double], _ t: [Double]) -> [Double]

    /// One that adds something up over the outputs.
    static func sum(
      _ value: @escaping @Sendable (_ y: Double, _ t: Double) -> Double,
      gradient: @escaping @Sendable (_ y: Double, _ t: Double) -> Double
    ) -> LossFunction {
      LossFunction { y, t in
        zip(y, t).reduce(0) { $0 + value($1.0, $1.1) }
      } gradient: { y, t in
        zip(y, t).map(gradient)
      }
    }

    /// One that is the mean over the outputs.
    static func mean(
      _ value: @escaping @Sendable (_ y: Double, _ t: Double) -> Double,
      gradient: @escaping @Sendable (_ y: Double, _ t: Double) -> Double
    ) -> LossFunction {
      let sum = sum(value, gradient: gradient)
      return LossFunction { y, t in
        sum.value(y, t) / Double(y.count)
      } gradient: { y, t in
        sum.gradient(y, t).map { $0 / Double(y.count) }
      }
    }
  }

  /// By the words of scripts.
  static let losses: [String: LossFunction] = [
    "mse": .mean({ ($0 - $1) * ($0 - $1) }, gradient: { 2 * ($0 - $1) }),
    "mae": .mean({ abs($0 - $1) }, gradient: { $0 > $1 ? 1 : -1 }),
    "huber": huber(delta: 1),
    "crossentropy": .sum({ $1 == 0 ? 0 : -$1 * log($0) }, gradient: { -$1 / $0 }),
    "binary_crossentropy": .mean(
      { -$1 * log($0) - (1 - $1) * log(1 - $0) }, gradient: { (1 - $1) / (1 - $0) - $1 / $0 }),
    "hinge": .mean(
      { max(0, 1 - side($1) * $0) }, gradient: { side($1) * $0 < 1 ? -side($1) : 0 }),
    "kl": .sum({ $1 == 0 ? 0 : $1 * log($1 / $0) }, gradient: { -$1 / $0 }),
    "poisson": .mean({ $0 - $1 * log($0) }, gradient: { 1 - $1 / $0 }),
  ]

  /// One of them; a word without an oracle gives NaN, which no comparison lets through.
  static func lossFunction(_ name: String) -> LossFunction {
    losses[name] ?? .sum({ _, _ in .nan }, gradient: { _, _ in .nan })
  }

  /// The gradient of one row's loss by the outputs.
  static func lossGradient(_ name: String, _ y: [Double], _ target: Target) -> [Double] {
    lossFunction(name).gradient(y, numbers(target, width: y.count))
  }

  /// One row's loss.
  static func loss(_ name: String, _ y: [Double], _ target: Target) -> Double {
    lossFunction(name).value(y, numbers(target, width: y.count))
  }

  static func huber(delta: Double) -> LossFunction {
    .mean(
      { abs($0 - $1) < delta ? ($0 - $1) * ($0 - $1) / 2 : delta * (abs($0 - $1) - delta / 2) },
      gradient: { min(max($0 - $1, -delta), delta) })
  }

  private static let side: @Sendable (Double) -> Double = { $0 > 0 ? 1 : -1 }
}
