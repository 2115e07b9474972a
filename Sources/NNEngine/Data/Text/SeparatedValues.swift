/// Reads tables whose fields stand between separators: CSV after RFC 4180, and what people make
/// of it.
///
///     bytes ─▶ UTF-8 ─▶ dialect ─▶ layout: names, first row, width ─▶ rows ─▶ table
enum SeparatedValuesReader {
  /// What is the same for all of a text.
  struct Wish {
    var path: String
    var options: TextReading
    var missingValues: [String]?
    /// Columns whose cells stay as they stand.
    var texts: Set<String> = []
    /// What begins a fraction, where that is said.
    var decimal: DataOptions.DecimalSign?
    /// Whether cells with a point may be numbers; their columns are texts otherwise.
    var takesPoints = true
    var workers = Workers.shared
    var partLength = TextRows.partLength
  }

  /// Reads a whole table.
  ///
  /// - Throws: `EngineError.badFile` with the line and its text.
  static func read(_ bytes: [UInt8], _ wish: Wish) throws -> RawData {
    let text = try SeparatedText.decoded(bytes, as: wish.options.encoding, path: wish.path)
    return try text.withUnsafeBufferPointer { buffer in
      let errors = TextErrors(bytes: buffer, path: wish.path)
      let (found, layout) = try rows(buffer, wish)
      let remarks = try remarks(found, layout, wish.options, errors)
      guard found.rowCount > 0 else { throw errors.noRows(layout) }
      var table = table(found, layout, wish.missingValues)
      if wish.takesPoints, wish.decimal == nil, table.hasDecimalCommas {
        var asTexts = wish
        asTexts.takesPoints = false
        table.noteGroupedNumbers(try rows(buffer, asTexts).found.columns)
      }
      leaveOutEmptyEdge(&table)
      return RawData(path: wish.path, rows: .table(table), remarks: remarks)
    }
  }

  /// Finds the table in a text, and its rows.
  ///
  /// - Parameters:
  ///   - known: the layout of a table that began before this text.
  ///   - stop: rows that begin there or behind it are left for later; `nil` where the file ends with
  ///     this text, and notes may stand below the table.
  /// - Throws: `EngineError.badFile`.
  static func rows(
    _ buffer: UnsafeBufferPointer<UInt8>, _ wish: Wish, known: TableLayout? = nil,
    before stop: Int? = nil
  ) throws -> (found: TextRows, layout: TableLayout) {
    let (path, options, missing) = (wish.path, wish.options, MissingTexts(wish.missingValues))
    let dialect = try known?.dialect ?? DialectSearch(buffer, options).dialect(path: path)
    let seen = UnsafeBufferPointer(rebasing: buffer[..<(stop ?? buffer.count)])
    if let place = TextEncoding.firstInvalid(seen) {
      throw TextErrors(bytes: buffer, path: path).notUTF8(
        place, dialect, hasHeader: options.header != false, from: known?.body)
    }
    func rows(_ dialect: TextDialect) throws -> (TextRows, TableLayout) {
      var layout =
        try known ?? TableLayout(buffer, dialect, options, missing: missing, path: path)
      layout.dialect = known == nil ? layout.dialect : dialect
      for (place, name) in layout.names.enumerated() where wish.texts.contains(name) {
        layout.areTexts[place] = true
      }
      var text = buffer
      if stop == nil {
        let end = TableEnd(buffer, layout)
        if let first = end.notes.first {
          layout.remarks.append(
            TextErrors(bytes: buffer, path: path).below(first, count: end.notes.count))
        }
        text = UnsafeBufferPointer(rebasing: buffer[..<end.position])
      }
      let format = RowFormat(
        layout: layout, ragged: options.ragged, missing: missing, takesPoints: wish.takesPoints)
      let rows = try TextRows(
        text, format, path: path, workers: wish.workers, partLength: wish.partLength,
        before: stop)
      return (rows, layout)
    }
    let found = try rows(dialect)
    // A backslash may escape the first quote far below the rows that were looked at.
    if options.escape == nil, dialect.escape == nil, dialect.quote != nil,
      found.0.odd.contains(where: { $0.fault != nil }) || !found.0.mended.isEmpty
    {
      var escaping = dialect
      escaping.escape = UInt8(ascii: "\\")
      if let other = try? rows(escaping), other.0.oddCount == 0, other.0.mended.isEmpty {
        return other
      }
    }
    return found
  }

