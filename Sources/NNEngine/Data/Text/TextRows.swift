import Glibc

/// All rows of a text, read in parts by several threads.
///
///     text ─▶ parts of a megabyte ─▶ rows of each, as if it began a row
///          ─▶ parts joined; one whose first row is not where the part before ends is read again
///
/// What comes of it does not depend on the parts: it is what reading from top to bottom gives.
struct TextRows {
  /// The cells, row after row; in columns of texts the number of the text.
  private(set) var cells: [Double] = []
  private(set) var rowCount = 0
  private(set) var columns: [Table.Column]
  /// The line each row begins in.
  private(set) var lines: [Int32] = []
  /// Rows of another length, or with quotes that do not fit, in the order of the text.
  private(set) var odd: [RowBlock.Odd] = []
  private(set) var oddCount = 0
  /// The lines of rows whose quotes were mended, and of those that repeat the names.
  private(set) var mended: [Int] = []
  private(set) var repeated: [Int] = []
  /// Where the first row begins that was not read.
  private(set) var end: FieldReader.Place

  /// How long a part is: long enough to make its own tables of texts worth it.
  static let partLength = 1 << 20

  /// Reads all rows below the names, or those that begin before `stop`.
  ///
  /// - Throws: `EngineError.outOfMemory`, `.interrupted`.
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ format: RowFormat, path: String, workers: Workers,
    partLength: Int = partLength, before stop: Int? = nil
  ) throws {
    let body = format.layout.body
    end = body
    columns = format.layout.names.map { Table.Column(name: $0) }
    let starts = Self.starts(bytes, from: body.position, to: stop ?? bytes.count, partLength)
    let room = Self.room(bytes, starts, workers)
    try Allowance.proceed()
    let width = format.layout.width
    let capacity = room.reduce(0, +) * width
    try Allowance.admit(8 * capacity, for: "the table in `\(path)`")
    var joined = Joined()
    cells = try [Double](unsafeUninitializedCapacity: capacity) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      Self.askForLargePages(buffer)
      joined = try Joined(
        bytes, format, starts: starts, room: room, into: base, workers: workers)
      filled = joined.rowCount * width
    }
    end = joined.end
    try take(joined, workers)
  }

  /// Large tables in pages of 2 MB: a fault for each 4 KB took a third of the time of reading.
  private static func askForLargePages(_ buffer: UnsafeMutableBufferPointer<Double>) {
    let large = 2 << 20
    guard let base = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
    let start = (Int(bitPattern: base) + large - 1) / large * large
    let end = (Int(bitPattern: base) + 8 * buffer.count) / large * large
    // Where the system has none, pages are small as before.
    if end > start {
      madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE)
    }
  }

  // MARK: Parts

  /// Where parts begin: behind the first line's end that is not before each multiple of a length;
  /// the end of the text comes last.
  private static func starts(
    _ bytes: UnsafeBufferPointer<UInt8>, from body: Int, to stop: Int, _ length: Int
  ) -> [Int] {
    var starts = [body]
    var boundary = body + length
    while boundary < stop {
      var place = boundary
      while place < bytes.count, bytes[place] != 0x0a && bytes[place] != 0x0d { place += 1 }
      guard place < bytes.count else { break }
      place += 1
      if bytes[place - 1] == 0x0d && place < bytes.count && bytes[place] == 0x0a { place += 1 }
      if place < stop { starts.append(place) }
      boundary = max(boundary + length, place)
    }
    return starts + [stop]
  }

  /// The most rows that can begin in each part.
  private static func room(
    _ bytes: UnsafeBufferPointer<UInt8>, _ starts: [Int], _ workers: Workers
  ) -> [Int] {
    let parts = starts.count - 1
    return [Int](unsafeUninitializedCapacity: parts) { room, filled in
      // Parts may be left out, where the work is to end.
      room.initialize(repeating: 0)
      // Threads reach it by its address.
      nonisolated(unsafe) let room = room
      workers.run(
        TileJob { part in
          let (start, stop) = (starts[part], starts[part + 1])
          let own = UnsafeBufferPointer(rebasing: bytes[start..<stop])
          // Both signs of `\r\n` count: memory that is not touched costs nothing.
          let lines = Self.count(0x0a, own) + Self.count(0x0d, own)
          room[part] = lines + (part + 1 == parts ? 1 : 0)
        }, tiles: parts, shared: parts > 1)
      filled = parts
    }
  }

  private static func count(_ byte: UInt8, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard var next = UnsafeRawPointer(bytes.baseAddress) else { return 0 }
    let end = next + bytes.count
    var count = 0
    while next < end, let found = memchr(next, Int32(byte), end - next) {
      count += 1
      next = UnsafeRawPointer(found) + 1
    }
    return count
  }

  /// The parts, each known to begin where the one before ends.
  private struct Joined {
    var blocks: [RowBlock] = []
    /// The line each block's own lines count from.
    var firstLines: [Int] = []
    /// Which columns hold texts.
    var areTexts: [Bool] = []
    var texts: [CellTexts] = []
    var rowCount = 0
    var end = FieldReader.Place(position: 0, line: 0)

    init() {}

    init(
      _ bytes: UnsafeBufferPointer<UInt8>, _ format: RowFormat, starts: [Int], room: [Int],
      into base: UnsafeMutablePointer<Double>, workers: Workers
    ) throws {
      let width = format.layout.width
      let parts = starts.count - 1
      var offsets = [0]
      for rows in room { offsets.append(offsets[offsets.count - 1] + rows * width) }
      let results = Results<RowBlock>(count: parts)
      let isShared = parts > 1
      workers.run(
        TileJob { part in
          results[part] = RowBlock(
            bytes, format, from: .init(position: starts[part], line: 0), before: starts[part + 1],
            into: base + offsets[part])
        }, tiles: parts, shared: isShared)
      try Allowance.proceed()

      var next = FieldReader(bytes, format.layout.dialect, at: format.layout.body)
      next.skipBlankLines()
      for part in 0..<parts {
        guard var block = results[part] else { continue }
        results[part] = nil
        if block.first.position != next.position {
          // It began in a quoted field.
          block = RowBlock(
            bytes, format, from: .init(position: next.position, line: 0),
            before: starts[part + 1], into: base + offsets[part])
          try Allowance.proceed()
        }
        let firstLine = next.line - block.first.line
        firstLines.append(firstLine)
        next.place = .init(position: block.end.position, line: firstLine + block.end.line)
        blocks.append(block)
      }
      end = next.place
      areTexts = (0..<width).map { column in blocks.contains { $0.columns[column].holdsTexts } }
      try joinTexts(bytes, format, base, offsets, workers)
      // Rows that stand together; there are fewer where lines were empty.
      var place = 0
      for (part, block) in blocks.enumerated() {
        if place != offsets[part] {
          (base + place).update(from: base + offsets[part], count: block.rowCount * width)
        }
        place += block.rowCount * width
      }
      rowCount = blocks.reduce(0) { $0 + $1.rowCount }
    }

    /// Gives the texts of a column the same numbers in all parts.
    private mutating func joinTexts(
      _ bytes: UnsafeBufferPointer<UInt8>, _ format: RowFormat,
      _ base: UnsafeMutablePointer<Double>, _ offsets: [Int], _ workers: Workers
    ) throws {
      let width = areTexts.count
      let columns = (0..<width).filter { areTexts[$0] }
      texts = Array(repeating: CellTexts(), count: width)
      guard !columns.isEmpty else { return }
      let parts = Results(blocks)
      blocks = []
      let known = areTexts
      let isShared = parts.count > 1
      workers.run(
        TileJob { part in
          parts[part]?.takeTexts(known, bytes, format, base + offsets[part])
        }, tiles: parts.count, shared: isShared)
      try Allowance.proceed()
      let joined = Results<CellTexts>(count: columns.count)
      let codes = Results<[[Double]]>(count: columns.count)
      workers.run(
        TileJob { place in
          var all = CellTexts()
          codes[place] = (0..<parts.count).map { part in
            all.codes(of: parts[part]?.columns[columns[place]].texts ?? CellTexts())
          }
          joined[place] = all
        }, tiles: columns.count, shared: isShared)
      workers.run(
        TileJob { part in
          let rows = parts[part]?.rowCount ?? 0
          for (place, column) in columns.enumerated() {
            guard let own = codes[place]?[part] else { continue }
            if own.indices.allSatisfy({ own[$0] == Double($0) }) { continue }
            var cell = base + offsets[part] + column
            own.withUnsafeBufferPointer { own in
              for _ in 0..<rows {
                if !cell.pointee.isNaN { cell.pointee = own[Int(cell.pointee)] }
                cell += width
              }
            }
          }
        }, tiles: parts.count, shared: isShared)
      try Allowance.proceed()
      for (place, column) in columns.enumerated() {
        texts[column] = joined[place] ?? CellTexts()
      }
      blocks = (0..<parts.count).compactMap { parts[$0] }
    }
  }

  // MARK: What is told of them

  private mutating func take(_ joined: Joined, _ workers: Workers) throws {
    rowCount = joined.rowCount
    lines.reserveCapacity(rowCount)
    let texts = Results<[String]>(count: columns.count)
    workers.run(
      TileJob { column in
        if joined.areTexts[column] { texts[column] = joined.texts[column].texts }
      }, tiles: columns.count, shared: rowCount > 1_000)
    try Allowance.proceed()
    for column in columns.indices { columns[column].texts = texts[column] }
    for (block, firstLine) in zip(joined.blocks, joined.firstLines) {
      func told(_ cell: RowBlock.Told?) -> Table.Place? {
        cell.map { Table.Place(line: firstLine + Int(block.lines[$0.row]), text: $0.text) }
      }
      func line(_ place: FieldReader.Place) -> Int { firstLine + place.line }
      for column in columns.indices {
        let own = block.columns[column]
        columns[column].missing += own.missing
        if columns[column].firstMissing == nil {
          columns[column].firstMissing = told(own.firstMissing)
        }
        if columns[column].firstText == nil, joined.areTexts[column] {
          columns[column].firstText = told(own.firstText)
        }
      }
      lines += block.lines.map { $0 &+ Int32(truncatingIfNeeded: firstLine) }
      for var row in block.odd {
        row.place.line += firstLine
        switch row.fault {
        case .neverClosed(let place)?:
          row.fault = .neverClosed(.init(position: place.position, line: line(place)))
        case .textBehindQuote(let position, let own)?:
          row.fault = .textBehindQuote(position, line: firstLine + own)
        case nil: break
        }
        odd.append(row)
      }
      oddCount += block.oddCount
      mended += block.mended.map(line)
      repeated += block.repeated.map(line)
    }
  }
}

/// What several threads hand back, each in a place of its own.
private final class Results<Element>: @unchecked Sendable {
  let count: Int
  private let base: UnsafeMutablePointer<Element?>

  convenience init(_ elements: [Element]) {
    self.init(count: elements.count)
    for (place, element) in elements.enumerated() { base[place] = element }
  }

  init(count: Int) {
    self.count = count
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: nil, count: count)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  subscript(place: Int) -> Element? {
    get { base[place] }
    _modify { yield &base[place] }
  }
}
