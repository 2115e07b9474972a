// Slips in the form of statements, heads and blocks: `function f(x) {`, `a, b = b, a`, `if x:`.

extension Parser {
  // MARK: Statements

  /// A slip behind a whole statement.
  mutating func slipBehind(_ statement: Statement) -> Failure? {
    if let percent = percentSlip() { return percent }
    switch (statement.form, kind) {
    case (_, .comma):
      return failComma(behind: statement)
    case (.expression(let value, _), .textOpen), (.expression(let value, _), .rawText):
      guard case .name = value.form, !token.hasSpaceBefore else { return nil }
      return slip(
        "a command and its value stand apart", at: range(token),
        fixes: [Diagnostic.Fix(empty(at: token.start), " ")], code: .ambiguousSpacing)
    case (.expression(let value, _), .question):
      _ = try? questionBySlip(value)
      return Failure()
    case (.expression(let value, _), .arrow):
      return failArrow(value)
    case (.expression(let value, _), .if):
      _ = try? conditionalBySlip(value)
      return Failure()
    case (.expression(let value, _), .colon):
      guard case .name(let word) = value.form else { return nil }
      return slip(
        "`:` means nothing here", at: range(token),
        help: ["write `let \(word) = …` for a new name, `\(word) = …` to change one"])
    case (.let(let name, _), .openBracket):
      return fail(expecting: "the end of the statement behind `\(name.text)`")
    default:
      return nil
    }
  }

  /// `a, b = b, a`, `let x = 1, 2`, `let n = 1,000`.
  private mutating func failComma(behind statement: Statement) -> Failure {
    if let number = groupedNumber(at: index) {
      return slip(
        "a number takes no comma between its digits", at: number.range,
        fixes: [Diagnostic.Fix(number.range, number.text)])
    }
    var value: Expression?
    switch statement.form {
    case .let(_, let right), .assign(_, _, let right), .return(let right?): value = right
    default: break
    }
    let end = endOfLine()
    if let value, isPlainList(from: index, to: end) {
      return slip(
        "several values in a row are a list", at: range(token),
        fixes: [
          Diagnostic.Fix(empty(at: value.range.start), "["),
          Diagnostic.Fix(empty(at: tokens[end - 1].end), "]"),
        ])
    }
    return slip(
      "a statement holds no comma", at: range(token),
      help: ["write one statement a line, or put the values in a list: `[a, b]`"])
  }

  private func endOfLine() -> Int {
    var position = index
    while !endsStatement(at: position) { position += 1 }
    return position
  }

  /// Whether commas and values go on to the line's end without another `=`.
  private func isPlainList(from first: Int, to end: Int) -> Bool {
    end > first + 1 && !tokens[first..<end].contains { $0.kind == .assign }
  }

  /// `let a, b = …`.
  mutating func failSeveralNames() -> Failure {
    slip(
      "`let` gives one name", at: range(token),
      help: ["write one `let` a line"])
  }

  /// `let f(x) = x^2` is a definition.
  mutating func letFunction() throws(Failure) -> Statement.Form? {
    let let_ = range(tokens[index - 1])
    guard let close = partner(of: index + 1), kind(at: close + 1) == .assign else { return nil }
    reportSlip(
      "a function is defined with `def`", at: let_, fixes: [Diagnostic.Fix(let_, "def")])
    return try definition()
  }

  /// Statements that begin with another language's word.
  mutating func foreignStatement() throws(Failure) -> Statement.Form? {
    guard kind == .word, kind(at: index + 1) == .word else { return nil }
    switch text(token) {
    case "function", "func", "fn", "fun":
      guard kind(at: index + 2) == .openParenthesis, let close = partner(of: index + 2) else {
        return nil
      }
      switch tokens[min(close + 1, tokens.count - 1)].kind {
      case .openBrace, .assign, .colon, .arrow: break
      default: return nil
      }
      let word = advance()
      reportSlip(
        "a function is defined with `def`", at: range(word),
        fixes: [Diagnostic.Fix(range(word), "def")])
      return try definition()
    case "var", "const", "val", "local":
      guard kind(at: index + 2) == .assign else { return nil }
      let word = advance()
      reportSlip(
        "a new name begins with `let`", at: range(word),
        fixes: [Diagnostic.Fix(range(word), "let")])
      let name = try declaredName("a name")
      advance()
      return .let(name, try statementValue())
    default:
      return nil
    }
  }

  mutating func failLambda(_ word: Token) -> Failure {
    slip(
      "`lambda` does not exist", at: range(word),
      help: ["a function is written `def f(x) = x^2`"])
  }

  // MARK: Heads and blocks

