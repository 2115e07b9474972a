extension Table {
  /// The rows in the order of a column of numbers or dates, equal ones as they stood.
  ///
  /// - Throws: `EngineError.badFile` for a column of texts, and for a row without a value.
  func ordered(byColumn column: Int, path: String, _ options: DataOptions) throws -> Table {
    let name = columns[column].name
    if columns[column].missing > 0 {
      throw EngineError.badFile(
        path: path,
        problem: "row \(columns[column].firstMissing?.line ?? 0) has no value in `\(name)`, which "
          + "the rows are to be in the order of",
        help: "fill it in, or leave the row out")
    }
    var options = options
    // A column that only counts the rows is left out as an input, and an order all the same.
    options.only = [name]
    guard case .success(let reading) = try reading(ofColumn: column, path: path, options: options),
      reading.kind == .number || reading.kind == .date
    else {
      throw EngineError.badFile(
        path: path, problem: "`\(name)` holds texts, which have no order in time",
        detail: columns[column].firstText?.text,
        help:
          "`order` takes a column of numbers or dates; `date=\(DataOptions.written(name))` reads "
          + "`20261231` as one")
    }
    let cells = RawInputs(
      readings: [reading],
      pieces: [.init(path: path, table: self, columns: [column], rows: Array(0..<rowCount))])
    var times: [Double] = []
    cells.forEachValue(0) { times.append($0) }
    let order = (0..<rowCount).sorted { (times[$0], $0) < (times[$1], $1) }
    return order.elementsEqual(0..<rowCount) ? self : rows(order)
  }
}
