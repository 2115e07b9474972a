import NNEngine

/// A script's world: its names, its data, its models. Runs text, keeps everything between runs.
///
/// A session belongs to one thread at a time; only `Host.isCancelled` may be changed from others.
public final class Session {
  /// How a session is set up.
  public struct Options {
    /// How many threads the engine uses; `nil` for all cores. Results do not depend on it.
    public var threads: Int?
    /// Folders in which sets that come along (`data iris`) are looked for.
    public var dataFolders: [String] = []
    /// Options that leave everything to defaults.
    public init() {}
  }

  /// Where a text comes from, which decides how it is read.
  public struct Origin {
    /// What diagnostics call it.
    public var name: String
    /// The folder reading paths start from, before the working directory; `nil` for the latter alone.
    public var folder: String?
    /// At the prompt bare values are shown.
    public var isPrompt = false
    /// A whole program, nothing comes after it: names it never uses are worth a warning.
    public var isWhole = false

    /// Makes an origin.
    public init(
      name: String, folder: String? = nil, isPrompt: Bool = false, isWhole: Bool = false
    ) {
      self.name = name
      self.folder = folder
      self.isPrompt = isPrompt
      self.isWhole = isWhole
    }
  }

  /// The line a range begins in, counted from 1.
  func line(of range: SourceRange) -> Int {
    sources.texts[range.source].line(at: range.start) + 1
  }

  /// All texts run so far, for rendering diagnostics.
  public private(set) var sources = SourceMap()
  /// Whether the script or the line run last said `quit`.
  public private(set) var hasQuit = false
  let host: any Host
  let vocabulary: Vocabulary
  let workers: Workers
  let loader: DataLoader
  var workspace = Workspace()

  private lazy var machine = Machine(delegate: self)
  private var globals = GlobalNames()
  /// The folder that reading paths start from while a text runs.
  private var folder: String?
  /// What is printed if the command run last stands alone, with its place.
  private var printed: (text: String, range: SourceRange)?
  private var lastShown = Value.none
  /// What `_` stands for at the prompt.
  private var lastValue = Value.none
  /// Data read while checking, so that they are not read again to be used.
  private var foreseenData: [DataKey: Dataset] = [:]
  private lazy var words = SessionWords(self)

  /// Makes a session; without a host nothing is shown, and results are read from it.
  ///
  /// - Parameter vocabulary: the words; a host may add its own to the standard ones.
  public init(
    host: any Host = SilentHost(), options: Options = Options(),
    vocabulary: Vocabulary = .standard
  ) {
    self.host = host
    self.vocabulary = vocabulary
    workers = options.threads.map { Workers(count: $0) } ?? .shared
    loader = DataLoader(
      files: host.files, formats: vocabulary.catalog.formats, sets: vocabulary.catalog.sets,
      folders: DataLoader.environmentFolders + options.dataFolders)
  }

  /// Checks a text, then runs it.
  ///
  /// - Parameter parameters: values for the script's `param` names, as typed on a command line.
  /// - Returns: the value of the last statement that had one to show.
  /// - Throws: `ScriptError` with all diagnostics; the host has received the same ones.
  @discardableResult
  public func run(
    _ text: String, from origin: Origin = Origin(name: "<text>"),
    parameters: [(name: String, value: String)] = []
  ) throws -> Value {
    let (checker, program) = checked(text, origin, parameters)
    for diagnostic in checker.diagnostics { report(diagnostic) }
    let errors = checker.diagnostics.filter { $0.severity == .error }
    guard errors.isEmpty else { throw error(errors) }
    globals = checker.globals
    folder = origin.folder
    lastShown = .none
    hasQuit = false
    do {
      try machine.run(program)
    } catch is Quit {
      hasQuit = true
    } catch {
      let diagnostic = self.diagnostic(of: error)
      if diagnostic.code == .interrupted {
        var interruption = self.error([diagnostic])
        interruption.isInterruption = true
        throw interruption
      }
      report(diagnostic)
      throw self.error([diagnostic])
    }
    if host.isCancelled {
      var interruption = error([Diagnostic(.interrupted, "interrupted", at: nil)])
      interruption.isInterruption = true
      throw interruption
    }
    return lastShown
  }

