import NNEngine

/// The layers of a file of another program as lines of ours: one row, with blocks where ways part and
/// meet.
///
///     conv1 ─┬─ conv2 ── conv3 ─┬─ add         layer conv …; residual { layer conv …; layer conv … }
///            └──────────────────┘
struct ImportedRows {
  /// Why layers are no row with blocks.
  struct Crossing: Error {}

  /// What makes the model, as a file says it.
  private(set) var items: [JSONValue] = []
  /// The parameters by `layer.parameter`.
  private(set) var tensors: [String: Tensor] = [:]

  private let network: ImportedNetwork
  /// For each layer the last one that all ways to it go through.
  private var gates: [Int] = []
  private var counts: [String: Int] = [:]
  private var written = 0
  private var functions: [JSONValue] = []

  /// - Throws: `Crossing` where ways do not part and meet like blocks.
  init(_ network: ImportedNetwork) throws(Crossing) {
    self.network = network
    for layer in network.layers {
      gates.append(layer.inputs.dropFirst().reduce(layer.inputs[0]) { gate($0, $1) })
    }
    let row = try row(to: network.output, from: Network.input, depth: 0)
    // A layer that gives nothing to the result, or that two blocks would both have to hold.
    guard written == network.layers.count else { throw Crossing() }
    let size = network.input.sizes.map { JSONValue.number(Double($0)) }
    items = [["input": .array(size)]] + functions + row
  }

  /// The last layer that the ways to both go through.
  private func gate(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while a != b { if a > b { a = gates[a] } else { b = gates[b] } }
    return a
  }

  private mutating func row(
    to end: Int, from start: Int, depth: Int
  ) throws(Crossing) -> [JSONValue] {
    guard depth < Blueprint.deepestBlock else { throw Crossing() }
    var places: [Int] = []
    var place = end
    while place != start {
      guard place > start else { throw Crossing() }
      places.append(place)
      place = gates[place]
    }
    var row: [JSONValue] = []
    for place in places.reversed() {
      let layer = network.layers[place]
      written += 1
      guard layer.inputs.count > 1 else {
        row.append(line(layer))
        continue
      }
      var blocks: [JSONValue] = []
      for input in layer.inputs {
        blocks.append(.array(try self.row(to: input, from: gates[place], depth: depth + 1)))
      }
      // A way without layers: a sum has it anyway, elsewhere it is a block that changes nothing.
      let whole = blocks.filter { $0.array?.isEmpty == false }
      if layer.kind == "residual", !whole.isEmpty {
        blocks = whole
      } else {
        let same: JSONValue = .array([["layer": "activation"]])
        blocks = blocks.map { $0.array?.isEmpty == true ? same : $0 }
        if layer.kind == "residual" { blocks.removeLast() }
      }
      row.append(.object([.init(layer.kind, .array(blocks))]))
    }
    return row
  }

  private mutating func line(_ layer: ImportedNetwork.Layer) -> JSONValue {
    counts[layer.kind, default: 0] += 1
    let name = "\(layer.kind)\(counts[layer.kind] ?? 1)"
    for (parameter, tensor) in layer.parameters { tensors["\(name).\(parameter)"] = tensor }
    var settings = layer.settings.map { JSONValue.Member($0.name, $0.value) }
    if let function = layer.function {
      let word = layer.kind == "activation" ? "function" : "activation"
      settings.append(.init(word, .string(self.word(for: function))))
      if case .word(_, let options) = function {
        settings += options.sorted { $0.key < $1.key }.map { .init($0.key, .number($0.value)) }
      }
    }
    return .object([.init("layer", .string(layer.kind))] + settings)
  }

  /// The word of a function; one that the catalog has not is defined above the layers.
  private mutating func word(for function: ImportedNetwork.Function) -> String {
    switch function {
    case .word(let name, _): return name
    case .formula(let formula):
      let formulas = functions.count
      let equation = ReadEquation(
        name: "function\(formulas + 1)", parameters: [.init(name: "x")], formula: formula)
      let definition = FormulaText(equation).definition
      let body = definition.drop { $0 != "(" }
      // The same function again has the name it had.
      for (index, known) in functions.enumerated()
      where known["def"]?.string?.drop(while: { $0 != "(" }) == body {
        return "function\(index + 1)"
      }
      functions.append(["def": .string(definition)])
      return equation.name
    }
  }
}

extension Session {
  /// The model that an ONNX file describes, with its weights.
  ///
  /// - Returns: the model, and what to know about it.
  /// - Throws: `EngineError.badFile` that names what cannot be read.
  func importModel(_ path: String, named name: String) throws -> (model: Model, notes: [String]) {
    let network = try ImportedNetwork(onnx: path, files: host.files)
    let rows: ImportedRows
    do throws(ImportedRows.Crossing) {
      rows = try ImportedRows(network)
    } catch {
      throw EngineError.badFile(
        path: path, problem: "its ways part and meet in a way that blocks do not",
        detail:
          "a layer is read both inside and outside of a `residual` or `branch`, or gives nothing "
          + "to the result")
    }
    let file = ModelFile(items: .array(rows.items), tensors: rows.tensors)
    return (try buildModel(from: file, named: name, path: path), network.notes)
  }
}
