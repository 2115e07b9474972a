import Glibc

/// Layers with their numbers: a value, so a copy is a snapshot.
///
/// Layers stand in the order they run; each names the ones before it that it reads. Mostly that is
/// the one before, but an output may have several readers, and a `Join` has several inputs.
///
/// All parameters stand in one array, layer after layer, weights before biases:
///
///     values  │ dense1.weights │ dense1.bias │ dense2.weights │ dense2.bias │
public struct Network: Sendable {
  /// One layer in its place.
  public struct Node: Sendable {
    /// Its name, `dense1` unless given.
    public let name: String
    /// The layer.
    public let layer: any Layer
    /// What it was given besides.
    public let options: LayerOptions
    /// The nodes it reads, by their places; `Network.input` for what the network is given.
    public let inputs: [Int]
    /// One example's shape on each input.
    public let inputShapes: [Shape]
    /// One example's shape behind it.
    public let outputShape: Shape
    /// Its parameters.
    public let parameters: [ParameterSlot]

    /// One example's shape before it, the first of a join's.
    public var inputShape: Shape { inputShapes[0] }
  }

  /// A layer on its way into a network.
  public struct Element: Sendable {
    /// The layer.
    public var layer: any Layer
    /// What it is given besides.
    public var options: LayerOptions
    /// The elements before it that it reads, by their places; `Network.input` for what the network
    /// is given.
    public var inputs: [Int]

    /// Places a layer.
    public init(_ layer: any Layer, _ options: LayerOptions = LayerOptions(), inputs: [Int]) {
      self.layer = layer
      self.options = options
      self.inputs = inputs
    }
  }

  /// Stands among a node's inputs for what the network is given.
  public static let input = -1

  /// A parameter's place among the network's numbers.
  public struct ParameterSlot: Sendable, Equatable {
    /// `weights` or `bias`.
    public let name: String
    /// What it is for.
    public let role: ParameterDeclaration.Role
    /// Its shape.
    public let shape: Shape
    /// Its place in `Network.values`.
    public let range: Range<Int>
    /// Whether training leaves it alone.
    public let isFrozen: Bool
  }

  /// The layers in order.
  public let nodes: [Node]
  /// One example's shape before the first layer.
  public let inputShape: Shape
  /// What all chance of this network comes from.
  public let seed: UInt64
  /// All parameters. Assigning an array that was read earlier goes back to it.
  public var values: [Float] {
    didSet { precondition(values.count == parameterCount, "a network keeps its parameters") }
  }
  /// How many numbers there are, frozen ones and what layers keep for themselves included.
  public let parameterCount: Int

  /// Builds a network of layers in a row and gives it the weights that the seed says.
  ///
  /// - Throws: `EngineError.wrongInputShape`, `.wrongParameterShape`, `.tooLarge`, `.invalid`.
  public init(
    _ layers: [(layer: any Layer, options: LayerOptions)], inputShape: Shape, seed: UInt64 = 0
  ) throws(EngineError) {
    // The node before the first is the network's input.
    try self.init(
      graph: layers.enumerated().map { Element($1.layer, $1.options, inputs: [$0 - 1]) },
      inputShape: inputShape, seed: seed)
  }

  /// Builds a network whose last element gives its outputs, with the weights that the seed says.
  ///
  /// - Throws: as the other, and `EngineError.unequalShapes`.
  public init(
    graph elements: [Element], inputShape: Shape, seed: UInt64 = 0
  ) throws(EngineError) {
    (nodes, parameterCount) = try Self.layout(of: elements, inputShape)
    self.inputShape = inputShape
    self.seed = seed
    values = []
    try Allowance.admit(4 * parameterCount, for: "the weights")
    values = try startingValues()
  }

