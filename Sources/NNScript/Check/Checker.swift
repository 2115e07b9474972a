import NNEngine

/// Thrown where something follows from a mistake that has been told already.
struct ToldAlready: Error {}

/// Resolves names, binds commands and foresees shapes: a syntax tree becomes a `Program`, or
/// diagnostics. Nothing is run. This file keeps names and diagnostics; statements, functions,
/// expressions and commands have files of their own.
final class Checker {
  let vocabulary: Vocabulary
  let origin: Session.Origin
  /// What the session's data and models look like, as far as it can be known.
  var forecast: Forecast
  var globals: GlobalNames
  /// Values given from outside for `param` names.
  let given: [(name: String, value: String)]
  /// Reads the text of an included file; throws a `Diagnostic`.
  let include: (_ path: String, _ range: SourceRange) throws -> SyntaxTree?

  /// The session checked for; it is asked where things are, and not changed.
  let session: Session?

  private(set) var diagnostics: [Diagnostic] = []
  /// The place of the last diagnostic of each code.
  private var lastPlaces: [DiagnosticCode: Int] = [:]
  /// The texts that were read by `include`.
  private var includedTexts: Set<Int> = []
  /// Where the parser found mistakes: one is told a statement.
  private var mistakesOfForm = MistakesOfForm()
  /// The `param` lines met, for `--help` and for refusing unknown ones.
  private(set) var parameters: [ScriptParameter] = []
  private(set) var parameterNames: Set<String> = []
  private(set) var modelNames: [String]
  /// The same names, asked for at every bare word.
  private var knownModels: Set<String>

  var scope: Scope
  /// The names of the top level that the text introduces, new ones or others again.
  private var introduced: Set<String> = []
  /// The function being read; `nil` at top level.
  var owner: FunctionTemplate?
  /// Whether every statement before this one has run, exactly once: only then is the forecast sure.
  var isStraight = true
  /// Names that are introduced once and never changed: what they stand for can be relied on.
  private var stableNames: Set<String> = []
  var loopDepth = 0
  /// Whether the check was to end before it was done.
  var wasStopped = false
  /// Functions of the script that are used as equations.
  var equations: [FunctionTemplate] = []
  /// Whether the function being read is a command's block, which `return` may not leave.
  var isInCommandBlock = false

  init(
    vocabulary: Vocabulary, origin: Session.Origin, globals: GlobalNames, forecast: Forecast,
    modelNames: [String], given: [(name: String, value: String)], session: Session?,
    include: @escaping (_ path: String, _ range: SourceRange) throws -> SyntaxTree?
  ) {
    self.vocabulary = vocabulary
    self.origin = origin
    self.globals = globals
    self.forecast = forecast
    self.modelNames = modelNames
    knownModels = Set(modelNames)
    self.given = given
    self.session = session
    self.include = include
    scope = Scope(parent: nil, owner: nil)
    scope.symbols = globals.symbols
  }

  /// Whether a model got a name that only the run knows: `model "net{n}"`.
  var hasUnknownModels = false

  /// Whether a model of a name has been defined so far.
  func isModel(_ name: String) -> Bool { knownModels.contains(name) }

  func addModel(_ name: String) {
    if knownModels.insert(name).inserted { modelNames.append(name) }
  }

  private var written = WrittenFiles()

  /// Whether the script itself may have made a file by the time it reads it.
  func mayBeWritten(_ path: String) -> Bool {
    written.hasUnknown || written.paths.contains(path)
      || written.paths.contains { other in
        vocabulary.catalog.exits.contains {
          other.hasSuffix($0.ending) && $0.companion(of: other) == path
        }
      }
  }

  var words: KnownWords {
    KnownWords(vocabulary: vocabulary, models: hasUnknownModels ? nil : modelNames)
  }

