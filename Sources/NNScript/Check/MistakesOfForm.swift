/// Where the parser found mistakes, text by text and in order: those of a statement are found without
/// a walk through all of them.
struct MistakesOfForm {
  /// Where a mistake begins, and its place among the diagnostics.
  struct Mistake {
    var start: Int
    var place: Int
  }

  private var texts: [Int: [Mistake]] = [:]

  /// Adds the errors among the diagnostics of a text; `place` is that of the first of them among all.
  mutating func add(_ diagnostics: [Diagnostic], at place: Int) {
    var added: Set<Int> = []
    for (number, diagnostic) in diagnostics.enumerated() where diagnostic.severity == .error {
      guard let range = diagnostic.primary?.range else { continue }
      added.insert(range.source)
      texts[range.source, default: []].append(Mistake(start: range.start, place: place + number))
    }
    for text in added {
      texts[text]?.sort { ($0.start, $0.place) < ($1.start, $1.place) }
    }
  }

  /// The first mistake from a place in a text on.
  func first(from start: Int, in text: Int) -> Mistake? {
    guard let mistakes = texts[text] else { return nil }
    var (low, high) = (0, mistakes.count)
    while low < high {
      let middle = (low + high) / 2
      if mistakes[middle].start < start { low = middle + 1 } else { high = middle }
    }
    return low < mistakes.count ? mistakes[low] : nil
  }
}
