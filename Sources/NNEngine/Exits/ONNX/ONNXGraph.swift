/// A graph of ONNX while it is written: nodes in the order they run, and constants.
///
/// - Source: the messages of onnx.proto and the operators of ai.onnx 17 and ai.onnx.ml 3 (onnx.ai).
struct ONNXGraph {
  /// What a tensor holds; the numbers are those of `TensorProto.DataType`.
  enum Kind: Int {
    case single = 1
    case int64 = 7
    case text = 8
    case truth = 9
    case double = 11
  }

  /// A tensor of the graph.
  struct Value: Hashable {
    var name: String
    var kind: Kind
  }

  /// An attribute of a node.
  enum Attribute {
    case number(Float)
    case int(Int)
    case ints([Int])
    case texts([String])
  }

  private static let version = 17
  private static let versionOfML = 3

  /// What the names of nodes begin with.
  var scope = "model"
  private var graph = ProtobufMessage()
  private var initializers = ProtobufMessage()
  private var ends = ProtobufMessage()
  private var usesML = false
  private var counts: [String: Int] = [:]
  private var takenNames: Set<String> = []
  private var constants: [[UInt8]: Value] = [:]

  /// A name that no tensor has so far.
  private mutating func freshName(_ base: String) -> String {
    while true {
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let name = count == 0 ? base : "\(base)_\(count)"
      if takenNames.insert(name).inserted { return name }
    }
  }

  // MARK: Nodes

  /// Puts a node behind the others.
  ///
  /// - Parameter name: what its output is to be called, if that matters.
  mutating func add(
    _ operation: String, _ inputs: [Value], _ kind: Kind, _ attributes: [String: Attribute] = [:],
    name: String? = nil, ofML: Bool = false
  ) -> Value {
    let output = Value(name: name ?? freshName("\(scope)/\(operation)"), kind: kind)
    var node = ProtobufMessage()
    for input in inputs { node.put(1, input.name) }
    node.put(2, output.name)
    node.put(3, output.name)
    node.put(4, operation)
    for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
      var message = ProtobufMessage()
      message.put(1, name)
      switch attribute {
      case .number(let value):
        message.put(2, value)
        message.put(20, 1)
      case .int(let value):
        message.put(3, value)
        message.put(20, 2)
      case .ints(let values):
        for value in values { message.put(8, value) }
        message.put(20, 7)
      case .texts(let texts):
        for text in texts { message.put(9, text) }
        message.put(20, 8)
      }
      node.put(5, message)
    }
    if ofML {
      node.put(7, "ai.onnx.ml")
      usesML = true
    }
    graph.put(1, node)
    return output
  }

  /// The same numbers in another kind.
  mutating func cast(_ value: Value, to kind: Kind) -> Value {
    value.kind == kind ? value : add("Cast", [value], kind, ["to": .int(kind.rawValue)])
  }

  // MARK: What is given

  /// Declares an input, `[rows] + shape`.
  mutating func input(_ name: String, _ kind: Kind, _ shape: [Int]) -> Value {
    takenNames.insert(name)
    let value = Value(name: name, kind: kind)
    ends.put(11, Self.description(of: value, shape))
    return value
  }

  /// Declares an output, `[rows] + shape`.
  mutating func output(_ value: Value, _ shape: [Int]) {
    ends.put(12, Self.description(of: value, shape))
  }

  /// Keeps a name for an output.
  mutating func reserve(_ name: String) -> String { freshName(name) }

  private static func description(of value: Value, _ shape: [Int]) -> ProtobufMessage {
    var sizes = ProtobufMessage()
    var rows = ProtobufMessage()
    rows.put(2, "rows")
    sizes.put(1, rows)
    for size in shape {
      var axis = ProtobufMessage()
      axis.put(1, size)
      sizes.put(1, axis)
    }
    var tensor = ProtobufMessage()
    tensor.put(1, value.kind.rawValue)
    tensor.put(2, sizes)
    var type = ProtobufMessage()
    type.put(1, tensor)
    var description = ProtobufMessage()
    description.put(1, value.name)
    description.put(2, type)
    return description
  }

  // MARK: Constants

  /// A tensor of numbers, in 32 or 64 bits. Equal ones stand there once.
  mutating func constant(
    _ numbers: [Double], _ shape: [Int], _ kind: Kind, name: String? = nil
  ) -> Value {
    // Files are little-endian, as are all machines that this runs on.
    let raw =
      kind == .double
      ? numbers.withUnsafeBytes { Array($0) }
      : numbers.map { Float($0) }.withUnsafeBytes { Array($0) }
    return constant(raw, shape, kind, name: name)
  }

  /// A tensor of numbers in 32 bits.
  mutating func constant(_ numbers: ArraySlice<Float>, _ shape: [Int], name: String) -> Value {
    constant(numbers.withUnsafeBytes { Array($0) }, shape, .single, name: name)
  }

  /// A tensor of whole numbers.
  mutating func constant(_ numbers: [Int], _ shape: [Int]) -> Value {
    var raw: [UInt8] = []
    for number in numbers {
      withUnsafeBytes(of: Int64(number).littleEndian) { raw.append(contentsOf: $0) }
    }
    return constant(raw, shape, .int64, name: nil)
  }

  private mutating func constant(
    _ raw: [UInt8], _ shape: [Int], _ kind: Kind, name: String?
  ) -> Value {
    var tensor = ProtobufMessage()
    for size in shape { tensor.put(1, size) }
    tensor.put(2, kind.rawValue)
    let key = raw.count <= 64 ? tensor.bytes + raw : nil
    if let key, let known = constants[key] { return known }
    let value = Value(name: freshName(name ?? "\(scope)/constant"), kind: kind)
    tensor.put(8, value.name)
    tensor.put(9, raw)
    initializers.put(5, tensor)
    if let key { constants[key] = value }
    return value
  }

  // MARK: The file

  /// The bytes of the file.
  ///
  /// - Parameter facts: what readers show about the model.
  func model(_ name: String, version: String, _ facts: [(key: String, value: String)]) -> [UInt8] {
    var whole = graph
    whole.put(2, name.isEmpty ? "model" : name)
    var body = ProtobufMessage()
    body.put(1, 8)
    body.put(2, "nnscript")
    body.put(3, version)
    var content = whole.bytes
    content += initializers.bytes
    content += ends.bytes
    body.put(7, content)
    for (domain, version) in [("", Self.version), ("ai.onnx.ml", Self.versionOfML)]
    where domain.isEmpty || usesML {
      var set = ProtobufMessage()
      set.put(1, domain)
      set.put(2, version)
      body.put(8, set)
    }
    for (key, value) in facts {
      var fact = ProtobufMessage()
      fact.put(1, key)
      fact.put(2, value)
      body.put(14, fact)
    }
    return body.bytes
  }
}
