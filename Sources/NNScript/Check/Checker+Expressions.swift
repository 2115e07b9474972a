import NNEngine

// Expressions: names are resolved, calls are held against what they call.

extension Expression {
  /// Whether the expression is a bare word that runs a command: `let e = evaluate`.
  func isCommandWord(_ checker: Checker) -> Bool {
    guard case .name(let name) = form, !isParenthesized else { return false }
    return checker.scope.find(name) == nil && !checker.isLive(name)
      && checker.vocabulary.function(name) == nil && checker.vocabulary.command(name) != nil
  }

  /// Whether the expression is a bare word that calls a function of the script.
  func isFunctionWord(_ checker: Checker) -> Bool {
    guard case .name(let name) = form, !isParenthesized else { return false }
    return checker.scope.find(name)?.isFunction ?? false
  }
}

extension Checker {
  /// Whether a name stands for a part of the session.
  func isLive(_ name: String) -> Bool {
    name == "model" || name == "data" || name == "_" && origin.isPrompt
      || isModel(name)
  }

  /// Resolves an expression.
  ///
  /// - Throws: the `Diagnostic` of the first mistake in it, or `ToldAlready`.
  func node(_ expression: Expression) throws -> Node {
    try Allowance.proceed()
    let range = expression.range
    switch expression.form {
    case .broken: throw ToldAlready()
    case .number(let number): return Node(.constant(.number(number)), range)
    case .truth(let truth): return Node(.constant(.truth(truth)), range)
    case .none: return Node(.constant(.none), range)
    case .size(let sizes):
      return Node(.constant(.list(sizes.map { .number(Double($0)) })), range)
    case .text(let parts): return try textNode(parts, range)
    case .name(let name): return try nameNode(name, range)
    case .list(let items): return listNode(try items.map(node), range)
    case .range(let from, let to, let step, let isHalfOpen):
      return Node(
        .range(
          from: try node(from), to: try node(to), step: try step.map(node), isHalfOpen: isHalfOpen),
        range)
    case .comprehension(let comprehension): return try comprehensionNode(comprehension, range)
    case .record(let fields): return try recordNode(fields, range)
    case .negate(let operand):
      let inner = try node(operand)
      if case .constant(.number(let number)) = inner.form {
        return Node(.constant(.number(-number)), range)
      }
      return Node(.negate(inner), range)
    case .not(let operand): return Node(.not(try node(operand)), range)
    case .binary(let operation, let left, let right):
      return try folded(operation, node(left), node(right), range)
    case .logical(let isAnd, let left, let right):
      return Node(.logical(isAnd: isAnd, try node(left), try node(right)), range)
    case .comparison(let first, let steps):
      return Node(
        .comparison(try node(first), try steps.map { ($0.operation, try node($0.operand)) }), range)
    case .conditional(let condition, let then, let otherwise):
      return Node(
        .conditional(
          condition: try node(condition), then: try node(then), otherwise: try node(otherwise)),
        range)
    case .call(let callee, let arguments): return try callNode(callee, arguments, range)
    case .index(let base, let items):
      return Node(.index(try node(base), try items.map(indexItem)), range)
    case .field(let base, let name):
      let node = try baseNode(base)
      try checkField(name, of: node, at: range)
      return Node(.field(node, name.text), range)
    case .command(let command): return try commandNode(command)
    }
  }

  /// What stands before a dot: a command word there is run (`evaluate.accuracy`).
  private func baseNode(_ base: Expression) throws -> Node {
    try needValue(base.isCommandWord(self) ? commandWord(base) : node(base))
  }

  /// A node whose value is used: a command without a result is a mistake there.
  ///
  /// - Throws: the `no-result` diagnostic.
  func needValue(_ node: Node) throws -> Node {
    guard case .command(let site) = node.form, !site.entry.givesValue else { return node }
    let text = session?.sources.texts[node.range.source].text(node.range.bytes) ?? site.word.text
    throw Diagnostic(
      .noResult, "`\(site.word.text)` returns no value", at: node.range, "a value is needed here",
      help: ["write `\(text)` on a line of its own"])
  }

  /// Holds a field against what is known to have it before anything runs.
  private func checkField(_ name: Name, of base: Node, at range: SourceRange) throws {
    switch base.form {
    case .live("data"): try checkField(name, "the data", DataObject.allFields, at: range)
    case .live(let live) where live == "model" || isModel(live):
      // Layers that are added on the way to the loss have names that end in a digit.
      let own = live == "model" ? forecast.model?.names : nil
      let fixed = ModelObject.fixedNames
      guard let own, name.text.last?.isNumber != true else {
        let isKnown = name.text.last?.isNumber == true || fixed.contains(name.text)
        if !isKnown, ForeignWords.isMethod(name.text) {
          try checkField(name, "a model", fixed, at: range)
        }
        return
      }
      try checkField(name, "a model", fixed + own, at: range)
    case .constant(let value):
      switch value {
      case .record, .tensor, .object, .none: return
      default: break
      }
      do { _ = try Indexing.field(value, name.text) } catch let error as ValueError {
        throw Diagnostic(
          error.code, error.message, at: error.argument == 0 ? base.range : range, error.label,
          help: error.help, notes: error.notes)
      }
    default: break
    }
  }

