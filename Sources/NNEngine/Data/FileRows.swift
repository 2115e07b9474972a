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
    var (format, request) = try self.request(path, options: options, labels: options.labels)
    try check(options, of: path, format)
    // Categories and what goes along are texts, whatever else stands in their block.
    request.texts = Set(keep + schema.categoriesByText)
    request.takesPoints = !schema.hasDecimalCommas
    try request.take(schema, needsTargets: false, format)
    var told = Told()
    func pass(_ read: RawData) throws {
      let raw = try pictures(of: read, schema, options, needsTargets: false)
      let found = try self.examples(raw, for: schema, needsTargets: false, kept: keep)
      told.add(found.notes, found.counts)
      let names =
        raw.rowNames.isEmpty ? [] : [FileRows.Column(name: "file", cells: raw.rowNames)]
      try body(FileRows(examples: found.examples, kept: names + kept(keep, of: raw)))
    }
    if let blocks = try format.blocks(request) {
      while let raw = try blocks.next() { try pass(raw) }
    } else {
      try pass(format.read(request))
    }
    return told.notes(schema)
  }

  /// What is told of blocks, once for all of them.
  private struct Told {
    private var notes: [String] = []
    private var counts: RawInputs.Counts?

    mutating func add(_ more: [String], _ other: RawInputs.Counts?) {
      for note in more where !notes.contains(note) { notes.append(note) }
      counts = counts.map { own in other.map(own.adding) ?? own } ?? other
    }

    func notes(_ schema: Preprocessing) -> [String] {
      notes + (counts?.notes(schema.columns.isEmpty ? schema.plainColumns : schema.columns) ?? [])
    }
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

extension Preprocessing {
  /// The columns of categories, whose cells are texts wherever they stand.
  var categoriesByText: [String] {
    columns.compactMap { column in
      if case .category = column.kind { column.name } else { nil }
    }
  }
}
