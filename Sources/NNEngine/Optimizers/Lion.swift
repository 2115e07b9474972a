internal import CKernels

/// Steps of one size along the sign of the gradient's mean:
/// `w -= rate · (sign(b1·m + (1-b1)·g) + decay·w)`, then `m = b2·m + (1-b2)·g`.
///
/// - Shapes: `w`, `g`, `m`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Chen and others, NeurIPS 2023, defaults included. Its rate wants to be three to ten
///   times smaller than Adam's.
public struct Lion: Optimizer {
  /// The word a script uses.
  public let name = "lion"
  /// The step size where none is given.
  public let defaultLearningRate = 0.0001
  /// Numbers kept for each weight.
  public let slotCount = 1
  /// How much of the mean counts in a step.
  public let b1: Double
  /// How much of the mean goes on.
  public let b2: Double
  /// The share of a weight that a step of rate 1 takes off.
  public let decay: Double

  /// Makes the rule.
  public init(b1: Double = 0.9, b2: Double = 0.99, decay: Double = 0) {
    self.b1 = b1
    self.b2 = b2
    self.decay = decay
  }

  /// See `Optimizer.identity`.
  public var identity: String { "lion b1=\(b1) b2=\(b2) decay=\(decay)" }

  /// See `Optimizer.factors`.
  public func factors(learningRate: Double, step: Int) -> UpdateFactors {
    UpdateFactors(rate: Float(learningRate), first: Float(learningRate * decay))
  }

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    nn_lion(
      part.w, part.g, part.slots, part.count, factors.rate, Float(1 - b1), Float(1 - b2),
      factors.first)
  }
}

extension Spec where Product == any Optimizer {
  static var lion: Self {
    Spec(
      "lion", "Steps of one size along the sign of the mean gradient.",
      .number(
        "b1", 0...0.9999, default: 0.9, option: true, "How much of the mean counts in a step."),
      .number("b2", 0...0.999_999, default: 0.99, option: true, "How much of the mean stays."),
      .number(
        "decay", 0...1, default: 0, option: true,
        "The share of a weight, times `lr`, that a step takes off."),
      example: "optimizer lion lr=0.001",
      formula: """
        def lion(w, g, lr=0.0001, b1=0.9, b2=0.99, decay=0) {
          state m=0
          let step = sign(b1 * m + (1 - b1) * g)
          m = b2 * m + (1 - b2) * g
          return w - lr * (step + decay * w)
        }
        """
    ) { b1, b2, decay in Lion(b1: b1, b2: b2, decay: decay) }
  }
}
