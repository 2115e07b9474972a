/// Where a network stands in its training: it belongs to the model, and another `train` goes on
/// from here, so that twice five epochs are ten to the bit.
public struct TrainingState: Sendable {
  /// One epoch's figures.
  public struct Epoch: Sendable, Equatable {
    /// Counted from 1 over all trainings.
    public var number: Int
    /// The mean over the epoch's examples, in the targets' own units.
    public var loss: Double
    /// The metrics' values, in the order of the options.
    public var metrics: [Double]
    /// The loss over the validation part, where there is one.
    public var validationLoss: Double?
    /// The metrics over the validation part.
    public var validationMetrics: [Double]
    /// The step size.
    public var learningRate: Double
    /// How long the epoch took, validation included.
    public var seconds: Double
    /// Training examples a second, without validation.
    public var examplesPerSecond: Double

    /// Makes an epoch from its figures; times may be left out.
    public init(
      number: Int, loss: Double, metrics: [Double], validationLoss: Double?,
      validationMetrics: [Double], learningRate: Double, seconds: Double = 0,
      examplesPerSecond: Double = 0
    ) {
      self.number = number
      self.loss = loss
      self.metrics = metrics
      self.validationLoss = validationLoss
      self.validationMetrics = validationMetrics
      self.learningRate = learningRate
      self.seconds = seconds
      self.examplesPerSecond = examplesPerSecond
    }
  }

  /// Epochs finished.
  public internal(set) var epoch = 0
  /// Steps taken.
  public internal(set) var step = 0
  /// Every epoch so far.
  public internal(set) var history: [Epoch] = []
  var order: RandomStream
  var slots: [Float] = []
  var optimizer = ""

  /// Hands over the epochs so far and keeps the last alone, which formulas may still speak of.
  public mutating func takeHistory() -> [Epoch] {
    defer { history.removeFirst(max(0, history.count - 1)) }
    return history
  }

  /// Ready for steps of a rule: what another rule, or other layers, kept is of no use to it.
  func prepared(for rule: any Optimizer, _ network: Network) -> TrainingState {
    var state = self
    if optimizer != rule.identity || slots.count != rule.slotCount * network.parameterCount {
      state.optimizer = rule.identity
      state.slots = (0..<rule.slotCount).flatMap {
        [Float](repeating: rule.slotStart($0), count: network.parameterCount)
      }
      state.step = 0
    }
    return state
  }

  /// A training that has not begun.
  public init(seed: UInt64 = 0) {
    order = RandomStream(seed: seed, stream: .order)
  }
}
