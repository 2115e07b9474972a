import NNEngine

/// Whether a value can be what a parameter takes.
enum Fit {
  case fits(ParameterValue)
  /// It may: only the run will tell.
  case perhaps
  case refused(Refusal)

  /// Why not, as the parts of a message.
  struct Refusal {
    var code: DiagnosticCode
    /// Follows the parameter's name: `takes a whole number, not text`.
    var message: String
    /// The message whole, where it does not begin with the parameter's name.
    var wholeMessage: String?
    var label: String
    var help: [String] = []
    var replacement: String?
    /// All that is to be said, where what is wrong stands elsewhere: in a function's definition.
    var diagnostic: Diagnostic?
  }
}

/// The words that count as values in some places: columns of the data, names of the models.
protocol WordSource {
  /// The words of a family, `nil` for a family whose words are not known yet.
  func words(ofFamily family: String) -> [String]?
  /// What a word of a family is bound as.
  func value(of word: String, inFamily family: String) -> ParameterValue
  /// What a function of the script is bound as; `nil` where only the run knows.
  func value(
    of function: FunctionBox, inFamily family: String, at range: SourceRange
  ) throws -> ParameterValue?
  /// The options a word brings along, such as the `slope=` of `leaky_relu`.
  func options(of word: String, inFamily family: String) -> [ParameterInfo]
  /// What a word is bound as with values for its options.
  func value(
    of word: String, inFamily family: String, options: [ParameterValue]
  ) throws -> ParameterValue
}

extension WordSource {
  func value(
    of function: FunctionBox, inFamily family: String, at range: SourceRange
  ) throws -> ParameterValue? { nil }

  /// The options of all words that places of these parameters can take.
  func wordOptions(of parameters: [ParameterInfo]) -> [ParameterInfo] {
    parameters.compactMap(\.kind.family).reduce(into: []) { found, family in
      for option in (words(ofFamily: family) ?? []).flatMap({ options(of: $0, inFamily: family) })
      where !(found + parameters).contains(where: { $0.name == option.name }) {
        found.append(option)
      }
    }
  }
}

extension ParameterKind {
  /// What the kind takes, in words: `a whole number`.
  var phrase: String {
    switch self {
    case .integer: "a whole number"
    case .number: "a number"
    case .truth: "true or false"
    case .text: "text"
    case .choice(let words): "one of " + words.map { "`\($0)`" }.joined(separator: ", ")
    case .word(let family), .words(let family): article(family)
    case .size(_, 0): "a number of points such as `1`, or `1x2` for height and width"
    case .size(2, _): "a size such as `3x3`, or one number for the square"
    case .size: "a size such as `28x28x1`"
    case .tensor, .numbers: "a list of numbers"
    case .value: "a value"
    case .name: "a name"
    case .place: "a place in the model such as `dense1` or `dense1.weights[0, 3]`"
    case .names(let noun): "\(article(noun)) or a list of \(plural(noun))"
    case .inputPath, .outputPath: "a file name in quotes"
    case .part: "a share such as `20%`, a number of rows or a file name"
    case .formula: "a number or a formula"
    case .condition: "something true or false"
    case .block: "a block"
    case .definition: "a name"
    case .table: "a table: a list of records"
    case .either(let kinds): joined(kinds.map(\.phrase))
    }
  }

  private func plural(_ noun: String) -> String { noun + (noun.hasSuffix("s") ? "es" : "s") }

  private func joined(_ phrases: [String]) -> String {
    guard let last = phrases.last, phrases.count > 1 else { return phrases.first ?? "" }
    return phrases.dropLast().joined(separator: ", ") + " or " + last
  }

  /// Whether a bare word may stand for itself here.
  func takesWord(_ word: String, _ source: any WordSource) -> Bool {
    switch self {
    case .choice(let words): words.contains(word)
    case .word(let family), .words(let family):
      source.words(ofFamily: family)?.contains(word) ?? true
    case .name, .names, .place, .definition: true
    case .truth: word == "true" || word == "false"
    case .either(let kinds): kinds.contains { $0.takesWord(word, source) }
    default: false
    }
  }

