/// What a format reads from a file, before anything is chosen, split or scaled.
public struct RawData: Sendable {
  /// The rows themselves.
  public enum Rows: Sendable {
    /// Columns with names, targets among them.
    case table(Table)
    /// Arrays of one shape, 8-bit numbers, row after row; `labels` has one number for each.
    case bytes([UInt8], shape: Shape, labels: [Int32]?)
    /// Arrays of one shape, row after row, with the targets of each row under one name.
    case array(Examples.Inputs, shape: Shape, targets: TypedTargets, named: String)
  }

  /// The file, for messages.
  public var path: String
  /// What was read.
  public var rows: Rows
  /// Rows to test with that the file holds apart, used unless the script names others.
  public var test: Rows?
  /// What the reader decided or left out, in words for people.
  public var remarks: [String]

  /// The form that pictures were brought to.
  var pictures: PictureForm?
  /// What each row is called: the files of pictures. Empty where rows have no names.
  var rowNames: [String] = []

  /// Makes what a format hands back.
  public init(path: String, rows: Rows, remarks: [String] = []) {
    self.path = path
    self.rows = rows
    self.remarks = remarks
  }
}

/// Rows and named columns, as a CSV file holds them.
public struct Table: Sendable {
  /// A cell that is not what its column needs, and where to find it.
  public struct Place: Sendable, Equatable {
    /// The line of the file, from 1.
    public var line: Int
    /// The cell's text.
    public var text: String
  }

  /// One column.
  public struct Column: Sendable {
    /// Its name: from the header, or `column3`.
    public var name: String
    /// The different texts, in the order they appeared; `nil` where all cells are numbers.
    public var texts: [String]?
    /// How many cells are empty or say that their value is missing.
    public var missing = 0
    /// The first of them.
    public var firstMissing: Place?
    /// The first cell that is no number.
    public var firstText: Place?
    /// A number whose point may group digits (`310.000`): all points of this column may, and other
    /// columns of the file have decimal commas.
    var groupedNumber: String?

    /// Takes its cells from a source that has types: texts by their place in `texts`, NaN where a
    /// value is missing.
    mutating func take(_ texts: [String]?, _ cells: [Double], start: Int = 0) {
      self.texts = texts
      for (row, cell) in cells.enumerated() {
        if cell.isNaN {
          missing += 1
          if firstMissing == nil { firstMissing = Place(line: start + row + 1, text: "") }
        } else if let texts, firstText == nil {
          firstText = Place(line: start + row + 1, text: texts[Int(cell)])
        }
      }
    }
  }

  /// The targets, where the source says which columns they are.
  struct Targets: Sendable {
    /// What a script calls them all by.
    var array: String
    var columns: Range<Int>
  }

  /// The columns from left to right.
  public var columns: [Column]
  /// How many rows there are.
  public var rowCount: Int
  /// Whether the names come from the file.
  public var hasHeader: Bool
  /// The targets, where the source keeps them apart.
  var targets: Targets?
  /// Row after row: the number, the index into `texts`, or NaN where a value is missing.
  public var cells: [Double]
  /// What stands between the fields of the file.
  var separator = UInt8(ascii: ",")
  /// The line each row begins in, where that is not simply `row + firstLine`.
  var lines: [Int32]

  /// The line of a row, for messages.
  func line(of row: Int) -> Int { row < lines.count ? Int(lines[row]) : row + 1 }

  /// These rows alone, in this order.
  func rows(_ chosen: [Int]) -> Table {
    var result = self
    let width = columns.count
    result.rowCount = chosen.count
    result.lines = chosen.map { Int32(truncatingIfNeeded: line(of: $0)) }
    result.cells = chosen.flatMap { cells[$0 * width..<($0 + 1) * width] }
    for index in columns.indices where columns[index].missing > 0 {
      let gaps = chosen.indices.filter { result.cells[$0 * width + index].isNaN }
      result.columns[index].missing = gaps.count
    }
    return result
  }

  /// The columns that are not known to be targets.
  var withoutTargets: Table {
    guard let targets, targets.columns.upperBound == columns.count else { return self }
    let (width, kept) = (columns.count, targets.columns.lowerBound)
    var result = self
    result.targets = nil
    result.columns = Array(columns.prefix(kept))
    result.cells = (0..<rowCount).flatMap { cells[$0 * width..<$0 * width + kept] }
    return result
  }

  /// Takes a number for a missing value, wherever it stands.
  mutating func remove(_ number: Double) {
    let width = columns.count
    for place in cells.indices where cells[place] == number {
      let column = place % width
      guard columns[column].texts == nil else { continue }
      cells[place] = .nan
      columns[column].missing += 1
      if columns[column].firstMissing == nil {
        columns[column].firstMissing = Place(
          line: line(of: place / width), text: ClassTable.name(of: number))
      }
    }
  }

  /// The position of a column.
  func index(of name: String) -> Int? { columns.firstIndex { $0.name == name } }

  /// The positions of all columns, for more than a few questions.
  var places: [String: Int] {
    Dictionary(columns.indices.map { (columns[$0].name, $0) }) { first, _ in first }
  }

  /// The column's cells from top to bottom.
  func cells(ofColumn column: Int) -> [Double] {
    cells.withUnsafeBufferPointer { cells in
      let width = columns.count
      return (0..<rowCount).map { cells[$0 * width + column] }
    }
  }
}

extension Table {
  /// A table of numbers, row after row.
  init(columns names: [String], count: Int, cells: [Double]) {
    columns = names.map { Column(name: $0) }
    rowCount = count
    hasHeader = true
    lines = []
    self.cells = cells
  }

  /// Makes a table of numbers, for a host's own format. NaN stands for what is missing; row `i` is
  /// told as line `i + 1`.
  public init(columns names: [String], rows: [[Double]]) {
    cells = rows.flatMap { row in names.indices.map { $0 < row.count ? row[$0] : .nan } }
    rowCount = rows.count
    hasHeader = true
    lines = []
    columns = names.map { Column(name: $0) }
    for index in columns.indices {
      let missing = rows.indices.filter { cells[$0 * names.count + index].isNaN }
      columns[index].missing = missing.count
      columns[index].firstMissing = missing.first.map { Place(line: $0 + 1, text: "") }
    }
  }
}
