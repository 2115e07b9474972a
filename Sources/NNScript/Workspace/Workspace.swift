import NNEngine

/// What commands work on: data, models, chance. A value, so that the session can go back to how
/// it was before a command that failed.
struct Workspace {
  @CopiedWhenChanged var data: Dataset? { didSet { dataVersion += 1 } }
  /// Which data these are, to see cheaply whether they changed.
  private(set) var dataVersion = 0
  /// The current model. The one scripts begin with has the empty name.
  @CopiedWhenChanged var model = Model()
  private(set) var currentName = ""
  /// The other models by name.
  private var others: [String: Model] = [:]
  /// What all chance comes from, until the next `seed`.
  private(set) var seed: UInt64 = 0
  /// Where `random` and its like stand.
  var chance = RandomStream(seed: 0, stream: .random)
  /// Whether chance drew rows for the data at hand, so that a later `seed` comes late.
  var hasDrawn = false

  /// The names of all models, the empty one included.
  var allNames: [String] { others.keys + [currentName] }

  /// Names of models that have one.
  var modelNames: [String] { allNames.filter { !$0.isEmpty }.sorted() }

  /// The model of a name, changed in place.
  subscript(model name: String) -> Model? {
    get { name == currentName ? model : others[name] }
    _modify {
      if name == currentName {
        var taken: Model? = model
        model = Model()
        defer { if let taken { model = taken } }
        yield &taken
      } else {
        yield &others[name]
      }
    }
  }

  /// Starts a model of a name, or replaces the one there is, and makes it current.
  /// Whether any model has been trained.
  var hasTrained = false

  mutating func startModel(_ name: String) {
    makeCurrent(name, Model(name: name))
  }

  /// Takes out the current model's history, so that it can grow without being copied.
  mutating func takeHistory() -> [Model.Epoch] {
    let history = model.history
    model.history = []
    return history
  }

  private mutating func makeCurrent(_ name: String, _ next: Model) {
    others[currentName] = model
    others[name] = nil
    currentName = name
    model = next
  }

  /// Makes another model current; false where there is none of that name.
  mutating func use(_ name: String) -> Bool {
    guard let next = self[model: name] else { return false }
    makeCurrent(name, next)
    return true
  }

  mutating func setSeed(_ seed: UInt64) {
    self.seed = seed
    chance = RandomStream(seed: seed, stream: .random)
  }
}

/// Everything a command needs to learn or measure: data in the right reading, a network that fits.
struct Prepared {
  var data: Dataset
  var loss: any Loss
  /// The output layer that was added just now, as the line one would type.
  var added: String?
  /// What to know about data that were arranged for a model that has learnt from others.
  var notes: [String] = []
}

extension Workspace {
  static let noTargets = EngineError.invalid(
    "the data have no targets to learn from", help: "give `data` some: `target=[0, 1, 1, 0]`")

  /// The target columns of the current model, where it has learnt.
  var learntTarget: [String] {
    model.hasLearnt ? model.preprocessing?.targetNames ?? [] : []
  }

  /// The data as the current model takes them, as far as that is decided.
  func dataAsDecided(_ catalog: Catalog) -> Dataset? {
    if let arranged = try? arrangedData() { return arranged.data }
    guard let data, let targets = data.targetFacts,
      let completion = try? model.blueprint.completed(
        input: data.preprocessing.inputShape, targets: targets, catalog)
    else { return data }
    return (try? data.arranged(for: completion.decision)) ?? data
  }

  /// Whether the current model's network fits the data as they are.
  var isPrepared: Bool {
    model.prepared?.dataVersion == dataVersion
      && model.prepared?.blueprintVersion == model.blueprint.version
  }

  /// Data that the current model did not learn from, arranged by the schema it learnt with; `nil`
  /// where it has not learnt, or learnt from these.
  ///
  /// - Throws: `EngineError` where they do not fit the schema.
  func arrangedData() throws -> (data: Dataset, notes: [String])? {
    // A model made without data has nothing to keep to but the size of its rows.
    guard let data, model.hasLearnt, let schema = model.preprocessing, model.network != nil,
      schema != Preprocessing(inputShape: schema.inputShape)
    else { return nil }
    if let prepared = model.prepared, prepared.dataVersion == dataVersion, !prepared.isArranged {
      return nil
    }
    return try schema.arranged(data)
  }

  /// Makes the current model's network fit data and loss; weights stay where nothing changed.
  ///
  /// - Throws: `EngineError` where layers, loss and data do not fit together.
  mutating func prepare(_ catalog: Catalog) throws -> Prepared? {
    guard let data else { return nil }
    if isPrepared { return model.prepared?.result }
    var model = model
    let arranged = try arrangedData()
    let found = arranged?.data ?? data
    guard let targets = found.targetFacts else { throw Workspace.noTargets }
    let input = found.preprocessing.inputShape
    if let fixed = model.blueprint.input, fixed.count != input.count {
      throw EngineError.wrongInputShape(
        layer: "input", expected: fixed.description, found: input)
    }
    let completion = try model.blueprint.completed(input: input, targets: targets, catalog)
    let shape = model.blueprint.shape(ofRows: input)
    let read = try arranged?.data ?? data.arranged(for: completion.decision)
    let loss = completion.decision.loss
    var added: String?
    if !model.isBuilt(from: completion.parts, shape) {
      try model.build(completion.parts, input: shape, seed: seed, keepsWeights: true)
      added = completion.added
    }
    if arranged == nil { model.takePreprocessing(of: read, decided: completion.decision) }
    model.prepared = Model.Preparation(
      dataVersion: dataVersion, blueprintVersion: model.blueprint.version,
      result: Prepared(data: read, loss: loss), isArranged: arranged != nil)
    self.model = model
    return Prepared(data: read, loss: loss, added: added, notes: arranged?.notes ?? [])
  }

  /// Builds the current model's network from its own shapes alone, where there are no data.
  ///
  /// - Throws: `EngineError`.
  mutating func buildWithoutData() throws {
    var model = model
    guard let input = model.blueprint.input, model.blueprint.open.isEmpty,
      !model.isBuilt(from: model.blueprint.parts, input)
    else { return }
    try model.build(model.blueprint.parts, input: input, seed: seed, keepsWeights: true)
    model.preprocessing = model.preprocessing ?? Preprocessing(inputShape: input)
    self.model = model
  }
}