  /// The words that are legal here, for suggestions and completion.
  func legalWords(_ source: any WordSource) -> [String] {
    switch self {
    case .choice(let words): words
    case .word(let family), .words(let family): source.words(ofFamily: family) ?? []
    case .either(let kinds): kinds.flatMap { $0.legalWords(source) }
    default: []
    }
  }

  /// The family of words a place takes, if it is one for words alone.
  var family: String? {
    switch self {
    case .word(let family), .words(let family): family
    default: nil
    }
  }

  /// Whether an expression here is a function of the live values of a training.
  var isFormula: Bool {
    switch self {
    case .formula: true
    case .either(let kinds): kinds.contains(where: \.isFormula)
    default: false
    }
  }

  /// Tries an offer.
  func fit(_ offer: Offer, _ source: any WordSource) -> Fit {
    switch offer.content {
    case .unknown: return .perhaps
    case .word(let word): return fit(word: word, source)
    case .value(let value):
      if case .function(let box) = value, box.isOwn, let family {
        return fit(own: box, family, offer.range, source)
      }
      let fit = fit(value: value, source)
      if case .refused = fit, let word = offer.fallbackWord, takesWord(word, source) {
        return self.fit(word: word, source)
      }
      return fit
    }
  }

  /// A function of the script as a word of a family.
  private func fit(
    own function: FunctionBox, _ family: String, _ range: SourceRange, _ source: any WordSource
  ) -> Fit {
    do {
      return try source.value(of: function, inFamily: family, at: range).map { .fits($0) }
        ?? .perhaps
    } catch let diagnostic as Diagnostic {
      return .refused(
        Fit.Refusal(
          code: diagnostic.code, message: diagnostic.message, label: "", diagnostic: diagnostic))
    } catch {
      return .perhaps
    }
  }

  private func fit(word: String, _ source: any WordSource) -> Fit {
    switch self {
    case .choice(let words) where words.contains(word): return .fits(.text(word))
    case .word(let family):
      guard let known = source.words(ofFamily: family) else { return .perhaps }
      return known.contains(word)
        ? .fits(source.value(of: word, inFamily: family)) : refuse(word: word, source)
    case .words(let family):
      guard let known = source.words(ofFamily: family) else { return .perhaps }
      return known.contains(word) ? .fits(.texts([word])) : refuse(word: word, source)
    case .name, .names, .place, .definition: return .fits(.text(word))
    case .either(let kinds):
      for kind in kinds {
        switch kind.fit(word: word, source) {
        case .refused: continue
        case let other: return other
        }
      }
      return refuse(word: word, source)
    default: return refuse(word: word, source)
    }
  }

  private func refuse(word: String, _ source: any WordSource) -> Fit {
    let legal = legalWords(source)
    let family: String? =
      switch self {
      case .word(let family), .words(let family): family
      case .either(let kinds):
        kinds.lazy.compactMap { if case .word(let family) = $0 { family } else { nil } }.first
      default: nil
      }
    let near =
      family.flatMap { ForeignWords.member(word, ofFamily: $0, legal) }
      ?? ForeignWords.values[word].flatMap { takesWord($0, source) ? $0 : nil }
      ?? Suggestion.nearest(to: word, among: legal)
    var help: [String] = []
    if let near {
      help.append("did you mean `\(near)`?")
    } else if !legal.isEmpty, legal.count <= 24 {
      help.append("known here: " + legal.map { "`\($0)`" }.joined(separator: ", "))
    }
    if let family {
      return .refused(
        Fit.Refusal(
          code: .unknownName, message: "",
          wholeMessage: "there is no \(familyTitle(family)) named `\(word)`",
          label: "not \(article(family))", help: help, replacement: near))
    }
    return .refused(
      Fit.Refusal(
        code: .unknownName, message: "takes \(phrase), not `\(word)`", label: "unknown here",
        help: help, replacement: near))
  }

