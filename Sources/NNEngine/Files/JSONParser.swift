/// Where JSON text stops being JSON.
public struct JSONError: Error, Equatable {
  /// What is wrong, in words.
  public var problem: String
  /// The byte where it is, from 0.
  public var offset: Int
}

extension JSONValue {
  /// How deep arrays and objects may stand in each other; the reader calls itself for each level.
  static let deepest = 200

  /// Reads JSON text.
  ///
  /// - Throws: `JSONError`.
  public init(parsing text: String) throws { try self.init(parsing: Array(text.utf8)) }

  /// Reads JSON from UTF-8 bytes.
  ///
  /// - Throws: `JSONError`.
  public init(parsing bytes: [UInt8]) throws {
    var parser = JSONParser(bytes: bytes)
    self = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.position < bytes.count { throw parser.failure("something stands behind the value") }
  }
}

/// A reader of RFC 8259, by recursive descent.
private struct JSONParser {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  func failure(_ problem: String) -> JSONError { JSONError(problem: problem, offset: position) }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  // value = object | array | string | number | "true" | "false" | "null"
  mutating func value(depth: Int) throws -> JSONValue {
    if depth > JSONValue.deepest { throw failure("nested too deeply") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw failure("the text ends where a value is due")
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw failure("no JSON value") }
    position += word.utf8.count
    return value
  }

  // object = "{" [ string ":" value { "," string ":" value } ] "}"
  private mutating func object(depth: Int) throws -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("a key is due") }
      let key = try string()
      guard keys.insert(key).inserted else { throw failure("the key `\(key)` stands twice") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("`:` is due") }
      members.append(.init(key, try value(depth: depth + 1)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw failure("`,` or `}` is due") }
    return .object(members)
  }

  // array = "[" [ value { "," value } ] "]"
  private mutating func array(depth: Int) throws -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw failure("`,` or `]` is due") }
    return .array(elements)
  }

  // number = ["-"] ("0" | 1-9 {digit}) ["." digit {digit}] [("e" | "E") ["+" | "-"] digit {digit}]
  private mutating func number() throws -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let leadingZero = current == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0 else {
      position = start
      throw failure("no JSON value")
    }
    if leadingZero && whole > 1 { throw failure("a number begins with 0") }
    if take(UInt8(ascii: ".")), digits() == 0 { throw failure("a digit is due") }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      if digits() == 0 { throw failure("a digit is due") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else { throw failure("the number is too large") }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = current, byte >= 0x30 && byte <= 0x39 { position += 1 }
    return position - start
  }

  private mutating func string() throws -> String {
    position += 1
    var text: [UInt8] = []
    while true {
      guard let byte = current else { throw failure("a text is not closed") }
      if byte < 0x20 { throw failure("a control character stands in a text") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw failure("a text is not UTF-8")
        }
        return result
      case UInt8(ascii: "\\"): try escape(into: &text)
      default: text.append(byte)
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    guard let byte = current else { throw failure("a text is not closed") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      // Characters past U+FFFF come as a pair of surrogates.
      if code >= 0xd800 && code < 0xdc00 {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
          throw failure("half a surrogate pair")
        }
        let low = try hexadecimal()
        guard low >= 0xdc00 && low < 0xe000 else { throw failure("half a surrogate pair") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
      text += Array(String(Character(scalar)).utf8)
    default: throw failure("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits are due")
      }
      position += 1
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
