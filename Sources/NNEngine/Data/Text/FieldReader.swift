/// Reads the fields of a text one after the other.
struct FieldReader {
  /// What ended a field.
  enum FieldEnd { case separator, row }

  /// A field's bytes, without blanks and quotes around them.
  struct Field {
    var range: Range<Int>
    var isQuoted = false
    /// Whether signs inside stand for others: quotes written twice, or behind an escape.
    var isCoded = false
    var end: FieldEnd
  }

  /// A place in the text. Lines count from 1, or from 0 in a part whose place is not known yet.
  struct Place: Equatable {
    var position: Int
    var line: Int
  }

  /// Quotes that do not fit.
  enum Fault: Error {
    /// The quote at a position is never closed.
    case neverClosed(Place)
    /// Text stands behind the closing quote of the field whose quote opens at a position.
    case textBehindQuote(Int, line: Int)
  }

  /// A quoted field that runs on for so long was never meant to be one; a guess.
  static let longestQuoted = 4 << 20

  let bytes: UnsafeBufferPointer<UInt8>
  let dialect: TextDialect
  private let separator: UInt8
  private let isLong: Bool
  private let isBlank: Bool
  /// No byte is 256.
  private let quote: UInt16
  private let escape: UInt16
  private(set) var position = 0
  private(set) var line = 1

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: TextDialect, at place: Place? = nil) {
    self.bytes = bytes
    self.dialect = dialect
    separator = dialect.separator[0]
    isLong = dialect.separator.count > 1
    isBlank = dialect.separatesByBlanks
    quote = dialect.quote.map(UInt16.init) ?? 256
    escape = dialect.escape.map(UInt16.init) ?? 256
    if let place { (position, line) = (place.position, place.line) }
  }

  var place: Place {
    get { Place(position: position, line: line) }
    set { (position, line) = (newValue.position, newValue.line) }
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// Whether a number may be read right where it stands: a plain sign or the line's end is behind it.
  var readsNumbersInPlace: Bool { !isLong && !isBlank }

  /// Goes on behind a number that ends right before a separator of one byte.
  @inline(__always)
  mutating func passSeparator(_ end: Int) -> Bool {
    guard end < bytes.count, bytes[end] == separator else { return false }
    position = end + 1
    return true
  }

  /// Goes on behind a number that ends a line.
  @inline(__always)
  mutating func passLineEnd(_ end: Int) -> Bool {
    guard end == bytes.count || bytes[end] == 0x0a || bytes[end] == 0x0d else { return false }
    position = end
    _ = takeFieldEnd()
    return true
  }

  // MARK: Fields

  /// The next field of the current row; `place` is then behind what ended it.
  mutating func nextField() throws(Fault) -> Field {
    skipBlanks()
    if position < bytes.count && UInt16(bytes[position]) == quote { return try quotedField() }
    return plainField()
  }

  /// The next field as it stands, whatever quotes are in it.
  mutating func plainField() -> Field {
    let start = position
    var isCoded = false
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x0a || byte == 0x0d || isSeparator(byte) { break }
      if UInt16(byte) == escape, position + 1 < bytes.count, !isLineEnd(bytes[position + 1]) {
        isCoded = true
        position += 1
      }
      position += 1
    }
    var end = position
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return Field(range: start..<end, isCoded: isCoded, end: takeFieldEnd())
  }

  private mutating func quotedField() throws(Fault) -> Field {
    let open = place
    position += 1
    let start = position
    var isCoded = false
    while true {
      guard position < bytes.count, position - start < Self.longestQuoted else {
        throw .neverClosed(open)
      }
      let byte = bytes[position]
      position += 1
      if byte == 0x0a || byte == 0x0d && !(position < bytes.count && bytes[position] == 0x0a) {
        line += 1
      } else if UInt16(byte) == escape, position < bytes.count {
        isCoded = true
        if bytes[position] != 0x0a && bytes[position] != 0x0d { position += 1 }
      } else if UInt16(byte) == quote {
        guard position < bytes.count, UInt16(bytes[position]) == quote else { break }
        isCoded = true
        position += 1
      }
    }
    let end = position - 1
    if !isBlank { skipBlanks() }
    guard position == bytes.count || isLineEnd(bytes[position]) || isSeparator(bytes[position])
    else { throw .textBehindQuote(open.position, line: line) }
    return Field(range: start..<end, isQuoted: true, isCoded: isCoded, end: takeFieldEnd())
  }

  /// All fields of the current row.
  mutating func fieldsOfRow() throws(Fault) -> [Field] {
    var fields: [Field] = []
    while true {
      let field = try nextField()
      fields.append(field)
      if field.end == .row { return fields }
    }
  }

  /// What a field says, its quotes and escapes resolved.
  func decoded(_ field: Field) -> [UInt8] {
    guard field.isCoded else { return Array(bytes[field.range]) }
    var result: [UInt8] = []
    result.reserveCapacity(field.range.count)
    var next = field.range.lowerBound
    while next < field.range.upperBound {
      let isCode =
        UInt16(bytes[next]) == escape
        || field.isQuoted && UInt16(bytes[next]) == quote
          && next + 1 < field.range.upperBound && UInt16(bytes[next + 1]) == quote
      if isCode && next + 1 < field.range.upperBound { next += 1 }
      result.append(bytes[next])
      next += 1
    }
    return result
  }

  func text(_ field: Field) -> String {
    field.isCoded
      ? String(decoding: decoded(field), as: UTF8.self)
      : String(decoding: UnsafeBufferPointer(rebasing: bytes[field.range]), as: UTF8.self)
  }

  // MARK: What is between fields and rows

  @inline(__always)
  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

  /// Whether a separator stands at `position`, where `byte` is.
  @inline(__always)
  private func isSeparator(_ byte: UInt8) -> Bool {
    if byte == separator { return !isLong || isLongSeparator(at: position) }
    return isBlank && byte == 0x09
  }

  private func isLongSeparator(at place: Int) -> Bool {
    bytes[place...].starts(with: dialect.separator)
  }

  private mutating func takeFieldEnd() -> FieldEnd {
    guard position < bytes.count else { return .row }
    let byte = bytes[position]
    if isSeparator(byte) {
      position += dialect.separator.count
      // Blanks at the end of a line are no field, even where blanks separate.
      if isBlank {
        skipBlanks()
        if position == bytes.count || isLineEnd(bytes[position]) { return takeFieldEnd() }
      }
      return .separator
    }
    position += 1
    if byte == 0x0d && position < bytes.count && bytes[position] == 0x0a { position += 1 }
    line += 1
    return .row
  }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
      // A tab that separates is no blank; repeated blanks that separate are one separator.
      if bytes[position] == separator && separator == 0x09 { return }
      position += 1
    }
  }

  /// Goes to the next line that is neither empty nor a comment.
  mutating func skipBlankLines() {
    while position < bytes.count {
      var next = position
      while next < bytes.count, bytes[next] == 0x20 || (bytes[next] == 0x09 && separator != 0x09) {
        next += 1
      }
      if next == bytes.count {
        position = next
      } else if isLineEnd(bytes[next]) {
        passLine(from: next)
      } else if !dialect.comment.isEmpty, bytes[next...].starts(with: dialect.comment) {
        passLine(from: next)
      } else {
        return
      }
    }
  }

  /// Goes to the beginning of the next line, whatever stands in this one.
  mutating func passLine() { passLine(from: position) }

  private mutating func passLine(from start: Int) {
    position = start
    while position < bytes.count, !isLineEnd(bytes[position]) { position += 1 }
    guard position < bytes.count else { return }
    position += 1
    if bytes[position - 1] == 0x0d && position < bytes.count && bytes[position] == 0x0a {
      position += 1
    }
    line += 1
  }

  // MARK: Slips with quotes

  /// The fields of the line at `place`, each quote that cannot begin or end a field taken for a
  /// plain sign; `nil` where that does not make just so many fields in one way only.
  ///
  ///     1,"5" pipe",x        5" pipe, since a closing quote is followed by a separator
  ///     1,"5 pipe,x          "5 pipe, since no quote closes it
  mutating func mendedRow(at start: Place, width: Int) -> [Field]? {
    func read(asQuoted: Bool) -> ([Field], FieldReader)? {
      var reader = self
      reader.place = start
      var fields: [Field] = []
      while true {
        reader.skipBlanks()
        let field = asQuoted ? reader.looselyQuotedField() : reader.strictOrPlainField()
        fields.append(field)
        if fields.count > width { return nil }
        if field.end == .row { break }
      }
      return fields.count == width ? (fields, reader) : nil
    }
    let ways = [read(asQuoted: true), read(asQuoted: false)].compactMap { $0 }
    guard let (fields, reader) = ways.first else { return nil }
    // A field in quotes is the same field with them.
    let isOneWay =
      ways.count == 1
      || zip(fields, ways[1].0).allSatisfy { quoted, plain in
        text(quoted) == text(plain)
          || quoted.range == plain.range.lowerBound
            + 1..<max(
              plain.range.upperBound - 1, plain.range.lowerBound + 1)
      }
    // Where quotes come in pairs none is too many: the row has a separator too few instead.
    let opensInVain = fields.contains {
      !$0.isQuoted && !$0.range.isEmpty && UInt16(bytes[$0.range.lowerBound]) == quote
    }
    let quotes = bytes[start.position..<reader.position].count { UInt16($0) == quote }
    guard isOneWay, !(opensInVain && quotes % 2 == 0) else { return nil }
    self = reader
    return fields
  }

  /// A field that ends at the first quote of its line behind which a separator or the line's end
  /// stands; one without such a quote is plain.
  private mutating func looselyQuotedField() -> Field {
    guard position < bytes.count, UInt16(bytes[position]) == quote else { return plainField() }
    let (before, start) = (place, position + 1)
    position += 1
    while position < bytes.count, !isLineEnd(bytes[position]) {
      if UInt16(bytes[position]) == quote {
        let end = position
        position += 1
        if !isBlank { skipBlanks() }
        if position == bytes.count || isLineEnd(bytes[position]) || isSeparator(bytes[position]) {
          return Field(range: start..<end, isQuoted: true, isCoded: true, end: takeFieldEnd())
        }
        position = end
      }
      position += 1
    }
    place = before
    return plainField()
  }

  /// A field that is quoted as it should be, within its line, or plain.
  private mutating func strictOrPlainField() -> Field {
    let before = place
    if position < bytes.count, UInt16(bytes[position]) == quote,
      let field = try? quotedField(),
      !bytes[field.range].contains(where: { $0 == 0x0a || $0 == 0x0d })
    {
      return field
    }
    place = before
    return plainField()
  }
}
