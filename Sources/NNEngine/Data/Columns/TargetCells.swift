extension Table {
  /// Reads target columns whose texts are all numbers in one notation (`94,4`, `12 %`, `$5`) as
  /// numbers, as columns of inputs are read.
  ///
  /// - Throws: `EngineError.badFile` where the texts can be read in two ways.
  mutating func readNumbers(ofTargets targets: [Int], path: String, _ options: DataOptions) throws {
    let takesCommas = options.decimal == .comma || separator != UInt8(ascii: ",")
    for target in targets where !options.category.contains(columns[target].name) {
      guard let texts = columns[target].texts else { continue }
      if options.decimal == nil, CellText.isAmbiguous(texts, takesCommas: takesCommas) {
        throw EngineError.badFile(
          path: path,
          problem: "`\(columns[target].name)` holds numbers such as `\(texts[0])`: the comma may "
            + "group digits or begin a fraction",
          help: "`decimal=\",\"` or `decimal=\".\"`")
      }
      guard
        let found = CellText.numbers(texts, takesCommas: takesCommas, decimal: options.decimal)
      else { continue }
      let width = columns.count
      for row in 0..<rowCount {
        let place = row * width + target
        if !cells[place].isNaN { cells[place] = found.numbers[Int(cells[place])] }
      }
      columns[target].texts = nil
    }
  }
}
