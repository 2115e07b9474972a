/// A model that learns no more, as one program from a row to the answer: what exits write.
///
/// Of its program only what rows change is left to compute. Everything else (weights in another
/// order, a variance's root) is worked out here, in 64 bits, and there are no loops over steps.
///
///     cells ─▶ encoding ─▶ scales ─▶ layers ─▶ own units ─▶ answer
///     └────── 64 bits ───────────┘ └ 32 bits ┘ └──── 64 bits ─────┘
public struct FinishedModel: Sendable {
  /// How precise a number is.
  public enum Precision: Sendable { case single, double }

  /// One layer's part of the program.
  public struct Node: Sendable {
    /// Its name.
    public let name: String
    /// The layer.
    public let layer: any Layer
    /// What it reads.
    public let inputs: [Operations.Ref]
    /// What stands before the activation that the layer ends in.
    public let inner: Operations.Ref
    /// Where its values stand.
    public let places: Range<Int>
  }

  /// A value that is to be written.
  struct Step {
    /// What computes it.
    enum Form {
      case operation(Operation)
      /// A whole layer, without its activation.
      case layer(Node)
    }

    var ref: Operations.Ref
    /// The layer that it belongs to.
    var node: Node?
    var form: Form
    var operands: [Operations.Ref]
  }

  /// What it is called.
  public let name: String
  /// The version of the program that wrote it.
  public let version: String
  /// The network.
  public let network: Network
  /// How rows become what the network is given, and its outputs an answer.
  public let schema: Preprocessing
  /// What is computed for each row.
  public let program: Operations
  /// What is given of each column, `[1]`; empty where `numbers` are given.
  public let cells: [Operations.Ref]
  /// What the columns become, unscaled.
  public let numbers: Operations.Ref
  /// What the network is given.
  public let input: Operations.Ref
  /// What the network gives.
  public let output: Operations.Ref
  /// A number for each class, or the outputs in the targets' own units.
  public let answer: Operations.Ref
  /// The layers.
  public let nodes: [Node]
  /// The numbers of operations that no row changes, by their places.
  private let workedOut: [Int: [Double]]
  /// The parameters' places in `Network.values`, in the order of declaration.
  private let slots: [Range<Int>]

  /// Prepares a model.
  ///
  /// - Throws: `EngineError.outOfMemory`, `.interrupted`.
  public init(
    _ network: Network, _ schema: Preprocessing, name: String, version: String
  ) throws(EngineError) {
    (self.network, self.name, self.version) = (network, name, version)
    self.schema = schema
    let way = ModelProgram(network, schema, given: .cells)
    let (program, made) = way.program.unrolled()
    func ref(_ old: Operations.Ref) -> Operations.Ref { made[old.place] }
    self.program = program
    cells = way.cells.map(ref)
    numbers = ref(way.numbers)
    (input, output, answer) = (ref(way.layers.input), ref(way.layers.output), ref(way.answer))
    let ends = made.map(\.place) + [program.values.count]
    nodes = zip(network.nodes, way.layers.nodes).map { node, own in
      Node(
        name: node.name, layer: node.layer, inputs: own.inputs.map(ref), inner: ref(own.inner),
        places: ends[own.places.lowerBound]..<ends[own.places.upperBound])
    }
    slots = network.nodes.flatMap(\.parameters).map(\.range)
    // Weights are held once more in 64 bits where something is made of them.
    try Allowance.admit(24 * network.parameterCount, for: "the model in another form")
    workedOut = program.workedOut(network.values, slots)
    try Allowance.proceed()
  }

  /// The layer that a value belongs to; `nil` before the first and behind the last.
  public func node(of ref: Operations.Ref) -> Node? {
    nodes.first { $0.places.contains(ref.place) }
  }

  /// A parameter by its place among all: what it is called, `dense1.weights`, and where it stands
  /// in `Network.values`.
  func parameter(_ index: Int) -> (name: String, range: Range<Int>) {
    var before = 0
    for node in network.nodes {
      if index - before < node.parameters.count {
        let slot = node.parameters[index - before]
        return ("\(node.name).\(slot.name)", slot.range)
      }
      before += node.parameters.count
    }
    preconditionFailure("a program has the network's parameters")
  }

