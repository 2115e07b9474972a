import NNEngine

extension CommandEntry {
  static var plot: CommandEntry {
    CommandEntry(
      Spec(
        "plot", "Draws curves: metrics of the training, or your own lists of numbers.",
        Parameter<[NNScript.Value]>.values(
          "what", .either([.names(of: "figure"), .value]), whenAbsent: "the losses",
          "Figures such as `loss`, lists of numbers, or `boundary`."),
        .value(
          "x", whenAbsent: "0, 1, 2 …", option: true,
          "The x values of the curves."
        ).example("let xs = [x for x in -3..3 by 0.1]\nplot sine=sin(xs) x=xs"),
        .drawing("train epochs=5\nplot loss to=\"loss.svg\""),
        .drawingScale("plot [1, 4, 9] to=\"squares.png\" scale=1"),
        example: "train epochs=5\nplot loss accuracy"
      ) { what, places, path, scale in
        { context in
          if what.map(\.textValue) == ["boundary"] {
            try context.draw(DecisionMap(of: context), path, scale)
          } else {
            try context.draw(context.chart(of: what, along: places), path, scale)
          }
          return .none
        }
      }, blocks: Blocks(count: 0...0, definesOptions: true),
      foresee: { forecast, call in
        try checkDrawing(call)
        try checkFigures(call, forecast)
      })
  }
}

/// Something that can be shown on a screen and written to a file.
protocol Drawing {
  /// - Throws: what working out what it shows throws.
  func text(on screen: Screen) throws -> String
  /// - Throws: what working out what it shows throws.
  var scene: Scene { get throws }
}

extension Chart: Drawing {}

/// The extensions of files that drawings are written to.
private let drawingExtensions = [".svg", ".png"]

extension Parameter where Value == String? {
  /// Where a drawing goes.
  static func drawing(_ example: String) -> Self {
    .optional(
      "to", .outputPath, whenAbsent: "the screen", "An `.svg` or `.png` file for the drawing."
    ).example(example)
  }
}

extension Parameter where Value == Int {
  /// How large a drawing in points is.
  static func drawingScale(_ example: String) -> Self {
    .integer(
      "scale", 1...4, default: 2, option: true,
      "How many points of a `.png` file stand for one of the drawing."
    ).example(example)
  }
}

/// A file that no drawing can be written to is reported before anything runs.
func checkDrawing(_ call: ForeseenCall) throws {
  let path = call.text("to")
  if let path, !drawingExtensions.contains(where: path.hasSuffix) {
    throw wrongExtension(path, drawingExtensions, at: call.range(of: "to"))
  }
  if call.isGiven("scale"), path?.hasSuffix(".svg") ?? !call.isGiven("to") {
    throw Diagnostic(
      .unsupported, "`scale=` is about `.png` files", at: call.range(of: "scale"),
      path.map { "not for `\($0)`" } ?? "the drawing goes to the screen",
      help: ["leave it out, or draw into a `.png` file"])
  }
}

extension CommandContext {
  fileprivate func draw(_ drawing: any Drawing, _ path: String?, _ scale: Int) throws {
    guard let path else { return print(try drawing.text(on: screen)) }
    try write(drawing, to: path, scale)
  }

  /// Writes a drawing into the file that the option `to` names.
  func write(_ drawing: any Drawing, to path: String, _ scale: Int) throws {
    guard drawingExtensions.contains(where: path.hasSuffix) else {
      throw wrongExtension(path, drawingExtensions, at: range(of: "to"))
    }
    let scene = try drawing.scene
    try session.write(
      path.hasSuffix(".png") ? Raster.png(of: scene, scale: scale) : Array(scene.svg.utf8),
      to: path)
    note("saved the drawing as `\(path)`")
  }

  fileprivate func chart(of what: [NNScript.Value], along places: NNScript.Value?) throws -> Chart {
    var series: [Chart.Series] = []
    let xs = try places.map { try numbers($0, range(of: "x")) }
    var isHistory = false
    for value in what.isEmpty && definitions.isEmpty ? defaultFigures : what {
      if let figure = value.textValue {
        isHistory = true
        series.append(Chart.Series(name: figure, points: try history(figure)))
      } else {
        series.append(Chart.Series(name: "", points: try points(value, xs, range(of: "what"))))
      }
    }
    for (name, value) in definitions {
      series.append(Chart.Series(name: name.text, points: try points(value, xs, name.range)))
    }
    guard let chart = Chart(series, xLabel: isHistory ? "epoch" : "") else {
      throw Diagnostic(
        .noResult, "there is nothing to draw: no value is a finite number", at: site.range)
    }
    return chart
  }

