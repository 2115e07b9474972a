import NNEngine

/// Reads the text before the cursor by its tokens alone: an unfinished line has no tree worth asking.
struct PlaceFinder {
  /// The word at the cursor, possibly empty.
  private(set) var word = ""
  /// Its bytes.
  private(set) var range: Range<Int>
  private(set) var place = CompletionPlace.nothing

  private let text: SourceText
  private let parser: Parser
  private let vocabulary: Vocabulary
  /// All tokens before the cursor's word.
  private var tokens: [Token]
  private var frames = [Frame(form: .block, start: 0, opener: nil)]

  /// Something open around the cursor.
  private struct Frame {
    enum Form { case block, parenthesis, bracket, record, text, interpolation }

    var form: Form
    /// The first token of the statement in it, or of its content.
    var start: Int
    /// The token that opened it; `nil` for the whole text.
    var opener: Int?
  }

  init(_ before: String, vocabulary: Vocabulary) {
    text = SourceText(name: "<completion>", text: before)
    self.vocabulary = vocabulary
    parser = Parser(text, source: 0)
    tokens = parser.tokens
    range = text.bytes.count..<text.bytes.count
    let end = tokens.removeLast()
    let isInText = tokens.last.map { $0.kind == .textUnclosed || $0.kind == .rawUnclosed } ?? false
    if let last = tokens.last, last.kind == .textUnclosed {
      // Only inside of an interpolation is the rest of the text a script.
      tokens.removeLast()
    }
    var isNewStatement = end.hasBreakBefore && !isInText
    var hasSpace = end.hasSpaceBefore
    if let last = tokens.last, last.kind.isWordLike, last.end == text.bytes.count {
      word = string(last)
      range = last.start..<last.end
      isNewStatement = last.hasBreakBefore
      hasSpace = last.hasSpaceBefore || tokens.count == 1
      tokens.removeLast()
    }
    if !isInText, isInComment { return }
    readFrames()
    if isNewStatement, frames[frames.count - 1].form == .block {
      frames[frames.count - 1].start = tokens.count
    }
    let found = findPlace(frames.count - 1, until: tokens.count, hasSpace: hasSpace)
    if case .path(let path) = found {
      // A file's name is replaced from its last folder on.
      word =
        path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
      range = text.bytes.count - word.utf8.count..<text.bytes.count
    }
    place = found
  }

  /// The word that the last line begins with.
  var firstWord: String {
    tokens.last { $0.hasBreakBefore }.map(string) ?? tokens.first.map(string) ?? ""
  }

  private func string(_ token: Token) -> String { text.text(token.start..<token.end) }

  /// The lexer drops comments: a `#` behind the last token begins one.
  private var isInComment: Bool {
    let rest = text.bytes[(tokens.last?.end ?? 0)..<range.lowerBound]
    let line = rest.lastIndex { $0 == 0x0A || $0 == 0x0D }.map { rest[($0 + 1)...] } ?? rest
    return line.contains(UInt8(ascii: "#"))
  }

  // MARK: What is open

  private mutating func readFrames() {
    for (index, token) in tokens.enumerated() {
      let top = frames.count - 1
      if token.hasBreakBefore, frames[top].form == .block { frames[top].start = index }
      switch token.kind {
      case .semicolon where frames[top].form == .block: frames[top].start = index + 1
      case .openParenthesis: push(.parenthesis, index)
      case .openBracket: push(.bracket, index)
      case .openBrace: push(parser.isRecordAhead(at: index) ? .record : .block, index)
      case .textOpen: push(.text, index)
      case .interpolationOpen: push(.interpolation, index)
      case .closeParenthesis: pop(.parenthesis)
      case .closeBracket: pop(.bracket)
      case .closeBrace: if frames[top].form == .record { pop(.record) } else { pop(.block) }
      case .textClose: pop(.text)
      case .interpolationClose: pop(.interpolation)
      case .textUnclosed:
        while frames.last?.form == .text || frames.last?.form == .interpolation {
          frames.removeLast()
        }
      default: break
      }
    }
  }

