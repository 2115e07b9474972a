/// How weights follow their gradients.
public protocol Optimizer: Sendable {
  /// The word a script uses.
  var name: String { get }
  /// The step size where none is given.
  var defaultLearningRate: Double { get }
  /// How many numbers are kept for each weight between steps.
  var slotCount: Int { get }
  /// What such a number is before the first step.
  func slotStart(_ slot: Int) -> Float
  /// Whether each step sees the whole training set.
  var usesWholeSet: Bool { get }
  /// What a step needs to know once, not for every tile; `step` counts from 1.
  func factors(learningRate: Double, step: Int) -> UpdateFactors
  /// Moves some weights.
  func update(_ part: UpdateRange, _ factors: UpdateFactors)
  /// Settings as one text: two rules with the same text go on with each other's slots.
  var identity: String { get }
}

extension Optimizer {
  /// 0.001, which suits rules that steer the length of their steps themselves.
  public var defaultLearningRate: Double { 0.001 }
  /// What is kept for each weight begins with 0.
  public func slotStart(_ slot: Int) -> Float { 0 }
  /// Learns batch by batch.
  public var usesWholeSet: Bool { false }
  /// The rate alone.
  public func factors(learningRate: Double, step: Int) -> UpdateFactors {
    UpdateFactors(rate: Float(learningRate))
  }
  /// The name alone.
  public var identity: String { name }
}

/// What all updates of one step share.
public struct UpdateFactors: Sendable {
  /// The step size.
  public var rate: Float
  /// Whatever the rule worked out for this step.
  public var first: Float
  /// See `first`.
  public var second: Float
  /// See `first`.
  public var third: Float

  /// Makes factors.
  public init(rate: Float, first: Float = 1, second: Float = 1, third: Float = 0) {
    self.rate = rate
    self.first = first
    self.second = second
    self.third = third
  }
}

/// Some weights with their gradients and slots.
public struct UpdateRange {
  /// The weights.
  public var w: UnsafeMutablePointer<Float>
  /// Their gradients.
  public var g: UnsafePointer<Float>
  /// The first slot of each weight; slot `i` stands `i * slotStride` further.
  public var slots: UnsafeMutablePointer<Float>
  /// See `slots`.
  public var slotStride: Int
  /// How many weights.
  public var count: Int
}
