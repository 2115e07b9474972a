import NNEngine

/// One piece of a model as a file keeps it: a function of the script, or a line with the blocks
/// behind it. A row of items makes the model again, without its weights.
indirect enum ModelItem {
  /// `def swish(x) = x * sigmoid(x)`.
  case definition(String)
  case line(Declaration, blocks: [[ModelItem]] = [])
}

extension ModelItem {
  /// The words a model is made of.
  static let words: Set<String> = [
    "input", "layer", "residual", "branch", "ensemble", "loss", "optimizer", "metric",
    "augment",
  ]

  // MARK: JSON

  /// `{"layer": "dense", "units": 64, "activation": "relu"}`: first the word with its member, its
  /// only plain value or its blocks, then the settings by name.
  var json: JSONValue {
    switch self {
    case .definition(let text): return ["def": .string(text)]
    case .line(let line, let blocks):
      var settings = line.settings
      var first = JSONValue.null
      if let member = line.member {
        first = .string(member)
      } else if !blocks.isEmpty {
        first = .array(blocks.map { .array($0.map(\.json)) })
      } else if !settings.isEmpty {
        first = settings.removeFirst().value.json
      }
      return .object(
        [.init(line.word, first)] + settings.map { .init($0.name, $0.value.json) })
    }
  }

  /// Reads what `json` wrote.
  ///
  /// - Throws: `Unreadable` for what declares nothing.
  init(json: JSONValue, _ vocabulary: Vocabulary) throws(Unreadable) {
    guard let members = json.object, let first = members.first else {
      throw Unreadable("an item is no object")
    }
    if first.key == "def", let text = first.value.string {
      self = .definition(text)
      return
    }
    guard Self.words.contains(first.key), let entry = vocabulary.command(first.key) else {
      throw Unreadable("`\(first.key)` declares nothing")
    }
    var line = Declaration(word: first.key)
    var blocks: [[ModelItem]] = []
    var parameters = entry.parameters
    var given = members.dropFirst().map { ($0.key, $0.value) }
    if entry.members != nil {
      guard let member = first.value.string else {
        throw Unreadable("`\(first.key)` names no kind")
      }
      line.member = member
      parameters = entry.member(member)?.parameters ?? parameters
    } else if entry.blocks != nil {
      for block in first.value.array ?? [] {
        blocks.append(try Self.items(block, vocabulary))
      }
    } else if let only = parameters.first {
      given.insert((only.name, first.value), at: 0)
    }
    for (name, value) in given {
      let parameter = parameters.first { $0.name == name }
      guard let literal = Expression.Form(value, isSize: parameter?.kind.isSize ?? false) else {
        throw Unreadable("`\(name)` of `\(first.key)` cannot be read")
      }
      line.settings.append(
        .init(
          name: name, value: literal,
          place: parameter?.isVariadic == true ? .sideBySide : .named))
    }
    self = .line(line, blocks: blocks)
  }

  /// Reads a row of items.
  static func items(
    _ json: JSONValue, _ vocabulary: Vocabulary
  ) throws(Unreadable) -> [ModelItem] {
    guard let array = json.array else { throw Unreadable("a row of items is no array") }
    var items: [ModelItem] = []
    for item in array { items.append(try ModelItem(json: item, vocabulary)) }
    return items
  }

  /// Why a description is none.
  struct Unreadable: Error {
    var problem: String
    init(_ problem: String) { self.problem = problem }
  }

  // MARK: Statements

  /// What a parser would read from the lines.
  static func statements(
    of items: [ModelItem], in sources: inout SourceMap
  ) throws(Unreadable) -> [Statement] {
    var statements: [Statement] = []
    for item in items {
      switch item {
      case .definition(let text):
        let source = SourceText(name: "model", text: text)
        let tree = parse(source, source: sources.add(source))
        guard tree.diagnostics.isEmpty, tree.statements.count == 1,
          case .define = tree.statements[0].form
        else { throw Unreadable("`\(text)` defines no function") }
        statements += tree.statements
      case .line(let line, let blocks):
        var inner: [Block] = []
        for block in blocks {
          inner.append(Block(try Self.statements(of: block, in: &sources), .nowhere))
        }
        statements.append(
          Statement(
            .expression(
              Expression(.command(line.command(blocks: inner)), .nowhere), isSilenced: false),
            .nowhere))
      }
    }
    return statements
  }

