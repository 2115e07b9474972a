import NNEngine

extension CommandEntry {
  static var predict: CommandEntry {
    CommandEntry(
      Spec(
        "predict", "Gives what the current model makes of values, rows or a file.",
        .value(
          "values", .either([.numbers, .inputPath, .value]),
          "One row, several rows, a record of columns, or a file."),
        .optional("to", .outputPath, whenAbsent: "nowhere", "A CSV file for the answers.").example(
          "train epochs=2\npredict \"flowers.csv\" to=\"answers.csv\""),
        example: "train epochs=2\npredict [5.1, 3.5, 1.4, 0.2]"
      ) { values, path in
        { reading in
          { context in
            try context.predict(values ?? .none, DataOptions(text: reading), to: path)
          }
        }
      }.readingText("train epochs=2\npredict \"flowers.csv\""),
      fields: [
        Field("class", "the likeliest class"),
        Field("probability", "how likely it is"),
        Field("probabilities", "of every class, by its name"),
        Field("scores", "instead of probabilities, under `loss hinge`"),
        Field("value", "for numbers: the output, or a list of several"),
      ],
      foresee: { _, call in
        if let path = call.text("values") {
          try call.checker.checkFile(path, call)
        } else if call.value("values") != nil {
          try call.places.checkNoTextFileOptions()
        }
      })
  }
}

extension CommandContext {
  fileprivate func predict(
    _ values: NNScript.Value, _ reading: DataOptions, to path: String?
  ) throws -> NNScript.Value {
    if values.textValue == nil { try places.checkNoTextFileOptions() }
    try session.buildIfPossible()
    if session.workspace.model.network == nil { _ = try prepare("needs a network that is built") }
    guard let network = session.workspace.model.network,
      let preprocessing = session.workspace.model.preprocessing
    else { return .none }
    let rows = try Rows(values, network, preprocessing, self, reading: reading)
    let outputs = try session.predictor(network, preprocessing).values(rows.examples)
    session.samples += rows.examples.count
    let answers = Answers(outputs: outputs, network: network, preprocessing: preprocessing)
    if let path {
      try session.write(Array(answers.table.utf8), to: path)
      printed = "\(count(rows.examples.count, "answer")) in \(path)"
      return .none
    }
    if rows.isSingle { return answers.record(0) }
    return .list((0..<rows.examples.count).map(answers.record))
  }
}

/// A network's outputs as answers: a class with probabilities, or values.
private struct Answers {
  /// What the network gave, row after row.
  let outputs: [Double]
  let preprocessing: Preprocessing
  let classes: [String]
  /// The classes as values, shared by all answers.
  let classValues: [Value]
  let names: [String]
  let width: Int
  /// Whether the numbers of the classes are no probabilities.
  var givesScores: Bool { preprocessing.givesScores }

  init(outputs: [Double], network: Network, preprocessing: Preprocessing) {
    self.outputs = outputs
    self.preprocessing = preprocessing
    classes = preprocessing.classNames
    classValues = preprocessing.classValues
    names = preprocessing.targetNames
    width = network.outputShape.count
  }

  private func row(_ index: Int) -> [Double] {
    Array(outputs[index * width..<(index + 1) * width])
  }

  func record(_ index: Int) -> Value {
    let row = row(index)
    guard let chances = preprocessing.chances(row),
      let best = chances.indices.max(by: { chances[$0] < chances[$1] })
    else {
      return .record([
        ("value", row.count == 1 ? .number(row[0]) : .list(row.map { .number($0) }))
      ])
    }
    let all = Value.record(
      classes.indices.map { (name: classes[$0], value: .number(chances[$0])) })
    if givesScores { return .record([("class", classValues[best]), ("scores", all)]) }
    return .record([
      ("class", classValues[best]), ("probability", .number(chances[best])),
      ("probabilities", all),
    ])
  }

  /// All answers as CSV.
  var table: String {
    var lines: [String] = []
    for index in 0..<outputs.count / max(1, width) {
      let row = row(index)
      if let chances = preprocessing.chances(row),
        let best = chances.indices.max(by: { chances[$0] < chances[$1] })
      {
        if index == 0 { lines.append("class,\(givesScores ? "score" : "probability")") }
        lines.append(
          "\(quoted(classes[best])),\(Formatting.exact(Float(chances[best])))")
      } else {
        if index == 0 {
          lines.append(
            (0..<row.count).map {
              names.indices.contains($0) ? quoted(names[$0]) : "value\($0 + 1)"
            }
            .joined(separator: ","))
        }
        lines.append(row.map { Formatting.exact(Float($0)) }.joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func quoted(_ text: String) -> String { SeparatedText.field(text) }
}
