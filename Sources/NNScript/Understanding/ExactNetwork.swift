import NNEngine

/// One sample's way through a network and back, number by number.
struct Trace {
  struct Node {
    /// What goes in by each input, before the activation, and out.
    var x: [[Double]] = []
    var z: [Double] = []
    var y: [Double] = []
    /// The gradients by `y`, by `z` and by each input.
    var dy: [Double] = []
    var dz: [Double] = []
    var dx: [[Double]] = []
  }

  var nodes: [Node]
  /// As it is reported, in the targets' own units.
  var loss: Double
  /// What training makes small: of the smoothed or scaled target, weighed, and with the penalties.
  var objective: Double
  /// By all parameters, as they stand in `Network.values`: those of the objective.
  var gradients: [Double]
  /// Why the numbers are the engine's in 32 bits; `nil` where they are worked out in 64.
  var whyCoarse: String?

  /// What the network gives.
  func outputs(_ input: [Double]) -> [Double] { nodes.last?.y ?? input }
}

/// A network worked out in 64 bits, straight from the formulas: slow, plain and independent of the
/// engine, so that each can be checked against the other.
struct ExactNetwork {
  let network: Network
  /// All parameters, as they stand in `Network.values`.
  var values: [Double]
  let layers: [any ExactLayer]
  let penalties: [ExactPenalty]
  private let activations: [ExactActivation?]
  private let loss: ExactLoss
  /// How the targets are scaled, where they are.
  private let scaling: Preprocessing.Scaling?
  /// The units of a loss that is learnt from what it is in these.
  private let ownUnits: OwnUnits?
  /// The loss's gradient by what stands before the last activation, where both are taken together.
  private let jointGradient: (([Double], [Double]) -> [Double])?

  /// Why a network cannot be worked out: the word that has no plain form.
  struct Unspelled: Error { var word: String }

  /// - Parameters:
  ///   - asWritten: whether a weight is the number it was set to (0.1) rather than the one that 32
  ///     bits hold (0.100000001).
  ///   - training: what the engine made of a batch in training, whose dropped numbers and size count;
  ///     `nil` for layers as in `predict`.
  init(
    _ network: Network, _ trainer: Trainer, _ session: Session, asWritten: Bool,
    training: Examination? = nil
  ) throws(Unspelled) {
    self.network = network
    values = network.values.map { asWritten ? Double("\($0)") ?? Double($0) : Double($0) }
    guard let exact = ExactLoss(trainer.loss, session) else {
      throw Unspelled(word: trainer.loss.name)
    }
    loss = exact
    scaling = trainer.preprocessing.targetScaling
    let isLearntAsItIs = trainer.loss.seesOwnUnits || !trainer.loss.settings.isEmpty
    ownUnits =
      isLearntAsItIs ? scaling.map { OwnUnits($0, width: network.outputShape.count) } : nil
    // A setting in the targets' own units, such as huber's delta, is another one in each column.
    if !trainer.loss.seesOwnUnits, let ownUnits, Set(ownUnits.deviations).count > 1 {
      throw Unspelled(word: trainer.loss.name)
    }
    var penalties: [ExactPenalty] = []
    for penalty in trainer.learning.penalties {
      guard let exact = ExactPenalty(penalty) else { throw Unspelled(word: "regularize") }
      penalties.append(exact)
    }
    self.penalties = penalties
    var activations: [ExactActivation?] = []
    var layers: [any ExactLayer] = []
    for (index, node) in network.nodes.enumerated() {
      layers.append(try Self.layer(node, index, training))
      guard let function = node.layer.activation else {
        activations.append(nil)
        continue
      }
      guard let exact = ExactActivation(function, session) else {
        throw Unspelled(word: function.name)
      }
      activations.append(exact)
    }
    self.layers = layers
    self.activations = activations
    jointGradient =
      Self.isJoint(network, trainer.loss)
      ? activations.last.flatMap { $0 }.flatMap { exact.gradient(through: $0) } : nil
  }

  private static func layer(
    _ node: Network.Node, _ index: Int, _ training: Examination?
  ) throws(Unspelled) -> any ExactLayer {
    switch node.layer {
    case is Dense:
      if let dense = ExactDense(node) { return dense }
    case is LayerNormalization, is BatchNormalization:
      let rows = training?.input.shape[0] ?? 0
      if let normalization = ExactNormalization(node, rows: rows) { return normalization }
    case is Sum: return ExactSum()
    case is Concatenation: return ExactConcatenation(node)
    case is ActivationLayer, is Flatten, is Reshape: return ExactPassing()
    case let dropout as Dropout:
      guard let training, dropout.rate > 0 else { return ExactPassing() }
      // What was dropped shows in what came out; a 0 that came in stays one either way.
      let output = training.nodes[index].output
      let width = node.outputShape.count
      return ExactPassing(
        factors: (0..<output.shape[0]).map { row in
          output.elements[row * width..<(row + 1) * width].map {
            $0 == 0 ? 0 : 1 / (1 - dropout.rate)
          }
        })
    default: break
    }
    throw Unspelled(word: node.name)
  }

  func activation(_ node: Int) -> ExactActivation? { activations[node] }

  /// Whether loss and last activation are taken together: their derivatives cancel to a difference.
  var isJoint: Bool { jointGradient != nil }

  private static func isJoint(_ network: Network, _ loss: any Loss) -> Bool {
    guard let function = network.nodes.last?.layer.activation, network.outputShape.rank == 1,
      ["softmax", "sigmoid"].contains(function.name)
    else { return false }
    return loss.joined(with: function) != nil && loss.ownActivation == function.name
  }

  /// The sample's loss, as it is reported.
  func loss(_ sample: LearningSample) throws -> Double {
    try reported(sample, outputs([sample])[0])
  }

