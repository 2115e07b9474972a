/// Pixels drawn in the cells of a terminal: two a cell with colours, one sign each without.
struct Picture {
  typealias Color = Palette.Color

  private(set) var width: Int
  private(set) var height: Int
  /// Row by row.
  private var pixels: [Color]
  /// Dots drawn over the cells, each in its colour: the cell's number, row by row.
  var dots: [Int: Color] = [:]
  /// From dark to bright, as far as signs can tell; what is bright stands out on a dark screen.
  private static let ramp = Array(" .:-=+*#%@")

  /// The sign for a brightness from 0 to 1.
  static func sign(_ level: Double) -> Character {
    ramp[level.isFinite ? min(9, max(0, Int(level * 10))) : 0]
  }

  init(width: Int, height: Int, pixels: [Color]) {
    precondition(pixels.count == width * height, "one colour a pixel")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// A picture of greys, 0 black and 1 white.
  init(width: Int, height: Int, levels: [Double]) {
    self.init(
      width: width, height: height,
      pixels: levels.map {
        let level = Int((255 * min(1, max(0, $0))).rounded())
        return Color(red: level, green: level, blue: level)
      })
  }

  subscript(x: Int, y: Int) -> Color {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  /// The picture in at most so many columns; a small one is drawn larger.
  func lines(on screen: Screen, columns: Int? = nil) -> [String] {
    let columns = min(screen.width, columns ?? screen.width)
    guard screen.colors == .none else {
      let factor = max(1, min(32, columns) / max(1, width))
      return scaled(width: min(columns, width * factor)).blocks(screen)
    }
    // A sign is about twice as high as wide: two for a pixel, or one for two pixels.
    if width * 2 <= columns { return signs { String(repeating: $0, count: 2) } }
    let narrow = scaled(width: min(columns, width))
    return narrow.scaled(width: narrow.width, height: max(1, narrow.height / 2)).signs {
      String($0)
    }
  }

  /// Pictures of one size side by side over their captions, as many as fit.
  static func row(
    _ pictures: [(picture: Picture, caption: String)], on screen: Screen
  ) -> [String] {
    guard let first = pictures.first?.picture else { return [] }
    let isPlain = screen.colors == .none
    let each = first.columnsInRow(on: screen)
    let drawnWidth = min(each, first.width * max(1, min(32, each) / max(1, first.width)))
    let shown = pictures.prefix(max(1, (screen.width + 2) / (each + 2)))
    let drawn = shown.map { $0.picture.lines(on: screen, columns: each) }
    let lines = (0..<(drawn.first?.count ?? 0)).map { row in
      drawn.map { lines in
        // What colours cost in bytes takes no columns.
        isPlain
          ? lines[row].padded(to: each)
          : lines[row] + String(repeating: " ", count: each - drawnWidth)
      }.joined(separator: "  ").trimmedEnd
    }
    let captions = shown.map { $0.caption.inOneLine.cut(to: each, on: screen).padded(to: each) }
    return lines + [captions.joined(separator: "  ").trimmedEnd]
  }

  /// All pictures of one size in as many such rows as they need.
  static func rows(
    _ pictures: [(picture: Picture, caption: String)], on screen: Screen
  ) -> [String] {
    guard let first = pictures.first?.picture else { return [] }
    let count = max(1, (screen.width + 2) / (first.columnsInRow(on: screen) + 2))
    return stride(from: 0, to: pictures.count, by: count).flatMap {
      row(Array(pictures[$0..<min($0 + count, pictures.count)]), on: screen)
    }
  }

  /// How many columns it has beside others.
  private func columnsInRow(on screen: Screen) -> Int {
    let isPlain = screen.colors == .none
    // Room for a few letters below it.
    return min(screen.width, isPlain ? max(10, min(2 * width, 40)) : max(16, min(width, 32)))
  }

  private func scaled(width: Int) -> Picture {
    scaled(
      width: width, height: max(1, (height * width + self.width / 2) / max(1, self.width)))
  }

  /// The picture in another size: pixels repeated, or the mean of those that fall together.
  private func scaled(width: Int, height: Int) -> Picture {
    guard width != self.width || height != self.height else { return self }
    func span(_ place: Int, _ count: Int, _ old: Int) -> Range<Int> {
      let start = place * old / count
      return start..<max(start + 1, (place + 1) * old / count)
    }
    var result: [Color] = []
    for y in 0..<height {
      for x in 0..<width {
        var (red, green, blue, count) = (0, 0, 0, 0)
        for row in span(y, height, self.height) {
          for column in span(x, width, self.width) {
            let pixel = self[column, row]
            red += pixel.red
            green += pixel.green
            blue += pixel.blue
            count += 1
          }
        }
        result.append(Color(red: red / count, green: green / count, blue: blue / count))
      }
    }
    return Picture(width: width, height: height, pixels: result)
  }

  /// Half blocks: the sign's colour above, its ground below.
  func blocks(_ screen: Screen) -> [String] {
    stride(from: 0, to: height, by: 2).map { row in
      var line = ""
      var before = ""
      for column in 0..<width {
        let below = row + 1 < height ? self[column, row + 1] : nil
        let dot = dots[row / 2 * width + column]
        let sign = dot ?? self[column, row]
        let ground = below?.code(screen.colors, isGround: true) ?? "49"
        let code = "\u{1B}[\(sign.code(screen.colors, isGround: false));\(ground)m"
        if code != before { line += code }
        before = code
        line += dot != nil ? (screen.isUnicode ? "●" : "o") : screen.isUnicode ? "▀" : " "
      }
      return line + "\u{1B}[0m"
    }
  }

  private func signs(_ written: (Character) -> String) -> [String] {
    (0..<height).map { row in
      let line = (0..<width).map { column in
        let pixel = self[column, row]
        let level = Double(pixel.red * 299 + pixel.green * 587 + pixel.blue * 114) / 255_000
        return written(Self.sign(level))
      }
      return line.joined().trimmedEnd
    }
  }
}
