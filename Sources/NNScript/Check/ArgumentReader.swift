import NNEngine

/// Reads a command's arguments one after the other, each in the light of the parameter it is for:
/// a bare word may be a truth option, a variable, a choice or a column; a formula becomes a
/// function; a condition keeps its two sides.
struct ArgumentReader {
  let checker: Checker
  let entry: CommandEntry
  let word: Name
  /// The member of a family, once the first value has named it.
  private(set) var member: CommandEntry.Member?
  private(set) var arguments: [CommandSite.Argument] = []
  private(set) var offers: [Offer] = []
  /// Options that became names of the block.
  private(set) var definedNames: [Name] = []
  private var place = 0
  private var isDynamic = false

  init(checker: Checker, entry: CommandEntry, word: Name) {
    self.checker = checker
    self.entry = entry
    self.word = word
  }

  /// The command with its member, for messages.
  var title: String { member.map { "\(entry.name) \($0.name)" } ?? entry.name }

  /// The member as the script names it.
  var memberName: Name? { member.map { Name($0.name, arguments.first?.range ?? word.range) } }

  /// What is to be bound; `nil` where the member is known only at run time.
  var parameters: [ParameterInfo]? {
    if entry.members == nil { return entry.parameters }
    return member?.parameters
  }

  mutating func read(_ all: [NNScript.Argument]) throws {
    var rest = all[...]
    if entry.members != nil { try readMember(&rest) }
    for argument in rest { try read(argument) }
  }

  // MARK: The member of a family

  private mutating func readMember(_ rest: inout ArraySlice<NNScript.Argument>) throws {
    guard let index = rest.firstIndex(where: { $0.name == nil }) else {
      return try takeDefault(isNamed: false, nil)
    }
    let argument = rest[index]
    switch argument.value.form {
    case .name(let name) where !argument.value.isParenthesized:
      if let member = entry.member(name) {
        if let symbol = checker.scope.find(name), symbol.template == nil {
          // A variable of that name is the script's own and comes first, if its value fits.
          return dynamic(argument, index, &rest, fallback: name)
        }
        return fix(member, argument, index, &rest)
      }
      if let symbol = checker.scope.find(name) {
        guard !symbol.isBroken else { throw ToldAlready() }
        if let template = symbol.template {
          guard entry.takesOwnFunctions else {
            throw ownFunction(name, argument.range, as: familyName)
          }
          checker.equations.append(template)
          return try fix(own: entry.member(template), argument, index, &rest)
        }
        return dynamic(argument, index, &rest, fallback: nil)
      }
      if entry.defaultMember != nil { return try takeDefault(isNamed: true, argument) }
      throw unknownMember(name, argument.range)
    case .text(let parts):
      if parts.count == 1, case .literal(let name) = parts[0] {
        if let member = entry.member(name) { return fix(member, argument, index, &rest) }
        throw unknownMember(name, argument.range)
      }
      return dynamic(argument, index, &rest, fallback: nil)
    case .number, .list, .truth, .size:
      if entry.defaultMember != nil { return try takeDefault(isNamed: true, argument) }
      throw Diagnostic(
        .wrongType, "`\(entry.name)` takes \(article(familyName)) first", at: argument.range,
        "not \(article(familyName))", help: ["for example `\(firstExample)`"])
    default: return dynamic(argument, index, &rest, fallback: nil)
    }
  }

  private var familyName: String { familyTitle(entry.name) }

  private var firstExample: String { entry.members?.first?.example ?? entry.example }

  private mutating func fix(
    _ found: CommandEntry.Member, _ argument: NNScript.Argument, _ index: Int,
    _ rest: inout ArraySlice<NNScript.Argument>
  ) {
    member = found
    arguments.append(
      CommandSite.Argument(name: nil, value: .word(found.name), range: argument.range))
    rest.remove(at: index)
  }

