import NNEngine

/// The current model under examination: what its layers make of some training rows, forwards and
/// backwards, and what one step of its training would change.
struct Patient {
  let learner: Learner
  let workers: Workers
  /// The training rows that are looked at.
  let rows: Examples
  let examination: Examination
  /// The layers that learn or bend, in order.
  let layers: [LayerView]
  /// The same with the weights that the training began with.
  let beginning: Beginning

  struct Beginning {
    let network: Network
    /// Over the rows, as training makes small.
    let loss: Double
    let layers: [LayerView]
    /// Of all parameters, as they stand in the network's values.
    let gradients: [Float]
  }

  /// As many rows as tell a share of units to about a percent.
  static let mostRows = 1024
  /// Of the outputs of all layers together, which are kept: 64 MB.
  private static let mostNumbers = 16_000_000

  init(_ context: CommandContext) throws {
    learner = try Learner(context, "has nothing to look at yet")
    workers = context.session.workers
    let network = learner.network
    let size = network.nodes.reduce(1) { $0 + $1.outputShape.count }
    rows = learner.data.train.spread(max(16, min(Self.mostRows, Self.mostNumbers / size)))
    let examination = try learner.trainer.examine(
      network, rows, asTraining: true, workers: workers)
    self.examination = examination
    let after = learner.trainer.step(
      network, learner.model.state, along: examination.gradients, rate: learner.rate)
    layers = network.nodes.indices.compactMap { index in
      LayerView(network, index, examination.nodes[index], after: after)
    }
    var fresh = network
    fresh.reset()
    let start = try learner.trainer.examine(fresh, rows, asTraining: true, workers: workers)
    beginning = Beginning(
      network: fresh, loss: start.loss,
      layers: fresh.nodes.indices.compactMap { index in
        LayerView(fresh, index, start.nodes[index], after: nil)
      }, gradients: start.gradients)
  }

  /// The layers that learn by weights.
  var learningLayers: [LayerView] { layers.filter { $0.gradient != nil } }
}

/// One layer's figures over the rows that are looked at.
struct LayerView {
  let name: String
  let layer: any Layer
  let isLast: Bool
  /// Its outputs, `[rows, units]`.
  let output: Tensor
  /// The length of the gradient by its weights, and of these; `nil` where it learns none.
  let gradient: Double?
  let weights: Double?
  /// How many weights it learns.
  let weightCount: Int
  /// The length of one step of its weights over their own; `nil` where none was tried.
  let step: Double?

  fileprivate init?(
    _ network: Network, _ index: Int, _ node: Examination.Node, after: [Float]?
  ) {
    let own = network.nodes[index]
    let isBent = own.layer.activation.map { $0.name != "linear" } ?? false
    let learnt = own.parameters.filter { $0.role == .weights && !$0.isFrozen }
    guard isBent || !learnt.isEmpty else { return nil }
    name = own.name
    layer = own.layer
    isLast = index == network.nodes.count - 1
    output = node.output
    weightCount = learnt.reduce(0) { $0 + $1.range.count }
    func length(_ value: (Int) -> Float) -> Double {
      learnt.reduce(0) { sum, slot in
        slot.range.reduce(sum) { $0 + Double(value($1)) * Double(value($1)) }
      }.squareRoot()
    }
    guard !learnt.isEmpty else {
      (gradient, weights, step) = (nil, nil, nil)
      return
    }
    // Gradients of one node stand by name.
    let gradients = learnt.compactMap { slot in
      node.parameterGradients.first { $0.name == slot.name }?.gradient.elements
    }
    gradient =
      gradients.reduce(0) { sum, numbers in
        numbers.reduce(sum) { $0 + Double($1) * Double($1) }
      }.squareRoot()
    let size = length { network.values[$0] }
    weights = size
    step = after.map { after in
      size > 0 ? length { after[$0] - network.values[$0] } / size : 0
    }
  }

  var activation: String { layer.activation?.name ?? "linear" }
  /// Whether its units are filters, each with an output at many points of a picture.
  var hasFilters: Bool { output.shape.rank == 4 && layer is any SharesWeights }
  /// How many units it has: outputs of a row, or filters.
  var units: Int {
    hasFilters ? output.shape[3] : output.shape.count / max(1, output.shape[0])
  }

  /// How many units satisfy something for all their outputs.
  func units(where all: (Float) -> Bool) -> Int {
    let units = units
    return (0..<units).count { unit in
      stride(from: unit, to: output.elements.count, by: units).allSatisfy {
        all(output.elements[$0])
      }
    }
  }

  /// The share of outputs that satisfy something.
  func share(where one: (Float) -> Bool) -> Double {
    Double(output.elements.count(where: one)) / Double(max(1, output.elements.count))
  }
}
