/// A reserved word with what help tells of it. The forms of the language are a closed set that the
/// parser knows; these are their descriptions, no entries that could be added to.
struct SyntaxForm {
  /// The reserved word.
  var word: String
  /// How the form is written, one way a line.
  var usage: String
  /// What it does.
  var summary: String
  /// Lines that run as they stand.
  var example: String

  /// One for each reserved word.
  static let all = [
    SyntaxForm(
      word: "let", usage: "let NAME = VALUE",
      summary: "Introduces a name. A plain `NAME = VALUE` changes one there is.",
      example: "let rate = 0.1\nrate = rate / 2\nprint rate"),
    SyntaxForm(
      word: "if",
      usage: "if CONDITION { … } else if CONDITION { … } else { … }\nif A then B else C",
      summary: "With blocks, runs one of them; with `then`, is one of two values.",
      example: "let n = 3\nif n > 2 { print \"many\" } else { print \"few\" }\n"
        + "print if n > 2 then \"many\" else \"few\""),
    SyntaxForm(
      word: "then", usage: "if A then B else C",
      summary: "One of two values, also element by element on lists and tensors.",
      example: "print if [1, 5] > 2 then 1 else 0"),
    SyntaxForm(
      word: "else", usage: "if CONDITION { … } else { … }\nif A then B else C",
      summary: "What holds where the condition is false.",
      example: "if 1 > 2 { print \"odd\" } else { print \"as expected\" }"),
    SyntaxForm(
      word: "for",
      usage: "for NAME in LIST { … }\nfor INDEX, NAME in LIST { … }\n"
        + "[VALUE for NAME in LIST if CONDITION]",
      summary: "Runs a block for each item of a list, range, text or record, or makes a list.",
      example:
        "for i, lr in [0.1, 0.01] { print \"{i}: {lr}\" }\nprint [x^2 for x in 1..5 if x > 2]"),
    SyntaxForm(
      word: "in", usage: "VALUE in LIST\nVALUE not in LIST\nfor NAME in LIST { … }",
      summary: "Whether a list, text or record holds something; in a loop, what to go through.",
      example: "print 2 in [1, 2, 3]\nprint \"z\" not in \"text\""),
    SyntaxForm(
      word: "while", usage: "while CONDITION { … }",
      summary: "Runs a block as long as something is true.",
      example: "let n = 1\nwhile n < 100 { n *= 2 }\nprint n"),
    SyntaxForm(
      word: "def", usage: "def NAME(A, B=1) = EXPRESSION\ndef NAME(A, B=1) { … return VALUE }",
      summary: "Defines a function; it can be called like a function and like a command.",
      example: "def square(x) = x^2\nprint square(3)"),
    SyntaxForm(
      word: "return", usage: "return\nreturn VALUE", summary: "Ends a function, with its value.",
      example: "def sign_of(x) {\n  if x < 0 { return -1 }\n  return 1\n}\nprint sign_of(-3)"),
    SyntaxForm(
      word: "break", usage: "break", summary: "Leaves the innermost loop.",
      example: "for n in 1..10 {\n  if n > 3 { break }\n  print n\n}"),
    SyntaxForm(
      word: "continue", usage: "continue", summary: "Begins the next round of the innermost loop.",
      example: "for n in 1..4 {\n  if n == 2 { continue }\n  print n\n}"),
    SyntaxForm(
      word: "and", usage: "A and B",
      summary: "True where both are; element by element on lists and tensors.",
      example: "print 1 < 2 and 2 < 3"),
    SyntaxForm(
      word: "or", usage: "A or B",
      summary: "True where one is; element by element on lists and tensors.",
      example: "print 1 > 2 or 2 < 3"),
    SyntaxForm(
      word: "not", usage: "not A\nA not in LIST",
      summary: "The opposite; element by element on lists and tensors.",
      example: "print not 1 > 2"),
    SyntaxForm(
      word: "true", usage: "true", summary: "One of the two truth values.", example: "print true"),
    SyntaxForm(
      word: "false", usage: "false", summary: "The other truth value.",
      example: "print false == not true"),
    SyntaxForm(
      word: "none", usage: "none", summary: "Nothing: the value of what gives none.",
      example: "let best = none\nprint best == none"),
  ]
}
