// Slips from other languages, as far as form alone shows them. Each is one diagnostic that carries
// the right line, and where the meaning is plain the tree is the one that was meant.

extension Parser {
  // MARK: Noting

  /// Notes a slip with its fixes and the line as it should read.
  mutating func reportSlip(
    _ message: String, at range: SourceRange, _ label: String = "", fixes: [Diagnostic.Fix],
    help: [String] = [], code: DiagnosticCode = .foreignSyntax
  ) {
    var help = help
    if let line = text.corrected(fixes) { help.insert("write `\(line)`", at: 0) }
    report(Diagnostic(code, message, at: range, label, help: help, fixes: fixes))
  }

  /// Notes a slip that reading cannot go on from.
  mutating func slip(
    _ message: String, at range: SourceRange, _ label: String = "", fixes: [Diagnostic.Fix] = [],
    help: [String] = [], code: DiagnosticCode = .foreignSyntax
  ) -> Failure {
    reportSlip(message, at: range, label, fixes: fixes, help: help, code: code)
    return Failure()
  }

  func empty(at offset: Int) -> SourceRange {
    SourceRange(source: source, start: offset, end: offset)
  }

  // MARK: Operators and comments

  /// `&&`, `**`, `!`, `≤` …: the token stands for the right one; all of the statement's line are put right.
  mutating func reportForeignOperator(_ token: Token) {
    if hasFailed { return }
    let line = text.line(at: token.start)
    let end = line + 1 < text.lineStarts.count ? text.lineStarts[line + 1] : text.bytes.count
    var fixes: [Diagnostic.Fix] = []
    var position = index
    while position > 0, tokens[position - 1].start >= token.start { position -= 1 }
    while position < tokens.count, tokens[position].start < end,
      tokens[position].kind != .semicolon
    {
      if tokens[position].isForeign { fixes.append(replacement(of: tokens[position])) }
      position += 1
    }
    let spelling = token.kind.spelling
    var message = "`\(text(token))` is written `\(spelling)` here"
    if token.kind == .dotDot {
      message = "a range is written `1..5` with both ends, `1..<5` without the last"
    }
    var help: [String] = []
    if token.kind == .assign { help = ["a new name begins with `let`"] }
    reportSlip(message, at: range(token), fixes: fixes, help: help)
  }

  /// The right spelling, with white space where a word would grow together with its neighbours.
  private func replacement(of token: Token) -> Diagnostic.Fix {
    var spelling = token.kind.spelling
    guard spelling.first?.isLetter == true else { return Diagnostic.Fix(range(token), spelling) }
    let after = token.end < text.bytes.count ? text.bytes[token.end] : 0x20
    if !token.hasSpaceBefore, token.kind != .not { spelling = " " + spelling }
    if after != 0x20 { spelling += " " }
    return Diagnostic.Fix(range(token), spelling)
  }

  /// `/* */`, and `//` at a line's start. It is passed over as the comment it is meant to be.
  mutating func skipForeignComment() {
    let token = tokens[index]
    let isBlock = text.bytes[token.start + 1] == UInt8(ascii: "*")
    let opening = SourceRange(source: source, start: token.start, end: token.start + 2)
    let outside = hasFailed
    var fixes: [Diagnostic.Fix] = []
    if !isBlock { fixes = [Diagnostic.Fix(opening, "#")] }
    report(
      Diagnostic(
        .foreignSyntax, "`\(text(opening))` begins no comment", at: opening,
        help: ["a comment begins with `#` and ends with its line"], fixes: fixes))
    hasFailed = outside
    index += 1
  }

  /// `//` behind a value: a comment in some languages, a division in others.
  mutating func failSlashSlash() -> Failure {
    slip(
      "`//` means nothing here", at: range(token), fixes: [],
      help: ["a comment begins with `#`", "for whole numbers write `floor(a / b)`"])
  }

  /// `i++`, `i--`.
  mutating func failIncrement(_ target: Expression) -> Failure {
    let symbol = kind == .plusPlus ? "+" : "-"
    return slip(
      "`\(text(token))` does not exist", at: range(token),
      fixes: [
        Diagnostic.Fix(
          SourceRange(source: source, start: target.range.end, end: token.end), " \(symbol)= 1")
      ])
  }

  /// `--i` changes a name in other languages; in a value it is a doubled sign.
  private mutating func failPrefixIncrement() -> Failure {
    let symbol = range(token)
    let next = tokens[index + 1]
    guard next.kind == .word, index == statementStart, endsStatement(at: index + 2) else {
      return slip(
        "`\(text(symbol))` does not exist", at: symbol,
        help: ["a sign in front of a sign stands in parentheses: `-(-x)`"])
    }
    let change = "\(text(next)) \(kind == .minusMinus ? "-" : "+")= 1"
    return slip(
      "`\(text(symbol))` does not exist", at: symbol,
      fixes: [Diagnostic.Fix(symbol.through(range(next)), change)])
  }

