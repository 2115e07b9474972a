extension Table {
  // MARK: Texts that are numbers

  /// The numbers that all texts of a column are, in one notation (`94,4`, `12 %`, `$5`); `nil` where
  /// they are no numbers.
  ///
  /// - Parameter decimal: what begins a fraction, where that is said.
  /// - Throws: `EngineError.badFile` where the texts can be read in two ways, or are numbers in
  ///   another notation than is said.
  func numbers(
    of column: Column, path: String, _ decimal: DataOptions.DecimalSign?
  ) throws -> (numbers: [Double], notation: CellText.Notation)? {
    guard let texts = column.texts, let first = texts.first else { return nil }
    func bad(_ what: String, _ help: String) -> EngineError {
      .badFile(path: path, problem: "`\(column.name)` holds numbers \(what)", help: help)
    }
    let takesCommas = decimal == .comma || separator != UInt8(ascii: ",")
    if decimal == nil, CellText.isAmbiguous(texts, takesCommas: takesCommas) {
      throw bad(
        "such as `\(first)`: the comma may group digits or begin a fraction",
        "`decimal=\",\"` or `decimal=\".\"`")
    }
    if let found = CellText.numbers(texts, takesCommas: takesCommas, decimal: decimal) {
      return found
    }
    if decimal != .comma, CellText.numbers(texts, takesCommas: true, decimal: .comma) != nil {
      let example = texts.first { $0.contains(",") } ?? first
      throw bad(
        "with a comma in them, such as `\(example)`",
        "`decimal=\",\"` reads it as the beginning of the fraction")
    }
    if decimal == .comma, CellText.numbers(texts, takesCommas: false, decimal: .point) != nil {
      let example = texts.first { $0.contains(".") } ?? first
      throw bad(
        "with a point in them that groups no digits, such as `\(example)`",
        "leave `decimal=\",\"` out: each column is read by its own cells then")
    }
    return nil
  }

  /// Reads target columns whose texts are all numbers in one notation as numbers, as columns of
  /// inputs are read.
  ///
  /// - Returns: what begins a fraction in them; `nil` where none was a text.
  /// - Throws: `EngineError.badFile` where the texts can be read in two ways.
  mutating func readNumbers(
    ofTargets targets: [Int], path: String, _ options: DataOptions
  ) throws -> DataOptions.DecimalSign? {
    var decimal: DataOptions.DecimalSign?
    for target in targets where !options.category.contains(columns[target].name) {
      if let number = columns[target].groupedNumber { throw mayBeGrouped(number, target, path) }
      guard let found = try numbers(of: columns[target], path: path, options.decimal) else {
        continue
      }
      let width = columns.count
      for row in 0..<rowCount {
        let place = row * width + target
        if !cells[place].isNaN { cells[place] = found.numbers[Int(cells[place])] }
      }
      columns[target].texts = nil
      if decimal != .comma { decimal = found.notation.decimal }
    }
    return decimal
  }

  // MARK: Points beside decimal commas

  /// Whether a column of texts holds numbers with decimal commas.
  var hasDecimalCommas: Bool {
    separator != UInt8(ascii: ",")
      && columns.contains { column in
        column.texts.map { CellText.numbers($0, takesCommas: true)?.notation.decimal == .comma }
          ?? false
      }
  }

  /// Notes the columns of numbers whose points may all group digits.
  ///
  /// - Parameter texts: the same columns, those with a point as texts.
  mutating func noteGroupedNumbers(_ texts: [Column]) {
    for (place, column) in texts.enumerated() where columns[place].texts == nil {
      guard let cells = column.texts,
        CellText.numbers(cells, takesCommas: true, decimal: .comma) != nil
      else { continue }
      columns[place].groupedNumber = cells.first { $0.contains(".") }
    }
  }

  /// The error for such a column.
  func mayBeGrouped(_ number: String, _ column: Int, _ path: String) -> EngineError {
    .badFile(
      path: path,
      problem: "`\(columns[column].name)` holds numbers such as `\(number)`: beside decimal commas "
        + "the point may group digits or begin a fraction",
      help: "`decimal=\",\"` reads it as a group of digits")
  }
}
