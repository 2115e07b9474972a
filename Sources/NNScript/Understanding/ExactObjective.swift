import NNEngine

/// What training makes small, in 64 bits: a network run by its operations, and the formulas of loss
/// and penalties. Slow, plain and apart from the code that trains, so that each can be checked
/// against the other.
final class ExactObjective {
  let network: Network
  let penalties: [ExactPenalty]
  private let reference: NetworkReference
  private let loss: ExactLoss
  /// How the targets are scaled, where they are.
  private let scaling: Preprocessing.Scaling?
  /// The units of a loss that is learnt from what it is in these.
  private let ownUnits: OwnUnits?
  /// The loss's gradient by what stands before the last activation, where both are taken together.
  private let jointGradient: (([Double], [Double]) -> [Double])?

  /// Why it cannot be worked out: the word that has no plain form.
  struct Unspelled: Error { var word: String }

  /// All parameters, as they stand in `Network.values`.
  var values: [Double] { didSet { reference.load(values) } }

  /// - Parameters:
  ///   - asWritten: whether a weight is the number it was set to (0.1) rather than the one that 32
  ///     bits hold (0.100000001).
  ///   - isTraining: whether layers behave as while learning or as in `predict`.
  ///   - maxRows: how many samples there are at once, at most.
  init(
    _ network: Network, _ trainer: Trainer, _ session: Session, asWritten: Bool,
    isTraining: Bool = false, maxRows: Int = 1
  ) throws(Unspelled) {
    self.network = network
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
    jointGradient =
      Self.isJoint(network, trainer.loss)
      ? network.outputActivation.flatMap { exact.gradient(through: ExactActivation($0)) } : nil
    reference = NetworkReference(
      network, isTraining: isTraining, maxRows: maxRows, learns: !isTraining)
    values = network.values.map { asWritten ? Double("\($0)") ?? Double($0) : Double($0) }
    reference.load(values)
  }

  /// One parameter's number, by its place in `Network.values`.
  subscript(place: Int) -> Double {
    get { reference[place] }
    set { reference[place] = newValue }
  }

  /// Whether loss and last activation are taken together: their derivatives cancel to a difference.
  var isJoint: Bool { jointGradient != nil }

  private static func isJoint(_ network: Network, _ loss: any Loss) -> Bool {
    guard let function = network.outputActivation, network.outputShape.rank == 1,
      ["softmax", "sigmoid"].contains(function.name)
    else { return false }
    return loss.joined(with: function) != nil && loss.ownActivation == function.name
  }

  // MARK: Loss

  /// The sample's loss, as it is reported.
  func loss(_ sample: LearningSample) throws -> Double {
    try reported(sample, outputs([sample])[0])
  }

  /// Outputs in the targets' own units.
  private func inOwnUnits(_ outputs: [Double]) -> [Double] {
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
    let sum = try zip(samples, outputs(samples)).reduce(0) { sum, pair in
      sum + pair.0.weight * (try learnt(pair.0, pair.1))
    }
    return sum / Double(max(1, samples.count)) + penalty
  }

  /// What the weights themselves add.
  var penalty: Double {
    penalties.isEmpty
      ? 0
      : penalized.reduce(0) { sum, range in
        reference.numbers(range).reduce(sum) { sum, weight in
          penalties.reduce(sum) { $0 + $1.value(weight) }
        }
      }
  }

  /// Where the weights stand that penalties are for.
  private var penalized: [Range<Int>] {
    network.nodes.flatMap(\.parameters).filter { !$0.isFrozen && $0.role == .weights }.map(\.range)
  }

  /// What the network gives for each sample.
  private func outputs(_ samples: [LearningSample]) -> [[Double]] {
    let numbers = reference.forward(samples.flatMap(\.input), rows: samples.count)
    let width = network.outputShape.count
    return samples.indices.map { Array(numbers[$0 * width..<($0 + 1) * width]) }
  }

  // MARK: One sample

  /// Forwards and backwards with one sample, and what its training would do.
  func trace(_ sample: LearningSample) throws -> Trace {
    let outputs = outputs([sample])[0]
    let dy = try gradient(sample, outputs).map { $0 * sample.weight }
    let operations = reference.operations
    let last = operations.nodes.last
    var gradients: [Double]
    if let last, let jointGradient {
      let dz = jointGradient(sample.learntTarget, reference.values(last.inner))
      gradients = reference.backward([(last.inner, dz.map { $0 * sample.weight })])
    } else {
      gradients = reference.backward([(operations.output, dy)])
    }
    var nodes = operations.nodes.indices.map(node)
    if last != nil { nodes[nodes.count - 1].dy = dy }
    for range in penalized {
      for (place, weight) in zip(range, reference.numbers(range)) {
        gradients[place] = penalties.reduce(gradients[place]) { $0 + $1.slope(weight) }
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

  private func node(_ index: Int) -> Trace.Node {
    let node = reference.operations.nodes[index]
    var named: [String: [Double]] = [:]
    for name in LayerSpelling.namesRead {
      named[name] = reference.operations.value(name, of: index).map { reference.values($0) }
    }
    return Trace.Node(
      x: node.inputs.map { reference.values($0) }, z: reference.values(node.inner),
      y: reference.values(node.output), dy: reference.gradient(node.output),
      dz: reference.gradient(node.inner), dx: node.inputs.map { reference.gradient($0) },
      named: named)
  }
}