  private func checkField(
    _ name: Name, _ what: String, _ known: [String], at range: SourceRange
  ) throws {
    guard !known.contains(name.text) else { return }
    var diagnostic = Diagnostic(
      .unknownField, "\(what) has no field `\(name.text)`", at: range, "unknown field",
      notes: ["it has " + known.map { "`\($0)`" }.joined(separator: ", ")])
    if let near = Suggestion.nearest(to: name.text, among: known) {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(name.range, near)]
    }
    throw diagnostic
  }

  func indexItem(_ item: IndexItem) throws -> Node.Item {
    switch item {
    case .at(let expression): .at(try node(expression))
    case .span(let from, let to, let isHalfOpen, _):
      .span(from: try from.map(node), to: try to.map(node), isHalfOpen: isHalfOpen)
    }
  }

  private func textNode(_ parts: [TextPart], _ range: SourceRange) throws -> Node {
    var pieces: [Node.Piece] = []
    var literal = ""
    for part in parts {
      switch part {
      case .literal(let text):
        literal += text
        pieces.append(.literal(text))
      case .value(let expression, let format):
        pieces.append(.value(try node(expression), format: format))
      }
    }
    let isLiteral = pieces.allSatisfy { if case .literal = $0 { true } else { false } }
    return isLiteral ? Node(.constant(.text(literal)), range) : Node(.text(pieces), range)
  }

  private func listNode(_ items: [Node], _ range: SourceRange) -> Node {
    var constants: [Value] = []
    for item in items {
      guard case .constant(let value) = item.form else { return Node(.list(items), range) }
      constants.append(value)
    }
    let list = Value.list(constants)
    // What is too much is told where the run reaches it.
    guard list.weight <= Operators.countLimit else { return Node(.list(items), range) }
    return Node(.constant(list), range)
  }

  private func recordNode(_ fields: [RecordField], _ range: SourceRange) throws -> Node {
    var seen: Set<String> = []
    let nodes = try fields.map { field in
      guard seen.insert(field.name.text).inserted else {
        throw Diagnostic(
          .duplicateOption, "the field `\(field.name.text)` is there twice", at: field.name.range,
          "again")
      }
      return (name: field.name.text, value: try node(field.value))
    }
    return Node(.record(nodes), range)
  }

  /// Arithmetic on numbers that are written out is done here, so that sizes and ranges can be checked.
  private func folded(
    _ operation: BinaryOperator, _ left: Node, _ right: Node, _ range: SourceRange
  ) throws -> Node {
    guard case .constant(let a) = left.form, case .constant(let b) = right.form else {
      return Node(.binary(operation, left, right), range)
    }
    do {
      if case .number = a, case .number = b {
        return Node(.constant(try Operators.binary(operation, a, b)), range)
      }
      if a.textValue != nil || b.textValue != nil { _ = try Operators.binary(operation, a, b) }
    } catch let error as ValueError where error.code == .wrongType {
      throw Diagnostic(
        error.code, error.message, at: error.argument == 1 ? right.range : left.range, error.label,
        help: error.help, notes: error.notes)
    } catch {}
    return Node(.binary(operation, left, right), range)
  }

  private func comprehensionNode(
    _ comprehension: Comprehension, _ range: SourceRange
  ) throws -> Node {
    let source = try node(comprehension.source)
    warnOfLength(comprehension.source)
    return try nested {
      let names = comprehension.names
      let index = names.count > 1 ? declare(names[0]).variable : nil
      let variable = declare(names[names.count - 1]).variable
      return Node(
        .comprehension(
          value: try node(comprehension.value), variable: variable, index: index, source: source,
          condition: try comprehension.condition.map(node)), range)
    }
  }

  // MARK: Names

  private func nameNode(_ name: String, _ range: SourceRange) throws -> Node {
    if let symbol = scope.find(name) {
      guard !symbol.isBroken else { throw ToldAlready() }
      let variable = use(symbol)
      // A later text may change what a function of this one reads.
      let isSure = origin.isWhole || owner == nil || !symbol.variable.isAtTopLevel
      if let constant = symbol.constant, isSure { return Node(.constant(constant), range) }
      return Node(.variable(variable), range)
    }
    if isLive(name) { return Node(.live(name), range) }
    if let function = vocabulary.function(name) {
      return Node(.constant(.function(FunctionBox(.builtin(function)))), range)
    }
    if let constant = vocabulary.constant(name) {
      return Node(.constant(.number(constant.value)), range)
    }
    if vocabulary.isWord(name) { return Node(.constant(.text(name)), range) }
    throw unknownName(name, range)
  }

  /// The message for a name that stands for nothing, with the nearest legal one.
  func unknownName(_ name: String, _ range: SourceRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      .unknownName, "there is no variable or function named `\(name)`", at: range,
      "not known here")
    if let word = ForeignWords.values[name] {
      diagnostic.code = .foreignSyntax
      diagnostic.message = "`\(name)` is written `\(word)` here"
      diagnostic.help = ["write `\(word)`"]
      diagnostic.fixes = [Diagnostic.Fix(range, word)]
      return diagnostic
    }
    if vocabulary.command(name) != nil {
      diagnostic.message = "`\(name)` is a command, not a value"
      diagnostic.primary = Diagnostic.Label(range, "a command")
      diagnostic.help = ["take its result with `\(name)()`"]
      return diagnostic
    }
    let known =
      scope.visibleNames + modelNames + vocabulary.functions.map(\.name)
      + vocabulary.constants.map(\.name)
    if let near = Suggestion.nearest(to: name, among: known) {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(range, near)]
    } else {
      diagnostic.help = ["a new name begins with `let`: `let \(name) = …`; a text stands in quotes"]
    }
    return diagnostic
  }

  // MARK: Calls

  private func callNode(
    _ callee: Expression, _ arguments: [Argument], _ range: SourceRange
  ) throws -> Node {
    guard case .name(let name) = callee.form else {
      if case .field(let base, let field) = callee.form, case .name(let live) = base.form,
        scope.find(live) == nil, isLive(live)
      {
        _ = try node(callee)
        if ForeignWords.isMethod(field.text) {
          throw Diagnostic(
            .notCallable, "`\(field.text)` cannot be called", at: field.range, "not a function")
        }
      }
      return Node(.call(try node(callee), try callArguments(arguments)), range)
    }
    if let symbol = scope.find(name) {
      guard !symbol.isBroken else { throw ToldAlready() }
      let filled =
        try symbol.template.map { template in
          try fill(try check(arguments, of: template, callee.range), of: template, callee.range)
        } ?? []
      if let slip = callOfAValue(symbol, name, arguments, callee.range, range) { throw slip }
      forecast.blurCall()
      let variable = use(symbol)
      let given = try callArguments(arguments) + filled
      return Node(.call(Node(.variable(variable), callee.range), given), range)
    }
    if let function = vocabulary.function(name) {
      return Node(
        .builtin(function, try builtinArguments(function, arguments, callee.range, range)), range)
    }
    let word = Name(name, callee.range)
    if let entry = vocabulary.command(name) {
      return Node(
        .command(try site(entry, word: word, arguments: arguments, blocks: [], range: range)), range
      )
    }
    if isLive(name) {
      throw Diagnostic(
        .notCallable, "`\(name)` cannot be called", at: callee.range, "not a function")
    }
    throw unknownFunction(word)
  }

  private func unknownFunction(_ word: Name) -> Diagnostic {
    var diagnostic = Diagnostic(
      .unknownName, "there is no function named `\(word.text)`", at: word.range, "not known here")
    let known =
      scope.visibleNames + vocabulary.functions.map(\.name) + vocabulary.commands.map(\.name)
    if let near = ForeignWords.here(word.text, known)
      ?? Suggestion.nearest(to: word.text, among: known)
    {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(word.range, near)]
    }
    return diagnostic
  }

  func callArguments(_ arguments: [Argument]) throws -> [Node.CallArgument] {
    var seen: Set<String> = []
    return try arguments.map { argument in
      if let name = argument.name, !seen.insert(name.text).inserted {
        throw Diagnostic(
          .duplicateOption, "`\(name.text)` is given twice", at: name.range, "given again",
          help: ["leave one of them out"])
      }
      return Node.CallArgument(name: argument.name, value: try needValue(node(argument.value)))
    }
  }

  /// Holds the arguments of a call against the header of a function that is known.
  ///
  /// - Returns: the names of the parameters that are given.
  func check(
    _ arguments: [Argument], of template: FunctionTemplate, _ range: SourceRange
  ) throws -> Set<String> {
    let names = template.parameters.map(\.variable.name)
    var given: Set<String> = []
    func take(_ name: String, _ range: SourceRange) throws {
      guard given.insert(name).inserted else {
        throw Diagnostic(
          .duplicateOption, "`\(name)` is given twice", at: range, "given again",
          help: ["leave one of them out"])
      }
    }
    var place = 0
    for argument in arguments {
      if let name = argument.name {
        guard names.contains(name.text) else {
          var diagnostic = Diagnostic(
            .unknownOption, "`\(template.name)` has no parameter `\(name.text)`", at: name.range,
            "unknown parameter",
            secondary: [Diagnostic.Label(template.range, "`\(template.name)` is defined here")])
          if let near = Suggestion.nearest(to: name.text, among: names) {
            diagnostic.help = ["did you mean `\(near)`?"]
            diagnostic.fixes = [Diagnostic.Fix(name.range, near)]
          } else if !names.isEmpty {
            diagnostic.help = ["parameters: " + names.map { "`\($0)`" }.joined(separator: ", ")]
          }
          throw diagnostic
        }
        try take(name.text, name.range)
      } else {
        guard place < names.count else {
          throw Diagnostic(
            .wrongCount,
            "`\(template.name)` takes \(count(names.count, "value")), this is number \(place + 1)",
            at: argument.range, "one too many")
        }
        try take(names[place], argument.range)
        place += 1
      }
    }
    return given
  }

  /// The live values for the parameters that a call leaves out, as in `lr=decay(0.1)`.
  ///
  /// - Throws: the `Diagnostic` of a value that is missing.
  func fill(
    _ given: Set<String>, of template: FunctionTemplate, _ range: SourceRange
  ) throws -> [Node.CallArgument] {
    try template.parameters.compactMap { parameter in
      let name = parameter.variable.name
      guard parameter.defaultValue == nil, !given.contains(name) else { return nil }
      if let live = liveNode(named: name, range) {
        return Node.CallArgument(name: Name(name, range), value: live)
      }
      let names = template.parameters.map(\.variable.name)
      throw Diagnostic(
        .wrongCount, "`\(template.name)` needs a value for `\(name)`", at: range,
        "`\(name)` is missing",
        help: ["write `\(template.name)(\(names.joined(separator: ", ")))`"])
    }
  }

  /// The arguments of a vocabulary function in the order of its parameters; those of a variadic one
  /// are a list.
  private func builtinArguments(
    _ function: FunctionEntry, _ arguments: [Argument], _ word: SourceRange, _ range: SourceRange
  ) throws -> [Node?] {
    let parameters = function.parameters
    let variadic = parameters.firstIndex(where: \.isVariadic)
    var nodes: [Node?] = Array(repeating: nil, count: parameters.count)
    var rest: [Node] = []
    var place = 0
    for argument in arguments {
      let value = try needValue(node(argument.value))
      if let name = argument.name {
        let index = try option(name, of: function)
        guard nodes[index] == nil else {
          throw Diagnostic(
            .duplicateOption, "`\(name.text)` is given twice", at: name.range, "given again",
            help: ["leave one of them out"])
        }
        nodes[index] = value
      } else if let variadic, place >= variadic {
        rest.append(value)
      } else {
        guard place < parameters.count else {
          throw Diagnostic(
            .wrongCount,
            "`\(function.name)` takes \(count(parameters.count, "value")), this is number \(place + 1)",
            at: argument.range, "one too many", help: ["for example `\(function.example)`"])
        }
        nodes[place] = value
        place += 1
      }
    }
    if let variadic, !rest.isEmpty { nodes[variadic] = Node(.list(rest), range) }
    for (index, parameter) in parameters.enumerated() {
      if let given = nodes[index] {
        try checkConstant(given, parameter)
      } else {
        nodes[index] = liveNode(for: parameter, word)
      }
    }
    for (index, parameter) in parameters.enumerated()
    where parameter.defaultText == nil && nodes[index] == nil {
      throw Diagnostic(
        .wrongCount, "`\(function.name)` needs a value for `\(parameter.name)`", at: word,
        "`\(parameter.name)` is missing", help: ["for example `\(function.example)`"])
    }
    return nodes
  }

  /// What is written out is held against what the parameter takes.
  private func checkConstant(_ node: Node, _ parameter: FunctionEntry.Parameter) throws {
    guard let info = parameter.info, case .constant(let value) = node.form,
      case .refused(let why) = info.kind.fit(
        Offer(content: .value(value), range: node.range), words)
    else { return }
    throw Diagnostic(
      why.code, why.wholeMessage ?? "`\(info.name)` \(why.message)", at: node.range, why.label,
      help: why.help)
  }

  /// The place of an option among a function's parameters.
  private func option(_ name: Name, of function: FunctionEntry) throws -> Int {
    let index = function.parameters.firstIndex { $0.name == name.text && !$0.isVariadic }
    if let index { return index }
    var diagnostic = Diagnostic(
      .unknownOption, "`\(function.name)` has no option `\(name.text)`", at: name.range,
      "unknown option")
    let known = function.parameters.filter { !$0.isVariadic }.map(\.name)
    if let near = ForeignWords.option(name.text, known)
      ?? Suggestion.nearest(to: name.text, among: known)
    {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(name.range, near)]
    }
    throw diagnostic
  }
}
