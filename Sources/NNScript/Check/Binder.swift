import NNEngine

/// Gives arguments to parameters by the language's rules. The checker uses it with what is known
/// before the run, the session with the values of the run, so both say the same.
struct Binder {
  /// The command's word with its member, for messages: `layer dense`.
  var title: String
  /// Where the word stands.
  var wordRange: SourceRange
  var parameters: [ParameterInfo]
  var words: any WordSource
  /// Whether options that are no parameters are names the command defines.
  var acceptsAnyOption = false

  /// Binds all offers.
  ///
  /// - Throws: the `Diagnostic` of the first argument that does not fit.
  func bind(_ offers: [Offer]) throws -> Binding {
    var binding = Binding(
      values: Array(repeating: .none, count: parameters.count),
      offers: Array(repeating: [], count: parameters.count))
    var forWords: [Offer] = []
    for (index, offer) in offers.enumerated() {
      guard let name = offer.name else { continue }
      if !parameters.contains(where: { $0.name == name.text }), isWordOption(name.text) {
        forWords.append(offer)
      } else {
        try bindOption(name, index, offer, into: &binding)
      }
    }
    var place = 0
    for (index, offer) in offers.enumerated() where offer.name == nil {
      try bindPlain(index, offer, from: &place, into: &binding)
    }
    for (place, given) in binding.gathered { binding.values[place] = joined(given) }
    for (index, parameter) in parameters.enumerated()
    where parameter.isRequired && binding.offers[index].isEmpty {
      throw missing(parameter)
    }
    try bindWordOptions(forWords, all: offers, into: &binding)
    return binding
  }

  private func bindOption(
    _ name: Name, _ index: Int, _ offer: Offer, into binding: inout Binding
  ) throws {
    guard let place = parameters.firstIndex(where: { $0.name == name.text }) else {
      if acceptsAnyOption { return }
      throw unknownOption(name)
    }
    guard binding.offers[place].isEmpty else {
      throw Diagnostic(
        .duplicateOption, "`\(name.text)` is given twice", at: name.range, "given again",
        help: ["leave one of them out"])
    }
    try take(index, offer, at: place, into: &binding)
  }

  /// Puts a plain value in the first place that can take it; optional places it cannot fill are
  /// passed over.
  private func bindPlain(
    _ index: Int, _ offer: Offer, from place: inout Int, into binding: inout Binding
  ) throws {
    var refusal: (parameter: ParameterInfo, Fit.Refusal)?
    var next = place
    while next < parameters.count {
      let parameter = parameters[next]
      guard parameter.isPositional, binding.offers[next].isEmpty || parameter.isVariadic else {
        next += 1
        continue
      }
      if case .refused(let why) = parameter.kind.fit(offer, words) {
        let isBetter = why.code != .wrongType || parameter.isRequired
        if refusal == nil || refusal?.1.code == .wrongType && isBetter {
          refusal = (parameter, why)
        }
        if parameter.isRequired && binding.offers[next].isEmpty {
          if let diagnostic = passedOver(next, offer) { throw diagnostic }
          break
        }
        next += 1
        continue
      }
      try take(index, offer, at: next, into: &binding)
      place = parameter.isVariadic ? next : next + 1
      return
    }
    if case .word(let word) = offer.content, refusal == nil || refusal?.1.code == .wrongType {
      throw unknownWord(word, offer.range, after: refusal)
    }
    if let (parameter, why) = refusal { throw diagnostic(parameter, why, offer) }
    let values = parameters.filter { $0.isPositional }
    let message =
      values.isEmpty
      ? "`\(title)` takes no plain value"
      : "`\(title)` takes no more than \(count(values.count, "value"))"
    throw Diagnostic(
      .extraValue, message, at: offer.range, "one too many", help: optionsHelp(offer.range))
  }

  /// `layer dense relu`: the word fits a later place, so what comes before it was left out.
  private func passedOver(_ place: Int, _ offer: Offer) -> Diagnostic? {
    guard case .word(let word) = offer.content else { return nil }
    let isForLater = parameters[(place + 1)...].contains { parameter in
      guard parameter.isPositional, case .fits = parameter.kind.fit(offer, words) else {
        return false
      }
      return true
    }
    guard isForLater else { return nil }
    let parameter = parameters[place]
    return Diagnostic(
      .missingValue,
      "`\(title)` needs \(parameter.kind.phrase) for `\(parameter.name)` before `\(word)`",
      at: offer.range, "`\(parameter.name)` is missing",
      help: ["for example `\(title) \(exampleValue(parameter)) \(word)`"],
      notes: [parameter.summary])
  }

  private func take(
    _ index: Int, _ offer: Offer, at place: Int, into binding: inout Binding
  ) throws {
    let parameter = parameters[place]
    binding.offers[place].append(index)
    switch parameter.kind.fit(offer, words) {
    case .perhaps: binding.isKnown = false
    case .refused(let why): throw diagnostic(parameter, why, offer)
    case .fits(let value) where parameter.isVariadic:
      binding.gathered[place, default: []].append(value)
    case .fits(let value): binding.values[place] = value
    }
  }

  /// What a variadic place was given, as one value.
  private func joined(_ given: [ParameterValue]) -> ParameterValue {
    var texts: [String] = []
    var values: [Value] = []
    var (isTexts, isValues, hasHost) = (true, true, false)
    for one in given {
      switch one {
      case .text(let name): texts.append(name)
      case .texts(let names): texts += names
      case .host(let value as Value):
        values += texts.map { .text($0) } + [value]
        texts = []
        (isTexts, hasHost) = (false, true)
      case .host: (isTexts, isValues, hasHost) = (false, false, true)
      default: (isTexts, isValues) = (false, false)
      }
    }
    if isTexts { return .texts(texts) }
    if isValues { return .host(values + texts.map { .text($0) }) }
    // Words and functions of the script side by side.
    return hasHost ? .host(given.flatMap(items)) : given.last ?? .none
  }

