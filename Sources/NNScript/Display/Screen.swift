/// What results are shown on: how wide it is, and which signs and colours it takes.
///
/// The library draws for the screen its host describes and sends no sign the host did not promise
/// to be able to show. What is drawn is the same text wherever it comes from: a script, the prompt
/// or an embedding program.
public struct Screen: Sendable, Equatable {
  /// How many colours there are.
  public enum Colors: Sendable {
    /// None: no escape byte is sent.
    case none
    /// The 16 colours of plain terminals.
    case basic
    /// The 256 colours of most terminals.
    case palette
    /// Any colour, as red, green and blue.
    case full
  }

  /// How many columns there are.
  public var width: Int
  /// How many rows there are; `nil` where nothing has to fit, as in a file.
  public var height: Int?
  /// Whether it shows box drawing, block elements and braille.
  public var isUnicode: Bool
  /// The colours it has.
  public var colors: Colors

  /// A screen of so many columns, plain unless said otherwise. Nothing can be drawn in fewer than
  /// 20 columns, so these are the least.
  public init(
    width: Int = 80, height: Int? = nil, isUnicode: Bool = false, colors: Colors = .none
  ) {
    self.width = max(20, width)
    self.height = height
    self.isUnicode = isUnicode
    self.colors = colors
  }

  /// Eighty columns of ASCII: what a host has that says nothing.
  public static let plain = Screen()

  /// What stands for something left out.
  var ellipsis: String { isUnicode ? "…" : ".." }
}

extension String {
  /// The text in at most so many columns, with the mark for what is left out where it is longer.
  func cut(to width: Int, on screen: Screen) -> String {
    guard displayWidth > width else { return self }
    let mark = screen.ellipsis
    var room = width - mark.displayWidth
    guard room >= 0 else { return String(repeating: ".", count: max(0, width)) }
    var result = ""
    for character in self {
      room -= character.displayWidth
      if room < 0 { break }
      result.append(character)
    }
    return result + mark
  }

  /// The text with each line that is wider than so many columns broken between words; what goes on
  /// is indented, and what stands in backquotes stays in one piece.
  public func wrapped(to width: Int) -> String {
    split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.count > width else { return String(line) }
      let indent = line.prefix { $0 == " " }.count
      return Paragraphs.$width.withValue(width) {
        Paragraphs.wrapped(
          String(line.dropFirst(indent)), first: String(repeating: " ", count: indent),
          rest: indent + 2)
      }
    }.joined(separator: "\n")
  }

  /// The text filled with blanks up to a width; at its left for a number.
  func padded(to width: Int, isNumber: Bool = false) -> String {
    let gap = String(repeating: " ", count: max(0, width - displayWidth))
    return isNumber ? gap + self : self + gap
  }

  /// The text in one line, without signs that would move the cursor: a line's end as `\n`.
  var inOneLine: String {
    guard contains(where: { $0.isUnsafeToShow || $0 == "\r\n" }) else { return self }
    var result = ""
    for character in self {
      switch character {
      case "\n", "\r\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where character.isUnsafeToShow:
        result += "\\u{" + String(character.unicodeScalars.first?.value ?? 0, radix: 16) + "}"
      default: result.append(character)
      }
    }
    return result
  }
}

extension String {
  /// The text without signs that would move the cursor or change the terminal: they are shown as
  /// `\u{1b}`. Line ends and tabs stay.
  ///
  /// - Parameter keepsColors: whether colours, which drawings here are made with, stay too.
  public func harmless(keepsColors: Bool) -> String {
    guard contains(where: { $0.isUnsafeToShow && $0 != "\n" && $0 != "\t" && $0 != "\r\n" }) else {
      return self
    }
    var result = ""
    var index = startIndex
    while index < endIndex {
      let character = self[index]
      if keepsColors, character == "\u{1B}", let end = colorEnd(from: index) {
        result += self[index..<end]
        index = end
        continue
      }
      let isPlain = !character.isUnsafeToShow || ["\n", "\t", "\r\n"].contains(character)
      result += isPlain ? String(character) : String(character).inOneLine
      index = self.index(after: index)
    }
    return result
  }

  /// Where the colour ends that begins here: `ESC [`, digits and `;`, `m`.
  private func colorEnd(from start: Index) -> Index? {
    var index = self.index(after: start)
    guard index < endIndex, self[index] == "[" else { return nil }
    index = self.index(after: index)
    while index < endIndex, self[index].isNumber || self[index] == ";" {
      index = self.index(after: index)
    }
    return index < endIndex && self[index] == "m" ? self.index(after: index) : nil
  }
}
