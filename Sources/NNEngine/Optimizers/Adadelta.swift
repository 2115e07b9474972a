internal import CKernels

/// Steps as large as the recent ones, in the units of the weights: `v = rho·v + (1-rho)·g²`,
/// `d = sqrt(u + eps) / sqrt(v + eps) · g`, `u = rho·u + (1-rho)·d²`, `w -= rate · d`.
///
/// - Shapes: `w`, `g`, `v`, `u`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Zeiler, arXiv 1212.5701, 2012; defaults are PyTorch's.
public struct Adadelta: Optimizer {
  /// The word a script uses.
  public let name = "adadelta"
  /// The step size where none is given: the rule finds its own.
  public let defaultLearningRate = 1.0
  /// Numbers kept for each weight.
  public let slotCount = 2
  /// How much of the mean squares goes on.
  public let rho: Double
  /// Keeps the quotient finite, and makes the first steps.
  public let epsilon: Double

  /// Makes the rule.
  public init(rho: Double = 0.9, epsilon: Double = 1e-6) {
    self.rho = rho
    self.epsilon = epsilon
  }

  /// See `Optimizer.identity`.
  public var identity: String { "adadelta rho=\(rho) eps=\(epsilon)" }

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    nn_adadelta(
      part.w, part.g, part.slots, part.slots + part.slotStride, part.count, factors.rate,
      Float(1 - rho), Float(epsilon))
  }
}

extension Spec where Product == any Optimizer {
  static var adadelta: Self {
    Spec(
      "adadelta", "Steps sized by the recent ones: needs no rate of its own.",
      .number(
        "rho", 0...0.999_999, default: 0.9, option: true, "How much of the mean squares stays."),
      .number(
        "eps", 0...1, openBelow: true, default: 1e-6, option: true,
        "Keeps the quotient finite, and makes the first steps."),
      example: "optimizer adadelta",
      formula: """
        def adadelta(w, g, lr=1, rho=0.9, eps=1e-6) {
          state v=0 u=0
          v = rho * v + (1 - rho) * g^2
          let d = sqrt(u + eps) / sqrt(v + eps) * g
          u = rho * u + (1 - rho) * d^2
          return w - lr * d
        }
        """
    ) { rho, epsilon in Adadelta(rho: rho, epsilon: epsilon) }
  }
}
