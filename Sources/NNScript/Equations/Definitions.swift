import NNEngine

/// The formulas that a catalog's words are defined with, read when first asked for and kept.
///
/// They may use the functions of the language and one another.
final class Definitions {
  private let catalog: Catalog
  private let functions: [FunctionEntry]
  private var known: [String: ReadEquation] = [:]
  /// Words being read: one that is defined by itself has no formula.
  private var open: Set<String> = []

  /// - Parameter functions: those that are no words of the catalog.
  init(_ catalog: Catalog, _ functions: [FunctionEntry]) {
    self.catalog = catalog
    self.functions = functions
  }

  /// The definition of a word as a script would write it.
  func text(of word: String) -> String? {
    func find<Product>(_ specs: [Spec<Product>]) -> String? {
      specs.first { $0.name == word }?.formula
    }
    return find(catalog.activations) ?? find(catalog.losses) ?? find(catalog.optimizers)
      ?? find(catalog.schedules) ?? find(catalog.metrics)
  }

  /// A word's definition as a formula; `nil` where it has none.
  ///
  /// - Throws: the `Diagnostic` of what is wrong with it.
  func equation(of word: String) throws -> ReadEquation? {
    if let equation = known[word] { return equation }
    guard let text = text(of: word), open.insert(word).inserted else { return nil }
    defer { open.remove(word) }
    let vocabulary = Vocabulary(
      commands: [.state], functions: functions + entries, catalog: catalog, definitions: self)
    let equation = try ReadEquation(defining: text, vocabulary)
    known[word] = equation
    return equation
  }

  /// Activations and losses as functions.
  var entries: [FunctionEntry] {
    catalog.activations.filter { $0.formula != nil }.map { .activation($0, self) }
      + catalog.losses.filter { $0.formula != nil }.map { .loss($0, self) }
  }
}

extension ReadEquation {
  /// Reads a definition that needs nothing around it.
  ///
  /// - Throws: the `Diagnostic` of what is wrong with it.
  init?(defining text: String, _ vocabulary: Vocabulary) throws {
    let tree = parse(SourceText(name: "<formula>", text: text), source: 0)
    let checker = Checker(
      vocabulary: vocabulary, origin: Session.Origin(name: "<formula>"), globals: GlobalNames(),
      forecast: .empty, modelNames: [], given: [], session: nil
    ) { _, _ in nil }
    let program = checker.check(tree)
    if let error = checker.diagnostics.first(where: { $0.severity == .error }) { throw error }
    for case .define(_, let template) in program.steps {
      self = try EquationReader.read(
        FunctionBox(.script(template)), VocabularyContext(definitions: vocabulary.definitions),
        uniform: ["lr", "t"])
      return
    }
    return nil
  }
}

/// Names for a definition that needs nothing around it: the vocabulary's alone.
private final class VocabularyContext: EquationContext {
  private let definitions: Definitions

  init(definitions: Definitions) { self.definitions = definitions }

  func value(of variable: Variable) throws -> Value { .none }

  func equation(of entry: FunctionEntry) throws -> ReadEquation? {
    try entry.equation ?? definitions.equation(of: entry.name)
  }
}
