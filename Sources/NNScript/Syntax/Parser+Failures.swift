// What is said about a mistake in the form of a text. The functions named `fail…` note the
// diagnostic and return what to throw; those named `report…` note it and reading goes on.

extension Parser {
  // MARK: Noting

  /// Notes a diagnostic, the first of its statement only. Whether more text could cure the mistake
  /// shows in whether it was met at the text's end.
  mutating func report(_ diagnostic: Diagnostic, isCurable: Bool = false) {
    if hasFailed, diagnostic.severity == .error { return }
    // What is open around the first thing the text's end cuts off is its echo.
    if isCurable, !unfinished.isEmpty {
      hasFailed = true
      return
    }
    diagnostics.append(diagnostic)
    guard diagnostic.severity == .error else { return }
    hasFailed = true
    if isCurable {
      if unfinished.isEmpty {
        unfinished = opened.map(\.form)
        // Between brackets lines may break; elsewhere it is the line that is not finished.
        let isLine = unfinished.last.map { $0 == .block && diagnostic.code != .unclosedBlock }
        if isLine ?? true { unfinished.append(.continuation) }
      }
    } else {
      hasLastingError = true
    }
  }

  private mutating func fail(_ diagnostic: Diagnostic, isCurable: Bool = false) -> Failure {
    report(diagnostic, isCurable: isCurable)
    return Failure()
  }

  mutating func fail(
    _ code: DiagnosticCode, _ message: String, at range: SourceRange, _ label: String = "",
    help: [String] = [], notes: [String] = [], fixes: [Diagnostic.Fix] = []
  ) -> Failure {
    fail(
      Diagnostic(code, message, at: range, label, help: help, notes: notes, fixes: fixes),
      isCurable: false)
  }

  // MARK: Something else was expected

  /// Says what stands here in place of what should.
  mutating func fail(
    expecting expectation: String, label: String = "", help: [String] = []
  ) -> Failure {
    switch token.kind {
    case .textUnclosed: return failUnclosedText()
    case .rawUnclosed: return failUnclosedRawText()
    case .badNumber: return failNumber()
    case .badCharacter: return failCharacter()
    case .slashSlash: return failSlashSlash()
    default: break
    }
    if let innermost = opened.last, innermost.form.isBracket,
      token.kind == .end || partner(of: innermost.token) == nil
    {
      return failUnclosedBracket(innermost.token)
    }
    // `a not` may go on with `in`.
    let isEnd = kind == .end || (kind == .not && kind(at: index + 1) == .end)
    return fail(
      Diagnostic(
        .unexpectedToken, "expected \(expectation), found \(description(at: index))",
        at: placeHere, label, help: help), isCurable: isEnd)
  }

  /// The range of what stands here; behind the last token where the line has ended.
  var placeHere: SourceRange {
    guard kind == .lineEnd || kind == .end, index > 0 else { return range(token) }
    let end = tokens[index - 1].end
    return SourceRange(source: source, start: end, end: end)
  }

  /// What stands at a place, as a message says it.
  func description(at position: Int) -> String {
    switch kind(at: position) {
    case .end: "the end of the text"
    case .lineEnd: "the end of the line"
    case .textOpen, .rawText, .curlyText: "a text"
    case .interpolationClose: "`}`"
    case .format: "`:`"
    case .word, .number, .size: "`\(text(tokens[position]))`"
    case let kind where kind.isReserved && !tokens[position].isForeign:
      "the reserved word `\(text(tokens[position]))`"
    default: "`\(text(tokens[position]))`"
    }
  }

  /// A value should begin here.
  mutating func failMissingValue() -> Failure {
    if let slip = valueSlip() { return slip }
    return fail(expecting: "a value")
  }

  /// An operator lacks its right side. A line does not go on by itself.
  mutating func failMissingOperand(_ symbol: Token) -> Failure {
    let name = text(symbol)
    if kind == .lineEnd {
      return fail(
        .unexpectedToken, "expected a value behind `\(name)`, found the end of the line",
        at: range(symbol), "asks for a right side",
        help: ["end the line in ` \\` if it goes on in the next"])
    }
    if let slip = operandSlip(behind: symbol) { return slip }
    return fail(expecting: "a value behind `\(name)`")
  }