  /// `def f(x: number)`: types stand nowhere.
  mutating func skipParameterType() throws(Failure) {
    guard kind == .colon else { return }
    throw slip(
      "a parameter has no type", at: range(token),
      help: ["a default value is written `size=3`"])
  }

  /// `def f(x) -> number`.
  mutating func skipReturnType() throws(Failure) {
    guard kind == .arrow else { return }
    throw slip(
      "a function names no type of its result", at: range(token),
      help: ["write `def f(x) = x^2` or `def f(x) { … }`"])
  }

  /// Whether `elif`, `elseif` or `elsif` follows a block.
  var isForeignElseIf: Bool {
    let token = tokens[index]
    guard token.kind == .word else { return false }
    switch text(token) {
    case "elif", "elseif", "elsif":
      let next = tokens[index + 1]
      return next.kind != .assign && next.kind != .end && !next.hasBreakBefore
    default: return false
    }
  }

  mutating func takeForeignElseIf() -> Bool {
    guard isForeignElseIf else { return false }
    statementStart = index
    let word = advance()
    reportSlip(
      "`\(text(word))` is written `else if`", at: range(word),
      fixes: [Diagnostic.Fix(range(word), "else if")])
    return true
  }

  /// A block begun in another language's way: with `:`, with `do`, or on the next line.
  mutating func foreignBlock(headStart: Int) throws(Failure) -> Block? {
    if kind == .colon { return colonBlock(headStart: headStart) }
    let isWord = kind == .then || kind == .word && ["do", "begin"].contains(text(token))
    if isWord, kind(at: index + 1) == .openBrace {
      let word = advance()
      let gap = SourceRange(source: source, start: word.start, end: token.start)
      reportSlip(
        "a block begins with `{` alone", at: range(word), fixes: [Diagnostic.Fix(gap, "")])
      return try block()
    }
    guard kind == .lineEnd, token.kind == .openBrace, !isRecordAhead(at: index) else { return nil }
    let gap = SourceRange(source: source, start: tokens[index - 1].end, end: token.end)
    report(
      Diagnostic(
        .misplacedStatement, "a block begins on the line of its head", at: range(token),
        "one line too low", help: ["put the `{` at the end of the line above"],
        fixes: [Diagnostic.Fix(gap, " {")]))
    statementStart = index
    return try block()
  }

  /// `if x:` and what is indented below it, or stands behind it.
  private mutating func colonBlock(headStart: Int) -> Block {
    let first = index
    let colon = range(token)
    let headLine = text.line(at: tokens[headStart].start)
    let headIndent = text.line(headLine).prefix { $0 == 0x20 || $0 == 0x09 }.count
    let words = text.text(tokens[headStart].start..<tokens[index - 1].end)
    let isShort = !words.contains("\n") && words.utf8.count <= 100
    report(
      Diagnostic(
        .foreignSyntax, "a block stands in braces", at: colon, "not begun with `:`",
        help: isShort ? ["write `\(words) {` and close the block with `}`"] : [],
        fixes: [Diagnostic.Fix(colon, " {")]))
    advance()
    var statements: [Statement] = []
    let isOnLine = !tokens[index].hasBreakBefore
    while token.kind != .end, token.kind != .closeBrace {
      if tokens[index].hasBreakBefore {
        if isOnLine { break }
        let line = text.line(at: token.start)
        if text.line(line).prefix(while: { $0 == 0x20 || $0 == 0x09 }).count <= headIndent { break }
      }
      statementStart = index
      if take(.semicolon) { continue }
      let before = index
      statements.append(wholeStatement())
      if index == before { advance() }
    }
    return Block(statements, range(from: first))
  }

  /// `{` at a line's start: most likely the block of the command above.
  mutating func blockOnNextLine(after previous: Statement?) -> Statement? {
    let brace = range(token)
    hasFailed = false
    var fixes: [Diagnostic.Fix] = []
    if let previous {
      fixes = [
        Diagnostic.Fix(
          SourceRange(source: source, start: previous.range.end, end: brace.end), " {")
      ]
    }
    report(
      Diagnostic(
        .misplacedStatement, "a block begins on the line of its command", at: brace,
        "belongs to nothing", help: ["put the `{` at the end of the line above"], fixes: fixes))
    guard let block = try? block() else {
      index = tokens.count - 1
      return nil
    }
    hasFailed = false
    guard let previous, case .expression(let value, false) = previous.form else { return nil }
    var command: Command
    switch value.form {
    case .command(let previous): command = previous
    case .name(let word):
      command = Command(word: Name(word, value.range), arguments: [], blocks: [])
    default: return nil
    }
    command.blocks.append(block)
    let range = previous.range.through(block.range)
    return Statement(
      .expression(Expression(.command(command), range), isSilenced: false), range)
  }
}