  /// The statements without options that their layers have no use for, such as a dropout's `bias=`:
  /// these were taken in silence when files of the first format were written.
  static func useful(_ statements: [Statement], _ vocabulary: Vocabulary) -> [Statement] {
    statements.map { statement in
      guard case .expression(let expression, let isSilenced) = statement.form,
        case .command(var command) = expression.form
      else { return statement }
      command.blocks = command.blocks.map { Block(useful($0.statements, vocabulary), $0.range) }
      if let entry = vocabulary.command(command.word.text), let first = command.arguments.first,
        case .name(let kind) = first.value.form, let member = entry.member(kind)
      {
        let known = Set(member.parameters.map(\.name))
        let useless = Set(entry.parameters.map(\.name)).subtracting(known)
        command.arguments.removeAll { $0.name.map { useless.contains($0.text) } ?? false }
      }
      return Statement(
        .expression(Expression(.command(command), expression.range), isSilenced: isSilenced),
        statement.range)
    }
  }

  /// Makes sure that statements declare a model and do nothing else: lines of models with values
  /// written out, and functions, which are read as formulas and never called.
  ///
  /// - Throws: `Unreadable` at the first that does more.
  static func checkDeclarative(_ statements: [Statement]) throws(Unreadable) {
    for statement in statements {
      switch statement.form {
      case .define(let definition):
        for parameter in definition.parameters
        where parameter.defaultValue?.form.isLiteral == false {
          throw Unreadable("a default of `\(definition.name.text)` is worked out")
        }
      case .expression(let expression, _):
        switch expression.form {
        case .command(let command):
          guard words.contains(command.word.text) else {
            throw Unreadable("`\(command.word.text)` declares nothing")
          }
          for argument in command.arguments where !argument.value.form.isLiteral {
            throw Unreadable("a value of `\(command.word.text)` is worked out")
          }
          for block in command.blocks { try checkDeclarative(block.statements) }
        case .name(let word):
          guard words.contains(word) else { throw Unreadable("`\(word)` declares nothing") }
        default: throw Unreadable("it holds more than declarations")
        }
      default: throw Unreadable("it holds more than declarations")
      }
    }
  }
}

extension ParameterKind {
  /// Whether an array stands for a size.
  fileprivate var isSize: Bool {
    switch self {
    case .size: true
    case .either(let kinds): kinds.contains(where: \.isSize)
    default: false
    }
  }
}

extension Expression.Form {
  /// A literal as JSON: words and texts as strings, sizes as arrays.
  fileprivate var json: JSONValue {
    switch self {
    case .number(let number): .number(number)
    case .truth(let truth): .bool(truth)
    case .name(let name): .string(name)
    case .text(let parts):
      .string(parts.map { if case .literal(let text) = $0 { text } else { "" } }.joined())
    case .size(let sizes): .array(sizes.map { .number(Double($0)) })
    case .list(let items): .array(items.map(\.form.json))
    case .record(let fields):
      .object(fields.map { .init($0.name.text, $0.value.form.json) })
    default: .null
    }
  }

  /// The literal that a JSON value stands for; `nil` for sizes that are none.
  fileprivate init?(_ json: JSONValue, isSize: Bool) {
    switch json {
    case .null: self = .none
    case .bool(let truth): self = .truth(truth)
    case .number(let number): self = .number(number)
    case .string(let text): self = .word(text)
    case .array(let items):
      if isSize {
        let sizes = items.compactMap(\.integer)
        guard sizes.count == items.count, !sizes.isEmpty else { return nil }
        self = sizes.count == 1 ? .number(Double(sizes[0])) : .size(sizes)
      } else {
        let values = items.compactMap { Expression.Form($0, isSize: false) }
        guard values.count == items.count else { return nil }
        self = .list(values.map { Expression($0, .nowhere) })
      }
    case .object(let members):
      let values = members.compactMap { Expression.Form($0.value, isSize: false) }
      guard values.count == members.count else { return nil }
      self = .record(
        zip(members, values).map {
          RecordField(name: Name($0.key, .nowhere), value: Expression($1, .nowhere))
        })
    }
  }
}
