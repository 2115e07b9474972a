/// Curves over a common axis, drawn for a screen:
///
///        1 ┤⢇       ⣀⣀⠤⠤⠒⠒⠒⠒ accuracy
///      0.8 ┤⠈⢆⡠⠔⠊⠉⠉
///          │⡠⠊⠣⣀
///      0.4 ┤     ⠉⠒⠤⣀⣀⣀⣀⣀⣀⣀⣀ loss
///          └┬─────────┬────────
///           1         5   epoch
struct Chart {
  /// One curve.
  struct Series {
    var name: String
    /// The finite points, cut where one is not. More than a screen has dots say nothing more, so a
    /// long curve is drawn by the extremes of each of its parts.
    let strokes: [[(x: Double, y: Double)]]

    /// - Parameter points: in the order they are joined; those that are not finite interrupt the
    ///   curve.
    init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      strokes = points.split { !$0.x.isFinite || !$0.y.isFinite }.map { Self.thinned(Array($0)) }
    }

    private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
      let most = 4000
      guard points.count > most else { return points }
      let parts = most / 4
      return (0..<parts).flatMap { part -> [(x: Double, y: Double)] in
        let range = part * points.count / parts..<(part + 1) * points.count / parts
        let low = range.min { points[$0].y < points[$1].y } ?? range.lowerBound
        let high = range.max { points[$0].y < points[$1].y } ?? range.lowerBound
        let chosen = [range.lowerBound, min(low, high), max(low, high), range.upperBound - 1]
        return chosen.map { points[$0] }
      }
    }
  }

  let series: [Series]
  let xLabel: String
  let x: Axis
  let y: Axis
  /// Whether the places along the axis are whole numbers, as epochs are.
  let isWhole: Bool

  /// - Parameter isLogarithmic: whether equal ratios along the axis have equal lengths; all places are
  ///   above 0 then.
  /// - Returns: `nil` where there is no finite point.
  init?(_ series: [Series], xLabel: String, isLogarithmic: Bool = false) {
    let finite = series.flatMap { $0.strokes.joined() }
    guard !finite.isEmpty else { return nil }
    self.series = series
    self.xLabel = xLabel
    x = Axis(finite.map(\.x), isLogarithmic: isLogarithmic)
    y = Axis(finite.map(\.y))
    isWhole = !isLogarithmic && finite.allSatisfy { $0.x == $0.x.rounded() }
  }

  /// The drawing as lines of text.
  func text(on screen: Screen) -> String {
    let rows = screen.width < 60 ? 10 : 14
    let yTicks = y.ticks(rows / 3)
    let margin = min(screen.width / 3, yTicks.map { Axis.label($0).count }.max() ?? 0)
    let names = series.map(\.name.inOneLine)
    let widest = names.map(\.displayWidth).max() ?? 0
    let legend = widest == 0 ? 0 : min(widest + (screen.isUnicode ? 1 : 3), screen.width / 3)
    let columns = screen.width - margin - 2 - legend
    var canvas = DotCanvas(columns: columns, rows: rows, on: screen)
    for (number, series) in series.enumerated() {
      for stroke in series.strokes {
        let shares = stroke.map { (x: x.share($0.x), y: y.share($0.y)) }
        for (start, end) in zip(shares, shares.dropFirst() + shares.suffix(1)) {
          canvas.line(from: start, to: end, series: number)
        }
      }
    }
    let labels = legendRows(canvas, rows)
    let marks = Dictionary(
      yTicks.map { (canvas.row(y.share($0)), Axis.label($0)) }, uniquingKeysWith: { $1 })
    var lines = (0..<rows).map { row in
      let label = (marks[row] ?? "").padded(to: margin, isNumber: true)
      let edge = marks[row] == nil ? (screen.isUnicode ? "│" : "|") : screen.isUnicode ? "┤" : "+"
      var line = "\(label) \(edge)" + canvas.text(row: row, on: screen)
      if let number = labels[row] {
        let sign = screen.isUnicode ? "" : DotCanvas.sign(of: number, on: screen) + " "
        let name = (sign + names[number]).cut(to: legend - 1, on: screen)
        line += " " + Palette.colored(name, series: number, on: screen)
      }
      return line.trimmedEnd
    }
    lines += bottom(canvas, columns, margin, screen)
    return lines.joined(separator: "\n")
  }

  /// Each name stands beside the end of its curve, or as near to it as others let it.
  private func legendRows(_ canvas: DotCanvas, _ rows: Int) -> [Int: Int] {
    var taken: [Int: Int] = [:]
    for (number, series) in series.enumerated() where !series.name.isEmpty {
      guard let end = series.strokes.last?.last else { continue }
      let wanted = canvas.row(y.share(end.y))
      let free = (0..<rows).filter { taken[$0] == nil }
      guard let row = free.min(by: { abs($0 - wanted) < abs($1 - wanted) }) else { break }
      taken[row] = number
    }
    return taken
  }

  /// The axis below, with its numbers and what they count.
  private func bottom(
    _ canvas: DotCanvas, _ columns: Int, _ margin: Int, _ screen: Screen
  ) -> [String] {
    let indent = String(repeating: " ", count: margin + 1)
    var rule = Array(repeating: Character(screen.isUnicode ? "─" : "-"), count: columns)
    var numbers = Array(repeating: Character(" "), count: columns)
    var free = 0
    let end = columns - (xLabel.isEmpty ? 0 : xLabel.displayWidth + 1)
    for tick in x.ticks(max(3, columns / 10), whole: isWhole) {
      let column = canvas.column(x.share(tick))
      let label = Array(Axis.label(tick))
      let start = max(0, column - label.count / 2)
      guard start >= free, start + label.count <= end else { continue }
      rule[column] = screen.isUnicode ? "┬" : "+"
      numbers.replaceSubrange(start..<start + label.count, with: label)
      free = start + label.count + 1
    }
    let corner = screen.isUnicode ? "└" : "+"
    var last = String(numbers)
    if !xLabel.isEmpty { last = String(last.prefix(max(0, end))) + " " + xLabel }
    return [indent + corner + String(rule), indent + " " + last.trimmedEnd]
  }
}

extension String {
  /// The text without blanks at its end.
  var trimmedEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
