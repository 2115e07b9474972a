import NNEngine

/// What a report tells of a model's results, measured on the parts of the data.
struct ReportResults {
  let lead: [String]
  let sections: [String]

  /// A matrix of more classes is no table any more.
  private static let mostClasses = 30
  private static let mostMistakes = 12

  init(_ context: CommandContext, on wanted: String) throws {
    let prepared = try context.prepare("has nothing to measure with")
    let result = try MeasuredPart(context, wanted)
    var measured: [(part: String, figures: Measured)] = []
    for (part, rows) in [
      ("test", prepared.data.test), ("validation", prepared.data.validation),
      ("train", prepared.data.train),
    ] {
      guard let rows else { continue }
      measured.append(
        (
          part,
          try context.measure(prepared, rows, MetricSettings(), part: "the \(part) part")
        ))
    }
    guard let shown = measured.first(where: { $0.part == result.part })?.figures else {
      preconditionFailure("the part that is shown is one of the data's")
    }
    var lead = [
      HTML.paragraph("\(result.title)\(shown.tail)", "faint"),
      "<div class=\"cards\">"
        + zip(shown.figures, shown.remarks).map { figure, remark in
          "<div><b>\(HTML.escaped(Formatting.figure(figure.value)))</b>"
            + "<span>\(HTML.escaped(figure.name + remark))</span></div>"
        }.joined() + "</div>",
    ]
    if let verdict = shown.verdict { lead.append(HTML.paragraph(verdict, "warning")) }
    self.lead = lead
    let parts = HTML.table(
      header: ["part", "rows"] + shown.figures.map(\.name),
      measured.map { part, figures in
        [part, String(figures.rows)] + figures.figures.map { Formatting.figure($0.value) }
      })
    sections =
      [HTML.section("Results", [parts])]
      + [
        HTML.section("Classes", Self.classes(result)),
        HTML.section("Certainty", Self.certainty(result)),
        HTML.section("Predictions", Self.predictions(result)),
        HTML.section("Worst mistakes", try Self.mistakes(result)),
      ].filter { !$0.isEmpty }
  }

  private static func classes(_ result: MeasuredPart) -> [String] {
    guard let classes = result.classTable else { return [] }
    var body = [HTML.table(classes.table)] + classes.remarks.map { HTML.paragraph($0, "faint") }
    if let confusion = result.evaluation.confusion {
      body +=
        confusion.count <= mostClasses
        ? ["<h3>Actual classes down, predicted ones across</h3>", matrix(result, confusion)]
        : ["<h3>What is confused most often</h3>", mostConfused(result, confusion)]
    } else if let labels = result.confusionTable {
      body.append(HTML.table(labels))
    }
    return body
  }

  /// Each cell as strong as its share of its row: what is right in one colour, what is wrong in another.
  private static func matrix(_ result: MeasuredPart, _ confusion: [[Int]]) -> String {
    let names = confusion.indices.map { HTML.escaped(result.className($0)) }
    let head = (["<th></th>"] + names.map { "<th>\($0)</th>" }).joined()
    let rows = confusion.enumerated().map { row, counts in
      let all = Double(max(1, counts.reduce(0, +)))
      let cells = counts.enumerated().map { column, number in
        let share = Double(number) / all
        let color = row == column ? "--mark" : "--bad"
        let strength = number == 0 ? "0" : Scene.number(0.12 + 0.48 * share)
        return "<td style=\"background: rgba(var(\(color)), \(strength))\">\(number)</td>"
      }.joined()
      return "<tr><th>\(names[row])</th>\(cells)</tr>"
    }.joined(separator: "\n")
    return "<div class=\"wide\"><table class=\"matrix\"><thead><tr>\(head)</tr></thead>"
      + "<tbody>\n\(rows)\n</tbody></table></div>"
  }

  private static func mostConfused(_ result: MeasuredPart, _ confusion: [[Int]]) -> String {
    var pairs: [(actual: Int, predicted: Int, count: Int)] = []
    for (row, counts) in confusion.enumerated() {
      for (column, number) in counts.enumerated() where row != column && number > 0 {
        pairs.append((row, column, number))
      }
    }
    pairs.sort { ($1.count, $0.actual, $0.predicted) < ($0.count, $1.actual, $1.predicted) }
    return HTML.table(
      header: ["actual", "predicted", "rows"],
      pairs.prefix(mostClasses).map {
        [result.className($0.actual), result.className($0.predicted), String($0.count)]
      })
  }

  private static func certainty(_ result: MeasuredPart) -> [String] {
    let answers = result.confidences
    guard !answers.isEmpty else { return [] }
    let error = Formatting.figure(ReportDrawing.calibrationError(answers))
    return [
      HTML.figure(
        ReportDrawing.calibration(answers),
        "On the line, a probability of 0.8 is right in 80 of 100 cases; below it, the model is too "
          + "sure. Mean distance from the line: \(error).")
    ]
  }

  private static func predictions(_ result: MeasuredPart) -> [String] {
    // A page for people: of many targets the first ones.
    let drawings = result.numberPairs.prefix(4).flatMap { name, pairs -> [String] in
      let errors = pairs.map { $0.predicted - $0.actual }
      return [
        HTML.figure(ReportDrawing.scatter(pairs, name), "On the line, the prediction is right.")
      ]
        + [ReportDrawing.histogram(errors, name)].compactMap { $0 }.map {
          HTML.figure($0, "How large the errors are.", style: "small")
        }
    }
    return drawings.isEmpty
      ? [] : ["<div class=\"drawings\">\(drawings.joined(separator: "\n"))</div>"]
  }

  private static func mistakes(_ result: MeasuredPart) throws -> [String] {
    let mistakes = result.mistakes
    guard !mistakes.isEmpty else { return [HTML.paragraph("None.")] }
    let shown = Array(mistakes.prefix(mostMistakes))
    let pictures = shown.compactMap { result.picture($0) }.map { HTML.image($0, $1) }
    return [
      HTML.paragraph(
        "\(mistakes.count) of \(count(result.evaluation.count, "row"))"
          + (shown.count < mistakes.count ? "; the \(shown.count) that are most wrong" : ""),
        "faint"),
      pictures.isEmpty ? "" : "<div class=\"pictures\">\(pictures.joined(separator: "\n"))</div>",
      HTML.table(try result.mistakeTable(shown, withInputs: true)),
    ]
  }
}