  /// The losses that the model's history has.
  private var defaultFigures: [NNScript.Value] {
    let names = session.workspace.model.history.last?.figures.map(\.name) ?? ["loss"]
    return names.filter { $0.hasSuffix("loss") }.map { .text($0) }
  }

  /// A figure of the current model's training, epoch by epoch.
  private func history(_ figure: String) throws -> [(x: Double, y: Double)] {
    let history = session.workspace.model.history
    guard let last = history.last else {
      throw Diagnostic(
        .notTrained, "no epoch has been trained yet", at: site.word.range, "nothing to draw",
        help: ["train first: `train epochs=10`"])
    }
    let names = last.figures.map(\.name) + ["lr"]
    guard names.contains(figure) else { throw unknownFigure(figure, names, range(of: "what")) }
    return history.map { epoch in
      let value =
        figure == "lr"
        ? epoch.learningRate : epoch.figures.first { $0.name == figure }?.value ?? .nan
      return (Double(epoch.number), value)
    }
  }

  /// A list of numbers, or of pairs of them.
  private func points(
    _ value: NNScript.Value, _ xs: [Double]?, _ range: SourceRange
  ) throws -> [(x: Double, y: Double)] {
    if let tensor = value.asTensor, tensor.shape.rank == 2, tensor.shape[1] == 2 {
      return (0..<tensor.shape[0]).map {
        (Double(tensor.elements[2 * $0]), Double(tensor.elements[2 * $0 + 1]))
      }
    }
    let ys = try numbers(value, range)
    if let xs, xs.count != ys.count {
      throw Diagnostic(
        .lengthMismatch, "`x` has \(count(xs.count, "place")) for \(count(ys.count, "number"))",
        at: self.range(of: "x"), "\(xs.count) long")
    }
    return try made(ys.count) { (xs?[$0] ?? Double($0), ys[$0]) }
  }

  /// Numbers side by side; `none` is a gap.
  private func numbers(_ value: NNScript.Value, _ range: SourceRange) throws -> [Double] {
    if let tensor = value.tensorValue, tensor.shape.rank == 1 {
      return tensor.elements.map(Double.init)
    }
    if case .list(let list) = value, let numbers = list.numberItems, !numbers.isEmpty {
      return numbers
    }
    let numbers = value.listItems?.compactMap { $0.isNone ? .nan : $0.numberValue } ?? []
    guard !numbers.isEmpty, numbers.count == value.listItems?.count else {
      throw Diagnostic(
        .wrongType, "a curve is a list of numbers, not \(value.kindName)", at: range,
        value.listItems == nil ? "this is \(value.kindName)" : "not numbers alone",
        help: ["for example `plot [1, 4, 9]`, or `plot loss`"])
    }
    return numbers
  }
}

private func unknownFigure(_ name: String, _ known: [String], _ range: SourceRange) -> Diagnostic {
  Diagnostic(
    .unknownName, "the training has no metric named `\(name)`", at: range, "not a metric",
    help: (ForeignWords.member(name, ofFamily: "metric", known)
      ?? Suggestion.nearest(to: name, among: known)).map { ["did you mean `\($0)`?"] }
      ?? [
        "metrics: " + known.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
          + (known.count > 8 ? " …" : "")
      ])
}

/// Figures that cannot exist are reported before anything runs: names that no metric has, and those
/// of a validation part where there is none.
private func checkFigures(_ call: ForeseenCall, _ forecast: Forecast) throws {
  let known = call.checker.vocabulary.liveNames.map(\.name) + ["boundary"]
  for offer in call.places.offers where offer.name == nil {
    guard case .word(let word) = offer.content else { continue }
    if word.hasPrefix("val_"), forecast.facts?.hasValidation == false, forecast.model != nil {
      throw Diagnostic(
        .noData, "there is no validation part, so the training has no `\(word)`", at: offer.range,
        "not measured", help: ["give `data` one: `validation=20%`"])
    }
    // A model that was loaded may have metrics of another script.
    guard !known.contains(word), forecast.model != nil,
      call.checker.scope.find(String(word.trimmingPrefix("val_"))) == nil
    else { continue }
    let others: Set = ["epoch", "epochs", "seconds", "losses"]
    throw unknownFigure(word, known.filter { !others.contains($0) }, offer.range)
  }
}
