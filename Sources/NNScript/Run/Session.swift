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
    /// Whether the environment variable `NNS_DATA` may name more such folders.
    public var readsEnvironment = true
    /// Whether all texts are kept for `undo`, `history` and `save session`, not only those of a
    /// prompt: a program sets it that runs a script and then shows a prompt.
    public var keepsJournal = false
    /// How many bytes of memory the session may hold: values, models, data, texts, and what `undo`
    /// goes back to. `nil` for three quarters of what the machine has or lets the process have, which
    /// the process as a whole never exceeds.
    public var memory: Int?
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
  public internal(set) var sources = SourceMap()
  /// Whether the script or the line run last said `quit`.
  public private(set) var hasQuit = false
  let host: any Host
  let vocabulary: Vocabulary
  let workers: Workers
  let loader: DataLoader
  var workspace = Workspace()

  lazy var machine = Machine(delegate: self)
  /// Definitions whose kinks have been named.
  var toldKinks: Set<String> = []
  var globals = GlobalNames()
  /// The folder that reading paths start from while a text runs.
  var folder: String?
  /// What is printed if the command run last stands alone, with its place.
  var printed: (text: String, range: SourceRange)?
  var lastShown = Value.none
  /// What `_` stands for at the prompt.
  var lastValue = Value.none
  /// The line of `data` as it was typed last, for lines that add to it.
  private var lastLines: [String: String] = [:]
  /// What the names held when it was asked last: most of them still do.
  var lastVariables: [Value] = []
  /// How many values were shown, to see whether a statement showed one.
  var shownCount = 0
  let keepsJournal: Bool
  var journal = Journal()
  /// How many statements are to be taken back once the statement at hand is over.
  var pendingUndos = 0
  /// Whether the statement at hand is about the session and no part of it.
  var isLeftOut = false
  /// How many commands are at work that go back to their start when they are stopped, like `sweep`.
  var passingCommands = 0
  /// How many commands are at work that report each run themselves, like `sweep`.
  var silence = 0
  /// Whether each statement tells how long it took.
  var isTimed = false
  /// How many rows the statement at hand has learnt from or measured.
  var samples = 0
  /// Data read while checking, so that they are not read again to be used.
  var foreseenData: [DataKey: Dataset] = [:]
  lazy var words = SessionWords(self)
  private let memory: Int?
  /// What everything the session does may take.
  private lazy var allowance = Allowance(
    budget: memory, isCancelled: { [unowned self] in host.isCancelled },
    makeRoom: { [unowned self] in giveBack() },
    countHeld: { [unowned self] in addMemory(to: &$0) })

  /// Gives back what only saves time, and then the oldest steps that could be taken back.
  private func giveBack() -> Bool {
    if !foreseenData.isEmpty || lastPredictor != nil {
      (foreseenData, lastPredictor) = ([:], nil)
      return true
    }
    return journal.forgetOldest()
  }

  /// Does work of the session with enough of a stack, and within what it may take.
  func bounded<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try OwnStack.run { () throws(Failure) in try allowance.run(body) }
  }
  private var lastPredictor: Predictor?

  /// The network ready to predict: the one used last, as long as nothing has changed.
  func predictor(_ network: Network, _ preprocessing: Preprocessing) -> Predictor {
    if let last = lastPredictor, last.serves(network, preprocessing: preprocessing) { return last }
    let made = Predictor(network, preprocessing: preprocessing, workers: workers)
    lastPredictor = made
    return made
  }

  /// Makes a session; without a host nothing is shown, and results are read from it.
  ///
  /// - Parameter vocabulary: the words; a host may add its own to the standard ones.
  public init(
    host: any Host = SilentHost(), options: Options = Options(),
    vocabulary: Vocabulary = .standard
  ) {
    self.host = host
    self.vocabulary = vocabulary
    keepsJournal = options.keepsJournal
    memory = options.memory
    workers = options.threads.map { Workers(count: $0) } ?? .shared
    var loader = DataLoader(
      files: host.files, formats: vocabulary.catalog.formats, sets: vocabulary.catalog.sets,
      folders: (options.readsEnvironment ? DataLoader.environmentFolders : [])
        + options.dataFolders)
    loader.workers = workers
    self.loader = loader
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
    try bounded { try runBounded(text, from: origin, parameters: parameters) }
  }

  private func runBounded(
    _ text: String, from origin: Origin, parameters: [(name: String, value: String)]
  ) throws -> Value {
    if origin.isPrompt, let topic = HelpQuestion.topic(in: text) {
      switch help(topic) {
      case .success(let text): print(text, command: "help")
      case .failure(let error):
        for diagnostic in error.diagnostics { report(diagnostic) }
        throw error
      }
      return .none
    }
    let tree = Leftover(parsed(text, origin))
    defer { withExtendedLifetime(tree) {} }
    return try run(tree.content, from: origin, parameters: parameters)
  }

  /// Checks statements, then runs them.
  @discardableResult
  func run(
    _ tree: SyntaxTree, from origin: Origin = Origin(name: "<text>"),
    parameters: [(name: String, value: String)] = []
  ) throws -> Value {
    let (checker, program) = checked(tree, origin, parameters)
    if let stopped = checker.diagnostics.first(where: { $0.code == .interrupted }) {
      throw interruption(stopped)
    }
    for diagnostic in checker.diagnostics { report(diagnostic) }
    let errors = checker.diagnostics.filter { $0.severity == .error }
    guard errors.isEmpty else { throw error(errors) }
    lastLines = checker.lastLines
    folder = origin.folder
    lastShown = .none
    hasQuit = false
    do {
      try execute(program.content, from: origin, introducing: checker.globals)
    } catch is Quit {
      hasQuit = true
    } catch {
      var diagnostic = self.diagnostic(of: error)
      if let ending = allowance.ending {
        let cause = Diagnostic(ending, at: diagnostic.primary?.range, in: self)
        if diagnostic.code != .interrupted, diagnostic.code != cause.code { diagnostic = cause }
      }
      if diagnostic.code == .interrupted { throw interruption(diagnostic) }
      report(diagnostic)
      throw self.error([diagnostic])
    }
    if host.isCancelled { throw interruption(Diagnostic(.interrupted, "interrupted", at: nil)) }
    return lastShown
  }

  private func interruption(_ diagnostic: Diagnostic) -> ScriptError {
    var interruption = error([diagnostic])
    interruption.isInterruption = true
    return interruption
  }

  /// Every check, nothing run: the diagnostics a run would begin with.
  public func check(
    _ text: String, from origin: Origin = Origin(name: "<text>"),
    parameters: [(name: String, value: String)] = []
  ) -> [Diagnostic] {
    bounded {
      let tree = Leftover(parsed(text, origin))
      defer { withExtendedLifetime(tree) {} }
      let (checker, program) = checked(tree.content, origin, parameters)
      guard !checker.diagnostics.contains(where: { $0.severity == .error }) else {
        return checker.diagnostics
      }
      // What is too large for the machine is found by compiling alone.
      do {
        _ = try Compiler.compile(program.content)
        return checker.diagnostics
      } catch {
        return checker.diagnostics + [diagnostic(of: error)]
      }
    }
  }

  /// The value of one of the script's top-level names.
  public subscript(name: String) -> Value? {
    guard let symbol = globals.symbols[name], case .global(let slot) = symbol.variable.storage
    else { return nil }
    return machine.global(slot)
  }

  /// The script's top-level names.
  var topLevelNames: [String] { globals.symbols.names.sorted() }

  /// Help as text for a topic (`layer dense`, `train`, `for`, empty for the overview), or what is
  /// wrong with the topic.
  public func help(_ topic: String) -> Result<String, ScriptError> {
    let words = topic.split(whereSeparator: { $0 == " " || $0 == "=" }).map(String.init)
    return Paragraphs.$width.withValue(min(host.screen.width, 100)) {
      Help(vocabulary).text(for: words).mapError { error([$0]) }
    }
  }

  /// The script's `param` lines, for `nns run FILE --help`.
  public func parameters(
    of text: String, from origin: Origin = Origin(name: "<text>")
  ) -> [ScriptParameter] {
    bounded { checked(parsed(text, origin), origin, []).checker.parameters }
  }

  // MARK: Checking

  private func parsed(_ text: String, _ origin: Origin) -> SyntaxTree {
    let number = sources.add(SourceText(name: origin.name, text: text))
    return parse(sources.texts[number], source: number)
  }

  private func checked(
    _ tree: SyntaxTree, _ origin: Origin, _ given: [(name: String, value: String)]
  ) -> (checker: Checker, program: Leftover<Program>) {
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
    checker.lastLines = lastLines
    return (checker, Leftover(checker.check(tree)))
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
    forecast.hasLearnt = workspace.model.hasLearnt
    forecast.learntTarget = workspace.learntTarget
    return forecast
  }

  // MARK: Errors

  func report(_ diagnostic: Diagnostic) { host.receive(.diagnostic(diagnostic)) }

  func error(_ diagnostics: [Diagnostic]) -> ScriptError {
    ScriptError(
      diagnostics: diagnostics,
      description: DiagnosticRenderer().render(diagnostics, in: sources))
  }

  /// An error as the session tells it.
  public func diagnostic(of error: any Error) -> Diagnostic {
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
    globals.symbols.names.sorted().compactMap { name in
      // A name whose line has not run yet holds nothing.
      guard let value = self[name], value.functionValue == nil, !value.isNone else { return nil }
      return (name, value)
    }
  }
}
