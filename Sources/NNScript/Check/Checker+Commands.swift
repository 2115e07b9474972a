import NNEngine

// Commands: the word finds its entry, each argument the parameter it is meant for, and what the
// entry can foresee is foreseen.

extension Checker {
  /// A command standing as a statement.
  func readCommand(_ command: Command, isSilenced: Bool, into steps: inout [Step]) throws {
    let name = command.word.text
    if scope.find(name) == nil, let entry = vocabulary.command(name) {
      switch entry.role {
      case .declaresParameter:
        steps.append(try declareParameter(command))
        return
      case .declaresState:
        steps += try declareState(command)
        return
      case .includesText:
        steps += try includeText(command)
        return
      case .ordinary, .takesWords: break
      }
    }
    let node = try commandNode(command)
    if name == "print" { warnOfWords(in: command, statement: range(of: command)) }
    if name == "data", case .command(let site) = node.form { noteLine(of: site) }
    steps.append(standing(node, isSilenced: isSilenced))
  }

  private func range(of command: Command) -> SourceRange {
    command.word.range.through(
      command.blocks.last?.range ?? command.arguments.last?.range ?? command.word.range)
  }

  /// `print accuracy`: a word of the vocabulary is printed as it stands, which is hardly meant.
  private func warnOfWords(in command: Command, statement range: SourceRange) {
    for argument in command.arguments where !argument.value.isParenthesized {
      guard case .name(let word) = argument.value.form, scope.find(word) == nil, !isLive(word),
        vocabulary.function(word) == nil, vocabulary.constant(word) == nil,
        vocabulary.isWord(word) || vocabulary.command(word) != nil
      else { continue }
      let diagnostic = mended(
        Diagnostic(
          .unusedValue, "`\(word)` is only a word here: it prints as `\(word)`",
          at: argument.range, "no value"),
        Statement(.broken, range))
      warn(diagnostic)
    }
  }

  /// Keeps a command's line for others that would add to it.
  private func noteLine(of site: CommandSite) {
    guard let text = session?.sources.texts[site.range.source].text(site.range.bytes),
      !text.contains("\n")
    else { return }
    lastLines[site.word.text] = text
  }

  /// A bare word that is a command: `evaluate`, or `let e = evaluate`.
  func commandWord(_ expression: Expression) throws -> Node {
    guard case .name(let name) = expression.form else { return try node(expression) }
    return try commandNode(
      Command(word: Name(name, expression.range), arguments: [], blocks: []),
      range: expression.range)
  }

  /// A command of the vocabulary, or a function of the script called like one.
  func commandNode(_ command: Command, range: SourceRange? = nil) throws -> Node {
    let word = command.word
    let end = command.blocks.last?.range ?? command.arguments.last?.range ?? word.range
    let range = range ?? word.range.through(end)
    if command.word.text == "explain", let code = code(in: command) {
      // `explain unknown-name` means the error, not a sample.
      return try commandNode(
        Command(
          word: Name("help", word.range), arguments: [Argument(name: nil, value: code)], blocks: []),
        range: range)
    }
    warnOfGaps(in: command)
    warnOfSigns(in: command)
    if let symbol = scope.find(word.text) {
      guard !symbol.isBroken else { throw ToldAlready() }
      if symbol.template != nil || vocabulary.command(word.text) == nil {
        return try functionCommand(command, symbol, range)
      }
    }
    guard let entry = vocabulary.command(word.text) else {
      if let function = vocabulary.function(word.text) {
        throw spacedCall(function.name, command, range)
      }
      throw unknownCommand(word)
    }
    return Node(
      .command(
        try site(
          entry, word: word, arguments: command.arguments, blocks: command.blocks, range: range)),
      range)
  }

  /// The code of an error that is a command's only argument.
  private func code(in command: Command) -> Expression? {
    guard command.arguments.count == 1, command.blocks.isEmpty,
      let argument = command.arguments.first,
      argument.name == nil, let text = session?.sources.text(of: argument.range),
      DiagnosticCode(rawValue: text) != nil
    else { return nil }
    return argument.value
  }

  private func functionCommand(
    _ command: Command, _ symbol: Symbol, _ range: SourceRange
  ) throws -> Node {
    let word = command.word
    if symbol.template == nil, !mayBeFunction(symbol) {
      throw variableAsCommand(command)
    }
    if let block = command.blocks.first {
      throw Diagnostic(
        .extraValue, "`\(word.text)` is a function and takes no block", at: block.range,
        "no block is expected here")
    }
    if let template = symbol.template {
      let given = try check(command.arguments, of: template, word.range)
      _ = try fill(given, of: template, word.range)
    }
    forecast.blurCall()
    let variable = use(symbol)
    return Node(
      .call(Node(.variable(variable), word.range), try callArguments(command.arguments)), range)
  }

  /// A variable may hold a function; one that holds something written out does not.
  private func mayBeFunction(_ symbol: Symbol) -> Bool {
    guard let constant = symbol.constant else { return !isStableVariable(symbol) }
    if case .function = constant { return true }
    return false
  }

