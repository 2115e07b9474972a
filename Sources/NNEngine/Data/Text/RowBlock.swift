/// What is the same for all parts of a text.
struct RowFormat {
  let layout: TableLayout
  let ragged: TextReading.Ragged
  let missing: MissingTexts
  /// Whether a point begins a fraction; cells with a point are texts otherwise.
  let takesPoints: Bool
}

/// The rows that begin in one part of a text, read without the parts before it.
///
/// A part begins behind a line's end. Whether that ends a row, or stands in a quoted field, only the
/// parts before tell; who joins them reads a part again whose first row is not where the part before
/// ends.
struct RowBlock {
  /// A cell that is told of: row of this block, and text.
  struct Told {
    var row: Int
    var text: String
  }

  /// What a column's cells in this block are.
  struct Column {
    /// Whether a text was met: cells are then numbers of `texts`.
    var holdsTexts: Bool
    /// How many rows were read as numbers before the first text was met.
    var numbersAbove = 0
    var texts = CellTexts()
    var missing = 0
    var firstMissing: Told?
    var firstText: Told?
  }

  /// A row of another length, or with quotes that do not fit.
  struct Odd {
    var place: FieldReader.Place
    /// How many fields it has; 0 where its quotes do not fit.
    var count: Int
    var fault: FieldReader.Fault?
  }

  /// Where its first row begins, and the first row behind it; lines count from the block's start.
  private(set) var first: FieldReader.Place
  private(set) var end: FieldReader.Place
  private(set) var rowCount = 0
  /// Where each row begins.
  private(set) var starts: [Int] = []
  private(set) var lines: [Int32] = []
  var columns: [Column]
  /// Rows of another length; beyond the most that are kept they are counted alone.
  private(set) var odd: [Odd] = []
  private(set) var oddCount = 0
  /// Rows whose quotes were mended.
  private(set) var mended: [FieldReader.Place] = []
  /// Rows that repeat the names.
  private(set) var repeated: [FieldReader.Place] = []
  /// Whether so many rows have quotes that do not fit that it is no use to go on.
  private(set) var isHopeless = false

  private static let mostKept = 1_000
  /// To look for the end of a field that is never closed takes time.
  private static let mostFaults = 100

