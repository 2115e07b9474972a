/// A table as text: names, then a row a line, so that reading it again gives the same table.
struct TableText {
  let table: Table
  let separator: UInt8

  /// The text in UTF-8.
  ///
  /// - Throws: `EngineError.outOfMemory`, `.interrupted`.
  func bytes() throws -> [UInt8] {
    var result: [UInt8] = []
    let width = table.columns.count
    // Each text is quoted once, however often it stands there.
    let texts = table.columns.map { $0.texts?.map { field($0) } }
    for (place, column) in table.columns.enumerated() {
      if place > 0 { result.append(separator) }
      result += field(column.name)
    }
    result.append(0x0a)
    for row in 0..<table.rowCount {
      if row & 1023 == 0 {
        try Allowance.proceed()
        try Allowance.admit(2 * result.count, for: "the text of the table")
      }
      for column in 0..<width {
        if column > 0 { result.append(separator) }
        let cell = table.cells[row * width + column]
        if cell.isNaN {
          // A line with nothing on it is no row.
          if width == 1 { result += "\"\"".utf8 }
        } else if let texts = texts[column] {
          result += texts[Int(cell)]
        } else {
          result += number(cell).utf8
        }
      }
      result.append(0x0a)
    }
    return result
  }

  /// A number with the digits it takes to read it back.
  private func number(_ number: Double) -> String {
    if number == 0 { return number.sign == .minus ? "-0" : "0" }
    // So many digits alone are read as a code.
    if number.magnitude >= 9_007_199_254_740_992, number.isFinite { return "\(number)" }
    return ClassTable.name(of: number)
  }

  /// A text, in quotes where it would be read otherwise without them.
  private func field(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    let signs: [UInt8] = [separator, 0x22, 0x27, 0x2c, 0x3b, 0x7c, 0x09, 0x0a, 0x0d, 0x5c]
    let needsQuotes =
      bytes.contains(where: signs.contains) || bytes.first ?? 0x20 <= 0x20
      || bytes.last ?? 0x20 <= 0x20 || bytes.first == UInt8(ascii: "#")
    guard needsQuotes else { return bytes }
    return [0x22] + bytes.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22]
  }
}

extension Table {
  /// Whether another table has the same names and cells.
  func holdsTheSame(as other: Table) -> Bool {
    guard columns.map(\.name) == other.columns.map(\.name), rowCount == other.rowCount else {
      return false
    }
    for (column, (own, its)) in zip(columns, other.columns).enumerated() {
      guard (own.texts == nil) == (its.texts == nil) else { return false }
      for place in stride(from: column, to: cells.count, by: columns.count) {
        let (a, b) = (cells[place], other.cells[place])
        if a.isNaN || b.isNaN {
          guard a.isNaN && b.isNaN else { return false }
        } else if let texts = own.texts, let others = its.texts {
          guard texts[Int(a)] == others[Int(b)] else { return false }
        } else if a != b {
          return false
        }
      }
    }
    return true
  }
}

extension DataLoader {
  /// The table that a data set was read from, all columns and rows of it, as text.
  ///
  /// - Returns: the text, and how to read it where the bare line gives another table: options as
  ///   they are typed, in words for people.
  /// - Throws: `EngineError` where there is no such table any more.
  public func text(
    of dataset: Dataset, separatedByTabs: Bool
  ) throws -> (bytes: [UInt8], options: String?) {
    guard let path = dataset.source else {
      throw EngineError.invalid(
        "the data are not from a file", help: "`save` writes the table of a file that `data` read")
    }
    if case .stream = files.kind(of: path) {
      throw EngineError.invalid("`\(path)` cannot be read a second time")
    }
    let raw = try read(path, options: dataset.options)
    guard case .table(let table) = raw.rows else {
      throw EngineError.invalid("`\(dataset.name)` holds no table")
    }
    guard table.columns.map(\.name) == dataset.columns.map(\.name),
      table.rowCount >= dataset.rowCount
    else {
      throw EngineError.badFile(
        path: path, problem: "it is not what it was when `data` read it",
        help: "say `data` once more")
    }
    let separator: UInt8 = separatedByTabs ? 0x09 : 0x2c
    let bytes = try TableText(table: table, separator: separator).bytes()
    let missing = dataset.options.missingValues
    let markers = missing.map {
      "missing_values=[" + $0.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }
    let ways: [(header: Bool?, missing: [String]?, options: String?)] = [
      (nil, nil, nil), (true, nil, "header=true"), (nil, missing, markers),
      (true, missing, "header=true " + (markers ?? "")),
    ]
    for way in ways {
      var reading = TextReading()
      reading.header = way.header
      reading.separator = separatedByTabs ? "tab" : nil
      if let again = try? SeparatedValuesReader.read(
        bytes,
        .init(path: "t.csv", options: reading, missingValues: way.missing, workers: workers)),
        case .table(let other) = again.rows, table.holdsTheSame(as: other)
      {
        return (bytes, way.options)
      }
    }
    throw EngineError.invalid("the table of `\(dataset.name)` has no text that reads back the same")
  }
}