  /// Every check, nothing run: the diagnostics a run would begin with.
  public func check(
    _ text: String, from origin: Origin = Origin(name: "<text>"),
    parameters: [(name: String, value: String)] = []
  ) -> [Diagnostic] {
    checked(text, origin, parameters).checker.diagnostics
  }

  /// The value of one of the script's top-level names.
  public subscript(name: String) -> Value? {
    guard let symbol = globals.symbols[name], case .global(let slot) = symbol.variable.storage
    else { return nil }
    return machine.global(slot)
  }

  /// Help as text for a topic (`layer dense`, `train`, `for`, empty for the overview), or what is
  /// wrong with the topic.
  public func help(_ topic: String) -> Result<String, ScriptError> {
    let words = topic.split(whereSeparator: { $0 == " " || $0 == "=" }).map(String.init)
    return Help(vocabulary).text(for: words).mapError { error([$0]) }
  }

  /// The script's `param` lines, for `nns run FILE --help`.
  public func parameters(
    of text: String, from origin: Origin = Origin(name: "<text>")
  ) -> [ScriptParameter] {
    checked(text, origin, []).checker.parameters
  }

  // MARK: Checking

  private func checked(
    _ text: String, _ origin: Origin, _ given: [(name: String, value: String)]
  ) -> (checker: Checker, program: Program) {
    let number = sources.add(SourceText(name: origin.name, text: text))
    let tree = parse(sources.texts[number], source: number)
    var included: Set<String> = []
    let before = folder
    folder = origin.folder
    defer { folder = before }
    let checker = Checker(
      vocabulary: vocabulary, origin: origin, globals: globals, forecast: forecast,
      modelNames: workspace.modelNames, given: given, session: self
    ) { [self] path, range in
      try includedTree(path, range, origin, &included)
    }
    return (checker, checker.check(tree))
  }

  /// The text of an included file, the first time it is asked for.
  private func includedTree(
    _ path: String, _ range: SourceRange, _ origin: Origin, _ included: inout Set<String>
  ) throws -> SyntaxTree? {
    let found = readingPath(path)
    // The script itself counts as read.
    if let folder = origin.folder, let own = origin.name.split(separator: "/").last {
      included.insert(folder + (folder.hasSuffix("/") ? "" : "/") + own)
    }
    guard included.insert(found).inserted else { return nil }
    let bytes: [UInt8]
    do {
      bytes = try host.files.read(found)
    } catch let error as EngineError {
      throw Diagnostic(error, at: range, in: self)
    }
    let text = SourceText(name: found, text: String(decoding: bytes, as: UTF8.self))
    let number = sources.add(text)
    return parse(text, source: number)
  }

  /// What the session's own state lets the checker know.
  private var forecast: Forecast {
    var forecast = Forecast.empty
    forecast.seed = workspace.seed
    if let data = workspace.data {
      var facts = Forecast.DataFacts(data)
      facts.isDrawn = workspace.hasDrawn
      forecast.data = .known(facts)
    }
    forecast.model = workspace.model.blueprint
    return forecast
  }

  // MARK: Errors

  func report(_ diagnostic: Diagnostic) { host.receive(.diagnostic(diagnostic)) }

  private func error(_ diagnostics: [Diagnostic]) -> ScriptError {
    ScriptError(
      diagnostics: diagnostics,
      description: DiagnosticRenderer().render(diagnostics, in: sources))
  }