  /// The names of the columns, from the first part of a file, exactly as reading it all finds
  /// them; `nil` where the part is too short to tell.
  ///
  /// - Parameter isWhole: whether this is all of the file.
  /// - Throws: `EngineError.badFile` for what is wrong in the part.
  static func outline(
    _ start: [UInt8], isWhole: Bool, path: String, options: TextReading,
    missingValues: [String]? = nil
  ) throws -> (names: [String], hasHeader: Bool)? {
    var text = try SeparatedText.decoded(
      start, as: options.encoding, path: path, isWhole: isWhole)
    if !isWhole {
      // The last line may be cut off; what stands before is as the whole file has it.
      guard text.count >= DialectSearch.sampleLength,
        let end = text.lastIndex(where: { $0 == 0x0a || $0 == 0x0d })
      else { return nil }
      text.removeSubrange(end...)
    }
    return try text.withUnsafeBufferPointer { buffer in
      let dialect = try DialectSearch(buffer, options).dialect(path: path)
      if let place = TextEncoding.firstInvalid(buffer) {
        throw TextErrors(bytes: buffer, path: path).notUTF8(
          place, dialect, hasHeader: options.header != false)
      }
      if buffer.isEmpty { return nil }
      let layout = try TableLayout(
        buffer, dialect, options, missing: MissingTexts(missingValues), path: path)
      return isWhole || layout.isSure ? (layout.names, layout.hasHeader) : nil
    }
  }

  /// What to tell of rows that were left out or mended.
  ///
  /// - Throws: `EngineError.badFile` for a row of another length, unless `ragged` says what to do.
  static func remarks(
    _ found: TextRows, _ layout: TableLayout, _ options: TextReading, _ errors: TextErrors
  ) throws -> [String] {
    var remarks = layout.remarks
    let odd = found.oddCount
    if odd > 0 {
      let first = found.odd[0]
      switch options.ragged {
      case .error: throw errors.odd(first, layout)
      case .drop:
        remarks.append(
          "\(odd) \(odd == 1 ? "row" : "rows") of another length left out, the first in line "
            + "\(first.place.line)")
      case .fill:
        if let broken = found.odd.first(where: { $0.fault != nil }) {
          throw errors.odd(broken, layout)
        }
        remarks.append(
          "\(odd) \(odd == 1 ? "row" : "rows") of another length filled up or cut off, the first in "
            + "line \(first.place.line)")
      }
    }
    if let first = found.mended.first {
      remarks.append(
        "quotes that neither begin nor end a cell are read as they stand: line \(first)"
          + (found.mended.count > 1 ? " and \(found.mended.count - 1) more" : ""))
    }
    if let first = found.repeated.first {
      remarks.append(
        "rows that repeat the names are left out: line \(first)"
          + (found.repeated.count > 1 ? " and \(found.repeated.count - 1) more" : ""))
    }
    return remarks
  }

  /// The rows as a table.
  static func table(
    _ found: TextRows, _ layout: TableLayout, _ missingValues: [String]?
  ) -> Table {
    var table = Table(
      columns: found.columns, rowCount: found.rowCount, hasHeader: layout.hasHeader,
      cells: found.cells, separator: layout.dialect.separator[0], lines: found.lines)
    for number in (missingValues ?? []).compactMap({ Double($0) }) { table.remove(number) }
    return table
  }

  /// A separator at the end of every row makes a last column without a name and without values.
  static func leaveOutEmptyEdge(_ table: inout Table) {
    guard let last = table.columns.last, table.columns.count > 1, last.missing == table.rowCount,
      last.name == "column\(table.columns.count)", last.firstMissing?.text.isEmpty == true
    else { return }
    let old = table.columns.count
    table.cells = (0..<table.rowCount).flatMap { table.cells[$0 * old..<($0 + 1) * old - 1] }
    table.columns.removeLast()
  }
}