  // MARK: Values

  /// A slip where a value should begin.
  mutating func valueSlip() -> Failure? {
    switch kind {
    case .minusMinus, .plusPlus: return failPrefixIncrement()
    case .plus:
      return slip(
        "a value takes no `+` before it", at: range(token),
        fixes: [Diagnostic.Fix(range(token), "")])
    default:
      return nil
    }
  }

  /// A slip where an operator's right side should begin: `x = = 1`, `a < = b`.
  mutating func operandSlip(behind symbol: Token) -> Failure? {
    guard kind == .assign else { return nil }
    let both = range(symbol).through(range(token))
    return slip(
      "`\(text(symbol))` and `=` stand apart", at: both,
      fixes: [Diagnostic.Fix(both, text(symbol) + "=")], code: .ambiguousSpacing)
  }

  /// `x = = 1`.
  mutating func failSplitEqual(_ target: Expression?) -> Failure {
    let both = SourceRange(source: source, start: tokens[index - 1].start, end: token.end)
    return slip(
      "two `=` stand apart", at: both, fixes: [Diagnostic.Fix(both, "==")],
      help: ["`==` compares, `=` gives a value"], code: .ambiguousSpacing)
  }

  /// `if x = 3`: a condition compares.
  mutating func comparisonBySlip(_ left: Expression) throws(Failure) -> Expression {
    let symbol = range(token)
    if kind(at: index + 1) == .assign {
      advance()
      throw failSplitEqual(nil)
    }
    reportSlip(
      "a condition compares with `==`", at: symbol, "this would give a value",
      fixes: [Diagnostic.Fix(symbol, "==")])
    advance()
    let right = try expression()
    return Expression(
      .comparison(left, [ComparisonStep(.equal, right)]), left.range.through(right.range))
  }

  /// `x if c else y`, behind `x`.
  mutating func conditionalBySlip(_ then: Expression) throws(Failure) -> Expression {
    advance()
    let condition = try expression()
    guard kind == .else else {
      throw fail(
        .unexpectedToken, "an `if` cannot stand behind a value", at: range(token),
        help: ["write `if … then … else …`"])
    }
    advance()
    let otherwise = try expression()
    reportConditional(condition, then, otherwise, at: then.range.through(otherwise.range))
    return Expression(
      .conditional(condition: condition, then: then, otherwise: otherwise),
      then.range.through(otherwise.range))
  }

  /// `if c else y` with the value before it read as another argument.
  mutating func failSwappedConditional(
    _ condition: Expression, subject: Expression?, from first: Int
  ) -> Failure {
    advance()
    guard let subject, let otherwise = try? expression() else {
      return fail(
        .foreignSyntax, "a condition is followed by `then`", at: range(tokens[index - 1]),
        help: ["write `if … then … else …`"])
    }
    reportConditional(
      condition, subject, otherwise, at: subject.range.through(otherwise.range))
    return Failure()
  }

  /// `c ? x : y`, behind `c`.
  mutating func questionBySlip(_ condition: Expression) throws(Failure) -> Expression {
    let token = advance()
    let question = range(token)
    let then = try expression()
    guard take(.colon) else {
      throw slip(
        "`?` means nothing here", at: question, help: ["write `if … then … else …`"])
    }
    let otherwise = try expression()
    reportConditional(condition, then, otherwise, at: question)
    return Expression(
      .conditional(condition: condition, then: then, otherwise: otherwise),
      condition.range.through(otherwise.range))
  }

  private mutating func reportConditional(
    _ condition: Expression, _ then: Expression, _ otherwise: Expression, at range: SourceRange
  ) {
    let words =
      "if \(text(condition.range)) then \(text(then.range)) else \(text(otherwise.range))"
    let whole = SourceRange(
      source: source, start: min(condition.range.start, then.range.start),
      end: otherwise.range.end)
    reportSlip(
      "a choice between two values begins with `if`", at: range,
      fixes: [Diagnostic.Fix(whole, words)])
  }

  /// `x => x^2`, `x -> y`.
  mutating func failArrow(_ parameter: Expression) -> Failure {
    slip(
      "`\(text(token))` means nothing here", at: range(token),
      help: ["a function is written `def f(x) = x^2`"])
  }

  /// `f"…"`: every text puts values in.
  func isTextPrefix(at position: Int) -> Bool {
    let next = tokens[position + 1]
    guard next.kind == .textOpen || next.kind == .rawText, !next.hasSpaceBefore else {
      return false
    }
    return ["f", "r", "b", "u", "fr", "rf"].contains(text(tokens[position]).lowercased())
  }

