/// What a network makes of a batch, forwards and backwards, number by number: for whoever wants to
/// see why it learns or does not. Computed by the very code that trains.
public struct Examination: Sendable {
  /// What one layer gave and what came back to it, one row an example.
  public struct Node: Sendable {
    /// Its name.
    public var name: String
    /// Its outputs.
    public var output: Tensor
    /// The gradient of the mean loss by its outputs.
    public var gradient: Tensor
    /// The gradient by what stands before its activation; where it has none, the same as `gradient`.
    public var innerGradient: Tensor
    /// The gradients by its parameters, in their order; zeros for frozen ones.
    public var parameterGradients: [(name: String, gradient: Tensor)]
  }

  /// The mean loss, in what the network learns; `Evaluation.loss` is in the targets' own units.
  public var loss: Double
  /// What the network was given, scaled, one row an example.
  public var input: Tensor
  /// The layers in order.
  public var nodes: [Node]
  /// The gradients of all parameters, as they stand in `Network.values`.
  public var gradients: [Float]
}

extension Network {
  /// Runs a batch forwards and backwards and keeps everything.
  ///
  /// - Parameter asTraining: whether layers behave as while learning (dropout drops, the same
  ///   numbers each time; batch normalisation looks at this batch) or as in `predict`.
  /// - Throws: `EngineError.wrongInputShape`, `.outputMismatch`, `.invalid`.
  public func examine(
    _ examples: Examples, loss: any Loss, preprocessing: Preprocessing, asTraining: Bool,
    workers: Workers = .shared
  ) throws(EngineError) -> Examination {
    try Trainer(loss: loss, optimizer: GradientDescent(), preprocessing: preprocessing)
      .check(self, examples)
    let rows = examples.count
    guard rows > 0 else { throw .invalid("there are no rows to look at") }
    let largest = nodes.map(\.outputShape.count).reduce(inputShape.count, max)
    _ = try Shape(checking: [rows, largest, nodes.count], for: "what the layers give")
    let parameters = WorkingParameters(self, trains: true)
    let plan = Plan(
      self, parameters: parameters, maxRows: rows, trains: true, loss: loss,
      preprocessing: preprocessing, workers: workers, isTraining: asTraining, keepsGradients: true)
    examples.withSource { plan.run($0, order: nil, rows: rows) }
    plan.follow(nil, UpdateFactors(rate: 0))
    if let last = plan.layout.keptGradients.last { plan.unfuseGradient(into: last) }
    return examination(of: plan)
  }

  private func examination(of plan: Plan) -> Examination {
    func tensor(_ from: UnsafeMutablePointer<Float>, _ shape: Shape) -> Tensor {
      let count = plan.rows * shape.count
      return Tensor(
        shape: Shape([plan.rows] + shape.sizes),
        elements: Array(UnsafeBufferPointer(start: from, count: count)))
    }
    let gradients = plan.parameters.gradients.array
    return Examination(
      loss: plan.learntLossSum / Double(plan.rows),
      input: tensor(plan.inputs, inputShape),
      nodes: nodes.enumerated().map { index, node in
        Examination.Node(
          name: node.name, output: tensor(plan.layout.outputs[index], node.outputShape),
          gradient: tensor(plan.layout.keptGradients[index], node.outputShape),
          innerGradient: tensor(plan.layout.gradients[index], node.outputShape),
          parameterGradients: node.parameters.map { slot in
            (slot.name, Tensor(shape: slot.shape, elements: Array(gradients[slot.range])))
          })
      }, gradients: gradients)
  }
}