  /// The member is a function of the script: its header says which options it has.
  private mutating func fix(
    own found: CommandEntry.Member, _ argument: NNScript.Argument, _ index: Int,
    _ rest: inout ArraySlice<NNScript.Argument>
  ) throws {
    member = found
    arguments.append(
      CommandSite.Argument(
        name: nil, value: .node(try checker.node(argument.value)), range: argument.range))
    rest.remove(at: index)
  }

  /// The member is the value of an expression: binding waits for the run.
  private mutating func dynamic(
    _ argument: NNScript.Argument, _ index: Int, _ rest: inout ArraySlice<NNScript.Argument>,
    fallback: String?
  ) {
    isDynamic = true
    rest.remove(at: index)
    rest.insert(argument, at: rest.startIndex)
  }

  private mutating func takeDefault(isNamed: Bool, _ argument: NNScript.Argument?) throws {
    guard let name = entry.defaultMember, let found = entry.member(name) else {
      throw Diagnostic(
        .missingValue, "`\(entry.name)` needs \(article(familyName))", at: word.range,
        "nothing follows",
        help: ["for example `\(firstExample)`"],
        notes: ["there are " + (entry.members ?? []).map(\.name).joined(separator: ", ")])
    }
    if isNamed, let argument, case .name(let name) = argument.value.form {
      throw unknownMember(name, argument.range)
    }
    member = found
    arguments.append(CommandSite.Argument(name: nil, value: .word(found.name), range: word.range))
  }

