import NNEngine

/// Help as text, read off the vocabulary's entries: at most 80 columns wide.
struct Help {
  private let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  // MARK: Topics

  /// Text for a topic of up to three words (`layer dense`, `train epochs`, `optimizer adam b1`);
  /// empty for the overview.
  ///
  /// - Returns: the text, or what is wrong with the topic.
  func text(for words: [String]) -> Result<String, Diagnostic> {
    guard let first = words.first else { return .success(overview) }
    let topic = words.joined(separator: " ")
    guard words.count > 1 else {
      if let page = text(first) { return .success(page) }
      return searched(words, or: unknown(topic, first, topics))
    }
    let last = words[words.count - 1]
    let command = vocabulary.command(first)
    if words.count == 2, let command, let member = command.member(last) {
      return .success(text(command, member))
    }
    let ofOwner = options.filter { $0.belongs(to: words.dropLast()) }
    if let option = ofOwner.first(where: { $0.name == last }) { return .success(page(option)) }
    guard command != nil || !ofOwner.isEmpty else {
      return searched(words, or: unknown(topic, first, vocabulary.commands.map(\.name)))
    }
    guard words.count == 2 || command?.member(words[1]) != nil else {
      return searched(words, or: unknown(topic, topic, []))
    }
    let members = words.count == 2 ? command?.members ?? [] : []
    return searched(
      words, or: unknown(topic, last, members.map(\.name) + ofOwner.map(\.name)))
  }

  // MARK: Search

  /// Topics that speak of all the words, where no word was merely misspelt.
  private func searched(_ words: [String], or failure: Diagnostic) -> Result<String, Diagnostic> {
    if failure.help.first?.hasPrefix("did you mean") == true { return .failure(failure) }
    let parts = words.flatMap { $0.split { !$0.isLetter && !$0.isNumber } }
    let wanted = parts.map { Self.stem(String($0)) }.filter { !Self.fillers.contains($0) }
    guard !wanted.isEmpty else { return .failure(failure) }
    let found = index.filter { entry in
      let words = (entry.topic + " " + entry.text).split { !$0.isLetter && !$0.isNumber }
      let known = Set(words.map { Self.stem(String($0)) })
      return wanted.allSatisfy(known.contains)
    }
    guard !found.isEmpty else { return .failure(failure) }
    let shown = found.prefix(12).map { (word: "help " + $0.topic, text: $0.text) }
    let rest = found.count - shown.count
    return .success(
      "about `\(words.joined(separator: " "))`:\n" + Paragraphs.columns(shown)
        + (rest > 0 ? "\n  … and \(rest) more" : ""))
  }

  /// A word without the endings that make no difference to what it is about.
  private static func stem(_ word: String) -> String {
    var word = word.lowercased()
    for ending in ["ing", "es", "s", "ed", "e"] where word.count > ending.count + 2 {
      if word.hasSuffix(ending) {
        word.removeLast(ending.count)
        break
      }
    }
    return word
  }

  private static let fillers: Set<String> = ["a", "an", "the", "of", "to", "how", "my", "in"]

  /// Every topic with what is said about it in a sentence, the commands first.
  private var index: [(topic: String, text: String)] {
    func all<Product>(_ specs: [Spec<Product>]) -> [(topic: String, text: String)] {
      specs.map { ($0.name, $0.summary) }
    }
    var entries: [(topic: String, text: String)] = []
    for command in vocabulary.commands {
      entries.append(
        (command.name, command.summary + (command.takesOwnFunctions ? Self.ownNote : "")))
      for member in command.members ?? [] {
        entries.append(("\(command.name) \(member.name)", member.summary))
      }
    }
    for form in SyntaxForm.all { entries.append((form.word, form.summary)) }
    for page in HelpPages.all { entries.append((page.name, page.summary)) }
    for function in vocabulary.functions { entries.append((function.name, function.summary)) }
    entries += all(vocabulary.catalog.activations)
    entries += all(vocabulary.catalog.initializers)
    entries += all(vocabulary.catalog.metrics)
    for format in vocabulary.catalog.formats {
      let extensions = format.extensions.joined(separator: " ")
      entries.append((format.name.lowercased(), "\(format.summary) \(extensions)"))
    }
    for set in vocabulary.catalog.sets { entries.append((set.name, set.summary)) }
    for option in options {
      entries.append(((option.owner + [option.name]).joined(separator: " "), option.info.summary))
    }
    for code in DiagnosticCode.allCases {
      let first = code.explanation.split(separator: "\n").first.map(String.init) ?? ""
      entries.append((code.rawValue, first))
    }
    return entries
  }

