import NNEngine

/// Reads a text; never fails: what is wrong is said in the tree's diagnostics.
public func parse(_ text: SourceText, source: Int) -> SyntaxTree {
  var parser = Parser(text, source: source)
  return parser.parse()
}

/// Reads tokens by recursive descent; the comments of its parts carry the grammar.
///
/// The parts: `Parser+Statements`, `+Commands`, `+Expressions`, `+Literals`, and for mistakes
/// `+Failures`, `+Slips`, `+Recovery`.
///
///     text = { statement ( line end | ";" ) }
struct Parser {
  /// Thrown once the diagnostic stands; the statement that catches it goes on behind the mistake.
  struct Failure: Error {}

  /// How deep forms may stand in each other: readers of the tree recurse as deep.
  static let nestingLimit = 200
  /// How tall an expression's tree may become; a sum of so many terms is as tall.
  static let heightLimit = 1_000

  let text: SourceText
  let source: Int
  let tokens: [Token]
  let endsInJoin: Bool

  var index = 0
  /// In brackets, where line ends mean nothing.
  var isFree = false
  /// In the arguments of a command, where white space separates values.
  var isArgument = false
  /// The token a statement begins with: the line break before it does not end that statement.
  var statementStart = 0

  var diagnostics: [Diagnostic] = []
  /// One diagnostic a statement: what comes after the first is likely its echo.
  var hasFailed = false
  /// Some mistake stays one whatever text follows.
  var hasLastingError = false
  /// What is open around the current token, with the token that opened it, innermost last.
  var opened: [(form: OpenForm, token: Int)] = []
  /// What was open where the text ended too early.
  var unfinished: [OpenForm] = []
  /// Nesting of forms around the current token.
  var depth = 0
  /// Height of the tree the last expression function returned.
  var height = 0
  /// For each bracket the index of its partner, -1 without one; found when first asked for.
  var partnersIfKnown: [Int]?

  init(_ text: SourceText, source: Int) {
    self.text = text
    self.source = source
    (tokens, endsInJoin) = Lexer.tokens(of: text)
  }

  mutating func parse() -> SyntaxTree {
    let statements = statements(until: .end)
    if endsInJoin, unfinished.isEmpty { unfinished = [.continuation] }
    return SyntaxTree(statements: statements, diagnostics: diagnostics, open: unfinished)
  }

  // MARK: Looking

  var token: Token { tokens[index] }

  /// What stands here, `.lineEnd` where the line ended before it.
  var kind: TokenKind { kind(at: index) }

  func kind(at position: Int) -> TokenKind {
    guard position < tokens.count else { return .end }
    let token = tokens[position]
    if token.hasBreakBefore, !isFree, position != statementStart { return .lineEnd }
    return token.kind
  }

  /// Whether the statement cannot go on here.
  func endsStatement(at position: Int) -> Bool {
    switch kind(at: position) {
    case .end, .lineEnd, .semicolon, .closeBrace: true
    default: false
    }
  }

  func range(_ token: Token) -> SourceRange {
    SourceRange(source: source, start: token.start, end: token.end)
  }

  func text(_ token: Token) -> String {
    String(decoding: text.bytes[token.start..<token.end], as: UTF8.self)
  }

  func text(_ range: SourceRange) -> String { text.text(range.bytes) }

  func name(_ token: Token) -> Name { Name(text(token), range(token)) }

  // MARK: Going on

  /// Takes a token for a name. `name(advance())` would copy the parser before it moves on, with all it
  /// has noted so far.
  mutating func takeName() -> Name {
    let token = advance()
    return name(token)
  }

  /// Takes a token, whatever it is.
  @discardableResult
  mutating func advance() -> Token {
    let token = tokens[index]
    if index < tokens.count - 1 { index += 1 }
    // Work that is to end finds no more text.
    if index & 0xFFF == 0, Allowance.isHalted { index = tokens.count - 1 }
    if token.isForeign { reportForeignOperator(token) }
    while tokens[index].kind == .foreignComment { skipForeignComment() }
    return token
  }

  /// Takes a token of a kind if it is here.
  mutating func take(_ wanted: TokenKind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }

  /// Takes a token of a kind or says what else is here.
  @discardableResult
  mutating func require(_ wanted: TokenKind, _ expectation: String) throws(Failure) -> Token {
    guard kind == wanted else { throw fail(expecting: expectation) }
    return advance()
  }

  /// The range from a token to the last one taken.
  func range(from first: Int) -> SourceRange {
    let last = tokens[max(first, index - 1)]
    return SourceRange(source: source, start: tokens[first].start, end: last.end)
  }

  /// Reads something between brackets, the opening one being the current token.
  ///
  /// Line ends mean nothing inside, and white space separates no values.
  mutating func bracketed<Result>(
    _ form: OpenForm, _ read: (inout Parser) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outside = (isFree, isArgument)
    opened.append((form, index))
    (isFree, isArgument) = (true, false)
    defer { (isFree, isArgument) = outside }
    try descend()
    advance()
    let result = try read(&self)
    // The token behind the closing bracket counts as one of the form outside.
    (isFree, isArgument) = outside
    advance()
    opened.removeLast()
    depth -= 1
    return result
  }

  /// Goes one form deeper; the way back up is `depth -= 1`, or the statement's recovery.
  mutating func descend() throws(Failure) {
    depth += 1
    if depth > Self.nestingLimit { throw failTooDeep() }
  }

  /// Notes that a tree stands on others, the tallest of them `tallest`.
  mutating func grow(on tallest: Int) throws(Failure) {
    height = tallest + 1
    if height > Self.heightLimit { throw failTooDeep() }
  }
}
