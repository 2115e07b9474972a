import NNEngine

/// What a network has to give: as many values as there are classes, or numbers a row.
enum TargetFacts: Equatable {
  case classes(Int)
  case values(Int)
}

/// A model as it was written: layers and loss, before any weights exist. The checker foresees
/// shapes with it, the session builds networks from it, both by the same rules.
struct Blueprint {
  /// One layer as written.
  struct Part {
    var layer: any Layer
    var options: LayerOptions
    /// The line that makes it: `layer dense 64 relu`.
    var text: String
    /// Where it was written; `nil` for layers from a file or added by rule.
    var range: SourceRange?
    /// Where its number of units was written, if it has one.
    var unitsRange: SourceRange?
    /// The blocks before it in the row, of a join.
    var blocks: Blocks?
  }

  /// What becomes of the layers once data and loss are known.
  struct Completion {
    var parts: [Part]
    /// The output layer that was added, as the line one would type.
    var added: String?
  }

  var parts: [Part] = [] { didSet { version += 1 } }
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
  /// Where they were chosen.
  var metricsRange: SourceRange?

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

  /// The shapes that the layer added last is given.
  func lastInputs(from input: Shape) throws(EngineError) -> [Shape] {
    let shapes = try shapes(from: input)
    return (inputs(of: parts).last ?? []).map { $0 == Network.input ? input : shapes[$0] }
  }

  /// The loss in force: the chosen one, else crossentropy for classes and mse for numbers.
  func effectiveLoss(for targets: TargetFacts?, _ catalog: Catalog) -> (any Loss)? {
    if let loss { return loss }
    guard let targets else { return nil }
    let name = if case .classes = targets { "crossentropy" } else { "mse" }
    return try? catalog.losses.first { $0.name == name }?.makeWithDefaults()
  }

  /// How many values the network must give under a loss.
  static func outputs(for targets: TargetFacts, under loss: any Loss) -> Int {
    switch targets {
    case .values(let width): width
    case .classes(let count):
      // Yes or no takes one output where the loss is made for it.
      count <= 2 && loss.isForClasses && loss.fits(outputs: 1, classes: count) ? 1 : count
    }
  }

  /// Makes the network fit its targets: the last layer gets the activation its loss belongs to,
  /// or an output layer is added after a hidden one.
  ///
  /// - Throws: `EngineError.outputMismatch`, or what a layer says of its input.
  func completed(
    input: Shape, targets: TargetFacts, loss: any Loss, _ catalog: Catalog
  ) throws(EngineError) -> Completion {
    let shapes = try shapes(from: input)
    let last = shapes.last ?? input
    let needed = Self.outputs(for: targets, under: loss)
    let activation = outputActivation
    if fits(last.count, targets, loss) {
      guard let own = loss.ownActivation, activation == "linear" else {
        return Completion(parts: parts, added: nil)
      }
      return Completion(parts: withActivation(own, catalog), added: nil)
    }
    guard endsHidden || parts.isEmpty else {
      throw .outputMismatch(found: last.count, needed: needed)
    }
    let output = Self.outputPart(needed, loss, targets, catalog)
    return Completion(parts: parts + [output], added: output.text)
  }

  /// The activation the network ends in; layers such as dropout pass it on.
  var outputActivation: String { lastShaping?.layer.activation?.name ?? "linear" }

  /// Whether the network ends in what stands inside networks, so that an output layer may follow:
  /// a hidden activation, or ways that meet.
  var endsHidden: Bool {
    lastShaping?.blocks != nil || (outputActivation != "softmax" && outputActivation != "linear")
  }

  /// The last layer that does more than pass on what it gets.
  private var lastShaping: Part? {
    parts.last { $0.layer.activation != nil || $0.blocks != nil }
  }

  private func fits(_ outputs: Int, _ targets: TargetFacts, _ loss: any Loss) -> Bool {
    switch targets {
    case .values(let width): outputs == width
    case .classes(let count): loss.fits(outputs: outputs, classes: count)
    }
  }

  /// The last layer with the activation its loss belongs to.
  private func withActivation(_ name: String, _ catalog: Catalog) -> [Part] {
    var parts = parts
    guard let function = catalog.activation(named: name), let last = parts.last else {
      return parts
    }
    if let dense = last.layer as? Dense {
      parts[parts.count - 1].layer = Dense(units: dense.units, activation: function)
    } else {
      parts.append(
        Part(
          layer: ActivationLayer(function), options: LayerOptions(),
          text: "layer activation \(name)", range: nil))
    }
    return parts
  }

  /// The output layer a loss needs.
  static func outputPart(
    _ units: Int, _ loss: any Loss, _ targets: TargetFacts, _ catalog: Catalog
  ) -> Part {
    var name = loss.ownActivation ?? "linear"
    // Classes as numbers 0 and 1: only outputs between them make sense.
    if case .classes = targets, loss.ownActivation == nil, !loss.isForClasses { name = "sigmoid" }
    let function = catalog.activation(named: name) ?? Linear()
    let suffix = name == "linear" ? "" : " \(name)"
    return Part(
      layer: Dense(units: units, activation: function), options: LayerOptions(),
      text: "layer dense \(units)\(suffix)", range: nil)
  }
}

extension Catalog {
  /// An activation by its word.
  func activation(named name: String) -> (any Activation)? {
    try? activations.first { $0.name == name }?.makeWithDefaults()
  }
}