  /// What is said where a function of the script may stand.
  private static let ownNote = " A function of your own serves too."

  /// What a word means, wherever it belongs; the first that knows it answers.
  private func text(_ word: String) -> String? {
    let catalog = vocabulary.catalog
    if let command = vocabulary.command(word) { return text(command) }
    if let form = SyntaxForm.all.first(where: { $0.word == word }) { return text(form) }
    for command in vocabulary.commands {
      if let member = command.member(word) { return text(command, member) + also(word, command) }
    }
    if let text = entry(word, catalog.activations, "an activation")
      ?? entry(word, catalog.initializers, "an initialisation, given as `init=\(word)`")
      ?? entry(word, catalog.metrics, "a metric")
    {
      return text
    }
    if let function = vocabulary.function(word) { return text(function) }
    if let constant = vocabulary.constant(word) {
      return page(
        "\(word): a constant", constant.summary, [], example: constant.example)
    }
    if let code = DiagnosticCode(rawValue: word) {
      return "\(word)\n" + Paragraphs.reflowed(code.explanation)
    }
    if let set = catalog.sets.first(where: { $0.name == word }) { return text(set) }
    if let format = catalog.formats.first(where: { $0.name.lowercased() == word.lowercased() }) {
      return text(format)
    }
    if let live = vocabulary.liveNames.first(where: { $0.name == word }) {
      return page(
        live.name, live.summary, [], example: "train epochs=2 until=(\(live.name) > 0.98)")
        + more(options.filter { $0.name == word }, word)
    }
    if let page = PromptKeys.topic(word) { return page }
    if let page = HelpPages.page(word) { return page }
    return options(named: word)
  }

  // MARK: Options

  /// An option that help knows.
  private struct Option {
    /// The words before it: `train`, `optimizer adam`, `layer` for what all layers share.
    var owner: [String]
    var info: ParameterInfo
    /// Every parameter that may stand on the same line.
    var all: [ParameterInfo]
    /// The example of the entry.
    var entryExample: String

    var name: String { info.name }

    /// Whether a topic may call it by these words: `b1` of `adam`, `optimizer` or `optimizer adam`;
    /// what all layers share is an option of each.
    func belongs(to words: ArraySlice<String>) -> Bool {
      words.elementsEqual(owner) || words.count == 1 && owner.contains(words[words.startIndex])
        || owner.count == 1 && words.count == 2 && words.first == owner[0]
    }
  }

  /// Every option of every command and of its kinds, and those that words bring along.
  private var options: [Option] {
    vocabulary.commands.flatMap { command -> [Option] in
      let example = command.members?.first?.example ?? command.example
      let shared = command.parameters.map {
        Option(owner: [command.name], info: $0, all: command.parameters, entryExample: example)
      }
      return (command.members ?? []).reduce(shared) { options, member in
        options
          + member.parameters[..<member.ownCount].map {
            Option(
              owner: [command.name, member.name], info: $0, all: member.parameters,
              entryExample: member.example)
          }
      }
    }
      + vocabulary.catalog.activations.flatMap { spec in
        spec.parameters.map {
          Option(owner: [spec.name], info: $0, all: spec.parameters, entryExample: spec.example)
        }
      }
  }

  /// The lines an option's page shows.
  private func example(of option: Option) -> String {
    let title = option.owner.joined(separator: " ")
    return OptionExample(
      title: title, parameters: option.all, entryExample: option.entryExample,
      vocabulary: vocabulary
    ).text(for: option.info) ?? option.entryExample
  }

  private func page(_ option: Option) -> String {
    page(
      "\(option.owner.joined(separator: " ")) \(option.name)=",
      "\(option.info.summary) Expects \(option.info.description).", [],
      example: example(of: option))
  }

  /// The page of the first option of a name, and where else there are such.
  private func options(named word: String) -> String? {
    let found = options.filter { $0.name == word }
    guard let first = found.first else { return nil }
    return page(first) + more(Array(found.dropFirst()), word)
  }

  private func more(_ options: [Option], _ word: String) -> String {
    guard !options.isEmpty else { return "" }
    let topics = options.map { "`help \(($0.owner + [word]).joined(separator: " "))`" }
    return "\n\n" + Paragraphs.wrapped("more: " + topics.joined(separator: " "), rest: 6)
  }

  /// Every option by the words it is asked for with, and its example.
  var optionExamples: [(topic: String, example: String, isGiven: Bool)] {
    options.map { option in
      let title = option.owner.joined(separator: " ")
      let example = example(of: option)
      let maker = OptionExample(
        title: title, parameters: option.all, entryExample: option.entryExample,
        vocabulary: vocabulary)
      return ("\(title) \(option.name)", example, maker.gives(option.info, in: example))
    }
  }