  private mutating func push(_ form: Frame.Form, _ index: Int) {
    frames.append(Frame(form: form, start: index + 1, opener: index))
  }

  private mutating func pop(_ form: Frame.Form) {
    if frames.count > 1, frames[frames.count - 1].form == form { frames.removeLast() }
  }

  // MARK: Where the cursor is

  private func findPlace(_ frame: Int, until end: Int, hasSpace: Bool) -> CompletionPlace {
    let start = frames[frame].start
    if tokens.last?.kind == .rawUnclosed, end == tokens.count, let last = tokens.last {
      let content = text.text(last.start + 1..<last.end)
      return pathPlace(content, findPlace(frame, until: end - 1, hasSpace: last.hasSpaceBefore))
    }
    switch frames[frame].form {
    case .text:
      guard let opener = frames[frame].opener else { return .nothing }
      let content = text.text(tokens[opener].end..<text.bytes.count)
      return pathPlace(
        content, findPlace(frame - 1, until: opener, hasSpace: tokens[opener].hasSpaceBefore))
    case .block: return statementPlace(start, end, hasSpace)
    case .interpolation: return expressionPlace(start, end, hasSpace)
    case .record:
      guard end > start, tokens[end - 1].kind != .comma else { return .nothing }
      return expressionPlace(start, end, hasSpace)
    case .parenthesis:
      return callPlace(frame, start, end) ?? formulaPlace(frame, start, end, hasSpace)
    case .bracket:
      let isItemStart = end == start || tokens[end - 1].kind == .comma
      if isItemStart, frame > 0, let opener = frames[frame].opener,
        case .option(let call, let info) = findPlace(frame - 1, until: opener, hasSpace: false)
      {
        return .listItem(call, info)
      }
      return expressionPlace(start, end, hasSpace)
    }
  }

  /// In parentheses that stand for an option's value: `until=(accuracy > 0.98)`.
  private func formulaPlace(
    _ frame: Int, _ start: Int, _ end: Int, _ hasSpace: Bool
  ) -> CompletionPlace {
    let inner = expressionPlace(start, end, hasSpace)
    if case .expression = inner, frame > 0, let opener = frames[frame].opener,
      case .option(let call, let info) = findPlace(frame - 1, until: opener, hasSpace: false),
      info.kind.isFormula
    {
      return .option(call, info)
    }
    return inner
  }

  private func pathPlace(_ content: String, _ outer: CompletionPlace) -> CompletionPlace {
    switch outer {
    case .option(_, let info): return info.kind.takesPath ? .path(content) : .nothing
    case .argument(let call):
      return call.parameters.contains { $0.isPositional && $0.kind.takesPath }
        ? .path(content) : .nothing
    default: return .nothing
    }
  }

  private func statementPlace(_ start: Int, _ end: Int, _ hasSpace: Bool) -> CompletionPlace {
    guard start < end else { return .statement }
    let first = tokens[start].kind
    switch first {
    case .let:
      guard end - start >= 3, tokens[start + 2].kind == .assign else { return .nothing }
      return valuePlace(start + 3, end, hasSpace, or: .assigned)
    case .return: return valuePlace(start + 1, end, hasSpace, or: .assigned)
    case .for:
      if (start..<end).contains(where: { tokens[$0].kind == .in }) {
        return expressionPlace(start + 1, end, hasSpace)
      }
      return tokens[end - 1].kind == .word && hasSpace && end - start > 1 ? .only("in") : .nothing
    case .def:
      guard let sign = assignment(start, end) else { return .nothing }
      return expressionPlace(sign + 1, end, hasSpace)
    case .break, .continue, .closeBrace: return first == .closeBrace ? .only("else") : .nothing
    case .word:
      if let sign = assignment(start, end), sign == start + 1 || !tokens[start + 1].hasSpaceBefore {
        return valuePlace(sign + 1, end, hasSpace, or: .assigned)
      }
      return valuePlace(start, end, hasSpace, or: .statement)
    default: return expressionPlace(start, end, hasSpace)
    }
  }

