/// Makes texts of a grammar in the notation of `Grammar.md`, by chance but the same each time.
struct GrammarSentences {
  /// A part of a production.
  private indirect enum Part {
    case literal(String)
    case name(String)
    case sequence([Part])
    case choice([Part])
    case optional(Part)
    case repeated(Part)
    case glue
  }

  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  private var productions: [String: Part] = [:]
  private var state: UInt64

  /// What stands for the productions that spell words and values.
  private static let samples = [
    "name": ["x", "y", "f", "net", "α"], "word": ["x", "loss", "for", "in"],
    "number": ["1", "0.5", ".25", "1e-3", "60_000"], "size": ["28x28x1"],
    "text": ["\"a {x} b\"", "'it'", "\"{y:.2f}\""], "label": ["\"a b\"", "'it'"],
    "newline": ["\n"],
  ]

  init(_ productions: [(name: String, body: String)], seed: UInt64) throws {
    state = seed
    for (name, body) in productions where Self.samples[name] == nil {
      var reader = Reader(body)
      self.productions[name] = try reader.choice()
      guard reader.isAtEnd else { throw Malformed(description: "`\(name)` does not end") }
    }
  }

  /// A text of a production, short enough to see what is wrong with it.
  mutating func sentence(of name: String) -> String {
    var text = ""
    repeat { text = anySentence(of: name) } while text.count > 160
    return text
  }

  private mutating func anySentence(of name: String) -> String {
    var pieces: [String] = []
    write(.name(name), 3, &pieces)
    var text = ""
    for (index, piece) in pieces.enumerated() where piece != Self.glueMark {
      let isGlued = index > 0 && pieces[index - 1] == Self.glueMark
      text += (isGlued ? "" : " ") + piece
    }
    return text
  }

  private static let glueMark = "~"

  private mutating func random(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(count))
  }

  /// The deeper in statements and expressions, the shorter: at the end everything is an `x`.
  private mutating func write(_ part: Part, _ depth: Int, _ pieces: inout [String]) {
    switch part {
    case .literal(let text): pieces.append(text)
    case .glue: pieces.append(Self.glueMark)
    case .name(let name):
      if let samples = Self.samples[name] {
        pieces.append(samples[random(samples.count)])
      } else if let body = productions[name] {
        if depth <= 0, ["expression", "assigned", "primary"].contains(name) {
          return pieces.append("x")
        }
        let isStep = ["expression", "statement", "primary"].contains(name)
        let start = pieces.count
        for _ in 0..<20 {
          pieces.removeSubrange(start...)
          write(body, isStep ? depth - 1 : depth, &pieces)
          if isWanted(name, Array(pieces[start...])) { return }
        }
        pieces.replaceSubrange(start..., with: ["x"])
      }
    case .sequence(let parts): for part in parts { write(part, depth, &pieces) }
    case .choice(let parts):
      write(parts[random(parts.count)], depth, &pieces)
    case .optional(let part): if depth > 0, random(3) == 0 { write(part, depth, &pieces) }
    case .repeated(let part):
      guard depth > 0 else { return }
      for _ in 0..<[0, 0, 0, 0, 0, 1, 1, 2][random(8)] { write(part, depth, &pieces) }
    }
  }

  /// What the words beside the productions say: a command has an argument or block, a first
  /// argument in parentheses would make it a call, and `{}` alone is a block.
  private func isWanted(_ name: String, _ pieces: [String]) -> Bool {
    switch name {
    case "command": pieces.count > 1 && pieces[1] != "("
    case "record": pieces.count > 2
    default: true
    }
  }

  // MARK: Reading the notation

  private struct Reader {
    private var characters: [Character]
    private var position = 0

    init(_ body: String) { characters = Array(body) }

    var isAtEnd: Bool {
      mutating get {
        while position < characters.count, characters[position] == " " { position += 1 }
        return position >= characters.count
      }
    }

    mutating func choice() throws -> Part {
      var parts = [try sequence()]
      while !isAtEnd, characters[position] == "|" {
        position += 1
        parts.append(try sequence())
      }
      return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws -> Part {
      var parts: [Part] = []
      while !isAtEnd, !"|)]}".contains(characters[position]) { parts.append(try part()) }
      return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func part() throws -> Part {
      let first = characters[position]
      position += 1
      switch first {
      case "~": return .glue
      case "\"", "'": return .literal(try text(until: first))
      case "?": return .literal(try text(until: "?"))
      case "[": return .optional(try bracketed("]"))
      case "{": return .repeated(try bracketed("}"))
      case "(": return try bracketed(")")
      default:
        var name = String(first)
        while position < characters.count, characters[position].isLetter {
          name.append(characters[position])
          position += 1
        }
        return .name(name)
      }
    }

    private mutating func text(until end: Character) throws -> String {
      guard let close = characters[position...].firstIndex(of: end) else {
        throw Malformed(description: "`\(end)` is missing")
      }
      defer { position = close + 1 }
      return String(characters[position..<close])
    }

    private mutating func bracketed(_ end: Character) throws -> Part {
      let part = try choice()
      guard !isAtEnd, characters[position] == end else {
        throw Malformed(description: "`\(end)` is missing")
      }
      position += 1
      return part
    }
  }
}
