// Drawings that only a report has, beside the curves of `plot`.

/// Something measured over both axes of a drawing.
struct ReportDrawing {
  private var scene: Scene
  private let plot: Plot

  private init(_ x: Axis, _ y: Axis, _ xLabel: String, _ yLabel: String) {
    scene = Scene(width: 480, height: 340)
    let left = Plot.margin(y, 6) + 24
    plot = Plot(x: x, y: y, left: left, top: 16, width: 456 - left, height: 276)
    plot.drawAxes(into: &scene, xLabel: xLabel, yLabel: yLabel)
  }

  private mutating func line(_ from: (Double, Double), _ to: (Double, Double)) {
    scene.line(plot.place(from), plot.place(to), .axis)
  }

  private mutating func dot(_ at: (Double, Double), radius: Double, title: String) {
    scene.add(
      .disc(plot.place(at), radius: radius, .series(0), opacity: 0.6, hasEdge: false),
      title: title)
  }

  private mutating func bar(_ from: Double, _ to: Double, height: Double, title: String) {
    let (corner, end) = (plot.place((from, height)), plot.place((to, plot.y.least)))
    scene.add(
      .box(
        (corner.x + 0.5, corner.y), width: max(0.5, end.x - corner.x - 1),
        height: end.y - corner.y, .series(0), opacity: 0.7),
      title: title)
  }

  private var svg: String { scene.svgInPage }

  // MARK: What is drawn

  /// How often answers of a certainty are right, in ten parts from 0 to 1; a dot's area says how
  /// many there are. On the line, certainty and share agree.
  static func calibration(_ answers: [(confidence: Double, isRight: Bool)]) -> String {
    var drawing = ReportDrawing(
      Axis([0, 1.0]), Axis([0, 1.0]), "probability of the predicted class", "share that is right")
    drawing.line((0, 0), (1, 1))
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
    drawing.line((axis.least, axis.least), (axis.greatest, axis.greatest))
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
