/// Curves drawn in the cells of a terminal: eight dots a cell in braille, one sign without Unicode.
///
/// The dots of a braille cell count as bits of its code point:
///
///     1 4        0x01 0x08
///     2 5        0x02 0x10
///     3 6        0x04 0x20
///     7 8        0x40 0x80
struct DotCanvas {
  let columns: Int
  let rows: Int
  private let isBraille: Bool
  /// Dots a cell.
  private let across: Int
  private let down: Int
  private var bits: [UInt8]
  /// The series that drew last in each cell.
  private var owner: [Int]
  private static let signs = Array("*+ox#%@&")

  init(columns: Int, rows: Int, on screen: Screen) {
    self.columns = columns
    self.rows = rows
    isBraille = screen.isUnicode
    (across, down) = screen.isUnicode ? (2, 4) : (1, 1)
    bits = Array(repeating: 0, count: columns * rows)
    owner = Array(repeating: -1, count: columns * rows)
  }

  /// What a series is drawn with, for a legend.
  static func sign(of series: Int, on screen: Screen) -> String {
    screen.isUnicode ? "⠒⠒" : String(signs[series % signs.count])
  }

  /// Draws a line between two points given as shares of the canvas, `y` upwards.
  mutating func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), series: Int
  ) {
    let (a, b) = (place(start), place(end))
    let steps = max(abs(b.x - a.x), abs(b.y - a.y), 1)
    for step in 0...steps {
      // Rounded halves up for both signs, so that a line is the same from either end.
      let x = a.x + Int((Double((b.x - a.x) * step) / Double(steps)).rounded())
      let y = a.y + Int((Double((b.y - a.y) * step) / Double(steps)).rounded())
      dot(x, y, series)
    }
  }

  private func place(_ point: (x: Double, y: Double)) -> (x: Int, y: Int) {
    func spread(_ share: Double, _ count: Int) -> Int {
      min(count - 1, max(0, Int((share * Double(count - 1)).rounded())))
    }
    return (spread(point.x, columns * across), spread(1 - point.y, rows * down))
  }

  /// The row in which a share of the height lies.
  func row(_ share: Double) -> Int { place((0, share)).y / down }

  /// The column in which a share of the width lies.
  func column(_ share: Double) -> Int { place((share, 0)).x / across }

  private mutating func dot(_ x: Int, _ y: Int, _ series: Int) {
    let cell = y / down * columns + x / across
    let bit: UInt8 =
      switch (x % across, y % down) {
      case (0, let row) where row < 3: 1 << row
      case (1, let row) where row < 3: 8 << row
      case (0, _): 0x40
      default: 0x80
      }
    bits[cell] |= bit
    owner[cell] = series
  }

  /// A row of cells as text.
  func text(row: Int, on screen: Screen) -> String {
    var line = ""
    for column in 0..<columns {
      let cell = row * columns + column
      guard owner[cell] >= 0 else {
        line += " "
        continue
      }
      let sign =
        isBraille
        ? String(UnicodeScalar(0x2800 + UInt32(bits[cell])).map(Character.init) ?? " ")
        : Self.sign(of: owner[cell], on: screen)
      line += Palette.colored(sign, series: owner[cell], on: screen)
    }
    return line
  }
}
