import NNEngine

// How results of training are written: figures, times, tables.

extension Formatting {
  /// A figure such as a loss: four decimals, more where they would all be 0; `–` for one that is not
  /// defined.
  static func figure(_ value: Double) -> String {
    if value.isNaN { return "–" }
    let size = abs(value)
    if size == 0 || !value.isFinite { return text(of: .number(value)) }
    if size >= 0.001 && size < 1000 { return fixed(value, decimals: 4) }
    if size >= 1000 && size < 1e7 { return fixed(value, decimals: 1) }
    return text(of: .number(Double(Float(value))))
  }

  /// `loss 0.0912  accuracy 0.9667`.
  static func figures(_ figures: [(name: String, value: Double)]) -> String {
    figures.map { "\($0.name) \(figure($0.value))" }.joined(separator: "  ")
  }

  /// A time: `0.52 s`, `3 min 20 s`.
  static func seconds(_ seconds: Double) -> String {
    if seconds < 0.1 { return fixed(seconds * 1000, decimals: 1) + " ms" }
    if seconds < 120 { return fixed(seconds, decimals: 2) + " s" }
    return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
  }

  private static func fixed(_ value: Double, decimals: Int) -> String {
    printf("%.\(decimals)f", value)
  }

  /// A value as `print` writes it.
  static func text(of value: Value) -> String { value.description }

  /// A value in one line of at most so many characters.
  static func line(of value: Value, limit: Int) -> String {
    let whole = text(of: value)
    let first =
      whole.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
    guard first.count > limit || first.count < whole.count else { return whole }
    return first.prefix(limit - 1) + "…"
  }
}

extension Value {
  /// A figure as a script gets it: `none` where it is not defined, which the engine says with NaN.
  static func figure(_ value: Double) -> Value { value.isNaN ? .none : .number(value) }

  /// The kind without its article: `number`, `list`.
  var bareKindName: String {
    let words = kindName.split(separator: " ")
    return words.count > 1 && ["a", "an", "the"].contains(words[0])
      ? words.dropFirst().joined(separator: " ") : kindName
  }
}
