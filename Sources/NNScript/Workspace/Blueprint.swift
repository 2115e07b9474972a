import NNEngine

/// A model as it was written: layers and loss, before any weights exist. The checker foresees
/// shapes with it, the session builds networks from it, both by the same rules.
struct Blueprint {
  /// One layer as written.
  struct Part {
    var layer: any Layer
    var options: LayerOptions
    /// The line that makes it: `layer dense 64 relu`.
    var line: Declaration
    /// Where it was written; `nil` for layers from a file or added by rule.
    var range: SourceRange?
    /// Where its number of units was written, if it has one.
    var unitsRange: SourceRange?
    /// The blocks before it in the row, of a join.
    var blocks: Blocks?
  }

  /// What becomes of the layers once data and loss are known.
  struct Completion {
    /// How targets, last layer and loss belong together.
    var decision: Decision
    var parts: [Part]
    /// The output layer that was added, as the line one would type.
    var added: String?
  }

  var parts: [Part] = [] {
    didSet {
      version += 1
      if !isGrowing { row = nil }
    }
  }
  /// What is known of the row of layers, brought up to date with each that is added: a model of
  /// thousands of layers is not gone through for each of them.
  private var row: Row?
  private var isGrowing = false
  /// Joins whose blocks are being written, from the outside in.
  var open: [OpenJoin] = [] { didSet { version += 1 } }
  /// The shape that `input` gave.
  var input: Shape? { didSet { version += 1 } }
  /// The loss that was chosen.
  var loss: (any Loss)? { didSet { version += 1 } }
  /// What the loss was given besides: penalties, smoothing, class weights.
  var lossSettings = LossSettings()
  /// Which state of the model this is, to see cheaply whether it changed.
  private(set) var version = 0
  /// Where the loss was named.
  var lossRange: SourceRange?
  /// The metrics chosen by `metric`; `nil` for what suits the targets.
  var metrics: [any Metric]?
  /// What they were given besides.
  var metricSettings = MetricSettings()
  /// Where they were chosen.
  var metricsRange: SourceRange?
  /// How pictures are changed by chance while they are learnt from.
  var augmentation = Augmentation()

  /// The name each layer goes by: its own, or its kind and number.
  var names: [String] { Self.names(of: parts) }

  static func names(of parts: [Part]) -> [String] {
    var counts: [String: Int] = [:]
    return parts.map { part in
      counts[part.layer.kind, default: 0] += 1
      return part.options.name ?? "\(part.layer.kind)\(counts[part.layer.kind] ?? 1)"
    }
  }

  /// The shapes behind each layer.
  func shapes(from input: Shape, parts: [Part]? = nil) throws(EngineError) -> [Shape] {
    let parts = parts ?? self.parts
    let (names, inputs) = (Self.names(of: parts), inputs(of: parts))
    var shapes: [Shape] = []
    for (index, part) in parts.enumerated() {
      let given = inputs[index].map { $0 == Network.input ? input : shapes[$0] }
      shapes.append(try part.layer.outputShape(for: given, name: names[index]))
    }
    return shapes
  }

  /// The shape of a row of data as the layers see it: that of `input` where it says more of the same
  /// numbers, such as a picture of what a table has side by side.
  func shape(ofRows data: Shape) -> Shape {
    guard let input, input.count == data.count, input.rank > data.rank else { return data }
    return input
  }

  // MARK: Growing

  /// Adds a layer behind those there are, in the block that is being written.
  mutating func add(_ part: Part) { add(part, reading: [source()]) }

  /// What a join reads behind the layers of its blocks.
  func inputs(ofJoin starts: [Int], from source: Int, hasWayAround: Bool) -> [Int] {
    let ends = starts.dropFirst() + [parts.count]
    return zip(starts, ends).map { $0 == $1 ? source : $1 - 1 } + (hasWayAround ? [source] : [])
  }

  mutating func add(_ part: Part, reading inputs: [Int]) {
    let row = ownRow()
    isGrowing = true
    parts.append(part)
    isGrowing = false
    row.add(part, reading: inputs)
  }

  /// Takes the layer added last out again.
  mutating func removeLast() { parts.removeLast() }

  mutating func ownRow() -> Row {
    if let row, row.count == parts.count { return row }
    let made = Row(parts, inputs: inputs(of: parts))
    row = made
    return made
  }

  /// Where what the next layer reads comes from.
  mutating func source() -> Int { ownRow().source(for: parts.count, open) }

  /// The name of the layer added last, and whether another bears it too.
  mutating func lastName() -> (name: String, isTaken: Bool)? {
    let row = ownRow()
    return row.names.last.map { ($0, row.lastIsTaken) }
  }

  /// The shapes that the layer added last is given.
  mutating func lastInputs(from input: Shape) throws(EngineError) -> [Shape] {
    try ownRow().lastInputs(parts, from: input)
  }

  /// The shape behind the layer added last.
  mutating func lastShape(from input: Shape) throws(EngineError) -> Shape {
    try ownRow().shape(behind: parts.count - 1, parts, from: input)
  }

  /// - Throws: `EngineError.tooLarge` where the layers have more parameters than fit.
  mutating func checkParameters(from input: Shape) throws(EngineError) {
    try ownRow().checkParameters(parts, from: input)
  }

