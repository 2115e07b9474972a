extension TextFormat: CustomStringConvertible {
  /// Reads what stands behind the `:` of an interpolated value; `nil` if it is no format.
  ///
  ///     format = [ [ fill ] ( "<" | ">" | "^" ) ] [ "+" ] [ "0" ] [ width ] [ "," ]
  ///              [ "." precision ] [ "f" | "e" | "g" | "d" | "x" | "b" | "%" ]
  init?(_ text: String) {
    self.init()
    var rest = text[...]
    while rest.first == " ", rest.count > 1, !Self.aligns(rest.dropFirst().first) {
      rest.removeFirst()
    }
    if Self.aligns(rest.dropFirst().first) {
      fill = rest.removeFirst()
      alignment = rest.removeFirst()
    } else if Self.aligns(rest.first) {
      alignment = rest.removeFirst()
    }
    if rest.first == "+" {
      showsPlus = true
      rest.removeFirst()
    }
    if rest.first == "0", alignment == nil {
      fill = "0"
      rest.removeFirst()
    }
    guard let width = Self.number(&rest, default: 0) else { return nil }
    self.width = width
    if rest.first == "," {
      groupsThousands = true
      rest.removeFirst()
    }
    if rest.first == "." {
      rest.removeFirst()
      guard let precision = Self.number(&rest, default: nil) else { return nil }
      self.precision = precision
    }
    if let last = rest.first, "fegdxb%".contains(last) {
      style = last
      rest.removeFirst()
    }
    while rest.last == " " { rest.removeLast() }
    if !rest.isEmpty { return nil }
  }

  private static func aligns(_ character: Character?) -> Bool {
    character == "<" || character == ">" || character == "^"
  }

  /// Digits at the front; `nil` beyond what any line could need.
  private static func number(_ text: inout Substring, default empty: Int?) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    text = text[digits.endIndex...]
    if digits.isEmpty { return empty }
    guard let value = Int(digits), value <= 1_000 else { return nil }
    return value
  }

  /// The format as it is written behind the `:`.
  public var description: String {
    var result = ""
    if let alignment {
      if fill != " " { result.append(fill) }
      result.append(alignment)
    }
    if showsPlus { result += "+" }
    if alignment == nil, fill == "0" { result += "0" }
    if width > 0 { result += String(width) }
    if groupsThousands { result += "," }
    if let precision { result += ".\(precision)" }
    if let style { result.append(style) }
    return result
  }
}
