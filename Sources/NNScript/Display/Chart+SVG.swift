// A chart as a drawing that browsers and papers take.

extension Chart {
  /// The drawing as the text of an `.svg` file.
  var svg: String {
    let (width, height, left, right, top, bottom) = (720.0, 420.0, 64.0, 120.0, 16.0, 44.0)
    let plotWidth = width - left - right
    let plotHeight = height - top - bottom
    func px(_ value: Double) -> String { SVG.number(left + plotWidth * x.share(value)) }
    func py(_ value: Double) -> String { SVG.number(top + plotHeight * (1 - y.share(value))) }
    var body: [String] = []
    for tick in y.ticks(6) {
      let place = py(tick)
      body.append(SVG.line(SVG.number(left), place, SVG.number(width - right), place, "#ddd"))
      body.append(SVG.line(SVG.number(left - 5), place, SVG.number(left), place, "#444"))
      body.append(SVG.text(Axis.label(tick), SVG.number(left - 8), place, "end", "#444"))
    }
    let floor = SVG.number(height - bottom)
    for tick in x.ticks(8, whole: isWhole) {
      let place = px(tick)
      body.append(SVG.line(place, floor, place, SVG.number(height - bottom + 5), "#444"))
      body.append(
        SVG.text(Axis.label(tick), place, SVG.number(height - bottom + 16), "middle", "#444"))
    }
    body.append(SVG.line(SVG.number(left), floor, SVG.number(width - right), floor, "#444"))
    body.append(SVG.line(SVG.number(left), SVG.number(top), SVG.number(left), floor, "#444"))
    body.append(
      SVG.text(
        xLabel, SVG.number(left + plotWidth / 2), SVG.number(height - 8), "middle", "#444"))
    for (number, series) in series.enumerated() {
      let color = Palette.series[number % Palette.series.count].rgb
      for stroke in series.strokes {
        let points = stroke.map { "\(px($0.x)),\(py($0.y))" }.joined(separator: " ")
        body.append(
          "<polyline fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\" points=\"\(points)\"/>")
      }
      // Beside one another's names, one below the other: ends of curves often meet.
      let place = SVG.number(top + 12 + 18 * Double(number))
      let start = width - right + 12
      body.append(
        SVG.line(SVG.number(start), place, SVG.number(start + 18), place, color, width: 3))
      body.append(SVG.text(series.name, SVG.number(start + 24), place, "start", "#222"))
    }
    return SVG.document(width: width, height: height, body)
  }
}

/// The few elements of SVG that drawings here are made of.
enum SVG {
  static func document(width: Double, height: Double, _ body: [String]) -> String {
    let size = "\(number(width)) \(number(height))"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" \
      font-family="sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="#fff"/>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  /// A place to a hundredth of a point.
  static func number(_ value: Double) -> String {
    Formatting.number(Double(Formatting.printf("%.2f", value)) ?? 0)
  }

  static func line(
    _ x1: String, _ y1: String, _ x2: String, _ y2: String, _ color: String, width: Int = 1
  ) -> String {
    "<line x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\" stroke=\"\(color)\" "
      + "stroke-width=\"\(width)\"/>"
  }

  static func text(
    _ text: String, _ x: String, _ y: String, _ anchor: String, _ color: String
  ) -> String {
    "<text x=\"\(x)\" y=\"\(y)\" dy=\"0.35em\" text-anchor=\"\(anchor)\" fill=\"\(color)\">"
      + escaped(text) + "</text>"
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
