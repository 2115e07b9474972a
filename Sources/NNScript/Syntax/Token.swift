/// What a piece of text is before anyone asks what it means.
enum TokenKind: UInt8 {
  // The text's end, and a line's end where it ends a statement. `lineEnd` is never stored: the
  // parser sees it in place of a token with a line break before it, where line breaks count.
  case end, lineEnd

  // Values
  case word, number, size
  case rawText
  /// `“…”`, complete: the quotes a word processor makes.
  case curlyText
  // `"a {x:.1f} b"`: textOpen textPiece interpolationOpen word format interpolationClose
  // textPiece textClose. `textUnclosed` stands in for what is missing at the line's end.
  case textOpen, textPiece, interpolationOpen, format, interpolationClose, textClose
  case textUnclosed
  case rawUnclosed

  // Reserved words, `let` first, `none` last
  case `let`, `if`, then, `else`, `for`, `in`, `while`, def, `return`, `break`, `continue`
  case and, or, not, `true`, `false`, none

  // Brackets and punctuation
  case openParenthesis, closeParenthesis, openBracket, closeBracket, openBrace, closeBrace
  case comma, colon, semicolon, dot, dotDot
  /// `..<`
  case dotDotLess

  // Operators
  case plus, minus, star, slash, percent, at, caret
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case assign, plusAssign, minusAssign, starAssign, slashAssign, percentAssign, atAssign
  case caretAssign

  // What other languages have and this one has not
  case plusPlus, minusMinus, arrow, question, slashSlash
  /// A comment as `/* */` or `//` at a line's start.
  case foreignComment
  case badNumber, badCharacter

  /// Whether the token is a reserved word.
  var isReserved: Bool { rawValue >= TokenKind.let.rawValue && rawValue <= TokenKind.none.rawValue }

  /// Whether the token is a name where reserved words are names too.
  var isWordLike: Bool { self == .word || isReserved }

  /// Whether it is `+=` or one of its like.
  var isCompoundAssignment: Bool {
    rawValue >= TokenKind.plusAssign.rawValue && rawValue <= TokenKind.caretAssign.rawValue
  }
}

/// A kind with its place and what stands before it.
struct Token {
  var kind: TokenKind
  /// White space, a line break or the text's start stands directly before it.
  var hasSpaceBefore: Bool
  /// A line end stands before it that no `\` joins.
  var hasBreakBefore: Bool
  /// Another language's spelling of `kind`, like `&&` for `and`.
  var isForeign: Bool
  /// The first byte.
  var start: Int
  /// The byte behind the last.
  var end: Int
}