  /// The first `=` or `+=` outside of brackets.
  private func assignment(_ start: Int, _ end: Int) -> Int? {
    var depth = 0
    for index in start..<end {
      depth += Self.nesting(tokens[index].kind)
      if depth == 0, tokens[index].kind == .assign || tokens[index].kind.isCompoundAssignment {
        return index
      }
    }
    return nil
  }

  private static func nesting(_ kind: TokenKind) -> Int {
    switch kind {
    case .openParenthesis, .openBracket, .openBrace, .textOpen, .interpolationOpen: 1
    case .closeParenthesis, .closeBracket, .closeBrace, .textClose, .interpolationClose: -1
    default: 0
    }
  }

  /// A command or an expression, as the reading table of the language says.
  private func valuePlace(_ start: Int, _ end: Int, _ hasSpace: Bool, or empty: CompletionPlace)
    -> CompletionPlace
  {
    guard start < end else { return empty }
    guard tokens[start].kind == .word, let entry = vocabulary.command(string(tokens[start])),
      start + 1 == end ? hasSpace : tokens[start + 1].hasSpaceBefore
    else { return expressionPlace(start, end, hasSpace) }
    if tokens[end - 1].kind == .closeBrace { return .nothing }
    return argumentPlace(entry, start + 1, end, hasSpace)
  }

  private func expressionPlace(_ start: Int, _ end: Int, _ hasSpace: Bool) -> CompletionPlace {
    guard start < end else { return .expression }
    if tokens[end - 1].kind == .dot { return fieldPlace(start, end - 1) }
    switch tokens[end - 1].kind {
    case .word, .number, .size, .rawText, .textClose, .closeParenthesis, .closeBracket, .closeBrace,
      .true, .false, .none, .badNumber, .badCharacter, .dotDot, .dotDotLess:
      return [.dotDot, .dotDotLess].contains(tokens[end - 1].kind) ? .expression : .nothing
    default: return .expression
    }
  }

  /// The names before a dot.
  private func fieldPlace(_ start: Int, _ dot: Int) -> CompletionPlace {
    var names: [String] = []
    var index = dot - 1
    while index >= start, tokens[index].kind.isWordLike {
      names.insert(string(tokens[index]), at: 0)
      guard index - 1 >= start, tokens[index - 1].kind == .dot else { return .field(names) }
      index -= 2
    }
    if names.isEmpty, index > start, tokens[index].kind == .closeParenthesis {
      var depth = 0
      while index >= start {
        depth += Self.nesting(tokens[index].kind)
        if depth == 0 { break }
        index -= 1
      }
      if index > start, let entry = vocabulary.command(string(tokens[index - 1])) {
        return .resultField(entry)
      }
    }
    return .nothing
  }

  // MARK: Arguments

  /// Between the parentheses of a call: at the start of an argument, or behind `name=`.
  private func callPlace(_ frame: Int, _ start: Int, _ end: Int) -> CompletionPlace? {
    guard let opener = frames[frame].opener, opener > 0, tokens[opener - 1].kind == .word else {
      return nil
    }
    let word = string(tokens[opener - 1])
    let isStart = end == start || tokens[end - 1].kind == .comma
    let isValue = end - start >= 2 && tokens[end - 1].kind == .assign
    guard isStart || isValue else { return nil }
    if let entry = vocabulary.command(word), vocabulary.function(word) == nil {
      let call = call(entry, arguments(start, end))
      guard isValue else { return .argument(call) }
      let name = string(tokens[end - 2])
      return call.parameters.first { $0.name == name }.map { .option(call, $0) } ?? .expression
    }
    guard isStart else { return nil }
    let given = arguments(start, end).compactMap { $0.name.map { string(tokens[$0]) } }
    return .callArgument(function: word, given: given)
  }

