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
  /// What the network gives for rows that come as pointers.
  private var outputs: [Float] = []

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

  // MARK: Rows in place

  /// How many numbers a row of inputs has.
  public var rowLength: Int { network.inputShape.count }

  /// How many numbers an answer has: a probability of each class, or the values.
  public var answerLength: Int {
    isOfClasses ? preprocessing.classNames.count : network.outputShape.count
  }

  /// Whether rows are the numbers themselves: no texts, dates or gaps among them.
  public var takesPlainRows: Bool { preprocessing.columns.isEmpty }

  private var isOfClasses: Bool {
    !preprocessing.classNames.isEmpty && (preprocessing.answer ?? .probabilities).isOfClasses
  }

  /// Answers rows of raw numbers that stand one after the other: with the probabilities of the classes
  /// (or their scores), or with values in the targets' own units. Once it is warm it allocates nothing,
  /// up to as many rows as are worked on at a time.
  ///
  /// - Parameters:
  ///   - inputs: `rows` · `rowLength` numbers.
  ///   - answers: room for `rows` · `answerLength` numbers.
  /// - Throws: `EngineError.invalid` where rows are no plain numbers, and for inputs or outputs that
  ///   are not finite; `.equationFault`, `.interrupted`.
  public func predict(
    _ inputs: UnsafePointer<Double>, rows: Int, into answers: UnsafeMutablePointer<Double>
  ) throws(EngineError) {
    guard takesPlainRows else {
      throw .invalid(
        "the model takes texts, dates or gaps beside numbers", help: "predict records or a table")
    }
    let (inputLength, length) = (rowLength, answerLength)
    let width = network.outputShape.count
    for first in stride(from: 0, to: rows, by: Evaluator.mostRows) {
      let count = min(Evaluator.mostRows, rows - first)
      if outputs.count < count * width {
        try Allowance.admit(4 * count * width, for: "the answers")
        outputs = [Float](repeating: 0, count: count * width)
      }
      let start = inputs + first * inputLength
      for place in 0..<count * inputLength where !start[place].isFinite {
        throw .invalid("row \(first + place / inputLength + 1) holds \(start[place])")
      }
      try outputs.withUnsafeMutableBufferPointer { outputs throws(EngineError) in
        guard let base = outputs.baseAddress else { return }
        let source = BatchSource(
          inputs: .doubles(start), classes: nil, values: nil, count: count)
        _ = try evaluator.measure(source, outputs: base)
        for row in 0..<count {
          let output = base + row * width
          guard (0..<width).allSatisfy({ output[$0].isFinite }) else {
            throw .invalid("the network gives no finite number for row \(first + row + 1)")
          }
          answer(output, into: answers + (first + row) * length)
        }
      }
    }
  }

  private func answer(_ output: UnsafePointer<Float>, into answer: UnsafeMutablePointer<Double>) {
    let row = UnsafeBufferPointer(start: output, count: network.outputShape.count)
    guard isOfClasses else {
      for (column, value) in row.enumerated() {
        answer[column] =
          preprocessing.targetScaling?.original(Double(value), column: column) ?? Double(value)
      }
      return
    }
    (preprocessing.answer ?? .probabilities).write(
      row.lazy.map { Double($0) }, classes: preprocessing.classNames.count,
      boundary: preprocessing.boundary, into: answer)
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