  /// Builds a network with values that were kept, by `layer.parameter`; nothing is allocated before
  /// all of them are known to fit.
  ///
  /// - Throws: as the others, and `EngineError.invalid` for a value that is missing, is no finite
  ///   number or belongs to no layer.
  public init(
    graph elements: [Element], inputShape: Shape, seed: UInt64, restoring tensors: [String: Tensor]
  ) throws(EngineError) {
    (nodes, parameterCount) = try Self.layout(of: elements, inputShape)
    self.inputShape = inputShape
    self.seed = seed
    var names: [String] = []
    for node in nodes {
      for slot in node.parameters {
        let name = "\(node.name).\(slot.name)"
        guard let tensor = tensors[name] else { throw .invalid("it has no values for `\(name)`") }
        guard tensor.shape == slot.shape else {
          throw .invalid(
            "its `\(name)` has the shape \(tensor.shape), the model's is \(slot.shape)")
        }
        guard try tensor.elements.allSatisfyPiecewise(\.isFinite) else {
          throw .invalid("its `\(name)` holds a value that is no finite number")
        }
        names.append(name)
      }
    }
    if let extra = Set(tensors.keys).subtracting(names).min() {
      throw .invalid("it holds `\(extra)`, for which its model has no place")
    }
    try Allowance.admit(4 * parameterCount, for: "the weights")
    values = []
    values.reserveCapacity(parameterCount)
    for name in names { try values.appendPiecewise(tensors[name]?.elements ?? []) }
  }

  /// The layers with their shapes, and the places of their parameters.
  private static func layout(
    of elements: [Element], _ inputShape: Shape
  ) throws(EngineError) -> (nodes: [Node], parameterCount: Int) {
    var nodes: [Node] = []
    var offset = 0
    let names = try Network.names(for: elements.map { ($0.layer.kind, $0.options.name) })
    for (element, name) in zip(elements, names) {
      let (layer, options) = (element.layer, element.options)
      precondition(
        !element.inputs.isEmpty && element.inputs.allSatisfy { $0 >= -1 && $0 < nodes.count },
        "a layer reads what stands before it")
      let shapes = element.inputs.map { $0 == Network.input ? inputShape : nodes[$0].outputShape }
      let output = try layer.outputShape(for: shapes, name: name)
      var slots: [ParameterSlot] = []
      for declared in layer.parameters(for: shapes[0]) {
        if declared.role == .bias, options.bias == .none { continue }
        let count = try Shape(checking: declared.shape.sizes, for: "\(name).\(declared.name)").count
        slots.append(
          ParameterSlot(
            name: declared.name, role: declared.role, shape: declared.shape,
            range: offset..<offset + count, isFrozen: options.freezes(declared.role)))
        offset += count
        _ = try Shape(checking: [offset], for: "the network")
      }
      nodes.append(
        Node(
          name: name, layer: layer, options: options, inputs: element.inputs, inputShapes: shapes,
          outputShape: output, parameters: slots))
    }
    return (nodes, offset)
  }

  /// Names by kind and number where none is given.
  ///
  /// - Throws: `EngineError.invalid` where two layers would bear one name.
  public static func names(
    for layers: [(kind: String, name: String?)]
  ) throws(EngineError) -> [String] {
    var numbers: [String: Int] = [:]
    var taken: Set<String> = []
    var names: [String] = []
    for (kind, given) in layers {
      numbers[kind, default: 0] += 1
      let name = given ?? "\(kind)\(numbers[kind, default: 1])"
      guard taken.insert(name).inserted else {
        throw .invalid("two layers are named `\(name)`", help: "give one of them another `name=`")
      }
      names.append(name)
    }
    return names
  }

  /// One example's shape behind the last layer.
  public var outputShape: Shape { nodes.last?.outputShape ?? inputShape }

  /// The activation of the last layer, if it ends in one.
  public var outputActivation: (any Activation)? { nodes.last?.layer.activation }

  /// How many numbers can be learnt, frozen ones included, what layers keep for themselves not.
  public var learnableCount: Int {
    nodes.flatMap(\.parameters).filter { $0.role != .state }.reduce(0) { $0 + $1.range.count }
  }

  /// How many numbers training changes.
  public var trainableCount: Int {
    nodes.flatMap(\.parameters).filter { !$0.isFrozen }.reduce(0) { $0 + $1.range.count }
  }

