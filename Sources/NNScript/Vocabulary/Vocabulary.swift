import NNEngine

/// All words of the language, as a value: a host adds its own before it makes a session.
public struct Vocabulary {
  /// The commands in the order help lists them.
  public var commands: [CommandEntry]
  /// The functions.
  public var functions: [FunctionEntry]
  /// The engine's layers, activations, losses, optimisers and metrics.
  public var catalog: Catalog

  private var commandsByName: [String: CommandEntry] = [:]
  private var functionsByName: [String: FunctionEntry] = [:]
  private var familyWords: [String: [String]] = [:]
  private var plainWords: Set<String> = []

  /// Puts lists of words together.
  public init(commands: [CommandEntry], functions: [FunctionEntry], catalog: Catalog) {
    self.commands = commands
    self.functions = functions
    self.catalog = catalog
    for command in commands { commandsByName[command.name] = command }
    for function in functions { functionsByName[function.name] = function }
    familyWords = [
      "activation": catalog.activations.map(\.name),
      "initializer": catalog.initializers.map(\.name),
      "metric": catalog.metrics.map(\.name),
      "set": NamedSet.standard.map(\.name),
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
  public static var standard: Vocabulary {
    Vocabulary(
      commands: CommandEntry.standard, functions: FunctionEntry.standard, catalog: .standard)
  }

  func command(_ name: String) -> CommandEntry? { commandsByName[name] }
  func function(_ name: String) -> FunctionEntry? { functionsByName[name] }

  /// Whether a word has a meaning somewhere, so that it may stand for itself in an expression.
  func isWord(_ name: String) -> Bool { plainWords.contains(name) }

  /// The words of a family; `nil` for one that only a session knows.
  func words(ofFamily family: String) -> [String]? { familyWords[family] }
}

/// The words that are legal at some point of a script: the vocabulary's and the script's own.
struct KnownWords: WordSource {
  var vocabulary: Vocabulary
  /// Names of models defined so far; `nil` where more may come into being unseen.
  var models: [String]?

  func words(ofFamily family: String) -> [String]? {
    family == "model" ? models : vocabulary.words(ofFamily: family)
  }
}