  private func argumentPlace(
    _ entry: CommandEntry, _ start: Int, _ end: Int, _ hasSpace: Bool
  ) -> CompletionPlace {
    if end > start, tokens[end - 1].kind == .dot { return fieldPlace(start, end - 1) }
    if end > start, tokens[end - 1].kind == .assign {
      guard end - 2 >= start else { return .expression }
      let call = call(entry, arguments(start, end - 2))
      let name = string(tokens[end - 2])
      guard let info = call.parameters.first(where: { $0.name == name }) else { return .expression }
      return .option(call, info)
    }
    if end > start, isOperator(tokens[end - 1].kind) {
      let written = arguments(start, end)
      if let name = written.last?.name.map({ string(tokens[$0]) }) {
        let call = call(entry, Array(written.dropLast()))
        if let info = call.parameters.first(where: { $0.name == name }), info.kind.isFormula {
          return .option(call, info)
        }
      }
      return .expression
    }
    guard hasSpace else { return .nothing }
    return .argument(call(entry, arguments(start, end)))
  }

  private func isOperator(_ kind: TokenKind) -> Bool {
    switch kind {
    case .plus, .minus, .star, .slash, .percent, .at, .caret, .equal, .notEqual, .less,
      .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .not, .in, .dotDot, .dotDotLess, .if,
      .then, .else:
      true
    default: false
    }
  }

  /// An argument before the cursor: its name if it has one, and its tokens.
  private struct Written {
    var name: Int?
    var tokens: Range<Int>
  }

  /// Cuts tokens into arguments: at white space that no operator or bracket spans, and at commas.
  private func arguments(_ start: Int, _ end: Int) -> [Written] {
    var result: [Written] = []
    var depth = 0
    var index = start
    var isNew = true
    while index < end {
      let kind = tokens[index].kind
      if depth == 0, kind == .comma {
        isNew = true
        index += 1
        continue
      }
      let isJoined =
        index > start
        && (isOperator(kind) || isOperator(tokens[index - 1].kind) || kind == .assign
          || tokens[index - 1].kind == .assign)
      if depth == 0, isNew || tokens[index].hasSpaceBefore && !isJoined {
        let isOption =
          kind.isWordLike && index + 1 < end && tokens[index + 1].kind == .assign
        result.append(Written(name: isOption ? index : nil, tokens: index..<index))
        isNew = false
      }
      depth += Self.nesting(kind)
      result[result.count - 1].tokens = result[result.count - 1].tokens.lowerBound..<index + 1
      index += 1
    }
    return result
  }

  private func call(_ entry: CommandEntry, _ arguments: [Written]) -> CompletionPlace.Call {
    var call = CompletionPlace.Call(entry: entry)
    for argument in arguments {
      if let name = argument.name {
        call.given.append(string(tokens[name]))
        continue
      }
      let first = tokens[argument.tokens.lowerBound]
      let isOneToken = argument.tokens.count == 1
      if isOneToken, first.kind.isWordLike {
        let word = string(first)
        call.words.append(word)
        if entry.members != nil, call.member == nil, call.values.isEmpty {
          call.member = entry.member(word)
          if call.member != nil { continue }
        }
        if call.parameters.contains(where: { $0.name == word && $0.kind == .truth }) {
          call.given.append(word)
          continue
        }
      }
      call.values.append(offer(argument))
    }
    return call
  }

  /// What the form of a value tells of it.
  private func offer(_ argument: Written) -> Offer {
    let first = tokens[argument.tokens.lowerBound]
    let range = SourceRange(source: 0, start: first.start, end: first.end)
    var content = Offer.Content.unknown
    if argument.tokens.count == 1 {
      switch first.kind {
      case .word: content = .word(string(first))
      case .number: content = .value(Literal.value(of: string(first)) ?? .number(1))
      case .size: content = .value(Literal.value(of: string(first)) ?? .list([1.0]))
      case .rawText: content = .value(Literal.value(of: string(first)) ?? .text(""))
      default: break
      }
    } else if first.kind == .textOpen, let last = argument.tokens.last {
      let whole = text.text(first.start..<tokens[last].end)
      content = .value(Literal.value(of: whole) ?? .text(""))
    }
    return Offer(content: content, range: range)
  }

  // MARK: Names in the text