  /// Decides how targets, last layer and loss belong together, and makes the network fit: the last
  /// layer gets the activation its loss belongs to, or an output layer follows a hidden one.
  ///
  /// - Throws: `EngineError.misfit`, or what a layer says of its input.
  func completed(
    input: Shape, targets: TargetFacts, _ catalog: Catalog
  ) throws(EngineError) -> Completion {
    let input = shape(ofRows: input)
    let shapes = try shapes(from: input)
    do throws(Misfit) {
      let output = shapes.last ?? input
      let head = try head(output)
      let decision = try Decision(targets, head, loss) { name in
        try? catalog.losses.first { $0.name == name }?.makeWithDefaults()
      }
      switch decision.ending {
      case .asItIs: return Completion(decision: decision, parts: parts, added: nil)
      case .activation(let name):
        return Completion(
          decision: decision, parts: withActivation(name, behind: output, catalog), added: nil)
      case .layer(let units, let activation):
        let output = Self.outputPart(units, activation, catalog)
        return Completion(decision: decision, parts: parts + [output], added: output.line.text)
      }
    } catch {
      throw .misfit(error)
    }
  }

  /// The activation the network ends in; layers such as dropout pass it on.
  var outputActivation: String { lastShaping?.layer.activation?.name ?? "linear" }

  /// The last layer that does more than pass on what it gets.
  private var lastShaping: Part? {
    parts.last { $0.layer.activation != nil || $0.blocks != nil }
  }

  /// How the network ends, as far as the outputs are concerned.
  ///
  /// - Throws: that there are no layers.
  private func head(_ output: Shape) throws(Misfit) -> Head {
    let units = output.count
    guard !parts.isEmpty else {
      throw Misfit(
        "the model has no layers", at: .command, "the model is empty at this point",
        help: ["add a layer above, for example `layer dense 16 relu`"])
    }
    guard let last = parts.last(where: { $0.layer.passing == nil }) else {
      return Head(.plain, units: units, range: .any)
    }
    let behind = parts.reversed().prefix { $0.layer.passing != nil }.map(\.layer)
    let follower = behind.first { $0.passing == .drops || $0.passing == .normalises }
    let isNormalised = behind.contains { $0.passing == .normalises }
    let function = last.layer.activation.flatMap { $0.isIdentity ? nil : $0 }
    var range = isNormalised ? .any : function?.range ?? .any
    // Each point of a picture has shares of its own.
    if output.hasSeveralPoints { range.sumsToOne = false }
    let role: Head.Role =
      if let own = function?.range {
        own.isOfProbabilities ? .probabilities : .hidden
      } else if last.blocks != nil {
        .hidden
      } else {
        .plain
      }
    return Head(
      role, units: units, range: range, activation: function?.name,
      follower: follower?.kind)
  }

  /// The last layer with the activation its loss belongs to.
  private func withActivation(
    _ name: String, behind output: Shape, _ catalog: Catalog
  ) -> [Part] {
    var parts = parts
    guard let function = catalog.activation(named: name), let last = parts.last else {
      return parts
    }
    if let dense = last.layer as? Dense {
      parts[parts.count - 1].layer = Dense(units: dense.units, activation: function)
      parts[parts.count - 1].line = last.line.with("activation", .word(name))
    } else {
      if name == "softmax", output.hasSeveralPoints {
        parts.append(
          Part(
            layer: Flatten(), options: LayerOptions(),
            line: Declaration(word: "layer", member: "flatten"), range: nil))
      }
      parts.append(
        Part(
          layer: ActivationLayer(function), options: LayerOptions(),
          line: Declaration(
            word: "layer", member: "activation",
            settings: [.init(name: "function", value: .word(name), place: .plain)]), range: nil))
    }
    return parts
  }

  /// Gives the last dense layer the activation that its loss had added, where a file keeps only what
  /// the outputs say, as files of formats 2 and 3 did at first.
  mutating func completeEnding(saying answer: Answer?, _ catalog: Catalog) {
    guard let dense = parts.last?.layer as? Dense, dense.activation?.isIdentity ?? true else {
      return
    }
    switch answer {
    case .probabilities where dense.units > 1, .shares:
      parts = withActivation("softmax", behind: [dense.units], catalog)
    case .probabilities, .labels:
      parts = withActivation("sigmoid", behind: [dense.units], catalog)
    case .numbers, .likelihoods, .scores, nil: break
    }
  }

  /// An output layer that nobody wrote.
  private static func outputPart(_ units: Int, _ activation: String, _ catalog: Catalog) -> Part {
    Part(
      layer: Dense(units: units, activation: catalog.activation(named: activation) ?? Linear()),
      options: LayerOptions(), line: .dense(units, activation), range: nil)
  }
}

extension Shape {
  /// Whether it is a picture of more than one point, or the like.
  fileprivate var hasSeveralPoints: Bool { rank > 1 && sizes.last != count }
}

extension Catalog {
  /// An activation by its word.
  func activation(named name: String) -> (any Activation)? {
    try? activations.first { $0.name == name }?.makeWithDefaults()
  }
}
