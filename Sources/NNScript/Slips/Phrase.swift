/// A line as people who come from elsewhere type it, and the line to type here.
///
/// The pattern is written in words and signs that stand for themselves, whatever their case and
/// the white space between them; `$x` stands for one value, `$n` for a number, `…` for anything or nothing:
///
///     train … verbose = 0 …    →    train … quiet …
///
/// In the line `…` stands for the pattern's next `…`, `…2` for its second.
struct Phrase {
  /// What was typed.
  var typed: String
  /// The line to type, with the pattern's values; empty where no line does that.
  var line: String
  /// What to say in place of the checker's own message.
  var message: String?
  /// Further hints behind the line.
  var hints: [String]

  init(_ typed: String, _ line: String, _ message: String? = nil, hints: [String] = []) {
    (self.typed, self.line, self.message, self.hints) = (typed, line, message, hints)
    pattern = LinePiece.pieces(of: typed)
  }

  private let pattern: [LinePiece]

  /// The line to type for one that was typed; `nil` where the pattern does not fit it.
  func rewritten(_ line: [LinePiece], in text: String) -> String? {
    // Most patterns begin with a word of their own: nearly all are refused here.
    if let first = pattern.first, !first.isPlaceholder,
      line.first?.lowercased != first.lowercased
    {
      return nil
    }
    var values = Values()
    guard match(pattern[...], line[...], text, &values) else { return nil }
    return values.filled(into: self.line)
  }

  /// The values of a match by the name of their place.
  private struct Values {
    var named: [String: String] = [:]
    var rests: [String] = []

    func filled(into line: String) -> String {
      var result = ""
      var rests = rests[...]
      for piece in LinePiece.pieces(of: line) {
        var text = piece.text
        if text == "…" {
          text = rests.popFirst() ?? ""
        } else if text.first == "…", let number = Int(text.dropFirst()) {
          text = self.rests.indices.contains(number - 1) ? self.rests[number - 1] : ""
        } else if piece.isPlaceholder {
          text = named[text] ?? ""
        } else if piece.isText {
          for (name, value) in named { text = text.replacing(name, with: value) }
        }
        guard !text.isEmpty else { continue }
        if piece.hasSpaceBefore, !result.isEmpty { result += " " }
        result += text
      }
      return result
    }
  }

  private func match(
    _ pattern: ArraySlice<LinePiece>, _ line: ArraySlice<LinePiece>, _ text: String,
    _ values: inout Values
  ) -> Bool {
    guard let first = pattern.first else { return line.isEmpty }
    let rest = pattern.dropFirst()
    if first.text == "…" {
      for end in line.startIndex...line.endIndex {
        var tried = values
        tried.rests.append(Self.text(line[line.startIndex..<end], text))
        if match(rest, line[end...], text, &tried) {
          values = tried
          return true
        }
      }
      return false
    }
    guard first.isPlaceholder else {
      guard line.first?.lowercased == first.lowercased else { return false }
      return match(rest, line.dropFirst(), text, &values)
    }
    let stops: Set<String> = [",", ";", ")", "]", "}"]
    for end in Self.valueEnds(line, isNumber: first.text == "$n").reversed() {
      // Of two values side by side the first ends where white space does.
      if rest.first?.isPlaceholder == true, end < line.endIndex, !line[end].hasSpaceBefore,
        !stops.contains(line[end].text)
      {
        continue
      }
      var tried = values
      tried.named[first.text] = Self.text(line[line.startIndex..<end], text)
      if match(rest, line[end...], text, &tried) {
        values = tried
        return true
      }
    }
    return false
  }

  private static func text(_ pieces: ArraySlice<LinePiece>, _ text: String) -> String {
    guard let first = pieces.first, let last = pieces.last else { return "" }
    return String(text[first.range.lowerBound..<last.range.upperBound])
  }

  /// Where a value may end: it has no white space, comma or `=` outside of its own brackets.
  private static func valueEnds(_ line: ArraySlice<LinePiece>, isNumber: Bool) -> [Int] {
    guard let first = line.first,
      !isNumber || first.text.first?.isNumber == true || ["-", "."].contains(first.text)
    else { return [] }
    var depth = 0
    var ends: [Int] = []
    for index in line.indices {
      let piece = line[index]
      if depth == 0, index > line.startIndex, piece.hasSpaceBefore { break }
      switch piece.text {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case ",", ";", "=":
        if depth == 0 { return ends }
      default: break
      }
      if depth < 0 { break }
      if depth == 0 { ends.append(index + 1) }
    }
    return ends
  }
}

/// A word, text in quotes or sign of a line, as far as patterns look.
struct LinePiece {
  let text: String
  let lowercased: String
  let range: Range<String.Index>
  let hasSpaceBefore: Bool

  var isPlaceholder: Bool { text.first == "$" && text.count > 1 || text.first == "…" }
  var isText: Bool { text.first == "\"" || text.first == "'" }

  /// The pieces of a line, up to its comment.
  static func pieces(of line: String) -> [LinePiece] {
    var pieces: [LinePiece] = []
    var index = line.startIndex
    var hasSpace = true
    while index < line.endIndex {
      let start = index
      let first = line[index]
      index = line.index(after: index)
      if first.isWhitespace {
        hasSpace = true
        continue
      }
      if first == "#", hasSpace, !pieces.isEmpty { break }
      if first == "\"" || first == "'" {
        while index < line.endIndex, line[index] != first { index = line.index(after: index) }
        if index < line.endIndex { index = line.index(after: index) }
      } else if first.isPartOfAWord || first == "$" || first == "…" {
        while index < line.endIndex, line[index].isPartOfAWord { index = line.index(after: index) }
      }
      let text = String(line[start..<index])
      pieces.append(
        LinePiece(
          text: text, lowercased: text.lowercased(), range: start..<index, hasSpaceBefore: hasSpace)
      )
      hasSpace = false
    }
    return pieces
  }
}

extension Character {
  fileprivate var isPartOfAWord: Bool { isLetter || isNumber || self == "_" }
}
