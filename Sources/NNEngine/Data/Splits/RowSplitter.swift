/// Which rows train, validate and test.
struct RowSplit: Equatable {
  var train: [Int]
  var validation: [Int] = []
  var test: [Int] = []
}

/// Divides rows into parts, by chance or in order, stratum by stratum or all alike, groups whole.
///
/// Rows keep the order of the file within each part, so parts read like the file and batches are
/// gathered from neighbouring memory; training shuffles anew in every epoch anyway.
struct RowSplitter {
  /// The class of each row, or what numbers have instead, for parts that have the same share of each.
  var strata: [Int32]?
  /// The rows that stay together.
  var groups: RowGroups?
  var isShuffled: Bool
  private var random: RandomStream

  init(strata: [Int32]?, groups: RowGroups? = nil, isShuffled: Bool, seed: UInt64) {
    self.strata = strata
    self.groups = groups
    self.isShuffled = isShuffled
    random = RandomStream(seed: seed, stream: .split)
  }

  /// Divides `count` rows, of which at most `limit` are used.
  ///
  /// - Throws: `EngineError.invalid` where a part would be empty.
  mutating func split(
    count: Int, limit: Int?, validation: DataOptions.Part?, test: DataOptions.Part?
  ) throws -> RowSplit {
    var rows = Array(0..<count)
    if let limit {
      guard limit >= 1 else {
        throw EngineError.invalid("`limit` is \(limit), which leaves no rows", help: "`limit=1000`")
      }
      if limit < count {
        rows = isShuffled ? try drawRows(limit, from: rows).drawn : Array(rows.prefix(limit))
      }
    }
    let total = rows.count
    let testCount = try Self.size(of: test, named: "test", total: total)
    let validationCount = try Self.size(of: validation, named: "validation", total: total)
    guard testCount + validationCount < total else {
      throw EngineError.invalid(
        "`test` and `validation` take all \(total) rows and leave none to train with",
        help: "give smaller parts, such as `test=20%`")
    }
    var result = RowSplit(train: [])
    (result.test, rows) = try draw(testCount, from: rows)
    (result.validation, rows) = try draw(validationCount, from: rows)
    result.train = rows
    return result
  }

  /// How many rows a part takes out of `total`; none where it has a file of its own.
  private static func size(of part: DataOptions.Part?, named name: String, total: Int) throws -> Int
  {
    switch part {
    case nil, .file: return 0
    case .rows(let count):
      guard count >= 1 && count < total else {
        let message =
          total < 2
          ? "there is only 1 row: none can be set aside for `\(name)`"
          : "`\(name)` takes 1 to \(total - 1) of the \(total) rows, not \(count)"
        throw EngineError.invalid(message, help: "`\(name)=20%`")
      }
      return count
    case .share(let share):
      guard share > 0 && share < 1 else {
        throw EngineError.invalid(
          "`\(name)` is a share between 0 and 1, not \(share)",
          help: "write `\(name)=20%`, or a number of rows, or a file")
      }
      let count = Int((share * Double(total)).rounded())
      guard count >= 1 else {
        throw EngineError.invalid(
          "`\(name)` takes no row: \(share * 100) % of \(total) rows is less than one",
          help: "`\(name)=1` takes one row")
      }
      return count
    }
  }

  /// Takes `count` of `rows`, or about as many where groups stay whole; both results in ascending
  /// order. Without shuffling the last are taken, the newest where rows are ordered by time.
  private mutating func draw(
    _ count: Int, from rows: [Int]
  ) throws -> (drawn: [Int], rest: [Int]) {
    if count == 0 { return ([], rows) }
    guard let groups else { return try drawRows(count, from: rows) }
    return try drawGroups(count, from: rows, groups)
  }