  /// An option without its value: `epochs= lr=0.1`.
  mutating func requireOptionValue(_ name: Name) throws(Failure) {
    let isOptionNext = kind.isWordLike && kind(at: index + 1) == .assign
    if kind == .assign { throw failSplitEqual(nil) }
    guard !beginsOperand || isOptionNext else { return }
    if kind == .end { throw fail(expecting: "a value for `\(name.text)`") }
    if token.kind == .badNumber || token.kind == .badCharacter || token.kind == .textUnclosed {
      throw fail(expecting: "a value")
    }
    throw fail(
      .missingValue, "the option `\(name.text)` has no value", at: name.range,
      "needs a value behind `=`")
  }

  /// The statement was read, but something stands behind it.
  mutating func failBehind(_ statement: Statement) -> Failure {
    if let slip = slipBehind(statement) { return slip }
    switch kind {
    case .closeParenthesis, .closeBracket: return failClosesNothing()
    default: return fail(expecting: "the end of the statement")
    }
  }

  mutating func failClosesNothing() -> Failure {
    fail(
      .unexpectedToken, "\(description(at: index)) closes nothing", at: range(token),
      "no bracket is open here")
  }

  mutating func reportStrayBrace() {
    hasFailed = false
    report(
      Diagnostic(
        .unexpectedToken, "`}` closes nothing", at: range(token), "no block is open here",
        help: ["remove it, or write the `{` it belongs to"]))
    advance()
    hasFailed = false
  }

  // MARK: Never closed

  private mutating func failUnclosedBracket(_ opener: Int) -> Failure {
    let bracket = text(tokens[opener])
    var secondary: [Diagnostic.Label] = []
    if token.kind != .end {
      secondary = [Diagnostic.Label(range(token), "this cannot stand inside")]
    }
    let closing = bracket == "(" ? ")" : bracket == "[" ? "]" : "}"
    return fail(
      Diagnostic(
        .unclosedBracket, "`\(bracket)` is never closed", at: range(tokens[opener]), "opened here",
        secondary: secondary, help: ["close it with `\(closing)`"]),
      isCurable: token.kind == .end)
  }

  /// The outermost text that is open, at its quote.
  mutating func failUnclosedText() -> Failure {
    let texts = opened.filter { $0.form == .text }
    guard let outermost = texts.first else { return failMissingClose() }
    var secondary: [Diagnostic.Label] = []
    var help = ["close it with `\"` on the same line; `\\n` puts a line's end into a text"]
    if let value = opened.first(where: { $0.form == .interpolation }) {
      secondary = [
        Diagnostic.Label(range(tokens[value.token]), "the value that begins here has no `}`")
      ]
      help = ["close the value with `}` and the text with `\"`, or write `{{` for a brace"]
    }
    let isAtTextEnd = tokens[index].kind == .textUnclosed && tokens[index].end == text.bytes.count
    return fail(
      Diagnostic(
        .unclosedText, "this text is never closed", at: range(tokens[outermost.token]),
        "opened here", secondary: secondary, help: help), isCurable: isAtTextEnd)
  }

  private mutating func failMissingClose() -> Failure {
    fail(.unclosedText, "a text is never closed here", at: range(token))
  }

  private mutating func failUnclosedRawText() -> Failure {
    let quote = SourceRange(source: source, start: token.start, end: token.start + 1)
    let isAtTextEnd = token.end == text.bytes.count
    if isAtTextEnd { opened.append((.text, index)) }
    return fail(
      Diagnostic(
        .unclosedText, "this text is never closed", at: quote, "opened here",
        help: ["close it with `'` on the same line"]), isCurable: isAtTextEnd)
  }

