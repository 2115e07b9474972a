import NNEngine

/// A line that declares part of a model, as data: a word, the member of its family, and what was
/// given besides, defaults left out. `layer dense 64 relu name=hidden`.
struct Declaration {
  /// A parameter with its value, a literal.
  struct Setting {
    var name: String
    var value: Expression.Form
    var place = Place.named
  }

  /// How a line gives a value: `l2=0.1`, `64`, or the items of a list as `accuracy f1`.
  enum Place { case named, plain, sideBySide }

  var word: String
  var member: String?
  var settings: [Setting] = []

  /// The line as one would type it.
  var text: String { Printer.print(Expression(.command(command()), .nowhere)) }

  /// The command that a parser would read from the line.
  func command(blocks: [Block] = []) -> Command {
    func argument(_ name: String?, _ value: Expression.Form) -> Argument {
      Argument(name: name.map { Name($0, .nowhere) }, value: Expression(value, .nowhere))
    }
    var arguments = [member.map { argument(nil, .word($0)) }].compactMap { $0 }
    for setting in settings {
      if setting.place == .sideBySide, case .list(let items) = setting.value {
        arguments += items.map { Argument(name: nil, value: $0) }
      } else {
        arguments.append(argument(setting.place == .named ? setting.name : nil, setting.value))
      }
    }
    return Command(word: Name(word, .nowhere), arguments: arguments, blocks: blocks)
  }

  /// The same line without some of its settings.
  func without(_ names: [String]) -> Declaration {
    var result = self
    result.settings.removeAll { names.contains($0.name) }
    return result
  }

  /// The same line with this value for a setting, plain where all before it are.
  func with(_ name: String, _ value: Expression.Form) -> Declaration {
    var result = self
    if let place = settings.firstIndex(where: { $0.name == name }) {
      result.settings[place].value = value
    } else {
      let place = settings.firstIndex { $0.place == .named } ?? settings.count
      result.settings.insert(Setting(name: name, value: value, place: .plain), at: place)
    }
    return result
  }
}

extension Declaration {
  /// `layer dense 16 relu`.
  static func dense(_ units: Int, _ activation: String) -> Declaration {
    var line = Declaration(
      word: "layer", member: "dense",
      settings: [Setting(name: "units", value: .number(Double(units)), place: .plain)])
    if activation != "linear" {
      line.settings.append(
        Setting(name: "activation", value: .word(activation), place: .plain))
    }
    return line
  }

  static var batchnorm: Declaration { Declaration(word: "layer", member: "batchnorm") }

  /// The line of a command from what was bound. Tensors are left out, weights are kept elsewhere.
  init(word: String, member: String?, _ parameters: [ParameterInfo], _ binding: Binding) {
    (self.word, self.member) = (word, member)
    // Behind one that is left out, or named, the next plain value would be taken for it.
    var isPlain = true
    for (place, parameter) in parameters.enumerated() {
      guard !binding.offers[place].isEmpty, let value = Expression.Form(binding.values[place]),
        !value.isDefault(of: parameter)
      else {
        // A size is no word: where one is left out, a word behind it is not taken for it.
        if parameter.isPositional, parameter.kind != .size(maxRank: 2) { isPlain = false }
        continue
      }
      settings.append(
        Setting(
          name: parameter.name, value: value,
          place: parameter.isVariadic
            ? .sideBySide : parameter.isPositional && isPlain ? .plain : .named))
    }
    for (option, bound) in binding.wordOptions {
      guard let value = Expression.Form(bound), !value.isDefault(of: option) else { continue }
      settings.append(Setting(name: option.name, value: value))
    }
  }
}

extension SourceRange {
  /// Of what nobody wrote.
  static var nowhere: SourceRange { SourceRange(source: 0, start: 0, end: 0) }
}

// MARK: Literals

extension Expression.Form {
  /// A text as a script writes it: a bare word where it can be one.
  static func word(_ text: String) -> Expression.Form {
    let (tokens, _) = Lexer.tokens(of: SourceText(name: "", text: text))
    let isWord = tokens.count == 2 && tokens[0].kind == .word && tokens[0].end == text.utf8.count
    return isWord ? .name(text) : .text([.literal(text)])
  }

  /// A bound value as a literal; `nil` for tensors, and for what was not given.
  init?(_ value: ParameterValue) {
    switch value {
    case .none, .tensor: return nil
    case .integer(let number): self = .number(Double(number))
    case .number(let number): self = .number(number)
    case .truth(let truth): self = .truth(truth)
    case .text(let text): self = .word(text)
    case .texts(let texts): self = .list(texts.map { Expression(.word($0), .nowhere) })
    case .size(let sizes): self = sizes.count == 1 ? .number(Double(sizes[0])) : .size(sizes)
    case .host(let activation as any Activation): self = .word(activation.name)
    case .host(let initializer as any Initializer): self = .word(initializer.name)
    case .host(let metric as any Metric): self = .word(metric.name)
    case .host(let word as any Defined): self = .word(word.equation.name)
    case .host(let metrics as [any Metric]):
      self = .list(metrics.map { Expression(.word($0.name), .nowhere) })
    case .host(let value as Value): self.init(value)
    case .host: return nil
    }
  }

  /// A value of the script as a literal; `nil` for tensors and other objects.
  init?(_ value: Value) {
    switch value {
    case .number(let number): self = .number(number)
    case .truth(let truth): self = .truth(truth)
    case .text(let box): self = .word(box.text)
    default:
      if let function = value.functionValue {
        self = .word(function.name)
      } else if let fields = value.recordFields {
        let values = fields.compactMap { Expression.Form($0.value) }
        guard values.count == fields.count else { return nil }
        self = .record(
          zip(fields, values).map {
            RecordField(name: Name($0.name, .nowhere), value: Expression($1, .nowhere))
          })
      } else if let items = value.listItems {
        let values = items.compactMap { Expression.Form($0) }
        guard values.count == items.count else { return nil }
        self = .list(values.map { Expression($0, .nowhere) })
      } else {
        return nil
      }
    }
  }

  /// Whether a line may leave it out.
  fileprivate func isDefault(of parameter: ParameterInfo) -> Bool {
    parameter.defaultText == Printer.print(Expression(self, .nowhere))
  }

  /// Whether reading it asks for no work: what a file may hold.
  var isLiteral: Bool {
    switch self {
    case .number, .truth, .none, .size, .name: return true
    case .text(let parts):
      return parts.allSatisfy { if case .literal = $0 { true } else { false } }
    case .negate(let value): if case .number = value.form { return true } else { return false }
    case .list(let items): return items.allSatisfy(\.form.isLiteral)
    case .record(let fields): return fields.allSatisfy(\.value.form.isLiteral)
    default: return false
    }
  }
}
