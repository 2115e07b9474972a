/// What a terminal shows of the bytes a program writes: as much of it as readline and we use.
struct TerminalScreen: CustomStringConvertible {
  private let rows: Int
  private let columns: Int
  private var cells: [[Character]]
  private var row = 0
  private var column = 0
  /// The last column was written and the next character goes to the next line.
  private var isFull = false
  private var pending: [UInt8] = []

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    cells = [[Character]](repeating: Self.blank(columns), count: rows)
  }

  private static func blank(_ columns: Int) -> [Character] {
    [Character](repeating: " ", count: columns)
  }

  /// The lines without spaces at their ends and without empty ones at the bottom.
  var lines: [String] {
    var lines = cells.map(Self.text)
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  var description: String { lines.joined(separator: "\n") }

  /// The line in which the cursor stands.
  var cursorLine: String { Self.text(cells[row]) }

  /// The cursor's place in it, from 0.
  var cursorColumn: Int { column }

  private static func text(_ cells: [Character]) -> String {
    let end = cells.lastIndex { $0 != " " }.map { $0 + 1 } ?? 0
    return String(cells[..<end])
  }

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    pending += bytes
    var index = 0
    while index < pending.count, let length = takeOne(pending[index...]) { index += length }
    pending.removeFirst(index)
  }

  /// Takes a character or sequence and says how long it was; `nil` while its rest is missing.
  private mutating func takeOne(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    switch first {
    case 0x1B: return takeSequence(Array(bytes))
    case UInt8(ascii: "\r"): (column, isFull) = (0, false)
    case UInt8(ascii: "\n"): newLine()
    case 0x08: (column, isFull) = (max(0, column - 1), false)
    case 0x07: break
    case ..<0x20: break
    default:
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      guard bytes.count >= length else { return nil }
      put(Character(String(decoding: bytes.prefix(length), as: UTF8.self)))
      return length
    }
    return 1
  }

  private mutating func put(_ character: Character) {
    if isFull {
      column = 0
      newLine()
    }
    cells[row][column] = character
    isFull = column == columns - 1
    column = min(column + 1, columns - 1)
  }

  private mutating func newLine() {
    isFull = false
    if row < rows - 1 {
      row += 1
    } else {
      cells.removeFirst()
      cells.append(Self.blank(columns))
    }
  }

  private mutating func takeSequence(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 2 else { return nil }
    guard bytes[1] == UInt8(ascii: "[") else { return bytes[1] == UInt8(ascii: "(") ? 3 : 2 }
    guard let end = bytes[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      return nil
    }
    let text = String(decoding: bytes[2..<end], as: UTF8.self)
    let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    let count = max(1, numbers.first ?? 1)
    let final = Character(UnicodeScalar(bytes[end]))
    if !text.hasPrefix("?") { perform(final, count, numbers) }
    return end + 1
  }

  private mutating func perform(_ final: Character, _ count: Int, _ numbers: [Int]) {
    if final != "m" { isFull = false }
    switch final {
    case "A": row = max(0, row - count)
    case "B": row = min(rows - 1, row + count)
    case "C": column = min(columns - 1, column + count)
    case "D": column = max(0, column - count)
    case "G": column = min(columns, count) - 1
    case "H":
      row = min(rows, count) - 1
      column = min(columns, max(1, numbers.count > 1 ? numbers[1] : 1)) - 1
    case "K": erase(numbers.first ?? 0)
    case "J":
      erase(numbers.first ?? 0)
      let all = numbers.first == 2
      for other in (all ? 0 : row + 1)..<rows { cells[other] = Self.blank(columns) }
    case "P":
      cells[row].removeSubrange(column..<min(columns, column + count))
      cells[row] += Self.blank(columns - cells[row].count)
    case "@":
      cells[row].insert(contentsOf: Self.blank(count), at: column)
      cells[row].removeLast(count)
    default: break
    }
  }

  private mutating func erase(_ kind: Int) {
    let range = kind == 0 ? column..<columns : kind == 1 ? 0..<column + 1 : 0..<columns
    for place in range { cells[row][place] = " " }
  }
}
