/// Colours for terminals and drawings.
enum Palette {
  /// Eight hues that stay apart on dark and on light ground, also for most who see fewer colours:
  /// their numbers in the terminal's palette and among its 16, and as red, green and blue.
  static let series: [(terminal: Int, basic: Int, rgb: String)] = [
    (33, 12, "#0087ff"), (208, 3, "#ff8700"), (35, 2, "#00af5f"), (161, 1, "#d7005f"),
    (99, 5, "#875fff"), (37, 6, "#00afaf"), (136, 11, "#af8700"), (244, 8, "#808080"),
  ]

  /// A text in one of the series' colours, where the screen has any.
  static func colored(_ text: String, series number: Int, on screen: Screen) -> String {
    guard screen.colors != .none, !text.isEmpty else { return text }
    let hue = series[number % series.count]
    let code =
      screen.colors == .basic ? basicCode(hue.basic, isGround: false) : "38;5;\(hue.terminal)"
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  /// Red, green and blue, each 0…255.
  struct Color: Equatable {
    var red, green, blue: Int

    /// A mixture: all `self` at 0, all `other` at 1.
    func mixed(with other: Color, _ share: Double) -> Color {
      func mix(_ a: Int, _ b: Int) -> Int { Int((Double(a) + share * Double(b - a)).rounded()) }
      return Color(
        red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// What makes a terminal write in the colour, or on it: exact, or the nearest it has.
    func code(_ colors: Screen.Colors, isGround: Bool) -> String {
      switch colors {
      case .basic: Palette.basicCode(nearestBasic, isGround: isGround)
      case .full: "\(isGround ? 48 : 38);2;\(red);\(green);\(blue)"
      case .palette, .none: "\(isGround ? 48 : 38);\(paletteCode)"
      }
    }

    /// The nearest of the 16, by the values that terminals mostly give them.
    private var nearestBasic: Int {
      func distance(_ number: Int) -> Int {
        let (low, high) = number < 8 ? (0, 170) : (85, 255)
        func square(_ value: Int, _ bit: Int) -> Int {
          let other = number & bit == 0 ? low : high
          return (value - other) * (value - other)
        }
        return square(red, 1) + square(green, 2) + square(blue, 4)
      }
      return (0..<16).min { distance($0) < distance($1) } ?? 0
    }

    /// The nearest of the palette's cube and greys.
    private var paletteCode: String {
      if red == green, green == blue {
        // 24 greys from 8 to 238; the cube has black and white.
        if red < 4 { return "5;16" }
        if red > 246 { return "5;231" }
        return "5;\(232 + min(23, max(0, (red - 3) / 10)))"
      }
      func level(_ value: Int) -> Int { value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40 }
      return "5;\(16 + 36 * level(red) + 6 * level(green) + level(blue))"
    }
  }

  /// What chooses one of the 16 colours.
  private static func basicCode(_ number: Int, isGround: Bool) -> String {
    String((isGround ? 40 : 30) + number % 8 + (number < 8 ? 0 : 60))
  }

  static let white = Color(red: 255, green: 255, blue: 255)

  /// The colour of a series as red, green and blue.
  static func color(_ number: Int) -> Color {
    let digits = series[number % series.count].rgb.dropFirst()
    let value = Int(digits, radix: 16) ?? 0
    return Color(red: value >> 16, green: value >> 8 & 255, blue: value & 255)
  }

  /// Below 0 blue, above red, 0 white: for numbers from -1 to 1.
  static func diverging(_ value: Double) -> Color {
    let end =
      value < 0 ? Color(red: 33, green: 102, blue: 172) : Color(red: 178, green: 24, blue: 43)
    return white.mixed(with: end, min(1, abs(value)))
  }
}
