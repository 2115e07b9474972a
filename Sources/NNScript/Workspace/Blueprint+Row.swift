import NNEngine

extension Blueprint {
  /// The layers in a row as they are added: their names, what each reads, the shapes behind them.
  ///
  /// It only grows, and copies of a blueprint share it: the one that grows on goes on with it, any
  /// other sees that it holds more layers than its own and makes another.
  final class Row {
    private(set) var names: [String] = []
    var count: Int { names.count }
    private(set) var lastIsTaken = false
    private var taken: Set<String> = []
    private var numbers: [String: Int] = [:]
    private var inputs: [[Int]] = []
    /// Behind the first layers, for this input.
    private var shapes: [Shape] = []
    private var input: Shape?
    /// The numbers of the first layers' parameters.
    private var parameterCount = 0
    private var counted = 0

    init(_ parts: [Part], inputs: [[Int]]) {
      for (part, inputs) in zip(parts, inputs) { add(part, reading: inputs) }
    }

    func add(_ part: Part, reading inputs: [Int]) {
      numbers[part.layer.kind, default: 0] += 1
      let name = part.options.name ?? "\(part.layer.kind)\(numbers[part.layer.kind] ?? 1)"
      lastIsTaken = !taken.insert(name).inserted
      names.append(name)
      self.inputs.append(inputs)
    }

    /// What a layer added behind so many reads: the one before, or in a new block what the join reads.
    func source(for place: Int, _ open: [OpenJoin]) -> Int {
      guard let join = open.last, join.starts.last == place else { return place - 1 }
      return join.source
    }

    /// Makes the shapes known behind so many layers.
    private func foresee(_ count: Int, _ parts: [Part], from input: Shape) throws(EngineError) {
      if self.input != input {
        (self.input, shapes, parameterCount, counted) = (input, [], 0, 0)
      }
      while shapes.count < count {
        let next = shapes.count
        let given = given(next, input)
        shapes.append(try parts[next].layer.outputShape(for: given, name: names[next]))
      }
    }

    private func given(_ place: Int, _ input: Shape) -> [Shape] {
      inputs[place].map { $0 == Network.input ? input : shapes[$0] }
    }

    func lastInputs(_ parts: [Part], from input: Shape) throws(EngineError) -> [Shape] {
      guard !inputs.isEmpty else { return [] }
      try foresee(inputs.count, parts, from: input)
      return given(inputs.count - 1, input)
    }

    func shape(
      behind place: Int, _ parts: [Part], from input: Shape
    ) throws(EngineError) -> Shape {
      guard place >= 0 else { return input }
      try foresee(place + 1, parts, from: input)
      return shapes[place]
    }

    /// - Throws: `EngineError.tooLarge` for parameters, or layers, too large for any memory.
    func checkParameters(_ parts: [Part], from input: Shape) throws(EngineError) {
      guard !parts.isEmpty else { return }
      while counted < parts.count {
        try foresee(counted, parts, from: input)
        let given = given(counted, input)
        for declared in parts[counted].layer.parameters(for: given[0]) {
          let name = names[counted]
          let verb = declared.name == "weights" ? "the weights" : "the \(declared.name)"
          let shape = try Shape(checking: declared.shape.sizes, for: "\(verb) of `\(name)`")
          parameterCount = try Shape(
            checking: [parameterCount + shape.count], for: "the model up to `\(name)`"
          ).count
        }
        counted += 1
      }
    }
  }
}
