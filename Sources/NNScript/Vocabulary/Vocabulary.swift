import NNEngine

/// All words of the language, as a value: a host adds its own before it makes a session.
///
///     var catalog = Catalog.standard
///     catalog.layers.append(noise)
///     let session = Session(vocabulary: Vocabulary(catalog, adding: [announce]))
public struct Vocabulary {
  /// The commands in the order help lists them.
  public let commands: [CommandEntry]
  /// The functions.
  public let functions: [FunctionEntry]
  /// What the engine knows: layers, activations, losses, optimisers, metrics, formats and sets.
  public let catalog: Catalog
  /// What its words are defined by.
  let definitions: Definitions

  /// Numbers with names.
  let constants = ConstantEntry.standard
  /// The names that formulas over a training's figures may use.
  let liveNames: [LiveName]
  private let liveWords: Set<String>

  private var commandsByName: [String: CommandEntry] = [:]
  private var functionsByName: [String: FunctionEntry] = [:]
  private var familyWords: [String: [String]] = [:]
  private var plainWords: Set<String> = []

  /// The words that come along, over a host's catalog and with commands and functions of its own.
  public init(
    _ catalog: Catalog = .standard, adding commands: [CommandEntry] = [],
    functions: [FunctionEntry] = []
  ) {
    let definitions = Definitions(catalog, FunctionEntry.standard + functions)
    self.init(
      commands: CommandEntry.standard(catalog) + commands,
      functions: FunctionEntry.standard + definitions.entries
        + catalog.schedules.map(FunctionEntry.schedule) + functions,
      catalog: catalog, definitions: definitions)
  }

  /// Puts lists of words together.
  init(
    commands: [CommandEntry], functions: [FunctionEntry], catalog: Catalog, definitions: Definitions
  ) {
    self.definitions = definitions
    self.commands = commands
    self.functions = functions
    self.catalog = catalog
    liveNames = LiveName.all(catalog)
    liveWords = Set(liveNames.map(\.name))
    for command in commands { commandsByName[command.name] = command }
    for function in functions { functionsByName[function.name] = function }
    familyWords = [
      "activation": catalog.activations.map(\.name),
      "initializer": catalog.initializers.map(\.name),
      "metric": catalog.metrics.map(\.name),
      // Those are functions of the script alone.
      "penalty": [],
      "set": catalog.sets.map(\.name),
    ]
    for command in commands {
      if let members = command.members { familyWords[command.name] = members.map(\.name) }
    }
    plainWords = Set(familyWords.values.joined())
    for command in commands {
      for parameter in command.parameters + (command.members?.flatMap(\.parameters) ?? []) {
        if case .choice(let words) = parameter.kind { plainWords.formUnion(words) }
      }
    }
  }

  /// All words that come along.
  public static var standard: Vocabulary { Vocabulary() }

  func command(_ name: String) -> CommandEntry? { commandsByName[name] }
  func function(_ name: String) -> FunctionEntry? { functionsByName[name] }
  func constant(_ name: String) -> ConstantEntry? { constants.first { $0.name == name } }

  /// Whether a word has a meaning somewhere, so that it may stand for itself in an expression.
  func isWord(_ name: String) -> Bool { plainWords.contains(name) }

  /// Whether a name is a figure of a training.
  func isLive(_ name: String) -> Bool { liveWords.contains(name) }

  /// The words of a family; `nil` for one that only a session knows.
  func words(ofFamily family: String) -> [String]? { familyWords[family] }

  /// What a word of a family is bound as.
  func value(of word: String, inFamily family: String) -> ParameterValue {
    // The engine looks words up among its own; a host's come from the catalog here.
    let options = options(of: word, inFamily: family).map { _ in ParameterValue.none }
    return (try? value(of: word, inFamily: family, options: options)) ?? .text(word)
  }

  /// The options a word of a family brings along.
  func options(of word: String, inFamily family: String) -> [ParameterInfo] {
    switch family {
    case "activation": catalog.activations.first { $0.name == word }?.parameters ?? []
    case "initializer": catalog.initializers.first { $0.name == word }?.parameters ?? []
    default: []
    }
  }

  /// What a word of a family is bound as with values for its options.
  func value(
    of word: String, inFamily family: String, options: [ParameterValue]
  ) throws -> ParameterValue {
    func make<Product>(_ specs: [Spec<Product>]) throws -> ParameterValue {
      guard let spec = specs.first(where: { $0.name == word }) else { return .text(word) }
      return .host(try spec.make(options))
    }
    switch family {
    case "activation": return try make(catalog.activations)
    case "initializer": return try make(catalog.initializers)
    default: return .text(word)
    }
  }

  /// What is said of a word of a family.
  func summary(of word: String, inFamily family: String) -> String {
    func find<Product>(_ specs: [Spec<Product>]) -> String? {
      specs.first { $0.name == word }?.summary
    }
    let summary: String? =
      switch family {
      case "activation": find(catalog.activations)
      case "initializer": find(catalog.initializers)
      case "metric": find(catalog.metrics)
      case "set": catalog.sets.first { $0.name == word }?.summary
      default: command(family)?.member(word)?.summary
      }
    return summary ?? ""
  }
}

/// The words that are legal at some point of a script: the vocabulary's and the script's own.
struct KnownWords: WordSource {
  var vocabulary: Vocabulary
  /// Names of models defined so far; `nil` where more may come into being unseen.
  var models: [String]?

  func words(ofFamily family: String) -> [String]? {
    family == "model" ? models : vocabulary.words(ofFamily: family)
  }

  func value(of word: String, inFamily family: String) -> ParameterValue {
    vocabulary.value(of: word, inFamily: family)
  }

  func options(of word: String, inFamily family: String) -> [ParameterInfo] {
    vocabulary.options(of: word, inFamily: family)
  }

  func value(
    of word: String, inFamily family: String, options: [ParameterValue]
  ) throws -> ParameterValue {
    try vocabulary.value(of: word, inFamily: family, options: options)
  }
}
