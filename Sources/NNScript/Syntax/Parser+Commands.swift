/// How a statement that begins with a word goes on; no vocabulary is needed to tell.
enum WordReading {
  case assignment, command, expression
}

extension Parser {
  /// The table of the language: what stands behind the word decides.
  ///
  ///     `=`, `+=` …                                    assignment
  ///     `.` `(` `[` directly behind                    expression
  ///     white space, then what begins a value or an option   command
  ///     nothing                                        the name alone (an expression)
  ///     anything else                                  expression
  func reading(ofWordAt position: Int) -> WordReading {
    let next = position + 1
    let kind = kind(at: next)
    if kind == .assign || kind.isCompoundAssignment { return .assignment }
    if kind == .openBrace { return .command }
    if !tokens[next].hasSpaceBefore { return .expression }
    if beginsArgument(at: next) { return .command }
    // `help for`: a reserved word that nothing follows is a bare word.
    if kind.isReserved, endsStatement(at: next + 1) { return .command }
    return .expression
  }

  /// Whether a value or an option begins here, white space standing before it.
  func beginsArgument(at position: Int) -> Bool {
    let kind = kind(at: position)
    if kind.isReserved, self.kind(at: position + 1) == .assign { return true }
    switch kind {
    case .word, .number, .size, .rawText, .rawUnclosed, .curlyText, .textOpen, .openParenthesis,
      .openBracket, .openBrace, .true, .false, .none, .if, .badNumber:
      return true
    case .not:
      return self.kind(at: position + 1) != .in
    case .minus:
      let next = tokens[min(position + 1, tokens.count - 1)]
      return !next.hasSpaceBefore && next.kind != .end
    default:
      return false
    }
  }

  ///     command = word { argument } { block }
  mutating func command() throws(Failure) -> Expression {
    let first = index
    let wordToken = advance()
    let word = name(wordToken)
    if word.text == "lambda" { throw failLambda(wordToken) }
    var arguments: [Argument] = []
    var blocks: [Block] = []
    var tallest = 0
    let outside = isArgument
    isArgument = true
    defer { isArgument = outside }
    loop: while !endsStatement(at: index) {
      switch kind {
      case .openBrace where !isRecordAhead(at: index):
        blocks.append(try block())
      case .comma where !arguments.isEmpty && blocks.isEmpty:
        try skipArgumentComma(behind: word)
      case _ where !blocks.isEmpty:
        throw failArgumentBehindBlock()
      default:
        if !arguments.isEmpty { try requireSpace(behind: arguments[arguments.count - 1]) }
        arguments.append(try argument(of: word, after: arguments.last))
        tallest = max(tallest, height)
      }
    }
    try grow(on: tallest)
    let command = Command(word: word, arguments: arguments, blocks: blocks)
    return Expression(.command(command), range(from: first))
  }

  ///     argument = [ name "=" ] expression
  private mutating func argument(
    of word: Name, after previous: Argument?
  ) throws(Failure) -> Argument {
    if kind.isWordLike, kind(at: index + 1) == .assign {
      let name = takeName()
      advance()
      try requireOptionValue(name)
      return Argument(name: name, value: try value())
    }
    if kind.isReserved, endsStatement(at: index + 1), previous == nil, kind != .true,
      kind != .false, kind != .none
    {
      let word = advance()
      return Argument(name: nil, value: Expression(.name(text(word)), range(word)))
    }
    if kind == .if {
      // `print 1 if c else 2`, `let y = x if c else z`: Python's form has its value before the `if`.
      let first = index
      advance()
      let condition = try self.condition()
      let subject = previous?.value ?? Expression(.name(word.text), word.range)
      return Argument(name: nil, value: try conditional(condition, from: first, subject: subject))
    }
    if kind == .closeParenthesis || kind == .closeBracket { throw failClosesNothing() }
    return Argument(name: nil, value: try value())
  }

  /// Among arguments an operator joins only with white space on both sides or on neither.
  func operatorJoins() throws(Failure) -> Bool {
    guard isArgument else { return true }
    let next = tokens[index + 1]
    let isSpaceBefore = token.hasSpaceBefore
    if next.kind == .end || isSpaceBefore == next.hasSpaceBefore { return true }
    return false
  }
}