  /// Reads the rows that begin at `start` or behind it, and before `stop`.
  ///
  /// - Parameter cells: takes as many rows as there are line ends, and one more.
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ format: RowFormat, from start: FieldReader.Place,
    before stop: Int, into cells: UnsafeMutablePointer<Double>
  ) {
    let layout = format.layout
    let width = layout.width
    columns = layout.areTexts.map { Column(holdsTexts: $0) }
    var reader = FieldReader(bytes, layout.dialect, at: start)
    reader.skipBlankLines()
    first = reader.place
    end = first
    let rows = (stop - first.position) / max(2 * width, 8)
    starts.reserveCapacity(max(rows, 0))
    lines.reserveCapacity(max(rows, 0))
    var areNumbers = layout.areTexts.map { !$0 }
    // Fields that are no plain numbers, until the row is known to be whole.
    var pending: [(column: Int, field: FieldReader.Field)] = []
    let readsInPlace = reader.readsNumbersInPlace && format.takesPoints
    var faults = 0
    while reader.place.position < stop {
      if rowCount & 255 == 0, Allowance.isHalted { break }
      let place = reader.place
      let row = cells + rowCount * width
      pending.removeAll(keepingCapacity: true)
      var column = 0
      var fault: FieldReader.Fault?
      var filled = 0
      areNumbers.withUnsafeBufferPointer { areNumbers in
        while true {
          if readsInPlace, column < width, areNumbers[column],
            let (value, end) = NumberText.read(bytes, from: reader.position),
            !NumberText.isCode(bytes, reader.position..<end, value)
          {
            if reader.passSeparator(end) {
              row[column] = value
              column += 1
              continue
            }
            if reader.passLineEnd(end) {
              row[column] = value
              column += 1
              filled = column
              return
            }
          }
          do throws(FieldReader.Fault) {
            let field = try reader.nextField()
            if column < width {
              pending.append((column, field))
            } else if !field.range.isEmpty {
              filled = column + 1
            }
            column += 1
            if field.end == .row {
              filled = max(filled, min(column, width))
              return
            }
          } catch {
            fault = error
            return
          }
        }
      }
      if fault != nil || column != width && filled != width || column < width {
        // A quoted field that runs over lines and makes a row of another length was hardly one.
        if fault != nil || reader.line > place.line + 1, !isCutOff(fault, reader),
          let fields = reader.mendedRow(at: place, width: width)
        {
          mended.append(place)
          pending = Array(fields.enumerated()).map { ($0.offset, $0.element) }
          (column, fault) = (width, nil)
        } else {
          let isFilled = fault == nil && format.ragged == .fill
          note(place, fault == nil ? max(column, 1) : 0, fault)
          if fault != nil {
            faults += 1
            if faults > Self.mostFaults { isHopeless = true }
            reader.place = place
            reader.passLine()
          }
          if !isFilled {
            if isHopeless { break }
            reader.skipBlankLines()
            continue
          }
          for missing in min(column, width)..<width { row[missing] = .nan }
          for missing in min(column, width)..<width { count(missing, "") }
        }
      }
      if layout.hasHeader, pending.count == width, repeatsNames(pending, layout, reader) {
        repeated.append(place)
        reader.skipBlankLines()
        continue
      }
      for (column, field) in pending {
        row[column] = value(field, column, reader, format, &areNumbers)
      }
      starts.append(place.position)
      lines.append(Int32(truncatingIfNeeded: place.line))
      rowCount += 1
      reader.skipBlankLines()
    }
    end = reader.place
  }

  /// Whether a quote is open where the text ends, in its last line: the rest is missing.
  private func isCutOff(_ fault: FieldReader.Fault?, _ reader: FieldReader) -> Bool {
    guard case .neverClosed(let place)? = fault else { return false }
    let line = reader.bytes[place.position...].drop { $0 != 0x0a && $0 != 0x0d }
    return line.allSatisfy { $0 <= 0x20 }
  }

  private mutating func note(
    _ place: FieldReader.Place, _ count: Int, _ fault: FieldReader.Fault?
  ) {
    oddCount += 1
    if odd.count < Self.mostKept {
      odd.append(Odd(place: place, count: count, fault: fault))
    }
  }

  private mutating func count(_ column: Int, _ text: @autoclosure () -> String) {
    columns[column].missing += 1
    if columns[column].firstMissing == nil {
      columns[column].firstMissing = Told(row: rowCount, text: text())
    }
  }

  private mutating func value(
    _ field: FieldReader.Field, _ column: Int, _ reader: FieldReader, _ format: RowFormat,
    _ areNumbers: inout [Bool]
  ) -> Double {
    if format.missing.contains(reader.bytes, field.range) {
      count(column, reader.text(field))
      return .nan
    }
    if areNumbers[column] {
      if let number = reader.number(field),
        format.takesPoints || !reader.bytes[field.range].contains(UInt8(ascii: "."))
      {
        return number
      }
      areNumbers[column] = false
      columns[column].holdsTexts = true
      columns[column].numbersAbove = rowCount
    }
    if columns[column].firstText == nil {
      // The first of the sample's texts may be a number that only stands among texts.
      if reader.number(field) == nil {
        columns[column].firstText = Told(row: rowCount, text: reader.text(field))
      }
    }
    return Double(code(field, column, reader))
  }

  private mutating func code(
    _ field: FieldReader.Field, _ column: Int, _ reader: FieldReader
  ) -> Int {
    field.isCoded
      ? columns[column].texts.code(of: reader.decoded(field))
      : columns[column].texts.code(of: UnsafeBufferPointer(rebasing: reader.bytes[field.range]))
  }

  /// Whether a row is the names once more, as files have it that were put one behind the other.
  private func repeatsNames(
    _ fields: [(column: Int, field: FieldReader.Field)], _ layout: TableLayout,
    _ reader: FieldReader
  ) -> Bool {
    guard let first = fields.first, first.field.range.count == layout.header[0].utf8.count,
      layout.header.contains(where: { Double($0) == nil && !$0.isEmpty })
    else { return false }
    return fields.allSatisfy { reader.text($0.field) == layout.header[$0.column] }
  }

  /// Reads cells again that were taken for numbers and stand in a column of texts, so that texts
  /// are numbered in the order of the rows.
  ///
  /// - Parameter areTexts: which columns hold texts in any block.
  mutating func takeTexts(
    _ areTexts: [Bool], _ bytes: UnsafeBufferPointer<UInt8>, _ format: RowFormat,
    _ cells: UnsafeMutablePointer<Double>
  ) {
    let width = columns.count
    let late = (0..<width).filter {
      areTexts[$0] && (columns[$0].holdsTexts ? columns[$0].numbersAbove > 0 : rowCount > 0)
    }
    guard let last = late.last else {
      for column in 0..<width where areTexts[column] { columns[column].holdsTexts = true }
      return
    }
    var above = [Int](repeating: 0, count: last + 1)
    var old: [Int: CellTexts] = [:]
    for column in late {
      above[column] = columns[column].holdsTexts ? columns[column].numbersAbove : rowCount
      old[column] = columns[column].texts
      columns[column].texts = CellTexts()
    }
    let mendedStarts = Set(mended.map(\.position))
    for row in 0..<(above.max() ?? 0) {
      if row & 255 == 0, Allowance.isHalted { return }
      let place = FieldReader.Place(position: starts[row], line: 0)
      var reader = FieldReader(bytes, format.layout.dialect, at: place)
      var fields: [FieldReader.Field] = []
      if mendedStarts.contains(starts[row]) {
        fields = reader.mendedRow(at: place, width: width) ?? []
      } else {
        while fields.count <= last, fields.last?.end != .row, let field = try? reader.nextField() {
          fields.append(field)
        }
      }
      for column in late where row < above[column] && column < fields.count {
        let cell = cells + row * width + column
        if !cell.pointee.isNaN { cell.pointee = Double(code(fields[column], column, reader)) }
      }
    }
    for column in late {
      let new = columns[column].texts.codes(of: old[column] ?? CellTexts())
      if columns[column].holdsTexts {
        for row in above[column]..<rowCount {
          let cell = cells + row * width + column
          if !cell.pointee.isNaN { cell.pointee = new[Int(cell.pointee)] }
        }
      }
      columns[column].holdsTexts = true
    }
    for column in 0..<width where areTexts[column] { columns[column].holdsTexts = true }
  }
}
