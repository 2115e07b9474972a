/// "Did you mean": finds the word that was meant.
public enum Suggestion {
  /// The candidate nearest to a word that is near enough to be a slip of it, or none.
  ///
  /// Near enough is a third of the word's letters put in, left out, changed or swapped with their
  /// neighbour, at least one. Case counts for nothing until two candidates are equally near; then
  /// what the alphabet puts first wins.
  public static func nearest(
    to word: String, among candidates: some Sequence<String>
  ) -> String? {
    // Nobody means a word by a page of text.
    guard word.utf8.count <= 200 else { return nil }
    let letters = Array(word.lowercased())
    let limit = max(1, letters.count / 3)
    var best: (distance: Int, isExactCase: Bool, word: String)?
    for candidate in candidates where candidate != word {
      let other = Array(candidate.lowercased())
      guard abs(other.count - letters.count) <= limit else { continue }
      let distance = distance(letters, other)
      // A word of one letter is near to every other; that suggests nothing.
      guard distance <= limit, distance < max(letters.count, other.count) else { continue }
      let isExactCase = candidate.first == word.first
      let found = (distance, isExactCase, candidate)
      guard let current = best else {
        best = found
        continue
      }
      let isBetter =
        (found.0, found.1 ? 0 : 1, found.2)
        < (current.distance, current.isExactCase ? 0 : 1, current.word)
      if isBetter { best = found }
    }
    return best?.word
  }

  /// The Damerau-Levenshtein distance in its optimal string alignment form.
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for (j, y) in b.enumerated() {
        var value = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (x == y ? 0 : 1))
        if i > 0, j > 0, x == b[j - 1], y == a[i - 1] {
          value = min(value, beforePrevious[j - 1] + 1)
        }
        row.append(value)
      }
      beforePrevious = previous
      previous = row
    }
    return previous[b.count]
  }
}
