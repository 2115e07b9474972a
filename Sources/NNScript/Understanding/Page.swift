/// A text with formulas, for a terminal of 80 columns or as Markdown.
struct Page {
  enum Line {
    case title(String)
    /// A sentence.
    case remark(String)
    /// A formula in letters, as text and as LaTeX.
    case formula(String, latex: String)
    /// A formula with its numbers put in.
    case numbers(String)
    /// A definition in the language, line by line.
    case definition(String)
  }

  var lines: [Line] = []

  var text: String {
    lines.map { line in
      switch line {
      case .title(let text): text
      case .remark(let text): Paragraphs.wrapped(text, first: "  ", rest: 2)
      case .formula(let text, _): Paragraphs.wrapped(text, first: "  ", rest: 6)
      case .numbers(let text): Paragraphs.wrapped(text, first: "    ", rest: 8)
      case .definition(let text):
        text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
      }
    }.joined(separator: "\n")
  }

  var markdown: String {
    var result: [String] = []
    var fenced: [String] = []
    func close() {
      guard !fenced.isEmpty else { return }
      result.append("```text\n" + fenced.joined(separator: "\n") + "\n```")
      fenced = []
    }
    for line in lines {
      switch line {
      case .numbers(let text), .definition(let text):
        fenced.append(text)
        continue
      default: close()
      }
      switch line {
      case .title(let text): result.append((result.isEmpty ? "# " : "## ") + text)
      case .remark(let text): result.append(text)
      case .formula(let text, let latex):
        result.append(latex.isEmpty ? text : "\(text.prefix { $0 != ":" }):\n\n$$\(latex)$$")
      case .numbers, .definition: break
      }
    }
    close()
    return result.joined(separator: "\n\n") + "\n"
  }
}
