/// What a script says of how a text file is to be read, where looking at it does not tell.
public struct TextReading: Sendable, Equatable {
  /// What is done with rows that have more or fewer cells than the others.
  public enum Ragged: String, Sendable, CaseIterable {
    /// The first of them is an error.
    case error
    /// They are left out.
    case drop
    /// Cells that are not there are missing values; cells beyond the last column are left out.
    case fill
  }

  /// Whether the first row holds names; `nil` to look.
  public var header: Bool?
  /// What stands between fields: some signs, `tab` or `space`; `nil` to look.
  public var separator: String?
  /// What stands around fields: one sign, or `none`; `nil` to look.
  public var quote: String?
  /// What stands before a sign that is meant as it is; `nil` to look, `none` for nothing.
  public var escape: String?
  /// What begins a line that is no row; `nil` for nothing.
  public var comment: String?
  /// How many lines stand above the table; `nil` to look.
  public var skip: Int?
  /// What is done with rows of another length.
  public var ragged = Ragged.error
  /// How the letters stand as bytes; `nil` for UTF-8, or what a mark says.
  public var encoding: TextEncoding?

  /// Leaves everything to be looked for.
  public init() {}

  /// The bytes of the separator, where one is named. Blanks around another sign do not count, as
  /// blanks around fields do not.
  ///
  /// - Throws: `EngineError.invalid`.
  func separatorBytes() throws -> [UInt8]? {
    guard let separator else { return nil }
    switch separator {
    case "tab", "\t", "\\t": return [0x09]
    case "space", " ": return [0x20]
    default:
      var bytes = Array(separator.utf8.drop { $0 == 0x20 })
      while bytes.last == 0x20 { bytes.removeLast() }
      let isFit =
        !bytes.isEmpty && bytes.count <= 16 && bytes.allSatisfy { $0 >= 0x20 || $0 == 0x09 }
        && bytes != [UInt8(ascii: "\"")] && !bytes.contains { $0 &- 0x30 <= 9 }
      guard isFit else {
        throw EngineError.invalid(
          "`\(separator)` cannot separate fields",
          help: "write `separator=\";\"` or `separator=tab`")
      }
      return bytes
    }
  }

  /// The quote, `nil` inside where nothing stands around fields; `nil` where none is named.
  ///
  /// - Throws: `EngineError.invalid`.
  func quoteByte() throws -> UInt8?? {
    guard let quote else { return nil }
    if quote == "none" || quote.isEmpty { return .some(nil) }
    return try Self.sign(quote, "quote", "write `quote=\"'\"` or `quote=none`")
  }

  /// The sign that makes the one behind it plain.
  ///
  /// - Throws: `EngineError.invalid`.
  func escapeByte() throws -> UInt8? {
    guard let escape, escape != "none", !escape.isEmpty else { return nil }
    return try Self.sign(escape, "escape", "write `escape=\"\\\\\"`")
  }

  private static func sign(_ text: String, _ option: String, _ help: String) throws -> UInt8 {
    let bytes = Array(text.utf8)
    guard bytes.count == 1, bytes[0] > 0x20, bytes[0] < 0x7f, bytes[0] &- 0x30 > 9 else {
      throw EngineError.invalid("`\(option)` takes one sign, not `\(text)`", help: help)
    }
    return bytes[0]
  }
}
