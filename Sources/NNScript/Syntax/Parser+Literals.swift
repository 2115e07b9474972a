extension Parser {
  ///     primary = number | size | text | "true" | "false" | "none" | name
  ///             | "(" expression ")" | list | record
  mutating func primary() throws(Failure) -> Expression {
    let first = index
    height = 0
    let form: Expression.Form
    switch kind {
    case .word:
      if isTextPrefix(at: index) { reportTextPrefix(advance()); return try primary() }
      let token = advance()
      let name = text(token)
      if name == "lambda", kind == .word || kind == .colon { throw failLambda(token) }
      form = .name(name)
    case .number: form = try number()
    case .size: form = try size()
    case .textOpen: form = .text(try textParts())
    case .rawText:
      let token = advance()
      form = .text(literal(text.text(token.start + 1..<token.end - 1)))
    case .curlyText: form = .text(literal(curlyText()))
    case .true, .false: form = .truth(advance().kind == .true)
    case .none:
      advance()
      form = .none
    case .openParenthesis: return try parenthesized()
    case .openBracket:
      form = try bracketed(.bracket) { parser throws(Failure) in
        try parser.list()
      }
    case .openBrace:
      form = try bracketed(.record) { parser throws(Failure) in
        try parser.record()
      }
    default: throw failMissingValue()
    }
    return Expression(form, range(from: first))
  }

  ///     "(" expression ")"
  private mutating func parenthesized() throws(Failure) -> Expression {
    let first = index
    var value = try bracketed(.parenthesis) { parser throws(Failure) in
      if parser.kind == .closeParenthesis { throw parser.failEmptyParentheses() }
      let value = try parser.value()
      if parser.kind == .assign { return try parser.comparisonBySlip(value) }
      if parser.kind == .comma { throw parser.failTuple() }
      guard parser.kind == .closeParenthesis else { throw parser.failInList("`)`") }
      return value
    }
    value.range = range(from: first)
    value.isParenthesized = true
    return value
  }

  // MARK: Numbers

  private mutating func number() throws(Failure) -> Expression.Form {
    let token = advance()
    var digits = text.bytes[token.start..<token.end]
    let isShare = digits.last == UInt8(ascii: "%")
    if isShare { digits = digits.dropLast() }
    guard let value = decimal(digits), value.isFinite else { throw failNumberTooLarge(token) }
    return .number(isShare ? value / 100 : value)
  }

  /// The number these bytes spell, `_` between digits left out.
  private func decimal(_ bytes: ArraySlice<UInt8>) -> Double? {
    // Whole numbers of up to 15 digits are exact; most numbers in scripts are such.
    if bytes.count <= 15 {
      var whole = 0
      if bytes.allSatisfy({ byte in
        whole = whole * 10 + Int(byte &- 0x30)
        return byte &- 0x30 < 10
      }) {
        return Double(whole)
      }
    }
    let plain = bytes.filter { $0 != UInt8(ascii: "_") }
    let text = String(decoding: plain, as: UTF8.self)
    return Double(text.hasPrefix(".") ? "0" + text : text)
  }

  private mutating func size() throws(Failure) -> Expression.Form {
    let token = advance()
    var extents: [Int] = []
    for part in text.bytes[token.start..<token.end].split(separator: UInt8(ascii: "x")) {
      let digits = String(decoding: part.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
      guard let extent = Int(digits) else { throw failNumberTooLarge(token) }
      extents.append(extent)
    }
    return .size(extents)
  }

  // MARK: Texts

  private func literal(_ text: String) -> [TextPart] { text.isEmpty ? [] : [.literal(text)] }

  ///     text = '"' { character | escape | "{{" | "}}" | "{" expression [ ":" format ] "}" } '"'
  private mutating func textParts() throws(Failure) -> [TextPart] {
    var parts: [TextPart] = []
    var tallest = 0
    opened.append((.text, index))
    advance()
    while true {
      switch kind {
      case .textPiece:
        let token = advance()
        parts.append(.literal(unescaped(token)))
      case .interpolationOpen:
        parts.append(try interpolation())
        tallest = max(tallest, height)
      case .textClose:
        advance()
        opened.removeLast()
        height = tallest
        return parts
      default:
        throw failUnclosedText()
      }
    }
  }

  /// A value in a text. Its line ends with the text's, and white space separates nothing.
  private mutating func interpolation() throws(Failure) -> TextPart {
    let outside = (isFree, isArgument)
    (isFree, isArgument) = (true, false)
    defer { (isFree, isArgument) = outside }
    opened.append((.interpolation, index))
    try descend()
    advance()
    if kind == .interpolationClose || kind == .format { throw failEmptyInterpolation() }
    let value = try self.value()
    var format: TextFormat?
    if kind == .format {
      let token = advance()
      format = TextFormat(text.text(token.start + 1..<token.end))
      // Cut off by the text's end, it may still become one.
      if format == nil, kind == .interpolationClose { reportFormat(token) }
    }
    guard kind == .interpolationClose else { throw failInterpolation() }
    advance()
    opened.removeLast()
    depth -= 1
    return .value(value, format: format)
  }

  /// A piece of text with its escapes put in.
  private mutating func unescaped(_ token: Token) -> String {
    let bytes = text.bytes
    var result: [UInt8] = []
    result.reserveCapacity(token.end - token.start)
    var position = token.start
    while position < token.end {
      let byte = bytes[position]
      let next = position + 1 < token.end ? bytes[position + 1] : 0
      switch byte {
      case UInt8(ascii: "{"):
        // The lexer left only doubled ones in.
        result.append(byte)
        position += 2
        continue
      case UInt8(ascii: "}"):
        result.append(byte)
        if next == byte { position += 1 } else { reportSingleBrace(at: position) }
      case UInt8(ascii: "\\"):
        switch next {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append(next)
        default:
          reportEscape(at: position, in: token)
          result.append(byte)
          position += 1
          continue
        }
        position += 1
      default:
        result.append(byte)
      }
      position += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: Lists and records

  ///     list = "[" [ expression { "," expression } [ "," ] ] "]" | comprehension
  private mutating func list() throws(Failure) -> Expression.Form {
    var elements: [Expression] = []
    var tallest = 0
    while kind != .closeBracket {
      elements.append(try value())
      tallest = max(tallest, height)
      if kind == .for, elements.count == 1 { return try comprehension(of: elements[0]) }
      if kind == .closeBracket { break }
      guard take(.comma) else { throw failInList("`,` or `]`") }
    }
    try grow(on: tallest)
    return .list(elements)
  }

  ///     comprehension = "[" expression "for" name [ "," name ] "in" expression
  ///                     [ "if" expression ] "]"
  private mutating func comprehension(of value: Expression) throws(Failure) -> Expression.Form {
    var tallest = height
    advance()
    var names: [Name] = []
    try loopNames(&names)
    let source = try expression()
    tallest = max(tallest, height)
    var condition: Expression?
    if take(.if) {
      condition = try self.condition()
      tallest = max(tallest, height)
    }
    guard kind == .closeBracket else { throw failBehindComprehension() }
    try grow(on: tallest)
    return .comprehension(
      Comprehension(value: value, names: names, source: source, condition: condition))
  }

  /// `{` followed by a word or text and `:` opens a record, any other a block.
  func isRecordAhead(at position: Int) -> Bool {
    var next = position + 1
    guard next < tokens.count else { return false }
    switch tokens[next].kind {
    case .textOpen:
      var open = 0
      repeat {
        switch tokens[next].kind {
        case .textOpen: open += 1
        case .textClose: open -= 1
        case .textUnclosed, .end: return false
        default: break
        }
        next += 1
      } while open > 0
    case .rawText, .curlyText: next += 1
    case let kind where kind.isWordLike: next += 1
    default: return false
    }
    return next < tokens.count && tokens[next].kind == .colon
  }

  ///     record = "{" [ field { "," field } [ "," ] ] "}"
  ///     field = ( name | text ) ":" expression
  private mutating func record() throws(Failure) -> Expression.Form {
    var fields: [RecordField] = []
    var tallest = 0
    while kind != .closeBrace {
      let name = try fieldName()
      guard take(.colon) else { throw failInList("`:` behind the field's name") }
      fields.append(RecordField(name: name, value: try value()))
      tallest = max(tallest, height)
      if kind == .closeBrace { break }
      guard take(.comma) else { throw failInList("`,` or `}`") }
    }
    try grow(on: tallest)
    return .record(fields)
  }

  private mutating func fieldName() throws(Failure) -> Name {
    let first = index
    switch kind {
    case .textOpen:
      let parts = try textParts()
      switch parts.first {
      case nil: return Name("", range(from: first))
      case .literal(let text) where parts.count == 1: return Name(text, range(from: first))
      default: throw failComputedField(range(from: first))
      }
    case .rawText, .curlyText:
      guard case .text(let parts) = try primary().form, case .literal(let text)? = parts.first
      else { return Name("", range(from: first)) }
      return Name(text, range(from: first))
    case let kind where kind.isWordLike:
      return takeName()
    default:
      throw failInList("the name of a field")
    }
  }
}
