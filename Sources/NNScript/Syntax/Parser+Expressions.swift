extension Parser {
  /// Where an expression ends a form, so that an `if` behind it can only be Python's.
  mutating func value() throws(Failure) -> Expression {
    let value = try expression()
    switch kind {
    case .if where !isArgument: return try conditionalBySlip(value)
    case .question: return try questionBySlip(value)
    case .arrow: throw failArrow(value)
    default: return value
    }
  }

  ///     expression = "if" expression "then" expression "else" expression | operators
  mutating func expression() throws(Failure) -> Expression {
    guard kind == .if else { return try operators(Precedence.or) }
    let first = index
    try descend()
    advance()
    let condition = try self.condition()
    let result = try conditional(condition, from: first, subject: nil)
    depth -= 1
    return result
  }

  /// Behind the condition. `subject` is what stands before the `if` and may be Python's value.
  mutating func conditional(
    _ condition: Expression, from first: Int, subject: Expression?
  ) throws(Failure) -> Expression {
    var tallest = height
    if kind == .else { throw failSwappedConditional(condition, subject: subject, from: first) }
    guard kind == .then else { throw failConditionalWithoutThen(condition) }
    advance()
    let then = try expression()
    tallest = max(tallest, height)
    guard kind == .else else { throw failConditionalWithoutElse() }
    advance()
    let otherwise = try expression()
    try grow(on: max(tallest, height))
    return Expression(
      .conditional(condition: condition, then: then, otherwise: otherwise), range(from: first))
  }

  // MARK: Operators

  /// How tightly operators bind, loosest first.
  enum Precedence {
    static let or = 1
    static let and = 2
    static let not = 3
    static let comparison = 4
    static let range = 5
    static let sum = 6
    static let product = 7
    static let unary = 8
  }

  /// An operator between two values.
  private enum Infix {
    case logical(isAnd: Bool)
    case comparison
    case range
    case arithmetic(BinaryOperator)
  }

  private func infix() -> (Infix, Int)? {
    // `f x in=3`: before `=` a reserved word is the name of an option.
    if isArgument, kind.isReserved, kind(at: index + 1) == .assign { return nil }
    return switch kind {
    case .or: (.logical(isAnd: false), Precedence.or)
    case .and: (.logical(isAnd: true), Precedence.and)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in:
      (.comparison, Precedence.comparison)
    case .not: kind(at: index + 1) == .in ? (.comparison, Precedence.comparison) : nil
    case .dotDotLess: (.range, Precedence.range)
    case .dotDot:
      // `a[1..]`: the index reads an open end itself.
      switch kind(at: index + 1) {
      case .closeBracket, .comma: nil
      default: (.range, Precedence.range)
      }
    case .plus: (.arithmetic(.add), Precedence.sum)
    case .minus: (.arithmetic(.subtract), Precedence.sum)
    case .star: (.arithmetic(.multiply), Precedence.product)
    case .slash: (.arithmetic(.divide), Precedence.product)
    case .percent: (.arithmetic(.remainder), Precedence.product)
    case .at: (.arithmetic(.matrixProduct), Precedence.product)
    default: nil
    }
  }

  /// Precedence climbing: operators that bind at least as tightly as `minimum`.
  ///
  ///     or = and { "or" and }
  ///     and = not { "and" not }
  ///     not = "not" not | comparison
  ///     comparison = range { ( "==" | "!=" | "<" | … | [ "not" ] "in" ) range }
  ///     range = sum [ ( ".." | "..<" ) sum [ "by" sum ] ]
  ///     sum = product { ( "+" | "-" ) product }
  ///     product = unary { ( "*" | "/" | "%" | "@" ) unary }
  mutating func operators(_ minimum: Int) throws(Failure) -> Expression {
    let first = index
    var left = try operand()
    while let (infix, precedence) = infix(), precedence >= minimum {
      if isArgument, !(try joinsArgument()) { break }
      let tallest = height
      switch infix {
      case .logical(let isAnd):
        let right = try rightSide(precedence + 1)
        left = Expression(.logical(isAnd: isAnd, left, right), range(from: first))
      case .comparison:
        left = try comparison(left, from: first)
      case .range:
        left = try range(from: left, first)
      case .arithmetic(let operation):
        warnOfPercent()
        let right = try rightSide(precedence + 1)
        left = Expression(.binary(operation, left, right), range(from: first))
      }
      try grow(on: max(tallest, height))
    }
    return left
  }

  /// The operator, then what it asks for.
  private mutating func rightSide(_ minimum: Int) throws(Failure) -> Expression {
    let symbol = advance()
    if !beginsOperand { throw failMissingOperand(symbol) }
    return try operators(minimum)
  }

  private mutating func comparison(
    _ left: Expression, from first: Int
  ) throws(Failure) -> Expression {
    var steps: [ComparisonStep] = []
    var tallest = height
    while case (.comparison, _)? = infix() {
      if isArgument, !(try joinsArgument()) { break }
      let operation = comparisonOperator()
      let right = try rightSide(Precedence.range)
      tallest = max(tallest, height)
      steps.append(ComparisonStep(operation, right))
    }
    height = tallest
    return Expression(.comparison(left, steps), range(from: first))
  }

  /// Which comparison stands here; of `not in` the `not` is taken.
  private mutating func comparisonOperator() -> ComparisonOperator {
    switch kind {
    case .equal: return .equal
    case .notEqual: return .notEqual
    case .less: return .less
    case .lessOrEqual: return .lessOrEqual
    case .greater: return .greater
    case .greaterOrEqual: return .greaterOrEqual
    case .not:
      advance()
      return .isNotIn
    default: return .isIn
    }
  }

  private mutating func range(from left: Expression, _ first: Int) throws(Failure) -> Expression {
    let isHalfOpen = kind == .dotDotLess
    let right = try rightSide(Precedence.sum)
    var tallest = height
    var step: Expression?
    if kind == .word, kind(at: index + 1) != .assign, text(token) == "by" {
      let by = advance()
      if !beginsOperand { throw failMissingOperand(by) }
      step = try operators(Precedence.sum)
      tallest = max(tallest, height)
    }
    height = tallest
    if kind == .dotDot || kind == .dotDotLess { throw failRangeOfRanges() }
    return Expression(
      .range(from: left, to: right, step: step, isHalfOpen: isHalfOpen), range(from: first))
  }

  ///     unary = "-" unary | power
  ///     power = postfix [ "^" unary ]
  private mutating func operand() throws(Failure) -> Expression {
    let first = index
    switch kind {
    case .minus:
      try descend()
      advance()
      if !beginsOperand { throw fail(expecting: "a value behind `-`") }
      let value = try operand()
      try grow(on: height)
      depth -= 1
      return Expression(.negate(value), range(from: first))
    case .not:
      try descend()
      advance()
      if !beginsOperand { throw fail(expecting: "a value behind `not`") }
      let value = try operators(Precedence.not)
      try grow(on: height)
      depth -= 1
      return Expression(.not(value), range(from: first))
    case .if:
      return try expression()
    default:
      break
    }
    let base = try postfix()
    guard kind == .caret else { return base }
    if isArgument, !(try joinsArgument()) { return base }
    let tallest = height
    let symbol = advance()
    if !beginsOperand { throw failMissingOperand(symbol) }
    try descend()
    let exponent = try operand()
    depth -= 1
    try grow(on: max(tallest, height))
    return Expression(.binary(.power, base, exponent), range(from: first))
  }

  /// Whether a value can begin here, so that what misses one can be named.
  var beginsOperand: Bool {
    switch kind {
    case .end, .lineEnd, .semicolon, .closeBrace, .closeBracket, .closeParenthesis, .comma,
      .colon, .textUnclosed, .interpolationClose, .format, .assign:
      false
    default: true
    }
  }

  // MARK: Calls, indices, fields

  ///     postfix = primary { "(" arguments ")" | "[" items "]" | "." name }
  private mutating func postfix() throws(Failure) -> Expression {
    let first = index
    var value = try primary()
    while true {
      let tallest = height
      switch kind {
      case .openParenthesis where !token.hasSpaceBefore || (!isArgument && value.isCallee):
        let arguments = try bracketed(.parenthesis) { parser throws(Failure) in
          try parser.callArguments()
        }
        value = Expression(.call(value, arguments), range(from: first))
      case .openBracket where !token.hasSpaceBefore:
        let items = try bracketed(.bracket) { parser throws(Failure) in
          try parser.indexItems()
        }
        value = Expression(.index(value, items), range(from: first))
      case .dot where !isArgument || !token.hasSpaceBefore:
        advance()
        guard kind.isWordLike else { throw fail(expecting: "a field's name") }
        let field = takeName()
        value = Expression(.field(value, field), range(from: first))
      default:
        return value
      }
      try grow(on: max(tallest, height))
    }
  }

  ///     arguments = [ argument { "," argument } [ "," ] ]
  private mutating func callArguments() throws(Failure) -> [Argument] {
    var arguments: [Argument] = []
    var tallest = 0
    while kind != .closeParenthesis {
      if kind.isWordLike, kind(at: index + 1) == .assign {
        let name = takeName()
        advance()
        try requireOptionValue(name)
        arguments.append(Argument(name: name, value: try value()))
      } else {
        arguments.append(Argument(name: nil, value: try value()))
      }
      tallest = max(tallest, height)
      if kind == .closeParenthesis { break }
      if kind == .for { throw failBareComprehension(arguments) }
      guard take(.comma) else { throw failInList("`,` or `)`") }
    }
    height = tallest
    return arguments
  }

  ///     items = item { "," item }
  ///     item = expression | [ expression ] ".." [ expression ]
  private mutating func indexItems() throws(Failure) -> [IndexItem] {
    var items: [IndexItem] = []
    var tallest = 0
    repeat {
      if kind == .closeBracket, !items.isEmpty { break }
      items.append(try indexItem())
      tallest = max(tallest, height)
    } while take(.comma)
    guard kind == .closeBracket else { throw failInList("`,` or `]`") }
    height = tallest
    return items
  }

  private mutating func indexItem() throws(Failure) -> IndexItem {
    let first = index
    if kind == .dotDot || kind == .dotDotLess {
      let isHalfOpen = advance().kind == .dotDotLess
      if !isHalfOpen, kind == .comma || kind == .closeBracket {
        return .span(from: nil, to: nil, isHalfOpen: false, range: range(from: first))
      }
      let end = try operators(Precedence.sum)
      return .span(from: nil, to: end, isHalfOpen: isHalfOpen, range: range(from: first))
    }
    let value = try self.value()
    if take(.dotDot) {
      return .span(from: value, to: nil, isHalfOpen: false, range: range(from: first))
    }
    if case .range(let from, let to, nil, let isHalfOpen) = value.form, !value.isParenthesized {
      return .span(from: from, to: to, isHalfOpen: isHalfOpen, range: range(from: first))
    }
    return .at(value)
  }

  /// Among arguments: whether the operator here joins, or begins the next value, or is a slip.
  private mutating func joinsArgument() throws(Failure) -> Bool {
    if try operatorJoins() { return true }
    switch kind {
    case .and, .or, .in, .not: return true
    case .minus where token.hasSpaceBefore: return false
    default: throw failUnevenSpacing()
    }
  }
}

extension Expression {
  /// Whether `(` behind white space can only be meant to call it: `sqrt (2)`.
  fileprivate var isCallee: Bool {
    switch form {
    case .name, .field: !isParenthesized
    default: false
    }
  }
}