  /// Outputs in the targets' own units.
  func inOwnUnits(_ outputs: [Double]) -> [Double] {
    guard let scaling else { return outputs }
    return outputs.enumerated().map { scaling.original($1, column: $0) }
  }

  /// The loss of a sample as it is reported, from what the network gives.
  private func reported(_ sample: LearningSample, _ outputs: [Double]) throws -> Double {
    try loss(sample.ownTarget ?? sample.target, inOwnUnits(outputs))
  }

  /// The loss of a sample as it is learnt, before its row is weighed.
  private func learnt(_ sample: LearningSample, _ outputs: [Double]) throws -> Double {
    guard let ownUnits else { return try loss(sample.learntTarget, outputs) }
    return try reported(sample, outputs) / ownUnits.divisor
  }

  /// The gradient of that by each output.
  private func gradient(_ sample: LearningSample, _ outputs: [Double]) throws -> [Double] {
    guard let ownUnits else { return try loss.gradient(sample.learntTarget, outputs) }
    let slopes = try loss.gradient(sample.ownTarget ?? sample.target, inOwnUnits(outputs))
    return zip(slopes, ownUnits.deviations).map { $0 * $1 / ownUnits.divisor }
  }

  /// What training makes small over some samples.
  func objective(_ samples: [LearningSample]) throws -> Double {
    let sum = try zip(samples, try outputs(samples)).reduce(0) { sum, pair in
      sum + pair.0.weight * (try learnt(pair.0, pair.1))
    }
    return sum / Double(max(1, samples.count)) + penalty
  }

  /// What the weights themselves add.
  var penalty: Double {
    penalties.isEmpty
      ? 0
      : penalized.reduce(0) { sum, range in
        range.reduce(sum) { sum, place in
          penalties.reduce(sum) { $0 + $1.value(values[place]) }
        }
      }
  }

  /// Where the weights stand that penalties are for.
  private var penalized: [Range<Int>] {
    network.nodes.flatMap(\.parameters).filter { !$0.isFrozen && $0.role == .weights }.map(\.range)
  }

  private func outputs(_ samples: [LearningSample]) throws -> SampleRows {
    let input = samples.map(\.input)
    return try forward(input).last?.y ?? input
  }

  /// What one node sees and gives, for each sample.
  private struct Step {
    var x: [SampleRows]
    var z: SampleRows
    var y: SampleRows
  }

  private func forward(_ input: SampleRows) throws -> [Step] {
    var steps: [Step] = []
    for (index, node) in network.nodes.enumerated() {
      let x = node.inputs.map { $0 == Network.input ? input : steps[$0].y }
      let z = layers[index].forward(x, values)
      let y = try activations[index].map { function in
        try z.map { try along(node, function, $0) { try function($0) } }
      }
      steps.append(Step(x: x, z: z, y: y ?? z))
    }
    return steps
  }

  /// A function of a whole vector sees the last axis, one after the other.
  private func along(
    _ node: Network.Node, _ function: ExactActivation, _ z: [Double],
    _ apply: ([Double]) throws -> [Double]
  ) rethrows -> [Double] {
    let width = node.outputShape.sizes.last ?? 1
    guard function.isOfVector, z.count > width else { return try apply(z) }
    return try stride(from: 0, to: z.count, by: width).flatMap {
      try apply(Array(z[$0..<$0 + width]))
    }
  }

  /// Forwards and backwards with one sample, and what its training would do.
  func trace(_ sample: LearningSample) throws -> Trace {
    let steps = try forward([sample.input])
    var nodes = steps.map { Trace.Node(x: $0.x.map { $0[0] }, z: $0.z[0], y: $0.y[0]) }
    var gradients = [Double](repeating: 0, count: values.count)
    for index in nodes.indices { nodes[index].dy = nodes[index].y.map { _ in 0 } }
    let outputs = nodes.last?.y ?? sample.input
    if let last = nodes.indices.last {
      nodes[last].dy = try gradient(sample, outputs).map { $0 * sample.weight }
    }
    for (index, node) in network.nodes.enumerated().reversed() {
      let here = nodes[index]
      let dz =
        if index == nodes.count - 1, let jointGradient {
          jointGradient(sample.learntTarget, here.z).map { $0 * sample.weight }
        } else {
          try activations[index].map { try back($0, node, here) } ?? here.dy
        }
      nodes[index].dz = dz
      let dx = layers[index].backward(here.x.map { [$0] }, [dz], values, &gradients)
      nodes[index].dx = dx.map { $0[0] }
      for (input, place) in node.inputs.enumerated() where place != Network.input {
        nodes[place].dy = zip(nodes[place].dy, dx[input][0]).map(+)
      }
    }
    for range in penalized {
      for place in range {
        gradients[place] = penalties.reduce(gradients[place]) { $0 + $1.slope(values[place]) }
      }
    }
    for slot in network.nodes.flatMap(\.parameters) where slot.isFrozen {
      for place in slot.range { gradients[place] = 0 }
    }
    return Trace(
      nodes: nodes, loss: try reported(sample, outputs),
      objective: sample.weight * (try learnt(sample, outputs)) + penalty,
      gradients: gradients)
  }

  private func back(
    _ function: ExactActivation, _ node: Network.Node, _ here: Trace.Node
  ) throws -> [Double] {
    let width = node.outputShape.sizes.last ?? 1
    guard function.isOfVector, here.z.count > width else {
      return try function.gradient(here.z, here.dy)
    }
    return try stride(from: 0, to: here.z.count, by: width).flatMap { start in
      let part = start..<start + width
      return try function.gradient(Array(here.z[part]), Array(here.dy[part]))
    }
  }
}
