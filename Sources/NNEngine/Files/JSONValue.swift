/// A JSON value: what the metadata of a saved model, events and diagnostics are written in.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One `"key": value` of an object; members keep the order they were written in.
  public struct Member: Sendable, Equatable {
    /// The name.
    public var key: String
    /// What stands behind it.
    public var value: JSONValue

    /// Makes a member.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The value of a member of an object; `nil` where there is none or this is no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text, if this is one.
  public var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The number, if this is one.
  public var number: Double? { if case .number(let value) = self { value } else { nil } }

  /// The number as a whole one that `Double` still tells apart from its neighbours.
  public var integer: Int? {
    guard case .number(let value) = self, abs(value) <= 9_007_199_254_740_992 else { return nil }
    return Int(exactly: value)
  }

  /// The truth, if this is one.
  public var bool: Bool? { if case .bool(let truth) = self { truth } else { nil } }

  /// The elements, if this is an array.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// The members, if this is an object.
  public var object: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// A 32-bit number, written as the shortest text that reads back to the same bits.
  public static func float(_ value: Float) -> JSONValue {
    // The shortest text of the Float, not that of the Double it widens to: 0.1 instead of
    // 0.10000000149011612. Read back it must round to the same Float, which is checked here.
    if let short = Double(value.description), Float(short) == value { return .number(short) }
    return .number(Double(value))
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// A truth.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object whose members keep this order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

extension JSONValue {
  /// The value as one line of JSON text.
  ///
  /// Numbers are the shortest text that reads back to the same bits; JSON has no NaN and no
  /// infinity, they become `null`.
  ///
  /// - Parameter sortedKeys: Whether members are put in the order of their keys' bytes, so that
  ///   equal objects give equal bytes.
  public func text(sortedKeys: Bool = false) -> String {
    var result = ""
    write(to: &result, sortedKeys)
    return result
  }

  private func write(to result: inout String, _ sortedKeys: Bool) {
    switch self {
    case .null: result += "null"
    case .bool(let truth): result += truth ? "true" : "false"
    case .number(let value): result += Self.text(of: value)
    case .string(let text): Self.writeQuoted(text, to: &result)
    case .array(let elements):
      result += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { result += "," }
        element.write(to: &result, sortedKeys)
      }
      result += "]"
    case .object(let members):
      let ordered =
        sortedKeys
        ? members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : members
      result += "{"
      for (index, member) in ordered.enumerated() {
        if index > 0 { result += "," }
        Self.writeQuoted(member.key, to: &result)
        result += ":"
        member.value.write(to: &result, sortedKeys)
      }
      result += "}"
    }
  }

  private static func text(of value: Double) -> String {
    if !value.isFinite { return "null" }
    // Whole numbers lose their `.0`; minus zero keeps its sign.
    if abs(value) < 1e15, let whole = Int(exactly: value), !(whole == 0 && value.sign == .minus) {
      return String(whole)
    }
    return value.description
  }

  private static func writeQuoted(_ text: String, to result: inout String) {
    result += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    result += "\""
  }
}
