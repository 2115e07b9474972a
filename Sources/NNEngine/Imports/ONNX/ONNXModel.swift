/// An ONNX file as it stands: nodes in order, constants, what goes in and out.
///
/// - Source: the messages of onnx.proto (onnx.ai).
struct ONNXModel {
  /// A node of the graph.
  struct Node {
    var operation = ""
    /// Empty for the operators of ONNX itself.
    var domain = ""
    var name = ""
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [String: Attribute] = [:]
  }

  /// A setting of a node.
  enum Attribute {
    case number(Float)
    case integer(Int)
    case text(String)
    case numbers([Float])
    case integers([Int])
    case tensor(ONNXTensor)
    /// A graph of its own, or whatever else no layer has.
    case other
  }

  /// What is given or what comes out: its sizes, with `nil` for those that a file leaves open.
  struct Port {
    var name = ""
    var type = 0
    var sizes: [Int?] = []
  }

  private(set) var nodes: [Node] = []
  private(set) var constants: [String: ONNXTensor] = [:]
  private(set) var inputs: [Port] = []
  private(set) var outputs: [Port] = []
  /// The version of the operators of ONNX itself.
  private(set) var version = 0
  /// The program that wrote it.
  private(set) var producer = ""
  /// What its maker says besides.
  private(set) var facts: [String: String] = [:]
  /// Where its graph stands in the file.
  private(set) var graph = 0..<0

  /// A network of more nodes takes no one's model.
  private static let mostNodes = 200_000

  /// Reads a file.
  ///
  /// - Parameter beside: the bytes of a file beside it, where numbers are kept apart.
  /// - Throws: `ProtobufReader.Damage`, `EngineError.interrupted`, and what `beside` throws.
  init(decoding bytes: [UInt8], beside: (String) throws -> [UInt8]) throws {
    var reader = ProtobufReader(bytes, 0..<bytes.count)
    var hasGraph = false
    while let (field, content) = try reader.next() {
      switch (field, content.range) {
      case (2, let range?): producer = bytes.text(range)
      case (7, let range?):
        guard !hasGraph else { throw ProtobufReader.Damage(problem: "it has two graphs") }
        (hasGraph, graph) = (true, range)
      case (8, let range?):
        var set = ProtobufReader(bytes, range)
        var (domain, number) = ("", 0)
        while let (field, content) = try set.next() {
          if field == 1, let range = content.range { domain = bytes.text(range) }
          if field == 2 { number = content.integer ?? 0 }
        }
        if domain.isEmpty || domain == "ai.onnx" { version = number }
      case (14, let range?):
        let (key, value) = try Self.pair(bytes, range)
        facts[key] = value
      default: break
      }
    }
    guard hasGraph else { throw ProtobufReader.Damage(problem: "it has no graph") }
    try readGraph(bytes, beside)
  }

  private mutating func readGraph(
    _ bytes: [UInt8], _ beside: (String) throws -> [UInt8]
  ) throws {
    var reader = ProtobufReader(bytes, graph)
    while let (field, content) = try reader.next() {
      guard let range = content.range else { continue }
      switch field {
      case 1:
        guard nodes.count < Self.mostNodes else {
          throw ProtobufReader.Damage(problem: "it has more than \(Self.mostNodes) nodes")
        }
        nodes.append(try Self.node(bytes, range, beside))
      case 5:
        try Allowance.proceed()
        let tensor = try ONNXTensor(bytes, range, beside: beside)
        guard constants.updateValue(tensor, forKey: tensor.name) == nil else {
          throw ProtobufReader.Damage(problem: "two constants are called `\(tensor.name)`")
        }
      case 11: inputs.append(try Self.port(bytes, range))
      case 12: outputs.append(try Self.port(bytes, range))
      case 15: throw ProtobufReader.Damage(problem: "its constants are sparse")
      default: break
      }
    }
    // Old files list their constants among the inputs.
    inputs.removeAll { constants[$0.name] != nil }
  }

  private static func node(
    _ bytes: [UInt8], _ range: Range<Int>, _ beside: (String) throws -> [UInt8]
  ) throws -> Node {
    var reader = ProtobufReader(bytes, range)
    var node = Node()
    while let (field, content) = try reader.next() {
      guard let range = content.range else { continue }
      switch field {
      case 1: node.inputs.append(bytes.text(range))
      case 2: node.outputs.append(bytes.text(range))
      case 3: node.name = bytes.text(range)
      case 4: node.operation = bytes.text(range)
      case 5:
        let (name, attribute) = try attribute(bytes, range, beside)
        node.attributes[name] = attribute
      case 7: node.domain = bytes.text(range)
      default: break
      }
    }
    if node.domain == "ai.onnx" { node.domain = "" }
    return node
  }