  private func diagnostic(of error: any Error) -> Diagnostic {
    switch error {
    case let diagnostic as Diagnostic: diagnostic
    case let facts as ValueError:
      Diagnostic(facts.code, facts.message, at: nil, help: facts.help, notes: facts.notes)
    case let error as EngineError: Diagnostic(error, at: nil, in: self)
    default: Diagnostic(.unsupported, "\(error)", at: nil)
    }
  }

  // MARK: Output

  /// Prints lines of results.
  func print(_ text: String, command: String? = "print", value: Value = .none) {
    host.receive(.output(text, command: command, value: value))
  }

  /// The script's own names with their values, functions left out.
  var variables: [(name: String, value: Value)] {
    globals.symbols.keys.sorted().compactMap { name in
      // A name whose line has not run yet holds nothing.
      guard let value = self[name], value.functionValue == nil, !value.isNone else { return nil }
      return (name, value)
    }
  }

  // MARK: Files

  /// The path a script means to read: from its own folder, else from the working directory.
  func readingPath(_ path: String) -> String {
    guard let folder, !folder.isEmpty, !path.hasPrefix("/") else { return path }
    let inside = folder.hasSuffix("/") ? folder + path : folder + "/" + path
    if case .missing = host.files.kind(of: inside), case .file = host.files.kind(of: path) {
      return path
    }
    return inside
  }

  /// Puts bytes into a file, whole or not at all.
  func write(_ bytes: [UInt8], to path: String) throws {
    try host.files.write(bytes, to: path)
  }

  /// Reads data: a set by name, a file, or values typed in.
  ///
  /// - Parameter isForeseen: the check looks; the run after it takes what the check has read.
  /// - Throws: `EngineError`.
  func loadData(
    _ request: DataRequest, seed: UInt64, isForeseen: Bool = false
  ) throws -> (dataset: Dataset, isNew: Bool) {
    let options = request.options(readingPath)
    guard let name = request.name else {
      return (try request.typedIn(options, seed: seed), true)
    }
    let key = DataKey(name: name, options: options, folder: folder, seed: seed)
    if let known = foreseenData[key] {
      if !isForeseen { foreseenData[key] = nil }
      return (known, false)
    }
    let dataset =
      if loader.sets.contains(where: { $0.name == name }) {
        try loader.load(set: name, options: options, seed: seed)
      } else {
        try loader.load(readingPath(name), options: options, seed: seed)
      }
    if isForeseen { foreseenData[key] = dataset }
    return (dataset, true)
  }

  // MARK: Networks

  /// The size of one example for a model, if it is known.
  func inputShape(of model: Model) -> Shape? {
    model.blueprint.input ?? workspace.data?.preprocessing.inputShape
  }

  /// Makes data and network fit each other; `nil` without data.
  func prepare(range: SourceRange) throws -> Prepared? {
    do {
      return try workspace.prepare(vocabulary.catalog)
    } catch let error as EngineError {
      guard let data = workspace.data else { throw error }
      throw Forecast.DataFacts(data).explain(
        error, workspace.model.blueprint, vocabulary.catalog, at: range)
    }
  }

  /// Builds the current model's network from data or `input`, where either says its size.
  func buildIfPossible() throws {
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
        ["input", "layer", "loss", "optimizer", "metric"].contains($0.name)
      }, functions: [], catalog: vocabulary.catalog)
    let builder = Session(vocabulary: words)
    do {
      try builder.run(file.text)
      try builder.workspace.buildWithoutData()
    } catch let error as ScriptError {
      throw EngineError.badFile(
        path: path, problem: "the model it describes cannot be built",
        detail: error.diagnostics.first?.message)
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
      model.preprocessing = preprocessing
    }
    return model
  }
}

// MARK: - What the machine asks

