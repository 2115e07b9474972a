extension Parser {
  /// Statements up to a closing brace or the text's end, which stays.
  ///
  ///     statements = { statement ( line end | ";" ) }
  mutating func statements(until closing: TokenKind) -> [Statement] {
    var result: [Statement] = []
    while true {
      while tokens[index].kind == .foreignComment { skipForeignComment() }
      statementStart = index
      switch token.kind {
      case .end:
        return result
      case .closeBrace where closing == .closeBrace:
        return result
      case .closeBrace:
        reportStrayBrace()
      case .semicolon:
        advance()
      case .openBrace where !isRecordAhead(at: index):
        if let statement = blockOnNextLine(after: result.last) {
          if !result.isEmpty { result.removeLast() }
          result.append(statement)
        }
      default:
        result.append(wholeStatement())
      }
    }
  }

  /// A statement with what ends it, or a broken one with what had to be skipped.
  mutating func wholeStatement() -> Statement {
    let first = index
    let outside = (hasFailed, depth, opened.count)
    hasFailed = false
    var statement: Statement
    do throws(Failure) {
      statement = try self.statement()
      try requireStatementEnd(after: statement)
    } catch {
      recover(openedBefore: outside.2)
      // Whatever went wrong, the text gets shorter.
      if index == first { jump(to: first + 1) }
      statement = Statement(.broken, range(from: first))
    }
    if take(.semicolon), case .expression(let value, _) = statement.form,
      endsStatement(at: index), kind != .semicolon
    {
      statement.form = .expression(value, isSilenced: true)
    }
    (hasFailed, depth) = (outside.0, outside.1)
    isFree = false
    isArgument = false
    return statement
  }

  private mutating func requireStatementEnd(after statement: Statement) throws(Failure) {
    if !endsStatement(at: index) { throw failBehind(statement) }
  }

  /// Reads a part whose failure leaves the rest of the statement useful: `let x = <broken>` still
  /// says that there is an `x`.
  private mutating func salvagedValue(
    _ read: (inout Parser) throws(Failure) -> Expression
  ) -> Expression {
    let substitute = brokenExpression
    let openedBefore = opened.count
    let depthBefore = depth
    do throws(Failure) {
      return try read(&self)
    } catch {
      recover(openedBefore: openedBefore)
      depth = depthBefore
      isFree = false
      isArgument = false
      return substitute
    }
  }

  /// What stands for a value that could not be read.
  var brokenExpression: Expression {
    Expression(.broken, SourceRange(source: source, start: token.start, end: token.start))
  }

  // MARK: The forms

  ///     statement = let | if | for | while | def | "return" [ value ] | "break" | "continue"
  ///               | assignment | command | expression
  private mutating func statement() throws(Failure) -> Statement {
    let first = index
    let form: Statement.Form
    switch kind {
    case .let: form = try letStatement()
    case .if: form = try ifStatement()
    case .for: form = try forStatement()
    case .while: form = try whileStatement()
    case .def:
      advance()
      form = try definition()
    case .return:
      advance()
      form = .return(endsStatement(at: index) ? nil : try statementValue())
    case .break:
      advance()
      form = .break
    case .continue:
      advance()
      form = .continue
    case .else, .then, .in, .and, .or: throw failMisplacedWord()
    default:
      if let slip = try foreignStatement() {
        form = slip
      } else {
        form = try simpleStatement()
      }
    }
    return Statement(form, range(from: first))
  }

  ///     let = "let" name "=" value
  private mutating func letStatement() throws(Failure) -> Statement.Form {
    advance()
    if kind == .word, kind(at: index + 1) == .openParenthesis, let slip = try letFunction() {
      return slip
    }
    let name = try declaredName("a name")
    if kind == .comma { throw failSeveralNames() }
    guard kind == .assign else { throw failLetWithoutValue(name) }
    advance()
    return .let(
      name,
      salvagedValue { parser throws(Failure) in
        try parser.statementValue()
      })
  }

  /// A name that comes into being; reserved words are none.
  mutating func declaredName(_ expectation: String) throws(Failure) -> Name {
    if kind.isReserved { throw failReservedName() }
    if kind == .badNumber { throw failNameByNumber() }
    let word = try require(.word, expectation)
    return name(word)
  }

  ///     if = "if" expression block { "else" "if" expression block } [ "else" block ]
  private mutating func ifStatement() throws(Failure) -> Statement.Form {
    let first = index
    advance()
    let openedBefore = opened.count
    var branches: [ConditionalBlock] = []
    var condition: Expression
    do throws(Failure) {
      condition = try self.condition()
      // `if c then { … }` begins a block in another language's way.
      let isBlockNext =
        kind(at: index + 1) == .openBrace && !isRecordAhead(at: index + 1)
        && kind(at: index + 2) != .closeBrace
      if kind == .then, !isBlockNext { return try conditionalStatement(condition, from: first) }
    } catch {
      condition = try skipToBlock(openedBefore: openedBefore)
    }
    branches.append(
      ConditionalBlock(condition: condition, block: try headedBlock(headStart: first)))
    while takeElse() {
      let isForeignElseIf = kind != .if && kind != .openBrace && takeForeignElseIf()
      guard isForeignElseIf || take(.if) else {
        return .if(branches, otherwise: try headedBlock(headStart: first))
      }
      let condition = try headValue { parser throws(Failure) in try parser.condition() }
      branches.append(
        ConditionalBlock(condition: condition, block: try headedBlock(headStart: first)))
    }
    return .if(branches, otherwise: nil)
  }

  /// `if c then a else b` where a statement may stand: a value, shown at the prompt.
  private mutating func conditionalStatement(
    _ condition: Expression, from first: Int
  ) throws(Failure) -> Statement.Form {
    .expression(try conditional(condition, from: first, subject: nil), isSilenced: false)
  }

  /// `else` may stand on the line below the `}`: nothing else can begin with it.
  private mutating func takeElse() -> Bool {
    if tokens[index].kind == .else {
      statementStart = index
      return take(.else)
    }
    return isForeignElseIf
  }

  /// A condition, in which `=` is a slip for `==`.
  mutating func condition() throws(Failure) -> Expression {
    let value = try expression()
    guard kind == .assign else { return value }
    return try comparisonBySlip(value)
  }

  ///     for = "for" name [ "," name ] "in" expression block
  private mutating func forStatement() throws(Failure) -> Statement.Form {
    let first = index
    advance()
    var names: [Name] = []
    let sequence = try headValue { parser throws(Failure) in
      try parser.loopNames(&names)
      return try parser.expression()
    }
    let block = try headedBlock(headStart: first)
    return .for(names, in: sequence, block)
  }

  /// `x in`, or `i, x in`.
  mutating func loopNames(_ names: inout [Name]) throws(Failure) {
    if kind == .openParenthesis { throw failLoopParenthesis() }
    names.append(try declaredName("the name of the loop's variable"))
    if take(.comma) { names.append(try declaredName("a second name")) }
    if kind != .in { throw failLoopHead() }
    advance()
  }

  ///     while = "while" expression block
  private mutating func whileStatement() throws(Failure) -> Statement.Form {
    let first = index
    advance()
    let condition = try headValue { parser throws(Failure) in try parser.condition() }
    return .while(condition, try headedBlock(headStart: first))
  }

  /// The part of a head before its block; a broken one does not take the block with it.
  private mutating func headValue(
    _ read: (inout Parser) throws(Failure) -> Expression
  ) throws(Failure) -> Expression {
    let openedBefore = opened.count
    do throws(Failure) {
      return try read(&self)
    } catch {
      return try skipToBlock(openedBefore: openedBefore)
    }
  }

  ///     def = "def" name "(" [ parameter { "," parameter } ] ")" ( "=" expression | block )
  ///     parameter = name [ "=" expression ]
  mutating func definition() throws(Failure) -> Statement.Form {
    let first = max(0, index - 1)
    let name = try declaredName("the function's name")
    let openedBefore = opened.count
    var parameters: [Definition.Parameter] = []
    do throws(Failure) {
      guard kind == .openParenthesis else { throw failDefinitionHead(name) }
      parameters = try bracketed(.parenthesis) { parser throws(Failure) in
        try parser.parameters()
      }
      try skipReturnType()
      if take(.assign) {
        if kind == .openBrace, !isRecordAhead(at: index), kind(at: index + 1) != .closeBrace {
          throw failBlockBehindEqual()
        }
        let value = try expression()
        try refuseCommand(behind: value)
        return .define(Definition(name: name, parameters: parameters, body: .expression(value)))
      }
      let block = try headedBlock(headStart: first)
      return .define(Definition(name: name, parameters: parameters, body: .block(block)))
    } catch {
      // The name stays known, so that its uses are no second error.
      _ = try? skipToBlock(openedBefore: openedBefore)
      if kind == .openBrace { _ = try block() }
      return .let(name, brokenExpression)
    }
  }

  /// Between the parentheses of a `def`, up to the closing one.
  private mutating func parameters() throws(Failure) -> [Definition.Parameter] {
    var parameters: [Definition.Parameter] = []
    while kind != .closeParenthesis {
      let name = try declaredName("a parameter's name")
      try skipParameterType()
      let value = take(.assign) ? try expression() : nil
      parameters.append(Definition.Parameter(name: name, defaultValue: value))
      if kind == .closeParenthesis { break }
      guard take(.comma) else { throw fail(expecting: "`,` or `)`") }
    }
    return parameters
  }

  ///     block = "{" { statement } "}"
  mutating func block() throws(Failure) -> Block {
    let first = index
    let outside = (isFree, isArgument, hasFailed)
    try descend()
    opened.append((.block, index))
    isFree = false
    isArgument = false
    advance()
    let statements = statements(until: .closeBrace)
    hasFailed = outside.2
    if token.kind == .end { throw failUnclosedBlock(first) }
    statementStart = index
    advance()
    opened.removeLast()
    depth -= 1
    (isFree, isArgument) = (outside.0, outside.1)
    return Block(statements, range(from: first))
  }

  // MARK: Assignments, commands and expressions

  ///     assignment = target ( "=" | "+=" | "-=" | … ) value
  ///     target = name | index | field
  private mutating func simpleStatement() throws(Failure) -> Statement.Form {
    if kind == .word {
      switch reading(ofWordAt: index) {
      case .command: return .expression(try command(), isSilenced: false)
      case .assignment, .expression: break
      }
    }
    let target = try expression()
    if kind == .assign || kind.isCompoundAssignment {
      return try assignment(to: target)
    }
    if kind == .plusPlus || kind == .minusMinus { throw failIncrement(target) }
    return .expression(target, isSilenced: false)
  }

  private mutating func assignment(to target: Expression) throws(Failure) -> Statement.Form {
    switch target.form {
    case .name, .index, .field: break
    default: throw failNotAssignable(target)
    }
    let operation = advance().kind.assignedOperator
    let value = salvagedValue { parser throws(Failure) in
      try parser.assignedValue(target)
    }
    return .assign(target: target, operation: operation, value: value)
  }

  private mutating func assignedValue(_ target: Expression) throws(Failure) -> Expression {
    if kind == .assign { throw failSplitEqual(target) }
    return try statementValue()
  }

  /// Behind `let x =`, `x =` and `return`: a command's value, or an expression.
  ///
  /// As at a statement's start, but `word (…)` is a call: `let y = sqrt (2) + 1`.
  mutating func statementValue() throws(Failure) -> Expression {
    if kind == .word, kind(at: index + 1) != .openParenthesis,
      case .command = reading(ofWordAt: index)
    {
      return try command()
    }
    return try value()
  }
}

extension TokenKind {
  /// The `+` of `+=`.
  fileprivate var assignedOperator: BinaryOperator? {
    switch self {
    case .plusAssign: .add
    case .minusAssign: .subtract
    case .starAssign: .multiply
    case .slashAssign: .divide
    case .percentAssign: .remainder
    case .atAssign: .matrixProduct
    case .caretAssign: .power
    default: nil
    }
  }
}
