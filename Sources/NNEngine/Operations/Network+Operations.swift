/// A network's layers within a program of operations.
public struct NetworkOperations: Sendable {
  /// A layer's values.
  public struct Node: Sendable {
    /// What it reads, an input each. Where several read one value, each reads a copy, so that the
    /// gradients that they send back can be told apart.
    public let inputs: [Operations.Ref]
    /// What stands before the activation that the layer ends in; without one, its output.
    public let inner: Operations.Ref
    /// What it gives.
    public let output: Operations.Ref
    /// Where its values stand.
    let places: Range<Int>
  }

  /// What the network is given.
  public let input: Operations.Ref
  /// The layers in order.
  public let nodes: [Node]

  /// What the network gives.
  public var output: Operations.Ref { nodes.last?.output ?? input }

  /// A value of a layer that it has named, such as `mean`.
  public func value(_ name: String, of node: Int, in program: Operations) -> Operations.Ref? {
    program.named(name, among: nodes[node].places)
  }

  /// Whether a layer has a part that is left to chance.
  public func hasChance(_ node: Int, in program: Operations) -> Bool {
    nodes[node].places.contains {
      if case .uniform = program.values[$0].source { true } else { false }
    }
  }

  /// Writes what a network's layers compute behind a value.
  init(_ network: Network, behind given: Operations.Ref, into program: inout Operations) {
    var nodes: [Node] = []
    let sources = network.nodes.flatMap(\.inputs)
    for (index, node) in network.nodes.enumerated() {
      let start = program.values.count
      var inputs: [Operations.Ref] = []
      for source in node.inputs {
        let ref = source == Network.input ? given : nodes[source].output
        let isShared = sources.count { $0 == source } > 1
        inputs.append(isShared ? program.reshape(ref, program.shape(ref)) : ref)
      }
      let parameters = LayerParameters(
        node.parameters.map { ($0.name, $0.shape, $0.isFrozen) }, into: &program)
      program.chanceKey = network.chanceKey(ofNode: index)
      var inner = node.layer.lower(inputs, parameters, into: &program)
      // A layer that does nothing has a value of its own too, which other programs can name.
      if inputs.contains(inner) { inner = program.reshape(inner, program.shape(inner)) }
      precondition(
        program.shape(inner).count == node.outputShape.count,
        "\(node.name) gives what its shape says")
      var output = inner
      if let function = node.layer.activation { output = program.activation(function, inner) }
      nodes.append(
        Node(inputs: inputs, inner: inner, output: output, places: start..<program.values.count))
    }
    input = given
    self.nodes = nodes
  }
}

extension Network {
  /// What the chance of a layer comes from.
  func chanceKey(ofNode index: Int) -> UInt64 {
    RandomStream.mix(seed &* 0x9e37_79b9 &+ UInt64(index + 1))
  }
}
