extension Character {
  /// How many columns a terminal gives the character: 2 for East Asian wide letters and emoji, 0 for
  /// combining marks that stand alone, else 1. A tab has no width of its own.
  var displayWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    if first.isASCII { return unicodeScalars.contains("\u{FE0F}") ? 2 : 1 }
    if unicodeScalars.contains("\u{FE0F}") || first.properties.isEmojiPresentation { return 2 }
    // The marks of half-width kana belong to their letter and still take a column.
    if unicodeScalars.dropFirst().contains(where: { (0xFF9E...0xFF9F).contains($0.value) }) {
      return 2
    }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let value = first.value
    return wideRanges.contains { $0.contains(value) } ? 2 : 1
  }

  /// Whether showing it as it is could move the cursor or turn the line around.
  var isUnsafeToShow: Bool {
    guard let first = unicodeScalars.first else { return false }
    switch first.value {
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: return true
    default: return false
    }
  }
}

extension String {
  /// How many columns a terminal gives the text, tabs going to the next multiple of four.
  public var displayWidth: Int {
    reduce(0) { $1 == "\t" ? ($0 / 4 + 1) * 4 : $0 + $1.displayWidth }
  }
}

/// Blocks that Unicode's EastAsianWidth calls wide or full; single emoji are known otherwise.
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
  0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
  0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18AFF,
  0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
]
