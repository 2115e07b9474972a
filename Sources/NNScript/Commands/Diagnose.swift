import NNEngine

extension CommandEntry {
  static var diagnose: CommandEntry {
    CommandEntry(
      Spec(
        "diagnose", "Finds common faults of a network and its training, and suggests what to type.",
        .truth("quiet", default: false, "Leave out the statistics of the layers.").example(
          "train epochs=5 quiet\nlet found = diagnose quiet\nprint found.findings"),
        example: "train epochs=5 quiet\ndiagnose"
      ) { isQuiet in
        { context in
          let patient = try Patient(context)
          let findings = try Check.findings(in: patient)
          let report = DiagnosisReport(patient, findings, on: context.screen)
          context.printed = report.text(withLayers: !isQuiet)
          return report.value
        }
      },
      fields: [
        Field("findings", "records of check, layer, number, reason and line; empty if all is well"),
        Field("layers", "a record for each layer: dead, saturated, gradient, weights, step"),
      ],
      foresee: { forecast, call in
        try forecast.foreseeNetwork(call, without: "nothing to look at yet")
      })
  }
}

/// What a diagnosis found, as text and as a value.
struct DiagnosisReport {
  private let patient: Patient
  private let findings: [Finding]
  private let screen: Screen

  init(_ patient: Patient, _ findings: [Finding], on screen: Screen) {
    self.patient = patient
    self.findings = findings
    self.screen = screen
  }

  func text(withLayers: Bool) -> String {
    var lines: [String] = []
    if withLayers {
      lines.append(
        "\(count(patient.rows.count, "training row")), lr \(short(patient.learner.rate))")
      lines.append(layers.text(on: screen))
    }
    if findings.isEmpty {
      lines.append("nothing wrong found in \(Check.all.count) checks")
      if patient.learner.model.history.count < 2 {
        lines.append("(train first: the learning rate and over-fitting show in the epochs)")
      }
    }
    for finding in findings {
      lines.append(Paragraphs.wrapped(finding.reason, first: "\(finding.check): ", rest: 2))
      lines.append("  type: \(finding.line)")
    }
    return lines.joined(separator: "\n")
  }

  /// The layers with their figures.
  var layers: TextTable {
    let rows = patient.layers.map { layer -> [String] in
      let shares = [layer.deadShare, layer.saturatedShare].map { $0.map(percent) ?? "" }
      let lengths = [layer.gradient, layer.weights, layer.step].map { $0.map(short) ?? "" }
      return [layer.name, layer.activation] + shares + lengths
    }
    let header = ["layer", "activation", "dead", "saturated", "gradient", "weights", "step"]
    return TextTable(header: header, rows)
  }

  private func percent(_ share: Double) -> String { Formatting.printf("%.0f %%", 100 * share) }
  private func short(_ value: Double) -> String { Formatting.printf("%.2g", value) }

  var value: NNScript.Value {
    func number(_ value: Double?) -> NNScript.Value { value.map { .number($0) } ?? .none }
    return .record([
      ("findings", .list(findings.map(\.value))),
      (
        "layers",
        .list(
          patient.layers.map { layer in
            .record([
              ("layer", .text(layer.name)), ("dead", number(layer.deadShare)),
              ("saturated", number(layer.saturatedShare)), ("gradient", number(layer.gradient)),
              ("weights", number(layer.weights)), ("step", number(layer.step)),
            ])
          })
      ),
    ])
  }
}
