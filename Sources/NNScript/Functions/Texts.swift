import NNEngine

/// Searching and cutting texts without Foundation.
enum Texts {
  /// How many characters a text has; counted the long way only where one may take several bytes.
  static func length(_ text: String) -> Int {
    if isPlain(text) { return text.utf8.count }
    var count = 0
    for _ in text {
      count += 1
      // Whoever is to end throws the number away.
      if count & 0xFFF == 0, Allowance.isHalted { break }
    }
    return count
  }

  /// Whether each character is one byte.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { bytes in
      // A carriage return and a line feed are one character.
      bytes.reduce(0) { $0 | ($1 == 0x0D ? 0x80 : $1) } < 0x80
    } ?? false
  }

  /// Some of the characters of a text, by their places, which must be in range.
  static func characters(_ places: Range<Int>, of text: String) throws -> String {
    if isPlain(text) {
      let start = text.utf8.index(text.startIndex, offsetBy: places.lowerBound)
      return String(text[start..<text.utf8.index(start, offsetBy: places.count)])
    }
    var place = 0
    var result = ""
    for character in text {
      if place & 0xFFF == 0 { try Allowance.proceed() }
      if place >= places.upperBound { break }
      if place >= places.lowerBound { result.append(character) }
      place += 1
    }
    return result
  }

  /// Goes through the characters of a text, which may take a while.
  static func forEachCharacter(of text: String, _ body: (Character) throws -> Void) throws {
    var count = 0
    for character in text {
      if count & 0xFFF == 0 { try Allowance.proceed() }
      count += 1
      try body(character)
    }
  }

  /// The characters from last to first.
  static func reversed(_ text: String) throws -> String {
    var left = text.utf8.count
    var bytes = [UInt8](repeating: 0, count: left)
    try forEachCharacter(of: text) { character in
      left -= character.utf8.count
      for (place, byte) in character.utf8.enumerated() { bytes[left + place] = byte }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The same text with each letter changed, in pieces.
  static func mapped(_ text: String, _ change: (String) -> String) throws -> String {
    let bytes = text.utf8
    var result = ""
    var start = bytes.startIndex
    while start < bytes.endIndex {
      try Allowance.proceed()
      var end = bytes.index(start, offsetBy: 1 << 16, limitedBy: bytes.endIndex) ?? bytes.endIndex
      // Not within a letter: its further bytes begin with the bits 10.
      while end < bytes.endIndex, bytes[end] & 0xC0 == 0x80 { end = bytes.index(after: end) }
      result += change(String(text[start..<end]))
      start = end
    }
    return result
  }

  /// Where a part first occurs, counted in bytes of UTF-8.
  static func find(_ part: String, in text: String, from start: Int = 0) -> Int? {
    find(Array(part.utf8), in: Array(text.utf8), from: start)
  }

  private static func find(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    guard let first = part.first else { return start }
    var index = start
    while index + part.count <= text.count {
      if index & 0xFFFF == 0, Allowance.isHalted { return nil }
      if text[index] == first, text[index..<index + part.count].elementsEqual(part) {
        return index
      }
      index += 1
    }
    return nil
  }

  /// The parts between separators; each character where the separator is empty.
  static func split(_ text: String, by separator: String) throws -> [String] {
    if separator.isEmpty {
      var parts: [String] = []
      try forEachCharacter(of: text) { parts.append(String($0)) }
      return parts
    }
    let bytes = Array(text.utf8)
    let needle = Array(separator.utf8)
    var parts: [String] = []
    var start = 0
    while let end = find(needle, in: bytes, from: start) {
      try Allowance.proceed()
      parts.append(String(decoding: bytes[start..<end], as: UTF8.self))
      start = end + needle.count
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }

  /// The parts between white space.
  static func words(_ text: String) throws -> [String] {
    var words: [String] = []
    var word = ""
    try forEachCharacter(of: text) { character in
      if !character.isWhitespace {
        word.append(character)
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    return word.isEmpty ? words : words + [word]
  }

  /// Texts one after the other, measured while they grow.
  static func joined(_ parts: some Sequence<String>, by separator: String = "") throws -> String {
    var text = ""
    for (index, part) in parts.enumerated() {
      try Allowance.proceed()
      let added = part.utf8.count + (index > 0 ? separator.utf8.count : 0)
      try Operators.checkLength(text.utf8.count + added)
      if index > 0 { text += separator }
      text += part
    }
    return text
  }

  static func trimmed(_ text: String) -> String {
    let front = text.drop { $0.isWhitespace }
    guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(front[...last])
  }

  /// The finite number a text stands for, with `_` between digits and `%` behind allowed.
  static func number(_ text: String) -> Double? {
    // No number is spelt in so many signs.
    guard text.utf8.count < 10_000 else { return nil }
    var body = trimmed(text)
    let isPercent = body.last == "%"
    if isPercent { body.removeLast() }
    body.removeAll { $0 == "_" }
    if body.first == "." { body = "0" + body }
    guard let first = body.first, first.isNumber || first == "-" || first == "+",
      let number = Double(body), number.isFinite
    else { return nil }
    return isPercent ? number / 100 : number
  }
}
