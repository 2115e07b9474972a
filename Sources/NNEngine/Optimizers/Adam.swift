internal import CKernels
import Glibc

/// Adam: steps of equal size along the running mean of the gradient.
///
/// `m = b1·m + (1-b1)·g`, `v = b2·v + (1-b2)·g²`, `w -= rate · m̂ / (sqrt(v̂) + eps)` with
/// `m̂ = m / (1 - b1ᵗ)`, `v̂ = v / (1 - b2ᵗ)`, or `m̂ = m`, `v̂ = v` without bias correction.
///
/// - Shapes: `w`, `g`, `m`, `v`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Kingma and Ba, ICLR 2015.
public struct Adam: Optimizer {
  /// The word a script uses.
  public let name = "adam"
  /// Numbers kept for each weight.
  public let slotCount = 2
  /// How much of the mean gradient goes on.
  public let b1: Double
  /// How much of the mean squared gradient goes on.
  public let b2: Double
  /// Keeps the quotient finite.
  public let epsilon: Double
  /// Whether the means are corrected for having started at 0.
  public let correctsBias: Bool

  /// Makes the rule.
  public init(
    b1: Double = 0.9, b2: Double = 0.999, epsilon: Double = 1e-8, correctsBias: Bool = true
  ) {
    self.b1 = b1
    self.b2 = b2
    self.epsilon = epsilon
    self.correctsBias = correctsBias
  }

  /// See `Optimizer.identity`.
  public var identity: String { "adam b1=\(b1) b2=\(b2) eps=\(epsilon) \(correctsBias)" }

  /// See `Optimizer.factors`.
  public func factors(learningRate: Double, step: Int) -> UpdateFactors {
    guard correctsBias else { return UpdateFactors(rate: Float(learningRate)) }
    return UpdateFactors(
      rate: Float(learningRate), first: Float(1 / (1 - pow(b1, Double(step)))),
      second: Float(1 / (1 - pow(b2, Double(step)))))
  }

  /// See `Optimizer.update`; `third` is the share by which weights shrink.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    nn_adam(
      part.w, part.g, part.slots, part.slots + part.slotStride, part.count, factors.rate,
      Float(1 - b1), Float(1 - b2), Float(epsilon), factors.first, factors.second, factors.third)
  }
}

extension Spec where Product == any Optimizer {
  static var adam: Self {
    Spec(
      "adam", "Steps along the mean gradient, sized by its own spread.",
      .number("b1", 0...0.9999, default: 0.9, option: true, "How much of the mean gradient stays."),
      .number(
        "b2", 0...0.999_999, default: 0.999, option: true,
        "How much of the mean squared gradient stays."),
      .number(
        "eps", 0...1, openBelow: true, default: 1e-8, option: true, "Keeps the quotient finite."),
      .truth("bias_correction", default: true, "Correct the means for having started at 0."),
      example: "optimizer adam lr=0.01",
      formula: """
        def adam(w, g, t, lr=0.001, b1=0.9, b2=0.999, eps=1e-8) {
          state m=0 v=0
          m = b1 * m + (1 - b1) * g
          v = b2 * v + (1 - b2) * g^2
          return w - lr * m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
        }
        """
    ) { b1, b2, epsilon, corrects in
      Adam(b1: b1, b2: b2, epsilon: epsilon, correctsBias: corrects)
    }
  }
}
