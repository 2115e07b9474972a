/// A Python literal as NumPy writes it into the header of an array: texts, truths, whole numbers,
/// tuples, lists and dictionaries of them.
indirect enum PythonLiteral: Equatable {
  case text(String)
  case truth(Bool)
  case integer(Int)
  case list([PythonLiteral])
  case dictionary([(key: String, value: PythonLiteral)])

  /// The literal that a text is, or `nil`.
  init?(_ text: some Collection<UInt8>) {
    var reader = Reader(bytes: Array(text))
    guard let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
    self = value
  }

  /// The value of a key, of a dictionary that has it.
  subscript(key: String) -> PythonLiteral? {
    guard case .dictionary(let fields) = self else { return nil }
    return fields.first { $0.key == key }?.value
  }

  static func == (a: PythonLiteral, b: PythonLiteral) -> Bool {
    switch (a, b) {
    case (.text(let a), .text(let b)): a == b
    case (.truth(let a), .truth(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.dictionary(let a), .dictionary(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var place = 0
    /// Deeper than any header is.
    static let mostDepth = 8

    var isAtEnd: Bool {
      mutating get {
        skipSpace()
        return place == bytes.count
      }
    }

    mutating func skipSpace() {
      while place < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[place]) { place += 1 }
    }

    mutating func take(_ byte: Character) -> Bool {
      skipSpace()
      guard place < bytes.count, bytes[place] == byte.asciiValue else { return false }
      place += 1
      return true
    }

    mutating func value(depth: Int) -> PythonLiteral? {
      skipSpace()
      guard place < bytes.count, depth < Self.mostDepth else { return nil }
      switch Character(UnicodeScalar(bytes[place])) {
      case "'", "\"": return text().map { .text($0) }
      case "(": return list(closedBy: ")", depth)
      case "[": return list(closedBy: "]", depth)
      case "{": return dictionary(depth)
      default: return word()
      }
    }

    private mutating func text() -> String? {
      let quote = bytes[place]
      guard let end = bytes[(place + 1)...].firstIndex(of: quote) else { return nil }
      defer { place = end + 1 }
      return String(validating: bytes[place + 1..<end], as: UTF8.self)
    }

    private mutating func list(closedBy end: Character, _ depth: Int) -> PythonLiteral? {
      place += 1
      var items: [PythonLiteral] = []
      while !take(end) {
        guard let item = value(depth: depth + 1) else { return nil }
        items.append(item)
        guard take(",") else { return take(end) ? .list(items) : nil }
      }
      return .list(items)
    }

    private mutating func dictionary(_ depth: Int) -> PythonLiteral? {
      place += 1
      var fields: [(key: String, value: PythonLiteral)] = []
      while !take("}") {
        guard case .text(let key)? = value(depth: depth + 1), take(":"),
          let value = value(depth: depth + 1)
        else { return nil }
        fields.append((key, value))
        guard take(",") else { return take("}") ? .dictionary(fields) : nil }
      }
      return .dictionary(fields)
    }

    private mutating func word() -> PythonLiteral? {
      let start = place
      while place < bytes.count,
        UnicodeScalar(bytes[place]).properties.isAlphabetic || (0x30...0x39).contains(bytes[place])
          || bytes[place] == UInt8(ascii: "-")
      {
        place += 1
      }
      switch String(decoding: bytes[start..<place], as: UTF8.self) {
      case "True": return .truth(true)
      case "False": return .truth(false)
      case let word: return Int(word).map { .integer($0) }
      }
    }
  }
}
