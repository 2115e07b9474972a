internal import CKernels

/// Gradient descent over the whole training set at a time: `w -= rate · g`.
///
/// - Shapes: `w`, `g`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Cauchy, Comptes Rendus, 1847.
public struct GradientDescent: Optimizer {
  /// The word a script uses.
  public let name = "gd"
  /// The step size where none is given.
  public let defaultLearningRate = 0.01
  /// Numbers kept for each weight.
  public let slotCount = 0
  /// Each step sees all rows.
  public let usesWholeSet = true

  /// Makes the rule.
  public init() {}

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    nn_sgd(part.w, part.g, part.count, factors.rate)
  }
}

extension Spec where Product == any Optimizer {
  static var gd: Self {
    Spec(
      "gd", "Gradient descent, the whole training set a step.", example: "optimizer gd",
      formula: "def gd(w, g, lr=0.01) = w - lr * g"
    ) {
      GradientDescent()
    }
  }
}
