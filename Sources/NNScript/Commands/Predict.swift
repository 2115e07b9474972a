import NNEngine

extension CommandEntry {
  static var predict: CommandEntry {
    CommandEntry(
      Spec(
        "predict", "Predicts for values, rows or a file.",
        .value(
          "values", .either([.numbers, .inputPath, .value]),
          "One row, several rows, a record of columns, or a file."),
        .optional(
          "to", .outputPath, whenAbsent: "nowhere",
          "A file for the answers: `.csv`, `.tsv`, `.npy`, `.npz`; `.gz` behind it packs a text."
        ).example("train epochs=2\npredict \"flowers.csv\" to=\"answers.csv\""),
        .names(
          "keep", of: "column", "Columns of the file to copy before the predictions."
        ).example(
          "train epochs=2\npredict \"flowers.csv\" to=\"answers.csv\" keep=species"),
        example: "train epochs=2\npredict [5.1, 3.5, 1.4, 0.2]"
      ) { values, path, keep in
        { reading in
          { context in
            try context.predict(values ?? .none, DataOptions(reading), keep, to: path)
          }
        }
      }.readingText("train epochs=2\npredict \"flowers.csv\""),
      fields: [
        Field("file", "of a folder of pictures: which one"),
        Field(
          "class", "the class with the highest probability, whatever `threshold=` of `metric` says"),
        Field("probability", "its probability"),
        Field("probabilities", "of every class, by its name"),
        Field("scores", "instead of probabilities, under `loss hinge`"),
        Field("value", "for numbers: the output, or a list of several"),
      ],
      foresee: { _, call in
        try call.places.checkAnswers(
          file: call.text("values") != nil || call.value("values") == nil)
        if let path = call.text("to") {
          do {
            _ = try AnswerFormat(path: path, keepsColumns: call.isGiven("keep"))
          } catch let error as EngineError {
            throw Diagnostic(error, at: call.range(of: "to"))
          }
        }
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
    _ values: NNScript.Value, _ reading: DataOptions, _ keep: [String], to path: String?
  ) throws -> NNScript.Value {
    try places.checkAnswers(file: values.textValue != nil)
    if values.textValue == nil { try places.checkNoTextFileOptions() }
    try session.buildIfPossible()
    if session.workspace.model.network == nil { _ = try prepare("needs a network that is built") }
    guard let network = session.workspace.model.network,
      let preprocessing = session.workspace.model.preprocessing
    else { return .none }
    let predictor = session.predictor(network, preprocessing)
    func answers(_ rows: Examples) throws -> Answers {
      session.samples += rows.count
      return Answers(
        outputs: try predictor.values(rows), network: network, preprocessing: preprocessing)
    }
    guard let path else {
      let rows = try Rows(values, network, preprocessing, self, reading: reading)
      let answers = try answers(rows.examples)
      if rows.isSingle { return answers.record(0) }
      let names = rows.examples.names
      return .list(
        try made(rows.examples.count) { row in
          guard names.indices.contains(row), let fields = answers.record(row).recordFields else {
            return answers.record(row)
          }
          return .record([("file", .text(names[row]))] + fields)
        })
    }
    var writer = try AnswerWriter(to: path, keepsColumns: !keep.isEmpty, session.host.files)
    if let file = values.textValue {
      let notes = try session.loader.forEachBlock(
        of: session.readingPath(file), for: preprocessing, options: reading, keep: keep
      ) { block in
        let kept = block.kept.map { AnswerColumn(name: $0.name, cells: .texts($0.cells)) }
        try writer.append(kept + answers(block.examples).columns())
      }
      for remark in notes { note(remark) }
    } else {
      let rows = try Rows(values, network, preprocessing, self, reading: reading)
      try writer.append(answers(rows.examples).columns())
    }
    try writer.finish()
    printed = "\(count(writer.rowCount, "answer")) in \(path)"
    return .none
  }
}

extension CallPlaces {
  /// Makes sure that `keep` has a file to take columns from and one to put them into.
  ///
  /// - Throws: a diagnostic at the option.
  fileprivate func checkAnswers(file isFile: Bool) throws {
    guard isGiven("keep") else { return }
    if !isFile {
      throw Diagnostic(
        .extraValue, "`keep` takes columns of a file, and none is read here",
        at: range(of: "keep"), "not needed", help: ["leave it out"])
    }
    if !isGiven("to") {
      throw Diagnostic(
        .missingValue, "`keep` says which columns stand beside the answers in a file",
        at: range(of: "keep"), "no file to write", help: ["add `to=\"answers.csv\"`"])
    }
  }
}
