/// What is said of a text table that cannot be read, with the row and the line that reads it.
struct TextErrors {
  let bytes: UnsafeBufferPointer<UInt8>
  let path: String

  func bad(_ problem: String, detail: String? = nil, help: String? = nil) -> EngineError {
    .badFile(path: path, problem: problem, detail: detail, help: help)
  }

  func excerpt(_ position: Int) -> String {
    SeparatedText.excerpt(bytes, from: position, atMost: 40)
  }

  // MARK: Rows

  /// Rows at the end that are no rows of the table but notes: a single text, behind an empty line or
  /// of several words.
  func notes(_ found: TextRows, _ layout: TableLayout) -> [RowBlock.Odd] {
    guard found.rowCount > 0, layout.width > 1, found.odd.count == found.oddCount else { return [] }
    // Rows further up may be of another length too; they are no notes.
    let below = found.odd.indices.filter { found.oddRows[$0] == found.rowCount }
      .map { found.odd[$0] }
    guard !below.isEmpty, below.count == found.oddCount || below.count <= 50 else { return [] }
    return below.allSatisfy { isNote($0, layout) } ? below : []
  }

  private func isNote(_ row: RowBlock.Odd, _ layout: TableLayout) -> Bool {
    guard row.fault == nil, row.count < layout.width else { return false }
    var reader = FieldReader(bytes, layout.dialect, at: row.place)
    guard let fields = try? reader.fieldsOfRow(),
      fields.dropFirst().allSatisfy({ $0.range.isEmpty }), let first = fields.first,
      !first.range.isEmpty, reader.number(first) == nil
    else { return false }
    let text = bytes[first.range]
    // The cells of a row that another sign separates would be lost.
    let others: [UInt8] = [0x09, 0x2c, 0x3b, 0x7c]
    if others.contains(where: { sign in
      text.count { $0 == sign } >= max(layout.width - 1, 1) && [sign] != layout.dialect.separator
    }) {
      return false
    }
    return isBehindGap(row.place.position) || text.contains(0x20)
  }

  /// Whether an empty line stands above the line at a position.
  private func isBehindGap(_ position: Int) -> Bool {
    var ends = 0
    var place = position - 1
    while place >= 0, bytes[place] <= 0x20 {
      if bytes[place] == 0x0a
        || bytes[place] == 0x0d && (place + 1 >= bytes.count || bytes[place + 1] != 0x0a)
      {
        ends += 1
      }
      place -= 1
    }
    return ends > 1
  }

  /// The error for a row of another length, or whose quotes do not fit.
  func odd(_ row: RowBlock.Odd, _ layout: TableLayout) -> EngineError {
    switch row.fault {
    case .neverClosed(let place)?:
      return bad(
        "a quote that opens in row \(place.line) is never closed",
        detail: SeparatedText.excerpt(bytes, from: place.position), help: Self.quoteHelp)
    case .textBehindQuote(let position, let line)?:
      return bad(
        "row \(line) has text behind a closing quote",
        detail: SeparatedText.excerpt(bytes, from: position),
        help: "a quote inside a quoted field is written twice; " + Self.quoteHelp)
    case nil: return wrongWidth(row, layout)
    }
  }

  private static let quoteHelp =
    "`quote=none` reads quotes as they stand, `escape=\"\\\\\"` those behind a backslash"

  private func wrongWidth(_ row: RowBlock.Odd, _ layout: TableLayout) -> EngineError {
    let (found, width) = (row.count, layout.width)
    let other = layout.hasHeader ? "the header has \(width)" : "the rows before have \(width)"
    return bad(
      "row \(row.place.line) has \(found) \(found == 1 ? "field" : "fields"), \(other)",
      detail: SeparatedText.excerpt(bytes, from: row.place.position),
      help: found < width
        ? "add the missing \(width - found == 1 ? "field" : "fields") to that row; `ragged=fill` takes"
          + " them for missing values, `ragged=drop` leaves such rows out"
        : "texts that hold the separator need quotes around them; `ragged=drop` leaves such rows out,"
          + " `ragged=fill` what is beyond the last column")
  }

  // MARK: Letters

  /// The error for a byte that is no UTF-8, with its row and column.
  func notUTF8(_ place: Int, _ dialect: TextDialect, hasHeader: Bool) -> EngineError {
    let help = "`encoding=windows1252` or `encoding=latin1`, or save the file as UTF-8"
    var reader = FieldReader(bytes, dialect)
    reader.skipBlankLines()
    var names: [String] = []
    var spot = "row \(reader.line)"
    while !reader.isAtEnd, reader.position <= place {
      let row = reader.line
      spot = "row \(row)"
      guard let fields = try? reader.fieldsOfRow() else { break }
      if let column = fields.firstIndex(where: { $0.range.upperBound > place }) {
        let name = names.indices.contains(column) ? "`\(names[column])`" : "column \(column + 1)"
        spot = "row \(row), \(name)"
        let cell = TextEncoding.utf8(Array(bytes[fields[column].range]), as: .windows1252)
        return bad(
          "\(spot): the letters are not in UTF-8",
          detail: "`\(String(decoding: cell, as: UTF8.self))`, if it is Windows' encoding",
          help: help)
      }
      if names.isEmpty && hasHeader { names = fields.map(reader.text) }
      reader.skipBlankLines()
    }
    return bad("\(spot): the letters are not in UTF-8", help: help)
  }
}
