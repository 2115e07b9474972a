import NNEngine

// `report "run.html"`: one page about the current model, for a browser and for paper.

extension CommandEntry {
  static var report: CommandEntry {
    CommandEntry(
      Spec(
        "report",
        "Writes one page about the current model: results, curves, mistakes, data, script.",
        .required("path", .outputPath, "An `.html` file, which needs no network."),
        .choice(
          "on", ["test", "validation", "train"], default: "test if there is one", option: true,
          "The part of the data that results are shown of."
        ).example("train epochs=5\nreport \"run.html\" on=train"),
        example: "train epochs=5\nreport \"run.html\""
      ) { path, part in
        { context in
          try context.report(path, on: part)
          return .none
        }
      },
      foresee: { forecast, call in
        if let path = call.text("path"), !path.hasSuffix(".html") {
          throw wrongExtension(path, [".html"], at: call.range(of: "path"))
        }
        for (part, isThere) in [
          ("test", forecast.facts?.hasTest), ("validation", forecast.facts?.hasValidation),
        ] where isThere == false && call.text("on") == part {
          throw missingPart(part, call.range(of: "on"))
        }
      })
  }
}

extension CommandContext {
  fileprivate func report(_ path: String, on wanted: String) throws {
    guard path.hasSuffix(".html") else {
      throw wrongExtension(path, [".html"], at: range(of: "path"))
    }
    let page = try ReportPage(self, on: wanted)
    try session.write(Array(page.html.utf8), to: path)
    note("saved the report as `\(path)`")
  }
}

/// What a report tells, section by section. Nothing in it depends on when or where it was made.
struct ReportPage {
  private let title: String
  private let lead: [String]
  private let sections: [String]
  private let foot: String

  var html: String {
    HTML.page(
      title: title,
      (["<h1>\(HTML.escaped(title))</h1>"] + lead + sections + ["<footer>\(foot)</footer>"])
        .filter { !$0.isEmpty }.joined(separator: "\n"))
  }

  /// - Throws: a diagnostic or `EngineError` where there is nothing to tell of.
  init(_ context: CommandContext, on wanted: String) throws {
    let session = context.session
    let hasData = session.workspace.data != nil
    if hasData {
      _ = try context.prepare("has nothing to tell of yet")
    } else {
      try session.buildIfPossible()
    }
    let model = session.workspace.model
    guard let network = model.network, model.hasLearnt || model.hasOwnWeights else {
      throw Diagnostic(
        .notTrained, "there is nothing to report: \(model.title) has not been trained",
        at: context.site.word.range, "tells of a trained model",
        help: ["train it above: `train`"])
    }
    let data = session.workspace.dataAsDecided(context.catalog)
    let subject = data?.name.split(separator: "/").last.map(String.init)
    title = [model.name.isEmpty ? nil : model.name, subject].compactMap { $0 }
      .joined(separator: ": ")
    var lead: [String] = []
    var sections: [String] = []
    if hasData {
      let results = try ReportResults(context, on: wanted)
      lead = results.lead
      sections = results.sections
    } else {
      lead = [HTML.paragraph("No data were loaded: nothing was measured.", "faint")]
    }
    let curves = ReportPage.curves(of: model)
    sections.insert(HTML.section("Training", curves), at: min(1, sections.count))
    sections.append(HTML.section("Model", ReportPage.layers(of: model)))
    if let data { sections.append(HTML.section("Data", try ReportPage.columns(of: data))) }
    if hasData { sections.append(HTML.section("Diagnosis", try ReportPage.diagnosis(context))) }
    sections.append(HTML.section("Script", [HTML.code(session.scriptSoFar(context.site.range))]))
    (self.lead, self.sections) = (lead, sections)
    foot = HTML.escaped(
      "nns \(Release.version) · seed \(network.seed) · \(count(network.learnableCount, "parameter"))"
    )
  }

  /// A drawing for the losses, and one for each other figure.
  private static func curves(of model: Model) -> [String] {
    guard let last = model.history.last else { return [] }
    let names = last.figures.map(\.name)
    var drawings: [String] = []
    for name in names where !name.hasPrefix("val_") {
      let own = [name, "val_" + name].filter(names.contains)
      let series = own.map { figure in
        Chart.Series(
          name: figure,
          points: model.history.map { epoch in
            (
              Double(epoch.number),
              epoch.figures.first { $0.name == figure }?.value ?? .nan
            )
          })
      }
      guard let chart = Chart(series, xLabel: "epoch") else { continue }
      drawings.append(HTML.figure(chart.scene.svgInPage, own.joined(separator: ", ")))
    }
    let rates = model.history.map { (Double($0.number), $0.learningRate) }
    if rates.contains(where: { $0.1 != rates[0].1 }),
      let chart = Chart([Chart.Series(name: "lr", points: rates)], xLabel: "epoch")
    {
      drawings.append(HTML.figure(chart.scene.svgInPage, "step size"))
    }
    let figures = "epoch \(last.number): " + Formatting.figures(last.figures)
    return [
      "<div class=\"drawings\">\(drawings.joined(separator: "\n"))</div>",
      HTML.paragraph("\(count(model.history.count, "epoch")); \(figures)", "faint"),
    ]
  }

  private static func layers(of model: Model) -> [String] {
    let description = ModelDescription(model)
    guard let (table, sum) = description.table else { return [] }
    return [HTML.table(table), HTML.paragraph(sum)]
      + description.learning.map { HTML.paragraph($0) }
  }

  private static func columns(of data: Dataset) throws -> [String] {
    try data.notes.map { HTML.paragraph($0) }
      + [DataDescription(data).columns().map { HTML.table($0) } ?? ""]
  }

  private static func diagnosis(_ context: CommandContext) throws -> [String] {
    let patient = try Patient(context)
    let findings = try Check.findings(in: patient)
    let report = DiagnosisReport(patient, findings, on: .plain)
    let found =
      findings.isEmpty
      ? [HTML.paragraph("Nothing wrong found in \(Check.all.count) checks.")]
      : findings.flatMap {
        [HTML.paragraph("\($0.check): \($0.reason)", "warning"), HTML.code($0.line)]
      }
    return found + [HTML.table(report.layers)]
  }
}

extension Session {
  /// The statements up to a place: those of the script, or those typed at the prompt.
  fileprivate func scriptSoFar(_ range: SourceRange) -> String {
    let source = sources.texts[range.source]
    let before = journal.script
    guard before.isEmpty else { return before + source.text(range.bytes) }
    return source.text(0..<range.end)
  }
}
