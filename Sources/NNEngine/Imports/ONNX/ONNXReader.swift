/// Reads the network that an ONNX file describes.
///
/// Files have the rows as their first axis and, mostly, channels before places; here rows are not
/// spoken of and channels stand last. So for each value it is known which layer of ours gives it,
/// and which of that layer's axes each of theirs is made of:
///
///     theirs     [rows, 16, 4, 4]                [rows, 256]
///     ours       conv1, 4x4x16                   conv1, 4x4x16
///     axes       [[2], [0], [1]]                 [[2, 0, 1]]
///
/// Weights that read such a value are turned to fit. Operations on single numbers are collected as
/// one formula, until something else reads the result.
struct ONNXReader {
  /// A value that rows change.
  struct Flow: Hashable {
    /// The layer that gives it.
    var place: Int
    /// For each of their axes behind the rows the axes of ours that it is made of, the slowest
    /// first; none for an axis of 1.
    var axes: [[Int]]
  }

  /// A number of a list of sizes.
  enum Size: Equatable {
    case number(Int)
    /// How many rows there are.
    case rows
  }

  /// What is known of a value of the file.
  enum Value {
    case constant(ONNXTensor)
    case sizes([Size])
    case flow(Flow)
    /// A term of the formula that begins at a flow.
    case term(Flow, Formula.Term)
  }

  /// A formula that begins at a flow: its first variable. The others are numbers for each feature.
  struct Growing {
    var formula = Formula([Formula.Variable("x", .element)])
    var vectors: [[Double]] = []
  }

  let model: ONNXModel
  var network = ImportedNetwork(input: [])
  var values: [String: Value] = [:]
  var formulas: [Flow: Growing] = [:]
  /// How many rows the file was made for, where it says so.
  private(set) var rows: Int?
  /// How often each value is read.
  private(set) var readers: [String: Int] = [:]
  /// Layers whose result is read more than once.
  private var manyRead: Set<Int> = []
  private let path: String

  /// A formula of so many terms goes no further.
  static let mostTerms = 200

  private init(_ model: ONNXModel, path: String) {
    (self.model, self.path) = (model, path)
  }

  /// Reads a network.
  ///
  /// - Throws: `EngineError.badFile` that names the first node that is no layer, `.outOfMemory`,
  ///   `.interrupted`.
  static func network(of model: ONNXModel, path: String) throws -> ImportedNetwork {
    var reader = ONNXReader(model, path: path)
    try reader.read()
    return reader.network
  }

  private mutating func read() throws {
    // The weights as they stand, turned, and in the network.
    try Allowance.admit(
      12 * model.constants.values.reduce(0) { $0 + $1.count }, for: "the weights of the file")
    for (name, tensor) in model.constants { values[name] = .constant(tensor) }
    guard let output = model.outputs.first?.name, !output.isEmpty else {
      throw bad("it gives no result")
    }
    if model.outputs.count > 1 {
      network.notes.append(
        "the result is `\(output)`; left out: \(Self.list(model.outputs.dropFirst().map(\.name)))")
    }
    let nodes = needed(for: output)
    for name in nodes.flatMap(\.inputs) + [output] { readers[name, default: 0] += 1 }
    try declareInput()
    for node in nodes {
      try Allowance.proceed()
      for input in node.inputs where !input.isEmpty && values[input] == nil {
        throw unreadable(node, "it reads `\(input)`, which nothing before it gives")
      }
      for output in node.outputs where values[output] != nil {
        throw unreadable(node, "it gives `\(output)`, which is there already")
      }
      do throws(EngineError) {
        try read(node)
      } catch {
        // What a layer says of its input is told of the node.
        if case .wrongInputShape(_, let expected, let found, _) = error {
          throw unreadable(node, "it takes \(expected), it is given \(found)")
        }
        throw error
      }
      for output in node.outputs {
        if case .flow(let flow)? = values[output], readers[output, default: 0] > 1 {
          manyRead.insert(flow.place)
        }
      }
    }
    guard values[output] != nil else { throw bad("nothing gives its result `\(output)`") }
    let result = try flow(output, of: ONNXModel.Node(operation: "output", name: output))
    network.output = result.place
    guard result.place >= 0 else { throw bad("it has no layers") }
    network.fuse()
    tellOrder(of: result)
  }

  /// The nodes that a result needs, in their order.
  private func needed(for output: String) -> [ONNXModel.Node] {
    var names: Set<String> = [output]
    var nodes: [ONNXModel.Node] = []
    for node in model.nodes.reversed() where node.outputs.contains(where: names.contains) {
      names.formUnion(node.inputs)
      nodes.append(node)
    }
    return nodes.reversed()
  }

  // MARK: What is given

