/// What all the cells of a table's column say that it holds, before anything is fitted to the
/// training rows.
struct ColumnReading: Sendable {
  /// A kind without what is learnt from rows.
  enum Kind: String, Sendable { case number, category, truth, date }

  var name: String
  /// Its place in the table.
  var column: Int
  var kind: Kind
  /// How its numbers are written, where that is not the plain way.
  var notation: CellText.Notation?
  /// Whether the day or the month comes first in dates that end with the year.
  var order: DateText.Order?
}

/// Why a column is not used, in words for people.
struct ColumnLeftOut: Sendable, Equatable {
  var name: String
  var reason: String
}

extension Table {
  /// What a column holds, or why it is left out.
  ///
  /// - Throws: `EngineError.badFile` where the cells leave it open.
  func reading(
    ofColumn index: Int, path: String, options: DataOptions
  ) throws -> Result<ColumnReading, ColumnRefusal> {
    let column = columns[index]
    let isChosen = options.only.contains(column.name)
    func read(
      _ kind: ColumnReading.Kind, _ notation: CellText.Notation? = nil,
      order: DateText.Order? = nil
    ) -> Result<ColumnReading, ColumnRefusal> {
      .success(
        ColumnReading(
          name: column.name, column: index, kind: kind, notation: notation, order: order))
    }
    func bad(_ problem: String, _ detail: String?, _ help: String) -> EngineError {
      .badFile(path: path, problem: problem, detail: detail, help: help)
    }
    let name = DataOptions.written(column.name)
    if column.missing == rowCount { return .failure(.init("has no value in any row")) }
    if options.category.contains(column.name) {
      return read(.category)
    }
    guard let texts = column.texts else {
      if options.date.contains(column.name) {
        let days = Set(cells(ofColumn: index).filter { !$0.isNaN }).map(ClassTable.name)
        guard case .dates = DateText.read(days, takesDigits: true) else {
          throw bad(
            "`\(column.name)` holds numbers that are no dates", days.first,
            "leave it out of `date`: `20261231` is read as one")
        }
        return read(.date)
      }
      if !isChosen, isIdentity(index) { return .failure(.init("only counts or names the rows")) }
      // Pixels that are the same in all pictures keep their places.
      if !isChosen, options.shape == nil, let value = onlyNumber(index) {
        return .failure(.init("is \(ClassTable.name(of: value)) in every row"))
      }
      if let number = column.groupedNumber { throw mayBeGrouped(number, index, path) }
      return read(.number, options.decimal == .comma ? .decimalComma : nil)
    }
    if options.date.contains(column.name) {
      switch DateText.read(texts, order: options.dates, takesDigits: true) {
      case .dates: return read(.date, order: options.dates ?? order(of: texts))
      case .ambiguous: throw ambiguousDate(column, path)
      case .none:
        throw bad(
          "`\(column.name)` holds texts that are no dates", column.firstText?.text,
          "leave it out of `date`")
      }
    }
    if options.number.contains(column.name) {
      if let found = try numbers(of: column, path: path, options.decimal) {
        return read(.number, found.notation)
      }
      throw oddCells(.number, index, path)
    }
    if CellText.truths(texts) != nil { return read(.truth) }
    switch DateText.read(texts, order: options.dates) {
    case .dates: return read(.date, order: options.dates ?? order(of: texts))
    case .ambiguous: throw ambiguousDate(column, path)
    case .none: break
    }
    if let found = try numbers(of: column, path: path, options.decimal) {
      return read(.number, found.notation)
    }
    if !hasHeader, areNumbersBelowFirst(index) {
      throw bad(
        "`\(column.name)` holds numbers below a text in its first row", texts[0],
        "if the first row holds names, say `header=true`")
    }
    for likeness in [.number, .date(options.dates)] as [Likeness] where isNearly(likeness, index) {
      throw oddCells(likeness, index, path)
    }
    if !isChosen, isIdentity(index) { return .failure(.init("only names the rows")) }
    let present = rowCount - column.missing
    let areNames =
      texts.count > 50 && 2 * texts.count > present || present >= 20 && texts.count == present
    if areNames {
      if isChosen {
        throw bad(
          "`\(column.name)` holds \(texts.count) different texts in \(present) rows",
          column.firstText?.text, "`category=\(name)` makes each of them a category")
      }
      return .failure(.init("text: \(texts.count) different values"))
    }
    if texts.count == 1, column.missing == 0, !isChosen {
      return .failure(.init("is `\(texts[0])` in every row"))
    }
    if texts.count > 1_000 {
      throw bad(
        "`\(column.name)` holds \(texts.count) different texts, more than a network can be given",
        column.firstText?.text,
        "`category=\(name)` with `rare=50` makes categories of those in 50 rows or more, `drop=\(name)` "
          + "leaves it out")
    }
    return read(.category)
  }

  /// Why a column is left out.
  struct ColumnRefusal: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// Whether a column is one whose name says that it tells rows apart, and does.
  private func isIdentity(_ index: Int) -> Bool {
    let column = columns[index]
    guard rowCount > 2, column.missing == 0, hasHeader,
      Self.isIdentityName(column.name) || index == 0 && column.name == "column1"
    else {
      return false
    }
    if let texts = column.texts { return texts.count == rowCount }
    let numbers = cells(ofColumn: index)
    return numbers.allSatisfy { $0 == $0.rounded() } && Set(numbers).count == rowCount
  }