  /// A block that runs into the text's end. Where it should have ended, indentation tells.
  mutating func failUnclosedBlock(_ opener: Int) -> Failure {
    let culprit = likelyUnclosedBrace(from: opener)
    let openerLine = text.line(at: tokens[culprit].start)
    let indent = indentation(ofLine: openerLine)
    var message = "this block is never closed"
    if let head = blockHead(culprit) { message = "the block of `\(head)` is never closed" }
    var secondary: [Diagnostic.Label] = []
    var last = openerLine
    for position in culprit + 1..<tokens.count where tokens[position].hasBreakBefore {
      let token = tokens[position]
      let line = text.line(at: token.start)
      if token.kind != .end, indentation(ofLine: line) <= indent {
        let label =
          token.kind == .closeBrace
          ? "this closes the block around it" : "the block probably ends above this line"
        secondary = [Diagnostic.Label(range(token), label)]
        break
      }
      if token.kind != .end { last = line }
    }
    return fail(
      Diagnostic(
        .unclosedBlock, message, at: range(tokens[culprit]), "opened here", secondary: secondary,
        help: ["add a line `}` after line \(last + 1)"]), isCurable: true)
  }

  /// The brace at fault is an inner one if its partner stands further left than its line.
  private mutating func likelyUnclosedBrace(from opener: Int) -> Int {
    for position in opener + 1..<tokens.count where tokens[position].kind == .openBrace {
      guard let partner = partner(of: position), tokens[partner].hasBreakBefore else { continue }
      let inner = indentation(ofLine: text.line(at: tokens[position].start))
      if indentation(ofLine: text.line(at: tokens[partner].start)) < inner { return position }
    }
    return opener
  }

  private func indentation(ofLine line: Int) -> Int {
    text.line(line).prefix { $0 == 0x20 || $0 == 0x09 }.count
  }

  /// The words before a block's brace on its line, without arguments beyond the first.
  private func blockHead(_ opener: Int) -> String? {
    var first = opener
    while first > 0, !tokens[first].hasBreakBefore, tokens[first - 1].kind != .semicolon,
      tokens[first - 1].kind != .openBrace
    {
      first -= 1
    }
    guard first < opener else { return nil }
    let words = tokens[first..<opener].prefix { $0.kind.isWordLike }.prefix(2)
    return words.isEmpty ? nil : words.map { text($0) }.joined(separator: " ")
  }

  // MARK: Limits and characters

  mutating func failTooDeep() -> Failure {
    fail(
      .tooDeep, "this is nested too deeply", at: range(token),
      "more than \(Self.nestingLimit) forms in each other, or \(Self.heightLimit) in a row",
      help: ["give a part of it a name with `let`"])
  }

  private mutating func failCharacter() -> Failure {
    let character = text(token)
    var help: [String] = []
    switch character {
    case "&": help = ["write `and`"]
    case "|": help = ["write `or`"]
    case "~": help = ["write `not`"]
    case "\\": help = ["a `\\` joins lines only at a line's end"]
    case "$": help = ["a name stands without `$`"]
    case "`": help = ["a text stands between `\"`"]
    default: break
    }
    return fail(
      .invalidCharacter, "`\(character)` means nothing here", at: range(token), help: help)
  }

  /// `3x`, `5.`, `0x1F`: why the letters at hand are no number.
  private mutating func failNumber() -> Failure {
    // `0.` at the text's end may become `0.1`.
    if token.end == text.bytes.count {
      return fail(
        Diagnostic(
          .invalidNumber, "`\(text(token))` is not a number", at: range(token), "breaks off"),
        isCurable: true)
    }
    let word = text(token)
    let range = range(token)
    let digits = String(word.prefix { $0.isASCII && ($0.isNumber || $0 == ".") })
    let rest = String(word.dropFirst(digits.count))
    if word.hasSuffix(".") {
      return fail(
        .invalidNumber, "`\(word)` is not a number", at: range, "no digit behind the point",
        help: ["write `\(word)0` or `\(word.dropLast())`"],
        fixes: [Diagnostic.Fix(range, word + "0")])
    }
    var help: [String] = []
    var fixes: [Diagnostic.Fix] = []
    if rest.first?.isLetter == true, rest.allSatisfy({ $0.isLetter || $0.isNumber }),
      !["e", "x"].contains(rest.prefix(1).lowercased()) || rest.count == 1
    {
      help = ["write `\(digits) * \(rest)` for a product"]
      fixes = [Diagnostic.Fix(range, "\(digits) * \(rest)")]
    } else if rest.hasPrefix("_") {
      help = ["`_` may stand between digits only"]
    }
    return fail(
      .invalidNumber, "`\(word)` is not a number", at: range,
      "letters directly behind the digits", help: help, fixes: fixes)
  }