  /// Checks a whole text.
  func check(_ tree: SyntaxTree) -> Program {
    add(diagnosticsOf: tree)
    written.add(tree.statements)
    for (name, count) in Introductions.counts(in: tree.statements) {
      if Allowance.isHalted { break }
      let symbol = scope.symbols[name]
      symbol?.constant = nil
      symbol?.template = nil
      // A function of an earlier text may change what an earlier text changed.
      guard globals.changed[name] == nil else { continue }
      globals.changed[name] = ()
      if count == 1 { stableNames.insert(name) }
    }
    var steps: [Step] = []
    var parts: [Program.Part] = []
    for statement in tree.statements {
      let first = steps.count
      steps += read([statement])
      if wasStopped { break }
      parts.append(Program.Part(statement: statement, steps: first..<steps.count))
    }
    // What is left of a text that is not read to its end is of no use.
    if wasStopped {
      let left = Leftover((steps, parts, scope.symbols))
      (steps, parts, scope.symbols) = ([], [], globals.symbols)
      withExtendedLifetime(left) {}
      return Program(steps: [], parts: [], source: 0, globalCount: globals.count)
    }
    closeScope()
    checkEquations()
    for (name, _) in given where !parameterNames.contains(name) {
      report(unknownParameter(name))
    }
    globals.symbols = scope.symbols
    if diagnostics.contains(where: { $0.severity == .error }) {
      // What could not be read may be what uses them.
      diagnostics.removeAll { $0.code == .unusedVariable && $0.severity == .warning }
    }
    sortDiagnostics()
    return Program(
      steps: steps, parts: parts, source: tree.statements.first?.range.source ?? 0,
      globalCount: globals.count, introduced: introduced)
  }

  /// Mistakes of form are found before all others, and bodies of functions last: readers want the
  /// order of the text.
  private func sortDiagnostics() {
    func key(_ index: Int) -> (Int, Int, Int) {
      let range = diagnostics[index].primary?.range
      return (range?.source ?? -1, range?.start ?? -1, index)
    }
    diagnostics = diagnostics.indices.sorted { key($0) < key($1) }.map { diagnostics[$0] }
  }

  func report(_ diagnostic: Diagnostic) {
    lastPlaces[diagnostic.code] = diagnostics.count
    diagnostics.append(diagnostic)
  }

  private func add(diagnosticsOf tree: SyntaxTree) {
    mistakesOfForm.add(tree.diagnostics, at: diagnostics.count)
    for diagnostic in tree.diagnostics { report(diagnostic) }
  }

  /// Whether the statement's own words, its blocks apart, have a mistake of form that was told.
  func isToldAlready(_ statement: Statement) -> Bool {
    let range = statement.range
    let end = statement.firstBlock?.start ?? range.end
    return mistakesOfForm.first(from: range.start, in: range.source).map { $0.start <= end }
      ?? false
  }

  // MARK: Lines that work

  /// Whether a line is only being tried.
  private(set) var isTrial = false
  /// How many lines a better one was looked for.
  var mendings = 0
  /// The line of a command as it stood last: what `data` read, for lines that add to it.
  var lastLines: [String: String] = [:]

  /// Checks something as if it stood here, and forgets it again.
  ///
  /// - Returns: the first mistake; `nil` where there is none.
  func trying(_ body: () -> Void) -> Diagnostic? {
    let kept = (diagnostics, lastPlaces, mistakesOfForm, forecast, scope.symbols, globals)
    let keptNames = (modelNames, knownModels, introduced, hasUnknownModels, lastLines)
    let keptParts = (equations.count, parameters.count)
    let pending = scope.pendingBodies
    isTrial = true
    (diagnostics, lastPlaces, scope.pendingBodies) = ([], [:], [])
    mistakesOfForm = MistakesOfForm()
    body()
    for body in scope.pendingBodies { body() }
    let failure = diagnostics.first { $0.severity == .error }
    scope.pendingBodies = pending
    isTrial = false
    equations.removeLast(max(0, equations.count - keptParts.0))
    for added in parameters[min(keptParts.1, parameters.count)...] {
      parameterNames.remove(added.name)
    }
    parameters.removeLast(max(0, parameters.count - keptParts.1))
    (diagnostics, lastPlaces, mistakesOfForm, forecast, scope.symbols, globals) = kept
    (modelNames, knownModels, introduced, hasUnknownModels, lastLines) = keptNames
    return failure
  }

  /// Gives a mistake of form that stands in a statement's first line the line that works.
  func mendForm(of statement: Statement) {
    guard !isTrial, let place = placeOfMistake(in: statement) else { return }
    diagnostics[place] = mended(diagnostics[place], statement)
  }

  /// Whether the statement's first line has a mistake of form.
  func isFormBroken(_ statement: Statement) -> Bool { placeOfMistake(in: statement) != nil }

