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

  /// The mean loss, in the targets' own units.
  public var loss: Double
  /// What training makes small: the mean loss of smoothed targets and weighed rows, and the
  /// penalties. All gradients are those of this number.
  public var objective: Double
  /// What the network was given, scaled, one row an example.
  public var input: Tensor
  /// The layers in order.
  public var nodes: [Node]
  /// The gradients of all parameters, as they stand in `Network.values`.
  public var gradients: [Float]
}

extension Trainer {
  /// Runs a batch forwards and backwards as a step of the training would, and keeps everything.
  ///
  /// - Parameter asTraining: whether layers behave as while learning (dropout drops, the same
  ///   numbers each time; batch normalisation looks at this batch) or as in `predict`.
  /// - Throws: `EngineError.wrongInputShape`, `.outputMismatch`, `.invalid`.
  public func examine(
    _ network: Network, _ examples: Examples, asTraining: Bool, workers: Workers = .shared
  ) throws(EngineError) -> Examination {
    try check(network, examples)
    let rows = examples.count
    guard rows > 0 else { throw .invalid("there are no rows to look at") }
    let largest = network.nodes.map(\.outputShape.count).reduce(network.inputShape.count, max)
    _ = try Shape(checking: [rows, largest, network.nodes.count], for: "what the layers give")
    try Plan.admit(network, maxRows: rows, trains: true)
    let parameters = WorkingParameters(network, trains: true)
    let plan = try Plan(
      network, parameters: parameters, maxRows: rows, trains: true, loss: loss,
      learning: learning, preprocessing: preprocessing, workers: workers, isTraining: asTraining,
      keepsGradients: true)
    return try examples.withSource { source throws(EngineError) in
      try plan.run(source, order: nil, rows: rows)
      try plan.follow(nil, UpdateFactors(rate: 0))
      let measured = measureObjective(plan, into: plan.layout.keptGradients.last)
      return examination(of: plan, network, objective: measured)
    }
  }

  /// One step of the optimiser along gradients, from where a training stands.
  ///
  /// - Parameter gradients: of all parameters, as they stand in `Network.values`.
  /// - Returns: the parameters after it.
  public func step(
    _ network: Network, _ state: TrainingState, along gradients: [Float], rate: Double
  ) -> [Float] {
    precondition(gradients.count == network.parameterCount, "a gradient for each parameter")
    let state = state.prepared(for: optimizer, network)
    let factors = optimizer.factors(learningRate: rate, step: state.step + 1)
    var (values, slots) = (network.values, state.slots)
    values.withUnsafeMutableBufferPointer { values in
      slots.withUnsafeMutableBufferPointer { slots in
        gradients.withUnsafeBufferPointer { gradients in
          guard let w = values.baseAddress, let g = gradients.baseAddress else { return }
          for slot in network.nodes.flatMap(\.parameters)
          where !slot.isFrozen && !slot.range.isEmpty {
            let first = slot.range.lowerBound
            optimizer.update(
              UpdateRange(
                w: w + first, g: g + first, slots: slots.baseAddress.map { $0 + first } ?? w,
                slotStride: values.count, count: slot.range.count),
              factors)
          }
        }
      }
    }
    return values
  }

  /// The loss as it is learnt over the last rows of a plan, from what the network gave; writes the
  /// gradient by that, which the plan skips where a loss is taken together with an activation.
  private func measureObjective(
    _ plan: Plan, into gradient: UnsafeMutablePointer<Float>?
  ) -> Double {
    let (rows, width, batch) = (plan.rows, plan.width, plan.batch)
    let scale = batch.hasClasses ? nil : preprocessing.targetScaling?.scale
    let factors = scale.map { scale in (0..<width).map { Float(scale[scale.count == 1 ? 0 : $0]) } }
    let ownUnits =
      batch.hasClasses || !loss.seesOwnUnits
      ? nil : preprocessing.targetScaling.map { OwnUnits($0, width: width) }
    var total = 0.0
    for row in 0..<rows {
      let code = batch.hasClasses ? Int(batch.classes.start[row]) : nil
      let plain =
        code.map { code in
          width == 1 ? [Float(code)] : (0..<width).map { Float($0 == code ? 1 : 0) }
        } ?? (0..<width).map { batch.targets.start[row * width + $0] }
      if let ownUnits, let scaling = preprocessing.targetScaling {
        let own = { (values: UnsafePointer<Float>) in
          (0..<width).map { Float(scaling.original(Double(values[$0]), column: $0)) }
        }
        var outputs = own(plan.layout.lastOutput + row * width)
        let target = own(batch.targets.start + row * width)
        outputs.withUnsafeMutableBufferPointer { outputs in
          target.withUnsafeBufferPointer { target in
            guard let p = outputs.baseAddress, let y = target.baseAddress else { return }
            let one = LossRows(
              outputs: p, values: y, classes: nil, count: 1, width: width,
              gradient: gradient.map { $0 + row * width }, scale: 1 / Float(rows), isFused: false)
            total += loss.sum(one) / ownUnits.divisor
          }
        }
        if let gradient { ownUnits.bring(gradient + row * width, rows: 1) }
        continue
      }
      let target = learning.smoothed(plain.map { Double($0) }, for: loss).map { Float($0) }
      let weight = code.map { learning.weight(ofClass: $0) } ?? 1
      target.withUnsafeBufferPointer { target in
        (factors ?? []).withUnsafeBufferPointer { factors in
          var one = LossRows(
            outputs: plan.layout.lastOutput + row * width, values: target.baseAddress,
            classes: nil, count: 1, width: width, gradient: gradient.map { $0 + row * width },
            scale: Float(weight) / Float(rows), isFused: false)
          one.factors = scale == nil ? nil : factors.baseAddress
          total += weight * loss.sum(one)
        }
      }
    }
    return total / Double(rows) + penalty(plan.network)
  }

  /// What the penalties add to the loss for a network's weights.
  private func penalty(_ network: Network) -> Double {
    let weights = network.nodes.flatMap(\.parameters).filter { !$0.isFrozen && $0.role == .weights }
    return network.values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return 0 }
      return weights.reduce(0) { sum, slot in
        learning.penalties.reduce(sum) {
          $0 + $1.value(start + slot.range.lowerBound, count: slot.range.count)
        }
      }
    }
  }

  private func examination(of plan: Plan, _ network: Network, objective: Double) -> Examination {
    func tensor(_ from: UnsafeMutablePointer<Float>, _ shape: Shape) -> Tensor {
      let count = plan.rows * shape.count
      return Tensor(
        shape: Shape([plan.rows] + shape.sizes),
        elements: Array(UnsafeBufferPointer(start: from, count: count)))
    }
    let gradients = plan.parameters.gradients.array
    return Examination(
      loss: plan.lossSum / Double(plan.rows), objective: objective,
      input: tensor(plan.inputs, network.inputShape),
      nodes: network.nodes.enumerated().map { index, node in
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
