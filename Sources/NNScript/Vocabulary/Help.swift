import NNEngine

/// Help as text, read off the vocabulary's entries.
struct Help {
  private let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// The forms of the language itself, which are no entries.
  static let forms: [(word: String, text: String)] = [
    ("let", "let NAME = VALUE\n  A new name. Plain `NAME = VALUE` changes one there is."),
    ("if", "if CONDITION { … } else if CONDITION { … } else { … }"),
    ("for", "for NAME in LIST { … }   for I, NAME in LIST { … }   for NAME in 1..10 { … }"),
    ("while", "while CONDITION { … }\n  `break` leaves a loop, `continue` begins its next round."),
    ("def", "def NAME(A, B=1) = EXPRESSION   def NAME(A) { … return VALUE }"),
    ("return", "return VALUE\n  Ends a function."),
    ("break", "break\n  Leaves the innermost loop."),
    ("continue", "continue\n  Begins the next round of the innermost loop."),
    ("else", "if CONDITION { … } else { … }"),
    ("in", "VALUE in LIST\n  Whether a list, text or record holds something."),
    ("and", "A and B\n  True where both are; element by element on lists."),
    ("or", "A or B\n  True where one is; element by element on lists."),
    ("not", "not A\n  The opposite."),
    ("then", "if CONDITION then A else B\n  One of two values."),
    ("true", "true\n  The truth value."),
    ("false", "false\n  The other truth value."),
    ("none", "none\n  Nothing: the value of what gives none."),
  ]

  /// Text for a topic of one or two words; empty for the overview.
  ///
  /// - Returns: the text, or what is wrong with the topic.
  func text(for words: [String]) -> Result<String, Diagnostic> {
    guard let first = words.first else { return .success(overview) }
    if let command = vocabulary.command(first) {
      if words.count == 1 { return .success(text(command)) }
      if let member = command.member(words[1]) { return .success(text(command, member)) }
      if let option = command.parameters.first(where: { $0.name == words[1] }) {
        return .success("\(first) " + line(option))
      }
      return .failure(
        unknown(
          words.joined(separator: " "), words[1],
          (command.members ?? []).map(\.name) + command.parameters.map(\.name)))
    }
    guard words.count == 1 else { return .failure(unknown(words.joined(separator: " "), first, all)) }
    if let form = Help.forms.first(where: { $0.word == first }) { return .success(form.text) }
    if let function = vocabulary.function(first) { return .success(text(function)) }
    for command in vocabulary.commands {
      if let member = command.member(first) { return .success(text(command, member)) }
    }
    if let code = DiagnosticCode(rawValue: first) { return .success(code.explanation) }
    if let set = NamedSet.standard.first(where: { $0.name == first }) {
      return .success("data \(set.name)\n  \(set.summary)")
    }
    if let word = families.first(where: { $0.name == first }) {
      return .success("\(word.name)\n  \(word.summary)\n\nexample:\n\(indented(word.example))")
    }
    for command in vocabulary.commands {
      if let option = command.parameters.first(where: { $0.name == first }) {
        return .success("\(command.name) " + line(option))
      }
    }
    return .failure(unknown(first, first, all))
  }

  /// Every topic there is.
  var all: [String] {
    vocabulary.commands.flatMap { [$0.name] + ($0.members ?? []).map(\.name) }
      + vocabulary.functions.map(\.name) + Help.forms.map(\.word) + families.map(\.name)
      + NamedSet.standard.map(\.name) + DiagnosticCode.allCases.map(\.rawValue)
  }

  /// Words that are neither commands nor their members.
  private var families: [(name: String, summary: String, example: String)] {
    let catalog = vocabulary.catalog
    return catalog.activations.map { ($0.name, $0.summary, $0.example) }
      + catalog.initializers.map { ($0.name, $0.summary, $0.example) }
      + catalog.metrics.map { ($0.name, $0.summary, $0.example) }
  }

  private func unknown(_ topic: String, _ word: String, _ known: [String]) -> Diagnostic {
    Diagnostic(
      .unknownTopic, "there is no help on `\(topic)`", at: nil,
      help: Suggestion.nearest(to: word, among: known).map { ["did you mean `\($0)`?"] }
        ?? ["`help` lists the commands"])
  }

  // MARK: Texts

  private var overview: String {
    let rows = vocabulary.commands.map { ["  " + $0.name, $0.summary] }
    let functions = vocabulary.functions.map(\.name).joined(separator: " ")
    return """
      commands:
      \(Formatting.table(rows))

      functions:
      \(wrapped(functions))

      forms: let if for while def return
      more: help WORD, for example `help layer dense`
      """
  }

  private func text(_ command: CommandEntry) -> String {
    var lines = [usage(command), "  \(command.summary)"]
    if let members = command.members {
      lines.append("")
      lines.append(Formatting.table(members.map { ["  " + $0.name, $0.summary] }))
    }
    lines += options(command.parameters)
    return (lines + ["", "example:", indented(command.example)]).joined(separator: "\n")
  }

  private func text(_ command: CommandEntry, _ member: CommandEntry.Member) -> String {
    let lines =
      ["\(command.name) \(member.name)\(usage(member.parameters))", "  \(member.summary)"]
      + options(member.parameters)
    return (lines + ["", "example:", indented(member.example)]).joined(separator: "\n")
  }

  private func text(_ function: FunctionEntry) -> String {
    let parameters = function.parameters.map { parameter in
      parameter.defaultText.map { "\(parameter.name)=\($0)" }
        ?? (parameter.isVariadic ? "\(parameter.name)…" : parameter.name)
    }
    return """
      \(function.name)(\(parameters.joined(separator: ", ")))
        \(function.summary)

      example:
      \(indented(function.example))
      """
  }

  private func usage(_ command: CommandEntry) -> String {
    if command.members != nil {
      let choice = command.defaultMember == nil ? " …" : " [WHAT] …"
      return command.name + choice
    }
    return command.name + usage(command.parameters) + (command.blocks == nil ? "" : " { … }")
  }

  private func usage(_ parameters: [ParameterInfo]) -> String {
    parameters.map { parameter in
      let word = parameter.isPositional ? parameter.name.uppercased() : "\(parameter.name)=…"
      return parameter.isRequired ? " \(word)" : " [\(word)]"
    }.joined()
  }

  private func options(_ parameters: [ParameterInfo]) -> [String] {
    guard !parameters.isEmpty else { return [] }
    return ["", Formatting.table(parameters.map { ["  " + $0.name, described($0)] })]
  }

  private func described(_ parameter: ParameterInfo) -> String {
    let standard = parameter.defaultText.map { " (default: \($0))" } ?? ""
    return "\(parameter.kind.phrase). \(parameter.summary)\(standard)"
  }

  private func line(_ parameter: ParameterInfo) -> String {
    "\(parameter.name)=\n  \(described(parameter))"
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
      .joined(separator: "\n")
  }

  private func wrapped(_ words: String) -> String {
    var lines = ["  "]
    for word in words.split(separator: " ") {
      if lines[lines.count - 1].count + word.count > 78 { lines.append("  ") }
      lines[lines.count - 1] += word + " "
    }
    return lines.joined(separator: "\n")
  }
}
