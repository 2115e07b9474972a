internal import CKernels

/// Steps divided by the root of the mean squared gradient: `v = rho·v + (1-rho)·g²`,
/// `m = momentum·m + g / (sqrt(v) + eps)`, `w -= rate · m`.
///
/// - Shapes: `w`, `g`, `v`, `m`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Hinton, lecture 6e of "Neural Networks for Machine Learning", 2012; defaults are
///   PyTorch's.
public struct RMSProp: Optimizer {
  /// The word a script uses.
  public let name = "rmsprop"
  /// The step size where none is given.
  public let defaultLearningRate = 0.01
  /// How much of the mean squared gradient goes on.
  public let rho: Double
  /// How much of the last step goes on.
  public let momentum: Double
  /// Keeps the quotient finite.
  public let epsilon: Double

  /// Makes the rule.
  public init(rho: Double = 0.99, momentum: Double = 0, epsilon: Double = 1e-8) {
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Numbers kept for each weight.
  public var slotCount: Int { momentum == 0 ? 1 : 2 }
  /// See `Optimizer.identity`.
  public var identity: String { "rmsprop rho=\(rho) momentum=\(momentum) eps=\(epsilon)" }

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    nn_rmsprop(
      part.w, part.g, part.slots, momentum == 0 ? nil : part.slots + part.slotStride, part.count,
      factors.rate, Float(1 - rho), Float(epsilon), Float(momentum))
  }
}

extension Spec where Product == any Optimizer {
  static var rmsprop: Self {
    Spec(
      "rmsprop", "Steps along the gradient, sized by the root of its recent mean square.",
      .number(
        "rho", 0...0.999_999, default: 0.99, option: true,
        "How much of the mean squared gradient stays."),
      .number(
        "momentum", 0...0.9999, default: 0, option: true, "How much of the last step goes on."),
      .number(
        "eps", 0...1, openBelow: true, default: 1e-8, option: true, "Keeps the quotient finite."),
      example: "optimizer rmsprop lr=0.005",
      formula: """
        def rmsprop(w, g, lr=0.01, rho=0.99, momentum=0, eps=1e-8) {
          state v=0 m=0
          v = rho * v + (1 - rho) * g^2
          m = momentum * m + g / (sqrt(v) + eps)
          return w - lr * m
        }
        """
    ) { rho, momentum, epsilon in RMSProp(rho: rho, momentum: momentum, epsilon: epsilon) }
  }
}
