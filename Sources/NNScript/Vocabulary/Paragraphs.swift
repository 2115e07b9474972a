/// Lays text out for a terminal: lines of at most so many columns, broken between words.
struct Paragraphs {
  /// How many columns the lines at hand may have: those of a plain terminal unless set.
  @TaskLocal static var width = 80

  /// The text in lines; the first begins with `first`, the others with as many blanks as `rest`.
  ///
  /// Blanks inside backquotes do not break a line: what can be typed stays whole.
  static func wrapped(_ text: String, first: String = "", rest: Int = 0) -> String {
    var lines: [String] = []
    var line = first
    var isEmpty = true
    for word in words(of: text) {
      if !isEmpty, line.displayWidth + 1 + word.displayWidth > width {
        lines.append(line)
        line = String(repeating: " ", count: rest)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n")
  }

  /// A word and what is said of it, in two columns, the second one wrapped.
  static func columns(_ rows: [(word: String, text: String)], indent: Int = 2) -> String {
    let widest = rows.map(\.word.displayWidth).max() ?? 0
    let column = indent + widest + 2
    return rows.map { row in
      let gap = String(repeating: " ", count: widest - row.word.displayWidth + 2)
      return wrapped(
        row.text, first: String(repeating: " ", count: indent) + row.word + gap, rest: column)
    }.joined(separator: "\n")
  }

  /// Prose whose lines may be longer, wrapped; indented lines stay as they are, and so do lines
  /// that end in a colon.
  static func reflowed(_ text: String) -> String {
    var result: [String] = []
    var prose = ""
    func finish() {
      if !prose.isEmpty { result.append(wrapped(prose)) }
      prose = ""
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty || line.hasPrefix(" ") || line.hasSuffix(":") {
        finish()
        result.append(String(line))
      } else {
        prose += (prose.isEmpty ? "" : " ") + line
      }
    }
    finish()
    return result.joined(separator: "\n")
  }

  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var isQuoted = false
    var word = ""
    for character in text {
      if character == "`" { isQuoted.toggle() }
      if character == " ", !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