  mutating func failNumberTooLarge(_ token: Token) -> Failure {
    fail(.invalidNumber, "`\(text(token))` is too large", at: range(token))
  }

  // MARK: Statements and heads

  mutating func failReservedName() -> Failure {
    let word = text(token)
    return fail(
      .unexpectedToken, "`\(word)` is a word of the language and cannot be a name",
      at: range(token), help: ["take another name, like `\(word)_`"])
  }

  /// `let 2nd = …`.
  mutating func failNameByNumber() -> Failure {
    fail(
      .unexpectedToken, "a name does not begin with a digit", at: range(token),
      help: ["put a letter first, like `x\(text(token))`"])
  }

  mutating func failLetWithoutValue(_ name: Name) -> Failure {
    if kind == .end { return fail(expecting: "`=`") }
    return fail(expecting: "`=`", help: ["write `let \(name.text) = …`"])
  }

  /// `else`, `then`, `in`, `and`, `or` where a statement begins.
  mutating func failMisplacedWord() -> Failure {
    let word = text(token)
    let help =
      kind == .else || kind == .then
      ? ["`\(word)` belongs to an `if` before it"] : ["a statement cannot begin with `\(word)`"]
    return fail(
      .misplacedStatement, "`\(word)` stands alone", at: range(token), "nothing to belong to",
      help: help)
  }

  mutating func failDefinitionHead(_ name: Name) -> Failure {
    if kind == .end { return fail(expecting: "`(`") }
    // `def f x y = …`: what stands there are most likely the parameters.
    let names = tokens[index...].prefix { $0.kind == .word && !$0.hasBreakBefore }.map { text($0) }
    let behind = self.kind(at: index + names.count) == .openBrace ? "{ … }" : "= …"
    let head = "def \(name.text)(\(names.joined(separator: ", "))) \(behind)"
    return fail(
      expecting: "`(` and the parameters of `\(name.text)`",
      help: [names.isEmpty ? "write `\(head)` if it takes none" : "write `\(head)`"])
  }

  mutating func failBlockBehindEqual() -> Failure {
    let previous = tokens[index - 1]
    let fix = Diagnostic.Fix(
      SourceRange(source: source, start: previous.start, end: token.start), "")
    return slip("a function's block stands without `=`", at: range(previous), fixes: [fix])
  }

  /// The short form of `def` takes an expression; a command's value needs parentheses or a block.
  mutating func refuseCommand(behind value: Expression) throws(Failure) {
    guard !endsStatement(at: index), case .name(let word) = value.form, token.hasSpaceBefore,
      beginsArgument(at: index)
    else { return }
    throw fail(
      .unexpectedToken, "the short form of `def` takes an expression, not a command",
      at: value.range.through(range(token)), "`\(word)` is read as a command",
      help: ["put it in a block: `{ return \(word) … }`"])
  }

  mutating func failLoopHead() -> Failure {
    if kind == .end { return fail(expecting: "`in`") }
    return fail(
      expecting: "`in` and what the loop runs over", help: ["write `for x in 1..10 { … }`"])
  }

  /// `for (i = 0; i < 3; i++)`.
  mutating func failLoopParenthesis() -> Failure {
    fail(
      .foreignSyntax, "a loop takes a name and what it runs over", at: range(token),
      help: ["write `for x in 1..10 { … }`"])
  }

  mutating func failArgumentBehindBlock() -> Failure {
    fail(expecting: "the end of the line behind the block")
  }

  /// The block a head asks for, with its slips.
  mutating func headedBlock(headStart: Int) throws(Failure) -> Block {
    if kind == .openBrace { return try block() }
    if let block = try foreignBlock(headStart: headStart) { return block }
    if kind == .end { throw fail(expecting: "`{`") }
    throw fail(expecting: "`{` and a block")
  }

