import NNEngine

// Functions: definitions, blocks of commands, formulas over live values.

extension Checker {
  func readDefinition(
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
    if isStable(name.text) {
      symbol.template = template
      template.ownName = symbol.variable
    }
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
  ///
  /// - Parameter hidden: live values that functions in it are given without being mentioned.
  func formulaTemplate(
    _ expression: Expression, names: [String], hidden: [String]
  ) throws -> FunctionTemplate {
    let template = FunctionTemplate(name: "", range: expression.range)
    template.isExpression = true
    let inside = Scope(parent: scope, owner: template)
    for (name, key) in names.map({ ($0, $0) }) + hidden.map({ ($0, Self.hiddenKey($0)) }) {
      let variable = Variable(name: name, storage: .local, owner: template)
      inside.symbols[key] = Symbol(variable: variable, range: expression.range)
      template.parameters.append(FunctionTemplate.Parameter(variable: variable, defaultValue: nil))
    }
    var failure: (any Error)?
    inFunction(template, inside) {
      do { template.body = [.return(try node(expression))] } catch { failure = error }
    }
    if let failure { throw failure }
    return template
  }

  /// The live values that functions called in a formula are to be given: `cosine(0.01)` needs the
  /// epoch, and so does a function of the script with a parameter of that name.
  func liveNames(filledIn formula: Expression) -> [String] {
    var names: [String] = []
    // A schedule that is not called is given nothing; `train` says what it lacks.
    if case .name = formula.form { return [] }
    for called in formula.freeNames {
      let needed =
        if let symbol = scope.find(called) {
          (symbol.template?.parameters ?? []).filter { $0.defaultValue == nil }
            .map(\.variable.name).filter(LiveName.always.contains)
        } else {
          vocabulary.function(called)?.parameters.compactMap(\.liveName) ?? []
        }
      names += needed.filter { !names.contains($0) }
    }
    return names
  }

  /// No script can write it, so that a name of its own does not stand in the way.
  private static func hiddenKey(_ live: String) -> String { "live \(live)" }

  /// The live value for a parameter that was left out; `nil` outside of a formula.
  func liveNode(for parameter: FunctionEntry.Parameter, _ range: SourceRange) -> Node? {
    parameter.liveName.flatMap { liveNode(named: $0, range) }
  }

  /// A live value that a formula is given without mentioning it; `nil` outside of a formula.
  func liveNode(named live: String, _ range: SourceRange) -> Node? {
    scope.find(Self.hiddenKey(live)).map { Node(.variable(use($0)), range) }
  }
}
