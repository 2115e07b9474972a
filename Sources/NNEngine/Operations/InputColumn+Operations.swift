// How the cells of a column become what the network is given, as operations.

extension InputColumn {
  /// The only number that a cell is given to a program as: what a cell without a value is given as
  /// is no number (NaN). Categories are given by their place, those that have none as -1, dates by
  /// the days since 1970.
  ///
  /// - Throws: `EngineError.invalid` for a cell that is no value of the column's kind.
  public func code(of cell: TableCell) throws(EngineError) -> Double {
    if case .category(let names, let rest) = kind {
      guard let text = Self.category(cell) ?? missingCategory else {
        return rest.hasMissing ? Double(names.count + (rest.hasOther ? 1 : 0)) : -1
      }
      if let place = names.firstIndex(of: text) { return Double(place) }
      return rest.hasOther ? Double(names.count) : -1
    }
    if case .missing = cell { return .nan }
    do throws(Refusal) { return try value(of: cell) } catch {
      throw .invalid("`\(name)` is \(cell.shown), \(error.needs) is needed")
    }
  }

  /// Writes the column's numbers, unscaled, behind what its cells are given as.
  ///
  /// - Returns: `[width]`; `nil` for a column that becomes no number.
  func lower(_ cell: Operations.Ref, into program: inout Operations) -> Operations.Ref? {
    guard width > 0 else { return nil }
    if case .category = kind {
      let ones = (0..<width * width).map { $0 % (width + 1) == 0 ? 1.0 : 0 }
      let table = program.constant(ones, [width, width])
      return program.reshape(program.gather(table, at: cell), [width])
    }
    var value = cell
    if let fill {
      value = program.formula(cell) { .choose($0.isMissing, Formula.Part(fill), $0) }
    }
    var numbers = [value]
    if case .date(let start, let cycles) = kind {
      numbers = [program.formula(value) { $0 - Formula.Part(start) }]
      for cycle in cycles {
        let share = program.formula(value, cycle.share)
        numbers.append(program.formula(share) { (2 * Double.pi * $0).sin })
        numbers.append(program.formula(share) { (2 * Double.pi * $0).cos })
      }
    }
    if isMarked { numbers.append(program.formula(cell) { .choose($0.isMissing, 1, 0) }) }
    return numbers.count == 1 ? numbers[0] : program.concatenate(numbers, axis: 0)
  }
}

extension InputColumn.Cycle {
  /// How much of the cycle has passed at the beginning of a month, of a day of the week, or at a
  /// time of day; of days since 1970.
  ///
  /// - Source: of the month, Hinnant, "chrono-compatible low-level date algorithms", 2013, which
  ///   counts days and years from a first of March.
  func share(_ days: Formula.Part) -> Formula.Part {
    let day = days.floor
    switch self {
    case .hour: return days - day
    case .weekday:
      // 1970-01-01 was a Thursday.
      let fromMonday = day + 3
      return fromMonday / 7 - (fromMonday / 7).floor
    case .month:
      let fromMarch = day + 719_468
      let ofEra = fromMarch - 146_097 * (fromMarch / 146_097).floor
      let shortened =
        ofEra - (ofEra / 1_460).floor + (ofEra / 36_524).floor - (ofEra / 146_096).floor
      let year = (shortened / 365).floor
      let ofYear = ofEra - 365 * year - (year / 4).floor + (year / 100).floor
      let month = ((5 * ofYear + 2) / 153).floor
      return Formula.Part.choose(month.isLess(than: 10), month + 2, month - 10) / 12
    }
  }
}
