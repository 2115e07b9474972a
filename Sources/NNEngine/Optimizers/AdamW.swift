internal import CKernels

/// Adam with decoupled decay: weights shrink by a share of the rate, whatever their gradient.
///
/// `w -= rate · (m̂ / (sqrt(v̂) + eps) + decay · w)` with `m̂` and `v̂` as in `Adam`.
///
/// - Shapes: `w`, `g`, `m`, `v`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Loshchilov and Hutter, ICLR 2019; the default decay is PyTorch's.
public struct AdamW: Optimizer {
  /// The word a script uses.
  public let name = "adamw"
  /// Numbers kept for each weight.
  public let slotCount = 2
  /// How weights move but for the decay.
  public let adam: Adam
  /// The share of a weight that a step of rate 1 takes off.
  public let decay: Double

  /// Makes the rule.
  public init(_ adam: Adam = Adam(), decay: Double = 0.01) {
    self.adam = adam
    self.decay = decay
  }

  /// See `Optimizer.identity`.
  public var identity: String { "adamw \(adam.identity) decay=\(decay)" }

  /// See `Optimizer.factors`.
  public func factors(learningRate: Double, step: Int) -> UpdateFactors {
    var factors = adam.factors(learningRate: learningRate, step: step)
    factors.third = Float(learningRate * decay)
    return factors
  }

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) { adam.update(part, factors) }
}

extension Spec where Product == any Optimizer {
  static var adamw: Self {
    Spec(
      "adamw", "Adam whose weights shrink a little at each step, decoupled from their gradient.",
      .number("b1", 0...0.9999, default: 0.9, option: true, "How much of the mean gradient stays."),
      .number(
        "b2", 0...0.999_999, default: 0.999, option: true,
        "How much of the mean squared gradient stays."),
      .number(
        "eps", 0...1, openBelow: true, default: 1e-8, option: true, "Keeps the quotient finite."),
      .number(
        "decay", 0...1, default: 0.01, option: true,
        "The share of a weight, times `lr`, that a step takes off."),
      example: "optimizer adamw lr=0.01 decay=0.1",
      formula: """
        def adamw(w, g, t, lr=0.001, b1=0.9, b2=0.999, eps=1e-8, decay=0.01) {
          state m=0 v=0
          m = b1 * m + (1 - b1) * g
          v = b2 * v + (1 - b2) * g^2
          return w - lr * (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + decay * w)
        }
        """
    ) { b1, b2, epsilon, decay in
      AdamW(Adam(b1: b1, b2: b2, epsilon: epsilon), decay: decay)
    }
  }
}