  /// Every word there is help on.
  var topics: [String] {
    vocabulary.commands.flatMap { [$0.name] + ($0.members ?? []).map(\.name) }
      + vocabulary.functions.map(\.name) + vocabulary.constants.map(\.name)
      + SyntaxForm.all.map(\.word)
      + vocabulary.catalog.activations.map(\.name) + vocabulary.catalog.initializers.map(\.name)
      + vocabulary.catalog.metrics.map(\.name) + vocabulary.catalog.sets.map(\.name)
      + vocabulary.catalog.formats.map { $0.name.lowercased() }
      + vocabulary.liveNames.map(\.name) + PromptKeys.topics + HelpPages.names
      + DiagnosticCode.allCases.map(\.rawValue) + options.map(\.name)
  }

  private func unknown(_ topic: String, _ word: String, _ known: [String]) -> Diagnostic {
    Diagnostic(
      .unknownTopic, "there is no help on `\(topic)`", at: nil,
      help: Suggestion.nearest(to: word, among: known).map { ["did you mean `\($0)`?"] }
        ?? ["`help` lists what there is"])
  }

  // MARK: Pages

  private var overview: String {
    let families = vocabulary.commands.compactMap { command in
      command.members.map { members in
        (word: command.name, text: members.map(\.name).joined(separator: " "))
      }
    }
    return [
      "commands:\n" + Paragraphs.columns(vocabulary.commands.map { ($0.name, $0.summary) }),
      "their kinds:\n"
        + Paragraphs.columns(
          families + [
            ("activation", names(vocabulary.catalog.activations)),
            ("init=", names(vocabulary.catalog.initializers)),
            ("metric", names(vocabulary.catalog.metrics)),
            ("data", vocabulary.catalog.sets.map(\.name).joined(separator: " ")),
          ]),
      "functions:\n"
        + Paragraphs.wrapped(
          vocabulary.functions.map(\.name).joined(separator: " "), first: "  ", rest: 2),
      "constants:\n"
        + Paragraphs.wrapped(
          vocabulary.constants.map(\.name).joined(separator: " "), first: "  ", rest: 2),
      "reserved words:\n"
        + Paragraphs.wrapped(
          SyntaxForm.all.map(\.word).joined(separator: " "), first: "  ", rest: 2),
      "more: `help WORD`, for example `help train`, `help layer dense`, `help for`;\n"
        + "  several words search: `help missing values`\n"
        + "begin: `help tutorial`, `help examples`; keys: `help prompt`",
    ].joined(separator: "\n\n")
  }

  private func names<Product>(_ specs: [Spec<Product>]) -> String {
    specs.map(\.name).joined(separator: " ")
  }

  private func text(_ command: CommandEntry) -> String {
    var sections: [String] = []
    if let members = command.members {
      sections.append(Paragraphs.columns(members.map { ($0.name, $0.summary) }))
      sections += options("options they share:", command.parameters)
      if let own = own(command.name) { sections.append(own) }
      sections.append("more: `help \(command.name) \(members.first?.name ?? "…")`")
    } else {
      sections += options(nil, command.parameters)
    }
    if !command.fields.isEmpty {
      sections.append(
        "fields of its value:\n"
          + Paragraphs.columns(command.fields.map { (".\($0.name)", $0.summary) }))
    }
    return page(usage(command), command.summary, sections, example: command.example)
  }

  private func text(_ command: CommandEntry, _ member: CommandEntry.Member) -> String {
    let title = usage("\(command.name) \(member.name)", member.parameters)
    let own = Array(member.parameters[..<member.ownCount])
    let ownActivation = member.parameters.contains { $0.kind.family == "activation" }
    return page(
      title, member.summary,
      options(nil, own) + options("options of every \(command.name):", command.parameters)
        + (ownActivation ? [self.own("activation")].compactMap { $0 } : []),
      example: member.example)
  }

  /// How a function of the script serves in place of a word.
  private func own(_ family: String) -> String? {
    let lines: String? =
      switch family {
      case "loss": "def halved(y, p) = 0.5 * sum((y - p)^2)\nloss halved"
      case "optimizer": "def plain(w, g, lr=0.1) = w - lr * g\noptimizer plain"
      case "activation": "def wave(x) = x + sin(x)^2\nlayer dense 16 wave"
      default: nil
      }
    return lines.map { "your own, written as a formula:\n" + indented($0) }
  }

