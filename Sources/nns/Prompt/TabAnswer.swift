import NNScript

/// What the Tab key does to a line.
struct TabAnswer: Equatable {
  /// The bytes of the line that `text` replaces.
  var range: Range<Int>
  /// `nil` if the line stays as it is.
  var text: String?
  /// Lines to show below the line; `nil` for none.
  var menu: String?

  static func insert(_ text: String, at place: Int) -> TabAnswer {
    TabAnswer(range: place..<place, text: text, menu: nil)
  }

  /// Puts in what all offers have in common, or shows them.
  ///
  /// - Parameters:
  ///   - bytes: the text in which the offers' range stands.
  ///   - offset: the bytes of it that stand before the line.
  init(_ offers: Completions, in bytes: [UInt8], offset: Int, size: (rows: Int, columns: Int)) {
    let start = max(offset, offers.range.lowerBound)
    range = start - offset..<max(start, offers.range.upperBound) - offset
    let typed = String(decoding: bytes[offers.range], as: UTF8.self)
    guard let first = offers.items.first else { return }
    if offers.items.count == 1 {
      let whole = first.text + Self.ending(first, offers.range, bytes)
      if whole != typed { text = whole }
      return
    }
    let common = offers.items.dropFirst().reduce(first.text) { commonStart($0, $1.text) }
    if common.count > typed.count {
      text = common
    } else {
      menu = CompletionMenu(offers.items, expected: offers.expected, size: size).text
    }
  }

  init(range: Range<Int>, text: String?, menu: String?) {
    self.range = range
    self.text = text
    self.menu = menu
  }

  /// What follows a word that is sure: a space where another may follow, the quote behind a file.
  private static func ending(_ item: Completion, _ range: Range<Int>, _ bytes: [UInt8]) -> String {
    let next = range.upperBound < bytes.count ? bytes[range.upperBound] : nil
    switch item.kind {
    case .file:
      guard !item.text.hasSuffix("/") else { return "" }
      let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
      guard let quote = bytes[..<range.lowerBound].last(where: quotes.contains), next != quote
      else { return "" }
      return String(UnicodeScalar(quote))
    case .command, .form, .word, .topic, .option:
      // Inside a list a comma or bracket comes next.
      let before = bytes[..<range.lowerBound].last { $0 != UInt8(ascii: " ") }
      let isItem = before == UInt8(ascii: "[") || before == UInt8(ascii: ",")
      let isOpen = item.text.hasSuffix("=") || item.text.hasSuffix("(")
      return isOpen || isItem || next == UInt8(ascii: " ") ? "" : " "
    case .variable, .function, .field, .model: return ""
    }
  }
}

/// The start two words share, whatever their case, as the first writes it.
private func commonStart(_ first: String, _ second: String) -> String {
  var end = first.startIndex
  for (one, other) in zip(first, second) {
    guard one.lowercased() == other.lowercased() else { break }
    end = first.index(after: end)
  }
  return String(first[..<end])
}
