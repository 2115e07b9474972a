import NNEngine

/// What `show data` tells: a row a column, or the first rows as they stand in the file.
struct DataDescription {
  private let data: Dataset

  init(_ data: Dataset) { self.data = data }

  // MARK: Columns

  /// Each column with its kind, what it is for, its values and what the network gets; `nil` for
  /// pictures and values typed in.
  ///
  /// - Throws: `EngineError.interrupted`.
  func columns() throws -> TextTable? {
    guard !data.columns.isEmpty else { return nil }
    let cells = try data.train.cells(data.preprocessing.columns)
    let rows = try data.columns.map { column -> [String] in
      try Allowance.proceed()
      let name = column.name
      return [
        name, column.kind.rawValue, column.role == .unused ? "–" : column.role.rawValue,
        column.missing == 0 ? "" : String(column.missing), values(of: name, column.role, cells),
        encoding(of: name, column.role),
      ]
    }
    return TextTable(
      header: ["column", "kind", "role", "missing", "training rows", "the network gets"], rows,
      mostRows: Value.mostRows)
  }

  /// The range of numbers, or the most frequent values.
  private func values(
    of name: String, _ role: DataColumn.Role, _ cells: [[(name: String, cell: TableCell)]]?
  ) -> String {
    switch role {
    case .unused, .group, .order: return ""
    case .target: return targetValues(name)
    case .input: break
    }
    if let cells, let place = data.preprocessing.columns.firstIndex(where: { $0.name == name }) {
      return summary(cells.map { $0[place].cell }, data.preprocessing.columns[place])
    }
    let names = data.preprocessing.inputNames
    guard let place = names.firstIndex(of: name) else { return "" }
    let inputs = data.train.inputs
    return range(
      stride(from: place, to: inputs.count, by: names.count).map { inputs.number(at: $0) })
  }

  private func summary(_ cells: [TableCell], _ column: InputColumn) -> String {
    if case .date = column.kind {
      let days = cells.compactMap { cell in column.number(of: cell).map { (day: $0, cell: cell) } }
      guard let first = days.min(by: { $0.day < $1.day }),
        let last = days.max(by: { $0.day < $1.day })
      else { return "" }
      return "\(Formatting.text(of: Value(first.cell))) … \(Formatting.text(of: Value(last.cell)))"
    }
    if column.kind == .number { return range(cells.compactMap { column.number(of: $0) }) }
    var counts: [String: Int] = [:]
    var numbers: [Double] = []
    for cell in cells {
      switch cell {
      case .missing: break
      case .number(let number): numbers.append(number)
      case .text(let text): counts[text, default: 0] += 1
      }
    }
    return counts.isEmpty ? range(numbers) : frequent(counts)
  }

  private func range(_ numbers: [Double]) -> String {
    guard let least = numbers.min(), let most = numbers.max() else { return "" }
    return "\(Formatting.exact(least)) … \(Formatting.exact(most))"
  }

  private func frequent(_ counts: [String: Int]) -> String {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = sorted.prefix(3).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    return shown + (sorted.count > 3 ? ", …" : "")
  }

  private func targetValues(_ name: String) -> String {
    switch data.train.targets {
    case .none: return ""
    case .classes:
      let names = data.preprocessing.classNames
      return frequent(
        Dictionary(zip(names, data.classCounts), uniquingKeysWith: { first, _ in first }))
    case .values(let values, let width):
      guard let place = data.preprocessing.targetNames.firstIndex(of: name) else { return "" }
      return range(stride(from: place, to: values.count, by: width).map { values[$0] })
    }
  }

  private func encoding(of name: String, _ role: DataColumn.Role) -> String {
    switch role {
    case .unused: return data.leftOutReason(name) ?? "nothing"
    case .target: return data.reading == .classes ? "classes" : "numbers"
    case .group, .order: return "nothing"
    case .input: break
    }
    guard let column = data.preprocessing.columns.first(where: { $0.name == name }) else {
      return "1 number"
    }
    return count(column.width, "number")
      + (column.isMarked ? ", one marks what is missing" : "")
  }

  // MARK: Rows

  /// The first rows to learn from, targets behind.
  ///
  /// - Throws: `EngineError.interrupted`.
  func rows(_ most: Int) throws -> TextTable {
    let shown = min(most, data.train.count)
    var header = data.preprocessing.columnNames
    let width = data.train.inputShape.count
    if header.isEmpty { header = (1...max(width, 1)).map { "\($0)" } }
    let part = data.train.rows(Array(0..<shown))
    let cells = try part.cells(data.preprocessing.columns)
    let numbers = part.inputs.numbers
    var rows = (0..<shown).map { row in
      cells.map { $0[row].map { Formatting.text(of: Value($0.cell)) } }
        ?? (0..<width).map { Formatting.exact(numbers[row * width + $0]) }
    }
    switch part.targets {
    case .none: break
    case .classes(let classes):
      header.append(data.preprocessing.targetNames.first ?? "target")
      let names = data.preprocessing.classNames
      for row in rows.indices { rows[row].append(names[Int(classes[row])]) }
    case .values(let values, let width):
      let names = data.preprocessing.targetNames
      header += names.count == width ? names : (1...width).map { "target \($0)" }
      for row in rows.indices {
        rows[row] += (0..<width).map { Formatting.exact(values[row * width + $0]) }
      }
    }
    return TextTable(header: header, rows, mostRows: most)
  }
}
