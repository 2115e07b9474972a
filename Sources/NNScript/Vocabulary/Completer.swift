import NNEngine

/// What may stand at a place, from the same entries that help and binding read.
struct Completer {
  let vocabulary: Vocabulary
  let text: PlaceFinder
  let world: any CompletionWorld

  /// The items for a place, the likeliest first.
  func items(at place: CompletionPlace) -> [Completion] {
    switch place {
    case .nothing: []
    case .only(let word): [Completion(word, .form)]
    case .statement:
      commands + forms(["let", "if", "for", "while", "def", "return", "break", "continue"]) + names
    case .assigned: commands.filter { givesValue($0.text) } + expressions
    case .expression: expressions
    case .argument(let call): argument(call)
    case .option(let call, let info):
      values(info.kind, call) + (info.kind.isWordy ? [] : expressions)
    case .listItem(let call, let info):
      values(info.kind, call).filter { $0.kind == .word || $0.kind == .model }
        + (info.kind.isWordy ? [] : expressions)
    case .callArgument(let function, let given): parameters(of: function, given) + expressions
    case .field(let path): fields(path)
    case .resultField(let entry): entry.fields.map { Completion($0.name, .field, $0.summary) }
    case .path(let path): files(path)
    }
  }

  /// What is expected at a place, in words.
  func expected(at place: CompletionPlace) -> String {
    switch place {
    case .option(_, let info): return info.kind.description
    case .argument(let call) where call.entry.members == nil || call.member != nil:
      let kinds = places(call).open.prefix(1).filter { !$0.kind.isWordy }.map(\.kind.description)
      return kinds.joined()
    default: return ""
    }
  }

  // MARK: Statements

  private var commands: [Completion] {
    vocabulary.commands.map { Completion($0.name, .command, $0.summary) }
  }

  private func givesValue(_ command: String) -> Bool {
    vocabulary.command(command).map { !$0.fields.isEmpty || ($0.blocks?.count.upperBound ?? 0) > 0 }
      ?? false
  }

  private func forms(_ words: [String]) -> [Completion] {
    words.map { word in
      Completion(word, .form, SyntaxForm.all.first { $0.word == word }?.summary ?? "")
    }
  }

  // MARK: Expressions

  private var expressions: [Completion] {
    names + functions
      + vocabulary.constants.map { Completion($0.name, .variable, $0.summary) }
      + vocabulary.commands.filter { !$0.fields.isEmpty }.map {
        Completion($0.name + "(", .command, $0.summary)
      } + forms(["true", "false", "none", "not", "if"])
  }

  private var functions: [Completion] {
    vocabulary.functions.map { Completion($0.name + "(", .function, $0.summary) }
  }

  /// The script's own names, and what can be read by field.
  private var names: [Completion] {
    var result: [Completion] = []
    for (name, kind, parameters) in text.introduced.reversed() {
      switch kind {
      case .function:
        result.append(Completion(name, .function, "\(name)(\(parameters.joined(separator: ", ")))"))
      case .model: result.append(Completion(name, .model, "A model."))
      default: result.append(Completion(name, .variable))
      }
    }
    for (name, value) in world.ownNames {
      if let function = value.functionValue {
        let parameters = function.parameterNames.joined(separator: ", ")
        result.append(Completion(name, .function, "\(name)(\(parameters))"))
      } else {
        result.append(Completion(name, .variable, Formatting.line(of: value, limit: 60)))
      }
    }
    return result + world.modelNames.map { Completion($0, .model, "A model.") } + [
      Completion("model", .model, "The current model, read by field."),
      Completion("data", .model, "The data at hand, read by field."),
    ]
  }

  private func parameters(of function: String, _ given: [String]) -> [Completion] {
    var names: [(String, String)] = []
    if let entry = vocabulary.function(function) {
      names = entry.parameters.filter { $0.defaultText != nil }.map {
        ($0.name, "default: \($0.defaultText ?? "")")
      }
    } else if let own = text.introduced.last(where: { $0.name == function && $0.kind == .function })
    {
      names = own.parameters.map { ($0, "") }
    } else if let value = world.value(of: function)?.functionValue {
      names = value.parameterNames.map { ($0, "") }
    }
    return names.filter { !given.contains($0.0) }.map { Completion($0.0 + "=", .option, $0.1) }
  }

  // MARK: Commands

  private func argument(_ call: CompletionPlace.Call) -> [Completion] {
    switch call.entry.role {
    case .takesWords: return topics(call.words)
    case .declaresParameter, .declaresState: return []
    case .ordinary, .includesText: break
    }
    if let members = call.entry.members, call.member == nil, call.values.isEmpty {
      return members.map { Completion($0.name, .word, $0.summary) }
    }
    let (open, filled) = places(call)
    let takesValue = open.contains { !$0.kind.isWordy }
    return open.flatMap { values($0.kind, call) } + options(call, filled)
      + (takesValue ? expressions : [])
  }

  /// The parameters the next plain value may fill, optional ones up to the first that must be
  /// given, and the names of those that plain values have filled.
  private func places(_ call: CompletionPlace.Call) -> (open: [ParameterInfo], filled: [String]) {
    let words = KnownWords(vocabulary: vocabulary, models: nil)
    let places = call.parameters.filter { $0.isPositional && !call.given.contains($0.name) }
    var next = 0
    var filled: [String] = []
    for value in call.values {
      while next < places.count {
        if case .refused = places[next].kind.fit(value, words), !places[next].isRequired {
          next += 1
          continue
        }
        filled.append(places[next].name)
        if !places[next].isVariadic { next += 1 }
        break
      }
    }
    var open: [ParameterInfo] = []
    for parameter in places[min(next, places.count)...] {
      open.append(parameter)
      if parameter.isRequired { break }
    }
    return (open, filled)
  }