  private static func attribute(
    _ bytes: [UInt8], _ range: Range<Int>, _ beside: (String) throws -> [UInt8]
  ) throws -> (String, Attribute) {
    var reader = ProtobufReader(bytes, range)
    var (name, type) = ("", 0)
    var (number, integer, text) = (Float(0), 0, "")
    var (numbers, integers) = ([Float](), [Int]())
    var tensor: ONNXTensor?
    while let (field, content) = try reader.next() {
      switch (field, content) {
      case (1, .bytes(let range)): name = bytes.text(range)
      case (2, .fixed(let place)) where place.count == 4:
        number = bytes.single(at: place.lowerBound)
      case (3, _): integer = content.integer ?? 0
      case (4, .bytes(let range)): text = bytes.text(range)
      case (5, .bytes(let range)): tensor = try ONNXTensor(bytes, range, beside: beside)
      case (7, .fixed(let place)) where place.count == 4:
        numbers.append(bytes.single(at: place.lowerBound))
      case (7, .bytes(let range)):
        numbers += stride(from: range.lowerBound, to: range.upperBound - 3, by: 4).map(bytes.single)
      case (8, .number): integers.append(content.integer ?? 0)
      case (8, .bytes(let range)):
        var list = ProtobufReader(bytes, range)
        while list.hasMore { integers.append(Int(truncatingIfNeeded: try list.varint())) }
      case (20, _): type = content.integer ?? 0
      default: break
      }
    }
    switch type {
    case 1: return (name, .number(number))
    case 2: return (name, .integer(integer))
    case 3: return (name, .text(text))
    case 4: return (name, tensor.map(Attribute.tensor) ?? .other)
    case 6: return (name, .numbers(numbers))
    case 7: return (name, .integers(integers))
    default: return (name, .other)
    }
  }

  private static func port(
    _ bytes: [UInt8], _ range: Range<Int>
  ) throws(ProtobufReader.Damage) -> Port {
    /// The message in a field of a message.
    func part(_ number: Int, _ range: Range<Int>?) throws(ProtobufReader.Damage) -> Range<Int>? {
      guard let range else { return nil }
      var reader = ProtobufReader(bytes, range)
      while let (field, content) = try reader.next() {
        if field == number { return content.range }
      }
      return nil
    }
    var port = Port()
    port.name = try part(1, range).map(bytes.text) ?? ""
    guard let tensor = try part(1, try part(2, range)) else { return port }
    var reader = ProtobufReader(bytes, tensor)
    while let (field, content) = try reader.next() {
      if field == 1 { port.type = content.integer ?? 0 }
      guard field == 2, let shape = content.range else { continue }
      var axes = ProtobufReader(bytes, shape)
      while let (_, axis) = try axes.next() {
        guard let range = axis.range else { continue }
        var sizes = ProtobufReader(bytes, range)
        var size: Int?
        while let (field, content) = try sizes.next() {
          if field == 1, let number = content.integer, number > 0 { size = number }
        }
        port.sizes.append(size)
      }
    }
    return port
  }

  /// A key and its value.
  static func pair(
    _ bytes: [UInt8], _ range: Range<Int>
  ) throws(ProtobufReader.Damage) -> (key: String, value: String) {
    var reader = ProtobufReader(bytes, range)
    var (key, value) = ("", "")
    while let (field, content) = try reader.next() {
      guard let range = content.range else { continue }
      if field == 1 { key = bytes.text(range) }
      if field == 2 { value = bytes.text(range) }
    }
    return (key, value)
  }
}

extension ONNXModel.Node {
  /// What an error calls it.
  var title: String {
    let kind = domain.isEmpty ? operation : "\(domain).\(operation)"
    let own = name.isEmpty ? outputs.first ?? "" : name
    return own.isEmpty ? "a node `\(kind)`" : "the node `\(own)`, `\(kind)`"
  }

  func integer(_ name: String, default value: Int) -> Int {
    if case .integer(let given)? = attributes[name] { given } else { value }
  }

  func integers(_ name: String) -> [Int]? {
    if case .integers(let given)? = attributes[name] { given } else { nil }
  }

  func number(_ name: String, default value: Double) -> Double {
    if case .number(let given)? = attributes[name] { given.shortest } else { value }
  }

  func text(_ name: String, default value: String) -> String {
    if case .text(let given)? = attributes[name] { given } else { value }
  }
}

extension Float {
  /// The number that a person would have written for it: 0.2, and not 0.20000000298.
  var shortest: Double { Double("\(self)") ?? Double(self) }
}
