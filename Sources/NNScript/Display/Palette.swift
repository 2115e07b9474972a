/// Colours for terminals and drawings.
enum Palette {
  /// Eight hues that stay apart on dark and on light ground, also for most who see fewer colours:
  /// their numbers in the terminal's palette, and as red, green and blue.
  static let series: [(terminal: Int, rgb: String)] = [
    (33, "#0087ff"), (208, "#ff8700"), (35, "#00af5f"), (161, "#d7005f"), (99, "#875fff"),
    (37, "#00afaf"), (136, "#af8700"), (244, "#808080"),
  ]

  /// A text in one of the series' colours, where the screen has any.
  static func colored(_ text: String, series number: Int, on screen: Screen) -> String {
    guard screen.colors != .none, !text.isEmpty else { return text }
    return "\u{1B}[38;5;\(series[number % series.count].terminal)m\(text)\u{1B}[0m"
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

    /// The colour as a terminal takes it: exact, or the nearest of the palette's cube and greys.
    func code(_ colors: Screen.Colors) -> String {
      if colors == .full { return "2;\(red);\(green);\(blue)" }
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