  private func text(_ function: FunctionEntry) -> String {
    let schedule = vocabulary.catalog.schedules.first { $0.name == function.name }
    let isSchedule = schedule != nil && function.parameters.contains { $0.info != nil }
    return page(
      function.usage, function.summary,
      options(
        isSchedule ? "for `lr=` of `train`; elsewhere give `epoch=` too:" : nil,
        function.parameters.compactMap(\.info)),
      example: isSchedule ? schedule?.example ?? "" : function.example)
  }

  private func text(_ form: SyntaxForm) -> String {
    page(form.usage, form.summary, [], example: form.example)
  }

  private func text(_ set: NamedSet) -> String {
    var facts = [
      ("rows", String(set.rowCount)), ("one row", set.inputShape?.description ?? "a table's"),
    ]
    if !set.columns.isEmpty { facts.append(("columns", set.columns.joined(separator: ", "))) }
    if !set.target.isEmpty { facts.append(("target", set.target.joined(separator: ", "))) }
    if !set.classNames.isEmpty { facts.append(("classes", set.classNames.joined(separator: ", "))) }
    return page(
      "data \(set.name)", set.summary, [Paragraphs.columns(facts)],
      example: "data \(set.name) test=20%")
  }

  private func text(_ format: DataFormat) -> String {
    let ends = format.extensions.map { "`.\($0)`" }.joined(separator: " ")
    return page(
      format.name, "\(format.summary) Files end in \(ends), or these and `.gz`.", [],
      example: format.example)
  }

  private func entry<Product>(
    _ word: String, _ specs: [Spec<Product>], _ title: String
  ) -> String? {
    specs.first { $0.name == word }.map { spec in
      page(
        "\(word): \(title)", spec.summary,
        options(nil, spec.parameters) + (spec.formula.map { ["formula:\n" + indented($0)] } ?? []),
        example: spec.example)
    }
  }

  /// A word with two meanings: `sigmoid` the activation is a function too.
  private func also(_ word: String, _ command: CommandEntry) -> String {
    guard let function = vocabulary.function(word) else { return "" }
    return "\n\n"
      + Paragraphs.wrapped("Also a function: `\(function.usage)`. \(function.summary)")
  }

  // MARK: Layout

  private func page(
    _ title: String, _ summary: String, _ sections: [String], example: String = ""
  ) -> String {
    let head = title + "\n" + Paragraphs.wrapped(summary, first: "  ", rest: 2)
    let examples = example.isEmpty ? [] : ["example:\n" + indented(example)]
    return ([head] + sections + examples).joined(separator: "\n\n")
  }

  private func usage(_ command: CommandEntry) -> String {
    if command.members != nil {
      return command.name + (command.defaultMember == nil ? " KIND …" : " [WHAT] …")
    }
    var blocks = ""
    if let count = command.blocks?.count, count.upperBound > 0 {
      blocks = count.lowerBound == 0 ? "[{ … }]" : "{ … }"
    }
    let names = command.blocks?.definesOptions == true
    return usage(
      command.name, command.parameters,
      names ? "NAME=[…] …" + (blocks.isEmpty ? "" : " " + blocks) : blocks)
  }

  private func usage(_ words: String, _ parameters: [ParameterInfo], _ blocks: String = "")
    -> String
  {
    // Positions first, as one types them; each option stays in one piece.
    let places = parameters.filter(\.isPositional) + parameters.filter { !$0.isPositional }
    let parts = places.map(\.usage) + (blocks.isEmpty ? [] : ["`\(blocks)`"])
    let text = Paragraphs.wrapped(
      parts.joined(separator: " "), first: words + (parts.isEmpty ? "" : " "),
      rest: words.displayWidth + 1)
    return String(text.filter { $0 != "`" })
  }

  private func options(_ title: String?, _ parameters: [ParameterInfo]) -> [String] {
    guard !parameters.isEmpty else { return [] }
    let rows = parameters.map { parameter in
      (
        word: parameter.isPositional ? parameter.name.uppercased() : parameter.name,
        text: "\(parameter.summary) Expects \(parameter.description)."
      )
    }
    return [(title.map { $0 + "\n" } ?? "") + Paragraphs.columns(rows)]
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
      .joined(separator: "\n")
  }
}

extension FunctionEntry {
  /// How it is called: `sum(x, axis=none)`.
  var usage: String {
    let names = parameters.compactMap { parameter -> String? in
      if parameter.liveName != nil { return parameter.info == nil ? nil : "\(parameter.name)=…" }
      return parameter.defaultText.map { "\(parameter.name)=\($0)" }
        ?? (parameter.isVariadic ? "\(parameter.name)…" : parameter.name)
    }
    return "\(name)(\(names.joined(separator: ", ")))"
  }
}
