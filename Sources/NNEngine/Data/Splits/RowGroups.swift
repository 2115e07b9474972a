/// Rows that belong together, such as the visits of one patient: they are trained with or measured
/// on, never both.
struct RowGroups: Sendable {
  /// The column that says it.
  let name: String
  /// The group of each row, from 0 in the order they appear.
  var codes: [Int32]
  /// What the column holds for each group.
  let values: [TableCell]

  var count: Int { values.count }

  /// Reads a column.
  ///
  /// - Throws: `EngineError.badFile` for a row without a value, and where all rows are one group.
  init(_ table: Table, column: Int, path: String) throws {
    let (texts, width) = (table.columns[column].texts, table.columns.count)
    name = table.columns[column].name
    var known: [Double: Int32] = [:]
    var codes: [Int32] = []
    var values: [TableCell] = []
    codes.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let cell = table.cells[row * width + column]
      guard !cell.isNaN else {
        throw EngineError.badFile(
          path: path,
          problem: "row \(table.line(of: row)) has no value in `\(name)`, which says which rows "
            + "belong together",
          help: "fill it in; a row that belongs to no other takes a value of its own")
      }
      if let code = known[cell] {
        codes.append(code)
      } else {
        let code = Int32(values.count)
        known[cell] = code
        codes.append(code)
        values.append(texts.map { .text($0[Int(cell)]) } ?? .number(cell))
      }
    }
    guard values.count > 1 else {
      throw EngineError.badFile(
        path: path, problem: "all rows have the same value in `\(name)`: they are one group",
        help: "leave `group` out, or name the column that tells the groups apart")
    }
    (self.codes, self.values) = (codes, values)
  }

  /// The groups of these rows alone, in this order.
  func rows(_ chosen: [Int]) -> RowGroups {
    var result = self
    result.codes = chosen.map { codes[$0] }
    return result
  }

  /// These rows and others of the same table behind them.
  func appending(_ other: RowGroups) -> RowGroups {
    var result = self
    result.codes += other.codes
    return result
  }

  /// What to tell where groups of this part stand in a file of their own too; `nil` for none.
  func overlap(with other: RowGroups?, part: String) -> String? {
    guard let other else { return nil }
    let shared = Set(values).intersection(other.values).count
    guard shared > 0 else { return nil }
    return
      "\(shared) of \(other.count) groups of `\(name)` in the \(part) file also stand among the"
      + " rows to train with: figures on that file look better than they are"
  }
}

/// Rows that go to one part together, with what they hold of each class.
struct RowUnit {
  var rows: [Int]
  /// How many rows of each class; of one class where classes have no say.
  var counts: [(stratum: Int, count: Int)]

  /// The units of some rows, in the order of their first ones.
  static func units(
    _ rows: [Int], groups: [Int32], strata: [Int32]?
  ) -> [RowUnit] {
    var places: [Int32: Int] = [:]
    var units: [RowUnit] = []
    for row in rows {
      if let place = places[groups[row]] {
        units[place].rows.append(row)
      } else {
        places[groups[row]] = units.count
        units.append(RowUnit(rows: [row], counts: []))
      }
    }
    for place in units.indices {
      var counts: [Int: Int] = [:]
      for row in units[place].rows { counts[strata.map { Int($0[row]) } ?? 0, default: 0] += 1 }
      units[place].counts = counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    return units
  }
}
