/// The order in which people list names that hold numbers: `a2` before `a10`, `01` before `1`.
enum NaturalOrder {
  /// Whether one name stands before another.
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (first, second) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    var (i, j) = (0, 0)
    while i < first.count && j < second.count {
      guard isDigit(first[i]), isDigit(second[j]) else {
        if first[i] != second[j] { return first[i] < second[j] }
        i += 1
        j += 1
        continue
      }
      let (x, y) = (digits(first, from: &i), digits(second, from: &j))
      // Without leading zeros the longer number is the greater one.
      if x.count != y.count { return x.count < y.count }
      if x != y { return x.lexicographicallyPrecedes(y) }
    }
    let (isFirstDone, isSecondDone) = (i == first.count, j == second.count)
    if isFirstDone != isSecondDone { return isFirstDone }
    // The same but for zeros in front: the text decides, so that the order is total.
    return a < b
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// The digits of a number, leading zeros left out.
  private static func digits(
    _ text: [Unicode.Scalar], from place: inout Int
  ) -> [Unicode.Scalar] {
    let start = place
    while place < text.count, isDigit(text[place]) { place += 1 }
    return Array(text[start..<place].drop { $0 == "0" })
  }
}
