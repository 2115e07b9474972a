import NNEngine

// Statements: each becomes steps, or one diagnostic.

extension Checker {
  func read(_ statements: [Statement]) -> [Step] {
    var steps: [Step] = []
    for statement in statements {
      guard goesOn(at: statement) else { return steps }
      mendForm(of: statement)
      do {
        try read(statement, into: &steps)
      } catch let diagnostic as Diagnostic {
        if !isToldAlready(statement) { report(mended(diagnostic, statement)) }
        markBroken(statement)
      } catch let error as EngineError where error == .interrupted {
        wasStopped = true
        report(Diagnostic(error, at: statement.range))
      } catch {
        markBroken(statement)
      }
    }
    return steps
  }

  /// Whether the check is to go on; if not, it says why, once.
  private func goesOn(at statement: Statement) -> Bool {
    guard !wasStopped else { return false }
    do throws(EngineError) {
      try Allowance.proceed()
      return true
    } catch {
      wasStopped = true
      report(Diagnostic(error, at: statement.range))
      return false
    }
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
  func uncertain<Result>(_ body: () throws -> Result) rethrows -> Result {
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
      let node = try needValue(value.isCommandWord(self) ? commandWord(value) : node(value))
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
    if case .name(let name) = expression.form,
      expression.isCommandWord(self) || expression.isFunctionWord(self)
        || isLiveCommand(expression)
    {
      let command = Command(word: Name(name, expression.range), arguments: [], blocks: [])
      try readCommand(command, isSilenced: isSilenced, into: &steps)
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
          .unusedValue, "this value is not used", at: expression.range, "computed but never used",
          help: ["write `print \(text(of: expression))` to see it"]))
    }
  }

  /// Whether a word stands for anything.
  private func isKnown(_ name: String) -> Bool {
    scope.find(name) != nil || isLive(name) || vocabulary.function(name) != nil
      || vocabulary.command(name) != nil
      || vocabulary.constant(name) != nil || ForeignWords.isValue(name)
  }

  /// The step of a command or value that stands alone.
  func standing(_ node: Node, isSilenced: Bool) -> Step {
    dropValue(of: node)
    return isSilenced ? .evaluate(node) : .show(node)
  }

  /// Notes that a command need not give anything here.
  func dropValue(of node: Node) {
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
    let node = try needValue(value.isCommandWord(self) ? commandWord(value) : node(value))
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
    var bounds: (from: Node, to: Node, step: Node?, isHalfOpen: Bool)?
    var list: Node?
    if case .range(let from, let to, let step, let isHalfOpen) = source.form {
      bounds = (try node(from), try node(to), try step.map(node), isHalfOpen)
      warnOfLength(source)
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
    if case .constant(.number(let number))? = list?.form {
      let whole = Formatting.text(of: .number(number))
      throw Diagnostic(
        .wrongType, "`for` goes through a list, not a number", at: source.range,
        "this is a number", help: ["write `1..\(whole)`"],
        fixes: [Diagnostic.Fix(source.range, "1..\(whole)")])
    }
    if let bounds {
      steps.append(
        .forRange(
          value, index: index, from: bounds.from, to: bounds.to, step: bounds.step,
          isHalfOpen: bounds.isHalfOpen, body: body, source.range))
    } else if let list {
      steps.append(.forEach(value, index: index, source: list, body: body))
    }
    forecast.blur()
  }
}
