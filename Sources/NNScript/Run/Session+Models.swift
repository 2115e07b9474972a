import NNEngine

// How networks come into being: from layers and data, from a size alone, from a file.

extension Session {
  /// The size of one example for a model, if it is known.
  func inputShape(of model: Model) -> Shape? {
    model.blueprint.input ?? workspace.data?.preprocessing.inputShape
  }

  /// Makes data and network fit each other; `nil` without data.
  func prepare(range: SourceRange) throws -> Prepared? {
    do {
      if !workspace.isPrepared { _ = try workspace.arrangedData() }
    } catch let error as EngineError {
      throw Diagnostic(error, at: range)
    }
    do {
      return try workspace.prepare(vocabulary.catalog)
    } catch let error as EngineError {
      guard let data = workspace.data else { throw error }
      throw Forecast.DataFacts(data).explain(
        error, workspace.model.blueprint, at: range)
    }
  }

  /// Builds the current model's network from data or `input`, where either says its size.
  func buildIfPossible() throws {
    // Inside a block of layers the network has no end yet.
    guard workspace.model.blueprint.open.isEmpty else { return }
    if workspace.isPrepared { return }
    if workspace.data != nil, !workspace.model.blueprint.parts.isEmpty {
      _ = try? workspace.prepare(vocabulary.catalog)
    }
    if workspace.model.network == nil || workspace.data == nil { try workspace.buildWithoutData() }
  }

  /// Makes a model from a file: its lines are run in a session of their own that knows nothing
  /// but the words of models, then its weights are put in.
  func buildModel(from file: ModelFile, named name: String, path: String) throws -> Model {
    let words = Vocabulary(
      commands: vocabulary.commands.filter {
        [
          "input", "layer", "residual", "branch", "loss", "optimizer", "metric", "state",
        ].contains($0.name)
      }, functions: vocabulary.functions, catalog: vocabulary.catalog,
      definitions: vocabulary.definitions)
    let builder = Session(vocabulary: words)
    // Chance in a layer, such as dropout, comes from the seed the network was built with.
    if let seed = file.training?.seed { builder.workspace.setSeed(seed) }
    do {
      try builder.run(file.text)
      try builder.workspace.buildWithoutData()
    } catch let error as ScriptError {
      let first = error.diagnostics.first
      throw EngineError.badFile(
        path: path,
        problem: "the model it describes "
          + (first?.code == .limitReached ? "is too large" : "cannot be built"),
        detail: first?.message)
    } catch EngineError.tooLarge(let what, let count) {
      throw EngineError.badFile(
        path: path, problem: "the model it describes is too large",
        detail: "\(what): \(count) numbers")
    }
    var model = builder.workspace.model
    model.hasLearnt = true
    guard var network = model.network else {
      throw EngineError.badFile(path: path, problem: "the model it describes has no input size")
    }
    for node in network.nodes {
      for slot in node.parameters {
        let name = "\(node.name).\(slot.name)"
        guard let tensor = file.tensors[name] else {
          throw EngineError.badFile(path: path, problem: "it has no values for `\(name)`")
        }
        guard tensor.shape == slot.shape else {
          throw EngineError.badFile(
            path: path,
            problem: "its `\(name)` has the shape \(tensor.shape), the model's is \(slot.shape)")
        }
        try network.assign(tensor, layer: node.name, parameter: slot.name)
      }
    }
    model.network = network
    if let preprocessing = file.preprocessing {
      guard preprocessing.inputShape.count == network.inputShape.count else {
        throw EngineError.badFile(
          path: path, problem: "its preprocessing is for rows of another size")
      }
      model.preprocessing = preprocessing.withAnswer(of: network, under: model.blueprint.loss)
    }
    if let training = file.training, !training.resume(&model) {
      throw EngineError.badFile(path: path, problem: "its training does not fit its model")
    }
    return model
  }
}