  /// What the text before the cursor introduces and the cursor can see: names, functions, models.
  var introduced: [Introduction] {
    var found: [Introduction] = []
    // Where the names of each open bracket begin.
    var marks: [(start: Int, isBrace: Bool)] = []
    // Where the names begin that belong to the block to come: those of a `for` or a `def`.
    var header: Int?
    func forget(from start: Int) {
      // A model stays, wherever it was made.
      let models = found[start...].filter { $0.kind == .model }
      found.replaceSubrange(start..., with: models)
    }
    for (index, token) in tokens.enumerated() {
      if let start = header, beginsStatement(index), marks.last?.isBrace ?? true {
        forget(from: start)
        header = nil
      }
      switch Self.nesting(token.kind) {
      case 1:
        let isBrace = token.kind == .openBrace
        marks.append((isBrace ? header ?? found.count : found.count, isBrace))
        if isBrace { header = nil }
      case -1:
        guard let mark = marks.popLast() else { break }
        let isCall = token.kind == .closeParenthesis && mark.start == found.count
        if !isCall { forget(from: mark.start) }
      default: break
      }
      if token.kind == .for { header = found.count }
      found += introductions(at: index)
      // A function's name is seen outside, its parameters only inside.
      if token.kind == .def { header = found.lastIndex { $0.kind == .function }.map { $0 + 1 } }
    }
    if let header, frames.last?.start == tokens.count { forget(from: header) }
    return found
  }

  private func beginsStatement(_ index: Int) -> Bool {
    tokens[index].hasBreakBefore || index > 0 && tokens[index - 1].kind == .semicolon
  }

  typealias Introduction = (name: String, kind: Completion.Kind, parameters: [String])

  private func introductions(at index: Int) -> [Introduction] {
    guard index + 1 < tokens.count, tokens[index + 1].kind == .word else { return [] }
    let name = string(tokens[index + 1])
    switch tokens[index].kind {
    case .let: return [(name, .variable, [])]
    case .for:
      guard index + 3 < tokens.count, tokens[index + 2].kind == .comma,
        tokens[index + 3].kind == .word
      else { return [(name, .variable, [])] }
      return [(name, .variable, []), (string(tokens[index + 3]), .variable, [])]
    case .def:
      let names = parameters(index + 2)
      return [(name, .function, names)] + names.map { ($0, .variable, []) }
    case .word:
      guard let entry = vocabulary.command(string(tokens[index])) else { return [] }
      var result: [Introduction] = []
      if entry.role == .declaresParameter { result.append((name, .variable, [])) }
      if entry.parameters.first?.kind == .definition { result.append((name, .model, [])) }
      return result
    default: return []
    }
  }

  /// The names between the parentheses of a `def`.
  private func parameters(_ opener: Int) -> [String] {
    guard opener < tokens.count, tokens[opener].kind == .openParenthesis else { return [] }
    var names: [String] = []
    var depth = 0
    for index in opener..<tokens.count {
      depth += Self.nesting(tokens[index].kind)
      if depth == 0 { break }
      let before = tokens[max(opener, index - 1)].kind
      if depth == 1, tokens[index].kind == .word, before == .openParenthesis || before == .comma {
        names.append(string(tokens[index]))
      }
    }
    return names
  }

  /// The command whose value a name of the text holds: `let e = evaluate on=test`.
  func command(assignedTo name: String) -> CommandEntry? {
    for index in tokens.indices.dropLast(2).reversed()
    where tokens[index].kind == .word && tokens[index + 1].kind == .assign
      && string(tokens[index]) == name && tokens[index + 2].kind == .word
    {
      if let entry = vocabulary.command(string(tokens[index + 2])) { return entry }
    }
    return nil
  }

  /// The text or word given to a command's first place, for the columns of a file.
  func source(of call: CompletionPlace.Call) -> String? {
    switch call.values.first?.content {
    case .word(let word): word
    case .value(let value): value.textValue
    default: nil
    }
  }
}

extension ParameterKind {
  /// Whether a text here names a file to read.
  fileprivate var takesPath: Bool {
    switch self {
    case .inputPath, .part: true
    case .either(let kinds): kinds.contains(where: \.takesPath)
    default: false
    }
  }
}
