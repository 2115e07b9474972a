import NNEngine

/// What training makes small, in 64 bits: a reader of the model's one program, from the numbers of a
/// row to the objective.
final class ExactObjective {
  let network: Network
  let penalties: [ExactPenalty]
  private let way: ModelProgram
  private let aim: ModelProgram.Aim
  private let reference: NetworkReference

  /// Why it cannot be worked out: the word that has no plain form.
  struct Unspelled: Error { var word: String }

  /// All parameters, as they stand in `Network.values`.
  var values: [Double] { didSet { reference.load(values) } }

  /// - Parameters:
  ///   - asWritten: whether a weight is the number it was set to (0.1) rather than the one that 32
  ///     bits hold (0.100000001).
  ///   - hasClasses: whether the targets are classes.
  ///   - isTraining: whether layers behave as while learning or as in `predict`.
  ///   - maxRows: how many samples there are at once, at most.
  init(
    _ network: Network, _ trainer: Trainer, _ session: Session, asWritten: Bool, hasClasses: Bool,
    isTraining: Bool = false, maxRows: Int = 1
  ) throws(Unspelled) {
    self.network = network
    let loss = trainer.loss
    guard let read = try? session.formula(of: loss), Self.isDifferentiable(read) else {
      throw Unspelled(word: loss.name)
    }
    // A setting in the targets' own units, such as huber's delta, is another one in each column.
    if !loss.seesOwnUnits, !loss.settings.isEmpty, !hasClasses,
      let scales = trainer.preprocessing.targetScaling?.scale, Set(scales).count > 1
    {
      throw Unspelled(word: loss.name)
    }
    var penalties: [ExactPenalty] = []
    for penalty in trainer.learning.penalties {
      guard let exact = ExactPenalty(penalty) else { throw Unspelled(word: "regularize") }
      penalties.append(exact)
    }
    self.penalties = penalties
    way = ModelProgram(
      network, trainer.preprocessing, isTraining: isTraining,
      task: .init(loss, read, trainer.learning, hasClasses: hasClasses))
    guard let aim = way.aim else { throw Unspelled(word: loss.name) }
    self.aim = aim
    reference = NetworkReference(way, of: network, maxRows: maxRows, learns: !isTraining)
    values = [Double](repeating: 0, count: network.values.count)
    for (place, value) in network.values.enumerated() {
      if place & 0xFFF == 0, Allowance.isHalted { break }
      values[place] = asWritten ? Double("\(value)") ?? Double(value) : Double(value)
    }
    reference.load(values)
  }

  private static func isDifferentiable(_ loss: Formula) -> Bool {
    var formula = loss
    let one = formula.number(1)
    return (try? formula.derivatives(of: loss.results[0], by: [1], seed: one)) != nil
  }

  /// One parameter's number, by its place in `Network.values`.
  subscript(place: Int) -> Double {
    get { reference[place] }
    set { reference[place] = newValue }
  }

  /// Whether loss and last activation are taken together: their derivatives cancel to a difference.
  var isJoint: Bool { aim.isJoint }

  private func run(_ samples: [LearningSample]) {
    reference.put(samples.flatMap(\.rawInput), in: way.numbers)
    reference.put(samples.flatMap(\.given), in: aim.target)
    reference.run(rows: samples.count)
  }

  private func number(_ ref: Operations.Ref) -> Double { reference.values(ref)[0] }

  /// The sample's loss, as it is reported.
  func loss(_ sample: LearningSample) -> Double {
    run([sample])
    return number(aim.loss)
  }

  /// What training makes small over some samples.
  func objective(_ samples: [LearningSample]) -> Double {
    run(samples)
    return number(aim.objective)
  }

  /// What the weights themselves add.
  var penalty: Double {
    guard let penalty = aim.penalty else { return 0 }
    reference.run(rows: 1)
    return number(penalty)
  }

  /// Forwards and backwards with one sample, and what its training would do.
  ///
  /// - Throws: `EngineError.interrupted`.
  func trace(_ sample: LearningSample) throws -> Trace {
    run([sample])
    try Allowance.proceed()
    // Where the objective goes round the last activation, the gradient by what that gives is told
    // as well.
    var dy: [Double]?
    if aim.isJoint, let last = way.layers.nodes.last {
      reference.backward([(aim.learnt, [number(aim.weight)])])
      dy = reference.gradient(last.output)
    }
    var gradients = reference.backward([(aim.objective, [1])])
    var nodes = try way.layers.nodes.indices.map { index in
      try Allowance.proceed()
      return node(index)
    }
    if let dy { nodes[nodes.count - 1].dy = dy }
    for slot in network.nodes.flatMap(\.parameters) where slot.isFrozen {
      for place in slot.range { gradients[place] = 0 }
    }
    return Trace(
      nodes: nodes, loss: number(aim.loss), objective: number(aim.objective),
      gradients: gradients)
  }

  private func node(_ index: Int) -> Trace.Node {
    let node = way.layers.nodes[index]
    var named: [String: [Double]] = [:]
    for name in LayerSpelling.namesRead {
      named[name] = way.layers.value(name, of: index, in: way.program).map {
        reference.values($0)
      }
    }
    return Trace.Node(
      x: node.inputs.map { reference.values($0) }, z: reference.values(node.inner),
      y: reference.values(node.output), dy: reference.gradient(node.output),
      dz: reference.gradient(node.inner), dx: node.inputs.map { reference.gradient($0) },
      named: named)
  }
}
