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
      preprocessing: preprocessing.withoutTargetScaling, workers: workers)
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
  /// units, rounded to 32 bits.
  ///
  /// - Throws: `EngineError.wrongInputShape`, `.equationFault`.
  public func predict(_ examples: Examples) throws(EngineError) -> Tensor {
    var result = try learnt(examples)
    guard let scaling = preprocessing.targetScaling else { return result }
    let width = max(1, network.outputShape.count)
    for index in result.elements.indices {
      result.elements[index] = Float(
        scaling.original(Double(result.elements[index]), column: index % width))
    }
    return result
  }

  /// The same numbers, row after row, with all their digits: 32 bits cannot tell time stamps of
  /// neighbouring seconds apart.
  ///
  /// - Throws: `EngineError.wrongInputShape`, `.equationFault`.
  public func values(_ examples: Examples) throws(EngineError) -> [Double] {
    let numbers = try learnt(examples).elements
    guard let scaling = preprocessing.targetScaling else { return numbers.map(Double.init) }
    let width = max(1, network.outputShape.count)
    return numbers.enumerated().map { scaling.original(Double($1), column: $0 % width) }
  }

  /// What the network gives, as it has learnt the targets.
  private func learnt(_ examples: Examples) throws(EngineError) -> Tensor {
    try network.checkInputs(examples)
    if examples.count != answerShape[0] {
      answerShape = try Shape(
        checking: [examples.count] + network.outputShape.sizes, for: "the predictions")
    }
    var result = Tensor(repeating: 0, shape: answerShape)
    try result.elements.withUnsafeMutableBufferPointer { elements throws(EngineError) in
      _ = try evaluator.measure(examples, outputs: elements.baseAddress)
    }
    try network.checkOutputs(result)
    return result
  }
}

extension Preprocessing {
  /// The same for outputs that stay as the network gives them.
  fileprivate var withoutTargetScaling: Preprocessing {
    var result = self
    result.targetScaling = nil
    return result
  }
}
