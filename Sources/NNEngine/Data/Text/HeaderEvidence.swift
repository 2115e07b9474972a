/// Whether the first row of a table holds names: each of its cells is compared with the cells of its
/// own column.
///
///     name,2018,2019,grew      0,1,kind              5.1,3.5,setosa
///     a,1.5,2.5,1              5.1,3.5,setosa        4.9,3.0,setosa
///     `grew` over numbers      counted, over         numbers among their
///                              decimal fractions     like: no header
struct HeaderEvidence {
  /// So many rows show what a column holds; a guess.
  static let rows = 100

  /// A cell as text, and as a number where it is one.
  struct Cell {
    var text: String
    /// Its number, also where it is written with a decimal comma or with digits in groups.
    var number: Double?
    /// Whether it is written the plain way.
    var isPlain = true
    var isMissing = false
  }

  /// What the cells below a cell of the first row hold.
  private struct Column {
    var numbers = 0
    var texts = 0
    var hasFraction = false
    var least = Double.infinity
    var greatest = -Double.infinity
    /// Whether the first cell's text stands below it too.
    var recurs = false
  }

  private let first: [Cell]
  private var columns: [Column]

  init(first: [Cell]) {
    self.first = first
    columns = Array(repeating: Column(), count: first.count)
  }

  mutating func add(_ row: [Cell]) {
    for (index, cell) in row.prefix(columns.count).enumerated() where !cell.isMissing {
      if let number = cell.number {
        columns[index].numbers += 1
        columns[index].least = min(columns[index].least, number)
        columns[index].greatest = max(columns[index].greatest, number)
        if number != number.rounded() || cell.text.contains(".") {
          columns[index].hasFraction = true
        }
      } else {
        columns[index].texts += 1
      }
      if !cell.text.isEmpty && cell.text == first[index].text { columns[index].recurs = true }
    }
  }

  /// The first name that is a number.
  var firstNumberName: String? { first.first { $0.number != nil }?.text }

  var isHeader: Bool {
    let named = first.indices.filter { first[$0].number != nil }
    // A text where all below it are numbers is a name.
    let hasNameOverNumbers = first.indices.contains {
      first[$0].number == nil && columns[$0].numbers > 0 && columns[$0].texts == 0
    }
    if named.isEmpty {
      // Where all is text, a name does not stand among the values of its own column.
      return hasNameOverNumbers || columns.contains { $0.numbers > 0 }
        || !columns.contains(where: \.recurs)
    }
    // Names are whole and differ from each other: years, counted columns.
    let names = named.compactMap { first[$0].number }
    guard Set(names).count == names.count, named.allSatisfy({ isPlainWhole(first[$0]) }) else {
      return false
    }
    // A gap, or a number with a slip (`1.2O`), is no name.
    let hasWordOverNumbers = first.indices.contains {
      first[$0].number == nil && !first[$0].isMissing && columns[$0].numbers > 0
        && columns[$0].texts == 0 && first[$0].text.first?.isLetter == true
    }
    if hasWordOverNumbers { return true }
    if columns.contains(where: \.recurs) { return false }
    // Whole above fractions: places, as programs count columns without names. Above whole numbers
    // the same may be a row like any other, and a row must not get lost.
    if isCounted(named, names) { return named.allSatisfy { columns[$0].hasFraction } }
    if isYears(names) {
      return named.allSatisfy { differs(first[$0].number ?? 0, columns[$0]) }
    }
    let areOverTexts = named.allSatisfy { columns[$0].texts > 0 && columns[$0].numbers == 0 }
    return areOverTexts && rowsSeen > 1
  }

  private var rowsSeen: Int { columns.map { $0.numbers + $0.texts }.max() ?? 0 }

  private func isPlainWhole(_ cell: Cell) -> Bool {
    !cell.text.isEmpty && cell.text.utf8.allSatisfy { $0 &- 0x30 <= 9 }
  }

  /// Whether a number is of another kind than the cells below it: whole above fractions, or above
  /// numbers of another size.
  private func differs(_ name: Double, _ column: Column) -> Bool {
    column.numbers == 0
      ? column.texts > 0
      : column.hasFraction || column.least > 2 * name || column.greatest < name / 2
  }

  /// Whether the names are the places of their columns, counted from 0 or 1.
  private func isCounted(_ places: [Int], _ names: [Double]) -> Bool {
    guard names.count > 1 else { return false }
    for start in [0, 1] {
      let asPlaces = places.map { Double($0 + start) }
      let asNumbers = names.indices.map { Double($0 + start) }
      if names == asPlaces || names == asNumbers { return true }
    }
    return false
  }

  private func isYears(_ names: [Double]) -> Bool {
    guard names.count > 1, names.allSatisfy({ 1_000...2_999 ~= $0 }) else { return false }
    let step = names[1] - names[0]
    return abs(step) <= 100 && zip(names, names.dropFirst()).allSatisfy { $1 - $0 == step }
  }
}