  /// Options not given yet; what must be given by place is no option one would look for.
  private func options(_ call: CompletionPlace.Call, _ filled: [String]) -> [Completion] {
    (call.parameters + wordOptions(call)).filter { parameter in
      !call.given.contains(parameter.name) && !filled.contains(parameter.name)
        && !parameter.isVariadic && !(parameter.isPositional && parameter.isRequired)
    }
    .map { parameter in
      // A truth option's bare word means true; where that is the default one would type false.
      let isWord = parameter.kind == .truth && parameter.defaultText == "false"
      return Completion(
        parameter.name + (isWord ? "" : "="), .option,
        "\(parameter.summary) Expects \(parameter.description).")
    }
  }

  /// The options that words given so far bring along.
  private func wordOptions(_ call: CompletionPlace.Call) -> [ParameterInfo] {
    let families = Set(call.parameters.compactMap(\.kind.family))
    return call.values.compactMap(\.word).flatMap { word in
      families.sorted().flatMap { vocabulary.options(of: word, inFamily: $0) }
    }
  }

  /// The words a kind of parameter takes.
  private func values(_ kind: ParameterKind, _ call: CompletionPlace.Call) -> [Completion] {
    switch kind {
    case .choice(let words): words.map { Completion($0, .word) }
    case .truth: [Completion("true", .word), Completion("false", .word)]
    case .word(family: "model"):
      (world.modelNames + text.introduced.filter { $0.kind == .model }.map(\.name))
        .map { Completion($0, .model) }
    case .word(let family), .words(let family):
      (vocabulary.words(ofFamily: family) ?? []).map { word in
        Completion(word, .word, vocabulary.summary(of: word, inFamily: family))
      }
    case .names(of: "column"):
      (text.source(of: call).map(world.columnNames(of:)) ?? world.columnNames)
        .map { Completion($0, .word) }
    case .names(of: "figure"):
      (["loss", "val_loss", "lr", "boundary"] + vocabulary.catalog.metrics.map(\.name)
        + vocabulary.catalog.metrics.map { "val_" + $0.name }).map { Completion($0, .word) }
    case .names(of: "layer"), .place: world.layerNames.map { Completion($0, .word) }
    case .formula:
      vocabulary.liveNames.map { Completion($0.name, .variable, $0.summary) }
        + vocabulary.catalog.schedules.map { Completion($0.name + "(", .function, $0.summary) }
    case .either(let kinds): kinds.flatMap { values($0, call) }
    default: []
    }
  }

  private func topics(_ words: [String]) -> [Completion] {
    guard let first = words.first else {
      return Help(vocabulary).topics.map { Completion($0, .topic) }
    }
    guard words.count == 1, let command = vocabulary.command(first) else { return [] }
    return ((command.members ?? []).map { Completion($0.name, .topic, $0.summary) })
      + command.parameters.map { Completion($0.name, .topic, $0.summary) }
  }

  // MARK: Fields and files

  private func fields(_ path: [String]) -> [Completion] {
    guard let root = path.first else { return [] }
    if path.count == 1, world.value(of: root) == nil,
      let entry = text.command(assignedTo: root) ?? vocabulary.command(root)
    {
      return entry.fields.map { Completion($0.name, .field, $0.summary) }
    }
    guard var value = world.value(of: root) else { return [] }
    for name in path.dropFirst() {
      guard let next = field(name, of: value) else { return [] }
      value = next
    }
    switch value {
    case .record(let box):
      return box.fields.map {
        Completion($0.name, .field, Formatting.line(of: $0.value, limit: 60))
      }
    case .object(let box):
      let known = vocabulary.command(root)?.fields ?? []
      return box.object.fieldNames.map { name in
        Completion(name, .field, known.first { $0.name == name && path.count == 1 }?.summary ?? "")
      }
    case .tensor, .list:
      return [
        Completion("shape", .field, "The size along each axis."),
        Completion("T", .field, "Rows and columns exchanged."),
      ]
    default: return []
    }
  }

  private func field(_ name: String, of value: Value) -> Value? {
    if let object = value.liveObject { return try? object.field(name) }
    return value.recordFields?.first { $0.name == name }?.value
  }

  private func files(_ path: String) -> [Completion] {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let all = world.entries(of: folder).filter { !$0.hasPrefix(".") }
    let wanted = all.filter { name in
      name.hasSuffix("/") || extensions?.contains(where: name.hasSuffix) ?? true
    }
    // Where no file is of the kind, any may be meant.
    let shown = wanted.contains { !$0.hasSuffix("/") } ? wanted : all
    return shown.map { Completion($0, .file) }
  }

  /// The files that the command of the line reads; `nil` for any.
  private var extensions: [String]? {
    switch text.firstWord {
    case "data":
      vocabulary.catalog.formats.flatMap(\.extensions).map { "." + $0 } + [".gz"]
    case "load": [".safetensors", ".onnx"]
    case "include": [".nn"]
    default: nil
    }
  }
}

extension ParameterKind {
  /// Whether only words and literals can stand here, so that names and functions would be noise.
  fileprivate var isWordy: Bool {
    switch self {
    case .choice, .word, .words, .truth, .name, .names, .place, .definition, .inputPath,
      .outputPath, .text, .block:
      true
    case .either(let kinds): kinds.allSatisfy(\.isWordy)
    default: false
    }
  }
}
