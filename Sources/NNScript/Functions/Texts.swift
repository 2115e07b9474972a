import NNEngine

/// Searching and cutting texts without Foundation.
enum Texts {
  /// How many characters a text has; counted the long way only where one may take several bytes.
  static func length(_ text: String) -> Int {
    let isPlain =
      text.utf8.withContiguousStorageIfAvailable { bytes in
        // A carriage return and a line feed are one character.
        bytes.reduce(0) { $0 | ($1 == 0x0D ? 0x80 : $1) } < 0x80
      } ?? false
    return isPlain ? text.utf8.count : text.count
  }

  /// Where a part first occurs, counted in bytes of UTF-8.
  static func find(_ part: String, in text: String, from start: Int = 0) -> Int? {
    find(Array(part.utf8), in: Array(text.utf8), from: start)
  }

  private static func find(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    guard let first = part.first else { return start }
    var index = start
    while index + part.count <= text.count {
      if text[index] == first, text[index..<index + part.count].elementsEqual(part) {
        return index
      }
      index += 1
    }
    return nil
  }

  /// The parts between separators; each character where the separator is empty.
  static func split(_ text: String, by separator: String) throws -> [String] {
    if separator.isEmpty { return text.map { String($0) } }
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
