// A drawing as the text of an `.svg` file.

extension Scene {
  var svg: String { svg("") }

  /// The drawing within a page, never larger than it is, so that its letters have the page's size.
  var svgInPage: String {
    // A wide one is made smaller where it stands beside another.
    let size = width > 560 ? 15 : 13
    return svg(" style=\"max-width: \(Self.number(width))px; --size: \(size)px\"")
  }

  private func svg(_ style: String) -> String {
    var body = ""
    for (shape, title) in shapes {
      body += Self.element(shape, title.isEmpty ? nil : "<title>\(Self.escaped(title))</title>")
    }
    let size = "\(Self.number(width)) \(Self.number(height))"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" \
      font-family="sans-serif" font-size="12"\(style)>
      <rect width="100%" height="100%" fill="#fff"/>
      \(body)</svg>

      """
  }

  private static func element(_ shape: Shape, _ title: String?) -> String {
    let (name, attributes): (String, String)
    var content = title
    switch shape {
    case .line(let points, let ink, let width):
      let stroke = "stroke=\"\(ink.css)\" stroke-width=\"\(number(width))\""
      if points.count == 2 {
        let ends = zip(["1", "2"], points).map {
          "x\($0)=\"\(number($1.x))\" y\($0)=\"\(number($1.y))\""
        }
        (name, attributes) = ("line", "\(ends[0]) \(ends[1]) \(stroke)")
      } else {
        let places = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        (name, attributes) = ("polyline", "fill=\"none\" \(stroke) points=\"\(places)\"")
      }
    case .box(let at, let width, let height, let ink, let opacity):
      name = "rect"
      attributes =
        "x=\"\(number(at.x))\" y=\"\(number(at.y))\" width=\"\(number(width))\" "
        + "height=\"\(number(height))\" \(fill(ink, opacity))"
    case .disc(let at, let radius, let ink, let opacity, let hasEdge):
      name = "circle"
      attributes =
        "cx=\"\(number(at.x))\" cy=\"\(number(at.y))\" r=\"\(number(radius))\" "
        + fill(ink, opacity) + (hasEdge ? " stroke=\"#222\" stroke-width=\"0.5\"" : "")
    case .text(let text, let at, let anchor, let ink, let isUpright):
      name = "text"
      let place = "\(number(at.x)) \(number(at.y))"
      attributes =
        "x=\"\(number(at.x))\" y=\"\(number(at.y))\" dy=\"0.35em\" "
        + "text-anchor=\"\(anchor.rawValue)\" fill=\"\(ink.css)\""
        + (isUpright ? " transform=\"rotate(-90 \(place))\"" : "")
      content = escaped(text)
    }
    return content.map { "<\(name) \(attributes)>\($0)</\(name)>\n" }
      ?? "<\(name) \(attributes)/>\n"
  }

  private static func fill(_ ink: Ink, _ opacity: Double) -> String {
    "fill=\"\(ink.css)\"" + (opacity < 1 ? " fill-opacity=\"\(number(opacity))\"" : "")
  }

  /// A number with two digits behind the point, without zeros at its end.
  static func number(_ value: Double) -> String {
    Formatting.number(Double(Formatting.printf("%.2f", value)) ?? 0)
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.inOneLine {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }
}

extension Scene.Ink {
  /// Pages know the first three by these colours: on a dark screen they exchange them.
  fileprivate var css: String {
    switch self {
    case .grid: "#ddd"
    case .axis: "#444"
    case .text: "#222"
    case .series(let number): Palette.series[number % Palette.series.count].rgb
    case .color(let color): "rgb(\(color.red),\(color.green),\(color.blue))"
    }
  }

  var color: Palette.Color {
    switch self {
    case .grid: Palette.Color(red: 221, green: 221, blue: 221)
    case .axis: Palette.Color(red: 68, green: 68, blue: 68)
    case .text: Palette.Color(red: 34, green: 34, blue: 34)
    case .series(let number): Palette.color(number)
    case .color(let color): color
    }
  }
}
