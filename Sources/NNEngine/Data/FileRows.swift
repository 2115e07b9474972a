/// Rows of a file as a trained network takes them, with columns of the file that go along.
public struct FileRows: Sendable {
  /// A column as it stands in the file.
  public struct Column: Sendable {
    /// Its name there.
    public var name: String
    /// Its cells from top to bottom, the empty text where a value is missing.
    public var cells: [String]
  }

  /// The rows, targets left aside.
  public var examples: Examples
  /// The columns that were asked for.
  public var kept: [Column]
}

extension DataLoader {
  /// Goes through the rows of a file that fit a trained network, block by block, targets left aside.
  ///
  /// - Parameter keep: names of columns that go along as they stand.
  /// - Returns: what to tell of the rows, in words for people.
  /// - Throws: `EngineError`, and what `body` throws.
  public func forEachBlock(
    of path: String, for schema: Preprocessing, options: DataOptions = DataOptions(),
    keep: [String] = [], _ body: (FileRows) throws -> Void
  ) throws -> [String] {
    var options = options
    options.missingValues = options.missingValues ?? schema.missingValues
    let raw = try read(path, options: options, labels: options.labels)
    let (examples, notes) = try self.examples(raw, for: schema, needsTargets: false, kept: keep)
    try body(FileRows(examples: examples, kept: kept(keep, of: raw)))
    return notes
  }

  private func kept(_ names: [String], of raw: RawData) throws -> [FileRows.Column] {
    guard case .table(let table) = raw.rows else {
      guard let name = names.first else { return [] }
      throw EngineError.badFile(
        path: raw.path, problem: "it has no columns, so none called `\(name)`",
        help: "leave `keep` out")
    }
    let places = table.places
    return try names.map { name in
      guard let place = places[name] else {
        throw EngineError.unknownName(
          what: "column", name: name, known: table.columns.map(\.name))
      }
      let texts = table.columns[place].texts
      return FileRows.Column(
        name: name,
        cells: table.cells(ofColumn: place).map { cell in
          cell.isNaN ? "" : texts?[Int(cell)] ?? ClassTable.name(of: cell)
        })
    }
  }
}
