internal import CKernels

/// Resilient propagation: each weight has a step size of its own that grows while its gradient
/// keeps its sign and shrinks when that turns; how large the gradient is does not count.
///
/// A step size is kept as a multiple of the rate, which is the size all begin with: so a schedule
/// moves all of them together. After a turn a weight rests for one step.
///
/// - Shapes: `w`, its gradient `g`, its step size and its last gradient: one number for each weight.
/// - Source: Riedmiller and Braun, ICNN 1993, in the form of Igel and Hüsken (iRprop⁻, 2000);
///   defaults are PyTorch's.
public struct RProp: Optimizer {
  /// The word a script uses.
  public let name = "rprop"
  /// The step size where none is given.
  public let defaultLearningRate = 0.01
  /// Numbers kept for each weight: the last sign and the step size.
  public let slotCount = 2
  /// Signs of gradients over some rows alone turn all the time.
  public let usesWholeSet = true
  /// The factor after a turn.
  public let shrink: Double
  /// The factor after the same sign.
  public let grow: Double
  /// The least step.
  public let least: Double
  /// The greatest step.
  public let greatest: Double

  /// Makes the rule.
  public init(
    shrink: Double = 0.5, grow: Double = 1.2, least: Double = 1e-6, greatest: Double = 50
  ) {
    self.shrink = shrink
    self.grow = grow
    self.least = least
    self.greatest = greatest
  }

  /// See `Optimizer.identity`.
  public var identity: String {
    "rprop shrink=\(shrink) grow=\(grow) least=\(least) greatest=\(greatest)"
  }

  /// See `Optimizer.slotStart`.
  public func slotStart(_ slot: Int) -> Float { slot == 0 ? 0 : 1 }

  /// See `Optimizer.factors`.
  public func factors(learningRate: Double, step: Int) -> UpdateFactors {
    UpdateFactors(
      rate: Float(learningRate), first: Float(least / learningRate),
      second: Float(greatest / learningRate))
  }

  /// See `Optimizer.update`.
  public func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    nn_rprop(
      part.w, part.g, part.slots, part.slots + part.slotStride, part.count, factors.rate,
      Float(shrink), Float(grow), factors.first, factors.second)
  }
}

extension Spec where Product == any Optimizer {
  static var rprop: Self {
    Spec(
      "rprop", "A step size for each weight, by the gradient's sign; the whole set a step.",
      .number("shrink", 0.001...0.999, default: 0.5, option: true, "The factor after a turn."),
      .number("grow", 1.001...10, default: 1.2, option: true, "The factor after the same sign."),
      .number(
        "least", 0...1_000_000, openBelow: true, default: 1e-6, option: true, "The least step."),
      .number(
        "greatest", 0...1_000_000, openBelow: true, default: 50, option: true,
        "The greatest step."),
      example: "optimizer rprop",
      formula: """
        def rprop(w, g, lr=0.01, shrink=0.5, grow=1.2, least=1e-6, greatest=50) {
          state last=0 size=1
          let turn = sign(g) * last
          let factor = if turn > 0 then grow else if turn < 0 then shrink else 1
          size = min(max(size * factor, least / lr), greatest / lr)
          last = if turn < 0 then 0 else sign(g)
          return w - lr * size * last
        }
        """
    ) { shrink, grow, least, greatest in
      RProp(shrink: shrink, grow: grow, least: least, greatest: greatest)
    }
  }
}