  private func fit(value: Value, _ source: any WordSource) -> Fit {
    switch (self, value) {
    case (.integer(let range), .number(let number)):
      guard number == number.rounded(), abs(number) < 1e18 else {
        var refusal = Fit.Refusal(
          code: .wrongType,
          message: "takes a whole number, not \(Formatting.text(of: value))", label: "not whole")
        if abs(number) < 1e15, range.contains(Int(number)) {
          refusal.replacement = String(Int(number))
        }
        return .refused(refusal)
      }
      let whole = Int(number)
      return range.contains(whole)
        ? .fits(.integer(whole))
        : outOfRange(
          value, least: Double(range.lowerBound), greatest: Double(range.upperBound),
          isLeastOpen: false)
    case (.number(let range, let openBelow), .number(let number)):
      let isInside = range.contains(number) && !(openBelow && number == range.lowerBound)
      return isInside
        ? .fits(.number(number))
        : outOfRange(
          value, least: range.lowerBound, greatest: range.upperBound, isLeastOpen: openBelow)
    case (.truth, .truth(let truth)): return .fits(.truth(truth))
    case (.text, .text(let box)), (.inputPath, .text(let box)), (.outputPath, .text(let box)),
      (.definition, .text(let box)):
      return .fits(.text(box.text))
    case (.choice, .text(let box)), (.word, .text(let box)), (.words, .text(let box)):
      return fit(word: box.text, source)
    case (.choice, .function(let box)), (.word, .function(let box)), (.words, .function(let box)):
      return fit(word: box.name, source)
    // `none` is a value everywhere else; in a list of choices it is one of them.
    case (.choice(let words), .none) where words.contains("none"): return .fits(.text("none"))
    case (.choice(let words), .truth(let truth)) where words.contains(String(truth)):
      return .fits(.text(String(truth)))
    case (.size(let maxRank, let least), _):
      return fitSize(value, maxRank: maxRank, least: least)
    case (.tensor, _), (.numbers, _):
      do {
        if case .tensor = self { return .fits(.tensor(try Operators.tensor(value, argument: nil))) }
        if case .tensor = value { return .fits(.host(value)) }
        _ = try Operators.numbers(value)
        return .fits(.host(value))
      } catch let error as ValueError {
        // A list that is no array says why: rows of different lengths, something that is no number.
        guard value.listItems != nil else { break }
        return .refused(
          Fit.Refusal(
            code: error.code, message: "", wholeMessage: error.message, label: error.label,
            help: error.help))
      } catch {
        break
      }
    case (.value, _): return .fits(.host(value))
    case (.name, .text(let box)), (.names, .text(let box)), (.place, .text(let box)):
      return .fits(.text(box.text))
    // Years and the like are names of columns.
    case (.names(of: "column"), .number(let number)):
      return .fits(.text(Formatting.exact(number)))
    case (.name, .function(let box)), (.names, .function(let box)): return .fits(.text(box.name))
    case (.names, .list(let box)), (.words, .list(let box)):
      var names: [String] = []
      for item in box.items {
        switch item {
        case .text(let box): names.append(box.text)
        case .function(let box): names.append(box.name)
        case .number(let number) where self == .names(of: "column"):
          names.append(Formatting.exact(number))
        default: return wrongType("names", found: item.kindName, label: "this is \(value.kindName)")
        }
      }
      return .fits(.texts(names))
    case (.part, .number(let number)):
      if number > 0, number < 1 { return .fits(.number(number)) }
      guard number >= 0, number == number.rounded(), number < 1e12 else {
        return .refused(
          Fit.Refusal(
            code: .outOfRange, message: "takes \(phrase), not \(Formatting.text(of: value))",
            label: "neither a share below 1 nor a whole number of rows"))
      }
      return .fits(.integer(Int(number)))
    case (.part, .text(let box)): return .fits(.text(box.text))
    case (.formula, .number), (.formula, .function): return .fits(.host(value))
    case (.condition, _):
      do {
        return .fits(.truth(try Operators.truth(value)))
      } catch let error as ValueError {
        return .refused(
          Fit.Refusal(
            code: error.code, message: "", wholeMessage: error.message, label: error.label,
            help: error.help))
      } catch { break }
    case (.table, .list(let box)):
      let isTable = box.items.allSatisfy { $0.recordFields != nil }
      if isTable, box.count > 0 { return .fits(.host(value)) }
    case (.either(let kinds), _):
      var first: Fit?
      for kind in kinds {
        switch kind.fit(value: value, source) {
        case .refused(let refusal):
          // A value of the right type but out of range says more than "not this type".
          if first == nil || refusal.code != .wrongType || refusal.wholeMessage != nil {
            first = .refused(refusal)
          }
        case let other: return other
        }
      }
      if case .refused(let refusal)? = first,
        refusal.code != .wrongType || refusal.wholeMessage != nil
      {
        return first ?? .perhaps
      }
    default: break
    }
    return wrongType(phrase, found: value.kindName, label: "this is \(value.kindName)")
  }