  private func unknownMember(_ name: String, _ range: SourceRange) -> Diagnostic {
    let known = (entry.members ?? []).map(\.name)
    var diagnostic = Diagnostic(
      .unknownName, "there is no \(familyName) named `\(name)`", at: range,
      "not \(article(familyName))")
    if let near = ForeignWords.member(name, ofFamily: entry.name, known)
      ?? Suggestion.nearest(to: name, among: known)
    {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(range, near)]
    } else {
      diagnostic.help = ["known here: " + known.map { "`\($0)`" }.joined(separator: ", ")]
    }
    return diagnostic
  }

  private func ownFunction(_ name: String, _ range: SourceRange, as family: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "`\(name)` cannot be used as \(article(family))", at: range,
      "a function of the script",
      notes: ["functions of your own can be activations, losses, penalties, metrics and optimisers"]
    )
  }

  // MARK: One argument

  private mutating func read(_ argument: NNScript.Argument) throws {
    if let name = argument.name {
      let options = parameters.map { $0 + checker.words.wordOptions(of: $0) }
      let kind = options?.first { $0.name == name.text }?.kind
      if kind == nil, entry.blocks?.definesOptions == true { definedNames.append(name) }
      let isUnknown = parameters != nil && kind == nil && entry.blocks?.definesOptions != true
      // The binder tells of the unknown option; its value is read no further.
      if isUnknown {
        add(name, .word(""), Offer(name: name, content: .unknown, range: argument.value.range))
        return
      }
      return try take(argument.value, name: name, kind: kind)
    }
    if case .name(let word) = argument.value.form, !argument.value.isParenthesized,
      let option = parameters?.first(where: { $0.name == word && isTruth($0.kind) })
    {
      let range = argument.value.range
      let name = Name(option.name, range)
      add(
        name, .node(Node(.constant(.truth(true)), range)),
        Offer(name: name, content: .value(.truth(true)), range: range))
      return
    }
    try take(argument.value, name: nil, kind: placeFor(argument.value))
  }

  /// The kind of the place a plain value will fill, judged by its form.
  private mutating func placeFor(_ value: Expression) -> ParameterKind? {
    guard let parameters else { return nil }
    let offer = preview(value)
    var next = place
    while next < parameters.count {
      let parameter = parameters[next]
      if parameter.isPositional {
        let isRefused =
          if case .refused = parameter.kind.fit(offer, checker.words) { true } else { false }
        if !isRefused || takesValues(parameter.kind) {
          place = parameter.isVariadic ? next : next + 1
          return parameter.kind
        }
        if parameter.isRequired { return parameter.kind }
      }
      next += 1
    }
    return nil
  }

  /// What can be said of a value by its form alone.
  private func preview(_ value: Expression) -> Offer {
    let content: Offer.Content =
      switch value.form {
      case .number(let number): .value(.number(number))
      case .truth(let truth): .value(.truth(truth))
      case .size(let sizes): .value(.list(sizes.map { .number(Double($0)) }))
      case .text(let parts) where parts.count <= 1: .value(.text(""))
      case .name(let name) where checker.scope.find(name) == nil && !checker.isLive(name):
        .word(name)
      default: .unknown
      }
    if case .value(.text) = content, case .text(let parts) = value.form,
      case .literal(let text)? = parts.first
    {
      return Offer(content: .value(.text(text)), range: value.range)
    }
    return Offer(content: content, range: value.range)
  }

  private mutating func take(_ value: Expression, name: Name?, kind: ParameterKind?) throws {
    if entry.role == .takesWords {
      // Codes such as `unknown-name` are words too.
      let text = checker.session?.sources.text(of: value.range) ?? checker.text(of: value)
      for word in text.split(separator: " ").map(String.init) {
        add(name, .word(word), Offer(name: name, content: .word(word), range: value.range))
      }
      return
    }
    if let kind {
      if kind == .place, isPath(value) {
        let path = Printer.print(value)
        add(name, .word(path), Offer(name: name, content: .word(path), range: value.range))
        return
      }
      if kind.isFormula, try takeFormula(value, name) { return }
      if kind == .condition { return try takeCondition(value, name) }
      if case .list(let items) = value.form, let words = wordList(items, kind) {
        let node = Node(.constant(.list(words)), value.range)
        add(
          name, .node(node), Offer(name: name, content: .value(.list(words)), range: value.range))
        return
      }
    }
    guard case .name(let word) = value.form, !value.isParenthesized else {
      return take(try checker.node(value), name: name, fallback: nil)
    }
    if let family = kind?.family, checker.scope.find(word)?.isFunction == true,
      OwnFamily(rawValue: family) == nil
    {
      throw ownFunction(word, value.range, as: family)
    }
    if let kind, checker.isLive(word), checker.scope.find(word) == nil, !takesValues(kind),
      !isWordKind(kind), isPlain(kind)
    {
      let what = word == "data" ? "the data" : "a model"
      throw Diagnostic(
        .wrongType, "`\(title)` takes \(kind.phrase) here, not \(what)", at: value.range,
        "this is \(what)")
    }
    if kind?.family != nil, let template = checker.scope.find(word)?.template {
      checker.equations.append(template)
    }
    if checker.scope.find(word) != nil
      || checker.isLive(word) && kind?.takesWord(word, checker.words) != true
    {
      let fallback = kind?.takesWord(word, checker.words) ?? isDynamic ? word : nil
      return take(try checker.node(value), name: name, fallback: fallback)
    }
    let isWord =
      kind.map { $0.takesWord(word, checker.words) || !takesValues($0) }
      ?? (parameters == nil || checker.vocabulary.function(word) == nil)
    guard isWord || kind.map(isWordKind) == true else {
      return take(try checker.node(value), name: name, fallback: nil)
    }
    add(name, .word(word), Offer(name: name, content: .word(word), range: value.range))
  }

  /// Whether a value is a path such as `dense1.weights[0, 3]` that begins with no name of the script.
  private func isPath(_ value: Expression) -> Bool {
    switch value.form {
    case .field(let inner, _), .index(let inner, _):
      if case .name(let root) = inner.form { return checker.scope.find(root) == nil }
      return isPath(inner)
    default: return false
    }
  }

  /// Whether the bare name of an option says that it is true.
  private func isTruth(_ kind: ParameterKind) -> Bool {
    switch kind {
    case .truth: true
    case .either(let kinds): kinds.contains(.truth)
    default: false
    }
  }

  /// Whether any value of the script may stand in a place.
  private func takesValues(_ kind: ParameterKind) -> Bool {
    switch kind {
    case .value, .formula, .condition, .table, .tensor, .numbers: true
    case .either(let kinds): kinds.contains { takesValues($0) }
    default: false
    }
  }

  /// Whether a place takes numbers or texts alone.
  private func isPlain(_ kind: ParameterKind) -> Bool {
    switch kind {
    case .integer, .number, .truth, .text, .inputPath, .outputPath, .size: true
    default: false
    }
  }

  private func isWordKind(_ kind: ParameterKind) -> Bool {
    switch kind {
    case .choice, .word, .words: true
    case .either(let kinds): kinds.contains(where: isWordKind)
    default: false
    }
  }

  private mutating func take(_ node: Node, name: Name?, fallback: String?) {
    let content: Offer.Content =
      if case .constant(let value) = node.form { .value(value) } else { .unknown }
    add(
      name, .node(node),
      Offer(name: name, content: content, fallbackWord: fallback, range: node.range))
  }

  private mutating func add(_ name: Name?, _ meaning: CommandSite.Argument.Meaning, _ offer: Offer)
  {
    offers.append(offer)
    arguments.append(
      CommandSite.Argument(
        name: name, value: meaning, range: offer.range, fallbackWord: offer.fallbackWord))
  }

  /// A list in a place that takes names: bare words in it stand for themselves.
  private func wordList(_ items: [Expression], _ kind: ParameterKind) -> [Value]? {
    var words: [Value] = []
    // Numbers alone are a list like any other; beside words they are names: `drop=[name, 2018]`.
    let isMixed = items.contains { if case .number = $0.form { false } else { true } }
    for item in items {
      switch item.form {
      case .number(let number) where isMixed && kind.takesWord("name", checker.words):
        words.append(.number(number))
      case .name(let name)
      where checker.scope.find(name) == nil && kind.takesWord(name, checker.words):
        words.append(.text(name))
      case .text(let parts):
        guard parts.count == 1, case .literal(let text) = parts[0] else { return nil }
        words.append(.text(text))
      default: return nil
      }
    }
    return words
  }

  /// An expression over live values becomes a function of them; false where it uses none.
  private mutating func takeFormula(_ value: Expression, _ name: Name?) throws -> Bool {
    let mentioned = value.freeNames.filter(checker.vocabulary.isLive)
    let names = mentioned.filter { checker.scope.find($0) == nil }
    for own in mentioned where !names.contains(own) && !["lr", "epochs"].contains(own) {
      checker.warn(
        Diagnostic(
          .shadowedValue, "`\(own)` is the script's own name here, not the value of the training",
          at: value.range, "does not change while training",
          help: ["give the script's `\(own)` another name"]))
    }
    let hidden = checker.liveNames(filledIn: value)
    guard !names.isEmpty || !hidden.isEmpty else { return false }
    let template = try checker.formulaTemplate(value, names: names, hidden: hidden)
    add(
      name, .node(Node(.closure(template), value.range)),
      Offer(name: name, content: .unknown, range: value.range))
    return true
  }

  private mutating func takeCondition(_ value: Expression, _ name: Name?) throws {
    let offer = Offer(name: name, content: .unknown, range: value.range)
    if case .comparison(let first, let steps) = value.form, steps.count == 1 {
      let sides = [try checker.node(first), try checker.node(steps[0].operand)]
      let whole = Node(
        .comparison(sides[0], [(steps[0].operation, sides[1])]), value.range)
      add(
        name, .condition(whole, sides: sides, operation: steps[0].operation.rawValue), offer)
    } else {
      add(name, .condition(try checker.node(value), sides: [], operation: nil), offer)
    }
  }
}
