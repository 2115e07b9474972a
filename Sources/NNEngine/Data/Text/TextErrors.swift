/// What is said of a text table that cannot be read, with the row and the line that reads it.
struct TextErrors {
  let bytes: UnsafeBufferPointer<UInt8>
  let path: String

  func bad(_ problem: String, detail: String? = nil, help: String? = nil) -> EngineError {
    .badFile(path: path, problem: problem, detail: detail, help: help)
  }

  func noRows(_ layout: TableLayout) -> EngineError {
    bad(layout.hasHeader ? "it holds names and no rows" : "it holds no rows")
  }

  func excerpt(_ position: Int) -> String {
    SeparatedText.excerpt(bytes, from: position, atMost: 40)
  }

  // MARK: Rows

  /// What is said of lines below the table that are left out.
  func below(_ first: Int, count: Int) -> String {
    "\(count == 1 ? "a line" : "\(count) lines") below the table \(count == 1 ? "is" : "are") left "
      + "out: `\(excerpt(first))`"
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
      help: help(row, layout))
  }

  private func help(_ row: RowBlock.Odd, _ layout: TableLayout) -> String {
    let (found, width) = (row.count, layout.width)
    if found < width {
      return
        "add the missing \(width - found == 1 ? "field" : "fields") to that row; `ragged=fill` "
        + "takes them for missing values, `ragged=drop` leaves such rows out"
    }
    // What stands above may be no part of the table.
    let begins =
      found > width + 1 && row.place.line > 1
      ? "; if the table begins in that row, say `skip=\(row.place.line - 1)`" : ""
    return
      "texts that hold the separator need quotes around them; `ragged=drop` leaves such rows out, "
      + "`ragged=fill` what is beyond the last column" + begins
  }

  // MARK: Letters

  /// The error for a byte that is no UTF-8, with its row and column.
  ///
  /// - Parameter start: where the first row begins, in a text that goes on from another.
  func notUTF8(
    _ place: Int, _ dialect: TextDialect, hasHeader: Bool, from start: FieldReader.Place? = nil
  ) -> EngineError {
    let help = "`encoding=windows1252` or `encoding=latin1`, or save the file as UTF-8"
    var reader = FieldReader(bytes, dialect)
    if let start { reader.place = start }
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
      if names.isEmpty && hasHeader && start == nil { names = fields.map(reader.text) }
      reader.skipBlankLines()
    }
    return bad("\(spot): the letters are not in UTF-8", help: help)
  }
}