  /// Goes back to the values the network started with.
  public mutating func reset() {
    // The same values were made when the network was built.
    if let start = try? startingValues() { values = start }
  }

  /// The place of a parameter.
  ///
  /// - Throws: `EngineError.unknownName` with the names there are.
  public func slot(layer: String, parameter: String) throws(EngineError) -> ParameterSlot {
    guard let node = nodes.first(where: { $0.name == layer }) else {
      throw .unknownName(what: "layer", name: layer, known: nodes.map(\.name))
    }
    guard let slot = node.parameters.first(where: { $0.name == parameter }) else {
      throw .unknownName(
        what: "parameter of \(layer)", name: parameter, known: node.parameters.map(\.name))
    }
    return slot
  }

  /// A parameter's values.
  ///
  /// - Throws: `EngineError.unknownName` with the names there are; `.interrupted`.
  public func value(layer: String, parameter: String) throws(EngineError) -> Tensor {
    let slot = try slot(layer: layer, parameter: parameter)
    var elements: [Float] = []
    elements.reserveCapacity(slot.range.count)
    try Allowance.piecewise(slot.range.count) { piece in
      let first = slot.range.lowerBound
      elements += values[first + piece.lowerBound..<first + piece.upperBound]
    }
    return Tensor(shape: slot.shape, elements: elements)
  }

  /// Replaces a parameter's values.
  ///
  /// - Throws: `EngineError.unknownName`, or `.wrongParameterShape` for another shape.
  public mutating func assign(
    _ tensor: Tensor, layer: String, parameter: String
  ) throws(EngineError) {
    let slot = try slot(layer: layer, parameter: parameter)
    guard tensor.shape == slot.shape else {
      throw .wrongParameterShape(
        layer: layer, parameter: parameter, expected: slot.shape, found: tensor.shape)
    }
    values.replaceSubrange(slot.range, with: tensor.elements)
  }

  private func startingValues() throws(EngineError) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(parameterCount)
    for (index, node) in nodes.enumerated() {
      // One stream a layer: a layer added behind changes nothing before it.
      try Allowance.proceed()
      var stream = RandomStream(seed: seed, stream: .weights, index: UInt64(index))
      let declarations = node.layer.parameters(for: node.inputShape)
      for slot in node.parameters {
        guard let declared = declarations.first(where: { $0.name == slot.name }) else { continue }
        let given: Tensor? =
          switch (slot.role, node.options.bias) {
          case (.weights, _), (.gain, _): slot.name == "weights" ? node.options.weights : nil
          case (.bias, .values(let tensor)): tensor
          case (.bias, _), (.state, _): nil
          }
        if let given {
          guard given.shape == slot.shape else {
            throw .wrongParameterShape(
              layer: node.name, parameter: slot.name, expected: slot.shape, found: given.shape)
          }
          try result.appendPiecewise(given.elements)
        } else {
          let chosen =
            slot.role == .weights
            ? node.options.initializer ?? declared.initializer : declared.initializer
          let values = chosen.values(
            count: slot.shape.count, fanIn: declared.fanIn, fanOut: declared.fanOut,
            stream: &stream)
          try Allowance.conclude()
          try result.appendPiecewise(values)
        }
      }
    }
    return result
  }
}

extension Network: Equatable {
  /// Whether two networks have the same layers by name, kind, inputs and shape, and the same bytes as
  /// parameters (so NaN equals itself).
  public static func == (a: Network, b: Network) -> Bool {
    guard a.inputShape == b.inputShape, a.nodes.count == b.nodes.count,
      a.values.count == b.values.count
    else { return false }
    for (x, y) in zip(a.nodes, b.nodes) {
      guard x.name == y.name, x.layer.kind == y.layer.kind, x.inputs == y.inputs,
        x.outputShape == y.outputShape, x.parameters == y.parameters
      else { return false }
    }
    return a.values.withUnsafeBytes { x in
      b.values.withUnsafeBytes { y in
        guard let p = x.baseAddress, let q = y.baseAddress else { return x.count == y.count }
        return memcmp(p, q, x.count) == 0
      }
    }
  }
}
