extension Parser {
  /// Skips the rest of a statement that could not be read.
  ///
  /// A bracket that is closed later is skipped as a whole; blocks on the way are read, for their
  /// own mistakes. A line break outside of brackets ends the statement.
  mutating func recover(openedBefore count: Int) {
    isFree = false
    isArgument = false
    // Where the statement may go on: behind the outermost bracket that was open, if it is closed.
    // A `(` that has no partner leaves the next lines alone.
    var floor = index
    for open in opened.dropFirst(count) {
      switch open.form {
      case .parenthesis, .bracket, .record:
        if let partner = partner(of: open.token) { floor = max(floor, partner + 1) }
      default: break
      }
    }
    opened.removeLast(max(0, opened.count - count))
    if index < floor { jump(to: floor) }
    if statementStart != index { statementStart = -1 }
    skipToStatementEnd(stoppingAtBlock: false)
  }

  /// Skips to the block of a head that could not be read, and fails if there is none.
  mutating func skipToBlock(openedBefore count: Int) throws(Failure) -> Expression {
    let openedBefore = count
    isFree = false
    isArgument = false
    var floor = index
    for open in opened.dropFirst(openedBefore) where open.form != .block {
      if let partner = partner(of: open.token) { floor = max(floor, partner + 1) }
    }
    opened.removeLast(max(0, opened.count - openedBefore))
    if index < floor { jump(to: floor) }
    if statementStart != index { statementStart = -1 }
    skipToStatementEnd(stoppingAtBlock: true)
    guard kind == .openBrace else { throw Failure() }
    return brokenExpression
  }

  private mutating func skipToStatementEnd(stoppingAtBlock: Bool) {
    while true {
      switch kind {
      case .end, .lineEnd, .semicolon, .closeBrace: return
      case .openBrace where !isRecordAhead(at: index):
        if stoppingAtBlock { return }
        guard depth < Self.nestingLimit, partner(of: index) != nil else {
          jump(to: (partner(of: index) ?? index) + 1)
          continue
        }
        _ = try? block()
      case .openBrace, .openParenthesis, .openBracket:
        jump(to: (partner(of: index) ?? index) + 1)
      default:
        jump(to: index + 1)
      }
    }
  }

  /// Goes on somewhere ahead without a look at what is skipped.
  mutating func jump(to position: Int) { index = min(max(position, index), tokens.count - 1) }

  // MARK: Partners of brackets

  /// The bracket that closes or opens the one at `position`.
  mutating func partner(of position: Int) -> Int? {
    if partnersIfKnown == nil { partnersIfKnown = bracketPartners() }
    guard let partner = partnersIfKnown?[position], partner >= 0 else { return nil }
    return partner
  }

  /// Pairs brackets. A closing one that does not fit the last open one looks further out, but not
  /// past a block's brace on an earlier line: a forgotten `)` must not eat the block's `}`.
  private func bracketPartners() -> [Int] {
    var partners = [Int](repeating: -1, count: tokens.count)
    var open: [Int] = []
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .openParenthesis, .openBracket, .openBrace:
        open.append(index)
      case .closeParenthesis, .closeBracket, .closeBrace:
        let wanted = token.kind.openingBracket
        var candidate = open.count - 1
        // Far enough for what people type; unlimited, hostile input would take quadratic time.
        let last = max(0, candidate - 32)
        while candidate >= last, tokens[open[candidate]].kind != wanted {
          if tokens[open[candidate]].kind == .openBrace, token.kind != .closeBrace,
            isBreakBetween(open[candidate], index)
          {
            candidate = -1
          } else {
            candidate -= 1
          }
        }
        if candidate >= last, candidate >= 0 {
          partners[index] = open[candidate]
          partners[open[candidate]] = index
          open.removeLast(open.count - candidate)
        }
      default:
        break
      }
    }
    return partners
  }

  private func isBreakBetween(_ first: Int, _ second: Int) -> Bool {
    text.line(at: tokens[first].start) != text.line(at: tokens[second].start)
  }
}

extension TokenKind {
  /// What a closing bracket closes.
  fileprivate var openingBracket: TokenKind {
    switch self {
    case .closeParenthesis: .openParenthesis
    case .closeBracket: .openBracket
    default: .openBrace
    }
  }
}
