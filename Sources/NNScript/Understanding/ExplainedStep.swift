import NNEngine

/// One sample's forward pass, loss, backward pass and update, as numbers.
struct ExplainedStep {
  let network: Network
  let sample: LearningSample
  let trace: Trace
  let trainer: Trainer
  let rate: Double
  /// All parameters before and after the update.
  let before: [Double]
  let after: [Double]
  let newLoss: Double
  /// What training makes small, after the update.
  let newObjective: Double
  /// Whether the update was worked out in 64 bits.
  let isUpdateExact: Bool
  /// How the layers are told; `nil` for one of which not all numbers are there.
  let layers: [LayerSpelling?]
  let activations: [ExactActivation?]
  /// The penalties, where the way is worked out in 64 bits.
  let penalties: [ExactPenalty]
  /// What they add to the loss.
  let penalty: Double
  /// Whether loss and last activation are taken together.
  let isJoint: Bool

  var loss: any Loss { trainer.loss }
  var rule: any Optimizer { trainer.optimizer }
  /// Names of the classes; empty where the targets are numbers.
  var classes: [String] { trainer.preprocessing.classNames }

  init(
    _ network: Network, _ sample: LearningSample, _ trainer: Trainer, _ state: TrainingState,
    rate: Double, _ session: Session
  ) throws {
    self.network = network
    self.sample = sample
    self.rate = rate
    self.trainer = trainer
    let engine = try trainer.examine(
      network, sample.examples, asTraining: false, workers: session.workers)
    let attempt = try Self.exactly(network, sample, trainer, session, engine)
    trace = attempt.trace
    layers = network.nodes.map { node in
      attempt.exact != nil || node.layer is Dense ? LayerSpelling(node) : nil
    }
    activations = network.nodes.map { $0.layer.activation.map { ExactActivation($0) } }
    penalties = attempt.exact?.penalties ?? []
    penalty = attempt.exact?.penalty ?? 0
    isJoint = attempt.exact?.isJoint ?? false
    before = attempt.exact?.values ?? network.values.map(Double.init)
    let rule = trainer.optimizer
    let isPlain =
      rule is GradientDescent || (rule as? StochasticGradientDescent)?.momentum == 0
    isUpdateExact = isPlain && attempt.exact != nil
    after =
      isUpdateExact
      ? zip(before, trace.gradients).map { $0 - rate * $1 }
      : trainer.step(network, state, along: trace.gradients.map { Float($0) }, rate: rate)
        .map(Double.init)
    if let exact = attempt.exact {
      exact.values = after
      newLoss = exact.loss(sample)
      newObjective = exact.objective([sample])
    } else {
      var moved = network
      moved.values = after.map { Float($0) }
      let seen = try trainer.examine(
        moved, sample.examples, asTraining: false, workers: session.workers)
      (newLoss, newObjective) = (seen.loss, seen.objective)
    }
  }

  /// What the network gives, in the targets' own units.
  var ownOutputs: [Double] {
    let outputs = trace.outputs(sample.input)
    guard sample.ownTarget != nil, let scaling = trainer.preprocessing.targetScaling else {
      return outputs
    }
    return outputs.enumerated().map { scaling.original($1, column: $0) }
  }

  /// The way in 64 bits, if all words have a plain form and the engine sees the same; else the
  /// engine's numbers, with the reason.
  private static func exactly(
    _ network: Network, _ sample: LearningSample, _ trainer: Trainer, _ session: Session,
    _ engine: Examination
  ) throws -> (trace: Trace, exact: ExactObjective?) {
    var reason = "this network"
    do {
      let exact = try ExactObjective(
        network, trainer, session, asWritten: true, hasClasses: sample.classCode != nil)
      let trace = try exact.trace(sample)
      let size = engine.gradients.reduce(0) { max($0, abs($1)) }
      let isSame =
        abs(trace.objective - engine.objective) <= 1e-4 * max(1, abs(engine.objective))
        && zip(trace.gradients, engine.gradients).allSatisfy {
          abs($0 - Double($1)) <= 1e-3 * Double(size) + 1e-6
        }
      if isSame { return (trace, exact) }
    } catch let unspelled as ExactObjective.Unspelled {
      reason = "`\(unspelled.word)`"
    }
    try Allowance.conclude()
    return (coarse(network, sample, engine, reason), nil)
  }

  private static func coarse(
    _ network: Network, _ sample: LearningSample, _ engine: Examination, _ reason: String
  ) -> Trace {
    func numbers(_ tensor: Tensor) -> [Double] { tensor.elements.map(Double.init) }
    var nodes: [Trace.Node] = []
    for (node, seen) in zip(network.nodes, engine.nodes) {
      nodes.append(
        Trace.Node(
          x: node.inputs.map { $0 == Network.input ? sample.input : nodes[$0].y },
          y: numbers(seen.output), dy: numbers(seen.gradient), dz: numbers(seen.innerGradient)))
    }
    return Trace(
      nodes: nodes, loss: engine.loss, objective: engine.objective,
      gradients: engine.gradients.map(Double.init), whyCoarse: reason)
  }

  /// The step as a record: `loss`, `outputs`, `dense1.output`, `dense1.weights_gradient` ….
  var value: Value {
    var fields: [(name: String, value: Value)] = [
      ("loss", .number(trace.loss)), ("outputs", .list(ownOutputs)),
      ("targets", .list(sample.ownTarget ?? sample.target)), ("new_loss", .number(newLoss)),
      ("objective", .number(trace.objective)), ("new_objective", .number(newObjective)),
      ("bits", .number(trace.whyCoarse == nil ? 64 : 32)),
    ]
    for (node, seen) in zip(network.nodes, trace.nodes) {
      let input: Value =
        seen.x.count == 1 ? .list(seen.x[0]) : .list(seen.x.map { .list($0) })
      var own: [(name: String, value: Value)] = [
        ("input", input), ("output", .list(seen.y)),
        ("output_gradient", .list(seen.dy)), ("delta", .list(seen.dz)),
      ]
      if !seen.z.isEmpty { own.insert(("sum", .list(seen.z)), at: 1) }
      for slot in node.parameters {
        own.append((slot.name, shaped(before, slot)))
        own.append((slot.name + "_gradient", shaped(trace.gradients, slot)))
        own.append(("new_" + slot.name, shaped(after, slot)))
      }
      fields.append((node.name, .record(own)))
    }
    return .record(fields)
  }

  private func shaped(_ values: [Double], _ slot: Network.ParameterSlot) -> Value {
    func nested(_ sizes: ArraySlice<Int>, _ range: Range<Int>) -> Value {
      guard sizes.count > 1, let first = sizes.first, first > 0 else {
        return .list(Array(values[range]))
      }
      let width = range.count / first
      return .list(
        (0..<first).map { index in
          let start = range.lowerBound + index * width
          return nested(sizes.dropFirst(), start..<start + width)
        })
    }
    return nested(slot.shape.sizes[...], slot.range)
  }
}