  /// The place of the mistake of form in the statement's first line, if there is one.
  private func placeOfMistake(in statement: Statement) -> Int? {
    let range = statement.range
    guard let mistake = mistakesOfForm.first(from: range.start, in: range.source),
      let text = session?.sources.texts[range.source],
      text.line(at: mistake.start) == text.line(at: range.start),
      diagnostics[mistake.place].primary?.range.start == mistake.start
    else { return nil }
    return mistake.place
  }

  /// Completes the last diagnostic of a code with what was learnt later.
  func explain(_ code: DiagnosticCode, _ change: (inout Diagnostic) -> Void) {
    if let place = lastPlaces[code] { change(&diagnostics[place]) }
  }

  func warn(_ diagnostic: Diagnostic) {
    var warning = diagnostic
    warning.severity = .warning
    report(warning)
  }

  // MARK: Scopes and names

  /// Introduces a name in the current scope; a second time in the same scope it is the same variable.
  func declare(_ name: Name, isWatched: Bool = false) -> Symbol {
    if scope.parent == nil { introduced.insert(name.text) }
    if let known = scope.symbols[name.text] {
      let symbol = Symbol(variable: known.variable, range: name.range)
      symbol.isUsed = known.isUsed
      symbol.isWatched = isWatched && known.isWatched
      scope.symbols[name.text] = symbol
      return symbol
    }
    let isGlobal = scope.parent == nil
    if isGlobal { globals.count += 1 }
    let variable = Variable(
      name: name.text, storage: isGlobal ? .global(globals.count - 1) : .local, owner: owner)
    let symbol = Symbol(variable: variable, range: name.range)
    symbol.isWatched = isWatched
    scope.symbols[name.text] = symbol
    return symbol
  }

  /// The variable of a symbol as used from here: one from an outer function is captured.
  func use(_ symbol: Symbol) -> Variable {
    symbol.isUsed = true
    if case .local = symbol.variable.storage, !symbol.variable.belongs(to: owner) {
      symbol.variable.isCaptured = true
    }
    return symbol.variable
  }

  func isStable(_ name: String) -> Bool { stableNames.contains(name) }

  /// Runs `body` in a scope of its own.
  func nested<Result>(_ body: () throws -> Result) rethrows -> Result {
    let outer = scope
    scope = Scope(parent: outer, owner: owner)
    defer {
      closeScope()
      scope = outer
    }
    return try body()
  }

  /// Checks the bodies of the scope's functions, then looks for names nothing uses.
  func closeScope() {
    while !scope.pendingBodies.isEmpty {
      let bodies = scope.pendingBodies
      scope.pendingBodies = []
      for body in bodies { body() }
    }
    let isTop = scope.parent == nil
    if isTop, !origin.isWhole { return }
    for (name, symbol) in scope.symbols.all.sorted(by: {
      $0.content.range.start < $1.content.range.start
    })
    where symbol.isWatched && !symbol.isUsed && !symbol.isBroken {
      // What an included file offers need not all be used.
      if isTop, includedTexts.contains(symbol.range.source) { continue }
      warn(
        Diagnostic(
          .unusedVariable, "`\(name)` is never used", at: symbol.range, "set here, read nowhere"))
    }
  }

  // MARK: Parameters from outside

  private func unknownParameter(_ name: String) -> Diagnostic {
    let known = parameters.map(\.name)
    var diagnostic = Diagnostic(
      .unknownParameter, "the script has no parameter `\(name)`", at: nil)
    if let near = Suggestion.nearest(to: name, among: known) {
      diagnostic.help = ["did you mean `\(near)`?"]
    } else if known.isEmpty {
      diagnostic.help = ["declare it in the script: `param \(name) = …`"]
    } else {
      diagnostic.help = ["its parameters: " + known.map { "`\($0)`" }.joined(separator: ", ")]
    }
    return diagnostic
  }

  func add(_ parameter: ScriptParameter) {
    parameters.append(parameter)
    parameterNames.insert(parameter.name)
  }

  /// Reads the statements of another text in place.
  func readIncluded(_ tree: SyntaxTree) -> [Step] {
    written.add(tree.statements)
    add(diagnosticsOf: tree)
    if let text = tree.statements.first?.range.source { includedTexts.insert(text) }
    stableNames.subtract(Introductions.counts(in: tree.statements).keys)
    return read(tree.statements)
  }
}
