/// Finds how a text is written, from its first rows.
///
/// The separator that stands equally often in each of the first lines is the one. Where none does,
/// because lines of prose stand above the table or a row is torn, the one is taken under which the
/// rows are most alike and their cells look most like values (after van den Burg, Nazábal and
/// Sutton, 2019: regular patterns times known types).
struct DialectSearch {
  /// The beginning of the text.
  let sample: UnsafeBufferPointer<UInt8>
  /// What the script says of it.
  let options: TextReading

  /// How many bytes are looked at.
  static let sampleLength = 1 << 16
  /// Twenty lines are enough to see that a separator is regular, a hundred rows to weigh them.
  private static let lines = 20
  private static let rows = 100

  /// A comma is tried behind the others: between `;` or tabs it is a decimal comma or part of a text.
  private static let usual: [[UInt8]] = [[0x09], Array(";".utf8), Array("|".utf8), Array(",".utf8)]
  /// What separates only where it is regular and none of the usual ones is.
  private static let rare: [[UInt8]] = [
    Array("::".utf8), Array("~".utf8), Array("^".utf8), [0x20],
  ]

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ options: TextReading) {
    sample = UnsafeBufferPointer(rebasing: bytes.prefix(Self.sampleLength))
    isWhole = bytes.count <= Self.sampleLength
    self.options = options
  }

  private let isWhole: Bool

  /// The dialect of the table.
  func dialect(path: String) throws -> TextDialect {
    var dialect = TextDialect(comment: options.comment.map { Array($0.utf8) } ?? [])
    dialect.escape = try options.escapeByte()
    if let quote = try options.quoteByte() { dialect.quote = quote }
    if let named = try options.separatorBytes() {
      dialect.separator = named
    } else if ["tsv", "tab"].contains(FilePath.fileExtension(of: path)) {
      dialect.separator = [0x09]
    } else {
      dialect.separator = separator(dialect)
    }
    if options.quote == nil { dialect.quote = quote(dialect) }
    if options.escape == nil, escapesQuotes(dialect) { dialect.escape = UInt8(ascii: "\\") }
    return dialect
  }

  // MARK: Separators

  private func separator(_ base: TextDialect) -> [UInt8] {
    let counts = countsPerLine(Self.usual.map { $0[0] })
    var regular: [UInt8]?
    for (index, candidate) in Self.usual.enumerated() {
      if let first = counts.first?[index], first > 0, counts.allSatisfy({ $0[index] == first }) {
        regular = candidate
        break
      }
    }
    var candidates = regular.map { [$0] } ?? Self.usual
    if regular == nil || regular == [0x09] {
      candidates += Self.rare.filter { isRegular(base, $0) }
    }
    guard candidates.count > 1 else { return doubled(candidates[0], base) }
    let scores = candidates.map { score(base, $0) }
    let best = scores.max() ?? 0
    guard best > 0, let index = scores.firstIndex(of: best) else {
      return regular ?? Array(",".utf8)
    }
    return doubled(candidates[index], base)
  }

  /// `||` where each second field between single ones is empty.
  private func doubled(_ separator: [UInt8], _ base: TextDialect) -> [UInt8] {
    guard separator == Array("|".utf8) || separator == Array(";".utf8) else { return separator }
    let rows = rows(of: with(base, separator))
    let areDoubled = rows.allSatisfy { row in
      row.count > 2 && row.count % 2 == 1
        && row.indices.allSatisfy { $0 % 2 == 0 || row[$0].text.isEmpty && !row[$0].isQuoted }
        && row.indices.contains { $0 % 2 == 0 && !row[$0].text.isEmpty }
    }
    return areDoubled && rows.count > 1 ? separator + separator : separator
  }

  private func with(_ base: TextDialect, _ separator: [UInt8]) -> TextDialect {
    var dialect = base
    dialect.separator = separator
    return dialect
  }

  /// Whether all rows have the same number of fields, and more than one.
  private func isRegular(_ base: TextDialect, _ separator: [UInt8]) -> Bool {
    let widths = rows(of: with(base, separator)).map(\.count)
    // R writes no name above the names of rows.
    let body = Set(widths.dropFirst())
    guard let width = body.first ?? widths.first, width > 1, body.count <= 1 else { return false }
    return widths[0] == width || widths[0] == width - 1 && width > 2 && separator == [0x20]
  }

  /// How regular the rows are under a separator, times how many of their cells look like values.
  private func score(_ base: TextDialect, _ separator: [UInt8]) -> Double {
    var best = 0.0
    for quote in [base.quote, UInt8(ascii: "'")] {
      var dialect = with(base, separator)
      dialect.quote = quote
      if quote == UInt8(ascii: "'"), options.quote != nil || !isQuote(dialect) { continue }
      best = max(best, score(rows(of: dialect)))
    }
    return best
  }

  private func score(_ rows: [[Cell]]) -> Double {
    var counts: [Int: Int] = [:]
    var (known, all) = (0, 0)
    for row in rows {
      counts[row.count, default: 0] += 1
      all += row.count
      known += row.count { $0.looksLikeValue }
    }
    guard all > 0 else { return 0 }
    let regular = counts.reduce(0.0) {
      $0 + Double($1.value) * Double($1.key - 1) / Double($1.key)
    }
    return regular / Double(counts.count) * Double(known) / Double(all)
  }

  /// How often each candidate stands outside quotes, for the first lines that are not empty.
  private func countsPerLine(_ candidates: [UInt8]) -> [[Int]] {
    var lines: [[Int]] = []
    var counts = Array(repeating: 0, count: candidates.count)
    var isQuoted = false
    var isEmpty = true
    for byte in sample {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == 0x0a || byte == 0x0d, !isQuoted {
        if !isEmpty { lines.append(counts) }
        counts = Array(repeating: 0, count: candidates.count)
        isEmpty = true
        if lines.count == Self.lines { return lines }
        continue
      }
      // A line of blanks alone is empty, though a tab may separate.
      if byte != 0x20 && byte != 0x09 { isEmpty = false }
      if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    if !isEmpty && (lines.isEmpty || isWhole) { lines.append(counts) }
    return lines
  }

  // MARK: Quotes

  /// `'` where it stands around cells, and `"` around none.
  private func quote(_ dialect: TextDialect) -> UInt8? {
    var single = dialect
    single.quote = UInt8(ascii: "'")
    return isQuote(single) ? single.quote : dialect.quote
  }

  /// Whether the single quote of a dialect stands around cells: each cell that begins with one ends
  /// with one, and no cell stands in double ones.
  private func isQuote(_ dialect: TextDialect) -> Bool {
    var plain = dialect
    plain.quote = nil
    let double = UInt8(ascii: "\"")
    let cells = rows(of: plain).joined()
    guard cells.contains(where: { $0.text.first == dialect.quote && $0.text.count > 1 }),
      !cells.contains(where: { $0.text.first == double && $0.text.last == double })
    else { return false }
    var reader = FieldReader(sample, dialect)
    var quoted = 0
    for _ in 0..<Self.rows {
      reader.skipBlankLines()
      guard !reader.isAtEnd else { break }
      // The last row may be cut off.
      guard let fields = try? reader.fieldsOfRow() else {
        return reader.isAtEnd && !isWhole && quoted > 0
      }
      quoted += fields.count(where: \.isQuoted)
    }
    return quoted > 0
  }

  /// Whether a backslash stands before quotes inside quotes: so only where the text reads well with
  /// it and does not without it.
  private func escapesQuotes(_ dialect: TextDialect) -> Bool {
    guard let quote = dialect.quote else { return false }
    let backslash = UInt8(ascii: "\\")
    guard zip(sample, sample.dropFirst()).contains(where: { $0 == backslash && $1 == quote }) else {
      return false
    }
    var escaping = dialect
    escaping.escape = backslash
    return faults(escaping) < faults(dialect)
  }

  /// How many rows of the sample have quotes that do not fit.
  private func faults(_ dialect: TextDialect) -> Int {
    var reader = FieldReader(sample, dialect)
    var faults = 0
    for _ in 0..<Self.rows {
      reader.skipBlankLines()
      guard !reader.isAtEnd else { break }
      let start = reader.place
      if (try? reader.fieldsOfRow()) == nil {
        if reader.isAtEnd && !isWhole { break }
        faults += 1
        reader.place = start
        reader.passLine()
      }
    }
    return faults
  }

  // MARK: Rows

  /// A cell of the sample.
  struct Cell {
    var text: [UInt8]
    var isQuoted: Bool

    /// Whether it is empty, quoted, a number, or a text without signs that separate elsewhere.
    var looksLikeValue: Bool {
      if text.isEmpty || isQuoted { return true }
      let signs: [UInt8] = [0x09, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "\"")]
      if text.contains(where: signs.contains) { return false }
      // A decimal comma, or commas in a text, which blanks stand behind.
      guard let comma = text.firstIndex(of: UInt8(ascii: ",")) else { return true }
      let isNumber = text.allSatisfy { $0 &- 0x30 <= 9 || [0x2c, 0x2d, 0x2e].contains($0) }
      return isNumber || comma + 1 < text.count && text[comma + 1] == 0x20
    }
  }

  /// The first rows as fields; a row with quotes that do not fit is read as if it had none.
  private func rows(of dialect: TextDialect) -> [[Cell]] {
    var reader = FieldReader(sample, dialect)
    var rows: [[Cell]] = []
    while rows.count < Self.rows {
      reader.skipBlankLines()
      guard !reader.isAtEnd else { break }
      let start = reader.place
      var fields = try? reader.fieldsOfRow()
      if fields == nil {
        var plain = dialect
        plain.quote = nil
        reader.place = start
        var plainReader = FieldReader(sample, plain, at: start)
        fields = try? plainReader.fieldsOfRow()
        reader.place = plainReader.place
      }
      // The last row may be cut off.
      if reader.isAtEnd && !isWhole && !rows.isEmpty { break }
      rows.append((fields ?? []).map { Cell(text: reader.decoded($0), isQuoted: $0.isQuoted) })
    }
    return rows
  }
}
