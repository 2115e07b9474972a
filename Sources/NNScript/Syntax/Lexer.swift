import NNEngine

/// Cuts a text into tokens. Never fails: what is no token becomes a token that says so.
///
/// Line ends are no tokens but a flag of the token behind them, because only the parser knows
/// whether a `{` opens a record (line ends mean nothing) or a block (they end statements).
struct Lexer {
  /// Where the lexer stands inside of text literals, innermost last.
  private enum Mode {
    /// In a text, between its quotes.
    case text
    /// In `{ }` of a text; how many brackets are open in it.
    case interpolation(depth: Int)
  }

  private let bytes: [UInt8]
  private var position = 0
  private var modes: [Mode] = []
  private var hasSpace = true
  private var hasBreak = false
  private(set) var tokens: [Token] = []
  /// The text ends in a `\` that joins it to a line yet to come.
  private(set) var endsInJoin = false

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    tokens.reserveCapacity(bytes.count / 4 + 8)
  }

  /// All tokens of a text, the last one `.end`.
  static func tokens(of text: SourceText) -> (tokens: [Token], endsInJoin: Bool) {
    var lexer = Lexer(text.bytes)
    lexer.run()
    return (lexer.tokens, lexer.endsInJoin)
  }

  // MARK: Reading bytes

  /// The byte `distance` ahead, 0 behind the text's end.
  private func byte(_ distance: Int = 0) -> UInt8 {
    let index = position + distance
    return index < bytes.count ? bytes[index] : 0
  }

  private var isAtEnd: Bool { position >= bytes.count }

  /// The character at an offset and how many bytes it takes. The bytes are valid UTF-8.
  private func scalar(at offset: Int) -> (Unicode.Scalar, Int) {
    let first = UInt32(bytes[offset])
    if first < 0x80 { return (Unicode.Scalar(UInt8(first)), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard offset + length <= bytes.count else { return ("\u{FFFD}", 1) }
    var value = first & (0xFF >> UInt32(length + 1))
    for index in 1..<length { value = value << 6 | UInt32(bytes[offset + index] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  private mutating func add(_ kind: TokenKind, from start: Int, isForeign: Bool = false) {
    tokens.append(
      Token(
        kind: kind, hasSpaceBefore: hasSpace, hasBreakBefore: hasBreak, isForeign: isForeign,
        start: start, end: position))
    hasSpace = false
    hasBreak = false
  }

  private mutating func add(_ kind: TokenKind, length: Int, isForeign: Bool = false) {
    let start = position
    position += length
    add(kind, from: start, isForeign: isForeign)
  }

  // MARK: The loop

  private mutating func run() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    if byte() == UInt8(ascii: "#"), byte(1) == UInt8(ascii: "!") { skipLine() }
    while true {
      // Whoever asked for the text to be read learns of it later.
      if tokens.count & 0xFFF == 0, Allowance.isHalted { break }
      if case .text = modes.last {
        textPiece()
        continue
      }
      skipSpace()
      if hasBreak, !modes.isEmpty {
        closeTextsAtLineEnd()
        continue
      }
      if isAtEnd {
        if !modes.isEmpty { closeTextsAtLineEnd() }
        break
      }
      token()
    }
    add(.end, length: 0)
  }

  private mutating func skipLine() {
    while !isAtEnd, byte() != 0x0A, byte() != 0x0D { position += 1 }
  }

  /// White space, comments, line ends and joins.
  private mutating func skipSpace() {
    while !isAtEnd {
      switch byte() {
      case 0x20, 0x09, 0x0B, 0x0C:
        position += 1
        hasSpace = true
      case 0x0A, 0x0D:
        // A text may not go on behind a line's end, so the break is left for the caller to see.
        position += 1
        hasSpace = true
        hasBreak = true
        if !modes.isEmpty { return }
      case UInt8(ascii: "#"):
        skipLine()
        hasSpace = true
      case UInt8(ascii: "\\"):
        guard let next = lineBehindJoin() else { return }
        endsInJoin = next == bytes.count
        position = next
        hasSpace = true
      case 0x80...:
        let (scalar, length) = scalar(at: position)
        guard scalar.properties.isWhitespace else { return }
        position += length
        hasSpace = true
      default:
        return
      }
    }
  }

  /// Where the next line starts if only white space or a comment follows the `\` here.
  private func lineBehindJoin() -> Int? {
    var index = position + 1
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "#") {
      while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
    }
    if index == bytes.count { return index }
    guard bytes[index] == 0x0A || bytes[index] == 0x0D else { return nil }
    let isPair = bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
    return index + (isPair ? 2 : 1)
  }

  private mutating func token() {
    let first = byte()
    switch first {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      word()
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      number()
    case UInt8(ascii: "\""):
      add(.textOpen, length: 1)
      modes.append(.text)
    case UInt8(ascii: "'"):
      rawText()
    case UInt8(ascii: "."):
      if isDigit(byte(1)), tokens.isEmpty || hasSpace || !followsValue {
        number()
      } else if byte(1) == UInt8(ascii: ".") {
        if byte(2) == UInt8(ascii: "<") {
          add(.dotDotLess, length: 3)
        } else if byte(2) == UInt8(ascii: ".") {
          add(.dotDot, length: 3, isForeign: true)
        } else {
          add(.dotDot, length: 2)
        }
      } else {
        add(.dot, length: 1)
      }
    case 0x80...:
      unicode()
    default:
      symbol(first)
    }
  }

  /// Whether the token before ends a value: in `xs.0` the `.` is not the start of `.0`.
  private var followsValue: Bool {
    switch tokens.last?.kind {
    case .word, .closeParenthesis, .closeBracket: true
    default: false
    }
  }

  // MARK: Words and numbers

  private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// How many bytes the letter, digit or `_` at an offset takes; 0 if there is none.
  private func nameLength(at offset: Int) -> Int {
    guard offset < bytes.count else { return 0 }
    let byte = bytes[offset]
    if byte < 0x80 {
      let isLetter = (byte | 0x20) &- 0x61 < 26
      return isLetter || isDigit(byte) || byte == UInt8(ascii: "_") ? 1 : 0
    }
    let (scalar, length) = scalar(at: offset)
    return scalar.properties.isXIDContinue ? length : 0
  }

  private mutating func skipName() {
    while true {
      let length = nameLength(at: position)
      if length == 0 { return }
      position += length
    }
  }

  private mutating func word() {
    let start = position
    skipName()
    add(reservedWord(bytes[start..<position]) ?? .word, from: start)
  }

  /// A number, a percentage or a size; what looks like one and is none becomes `.badNumber`.
  private mutating func number() {
    let start = position
    skipDigits()
    if byte() == UInt8(ascii: "x"), isDigit(byte(1)) {
      while byte() == UInt8(ascii: "x"), isDigit(byte(1)) {
        position += 1
        skipDigits()
      }
      finishNumber(.size, from: start)
      return
    }
    if byte() == UInt8(ascii: "."), byte(1) != UInt8(ascii: ".") {
      if isDigit(byte(1)) {
        position += 1
        skipDigits()
      } else if nameLength(at: position + 1) == 0 {
        position += 1
        add(.badNumber, from: start)
        return
      }
    }
    if byte() | 0x20 == UInt8(ascii: "e") {
      let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 1 : 0
      if isDigit(byte(1 + sign)) {
        position += 1 + sign
        skipDigits()
      }
    }
    if byte() == UInt8(ascii: "%"), nameLength(at: position + 1) == 0,
      byte(1) != UInt8(ascii: "("), byte(1) != UInt8(ascii: "["), byte(1) != UInt8(ascii: "=")
    {
      position += 1
      add(.number, from: start)
      return
    }
    finishNumber(.number, from: start)
  }

  private mutating func skipDigits() {
    while isDigit(byte()) || (byte() == UInt8(ascii: "_") && isDigit(byte(1))) { position += 1 }
  }

  /// `3x`, `1e`, `0x1F`: letters directly behind a number make it none.
  private mutating func finishNumber(_ kind: TokenKind, from start: Int) {
    let digitsEnd = position
    skipName()
    add(position == digitsEnd ? kind : .badNumber, from: start)
  }

  // MARK: Texts

  /// `'as it is'`.
  private mutating func rawText() {
    let start = position
    position += 1
    while !isAtEnd, byte() != 0x0A, byte() != 0x0D {
      position += 1
      if bytes[position - 1] == UInt8(ascii: "'") {
        add(.rawText, from: start)
        return
      }
    }
    add(.rawUnclosed, from: start)
  }

  /// Inside of quotes: the next piece, value or the end.
  private mutating func textPiece() {
    let start = position
    scan: while !isAtEnd {
      switch byte() {
      case 0x0A, 0x0D, UInt8(ascii: "\""):
        break scan
      case UInt8(ascii: "\\"):
        // Whatever is escaped, a quote above all, does not end the text; a line's end does.
        position += 1
        if !isAtEnd, byte() != 0x0A, byte() != 0x0D { position += 1 }
      case UInt8(ascii: "{"):
        guard byte(1) == UInt8(ascii: "{") else { break scan }
        position += 2
      default:
        position += 1
      }
    }
    if position > start { add(.textPiece, from: start) }
    switch byte() {
    case UInt8(ascii: "\"") where !isAtEnd:
      modes.removeLast()
      add(.textClose, length: 1)
      closeBracketInInterpolation(0)
    case UInt8(ascii: "{") where !isAtEnd:
      add(.interpolationOpen, length: 1)
      modes.append(.interpolation(depth: 0))
    default:
      closeTextsAtLineEnd()
    }
  }

  /// Nothing inside of a text goes on in the next line: the outermost text ends here, unclosed.
  private mutating func closeTextsAtLineEnd() {
    modes = []
    let (space, lineBreak) = (hasSpace, hasBreak)
    hasSpace = false
    hasBreak = false
    add(.textUnclosed, length: 0)
    hasSpace = space
    hasBreak = lineBreak
  }

  private mutating func closeBracketInInterpolation(_ change: Int) {
    if case .interpolation(let depth) = modes.last {
      modes[modes.count - 1] = .interpolation(depth: max(0, depth + change))
    }
  }

  /// Whether `:` and `}` belong to the text around, not to brackets in the value.
  private var isAtInterpolationLevel: Bool {
    if case .interpolation(let depth) = modes.last { depth == 0 } else { false }
  }

  private mutating func format() {
    let start = position
    while !isAtEnd, byte() != 0x0A, byte() != 0x0D, byte() != UInt8(ascii: "}"),
      byte() != UInt8(ascii: "\"")
    {
      position += 1
    }
    add(.format, from: start)
  }

  // MARK: Symbols

  private mutating func symbol(_ first: UInt8) {
    let second = byte(1)
    let third = byte(2)
    func isNext(_ character: Unicode.Scalar) -> Bool { second == UInt8(ascii: character) }
    func isThird(_ character: Unicode.Scalar) -> Bool { third == UInt8(ascii: character) }
    switch first {
    case UInt8(ascii: "("): open(.openParenthesis)
    case UInt8(ascii: "["): open(.openBracket)
    case UInt8(ascii: "{"): open(.openBrace)
    case UInt8(ascii: ")"): close(.closeParenthesis)
    case UInt8(ascii: "]"): close(.closeBracket)
    case UInt8(ascii: "}"):
      if isAtInterpolationLevel {
        modes.removeLast()
        add(.interpolationClose, length: 1)
      } else {
        close(.closeBrace)
      }
    case UInt8(ascii: ","): add(.comma, length: 1)
    case UInt8(ascii: ";"): add(.semicolon, length: 1)
    case UInt8(ascii: ":"):
      if isAtInterpolationLevel {
        format()
      } else if isNext("=") {
        add(.assign, length: 2, isForeign: true)
      } else {
        add(.colon, length: 1)
      }
    case UInt8(ascii: "="):
      if isNext("="), isThird("=") {
        add(.equal, length: 3, isForeign: true)
      } else if isNext("=") {
        add(.equal, length: 2)
      } else if isNext(">") {
        add(.arrow, length: 2)
      } else {
        add(.assign, length: 1)
      }
    case UInt8(ascii: "!"):
      if isNext("="), isThird("=") {
        add(.notEqual, length: 3, isForeign: true)
      } else if isNext("=") {
        add(.notEqual, length: 2)
      } else {
        add(.not, length: 1, isForeign: true)
      }
    case UInt8(ascii: "<"):
      if isNext("="), isThird("=") {
        add(.lessOrEqual, length: 3, isForeign: true)
      } else if isNext("=") {
        add(.lessOrEqual, length: 2)
      } else if isNext(">") {
        add(.notEqual, length: 2, isForeign: true)
      } else {
        add(.less, length: 1)
      }
    case UInt8(ascii: ">"):
      add(isNext("=") ? .greaterOrEqual : .greater, length: isNext("=") ? 2 : 1)
    case UInt8(ascii: "~") where isNext("="): add(.notEqual, length: 2, isForeign: true)
    case UInt8(ascii: "&") where isNext("&"): add(.and, length: 2, isForeign: true)
    case UInt8(ascii: "|") where isNext("|"): add(.or, length: 2, isForeign: true)
    case UInt8(ascii: "?"): add(.question, length: 1)
    case UInt8(ascii: "+"):
      if isNext("+") { add(.plusPlus, length: 2) } else { arithmetic(.plus, .plusAssign) }
    case UInt8(ascii: "-"):
      if isNext("-") {
        add(.minusMinus, length: 2)
      } else if isNext(">") {
        add(.arrow, length: 2)
      } else {
        arithmetic(.minus, .minusAssign)
      }
    case UInt8(ascii: "*"):
      if isNext("*") {
        let isAssignment = isThird("=")
        add(
          isAssignment ? .caretAssign : .caret, length: isAssignment ? 3 : 2, isForeign: true)
      } else {
        arithmetic(.star, .starAssign)
      }
    case UInt8(ascii: "/"):
      if isNext("*") {
        blockComment()
      } else if isNext("/") {
        slashSlash()
      } else {
        arithmetic(.slash, .slashAssign)
      }
    case UInt8(ascii: "%"): arithmetic(.percent, .percentAssign)
    case UInt8(ascii: "@"): arithmetic(.at, .atAssign)
    case UInt8(ascii: "^"): arithmetic(.caret, .caretAssign)
    default: add(.badCharacter, length: 1)
    }
  }

  private mutating func arithmetic(_ plain: TokenKind, _ assignment: TokenKind) {
    // `%==` and its like: the operator ends before `==`.
    if byte(1) == UInt8(ascii: "="), byte(2) != UInt8(ascii: "=") {
      add(assignment, length: 2)
    } else {
      add(plain, length: 1)
    }
  }

  private mutating func open(_ kind: TokenKind) {
    add(kind, length: 1)
    closeBracketInInterpolation(1)
  }

  private mutating func close(_ kind: TokenKind) {
    add(kind, length: 1)
    closeBracketInInterpolation(-1)
  }

  /// `/* … */`; without an end it takes its line.
  private mutating func blockComment() {
    let start = position
    position += 2
    var end = position
    while end + 1 < bytes.count,
      bytes[end] != UInt8(ascii: "*") || bytes[end + 1] != UInt8(ascii: "/")
    {
      end += 1
    }
    if end + 1 < bytes.count, modes.isEmpty { position = end + 2 } else { skipLine() }
    add(.foreignComment, from: start)
  }

  /// `//`: a comment at a line's start, elsewhere maybe a division; the parser speaks of both.
  private mutating func slashSlash() {
    let start = position
    if hasBreak || tokens.isEmpty {
      skipLine()
      add(.foreignComment, from: start)
    } else {
      add(.slashSlash, length: 2)
    }
  }

  /// Letters beyond ASCII, signs that look like operators, quotes of word processors.
  private mutating func unicode() {
    let (scalar, length) = scalar(at: position)
    if scalar.properties.isXIDStart {
      word()
      return
    }
    switch scalar {
    case "“", "”", "„", "‟", "‘", "’", "‚", "«", "»": curlyText(length)
    case "−", "–", "—": add(.minus, length: length, isForeign: true)
    case "×", "·", "⋅": add(.star, length: length, isForeign: true)
    case "÷": add(.slash, length: length, isForeign: true)
    case "≤": add(.lessOrEqual, length: length, isForeign: true)
    case "≥": add(.greaterOrEqual, length: length, isForeign: true)
    case "≠": add(.notEqual, length: length, isForeign: true)
    case "∈": add(.in, length: length, isForeign: true)
    case "¬": add(.not, length: length, isForeign: true)
    case "…": add(.dotDot, length: length, isForeign: true)
    case "→", "⇒": add(.arrow, length: length)
    default: add(.badCharacter, length: length)
    }
  }

  private mutating func curlyText(_ openLength: Int) {
    let start = position
    position += openLength
    while !isAtEnd, byte() != 0x0A, byte() != 0x0D {
      let (scalar, length) = scalar(at: position)
      position += length
      if "“”„‟‘’‚«»\"".unicodeScalars.contains(scalar) { break }
    }
    add(.curlyText, from: start)
  }
}

/// The reserved words, each packed into a number so that comparing is cheap.
private let reservedWords: [(key: UInt64, kind: TokenKind)] = {
  let words: [(String, TokenKind)] = [
    ("let", .let), ("if", .if), ("then", .then), ("else", .else), ("for", .for), ("in", .in),
    ("while", .while), ("def", .def), ("return", .return), ("break", .break),
    ("continue", .continue), ("and", .and), ("or", .or), ("not", .not), ("true", .true),
    ("false", .false), ("none", .none),
  ]
  return words.map { (pack(Array($0.0.utf8)[...]), $0.1) }
}()

private func pack(_ word: ArraySlice<UInt8>) -> UInt64 {
  word.reduce(0) { $0 << 8 | UInt64($1) }
}

/// The reserved word these bytes spell.
private func reservedWord(_ bytes: ArraySlice<UInt8>) -> TokenKind? {
  guard bytes.count >= 2, bytes.count <= 8 else { return nil }
  let key = pack(bytes)
  for word in reservedWords where word.key == key { return word.kind }
  return nil
}
