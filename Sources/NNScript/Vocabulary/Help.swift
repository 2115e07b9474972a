import NNEngine

/// Help as text, read off the vocabulary's entries: at most 80 columns wide.
struct Help {
  private let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  // MARK: Topics

  /// Text for a topic of one or two words (`layer dense`, `train epochs`); empty for the overview.
  ///
  /// - Returns: the text, or what is wrong with the topic.
  func text(for words: [String]) -> Result<String, Diagnostic> {
    guard let first = words.first else { return .success(overview) }
    let topic = words.joined(separator: " ")
    guard words.count > 1 else {
      return text(first).map { .success($0) } ?? .failure(unknown(topic, first, topics))
    }
    guard words.count == 2 else { return .failure(unknown(topic, topic, [])) }
    guard let command = vocabulary.command(first) else {
      return .failure(unknown(topic, first, vocabulary.commands.map(\.name)))
    }
    if let member = command.member(words[1]) { return .success(text(command, member)) }
    if let page = options.first(where: { $0.command == first && $0.name == words[1] })?.page {
      return .success(page())
    }
    let known = (command.members ?? []).map(\.name)
    return .failure(
      unknown(topic, words[1], known + options.filter { $0.command == first }.map(\.name)))
  }

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
    }
    return options.first { $0.name == word }?.page()
  }

  /// Every option of every command and of its kinds, each with its page.
  private var options: [Option] {
    vocabulary.commands.flatMap { command -> [Option] in
      let example = command.members?.first?.example ?? command.example
      let shared = command.parameters.map { parameter in
        Option(command: command.name, name: parameter.name) {
          text(command.name, parameter, example)
        }
      }
      return (command.members ?? []).reduce(shared) { options, member in
        options
          + member.parameters[..<member.ownCount].map { parameter in
            Option(command: command.name, name: parameter.name) {
              text("\(command.name) \(member.name)", parameter, member.example)
            }
          }
      }
    }
  }

  /// An option that help knows.
  private struct Option {
    var command: String
    var name: String
    var page: () -> String
  }

  /// Every word there is help on.
  var topics: [String] {
    vocabulary.commands.flatMap { [$0.name] + ($0.members ?? []).map(\.name) }
      + vocabulary.functions.map(\.name) + vocabulary.constants.map(\.name)
      + SyntaxForm.all.map(\.word)
      + vocabulary.catalog.activations.map(\.name) + vocabulary.catalog.initializers.map(\.name)
      + vocabulary.catalog.metrics.map(\.name) + vocabulary.catalog.sets.map(\.name)
      + vocabulary.catalog.formats.map { $0.name.lowercased() }
      + vocabulary.liveNames.map(\.name)
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
      "more: `help WORD`, for example `help train`, `help layer dense`, `help for`",
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
    return page(
      title, member.summary,
      options(nil, own) + options("options of every \(command.name):", command.parameters),
      example: member.example)
  }

  private func text(_ title: String, _ parameter: ParameterInfo, _ example: String) -> String {
    page(
      "\(title) \(parameter.name)=", "\(parameter.summary) Takes \(parameter.description).", [],
      example: example)
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
    var facts = [("rows", String(set.rowCount)), ("one row", set.inputShape.description)]
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
    return usage(command.name, command.parameters, blocks)
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
        text: "\(parameter.summary) Takes \(parameter.description)."
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
