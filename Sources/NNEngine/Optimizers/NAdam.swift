internal import CKernels
import Glibc

/// Adam with Nesterov's look ahead along the mean gradient.
///
/// With `μₜ = b1 · (1 - 0.5 · 0.96^(0.004 t))` and `Πₜ = μ₁ … μₜ`:
/// `w -= rate · ((1 - μₜ) g / (1 - Πₜ) + μₜ₊₁ m / (1 - Πₜ₊₁)) / (sqrt(v / (1 - b2ᵗ)) + eps)`.
///
/// - Shapes: `w`, `g`, `m`, `v`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Dozat, ICLR 2016 workshop; constants and defaults are PyTorch's.
public struct NAdam: Optimizer {
  /// The word a script uses.
  public let name = "nadam"
  /// The step size where none is given.
  public let defaultLearningRate = 0.002
  /// Numbers kept for each weight.
  public let slotCount = 2
  /// How much of the mean gradient goes on.
  public let b1: Double
  /// How much of the mean squared gradient goes on.
  public let b2: Double
  /// Keeps the quotient finite.
  public let epsilon: Double

  /// Makes the rule.
  public init(b1: Double = 0.9, b2: Double = 0.999, epsilon: Double = 1e-8) {
    self.b1 = b1
    self.b2 = b2
    self.epsilon = epsilon
  }

  /// See `Optimizer.identity`.
  public var identity: String { "nadam b1=\(b1) b2=\(b2) eps=\(epsilon)" }

  private func momentum(_ step: Int) -> Double { b1 * (1 - 0.5 * pow(0.96, 0.004 * Double(step))) }

  /// See `Optimizer.factors`.
  public func factors(learningRate: Double, step: Int) -> UpdateFactors {
    // The product halves with each factor at first: after some sixty it is lost beside 1, so
    // working it out anew costs little and needs no memory.
    var product = 1.0
    for earlier in 1...max(1, step) where product > 1e-20 { product *= momentum(earlier) }
    let next = momentum(step + 1)
    return UpdateFactors(
      rate: Float(learningRate * (1 - momentum(step)) / (1 - product)),
      first: Float(learningRate * next / (1 - product * next)),
      second: Float(1 / (1 - pow(b2, Double(step)))))
  }

  /// See `Optimizer.update`; the two rates are those of the gradient and of its mean.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    nn_nadam(
      part.w, part.g, part.slots, part.slots + part.slotStride, part.count, factors.rate,
      factors.first, Float(1 - b1), Float(1 - b2), Float(epsilon), factors.second)
  }
}

extension Spec where Product == any Optimizer {
  static var nadam: Self {
    Spec(
      "nadam", "Adam that looks ahead along its mean gradient.",
      .number("b1", 0...0.9999, default: 0.9, option: true, "How much of the mean gradient stays."),
      .number(
        "b2", 0...0.999_999, default: 0.999, option: true,
        "How much of the mean squared gradient stays."),
      .number(
        "eps", 0...1, openBelow: true, default: 1e-8, option: true, "Keeps the quotient finite."),
      example: "optimizer nadam",
      formula: """
        def nadam(w, g, t, lr=0.002, b1=0.9, b2=0.999, eps=1e-8) {
          state m=0 v=0 product=1
          let now = b1 * (1 - 0.5 * 0.96^(0.004 * t))
          let next = b1 * (1 - 0.5 * 0.96^(0.004 * (t + 1)))
          product = product * now
          m = b1 * m + (1 - b1) * g
          v = b2 * v + (1 - b2) * g^2
          let ahead = (1 - now) * g / (1 - product) + next * m / (1 - product * next)
          return w - lr * ahead / (sqrt(v / (1 - b2^t)) + eps)
        }
        """
    ) { b1, b2, epsilon in NAdam(b1: b1, b2: b2, epsilon: epsilon) }
  }
}
