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

  /// Makes a model from a file: what it declares is built in a session of its own that knows nothing
  /// but the words of models, then its weights are put in. Nothing of the file is run.
  ///
  /// - Throws: `EngineError.badFile` for whatever does not fit together.
  func buildModel(from file: ModelFile, named name: String, path: String) throws -> Model {
    func bad(_ problem: String, _ detail: String? = nil) -> EngineError {
      .badFile(path: path, problem: problem, detail: detail)
    }
    var model: Model
    do {
      model = try declaredModel(in: file)
    } catch let error as ModelItem.Unreadable {
      throw bad("it declares no model", error.problem)
    } catch let error as ScriptError {
      let first = error.diagnostics.first
      let isTooLarge = first?.code == .limitReached
      throw bad(
        "the model it describes \(isTooLarge ? "is too large" : "cannot be built")", first?.message)
    }
    guard let input = model.blueprint.input else {
      throw bad("the model it describes has no input size")
    }
    model.blueprint.completeEnding(saying: file.preprocessing?.answer, vocabulary.catalog)
    let seed = file.training?.seed ?? 0
    do {
      try model.restore(file.tensors, input: input, seed: seed)
    } catch EngineError.invalid(let problem, _) {
      throw bad(problem)
    } catch EngineError.tooLarge(let what, let count) {
      throw bad("the model it describes is too large", "\(what): \(count) numbers")
    }
    if let preprocessing = file.preprocessing, let network = model.network {
      if let problem = preprocessing.problem(with: network) { throw bad(problem) }
      model.preprocessing = preprocessing
      // Files of the first format may leave open what the outputs say.
      if case .lines = file.source {
        model.preprocessing = preprocessing.withAnswer(of: network, under: model.blueprint.loss)
      }
    }
    model.origin = file.origin
    if let training = file.training, !training.resume(&model) {
      throw bad("its training does not fit its model")
    }
    return model
  }

  /// The model as the file declares it, without weights.
  private func declaredModel(in file: ModelFile) throws -> Model {
    let words = Vocabulary(
      commands: vocabulary.commands.filter {
        ModelItem.words.contains($0.name) || $0.role == .declaresState
      }, functions: vocabulary.functions, catalog: vocabulary.catalog,
      definitions: vocabulary.definitions)
    let builder = Session(vocabulary: words)
    // What nobody wrote stands in an empty text.
    _ = builder.sources.add(SourceText(name: "the model", text: ""))
    let statements: [Statement]
    switch file.source {
    case .items(let json):
      statements = try ModelItem.statements(
        of: ModelItem.items(json, vocabulary), in: &builder.sources)
    case .lines(let text):
      let source = SourceText(name: "model", text: text)
      let tree = parse(source, source: builder.sources.add(source))
      guard tree.diagnostics.isEmpty else {
        throw ModelItem.Unreadable(tree.diagnostics[0].message)
      }
      statements = ModelItem.useful(tree.statements, vocabulary)
    }
    try ModelItem.checkDeclarative(statements)
    try builder.run(SyntaxTree(statements: statements, diagnostics: [], open: []))
    return builder.workspace.model
  }
}

extension Model {
  /// Builds the network with weights that were kept.
  ///
  /// - Throws: `EngineError.invalid` and others where they do not fit the layers.
  fileprivate mutating func restore(
    _ tensors: [String: Tensor], input: Shape, seed: UInt64
  ) throws {
    network = try Network(
      graph: Blueprint.elements(of: blueprint.parts), inputShape: input, seed: seed,
      restoring: tensors)
    builtParts = blueprint.parts
    state = TrainingState(seed: seed)
    preprocessing = Preprocessing(inputShape: input)
    hasLearnt = true
  }
}

extension Preprocessing {
  /// What contradicts a network, in words.
  fileprivate func problem(with network: Network) -> String? {
    let outputs = network.outputShape.count
    guard inputShape.count == network.inputShape.count else {
      return "its preprocessing is for rows of another size"
    }
    if !classNames.isEmpty {
      guard outputs == classNames.count || (outputs == 1 && classNames.count == 2) else {
        return "it names \(classNames.count) classes, its network gives \(outputs) numbers"
      }
      guard Set(classNames).count == classNames.count else { return "two classes have one name" }
      return nil
    }
    if let scaling = targetScaling, ![1, outputs].contains(scaling.scale.count) {
      return "it scales \(scaling.scale.count) targets, its network gives \(outputs) numbers"
    }
    if !targetNames.isEmpty, targetNames.count != outputs {
      return "it names \(targetNames.count) targets, its network gives \(outputs) numbers"
    }
    return nil
  }
}
