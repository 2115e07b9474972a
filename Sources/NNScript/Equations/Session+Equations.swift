import NNEngine

// What equations ask of a session, and the words of the vocabulary that formulas define.

extension Session: EquationContext {
  func value(of variable: Variable) throws -> Value {
    guard case .global(let slot) = variable.storage else { return .none }
    return machine.global(slot)
  }

  func equation(of entry: FunctionEntry) throws -> ReadEquation? {
    if let equation = entry.equation { return equation }
    guard let text = vocabulary.formula(of: entry.name) else { return nil }
    return try equation(defining: text)
  }

  /// Reads a definition that needs nothing around it.
  ///
  /// - Throws: the `Diagnostic` of what is wrong with it.
  func equation(defining text: String) throws -> ReadEquation? {
    let tree = parse(SourceText(name: "<formula>", text: text), source: 0)
    let checker = Checker(
      vocabulary: vocabulary, origin: Origin(name: "<formula>"), globals: GlobalNames(),
      forecast: .empty, modelNames: [], given: [], session: nil
    ) { _, _ in nil }
    let program = checker.check(tree)
    if let error = checker.diagnostics.first(where: { $0.severity == .error }) { throw error }
    for case .define(_, let template) in program.steps {
      return try EquationReader.read(
        FunctionBox(.script(template)), self, uniform: ["lr", "t"])
    }
    return nil
  }
}

extension Vocabulary {
  /// The definition of a word of the engine as a script would write it.
  func formula(of word: String, inFamily family: String? = nil) -> String? {
    func find<Product>(_ own: String, _ specs: [Spec<Product>]) -> String? {
      family == nil || family == own ? specs.first { $0.name == word }?.formula : nil
    }
    return find("activation", catalog.activations) ?? find("loss", catalog.losses)
      ?? find("optimizer", catalog.optimizers)
  }
}
