import NNEngine

// What a parameter takes in words, with its bounds: one wording for help, completion and the tables.

extension ParameterInfo {
  /// What it takes and what holds where it is left out: `a whole number from 1. Default: 10`.
  var description: String {
    guard let defaultText else { return kind.description }
    return kind.description + ". Default: \(defaultText)"
  }

  /// How it stands in a usage line: `UNITS`, `[ACTIVATION]`, `[lr=…]`, `[quiet]`.
  var usage: String {
    let word =
      isPositional
      ? name.uppercased() + (isVariadic ? "…" : "") : kind == .truth ? name : name + "=…"
    return isRequired ? word : "[\(word)]"
  }
}

extension ParameterKind {
  /// What the kind takes, with its bounds: `a whole number from 1 to 65536`.
  var description: String {
    switch self {
    case .integer(let range):
      "a whole number " + Self.bounds(Double(range.lowerBound), Double(range.upperBound), false)
    case .number(let range, let openBelow):
      "a number " + Self.bounds(range.lowerBound, range.upperBound, openBelow)
    case .words: "one or several, side by side"
    case .either(let kinds): Self.joined(kinds.map(\.description))
    default: phrase
    }
  }

  private static func bounds(_ least: Double, _ greatest: Double, _ isOpen: Bool) -> String {
    let lower = Formatting.text(of: .number(least))
    let upper = Formatting.text(of: .number(greatest))
    // Bounds that only keep numbers sane are not worth a reader's time.
    if greatest >= 1e6 { return isOpen ? "above \(lower)" : "from \(lower)" }
    return isOpen ? "above \(lower), up to \(upper)" : "from \(lower) to \(upper)"
  }

  private static func joined(_ phrases: [String]) -> String {
    guard let last = phrases.last, phrases.count > 1 else { return phrases.first ?? "" }
    // `true or false, or a list of numbers`
    let isLong = phrases.contains { $0.contains(" or ") || $0.contains(",") }
    return phrases.dropLast().joined(separator: ", ") + (isLong ? ", or " : " or ") + last
  }
}