  private func fitSize(_ value: Value, maxRank: Int, least: Int) -> Fit {
    let numbers: [Value]
    switch value {
    case .number: numbers = [value]
    case .list(let box) where box.count > 0: numbers = box.items
    default: return wrongType(phrase, found: value.kindName, label: "this is \(value.kindName)")
    }
    var sizes: [Int] = []
    for case .number(let number) in numbers
    where number == number.rounded() && number >= Double(least) {
      if number <= 1e9 { sizes.append(Int(number)) }
    }
    guard sizes.count == numbers.count, sizes.count <= maxRank else {
      // Two axes are a window: an axis too many is that of the channels, which it always covers.
      let isWindow = maxRank == 2 && sizes.count > 2
      return .refused(
        Fit.Refusal(
          code: .outOfRange,
          message: "takes up to \(maxRank) whole numbers of at least \(least)",
          label: "this is \(Formatting.text(of: value))",
          help: isWindow ? ["write `\(sizes[0])x\(sizes[1])`: all channels are seen anyway"] : []))
    }
    let shape = Shape(sizes)
    guard shape.count <= Shape.largestCount else {
      return .refused(
        Fit.Refusal(
          code: .limitReached, message: "cannot be \(shape): that is more numbers than fit",
          label: "\(Operators.many(shape.count)) numbers"))
    }
    return .fits(.size(sizes))
  }

  private func wrongType(_ wanted: String, found: String, label: String) -> Fit {
    .refused(Fit.Refusal(code: .wrongType, message: "takes \(wanted), not \(found)", label: label))
  }

  private func outOfRange(
    _ value: Value, least: Double, greatest: Double, isLeastOpen: Bool
  ) -> Fit {
    let found = Formatting.text(of: value)
    let lower = Formatting.text(of: .number(least))
    let upper = Formatting.text(of: .number(greatest))
    let isUnbounded = greatest >= 1e15 || greatest == .infinity
    let bounds =
      switch (isLeastOpen, isUnbounded) {
      case (true, true): "is above \(lower)"
      case (false, true): "is at least \(lower)"
      case (true, false): "is above \(lower) and at most \(upper)"
      case (false, false): "is from \(lower) to \(upper)"
      }
    return .refused(
      Fit.Refusal(
        code: .outOfRange, message: "\(bounds), not \(found)", label: "out of range"))
  }
}

/// A family's word as a person says it: `loss function`, `optimiser`.
func familyTitle(_ family: String) -> String {
  switch family {
  case "set": "data set"
  case "layer": "layer kind"
  case "show": "view"
  case "initializer": "initialisation"
  case "topic": "topic"
  default: family
  }
}

/// A family's word with its article: `an activation`.
func article(_ family: String) -> String {
  let title = familyTitle(family)
  return ("aeiou".contains(title.first ?? "x") ? "an " : "a ") + title
}