  private func items(_ value: ParameterValue) -> [Any] {
    switch value {
    case .text(let one): [one]
    case .texts(let all): all
    case .host(let all as [Any]): all
    case .host(let one): [one]
    default: []
    }
  }

  // MARK: Messages

  private func unknownOption(_ name: Name) -> Diagnostic {
    let known = (parameters + words.wordOptions(of: parameters)).map(\.name)
    var diagnostic = Diagnostic(
      .unknownOption, "`\(title)` has no option `\(name.text)`", at: name.range, "unknown option")
    if let near = ForeignWords.option(name.text, known)
      ?? Suggestion.nearest(to: name.text, among: known)
    {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(name.range, near)]
    } else {
      diagnostic.help = optionsHelp(name.range)
    }
    return diagnostic
  }

  private func optionsHelp(_ range: SourceRange) -> [String] {
    let options = parameters.map { "`\($0.name)=`" }
    return options.isEmpty ? [] : ["options: " + options.joined(separator: " ")]
  }

  private func unknownWord(
    _ word: String, _ range: SourceRange, after refusal: (ParameterInfo, Fit.Refusal)?
  ) -> Diagnostic {
    let truths = parameters.filter { $0.kind == .truth }.map(\.name)
    let places = parameters.filter(\.isPositional).flatMap { $0.kind.legalWords(words) }
    var diagnostic = Diagnostic(
      .unknownName, "there is no value or option named `\(word)` here", at: range, "unknown")
    if let near = Suggestion.nearest(to: word, among: truths + places) {
      diagnostic.help = ["did you mean `\(near)`?"]
      diagnostic.fixes = [Diagnostic.Fix(range, near)]
    } else if parameters.contains(where: { $0.name == word }) {
      diagnostic.help = ["give it a value: `\(word)=…`"]
    } else if let (parameter, _) = refusal {
      diagnostic.notes = ["`\(parameter.name)` takes \(parameter.kind.phrase)"]
    } else {
      diagnostic.help = optionsHelp(range)
    }
    return diagnostic
  }

  private func missing(_ parameter: ParameterInfo) -> Diagnostic {
    let way = parameter.isPositional ? "`\(title) …`" : "`\(title) \(parameter.name)=…`"
    let example = exampleValue(parameter)
    let help =
      example.hasSuffix("…") ? "write \(way)" : "write \(way), for example `\(title) \(example)`"
    return Diagnostic(
      .missingValue, "`\(title)` needs \(parameter.kind.phrase) for `\(parameter.name)`",
      at: wordRange, "`\(parameter.name)` is missing",
      help: [help],
      notes: [parameter.summary])
  }

  private func exampleValue(_ parameter: ParameterInfo) -> String {
    let value =
      switch parameter.kind {
      case .integer(let range): String(range.contains(16) ? 16 : range.lowerBound)
      case .number(let range, _):
        range.contains(0.5) ? "0.5" : Formatting.text(of: .number(range.upperBound))
      case .inputPath, .outputPath: "\"file.csv\""
      case .text: "\"text\""
      case .size(2, _): "3x3"
      case .size: "28x28x1"
      case .condition: "n > 0"
      default: parameter.kind.legalWords(words).first ?? "…"
      }
    return parameter.isPositional ? value : "\(parameter.name)=\(value)"
  }

  private func diagnostic(
    _ parameter: ParameterInfo, _ why: Fit.Refusal, _ offer: Offer
  ) -> Diagnostic {
    if let diagnostic = why.diagnostic { return diagnostic }
    var diagnostic = Diagnostic(
      why.code, why.wholeMessage ?? "`\(parameter.name)` \(why.message)", at: offer.range,
      why.label, help: why.help)
    if let replacement = why.replacement {
      diagnostic.fixes = [Diagnostic.Fix(offer.range, replacement)]
    }
    if diagnostic.help.isEmpty, let replacement = why.replacement {
      let prefix = offer.name == nil ? "" : "\(parameter.name)="
      diagnostic.help = ["write `\(prefix)\(replacement)`"]
    }
    if diagnostic.help.isEmpty, why.code == .wrongType, let typed = typedHint(parameter, offer) {
      diagnostic.help = ["write `\(typed)`"]
    }
    return diagnostic
  }

  /// What to type instead, where the right value can be guessed.
  private func typedHint(_ parameter: ParameterInfo, _ offer: Offer) -> String? {
    let prefix = offer.name == nil ? "" : "\(parameter.name)="
    if let value = parameter.defaultText, let first = value.utf8.first,
      first >= 0x30 && first <= 0x39 || value == "true" || value == "false"
    {
      return prefix + value
    }
    if case .integer = parameter.kind, let value = parameter.exampleNumber {
      return prefix + value
    }
    switch parameter.kind {
    case .integer(let range): return prefix + String(range.contains(16) ? 16 : range.lowerBound)
    case .outputPath, .inputPath, .text:
      if case .word(let word) = offer.content { return "\(prefix)\"\(word)\"" }
      return nil
    default: return nil
    }
  }
}

extension ParameterInfo {
  /// The whole number that its own example gives it: `10` of `train epochs=10`.
  fileprivate var exampleNumber: String? {
    let words = (example ?? "").split { $0 == " " || $0 == "\n" }
    guard let word = words.first(where: { $0.hasPrefix(name + "=") }) else { return nil }
    let value = word.dropFirst(name.count + 1)
    return Int(value).map(String.init)
  }
}

/// A number with its noun: `1 value`, `3 values`.
func count(_ number: Int, _ noun: String) -> String {
  number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
}
