import NNEngine

/// A model of a session: its layers as written, what it learns with, and its network once built.
/// A value: a copy is a snapshot, which is how a failed command changes nothing.
struct Model {
  /// How weights move, as chosen by `optimizer`.
  struct Rule {
    var optimizer: any Optimizer
    /// The step size given with it.
    var learningRate: Double?
    /// The line that chose it.
    var line: Declaration
  }

  /// One epoch as the history keeps it.
  struct Epoch {
    var number: Int
    var figures: [(name: String, value: Double)]
    var learningRate: Double
    var seconds: Double
  }

  /// What a model learnt from last.
  struct Origin: Equatable {
    /// The name of the data, without folders.
    var data: String
    /// How many rows it learnt from.
    var rows: Int
    /// The version that saved it, where it comes from a file.
    var version: String?
  }

  /// Its name; empty for the one that scripts begin with.
  var name = ""
  var blueprint = Blueprint()
  var rule: Rule?
  /// The line that chose the loss.
  var lossLine: Declaration?
  /// The network; `nil` until something needs it.
  var network: Network?
  /// The layers the network was built from, the added output layer included.
  var builtParts: [Blueprint.Part] = []
  var state = TrainingState()
  /// How rows become what the network sees; from the data it was built for.
  var preprocessing: Preprocessing?
  var history: [Epoch] = []
  /// What its last `train` was asked for, to be done again on other rows.
  var lastTraining: TrainingRequest?
  /// What it learnt from; `nil` where it has not, or a file does not say.
  var origin: Origin?
  /// Whether its weights come from a training, here or before it was saved.
  var hasLearnt = false
  /// Whether weights were assigned by hand.
  var hasAssignedWeights = false
  /// Whether weights were chosen by the script: assigned, or given to a layer.
  var hasOwnWeights: Bool {
    hasAssignedWeights || blueprint.parts.contains { $0.options.weights != nil }
  }
  /// What the last preparation found, as long as data and layers stay what they are.
  var prepared: Preparation?

  struct Preparation {
    var dataVersion: Int
    var blueprintVersion: Int
    var result: Prepared
    /// Whether these data were arranged by what the model had learnt before.
    var isArranged = false
  }

  /// What it is called in messages.
  var title: String { name.isEmpty ? "the model" : "`\(name)`" }

  /// Tells networks apart that cannot take over each other's weights.
  static func signature(_ parts: [Blueprint.Part], _ input: Shape) -> String {
    let layers = parts.map { part in
      let function = part.layer.activation
      let definition = (function as? any Defined)?.equation.definition ?? ""
      return "\(part.line.text) \(function?.name ?? "") \(definition) \(part.blocks?.sizes ?? [])"
    }
    return ([input.description] + layers).joined(separator: "\n")
  }

  /// Whether the network still is what the layers, input and loss ask for.
  func isBuilt(from parts: [Blueprint.Part], _ input: Shape) -> Bool {
    guard let network else { return false }
    return Model.signature(builtParts, network.inputShape) == Model.signature(parts, input)
  }

  /// Builds the network with the weights that a seed gives, and begins its training anew.
  ///
  /// - Parameter keepsWeights: whether the first layers that stay what they are keep what they
  ///   learnt or were given: a layer added behind them is no reason to forget it.
  /// - Throws: `EngineError`.
  mutating func build(
    _ parts: [Blueprint.Part], input: Shape, seed: UInt64, keepsWeights: Bool = false
  ) throws {
    var made = try Network(
      graph: Blueprint.elements(of: parts), inputShape: input, seed: seed)
    if keepsWeights, let network {
      for (old, new) in zip(network.nodes, made.nodes) {
        guard old.name == new.name, old.layer.kind == new.layer.kind, old.inputs == new.inputs,
          old.inputShape == new.inputShape, old.parameters == new.parameters
        else { break }
        for slot in new.parameters {
          made.values.replaceSubrange(slot.range, with: network.values[slot.range])
        }
      }
    }
    network = made
    builtParts = parts
    state = TrainingState(seed: seed)
    history = []
    hasLearnt = false
    origin = nil
    prepared = nil
  }

  /// Goes back to the weights that a seed gives.
  ///
  /// - Throws: `EngineError`.
  mutating func startAnew(seed: UInt64) throws {
    if let input = network?.inputShape { try build(builtParts, input: input, seed: seed) }
  }

  /// Takes over how data prepare their rows. A network that has learnt keeps what it learnt with,
  /// as long as columns and classes are the same.
  mutating func takePreprocessing(of data: Dataset, decided decision: Decision) {
    let new = data.preprocessing
    if hasLearnt, var own = preprocessing, own.inputNames == new.inputNames,
      own.targetNames == new.targetNames, own.classNames == new.classNames,
      own.inputShape.count == new.inputShape.count,
      decision.units == .normalized || own.targetScaling == nil
    {
      (own.answer, own.boundary) = (new.answer, new.boundary)
      preprocessing = own
      return
    }
    preprocessing = new
  }

  /// What makes the model again, without its weights.
  var items: [ModelItem] {
    var items: [ModelItem] = []
    // A function of the script stands before what uses it, and again where its name changed hands.
    var definitions: [String: String] = [:]
    func definition(_ word: Any?) -> [ModelItem] {
      guard let equation = (word as? any Defined)?.equation,
        definitions.updateValue(equation.definition, forKey: equation.name) != equation.definition
      else { return [] }
      return [.definition(equation.definition)]
    }
    if let input = network?.inputShape ?? blueprint.input {
      let size = Expression.Form(.size(input.sizes))
      items.append(
        .line(
          Declaration(
            word: "input",
            settings: size.map { [.init(name: "size", value: $0, place: .plain)] } ?? [])))
    }
    let parts = network == nil ? blueprint.parts : builtParts
    // Definitions inside a block would end with it: the first of each name stands before all layers.
    for case let word as any Defined in parts.map(\.layer.activation)
    where definitions[word.equation.name] == nil {
      items += definition(word)
    }
    items += Blueprint.tree(of: parts) { place, blocks in
      definition(parts[place].layer.activation) + [.line(parts[place].line, blocks: blocks)]
    }
    if let lossLine {
      items += definition(blueprint.loss) + definition(blueprint.lossSettings.regularizer)
      items.append(.line(lossLine))
    }
    if let rule { items += definition(rule.optimizer) + [.line(rule.line)] }
    if let metrics = blueprint.metrics, !metrics.isEmpty {
      items += metrics.flatMap { definition($0) }
      items.append(.line(blueprint.metricSettings.line(metrics)))
    }
    if let line = blueprint.augmentation.line { items.append(.line(line)) }
    return items
  }
}