  /// In fewer rows a column may be the same by chance; a guess.
  private static let rowsThatTell = 10

  /// The number that stands in every row of a column; `nil` where there are several, or gaps.
  private func onlyNumber(_ index: Int) -> Double? {
    guard rowCount >= Self.rowsThatTell, columns[index].missing == 0 else { return nil }
    let width = columns.count
    let first = cells[index]
    for place in stride(from: index, to: cells.count, by: width) where cells[place] != first {
      return nil
    }
    return first
  }

  /// Whether the numbers of a column go up by 1 from row to row.
  func countsRows(_ index: Int) -> Bool {
    guard columns[index].texts == nil, rowCount >= Self.rowsThatTell else { return false }
    let width = columns.count
    for place in stride(from: index + width, to: cells.count, by: width)
    where cells[place] - cells[place - width] != 1 {
      return false
    }
    return true
  }

  /// `id`, `PassengerId`, `user_id`, `index`, `Unnamed: 0`.
  static func isIdentityName(_ name: String) -> Bool {
    let lower = name.lowercased()
    if ["id", "index", "rownames", "row.names"].contains(lower) { return true }
    if lower.hasPrefix("unnamed") { return true }
    return ["_id", " id", "-id", ".id"].contains { lower.hasSuffix($0) }
      || name.hasSuffix("Id") || name.hasSuffix("ID")
  }

  /// How many rows have each text of a column.
  func counts(ofTexts index: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: columns[index].texts?.count ?? 0)
    for cell in cells(ofColumn: index) where !cell.isNaN { counts[Int(cell)] += 1 }
    return counts
  }

  private func areNumbersBelowFirst(_ index: Int) -> Bool {
    guard let texts = columns[index].texts, texts.count > 1,
      let first = cells(ofColumn: index).first,
      first == 0
    else { return false }
    return counts(ofTexts: index)[0] == 1
      && texts.dropFirst().allSatisfy { CellText.number($0, .init()) != nil }
      && CellText.number(texts[0], .init()) == nil
  }

  /// Something that all cells of a column can be, for the error about a few that are not.
  private struct Likeness {
    var name: String
    var holds: (String) -> Bool

    static var number: Likeness {
      Likeness(name: "numbers") { CellText.number($0, .init()) != nil }
    }

    static func date(_ order: DateText.Order?) -> Likeness {
      Likeness(name: "dates") { DateText.date($0, order: order, takesDigits: false) != nil }
    }
  }

  /// Whether nine of ten cells are alike and some are not.
  private func isNearly(_ likeness: Likeness, _ index: Int) -> Bool {
    guard let texts = columns[index].texts else { return false }
    // Digits that are no number are codes, and their like are too.
    if texts.contains(where: {
      $0.utf8.allSatisfy { (0x30...0x39).contains($0) } && !$0.isEmpty
        && CellText.number($0, .init()) == nil
    }) {
      return false
    }
    var (alike, others) = (0, 0)
    for (text, count) in zip(texts, counts(ofTexts: index)) {
      if likeness.holds(text) { alike += count } else { others += count }
    }
    return alike >= 9 * others && others > 0
  }

  private func oddCells(_ likeness: Likeness, _ index: Int, _ path: String) -> EngineError {
    let column = columns[index]
    let odd = (column.texts ?? []).filter { !likeness.holds($0) }
    let shown = odd.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
    let line = firstLine(of: odd.first ?? "", inColumn: index)
    let marks = odd.prefix(5).map(DataOptions.quoted).joined(separator: ", ")
    return .badFile(
      path: path,
      problem: "`\(column.name)` holds \(likeness.name) and "
        + "\(odd.count == 1 ? "a text" : "texts"): row \(line)",
      detail: shown + (odd.count > 5 ? " and \(odd.count - 5) more" : ""),
      help: "`missing_values=[\(marks)]` reads \(odd.count == 1 ? "it" : "them") as missing, "
        + "`category=[\(DataOptions.written(column.name))]` makes every value a category")
  }

  private func firstLine(of text: String, inColumn index: Int) -> Int {
    let code = columns[index].texts?.firstIndex(of: text) ?? 0
    let row = (0..<rowCount).first { cells[$0 * columns.count + index] == Double(code) }
    return row.map { line(of: $0) } ?? 0
  }

  private func ambiguousDate(_ column: Column, _ path: String) -> EngineError {
    .badFile(
      path: path, problem: "`\(column.name)` holds dates whose day and month may be either",
      detail: column.firstText?.text,
      help: "`dates=dmy` or `dates=mdy`")
  }

  /// What the cells of a column of dates tell of day and month; `nil` where the year comes first.
  private func order(of texts: [String]) -> DateText.Order? {
    if texts.allSatisfy({ DateText.hasYearFirst($0) }) { return nil }
    for order in DateText.Order.allCases {
      if case .dates = DateText.read(texts, order: order) { return order }
    }
    return nil
  }
}