  /// Whether a layer has a parameter of a name.
  func hasParameter(_ name: String, _ node: Node) -> Bool {
    network.nodes.first { $0.name == node.name }?.parameters.contains { $0.name == name } ?? false
  }

  /// A layer's parameters by name.
  func parameters(of node: Node) -> [String: Tensor] {
    let slots = network.nodes.first { $0.name == node.name }?.parameters ?? []
    return Dictionary(
      uniqueKeysWithValues: slots.map { slot in
        let numbers = Array(network.values[slot.range])
        return (slot.name, Tensor(shape: slot.shape, elements: numbers))
      })
  }

  /// How precise a value is computed: the network in 32 bits, what is about units in 64.
  public func precision(of ref: Operations.Ref) -> Precision {
    ref.place > input.place && ref.place <= output.place ? .single : .double
  }

  /// The numbers of a value that no row changes; `nil` where rows do.
  public func numbers(of ref: Operations.Ref) -> [Double]? {
    switch program.values[ref.place].source {
    case .constant(let numbers): numbers
    case .parameter(let index): network.values[slots[index]].map(Double.init)
    case .operation: workedOut[ref.place]
    case .input, .uniform: nil
    }
  }

  /// Whether a value is one that no row changes.
  private func isFixed(_ ref: Operations.Ref) -> Bool {
    switch program.values[ref.place].source {
    case .constant, .parameter: true
    case .operation: workedOut[ref.place] != nil
    case .input, .uniform: false
    }
  }

  /// What is to be written for a result, in order: only what rows change.
  ///
  /// - Parameters:
  ///   - given: values that are known.
  ///   - asWhole: whether a layer has a name of its own where it goes; its operations are then one
  ///     step.
  /// - Throws: `EngineError.invalid` for what one row alone does not say.
  func steps(
    to result: Operations.Ref, given: Set<Operations.Ref>, asWhole: (Node) -> Bool
  ) throws(EngineError) -> [Step] {
    var isNeeded = [Bool](repeating: false, count: program.values.count)
    isNeeded[result.place] = true
    var steps: [Step] = []
    for place in program.values.indices.reversed() where isNeeded[place] {
      let ref = Operations.Ref(place: place)
      guard !given.contains(ref), !isFixed(ref) else { continue }
      let node = node(of: ref)
      guard case .operation(let operation, var operands) = program.values[place].source,
        program.extent(ref).isByRow
      else {
        throw .invalid(
          "\(node.map { "`\($0.name)`" } ?? "the model") needs more than one row to say anything, "
            + "and other programs see one")
      }
      var form = Step.Form.operation(operation)
      if let node, node.inner == ref, asWhole(node) {
        form = .layer(node)
        operands = node.inputs.map { source(of: $0, in: node) }
      }
      steps.append(Step(ref: ref, node: node, form: form, operands: operands))
      for operand in operands { isNeeded[operand.place] = true }
    }
    return steps.reversed()
  }

  /// What a layer reads, where it reads a copy.
  private func source(of input: Operations.Ref, in node: Node) -> Operations.Ref {
    guard node.places.contains(input.place),
      case .operation(.reshape, let operands) = program.values[input.place].source
    else { return input }
    return operands[0]
  }

  /// What the outputs are called, one for each number of the answer.
  public var answerNames: [String] {
    let width = program.shape(answer).count
    if !schema.classNames.isEmpty, schema.classNames.count == width { return schema.classNames }
    return schema.targetNames.count == width ? schema.targetNames : []
  }

  /// Whether the answer is a number for each class, of which the greatest decides.
  public var decides: Bool {
    !schema.classNames.isEmpty && program.shape(answer).count == schema.classNames.count
      && (schema.answer ?? .probabilities).isOfClasses
  }
}