  mutating func reportTextPrefix(_ prefix: Token) {
    reportSlip(
      "a text takes no letter before it", at: range(prefix),
      fixes: [Diagnostic.Fix(range(prefix), "")])
  }

  /// `“…”`: what a word processor makes of quotes.
  mutating func curlyText() -> String {
    let token = advance()
    let written = text(token)
    let content = String(written.dropFirst().dropLast())
    let quote: Character = content.contains("\"") ? "'" : "\""
    reportSlip(
      "these quotes are not straight", at: range(token), "quotes of a word processor",
      fixes: [Diagnostic.Fix(range(token), "\(quote)\(content)\(quote)")])
    return content
  }

  // MARK: Commas and brackets

  /// `layer dense 16, relu`: arguments stand side by side. All commas of the command go at once.
  mutating func skipArgumentComma(behind word: Name) throws(Failure) {
    let comma = index
    if hasFailed {
      advance()
      return
    }
    if let number = groupedNumber(at: comma) {
      throw slip(
        "a number takes no comma between its digits", at: number.range,
        fixes: [Diagnostic.Fix(number.range, number.text)])
    }
    var fixes: [Diagnostic.Fix] = []
    var position = comma
    var nested = 0
    while position < tokens.count, kind(at: position) != .end, kind(at: position) != .lineEnd {
      switch tokens[position].kind {
      case .openParenthesis, .openBracket, .openBrace, .interpolationOpen: nested += 1
      case .closeParenthesis, .closeBracket, .closeBrace, .interpolationClose: nested -= 1
      case .comma where nested == 0:
        let isTight = !tokens[position + 1].hasSpaceBefore
        fixes.append(Diagnostic.Fix(range(tokens[position]), isTight ? " " : ""))
      default: break
      }
      position += 1
    }
    reportSlip(
      "the values of a command stand side by side, without commas", at: range(tokens[comma]),
      fixes: fixes)
    advance()
    if endsStatement(at: index) { throw Failure() }
  }

  /// `1,000`: digits, a comma and exactly three digits without white space.
  func groupedNumber(at comma: Int) -> (text: String, range: SourceRange)? {
    guard comma > 0, tokens[comma - 1].kind == .number else { return nil }
    var digits = text(tokens[comma - 1])
    guard digits.count <= 3 else { return nil }
    var position = comma
    while position + 1 < tokens.count, tokens[position].kind == .comma,
      !tokens[position].hasSpaceBefore, tokens[position + 1].kind == .number,
      !tokens[position + 1].hasSpaceBefore
    {
      let group = text(tokens[position + 1])
      guard group.prefix(while: { $0.isNumber }).count == 3 else { break }
      digits += group
      position += 2
    }
    guard position > comma else { return nil }
    return (digits, range(tokens[comma - 1]).through(range(tokens[position - 1])))
  }

  /// What follows a value in brackets and is neither comma nor closing bracket.
  mutating func failInList(_ expectation: String) -> Failure {
    let previous = tokens[max(0, index - 1)]
    let isUnclosed = opened.last.map { $0.form.isBracket && partner(of: $0.token) == nil } ?? false
    guard !isUnclosed, kind != .end else { return fail(expecting: expectation) }
    if kind == .openBracket, token.hasSpaceBefore, previous.kind == .word {
      return slip(
        "`[` stands apart from the value it belongs to", at: range(token),
        fixes: [
          Diagnostic.Fix(
            SourceRange(source: source, start: previous.end, end: token.start), "")
        ], code: .ambiguousSpacing)
    }
    if let percent = percentSlip() { return percent }
    if expectation.hasPrefix("`,`"), beginsOperand, token.kind != .slashSlash,
      token.kind != .badCharacter, token.kind != .badNumber, !kind.isReserved
    {
      return fail(
        expecting: expectation, help: ["put a comma between the values"])
    }
    return fail(expecting: expectation)
  }

  /// `7% 3`, where `%` counts as per cent.
  mutating func percentSlip() -> Failure? {
    let previous = tokens[max(0, index - 1)]
    guard previous.kind == .number, text.bytes[previous.end - 1] == UInt8(ascii: "%"),
      beginsOperand, kind != .minus, kind != .plus
    else { return nil }
    let sign = SourceRange(source: source, start: previous.end - 1, end: previous.end)
    return slip(
      "`%` directly behind a number is per cent", at: sign,
      fixes: [Diagnostic.Fix(sign, " %")], code: .ambiguousSpacing)
  }

