/// A table in which a column names files of pictures.
extension DataLoader {
  /// The rows as pictures, where a column names their files; else as they are.
  ///
  /// - Parameters:
  ///   - column: the column that names the files.
  ///   - needsTargets: whether rows without targets are of no use.
  /// - Throws: `EngineError`.
  func pictures(
    of raw: RawData, column: String?, _ options: DataOptions, needsTargets: Bool
  ) throws -> RawData {
    guard case .table(let table) = raw.rows else { return raw }
    guard let column else {
      let wish = options.pictures
      let given =
        [("size", wish.size != nil), ("fit", wish.fit != nil)]
        + [("channels", wish.channels != nil)]
      guard let option = given.first(where: \.1)?.0 else { return raw }
      throw EngineError.invalid(
        "`\(option)` is for pictures, and no column of `\(FilePath.name(of: raw.path))` is said to "
          + "name any",
        help: "leave it out, or name the column of their files: `images=path`")
    }
    return try PictureTable(table, of: raw, column: column, options, needsTargets: needsTargets)
      .read(files, workers)
  }
}

private struct PictureTable {
  private let raw: RawData
  private let table: Table
  private let column: Int
  private let targets: [Int]
  private let options: DataOptions
  private var remarks: [String]

  init(
    _ whole: Table, of raw: RawData, column name: String, _ options: DataOptions, needsTargets: Bool
  ) throws {
    func index(_ name: String) throws -> Int {
      guard let place = whole.index(of: name) else {
        throw EngineError.unknownName(
          what: "column", name: name, known: whole.columns.map(\.name))
      }
      return place
    }
    (self.raw, self.options, remarks) = (raw, options, raw.remarks)
    let column = try index(name)
    guard whole.columns[column].texts != nil else {
      throw EngineError.badFile(
        path: raw.path, problem: "`\(name)` holds numbers, not the names of files")
    }
    var targets = try options.target.map(index)
    if targets.isEmpty, needsTargets {
      guard let last = whole.columns.indices.last(where: { $0 != column }) else {
        throw EngineError.badFile(path: raw.path, problem: "it has no column beside `\(name)`")
      }
      targets = [last]
      remarks.append("the target is the last column, `\(whole.columns[last].name)`")
    }
    if !needsTargets { targets = [] }
    if targets.contains(column) {
      throw EngineError.invalid("`\(name)` names the pictures and cannot be the target")
    }
    let width = whole.columns.count
    let kept = (0..<whole.rowCount).filter { row in
      targets.allSatisfy { !whole.cells[row * width + $0].isNaN }
    }
    var table = whole
    if kept.count < whole.rowCount {
      table = whole.rows(kept)
      let gone = whole.rowCount - kept.count
      remarks.append("\(gone) \(gone == 1 ? "row" : "rows") without a target left out")
    }
    _ = try table.readNumbers(ofTargets: targets, path: raw.path, options)
    if targets.count > 1, let text = targets.first(where: { table.columns[$0].texts != nil }) {
      throw EngineError.badFile(
        path: raw.path,
        problem:
          "the target `\(table.columns[text].name)` holds texts; several targets must all be "
          + "numbers")
    }
    let used = Set(targets + [column])
    let others = table.columns.indices.filter { !used.contains($0) }.map { table.columns[$0].name }
    if needsTargets, !others.isEmpty {
      remarks.append("columns not used beside the pictures: \(PictureFolder.some(others))")
    }
    (self.table, self.column, self.targets) = (table, column, targets)
  }

  func read(_ access: any FileAccess, _ workers: Workers) throws -> RawData {
    let names = table.columns[column].texts ?? []
    let folder = FilePath.folder(of: raw.path)
    let files = table.cells(ofColumn: column).map { cell in
      let name = cell.isNaN ? "" : names[Int(cell)]
      return PictureFolder.File(path: FilePath.join(folder, name), name: name)
    }
    let request = PictureSizes(files: files, path: raw.path, access: access)
    let found = try PictureReading.read(
      files, of: raw.path, access, options.pictures, size: request.size(options.pictures),
      drops: options.missing == .drop, skipsOthers: false, workers: workers)
    var result = RawData(
      path: raw.path,
      rows: .array(
        .bytes(found.bytes), shape: found.form.shape, targets: targets(of: found.kept),
        named: targets.map { table.columns[$0].name }.joined(separator: ", ")),
      remarks: remarks + found.remarks)
    result.pictures = found.form
    result.pictures?.column = table.columns[column].name
    result.rowNames = found.kept.map { files[$0].name }
    return result
  }

  private func targets(of rows: [Int]) -> TypedTargets {
    guard let first = targets.first else { return .none }
    let width = table.columns.count
    if let texts = table.columns[first].texts {
      return .texts(rows.map { texts[Int(table.cells[$0 * width + first])] })
    }
    return .numbers(
      Numbers(
        shape: targets.count == 1 ? [rows.count] : [rows.count, targets.count],
        elements: rows.flatMap { row in targets.map { table.cells[row * width + $0] } }))
  }
}
