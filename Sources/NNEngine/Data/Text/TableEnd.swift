/// Where a text's table ends: lines of prose below it are no rows.
///
///     5,6,y
///
///     Source: the office        a single text of several words, or behind an empty line
///     "no, warranty",,          the same, filled up with separators
struct TableEnd {
  /// Where the first line that is no row begins; the end of the text where all are rows.
  private(set) var position: Int
  /// Where lines of prose begin, from top to bottom.
  private(set) var notes: [Int] = []

  /// More lines than that are no notes; a guess.
  private static let most = 50

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ layout: TableLayout) {
    position = bytes.count
    guard layout.width > 1 else { return }
    let body = layout.body.position
    var end = bytes.count
    while notes.count < Self.most {
      // The line before `end`, without what ends it.
      var last = end
      while last > body, bytes[last - 1] <= 0x20,
        bytes[last - 1] != 0x09 || layout.dialect.separator != [0x09]
      {
        last -= 1
      }
      var start = last
      while start > body, bytes[start - 1] != 0x0a && bytes[start - 1] != 0x0d { start -= 1 }
      guard start > body, start < last, Self.isNote(bytes, start, last, layout) else { break }
      notes.insert(start, at: 0)
      (position, end) = (start, start)
    }
  }

  private static func isNote(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ layout: TableLayout
  ) -> Bool {
    // The end of a field that runs over lines has a quote too many.
    if let quote = layout.dialect.quote,
      bytes[start..<end].count(where: { $0 == quote }) % 2 == 1
    {
      return false
    }
    var reader = FieldReader(bytes, layout.dialect, at: .init(position: start, line: 1))
    guard let fields = try? reader.fieldsOfRow(), let first = fields.first,
      fields.count < layout.width || fields.count == layout.width && layout.width > 2,
      fields.dropFirst().allSatisfy({ $0.range.isEmpty }), !first.range.isEmpty,
      reader.number(first) == nil
    else { return false }
    let text = bytes[first.range]
    // The cells of a row that another sign separates would be lost.
    let others: [UInt8] = [0x09, 0x2c, 0x3b, 0x7c]
    let isTorn = others.contains { sign in
      [sign] != layout.dialect.separator && text.count { $0 == sign } >= layout.width - 1
    }
    if isTorn { return false }
    if isBehindGap(bytes, start) { return true }
    let words = text.split(separator: 0x20).count
    return words > 1 && words != layout.width
  }

  /// Whether an empty line stands above the line at a position.
  private static func isBehindGap(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    var ends = 0
    var place = start - 1
    while place >= 0, bytes[place] <= 0x20 {
      let isHalf = bytes[place] == 0x0d && place + 1 < start && bytes[place + 1] == 0x0a
      if bytes[place] == 0x0a || bytes[place] == 0x0d && !isHalf { ends += 1 }
      place -= 1
    }
    return ends > 1
  }
}
