internal import CKernels

/// Gradient descent batch by batch: `v = momentum · v + g`, `w -= rate · v`; with Nesterov's look
/// ahead `w -= rate · (g + momentum · v)`.
///
/// - Shapes: `w`, `g`, `v`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Sutskever and others, ICML 2013, in the form whose velocity does not contain the rate.
public struct StochasticGradientDescent: Optimizer {
  /// The word a script uses.
  public let name = "sgd"
  /// The step size where none is given.
  public let defaultLearningRate = 0.01
  /// How much of the last step goes on.
  public let momentum: Double
  /// Whether the gradient counts as if the step had been taken.
  public let nesterov: Bool

  /// Makes the rule.
  public init(momentum: Double = 0, nesterov: Bool = false) {
    self.momentum = momentum
    self.nesterov = nesterov
  }

  /// Numbers kept for each weight.
  public var slotCount: Int { momentum == 0 ? 0 : 1 }
  /// See `Optimizer.identity`.
  public var identity: String { "sgd momentum=\(momentum) nesterov=\(nesterov)" }

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    if momentum == 0 {
      nn_sgd(part.w, part.g, part.count, factors.rate)
    } else {
      nn_momentum(
        part.w, part.g, part.slots, part.count, factors.rate, Float(momentum), nesterov)
    }
  }
}

extension Spec where Product == any Optimizer {
  static var sgd: Self {
    Spec(
      "sgd", "Gradient descent, batch by batch.",
      .number(
        "momentum", 0...0.9999, default: 0, option: true, "How much of the last step goes on."),
      .truth("nesterov", default: false, "Look ahead along the momentum."),
      example: "optimizer sgd momentum=0.9",
      formula: """
        def sgd(w, g, lr=0.01, momentum=0) {
          state v=0
          v = momentum * v + g
          return w - lr * v
        }
        """
    ) { momentum, nesterov in
      StochasticGradientDescent(momentum: momentum, nesterov: nesterov)
    }
  }
}
