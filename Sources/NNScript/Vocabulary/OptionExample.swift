import NNEngine

/// What the page of a parameter shows as its example: its own lines, else those of its entry if
/// they give it, else these with it added.
struct OptionExample {
  /// The words a line of the entry begins with: `train`, `optimizer adam`; or the word that brings
  /// the option along: `leaky_relu`.
  var title: String
  /// All parameters that may be given there.
  var parameters: [ParameterInfo]
  /// The entry's own lines.
  var entryExample: String
  var vocabulary: Vocabulary

  /// The lines; `nil` where the parameter needs an example of its own and has none.
  func text(for parameter: ParameterInfo) -> String? {
    if let own = parameter.example { return own }
    if gives(parameter, in: entryExample) { return entryExample }
    guard let option = parameter.typicalOption else { return nil }
    var lines = entryExample.split(separator: "\n").map(String.init)
    guard let last = lines.lastIndex(where: { $0.contains(title) }), !lines[last].contains("{")
    else { return nil }
    lines[last] += " " + option
    return lines.joined(separator: "\n")
  }

  /// Whether some line of an example gives the parameter a value.
  func gives(_ parameter: ParameterInfo, in example: String) -> Bool {
    let tree = parse(SourceText(name: "", text: example), source: 0)
    return tree.statements.commands.contains { command in
      let words = title.split(separator: " ")
      if vocabulary.command(String(words[0])) == nil {
        // An option of a word goes where the word stands.
        return command.arguments.contains { $0.name?.text == parameter.name }
      }
      guard command.word.text == words.first.map(String.init) else { return false }
      var offers = command.arguments.map { Offer($0, parameters) }
      let isFamily = vocabulary.command(command.word.text)?.members != nil
      if isFamily, let member = offers.firstIndex(where: { $0.name == nil }) {
        guard words.count < 2 || offers[member].word == String(words[1]) else { return false }
        offers.remove(at: member)
      }
      if offers.contains(where: { $0.name?.text == parameter.name }) { return true }
      // What all members share is given by name alone.
      guard parameter.isPositional, isFamily == (words.count > 1) else { return false }
      return binds(offers, to: parameter)
    }
  }

  /// Whether plain values come to a parameter: words as the words they are, else as values that
  /// only the run knows.
  private func binds(_ offers: [Offer], to parameter: ParameterInfo) -> Bool {
    let binder = Binder(
      title: title, wordRange: SourceRange(source: 0, start: 0, end: 0), parameters: parameters,
      words: KnownWords(vocabulary: vocabulary, models: nil), acceptsAnyOption: true)
    let unknown = offers.map { Offer(name: $0.name, content: .unknown, range: $0.range) }
    guard let place = parameters.firstIndex(where: { $0.name == parameter.name }),
      let binding = (try? binder.bind(offers)) ?? (try? binder.bind(unknown))
    else { return false }
    return !binding.offers[place].isEmpty
  }
}

extension ParameterInfo {
  /// The option as one would type it, where its kind and default tell: `batch=32`, `quiet`.
  fileprivate var typicalOption: String? {
    switch kind {
    case .truth: defaultText == "false" ? name : name + (defaultText == "true" ? "=false" : "=true")
    case .choice(let words): words.last { $0 != defaultText }.map { "\(name)=\($0)" }
    case .integer, .number: defaultText.flatMap { Double($0) == nil ? nil : "\(name)=\($0)" }
    default: nil
    }
  }
}

extension Offer {
  /// An argument as it is written, its value known only where it is a word, number or text.
  fileprivate init(_ argument: Argument, _ parameters: [ParameterInfo]) {
    if argument.name == nil, case .name(let word) = argument.value.form,
      parameters.contains(where: { $0.name == word && $0.kind == .truth })
    {
      // A truth option is its own name.
      let range = argument.value.range
      self.init(name: Name(word, range), content: .value(.truth(true)), range: range)
      return
    }
    let content: Content =
      switch argument.value.form {
      case .name(let word): .word(word)
      case .number(let number): .value(.number(number))
      case .text(let parts):
        if case .literal(let text)? = parts.first, parts.count == 1 {
          .value(.text(text))
        } else {
          .unknown
        }
      default: .unknown
      }
    self.init(name: argument.name, content: content, range: argument.value.range)
  }
}
