import NNEngine

/// One sample's forward pass, loss, backward pass and update, as numbers.
struct ExplainedStep {
  let network: Network
  let sample: LearningSample
  let trace: Trace
  let loss: any Loss
  let rule: any Optimizer
  let rate: Double
  /// All parameters before and after the update.
  let before: [Double]
  let after: [Double]
  let newLoss: Double
  /// Whether the update was worked out in 64 bits.
  let isUpdateExact: Bool
  /// Whether the loss has penalties, smoothing or class weights: they are in the update alone.
  let hasSettings: Bool
  let activations: [ExactActivation?]
  /// Names of the classes; empty where the targets are numbers.
  let classes: [String]

  init(
    _ network: Network, _ sample: LearningSample, _ trainer: Trainer, _ state: TrainingState,
    rate: Double, _ session: Session
  ) throws {
    self.network = network
    self.sample = sample
    self.rate = rate
    loss = trainer.loss
    rule = trainer.optimizer
    classes = trainer.preprocessing.classNames
    let engine = try network.examine(
      sample.examples, loss: loss, preprocessing: trainer.preprocessing, asTraining: false,
      workers: session.workers)
    let attempt = Self.exactly(network, sample, loss, session, engine)
    trace = attempt.trace
    activations = network.nodes.indices.map { index in
      network.nodes[index].layer.activation.flatMap { ExactActivation($0, session) }
    }
    before = attempt.exact?.values ?? network.values.map(Double.init)
    let isPlain =
      rule is GradientDescent || (rule as? StochasticGradientDescent)?.momentum == 0
    let learning = trainer.learning
    hasSettings =
      !learning.penalties.isEmpty || learning.smoothing != 0 || !learning.classWeights.isEmpty
    isUpdateExact = isPlain && !hasSettings && attempt.exact != nil
    if isUpdateExact, var exact = attempt.exact {
      after = zip(before, trace.gradients).map { $0 - rate * $1 }
      exact.values = after
      newLoss = try exact.loss(sample.input, sample.target)
    } else {
      var (moved, state) = (network, state)
      try trainer.train(
        &moved, &state, on: sample.examples,
        TrainingOptions(
          epochs: 1, batchSize: 1, learningRate: { _ in rate }, workers: session.workers))
      after = moved.values.map(Double.init)
      if var exact = attempt.exact {
        exact.values = after
        newLoss = try exact.loss(sample.input, sample.target)
      } else {
        newLoss = try moved.examine(
          sample.examples, loss: loss, preprocessing: trainer.preprocessing, asTraining: false,
          workers: session.workers
        ).loss
      }
    }
  }

  /// The way in 64 bits, if all words have a plain form and the engine sees the same; else the
  /// engine's numbers, with the reason.
  private static func exactly(
    _ network: Network, _ sample: LearningSample, _ loss: any Loss, _ session: Session,
    _ engine: Examination
  ) -> (trace: Trace, exact: ExactNetwork?) {
    var reason = "the loss"
    do {
      let exact = try ExactNetwork(network, loss, session, asWritten: true)
      let trace = try exact.trace(sample.input, sample.target)
      let size = engine.gradients.reduce(0) { max($0, abs($1)) }
      let isSame =
        abs(trace.loss - engine.loss) <= 1e-4 * max(1, abs(engine.loss))
        && zip(trace.gradients, engine.gradients).allSatisfy {
          abs($0 - Double($1)) <= 1e-3 * Double(size) + 1e-6
        }
      if isSame { return (trace, exact) }
    } catch let unspelled as ExactNetwork.Unspelled {
      reason = "`\(unspelled.word)`"
    } catch {}
    return (coarse(network, sample, engine, reason), nil)
  }

  private static func coarse(
    _ network: Network, _ sample: LearningSample, _ engine: Examination, _ reason: String
  ) -> Trace {
    func numbers(_ tensor: Tensor) -> [Double] { tensor.elements.map(Double.init) }
    var nodes: [Trace.Node] = []
    for (node, seen) in zip(network.nodes, engine.nodes) {
      let input = node.inputs[0]
      nodes.append(
        Trace.Node(
          x: input == Network.input ? sample.input : nodes[input].y, z: [],
          y: numbers(seen.output), dy: numbers(seen.gradient), dz: numbers(seen.innerGradient)))
    }
    return Trace(
      nodes: nodes, loss: engine.loss, gradients: engine.gradients.map(Double.init),
      whyCoarse: reason)
  }

  /// The step as a record: `loss`, `outputs`, `dense1.output`, `dense1.weights_gradient` ….
  var value: Value {
    var fields: [(name: String, value: Value)] = [
      ("loss", .number(trace.loss)), ("outputs", .list(trace.outputs(sample.input))),
      ("targets", .list(sample.target)), ("new_loss", .number(newLoss)),
    ]
    for (node, seen) in zip(network.nodes, trace.nodes) {
      var own: [(name: String, value: Value)] = [
        ("input", .list(seen.x)), ("output", .list(seen.y)),
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
    guard slot.shape.rank == 2 else { return .list(Array(values[slot.range])) }
    let width = slot.shape[1]
    return .list(
      stride(from: slot.range.lowerBound, to: slot.range.upperBound, by: width).map {
        .list(Array(values[$0..<$0 + width]))
      })
  }
}
