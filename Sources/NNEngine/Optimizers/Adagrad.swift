internal import CKernels

/// Steps divided by the root of all squared gradients so far: `s += g²`,
/// `w -= rate · g / (sqrt(s) + eps)`.
///
/// - Shapes: `w`, `g`, `s`: one number for each weight; `g` is the gradient of the mean loss by `w`.
/// - Source: Duchi, Hazan and Singer, JMLR 12, 2011; defaults are PyTorch's.
public struct Adagrad: Optimizer {
  /// The word a script uses.
  public let name = "adagrad"
  /// The step size where none is given.
  public let defaultLearningRate = 0.01
  /// Numbers kept for each weight.
  public let slotCount = 1
  /// What the sums begin with.
  public let start: Double
  /// Keeps the quotient finite.
  public let epsilon: Double

  /// Makes the rule.
  public init(start: Double = 0, epsilon: Double = 1e-10) {
    self.start = start
    self.epsilon = epsilon
  }

  /// See `Optimizer.identity`.
  public var identity: String { "adagrad start=\(start) eps=\(epsilon)" }
  /// See `Optimizer.slotStart`.
  public func slotStart(_ slot: Int) -> Float { Float(start) }

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    nn_adagrad(part.w, part.g, part.slots, part.count, factors.rate, Float(epsilon))
  }
}

extension Spec where Product == any Optimizer {
  static var adagrad: Self {
    Spec(
      "adagrad", "Steps that become smaller for weights that have moved much.",
      .number(
        "start", 0...1_000_000, default: 0, option: true, "What the squares' sums begin with."),
      .number(
        "eps", 0...1, openBelow: true, default: 1e-10, option: true, "Keeps the quotient finite."),
      example: "optimizer adagrad lr=0.1",
      formula: """
        def adagrad(w, g, lr=0.01, eps=1e-10) {
          state s=0
          s = s + g^2
          return w - lr * g / (sqrt(s) + eps)
        }
        """
    ) { start, epsilon in Adagrad(start: start, epsilon: epsilon) }
  }
}
