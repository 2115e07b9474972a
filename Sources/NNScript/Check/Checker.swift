import NNEngine

/// Thrown where something follows from a mistake that has been told already.
struct ToldAlready: Error {}

/// Resolves names, binds commands and foresees shapes: a syntax tree becomes a `Program`, or
/// diagnostics. Nothing is run. This file reads statements; expressions and commands have their own.
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
  /// The texts that were read by `include`.
  private var includedTexts: Set<Int> = []
  /// Where the parser found mistakes: one is told a statement.
  private var mistakesOfForm: [SourceRange] = []
  /// The `param` lines met, for `--help` and for refusing unknown ones.
  private(set) var parameters: [ScriptParameter] = []
  private(set) var modelNames: [String]
  /// The same names, asked for at every bare word.
  private var knownModels: Set<String>

  var scope: Scope
  /// The function being read; `nil` at top level.
  var owner: FunctionTemplate?
  /// Whether every statement before this one has run, exactly once: only then is the forecast sure.
  var isStraight = true
  /// Names that are introduced once and never changed: what they stand for can be relied on.
  private var stableNames: Set<String> = []
  private var loopDepth = 0
  /// Whether the function being read is a command's block, which `return` may not leave.
  private var isInCommandBlock = false

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
  func mayBeWritten(_ path: String) -> Bool { written.hasUnknown || written.paths.contains(path) }

  var words: KnownWords {
    KnownWords(vocabulary: vocabulary, models: hasUnknownModels ? nil : modelNames)
  }

  /// Checks a whole text.
  func check(_ tree: SyntaxTree) -> Program {
    add(diagnosticsOf: tree)
    written.add(tree.statements)
    stableNames = Introductions.stable(in: tree.statements)
    let steps = read(tree.statements)
    closeScope()
    for (name, _) in given where !parameters.contains(where: { $0.name == name }) {
      report(unknownParameter(name))
    }
    globals.symbols = scope.symbols
    if diagnostics.contains(where: { $0.severity == .error }) {
      // What could not be read may be what uses them.
      diagnostics.removeAll { $0.code == .unusedVariable && $0.severity == .warning }
    }
    sortDiagnostics()
    return Program(steps: steps, globalCount: globals.count)
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

  func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

  private func add(diagnosticsOf tree: SyntaxTree) {
    diagnostics += tree.diagnostics
    mistakesOfForm += tree.diagnostics.filter { $0.severity == .error }
      .compactMap(\.primary?.range)
  }

  /// Whether the statement's own words, its blocks apart, have a mistake of form that was told.
  private func isToldAlready(_ statement: Statement) -> Bool {
    let range = statement.range
    let end = statement.firstBlock?.start ?? range.end
    return mistakesOfForm.contains {
      $0.source == range.source && $0.start >= range.start && $0.start <= end
    }
  }

  /// Completes the last diagnostic of a code with what was learnt later.
  func explain(_ code: DiagnosticCode, _ change: (inout Diagnostic) -> Void) {
    guard let index = diagnostics.lastIndex(where: { $0.code == code }) else { return }
    change(&diagnostics[index])
  }

  func warn(_ diagnostic: Diagnostic) {
    var warning = diagnostic
    warning.severity = .warning
    diagnostics.append(warning)
  }

  // MARK: Scopes and names

  /// Introduces a name in the current scope; a second time in the same scope it is the same variable.
  func declare(_ name: Name, isWatched: Bool = false) -> Symbol {
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
    if case .local = symbol.variable.storage, symbol.variable.owner !== owner {
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
  private func closeScope() {
    while !scope.pendingBodies.isEmpty {
      let bodies = scope.pendingBodies
      scope.pendingBodies = []
      for body in bodies { body() }
    }
    let isTop = scope.parent == nil
    if isTop, !origin.isWhole { return }
    for (name, symbol) in scope.symbols.sorted(by: { $0.value.range.start < $1.value.range.start })
    where symbol.isWatched && !symbol.isUsed && !symbol.isBroken {
      // What an included file offers need not all be used.
      if isTop, includedTexts.contains(symbol.range.source) { continue }
      warn(
        Diagnostic(
          .unusedVariable, "`\(name)` is never used", at: symbol.range, "set here, read nowhere"))
    }
  }

  // MARK: Statements

  func read(_ statements: [Statement]) -> [Step] {
    var steps: [Step] = []
    for statement in statements {
      do {
        try read(statement, into: &steps)
      } catch let diagnostic as Diagnostic {
        if !isToldAlready(statement) { report(diagnostic) }
        markBroken(statement)
      } catch {
        markBroken(statement)
      }
    }
    return steps
  }

  /// Names whose definition failed are known, so that their uses are no further mistakes.
  private func markBroken(_ statement: Statement) {
    switch statement.form {
    case .let(let name, _): declare(name).isBroken = true
    case .define(let definition): declare(definition.name).isBroken = true
    case .expression(let expression, _): breakWhatItTeaches(expression)
    case .assign(let target, _, _):
      guard case .name(let name) = target.form else { break }
      if let symbol = scope.find(name) {
        symbol.constant = nil
      } else {
        declare(Name(name, target.range)).isBroken = true
      }
    default: break
    }
  }

  func read(_ block: Block) -> [Step] { nested { read(block.statements) } }

  /// Reads statements that may run never or often: what they do cannot be foreseen.
  private func uncertain<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = isStraight
    isStraight = false
    defer { isStraight = before }
    return try body()
  }

  private func read(_ statement: Statement, into steps: inout [Step]) throws {
    switch statement.form {
    case .broken: forecast.blur()
    case .expression(let expression, let isSilenced):
      try readAlone(expression, isSilenced: isSilenced, into: &steps)
    case .let(let name, let value):
      let node = try value.isCommandWord(self) ? commandWord(value) : node(value)
      let symbol = declare(name, isWatched: true)
      if case .constant(let constant) = node.form, isStable(name.text) {
        symbol.constant = constant
      }
      steps.append(.assign(symbol.variable, node))
    case .assign(let target, let operation, let value):
      try readAssignment(target, operation, value, statement.range, into: &steps)
    case .if(let branches, let otherwise):
      let made = try branches.map { branch in
        let condition = try node(branch.condition)
        return Step.Branch(condition: condition, body: uncertain { read(branch.block) })
      }
      let rest = otherwise.map { block in uncertain { read(block) } } ?? []
      steps.append(.branch(made, otherwise: rest))
      forecast.blur()
    case .for(let names, let source, let block):
      try readFor(names, source, block, into: &steps)
    case .while(let condition, let block):
      let node = try node(condition)
      let body = uncertain { inLoop { read(block) } }
      steps.append(.whileLoop(condition: node, body: body))
      forecast.blur()
    case .define(let definition): try readDefinition(definition, statement.range, into: &steps)
    case .return(let value):
      guard owner != nil, !isInCommandBlock else {
        throw Diagnostic(
          .misplacedStatement, "`return` stands outside a function", at: statement.range,
          "nothing to return from",
          help: isInCommandBlock ? ["a command's block cannot be left"] : [])
      }
      let node = try value.map { try $0.isCommandWord(self) ? commandWord($0) : self.node($0) }
      node.map(dropValue)
      steps.append(.return(node))
    case .break, .continue:
      guard loopDepth > 0 else {
        let word = if case .break = statement.form { "break" } else { "continue" }
        throw Diagnostic(
          .misplacedStatement, "`\(word)` stands outside a loop", at: statement.range,
          "no loop around it")
      }
      if case .break = statement.form { steps.append(.break) } else { steps.append(.continue) }
    }
  }

  private func inLoop<Result>(_ body: () -> Result) -> Result {
    loopDepth += 1
    defer { loopDepth -= 1 }
    return body()
  }

  /// An expression or command that is a statement of its own.
  private func readAlone(
    _ expression: Expression, isSilenced: Bool, into steps: inout [Step]
  ) throws {
    if case .command(let command) = expression.form {
      try readCommand(command, isSilenced: isSilenced, into: &steps)
      return
    }
    if expression.isCommandWord(self) || expression.isFunctionWord(self)
      || isLiveCommand(expression)
    {
      let node = try commandWord(expression)
      steps.append(standing(node, isSilenced: isSilenced))
      return
    }
    if let slip = commandInArithmetic(expression) { throw slip }
    if case .name(let name) = expression.form, !isKnown(name) {
      throw unknownWord(Name(name, expression.range))
    }
    let node = try node(expression)
    let isCommand = if case .command = node.form { true } else { false }
    if isCommand || origin.isPrompt && owner == nil {
      steps.append(standing(node, isSilenced: isSilenced))
      return
    }
    steps.append(.evaluate(node))
    if !hasEffect(expression), !isSilenced {
      warn(
        Diagnostic(
          .unusedValue, "this value is not used", at: expression.range, "worked out and dropped",
          help: ["write `print \(text(of: expression))` to see it"]))
    }
  }

  /// Whether a word stands for anything.
  private func isKnown(_ name: String) -> Bool {
    scope.find(name) != nil || isLive(name) || vocabulary.function(name) != nil
      || vocabulary.command(name) != nil || vocabulary.isWord(name) || ForeignWords.isValue(name)
  }

  /// The step of a command or value that stands alone.
  func standing(_ node: Node, isSilenced: Bool) -> Step {
    dropValue(of: node)
    return isSilenced ? .evaluate(node) : .show(node)
  }

  /// Notes that a command need not give anything here.
  private func dropValue(of node: Node) {
    if case .command(let site) = node.form { site.isValueTaken = false }
  }

  /// `model` alone starts an empty one, though the word stands for the current one elsewhere.
  private func isLiveCommand(_ expression: Expression) -> Bool {
    guard case .name(let name) = expression.form, !expression.isParenthesized else { return false }
    return scope.find(name) == nil && vocabulary.command(name) != nil
  }

  /// Whether running the expression may do more than give a value.
  private func hasEffect(_ expression: Expression) -> Bool {
    guard case .call(let callee, _) = expression.form else { return false }
    // What a field or an index holds may be any function.
    guard case .name(let name) = callee.form else { return true }
    guard let symbol = scope.find(name) else { return false }
    return !(symbol.template?.isExpression ?? false)
  }

  func text(of expression: Expression) -> String { Printer.print(expression) }

  private func readAssignment(
    _ target: Expression, _ operation: BinaryOperator?, _ value: Expression, _ range: SourceRange,
    into steps: inout [Step]
  ) throws {
    let node = try value.isCommandWord(self) ? commandWord(value) : node(value)
    guard case .name(let name) = target.form else {
      steps.append(.assignPlace(try place(target), operation: operation, node, range))
      forecast.forgetWeights()
      return
    }
    guard let symbol = scope.find(name) else {
      throw unknownVariable(name, target.range, value: value)
    }
    guard !symbol.isBroken else { throw ToldAlready() }
    let wasUsed = symbol.isUsed
    let variable = use(symbol)
    symbol.isUsed = wasUsed
    if let operation {
      symbol.isUsed = true
      steps.append(.update(variable, operation, node, range))
    } else {
      symbol.isFunction = false
      steps.append(.assign(variable, node))
    }
  }

  private func unknownVariable(
    _ name: String, _ range: SourceRange, value: Expression
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      .unknownName, "there is no variable named `\(name)` to change", at: range, "not known here")
    if let near = Suggestion.nearest(to: name, among: scope.visibleNames) {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(range, near)]
    } else {
      diagnostic.help = ["a new name begins with `let`: `let \(name) = \(text(of: value))`"]
    }
    return diagnostic
  }

  /// The target of an assignment that is a part of something.
  private func place(_ target: Expression) throws -> Place {
    var path: [(access: Place.Access, range: SourceRange)] = []
    var expression = target
    while true {
      switch expression.form {
      case .index(let base, let items):
        path.append((.index(try items.map(indexItem)), expression.range))
        expression = base
      case .field(let base, let name):
        path.append((.field(name.text), expression.range))
        expression = base
      case .name(let name):
        if let symbol = scope.find(name) {
          guard !symbol.isBroken else { throw ToldAlready() }
          return Place(root: .variable(use(symbol)), path: path.reversed())
        }
        if isLive(name) { return Place(root: .live(name), path: path.reversed()) }
        throw unknownName(name, expression.range)
      case .broken: throw ToldAlready()
      default:
        throw Diagnostic(
          .notAssignable, "`\(text(of: target))` cannot be assigned to", at: target.range,
          "neither a name nor a part of one")
      }
    }
  }

  private func readFor(
    _ names: [Name], _ source: Expression, _ block: Block, into steps: inout [Step]
  ) throws {
    var bounds: (from: Node, to: Node, step: Node?)?
    var list: Node?
    if case .range(let from, let to, let step) = source.form {
      bounds = (try node(from), try node(to), try step.map(node))
    } else {
      list = try node(source)
    }
    let (value, index, body) = uncertain {
      nested {
        let index = names.count > 1 ? declare(names[0]).variable : nil
        let value = declare(names[names.count - 1]).variable
        return (value, index, inLoop { read(block.statements) })
      }
    }
    if let bounds {
      steps.append(
        .forRange(
          value, index: index, from: bounds.from, to: bounds.to, step: bounds.step, body: body,
          source.range))
    } else if let list {
      steps.append(.forEach(value, index: index, source: list, body: body))
    }
    forecast.blur()
  }

  // MARK: Functions

  private func readDefinition(
    _ definition: Definition, _ range: SourceRange, into steps: inout [Step]
  ) throws {
    let name = definition.name
    if vocabulary.command(name.text) != nil {
      throw Diagnostic(
        .nameTaken, "`\(name.text)` is a command, a `def` cannot take its name", at: name.range,
        "taken", help: ["choose another name, such as `my_\(name.text)`"])
    }
    let symbol = declare(name)
    let template = FunctionTemplate(name: name.text, range: range)
    template.definition = definition
    if case .expression = definition.body { template.isExpression = true }
    symbol.template = isStable(name.text) ? template : nil
    symbol.isFunction = true
    // The header is known at once, so that calls can be checked; the body may use later names.
    let inside = Scope(parent: scope, owner: template)
    var seen: Set<String> = []
    for parameter in definition.parameters {
      guard seen.insert(parameter.name.text).inserted else {
        throw Diagnostic(
          .duplicateOption, "the parameter `\(parameter.name.text)` is there twice",
          at: parameter.name.range, "again")
      }
      let variable = Variable(name: parameter.name.text, storage: .local, owner: template)
      inside.symbols[parameter.name.text] = Symbol(variable: variable, range: parameter.name.range)
      let isOptional = parameter.defaultValue != nil
      template.parameters.append(
        FunctionTemplate.Parameter(
          variable: variable,
          defaultValue: isOptional ? Node(.constant(.none), parameter.name.range) : nil))
    }
    steps.append(.define(symbol.variable, template))
    scope.pendingBodies.append { [self] in
      inFunction(template, inside) {
        for (place, parameter) in definition.parameters.enumerated() {
          guard let value = parameter.defaultValue else { continue }
          report(errorsOf: { template.parameters[place].defaultValue = try node(value) })
        }
        switch definition.body {
        case .expression(let value):
          report(errorsOf: {
            let node = try node(value)
            dropValue(of: node)
            template.body = [.return(node)]
          })
        case .block(let block):
          template.body = read(block.statements)
        }
      }
    }
  }

  private func report(errorsOf body: () throws -> Void) {
    do {
      try body()
    } catch let diagnostic as Diagnostic {
      report(diagnostic)
    } catch {}
  }

  /// Reads something that belongs to a function of its own.
  private func inFunction(
    _ template: FunctionTemplate, _ inside: Scope, isCommandBlock: Bool = false, _ body: () -> Void
  ) {
    let before = (scope, owner, loopDepth, isStraight, isInCommandBlock)
    (scope, owner, loopDepth, isInCommandBlock) = (inside, template, 0, isCommandBlock)
    if !isCommandBlock { isStraight = false }
    body()
    closeScope()
    (scope, owner, loopDepth, isStraight, isInCommandBlock) = before
  }

  /// A command's block, with the names the command defines in it as its parameters.
  func blockTemplate(
    _ block: Block, names: [Name], isBroken: Bool = false, runsOnce: Bool
  ) -> FunctionTemplate {
    let template = FunctionTemplate(name: "", range: block.range)
    let inside = Scope(parent: scope, owner: template)
    for name in names {
      let variable = Variable(name: name.text, storage: .local, owner: template)
      let symbol = Symbol(variable: variable, range: name.range)
      symbol.isBroken = isBroken
      inside.symbols[name.text] = symbol
      template.parameters.append(FunctionTemplate.Parameter(variable: variable, defaultValue: nil))
    }
    let wasStraight = isStraight
    isStraight = isStraight && runsOnce
    inFunction(template, inside, isCommandBlock: true) {
      template.body = read(block.statements)
    }
    isStraight = wasStraight
    for name in names {
      guard let symbol = inside.symbols[name.text], !symbol.isUsed, !isBroken else { continue }
      report(
        Diagnostic(
          .unusedVariable, "the block does not use `\(name.text)`", at: name.range,
          "every run would be the same", help: ["use `\(name.text)` in the block, or leave it out"]
        ))
    }
    return template
  }

  /// A formula over live values: a function whose parameters are those it mentions.
  func formulaTemplate(_ expression: Expression, names: [String]) throws -> FunctionTemplate {
    let template = FunctionTemplate(name: "", range: expression.range)
    template.isExpression = true
    let inside = Scope(parent: scope, owner: template)
    for name in names {
      let variable = Variable(name: name, storage: .local, owner: template)
      inside.symbols[name] = Symbol(variable: variable, range: expression.range)
      template.parameters.append(FunctionTemplate.Parameter(variable: variable, defaultValue: nil))
    }
    var failure: (any Error)?
    inFunction(template, inside) {
      do { template.body = [.return(try node(expression))] } catch { failure = error }
    }
    if let failure { throw failure }
    return template
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

  func add(_ parameter: ScriptParameter) { parameters.append(parameter) }

  /// Reads the statements of another text in place.
  func readIncluded(_ tree: SyntaxTree) -> [Step] {
    written.add(tree.statements)
    add(diagnosticsOf: tree)
    if let text = tree.statements.first?.range.source { includedTexts.insert(text) }
    stableNames.subtract(Introductions.names(in: tree.statements))
    return read(tree.statements)
  }
}
