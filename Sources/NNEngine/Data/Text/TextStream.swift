/// The rows of a text table, some megabytes at a time: a file of any length in the same memory.
///
///     bytes ─▶ window ─▶ rows that begin well before its end ─▶ table
///                 ▲                        │ the rest
///                 └────────────────────────┘
final class TextStream {
  private var wish: SeparatedValuesReader.Wish
  private let reader: any FileReader
  private let encoding: TextEncoding?
  private let window: Int
  /// What has been read and is in no row yet.
  private var text: [UInt8]
  private var layout: TableLayout?
  private var isAtEnd = false
  private var hasRows = false
  /// Whether the last column is the empty one behind a separator at the end of every row.
  private var hasEmptyEdge = false

  /// How much is read at a time.
  static let window = 8 << 20
  /// Rows that begin so near to the end of what was read wait for the rest: quoted fields may run
  /// over many lines.
  private let margin: Int
  /// A field longer than this is none.
  private let longest: Int

  /// Opens a file; `nil` where its letters do not allow it to be cut into blocks.
  ///
  /// - Throws: `EngineError`.
  convenience init?(_ request: FormatRequest) throws {
    let start = request.file.start(DataFormat.startLength)
    guard (TextEncoding.marked(start) ?? request.text.encoding) != .utf16 else { return nil }
    try self.init(
      request.file.reader(request.files), start: start, request.textWish, window: Self.window)
  }

  init(
    _ reader: any FileReader, start: [UInt8], _ wish: SeparatedValuesReader.Wish, window: Int
  ) throws {
    self.wish = wish
    self.reader = reader
    self.window = window
    (margin, longest) = (min(64 << 10, window / 2), 32 * window)
    encoding = wish.options.encoding
    _ = try SeparatedText.decoded(start, as: encoding, path: wish.path, isWhole: false)
    text = []
    try readOn()
    if TextEncoding.marked(text) != nil { text.removeFirst(3) }
  }

  /// The next rows; `nil` behind the last.
  ///
  /// - Throws: `EngineError.badFile` with the line and its text.
  func next() throws -> RawData? {
    while !text.isEmpty || !isAtEnd {
      if text.count < window { try readOn() }
      let stop = isAtEnd ? nil : lastLine()
      if stop == nil, !isAtEnd {
        try readOn()
        continue
      }
      var (found, layout) = try rows(before: stop)
      while let stop, needsMore(found, behind: stop) {
        try readOn()
        (found, layout) = try rows(before: isAtEnd ? nil : stop)
      }
      if let data = try take(found, layout) { return data }
    }
    return nil
  }

  private func rows(before stop: Int?) throws -> (TextRows, TableLayout) {
    try text.withUnsafeBufferPointer { buffer in
      try SeparatedValuesReader.rows(buffer, wish, known: layout, before: stop)
    }
  }

  /// Whether a row that does not fit may do so with what comes behind: a quoted field that goes on
  /// there looks like one that is never closed, or like rows of another length.
  private func needsMore(_ found: TextRows, behind stop: Int) -> Bool {
    if isAtEnd { return false }
    // A row that ends with what was read may go on.
    if found.end.position >= text.count { return true }
    if found.oddCount == 0 && found.mended.isEmpty { return false }
    let isOpen = found.odd.contains { if case .neverClosed? = $0.fault { true } else { false } }
    return text.count - stop < (isOpen ? longest : window)
  }

  /// Reads as much again as a window holds.
  private func readOn() throws {
    try Allowance.proceed()
    let block = try reader.read(atMost: window)
    if block.isEmpty { isAtEnd = true }
    let isPlain = (encoding ?? .utf8) == .utf8
    text += isPlain ? block : TextEncoding.utf8(block, as: encoding, isWhole: false)
  }

  /// Where the last line begins whose row surely ends in what was read.
  private func lastLine() -> Int? {
    let end = text.count - margin
    guard end > 0, let place = text[..<end].lastIndex(of: 0x0a) ?? text[..<end].lastIndex(of: 0x0d),
      place + 1 > (layout?.body.position ?? 0)
    else { return nil }
    return place + 1
  }

  private func take(_ found: TextRows, _ layout: TableLayout) throws -> RawData? {
    let isFirst = self.layout == nil
    let data = try text.withUnsafeBufferPointer { buffer -> RawData? in
      let errors = TextErrors(bytes: buffer, path: wish.path)
      let remarks = try SeparatedValuesReader.remarks(found, layout, wish.options, errors)
      var table = SeparatedValuesReader.table(found, layout, wish.missingValues)
      if found.rowCount == 0 {
        if isAtEnd && !hasRows { throw errors.noRows(layout) }
        if remarks.isEmpty { return nil }
      } else if isFirst || hasEmptyEdge {
        let width = table.columns.count
        SeparatedValuesReader.leaveOutEmptyEdge(&table)
        hasEmptyEdge = table.columns.count < width
      }
      return RawData(path: wish.path, rows: .table(table), remarks: remarks)
    }
    hasRows = hasRows || found.rowCount > 0
    if isAtEnd { text = [] } else { text.removeFirst(found.end.position) }
    self.layout = layout
    self.layout?.remarks = []
    self.layout?.body = .init(position: 0, line: found.end.line)
    return data
  }
}