  private func isStableVariable(_ symbol: Symbol) -> Bool {
    isStable(symbol.variable.name) && symbol.template == nil && symbol.variable.isAtTopLevel
  }

  /// A word alone that stands for nothing: a command or a variable was meant.
  func unknownWord(_ word: Name) -> Diagnostic {
    var diagnostic = unknownCommand(word)
    diagnostic.message = "there is no command or variable named `\(word.text)`"
    diagnostic.primary = Diagnostic.Label(word.range, "not known here")
    let commands = vocabulary.commands.map(\.name)
    let known = commands + scope.visibleNames
    if let near = Suggestion.nearest(to: word.text, among: known), !commands.contains(near) {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(word.range, near)]
    }
    return diagnostic
  }

  private func unknownCommand(_ word: Name) -> Diagnostic {
    var diagnostic = Diagnostic(
      .unknownCommand, "there is no command named `\(word.text)`", at: word.range,
      "not a command")
    let functions = scope.visibleNames.filter { scope.find($0)?.template != nil }
    let known = vocabulary.commands.map(\.name) + functions
    if let near = ForeignWords.here(word.text, known)
      ?? Suggestion.nearest(to: word.text, among: known)
    {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(word.range, near)]
    } else if let family = vocabulary.commands.first(where: { $0.member(word.text) != nil }) {
      diagnostic.help = ["write `\(family.name) \(word.text)`"]
    } else {
      diagnostic.help = ["`help` lists the commands"]
    }
    return diagnostic
  }

  /// After a statement failed: what it would have loaded or built is unknown, not missing.
  func breakWhatItTeaches(_ expression: Expression) {
    guard case .command(let command) = expression.form else { return }
    forecast.blur()
    if vocabulary.command(command.word.text)?.role == .declaresParameter,
      let name = command.arguments.lazy.compactMap(\.name).first
    {
      declare(name).isBroken = true
    }
    for argument in command.arguments where argument.name == nil {
      guard vocabulary.command(command.word.text)?.parameters.first?.kind == .definition else {
        return
      }
      if case .name(let name) = argument.value.form { addModel(name) }
    }
    for block in command.blocks {
      // Names the command would have given its block are no further mistakes.
      let names = command.arguments.compactMap(\.name)
      _ = blockTemplate(block, names: names, isBroken: true, runsOnce: false)
    }
  }

  // MARK: Sites

  /// Binds a command's arguments as far as they are known and keeps them for the run.
  func site(
    _ entry: CommandEntry, word: Name, arguments: [NNScript.Argument], blocks: [Block],
    range: SourceRange
  ) throws -> CommandSite {
    if entry.role == .declaresState { throw misplacedState(word.range) }
    if entry.role == .declaresParameter || entry.role == .includesText {
      throw Diagnostic(
        .misplacedStatement, "`\(word.text)` stands at the top level, on a line of its own",
        at: word.range, "not inside anything")
    }
    var reader = ArgumentReader(checker: self, entry: entry, word: word)
    try reader.read(arguments)
    var binding: Binding?
    if let parameters = reader.parameters {
      binding = try Binder(
        title: reader.title, wordRange: word.range, parameters: parameters, words: words,
        acceptsAnyOption: entry.blocks?.definesOptions == true
      ).bind(reader.offers)
    }
    try checkBlockCount(entry, reader.title, word, blocks)
    let places = binding.map {
      CallPlaces(
        word: word, parameters: reader.parameters ?? [], offers: reader.offers, binding: $0)
    }
    if let places { try checkFolders(places) }
    let names = reader.definedNames
    if let binding, let place = reader.parameters?.firstIndex(where: { $0.kind == .definition }),
      !binding.offers[place].isEmpty
    {
      if case .text(let name) = binding.values[place] {
        addModel(name)
      } else {
        hasUnknownModels = true
      }
    }
    var call: ForeseenCall?
    if isStraight, let places, let foresee = entry.foresee {
      let foreseen = ForeseenCall(
        checker: self, member: reader.memberName, places: places, range: range,
        hasBlocks: !blocks.isEmpty)
      try foresee(&forecast, foreseen)
      call = foreseen
    } else if entry.foresee != nil {
      forecast.blur()
    }
    let templates = blocks.map {
      if call != nil { entry.blocks?.foreseeStart?(&forecast) }
      return blockTemplate($0, names: names, runsOnce: entry.blocks?.runsOnce ?? false)
    }
    if let call, let foreseeEnd = entry.blocks?.foreseeEnd {
      // Told here: what stands in the blocks has been read and is not to be read again as broken.
      do {
        try foreseeEnd(&forecast, call)
      } catch let diagnostic as Diagnostic {
        report(diagnostic)
        forecast.blur()
      }
    }
    if !blocks.isEmpty, entry.blocks?.runsOnce != true { forecast.blur() }
    return CommandSite(
      entry: entry, word: word, arguments: reader.arguments, blocks: templates, range: range)
  }

  private func checkBlockCount(
    _ entry: CommandEntry, _ title: String, _ word: Name, _ blocks: [Block]
  ) throws {
    let allowed = entry.blocks?.count ?? 0...0
    if blocks.count > allowed.upperBound {
      throw Diagnostic(
        .extraValue,
        allowed.upperBound == 0
          ? "`\(title)` takes no block" : "`\(title)` takes \(count(allowed.upperBound, "block"))",
        at: blocks[allowed.upperBound].range, "one too many")
    }
    if blocks.count < allowed.lowerBound {
      throw Diagnostic(
        .missingValue,
        "`\(title)` needs "
          + (allowed.lowerBound == 1 ? "a block" : count(allowed.lowerBound, "block")),
        at: word.range, blocks.isEmpty ? "no block follows" : "\(blocks.count) follows",
        help: [
          "write `\(title) …" + String(repeating: " { … }", count: allowed.lowerBound) + "`"
        ])
    }
  }

  // MARK: Words with a part in checking

  /// `param epochs = 10 "how long to train"`: a variable that a value from outside may set.
  private func declareParameter(_ command: Command) throws -> Step {
    guard owner == nil, scope.parent == nil else {
      throw Diagnostic(
        .misplacedStatement, "`param` stands at the top level", at: command.word.range,
        "not inside a block")
    }
    let options = command.arguments.filter { $0.name != nil }
    let plain = command.arguments.filter { $0.name == nil }
    guard options.count == 1, let option = options.first, let name = option.name,
      plain.count <= 1
    else {
      throw Diagnostic(
        .missingValue, "`param` takes one name with its default", at: command.word.range,
        "not of that form", help: ["write `param epochs = 10 \"how long to train\"`"])
    }
    if parameterNames.contains(name.text) {
      throw Diagnostic(
        .nameTaken, "the script has a parameter `\(name.text)` already", at: name.range, "taken",
        help: ["to change it write `\(name.text) = \(text(of: option.value))`"])
    }
    var summary = ""
    if let text = plain.first {
      guard case .constant(.text(let box)) = try node(text.value).form else {
        throw Diagnostic(
          .wrongType, "what `\(name.text)` is for is said in a text", at: text.range,
          "not a text in quotes")
      }
      summary = box.text
    }
    let defaultNode = try node(option.value)
    add(
      ScriptParameter(
        name: name.text, defaultText: text(of: option.value), summary: summary))
    var value = defaultNode
    if let (_, given) = given.first(where: { $0.name == name.text }) {
      value = Node(
        .constant(try parameterValue(given, name, like: defaultNode)), option.value.range)
    }
    let symbol = declare(name)
    if case .constant(let constant) = value.form, isStable(name.text) { symbol.constant = constant }
    return .assign(symbol.variable, value)
  }

  /// `state m=0 v=0`: variables that an optimiser keeps for each weight from step to step.
  private func declareState(_ command: Command) throws -> [Step] {
    guard let owner, scope.owner === owner, !isInCommandBlock else {
      throw misplacedState(command.word.range)
    }
    guard !command.arguments.isEmpty else { throw namelessState(command.word.range) }
    return try command.arguments.map { argument in
      guard let name = argument.name else {
        throw namelessState(argument.range)
      }
      let node = try node(argument.value)
      let variable = declare(name).variable
      owner.states.append((variable, node))
      return .assign(variable, node)
    }
  }

  private func namelessState(_ range: SourceRange) -> Diagnostic {
    Diagnostic(
      .missingValue, "`state` takes names with what they begin with", at: range, "no name",
      help: ["write `state m=0`"])
  }

  private func misplacedState(_ range: SourceRange) -> Diagnostic {
    Diagnostic(
      .misplacedStatement, "`state` stands in a function, on a line of its own", at: range,
      "nothing keeps it here")
  }

  /// A value typed on a command line, read like a literal of the kind the default has.
  private func parameterValue(_ text: String, _ name: Name, like node: Node) throws -> Value {
    guard case .constant(let standard) = node.form else {
      return Literal.value(of: text) ?? .text(text)
    }
    if case .text = standard { return .text(text) }
    if let value = Literal.value(of: text), value.kindName == standard.kindName { return value }
    throw Diagnostic(
      .wrongType, "`\(name.text)` takes \(standard.kindName), not `\(text)`", at: name.range,
      "declared here with \(Formatting.text(of: standard))",
      help: ["write `\(name.text)=\(Formatting.text(of: standard))`"])
  }

  /// `include "blocks.nn"`: that text's statements, here, once.
  private func includeText(_ command: Command) throws -> [Step] {
    guard owner == nil, scope.parent == nil else {
      throw Diagnostic(
        .misplacedStatement, "`include` stands at the top level", at: command.word.range,
        "not inside a block")
    }
    guard command.arguments.count == 1, let argument = command.arguments.first,
      argument.name == nil, case .text(let parts) = argument.value.form
    else {
      throw Diagnostic(
        .missingValue, "`include` takes one file name in quotes", at: command.word.range,
        "not of that form", help: ["write `include \"blocks.nn\"`"])
    }
    var path = ""
    for part in parts {
      guard case .literal(let text) = part else {
        throw Diagnostic(
          .wrongType, "`include` takes a file name that is written out", at: argument.range,
          "known only when the script runs")
      }
      path += text
    }
    guard let tree = try include(path, argument.range) else { return [] }
    return readIncluded(tree)
  }
}