  /// `10%-3`: 10 % less 3 or the remainder by -3? It is read as the first, with a warning.
  mutating func warnOfPercent() {
    let previous = tokens[max(0, index - 1)]
    let next = tokens[min(index + 1, tokens.count - 1)]
    guard kind == .minus || kind == .plus, previous.kind == .number, !token.hasSpaceBefore,
      !next.hasSpaceBefore, text.bytes[previous.end - 1] == UInt8(ascii: "%"),
      next.kind != .number || text.bytes[next.end - 1] != UInt8(ascii: "%")
    else { return }
    let sign = SourceRange(source: source, start: previous.end - 1, end: previous.end)
    let whole = range(previous).through(range(next))
    let percent = Diagnostic.Fix(range(token), " \(text(token)) ")
    let remainder = Diagnostic.Fix(sign, " % ")
    let hints = [(percent, "for per cent"), (remainder, "for the remainder")].compactMap {
      fix, purpose in text.corrected([fix]).map { "write `\($0)` \(purpose)" }
    }
    report(
      Diagnostic(
        .ambiguousSpacing,
        "`\(text(whole))` is `\(text(range(previous)))` and then `\(text(token))`",
        at: whole, "`%` directly behind a number is per cent", severity: .warning, help: hints))
  }

  /// `(1, 2)`.
  mutating func failTuple() -> Failure {
    guard let open = opened.last, let close = partner(of: open.token) else {
      return fail(expecting: "`)`")
    }
    if let number = groupedNumber(at: index) {
      return slip(
        "a number takes no comma between its digits", at: number.range,
        fixes: [Diagnostic.Fix(number.range, number.text)])
    }
    // `f (1, 2)`: the space makes a value of what was meant as arguments.
    if open.token > 0, tokens[open.token - 1].kind == .word {
      let gap = SourceRange(
        source: source, start: tokens[open.token - 1].end, end: tokens[open.token].start)
      return slip(
        "`(` stands apart from the name it belongs to", at: range(tokens[open.token]),
        fixes: [Diagnostic.Fix(gap, "")], code: .ambiguousSpacing)
    }
    return slip(
      "values in parentheses are no list", at: range(tokens[open.token]),
      fixes: [
        Diagnostic.Fix(range(tokens[open.token]), "["),
        Diagnostic.Fix(range(tokens[close]), "]"),
      ])
  }

  /// `sum(x^2 for x in xs)`.
  mutating func failBareComprehension(_ arguments: [Argument]) -> Failure {
    guard arguments.count == 1, let open = opened.last, let close = partner(of: open.token) else {
      return fail(expecting: "`,` or `)`")
    }
    return slip(
      "a list made with `for` stands in `[ ]`", at: range(token),
      fixes: [
        Diagnostic.Fix(empty(at: tokens[open.token].end), "["),
        Diagnostic.Fix(empty(at: tokens[close].start), "]"),
      ])
  }

  /// `f x *y`, `f x* y`: among arguments white space decides.
  mutating func failUnevenSpacing() -> Failure {
    let symbol = text(token)
    let next = tokens[index + 1]
    var fixes: [Diagnostic.Fix] = []
    if !token.hasSpaceBefore { fixes.append(Diagnostic.Fix(empty(at: token.start), " ")) }
    if !next.hasSpaceBefore { fixes.append(Diagnostic.Fix(empty(at: token.end), " ")) }
    return slip(
      "`\(symbol)` needs white space on both sides or on neither", at: range(token),
      fixes: fixes, code: .ambiguousSpacing)
  }

  /// `f 1"a"`: values stand apart.
  mutating func requireSpace(behind argument: Argument) throws(Failure) {
    guard !token.hasSpaceBefore else { return }
    if beginsArgument(at: index) {
      throw slip(
        "two values of a command stand apart", at: range(token),
        fixes: [Diagnostic.Fix(empty(at: token.start), " ")], code: .ambiguousSpacing)
    }
    throw failBehindArgument()
  }

  private mutating func failBehindArgument() -> Failure {
    switch kind {
    case .closeParenthesis, .closeBracket: failClosesNothing()
    default: fail(expecting: "a value")
    }
  }
}

extension TokenKind {
  /// How this language writes the kinds that others spell in another way.
  fileprivate var spelling: String {
    switch self {
    case .and: "and"
    case .or: "or"
    case .not: "not"
    case .in: "in"
    case .equal: "=="
    case .notEqual: "!="
    case .lessOrEqual: "<="
    case .greaterOrEqual: ">="
    case .assign: "="
    case .caret: "^"
    case .caretAssign: "^="
    case .minus: "-"
    case .star: "*"
    case .slash: "/"
    case .dotDot: ".."
    default: ""
    }
  }
}