  private mutating func declareInput() throws {
    guard model.inputs.count == 1 else {
      throw bad(
        "it takes \(model.inputs.count) inputs, a network here takes one",
        detail: Self.list(model.inputs.map(\.name)),
        help: model.inputs.isEmpty ? nil : "export the network alone, without its preprocessing")
    }
    let input = model.inputs[0]
    guard [1, 10, 11, 16].contains(input.type) else {
      throw bad("its input `\(input.name)` takes no numbers with fractions")
    }
    guard (2...4).contains(input.sizes.count) else {
      throw bad(
        "its input `\(input.name)` has \(input.sizes.count) axes; known are rows of numbers, "
          + "and pictures")
    }
    let sizes = input.sizes.dropFirst().compactMap { $0 }
    guard sizes.count == input.sizes.count - 1 else {
      throw bad(
        "its input `\(input.name)` leaves a size open besides the number of rows",
        help: "export it for rows of one size")
    }
    rows = input.sizes[0]
    let isPicture = sizes.count == 3
    let isLast = isPicture && hasChannelsLast(input.name)
    let ours = isPicture && !isLast ? [sizes[1], sizes[2], sizes[0]] : sizes
    network.input = try Shape(checking: ours, for: "the input")
    let axes = isPicture && !isLast ? [2, 0, 1] : Array(sizes.indices)
    values[input.name] = .flow(Flow(place: Network.input, axes: own(axes, of: network.input)))
    if isPicture, !isLast, sizes[0] > 1 {
      network.notes.append(
        "the file has pictures as \(Shape(sizes)), channels first; here they are "
          + "\(network.input), channels last")
    }
  }

  /// Whether pictures come with channels last: what reads them first tells, or else the program that
  /// wrote the file.
  private func hasChannelsLast(_ input: String) -> Bool {
    let isUsual = ["nnscript", "tf2onnx"].contains(model.producer)
    var same: Set<String> = [input]
    for node in model.nodes where node.inputs.contains(where: same.contains) {
      switch node.operation {
      case "Transpose": return node.integers("perm") == [0, 3, 1, 2]
      case "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool",
        "GlobalMaxPool", "BatchNormalization":
        return false
      case "Mul", "Add", "Sub", "Div", "Cast", "Identity": same.formUnion(node.outputs)
      default: break
      }
    }
    return isUsual
  }

  /// Axes without those of 1.
  func own(_ axes: [Int], of shape: Shape) -> [[Int]] {
    axes.map { shape[$0] == 1 ? [] : [$0] }
  }

  private mutating func tellOrder(of result: Flow) {
    let order = result.axes.flatMap { $0 }
    guard order != order.sorted() else { return }
    network.notes.append("the result comes with its channels last")
  }

  // MARK: Values

  /// Their sizes of a value, without the rows.
  func sizes(_ flow: Flow) -> [Int] {
    let shape = network.shape(flow.place)
    return flow.axes.map { $0.reduce(1) { $0 * shape[$1] } }
  }

  /// The shape of ours behind a value.
  func shape(_ flow: Flow) -> Shape { network.shape(flow.place) }

  /// Whether a layer's result is read more than once.
  func isReadByOthers(_ place: Int) -> Bool { manyRead.contains(place) }

  /// A value that a layer gives; what was collected as a formula becomes layers.
  mutating func flow(_ name: String, of node: ONNXModel.Node) throws(EngineError) -> Flow {
    switch values[name] {
    case .flow(let flow)?: return flow
    case .term(let flow, let term)?:
      let made = try layers(for: term, from: flow, node)
      values[name] = .flow(made)
      return made
    default: throw unreadable(node, "it reads `\(name)`, which is not made of the rows")
    }
  }

  /// A constant that a node reads.
  func constant(_ node: ONNXModel.Node, _ index: Int) throws(EngineError) -> ONNXTensor? {
    guard node.inputs.indices.contains(index), !node.inputs[index].isEmpty else { return nil }
    guard case .constant(let tensor)? = values[node.inputs[index]] else {
      throw unreadable(node, "its weights `\(node.inputs[index])` change with the rows")
    }
    return tensor
  }

  /// The numbers of a constant, of these sizes.
  func numbers(
    _ tensor: ONNXTensor, _ node: ONNXModel.Node
  ) throws(EngineError) -> [Float] {
    guard let numbers = tensor.floats else {
      throw unreadable(
        node, "`\(tensor.name)` holds \(tensor.otherType ?? "no") numbers",
        help: "export the network as it was trained, not quantised")
    }
    guard numbers.allSatisfy(\.isFinite) else {
      throw unreadable(node, "`\(tensor.name)` holds a value that is no finite number")
    }
    return numbers
  }

  /// Whole numbers that a node is given as an attribute or, in newer files, as an input.
  func list(
    _ node: ONNXModel.Node, _ attribute: String, input: Int
  ) throws(EngineError) -> [Int]? {
    if let list = node.integers(attribute) { return list }
    return try constant(node, input)?.integers
  }

  /// Puts a layer behind the others.
  ///
  /// - Returns: its place.
  @discardableResult
  mutating func add(
    _ layer: any Layer, _ inputs: [Int], _ settings: [(name: String, value: JSONValue)] = [],
    _ parameters: [String: Tensor] = [:]
  ) throws(EngineError) -> Int {
    let given = inputs.map(network.shape)
    let output = try layer.outputShape(for: given, name: layer.kind)
    guard output.count <= Shape.largestCount else {
      throw .tooLarge(what: "the network of the file", count: output.count)
    }
    network.layers.append(
      ImportedNetwork.Layer(
        kind: layer.kind, settings: settings, inputs: inputs, output: output,
        parameters: parameters))
    return network.layers.count - 1
  }

  // MARK: Errors

  func bad(_ problem: String, detail: String? = nil, help: String? = nil) -> EngineError {
    .badFile(path: path, problem: problem, detail: detail, help: help)
  }

  /// Names a node that cannot be read, and why.
  func unreadable(_ node: ONNXModel.Node, _ why: String, help: String? = nil) -> EngineError {
    bad("\(node.title) cannot be read: \(why)", help: help)
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(8).map { "`\($0)`" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }
}
