import NNEngine

/// One sample's way through a network and back, number by number.
struct Trace {
  struct Node {
    /// What goes in, before the activation, and out.
    var x: [Double] = []
    var z: [Double] = []
    var y: [Double] = []
    /// The gradients by `y` and by `z`.
    var dy: [Double] = []
    var dz: [Double] = []
  }

  var nodes: [Node]
  /// In what the network learns: of scaled targets where these are scaled.
  var loss: Double
  /// By all parameters, as they stand in `Network.values`.
  var gradients: [Double]
  /// Why the numbers are the engine's in 32 bits; `nil` where they are worked out in 64.
  var whyCoarse: String?

  /// What the network gives.
  func outputs(_ input: [Double]) -> [Double] { nodes.last?.y ?? input }
}

/// A network worked out in 64 bits, one sample at a time and straight from the formulas: slow, plain
/// and independent of the engine, so that each can be checked against the other.
struct ExactNetwork {
  let network: Network
  /// All parameters, as they stand in `Network.values`.
  var values: [Double]
  private let activations: [ExactActivation?]
  private let loss: ExactLoss
  /// The loss's gradient by what stands before the last activation, where both are taken together.
  private let fusedGradient: (([Double], [Double]) -> [Double])?

  /// Why a network cannot be worked out: the word that has no plain form.
  struct Unspelled: Error { var word: String }

  /// - Parameter exactValues: whether a weight is the number it was set to (0.1) rather than the one
  ///   that 32 bits hold (0.100000001).
  init(
    _ network: Network, _ loss: any Loss, _ session: Session, asWritten: Bool
  ) throws(Unspelled) {
    self.network = network
    values = network.values.map { asWritten ? Double("\($0)") ?? Double($0) : Double($0) }
    guard let exact = ExactLoss(loss, session) else { throw Unspelled(word: loss.name) }
    self.loss = exact
    var activations: [ExactActivation?] = []
    for node in network.nodes {
      switch node.layer {
      case is Dense, is ActivationLayer, is Flatten, is Dropout, is Sum: break
      default: throw Unspelled(word: node.name)
      }
      guard let function = node.layer.activation else {
        activations.append(nil)
        continue
      }
      guard let exact = ExactActivation(function, session),
        !exact.isOfVector || node.outputShape.rank == 1
      else { throw Unspelled(word: function.name) }
      activations.append(exact)
    }
    self.activations = activations
    let isFused =
      exact.ownActivation != nil
      && exact.ownActivation == network.outputActivation?.name
    fusedGradient =
      isFused
      ? activations.last.flatMap { $0 }.flatMap { exact.gradient(through: $0) } : nil
  }

  func activation(_ node: Int) -> ExactActivation? { activations[node] }

  /// The sample's loss.
  func loss(_ input: [Double], _ target: [Double]) throws -> Double {
    try loss(target, forward(input).last?.y ?? input)
  }

  func forward(_ input: [Double]) throws -> [Trace.Node] {
    var nodes: [Trace.Node] = []
    for (index, node) in network.nodes.enumerated() {
      func output(_ place: Int) -> [Double] { place == Network.input ? input : nodes[place].y }
      var made = Trace.Node(x: output(node.inputs[0]))
      switch node.layer {
      case is Dense: made.z = dense(node, made.x)
      case is Sum:
        made.z = node.inputs.dropFirst().reduce(made.x) { zip($0, output($1)).map(+) }
      default: made.z = made.x
      }
      made.y = try activations[index].map { try $0(made.z) } ?? made.z
      nodes.append(made)
    }
    return nodes
  }

  /// Forwards and backwards.
  func trace(_ input: [Double], _ target: [Double]) throws -> Trace {
    var nodes = try forward(input)
    var gradients = [Double](repeating: 0, count: values.count)
    for index in nodes.indices { nodes[index].dy = nodes[index].y.map { _ in 0 } }
    let outputs = nodes.last?.y ?? input
    let value = try loss(target, outputs)
    if let last = nodes.indices.last { nodes[last].dy = try loss.gradient(target, outputs) }
    for (index, node) in network.nodes.enumerated().reversed() {
      let here = nodes[index]
      let dz =
        if index == nodes.count - 1, let fusedGradient {
          fusedGradient(target, here.z)
        } else {
          try activations[index].map { try $0.gradient(here.z, here.dy) } ?? here.dy
        }
      nodes[index].dz = dz
      var dx = dz
      if node.layer is Dense { dx = denseBack(node, here.x, dz, &gradients) }
      for place in node.inputs where place != Network.input {
        nodes[place].dy = zip(nodes[place].dy, dx).map(+)
      }
    }
    return Trace(nodes: nodes, loss: value, gradients: gradients)
  }

  private func dense(_ node: Network.Node, _ x: [Double]) -> [Double] {
    var z = [Double](repeating: 0, count: node.outputShape.count)
    let units = z.count
    for slot in node.parameters {
      let start = slot.range.lowerBound
      values.withUnsafeBufferPointer { values in
        z.withUnsafeMutableBufferPointer { z in
          for row in 0..<(slot.role == .bias ? 1 : x.count) {
            let factor = slot.role == .bias ? 1 : x[row]
            for unit in 0..<units { z[unit] += factor * values[start + row * units + unit] }
          }
        }
      }
    }
    return z
  }

  private func denseBack(
    _ node: Network.Node, _ x: [Double], _ dz: [Double], _ gradients: inout [Double]
  ) -> [Double] {
    var dx = [Double](repeating: 0, count: x.count)
    for slot in node.parameters {
      for row in 0..<(slot.role == .bias ? 1 : x.count) {
        for unit in dz.indices {
          let place = slot.range.lowerBound + row * dz.count + unit
          let factor = slot.role == .bias ? 1 : x[row]
          if !slot.isFrozen { gradients[place] = factor * dz[unit] }
          if slot.role == .weights { dx[row] += dz[unit] * values[place] }
        }
      }
    }
    return dx
  }
}
