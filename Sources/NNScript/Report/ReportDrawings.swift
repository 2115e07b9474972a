// Drawings that only a report has, beside the curves of `plot`.

/// Something measured over both axes of a drawing, as the text of SVG elements.
struct ReportDrawing {
  private let x: Axis
  private let y: Axis
  private let xLabel: String
  private let yLabel: String
  private var body: [String] = []

  private static let size = (width: 480.0, height: 340.0)
  private static let edge = (left: 72.0, right: 24.0, top: 24.0, bottom: 52.0)

  private init(_ x: Axis, _ y: Axis, _ xLabel: String, _ yLabel: String) {
    (self.x, self.y, self.xLabel, self.yLabel) = (x, y, xLabel, yLabel)
  }

  private func px(_ value: Double) -> Double {
    let (size, edge) = (Self.size, Self.edge)
    return edge.left + (size.width - edge.left - edge.right) * x.share(value)
  }

  private func py(_ value: Double) -> Double {
    let (size, edge) = (Self.size, Self.edge)
    return edge.top + (size.height - edge.top - edge.bottom) * (1 - y.share(value))
  }

  private mutating func line(_ from: (Double, Double), _ to: (Double, Double), _ color: String) {
    let places = [px(from.0), py(from.1), px(to.0), py(to.1)].map(SVG.number)
    body.append(SVG.line(places[0], places[1], places[2], places[3], color))
  }

  private mutating func dot(_ at: (Double, Double), radius: Double, title: String) {
    body.append(
      "<circle cx=\"\(SVG.number(px(at.0)))\" cy=\"\(SVG.number(py(at.1)))\" "
        + "r=\"\(SVG.number(radius))\" fill=\"\(Palette.series[0].rgb)\" fill-opacity=\"0.6\">"
        + (title.isEmpty ? "" : "<title>\(HTML.escaped(title))</title>") + "</circle>")
  }

  private mutating func bar(_ from: Double, _ to: Double, height: Double, title: String) {
    let (left, right, top, floor) = (px(from), px(to), py(height), py(y.least))
    body.append(
      "<rect x=\"\(SVG.number(left + 0.5))\" y=\"\(SVG.number(top))\" "
        + "width=\"\(SVG.number(max(0.5, right - left - 1)))\" height=\"\(SVG.number(floor - top))\" "
        + "fill=\"\(Palette.series[0].rgb)\" fill-opacity=\"0.7\">"
        + "<title>\(HTML.escaped(title))</title></rect>")
  }

  private var svg: String {
    let (size, edge) = (Self.size, Self.edge)
    var frame: [String] = []
    let floor = size.height - edge.bottom
    for tick in y.ticks(5) {
      let place = SVG.number(py(tick))
      frame.append(
        SVG.line(SVG.number(edge.left), place, SVG.number(size.width - edge.right), place, "#ddd"))
      frame.append(SVG.text(Axis.label(tick), SVG.number(edge.left - 8), place, "end", "#444"))
    }
    for tick in x.ticks(6) {
      let place = SVG.number(px(tick))
      frame.append(SVG.line(place, SVG.number(floor), place, SVG.number(floor + 5), "#444"))
      frame.append(SVG.text(Axis.label(tick), place, SVG.number(floor + 18), "middle", "#444"))
    }
    frame.append(
      SVG.line(
        SVG.number(edge.left), SVG.number(floor), SVG.number(size.width - edge.right),
        SVG.number(floor), "#444"))
    let middle = SVG.number((edge.left + size.width - edge.right) / 2)
    frame.append(SVG.text(xLabel, middle, SVG.number(size.height - 8), "middle", "#444"))
    let height = SVG.number((edge.top + floor) / 2)
    frame.append(
      "<g transform=\"rotate(-90 14 \(height))\">"
        + SVG.text(yLabel, "14", height, "middle", "#444") + "</g>")
    return SVG.document(width: size.width, height: size.height, frame + body)
  }

  // MARK: What is drawn

  /// How often answers of a certainty are right, in ten parts from 0 to 1; a dot's area says how
  /// many there are. On the line, certainty and share agree.
  static func calibration(_ answers: [(confidence: Double, isRight: Bool)]) -> String {
    var drawing = ReportDrawing(
      Axis([0, 1.0]), Axis([0, 1.0]), "probability of the predicted class", "share that is right")
    drawing.line((0, 0), (1, 1), "#444")
    for part in parts(answers) {
      let share = Double(part.count) / Double(answers.count)
      drawing.dot(
        (part.confidence, part.right), radius: 3 + 14 * share.squareRoot(),
        title: "\(count(part.count, "row")): probability \(Formatting.figure(part.confidence)), "
          + "right \(Formatting.figure(part.right))")
    }
    return drawing.svg
  }

  /// The mean distance between certainty and share, over all rows (expected calibration error).
  static func calibrationError(_ answers: [(confidence: Double, isRight: Bool)]) -> Double {
    parts(answers).reduce(0) {
      $0 + abs($1.confidence - $1.right) * Double($1.count) / Double(answers.count)
    }
  }

  private static func parts(
    _ answers: [(confidence: Double, isRight: Bool)]
  ) -> [(confidence: Double, right: Double, count: Int)] {
    (0..<10).compactMap { part in
      let own = answers.filter { min(9, max(0, Int($0.confidence * 10))) == part }
      guard !own.isEmpty else { return nil }
      let number = Double(own.count)
      return (
        own.reduce(0) { $0 + $1.confidence } / number,
        Double(own.count(where: \.isRight)) / number, own.count
      )
    }
  }

  /// Predicted against actual numbers: what is right lies on the line.
  static func scatter(_ pairs: [(actual: Double, predicted: Double)], _ name: String) -> String {
    let axis = Axis(pairs.flatMap { [$0.actual, $0.predicted] }).widened(by: 0.03)
    var drawing = ReportDrawing(axis, axis, "actual \(name)", "predicted \(name)")
    drawing.line((axis.least, axis.least), (axis.greatest, axis.greatest), "#444")
    // More dots than that are one spot.
    let most = 2000
    for place in 0..<min(most, pairs.count) {
      let pair = pairs[pairs.count > most ? place * pairs.count / most : place]
      drawing.dot((pair.actual, pair.predicted), radius: pairs.count > 300 ? 2 : 3, title: "")
    }
    return drawing.svg
  }

  /// How often errors of each size occur, `nil` where all are the same.
  static func histogram(_ errors: [Double], _ name: String) -> String? {
    let span = Axis(errors)
    guard errors.contains(where: { $0 != errors[0] }) else { return nil }
    let parts = max(6, min(30, Int(Double(errors.count).squareRoot())))
    var counts = [Int](repeating: 0, count: parts)
    for error in errors { counts[min(parts - 1, Int(span.share(error) * Double(parts)))] += 1 }
    var drawing = ReportDrawing(
      span, Axis([0, Double(counts.max() ?? 1)]), "predicted - actual \(name)", "rows")
    for (part, number) in counts.enumerated() where number > 0 {
      let (from, to) = (
        span.value(at: Double(part) / Double(parts)),
        span.value(at: Double(part + 1) / Double(parts))
      )
      drawing.bar(
        from, to, height: Double(number),
        title: "\(count(number, "row")) from \(Formatting.figure(from)) to \(Formatting.figure(to))"
      )
    }
    return drawing.svg
  }
}