extension Session: MachineDelegate {
  func perform(
    _ site: CommandSite, _ arguments: [CommandArgument], blocks: [FunctionBox]
  ) throws -> Value {
    let call = try site.settledCall ?? bind(site, arguments)
    let context = CommandContext(
      session: self, site: site, member: call.member?.name, places: call.places, blocks: blocks,
      sides: call.sides)
    // A command that fails changes nothing; `train` keeps its last good epoch, and a copy of the
    // workspace would make it copy all it writes to.
    let before = site.entry.keepsChangesOnFailure ? nil : workspace
    do {
      let value = try site.entry.action(member: call.member, call.places.binding.values)(context)
      printed = context.printed.map { ($0, site.range) }
      if site.isValueTaken, value.isNone {
        throw Diagnostic(
          .noResult, "`\(site.word.text)` gives no value", at: site.range, "a value is needed here",
          help: ["put it on a line of its own"])
      }
      return value
    } catch {
      if let before, !(error is Quit) { workspace = before }
      if let error = error as? EngineError {
        let range = site.entry.members == nil ? call.places.subject : site.range
        throw Diagnostic(error, at: range, in: self, call.places)
      }
      throw error
    }
  }

  /// Finds the member and binds the arguments; where these are all written out, once for all runs.
  private func bind(_ site: CommandSite, _ arguments: [CommandArgument]) throws -> BoundCall {
    var call = SiteCall(site, arguments)
    let member = try call.takeMember(self)
    let parameters = member?.parameters ?? site.entry.parameters
    let title = member.map { "\(site.word.text) \($0.name)" } ?? site.word.text
    let binding = try Binder(
      title: title, wordRange: site.word.range, parameters: parameters, words: words,
      acceptsAnyOption: site.entry.blocks?.definesOptions == true
    ).bind(call.offers)
    let bound = BoundCall(
      member: member,
      places: CallPlaces(
        word: site.word, parameters: parameters, offers: call.offers, binding: binding),
      sides: call.sides)
    if site.isWrittenOut { site.settledCall = bound }
    return bound
  }

  func show(_ value: Value, at range: SourceRange) throws {
    defer { printed = nil }
    lastShown = value
    if !value.isNone { lastValue = value }
    if let printed, printed.range == range {
      guard !printed.text.isEmpty else { return }
      print(printed.text, command: nil, value: value)
    } else if !value.isNone, value.liveObject == nil {
      print(Formatting.text(of: value), command: nil, value: value)
    }
  }

  func liveValue(_ name: String) throws -> Value {
    switch name {
    case "model": .object(ModelObject(self, name: nil))
    case "data": .object(DataObject(self))
    case "_": lastValue
    default: .object(ModelObject(self, name: name))
    }
  }

  var shouldStop: Bool { host.isCancelled }

  func call(_ function: FunctionBox, _ arguments: [Value]) throws -> Value {
    try machine.call(function, arguments)
  }

  func drawRandom() -> UInt64 { workspace.chance.next() }

  func facts(of error: any Error) -> ValueError? {
    guard let error = error as? EngineError else { return nil }
    let diagnostic = Diagnostic(error, at: nil, in: self)
    return ValueError(
      code: diagnostic.code, message: diagnostic.message, help: diagnostic.help,
      notes: diagnostic.notes)
  }
}

/// The words that are legal while a session runs.
private final class SessionWords: WordSource {
  private unowned let session: Session

  init(_ session: Session) { self.session = session }

  func words(ofFamily family: String) -> [String]? {
    family == "model" ? session.workspace.modelNames : session.vocabulary.words(ofFamily: family)
  }
}

/// One `param` line of a script.
public struct ScriptParameter {
  /// The name that a command line sets.
  public var name: String
  /// The default as written.
  public var defaultText: String
  /// What it is for.
  public var summary: String
}

/// Why a text was not run to its end: the diagnostics, errors and warnings, as data and as text.
public struct ScriptError: Error, CustomStringConvertible {
  /// Errors and warnings in the order of the text.
  public var diagnostics: [Diagnostic]
  /// Whether it was the host that asked to stop.
  public var isInterruption = false
  /// The diagnostics in the usual text form.
  public var description: String
}