  mutating func failNotAssignable(_ target: Expression) -> Failure {
    if case .call(let callee, _) = target.form, case .name = callee.form, kind == .assign {
      let line = SourceRange(source: source, start: target.range.start, end: target.range.start)
      return slip(
        "a function is defined with `def`", at: target.range,
        fixes: [Diagnostic.Fix(line, "def ")])
    }
    if case .comparison = target.form {
      return fail(
        .notAssignable, "a comparison cannot be assigned to", at: target.range,
        help: ["`==` compares, `=` changes a name"])
    }
    return fail(
      .notAssignable, "only names, fields and elements can be assigned to", at: target.range)
  }

  mutating func failConditionalWithoutThen(_ condition: Expression) -> Failure {
    if kind == .end { return fail(expecting: "`then`") }
    let words = text(condition.range)
    return fail(
      expecting: "`then`", help: ["write `if \(words) then … else …`"])
  }

  mutating func failConditionalWithoutElse() -> Failure {
    if kind == .end { return fail(expecting: "`else`") }
    return fail(
      expecting: "`else`",
      help: ["a value needs both: `if … then … else …`; a statement takes `if … { … }`"])
  }

  mutating func failRangeOfRanges() -> Failure {
    fail(
      .unexpectedToken, "a range has two ends", at: range(token),
      help: ["give the step with `by`: `0..1 by 0.25`"])
  }

  mutating func failEmptyParentheses() -> Failure {
    fail(expecting: "a value between the parentheses")
  }

  mutating func failBehindComprehension() -> Failure {
    if kind == .for {
      return fail(
        .unexpectedToken, "a list takes one `for`", at: range(token),
        help: ["put a second list inside: `[[x * y for y in b] for x in a]`"])
    }
    return failInList("`]`")
  }

  mutating func failComputedField(_ range: SourceRange) -> Failure {
    fail(.unexpectedToken, "a field's name holds no values", at: range)
  }

  // MARK: Texts

  mutating func failEmptyInterpolation() -> Failure {
    fail(
      .invalidText, "there is no value between the braces",
      at: SourceRange(source: source, start: tokens[index - 1].start, end: token.end),
      help: ["write `{{` and `}}` for the braces themselves"])
  }

  /// Something behind the value in a text.
  mutating func failInterpolation() -> Failure {
    if kind == .textOpen, let brace = opened.last(where: { $0.form == .interpolation }) {
      // `"a {x"`: the quote that should end the text seems to begin one.
      return fail(
        .unclosedText, "the value in this text is never closed", at: range(tokens[brace.token]),
        "begins here", help: ["close it with `}`, or write `{{` for a brace itself"])
    }
    return fail(expecting: "`}` behind the value", help: ["write `{{` for a brace itself"])
  }

  mutating func reportFormat(_ token: Token) {
    report(
      Diagnostic(
        .invalidText, "`\(text(token).dropFirst())` is no format for a value", at: range(token),
        help: ["formats look like `:.1f`, `:>8`, `:08.3e`, `:,`"]))
  }

  mutating func reportSingleBrace(at position: Int) {
    let range = SourceRange(source: source, start: position, end: position + 1)
    report(
      Diagnostic(
        .invalidText, "`}` alone in a text closes nothing", at: range,
        help: ["write `}}` for a brace"], fixes: [Diagnostic.Fix(range, "}}")]))
  }

  mutating func reportEscape(at position: Int, in token: Token) {
    var end = position + 1
    if end < token.end {
      end += 1
      while end < token.end, text.bytes[end] & 0xC0 == 0x80 { end += 1 }
    }
    let range = SourceRange(source: source, start: position, end: end)
    report(
      Diagnostic(
        .invalidText, "`\(text(range))` stands for no character", at: range,
        help: ["`\\\\` is a backslash; in `'…'` everything stands as it is"],
        fixes: [
          Diagnostic.Fix(SourceRange(source: source, start: position, end: position + 1), "\\\\")
        ]))
  }
}

extension OpenForm {
  /// Whether it is one of the brackets in which lines break freely.
  var isBracket: Bool { self == .parenthesis || self == .bracket || self == .record }
}