  private mutating func drawRows(
    _ count: Int, from rows: [Int]
  ) throws -> (drawn: [Int], rest: [Int]) {
    guard let strata else {
      let (drawn, rest) = drawAlike(count, from: rows)
      return (drawn.sorted(), rest.sorted())
    }
    let groups = Dictionary(grouping: rows) { strata[$0] }
      .sorted { $0.key < $1.key }.map(\.value)
    let quotas = Self.quotas(count, among: groups.map(\.count))
    var drawn: [Int] = []
    var rest: [Int] = []
    for (group, quota) in zip(groups, quotas) {
      let part = drawAlike(quota, from: group)
      drawn += part.drawn
      rest += part.rest
    }
    return (drawn.sorted(), rest.sorted())
  }

  /// Takes each group that brings the part nearer to `count` rows with the share of each stratum
  /// that all rows have.
  ///
  /// - Throws: `EngineError.invalid` where there are too few groups for the parts.
  private mutating func drawGroups(
    _ count: Int, from rows: [Int], _ groups: RowGroups
  ) throws -> (drawn: [Int], rest: [Int]) {
    var units = RowUnit.units(rows, groups: groups.codes, strata: strata)
    guard units.count > 1 else {
      throw EngineError.invalid(
        "`\(groups.name)` has too few groups for these parts: \(groups.count)",
        help: "fewer parts, or `group` left out")
    }
    if isShuffled { random.shuffle(&units) } else { units.reverse() }
    var wanted: [Int: Double] = [:]
    for (stratum, number) in units.flatMap(\.counts) {
      wanted[stratum, default: 0] += Double(count * number) / Double(rows.count)
    }
    // How much nearer the part comes, as the sum of squares over the strata.
    func gain(_ unit: RowUnit) -> Double {
      unit.counts.reduce(0) { sum, own in
        let (missing, number) = (wanted[own.stratum] ?? 0, Double(own.count))
        return sum + missing * missing - (missing - number) * (missing - number)
      }
    }
    var isTaken = [Bool](repeating: false, count: units.count)
    var left = units.count
    func take(_ place: Int) {
      isTaken[place] = true
      left -= 1
      for (stratum, number) in units[place].counts { wanted[stratum, default: 0] -= Double(number) }
    }
    for place in units.indices where left > 1 && gain(units[place]) > 0 { take(place) }
    if left == units.count,
      let nearest = units.indices.max(by: { gain(units[$0]) < gain(units[$1]) })
    {
      take(nearest)
    }
    func collected(_ wanted: Bool) -> [Int] {
      units.indices.filter { isTaken[$0] == wanted }.flatMap { units[$0].rows }.sorted()
    }
    return (collected(true), collected(false))
  }

  private mutating func drawAlike(_ count: Int, from rows: [Int]) -> (drawn: [Int], rest: [Int]) {
    var rows = rows
    if isShuffled {
      // The last `count` places of a Fisher-Yates shuffle.
      for place in stride(from: rows.count - 1, to: max(rows.count - 1 - count, 0), by: -1) {
        rows.swapAt(place, random.below(place + 1))
      }
    }
    return (Array(rows.suffix(count)), Array(rows.dropLast(count)))
  }

  /// `total` divided in proportion to `sizes`: whole parts first, then the largest remainders. A
  /// class gives its last row only when the others have nothing more to give.
  static func quotas(_ total: Int, among sizes: [Int]) -> [Int] {
    let sum = sizes.reduce(0, +)
    guard sum > 0 else { return sizes }
    // Rounded down, a part that is not the whole leaves every class its last row.
    var quotas = sizes.map { total * $0 / sum }
    var missing = total - quotas.reduce(0, +)
    let byRemainder = sizes.indices.sorted {
      let (first, second) = (total * sizes[$0] % sum, total * sizes[$1] % sum)
      return first != second ? first > second : $0 < $1
    }
    for reserve in [1, 0] {
      while missing > 0 {
        let before = missing
        for index in byRemainder where missing > 0 && quotas[index] < sizes[index] - reserve {
          quotas[index] += 1
          missing -= 1
        }
        if missing == before { break }
      }
    }
    return quotas
  }
}
