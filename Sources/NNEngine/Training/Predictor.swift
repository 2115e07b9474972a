/// A network laid out for predictions, one after the other: buffers and a copy of the weights are
/// made once, and a single row costs what its arithmetic costs.
///
/// Serves one thread at a time.
public final class Predictor {
  private let network: Network
  private let preprocessing: Preprocessing
  private let evaluator: Evaluator
  /// Of the last answer; most have as many rows as the one before.
  private var answerShape: Shape

  /// Lays a network out.
  public init(_ network: Network, preprocessing: Preprocessing, workers: Workers = .shared) {
    self.network = network
    self.preprocessing = preprocessing
    answerShape = Shape([1] + network.outputShape.sizes)
    evaluator = Evaluator(
      network, parameters: WorkingParameters(network, trains: false), loss: nil, metrics: [],
      preprocessing: preprocessing, workers: workers)
  }

  /// Whether this is still what would be made for the network: one that has not changed since, or
  /// only in its name. Costs nothing: our copy of its array of values keeps the place from being
  /// used again.
  public func serves(_ network: Network, preprocessing: Preprocessing) -> Bool {
    guard !network.values.isEmpty, network.nodes.count == self.network.nodes.count,
      network.inputShape == self.network.inputShape
    else { return false }
    return network.values.withUnsafeBufferPointer { theirs in
      self.network.values.withUnsafeBufferPointer { $0.baseAddress == theirs.baseAddress }
    } && preprocessing == self.preprocessing
  }

  /// What the network gives for rows of raw inputs: `[rows] + outputShape`, in the targets' own
  /// units.
  ///
  /// - Throws: `EngineError.wrongInputShape`, `.equationFault`.
  public func predict(_ examples: Examples) throws(EngineError) -> Tensor {
    try network.checkInputs(examples)
    if examples.count != answerShape[0] {
      answerShape = try Shape(
        checking: [examples.count] + network.outputShape.sizes, for: "the predictions")
    }
    var result = Tensor(repeating: 0, shape: answerShape)
    try result.elements.withUnsafeMutableBufferPointer { elements throws(EngineError) in
      _ = try evaluator.measure(examples, outputs: elements.baseAddress)
    }
    return result
  }
}
