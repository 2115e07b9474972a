/// Reads tables whose fields stand between separators: CSV after RFC 4180, and what people make
/// of it.
///
///     bytes ─▶ UTF-8 ─▶ dialect ─▶ layout: names, first row, width ─▶ rows ─▶ table
enum SeparatedValuesReader {
  /// Reads a whole table.
  ///
  /// - Throws: `EngineError.badFile` with the line and its text.
  static func read(
    _ bytes: [UInt8], path: String, options: TextReading, missingValues: [String]? = nil,
    workers: Workers = .shared, partLength: Int = TextRows.partLength
  ) throws -> RawData {
    let text = try SeparatedText.decoded(bytes, as: options.encoding, path: path)
    return try text.withUnsafeBufferPointer { buffer in
      let missing = MissingTexts(missingValues)
      let errors = TextErrors(bytes: buffer, path: path)
      let dialect = try DialectSearch(buffer, options).dialect(path: path)
      if let place = TextEncoding.firstInvalid(buffer) {
        throw errors.notUTF8(place, dialect, hasHeader: options.header != false)
      }
      func rows(_ dialect: TextDialect) throws -> (TextRows, TableLayout) {
        var layout = try TableLayout(buffer, dialect, options, missing: missing, path: path)
        let end = TableEnd(buffer, layout)
        if let first = end.notes.first {
          layout.remarks.append(errors.below(first, count: end.notes.count))
        }
        let format = RowFormat(layout: layout, ragged: options.ragged, missing: missing)
        let rows = try TextRows(
          UnsafeBufferPointer(rebasing: buffer[..<end.position]), format, path: path,
          workers: workers, partLength: partLength)
        return (rows, layout)
      }
      var (found, layout) = try rows(dialect)
      // A backslash may escape the first quote far below the rows that were looked at.
      if options.escape == nil, dialect.escape == nil, dialect.quote != nil,
        found.odd.contains(where: { $0.fault != nil }) || !found.mended.isEmpty
      {
        var escaping = dialect
        escaping.escape = UInt8(ascii: "\\")
        if let (other, otherLayout) = try? rows(escaping), other.oddCount == 0, other.mended.isEmpty
        {
          (found, layout) = (other, otherLayout)
        }
      }
      return try table(found, layout, options, missingValues, errors)
    }
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

  private static func table(
    _ found: TextRows, _ layout: TableLayout, _ options: TextReading, _ missingValues: [String]?,
    _ errors: TextErrors
  ) throws -> RawData {
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
    guard found.rowCount > 0 else {
      throw errors.bad(layout.hasHeader ? "it holds names and no rows" : "it holds no rows")
    }
    var table = Table(
      columns: found.columns, rowCount: found.rowCount, hasHeader: layout.hasHeader,
      cells: found.cells, separator: layout.dialect.separator[0], lines: found.lines)
    leaveOutEmptyEdge(&table)
    for number in (missingValues ?? []).compactMap({ Double($0) }) { table.remove(number) }
    return RawData(path: errors.path, rows: .table(table), remarks: remarks)
  }

  /// A separator at the end of every row makes a last column without a name and without values.
  private static func leaveOutEmptyEdge(_ table: inout Table) {
    guard let last = table.columns.last, table.columns.count > 1, last.missing == table.rowCount,
      last.name == "column\(table.columns.count)", last.firstMissing?.text.isEmpty == true
    else { return }
    let old = table.columns.count
    table.cells = (0..<table.rowCount).flatMap { table.cells[$0 * old..<($0 + 1) * old - 1] }
    table.columns.removeLast()
  }
}
