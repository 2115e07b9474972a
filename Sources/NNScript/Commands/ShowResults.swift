import NNEngine

// What `show` tells of a measured part, row by row and class by class.

extension Spec where Product == Showing {
  static var classes: Self {
    Spec(
      "classes", "Precision, recall and F1 of each class or label, and their means.", partParameter,
      example: "train epochs=2\nshow classes"
    ) { wanted in
      { context in
        let result = try MeasuredPart(context, wanted)
        guard let (table, remarks) = result.classTable else {
          throw Diagnostic(
            .unsupported, "the targets are numbers: there are no classes to tell of",
            at: context.site.range, help: ["`evaluate` gives the errors of numbers"])
        }
        return ([result.title, table.text(on: context.screen)] + remarks).joined(separator: "\n")
      }
    }
  }

  static var mistakes: Self {
    Spec(
      "mistakes", "The rows that are most wrong, with label and prediction.",
      .integer("count", 1...1_000_000, default: 10, "How many."), partParameter,
      example: "train epochs=2\nshow mistakes 3"
    ) { most, wanted in
      { context in
        let result = try MeasuredPart(context, wanted)
        let mistakes = result.mistakes
        guard !mistakes.isEmpty else { return "\(result.title): no mistakes" }
        let table = try result.mistakeTable(Array(mistakes.prefix(most)))
        let pictures = mistakes.prefix(most).compactMap { result.picture($0) }
        return
          (["\(result.title): \(count(mistakes.count, "mistake"))"]
          + Picture.row(pictures, on: context.screen) + [table.text(on: context.screen)])
          .joined(separator: "\n")
      }
    }
  }

  private static var partParameter: Parameter<String> {
    .choice(
      "on", ["test", "validation", "train"], default: "test if there is one", option: true,
      "The part of the data.")
  }
}

/// A part of the data with what the current model makes of it.
struct MeasuredPart {
  /// One row the model is wrong about.
  struct Mistake {
    /// Its place in the part, from 0.
    var row: Int
    /// By how much: for classes how much surer of the wrong one, for numbers the mean distance.
    var size: Double
  }

  let part: String
  let examples: Examples
  let evaluation: Evaluation
  /// Whether outputs are labels that may hold together.
  let holdsLabels: Bool
  private let classes: [String]
  private let preprocessing: Preprocessing

  /// - Parameter wanted: the part asked for, else the test part, else what there is.
  init(_ context: CommandContext, _ wanted: String) throws {
    let prepared = try context.prepare("has nothing to measure with")
    guard let network = context.session.workspace.model.network,
      let preprocessing = context.session.workspace.model.preprocessing
    else { preconditionFailure("what is prepared has a network") }
    context.warnOfUntrained()
    (part, examples) = try context.choose(wanted, prepared.data)
    let chosen = try context.metrics(for: prepared, ofNumbers: [])
    evaluation = try network.evaluate(
      examples, loss: prepared.loss, judging: chosen.judging, preprocessing: preprocessing,
      workers: context.session.workers)
    classes = preprocessing.classNames
    self.preprocessing = preprocessing
    holdsLabels = prepared.data.holdsLabels(under: prepared.loss)
  }

  /// `test, 30 rows`; with the threshold where it is no half.
  var title: String {
    let threshold = evaluation.form.judging.threshold.map {
      ", threshold \(Formatting.number($0))"
    }
    return "\(part), \(count(evaluation.count, "row"))" + (threshold ?? "")
  }

  func labelName(_ index: Int) -> String {
    let names = preprocessing.targetNames
    return names.count == evaluation.form.width ? names[index] : String(index)
  }

  /// For labels that may hold together how many rows have each, are said to, and rightly so.
  var labelCounts: [ClassCounts]? {
    guard holdsLabels else { return nil }
    return (0..<evaluation.form.width).map { label in
      let pairs = (0..<evaluation.count).map { row in
        (has: targets(row)[label] > 0.5, says: says(label, row))
      }
      return ClassCounts(
        rows: pairs.count(where: \.has), decided: pairs.count(where: \.says),
        right: pairs.count { $0.has && $0.says })
    }
  }

  private func says(_ label: Int, _ row: Int) -> Bool {
    evaluation.form.says(evaluation.outputs.elements[row * evaluation.form.width + label])
  }

  /// Precision, recall and F1 of each class or label, and what is to be said of their means; `nil`
  /// for numbers.
  var classTable: (table: TextTable, remarks: [String])? {
    let labels = labelCounts
    guard let counts = labels ?? evaluation.confusion.map(ClassCounts.of) else { return nil }
    var rows = counts.enumerated().map { index, one in
      [labels == nil ? className(index) : labelName(index), String(one.rows)]
        + [one.precision, one.recall, one.f1].map(Formatting.figure)
    }
    let names = ["precision", "recall", "f1"]
    let means = [\ClassCounts.precision, \.recall, \.f1].map { figure in
      MetricFigure(meanOf: counts.map { $0[keyPath: figure] })
    }
    rows.append(["mean", ""] + means.map { Formatting.figure($0.value) })
    let noun = labels == nil ? "class" : "label"
    let remarks = zip(names, means).filter { ($1.parts ?? 0) < counts.count }.map {
      "(the mean of \($0) is over \($1.parts ?? 0) of \(counts.count) "
        + "\(labels == nil ? "classes" : "labels"))"
    }
    return (TextTable(header: [noun, "rows"] + names, rows), remarks)
  }

  /// Actual classes down and predicted ones across, or right and wrong answers of labels; `nil` for
  /// numbers.
  var confusionTable: TextTable? {
    if let labels = labelCounts {
      return TextTable(
        header: ["label", "right yes", "wrong yes", "wrong no", "right no"],
        labels.enumerated().map { index, one in
          [
            labelName(index), String(one.right), String(one.decided - one.right),
            String(one.rows - one.right),
            String(evaluation.count - one.rows - one.decided + one.right),
          ]
        })
    }
    return evaluation.confusion.map { confusion in
      TextTable(
        header: ["actual \\ predicted"] + confusion.indices.map(className),
        confusion.enumerated().map { [className($0)] + $1.map(String.init) })
    }
  }

  /// How sure the model is of each row's class, and whether it is right; empty where outputs are no
  /// probabilities of classes.
  var confidences: [(confidence: Double, isRight: Bool)] {
    guard case .classes(let labels) = examples.targets, !preprocessing.givesScores else {
      return []
    }
    return (0..<evaluation.count).map { row in
      let decided = decided(row)
      return (outputs(row)[decided], decided == Int(labels[row]))
    }
  }

  /// Actual and predicted numbers of each target; empty for classes and labels.
  var numberPairs: [(name: String, pairs: [(actual: Double, predicted: Double)])] {
    guard !holdsLabels, case .values(let values, let width) = examples.targets else { return [] }
    let names = preprocessing.targetNames
    return (0..<width).map { target in
      let pairs = (0..<evaluation.count).map { row in
        (
          actual: values[row * width + target],
          predicted: Double(evaluation.outputs.elements[row * width + target])
        )
      }
      return (names.count == width ? names[target] : "target", pairs)
    }
  }

  /// Mistakes as a table; with inputs as they stand in the data, where these are few.
  func mistakeTable(_ mistakes: [Mistake], withInputs: Bool = false) throws -> TextTable {
    var header = ["row"] + fileColumn + mistakeColumns
    var rows = mistakes.map { mistake -> [String] in
      let cells = line(mistake)
      return cells.prefix(1) + file(mistake) + cells.dropFirst()
    }
    let names = preprocessing.columnNames
    if withInputs, !names.isEmpty, names.count <= 12 {
      let part = examples.rows(mistakes.map(\.row))
      let cells = try part.cells(preprocessing.columns)
      let numbers = part.inputs.numbers
      header += names
      for row in rows.indices {
        rows[row] +=
          cells.map { $0[row].map { Formatting.text(of: Value($0.cell)) } }
          ?? names.indices.map { Formatting.exact(numbers[row * names.count + $0]) }
      }
    }
    return TextTable(header: header, rows)
  }

  func className(_ index: Int) -> String {
    classes.indices.contains(index) ? classes[index] : String(index)
  }

  /// The outputs of a row, one for each of two classes where the network has but one.
  private func outputs(_ row: Int) -> [Double] {
    let width = evaluation.outputs.shape[1]
    let own = evaluation.outputs.elements[row * width..<(row + 1) * width].map(Double.init)
    guard case .classes = examples.targets else { return own }
    return preprocessing.chances(own) ?? own
  }

  private func decided(_ row: Int) -> Int {
    evaluation.outputs.elements.withUnsafeBufferPointer { outputs in
      outputs.baseAddress.map { evaluation.form.decided($0 + row * evaluation.form.width) } ?? 0
    }
  }

  private func targets(_ row: Int) -> [Double] {
    guard case .values(let values, let width) = examples.targets else { return [] }
    return Array(values[row * width..<(row + 1) * width])
  }

  /// The rows the model is wrong about, the most wrong first; among numbers all that are
  /// off, among labels those with any that is wrong.
  var mistakes: [Mistake] {
    let all = (0..<evaluation.count).map { row in
      let y = outputs(row)
      guard case .classes(let labels) = examples.targets else {
        let t = targets(row)
        let distance = zip(y, t).reduce(0) { $0 + abs($1.0 - $1.1) }
        let isRight =
          holdsLabels && t.indices.allSatisfy { says($0, row) == (t[$0] > 0.5) }
        if isRight { return Mistake(row: row, size: -1) }
        return Mistake(row: row, size: distance / Double(max(1, y.count)))
      }
      let decided = decided(row)
      let isRight = decided == Int(labels[row])
      // Below a half, a threshold may put rows into the class that is less likely.
      let size = abs(y[decided] - y[Int(labels[row])])
      return Mistake(row: row, size: isRight ? -1 : size)
    }
    let isNumbers = if case .values = examples.targets { true } else { false }
    return all.filter { isNumbers ? $0.size > 0 : $0.size >= 0 }
      .sorted { $0.size > $1.size || ($0.size == $1.size && $0.row < $1.row) }
  }

  /// Where rows are files of pictures, the column that says which.
  var fileColumn: [String] { examples.names.isEmpty ? [] : ["file"] }

  func file(_ mistake: Mistake) -> [String] {
    examples.names.isEmpty ? [] : [examples.names[mistake.row]]
  }

  var mistakeColumns: [String] {
    if case .classes = examples.targets {
      return ["label", "prediction", preprocessing.givesScores ? "score" : "probability"]
    }
    return ["target", "prediction", "error"]
  }

  /// A mistake as a picture with what it is and was taken for; `nil` where rows are none.
  func picture(_ mistake: Mistake) -> (picture: Picture, caption: String)? {
    let cells = line(mistake)
    return examples.picture(mistake.row).map { ($0, "\(cells[1]) as \(cells[2])") }
  }

  /// A mistake as cells of a table.
  func line(_ mistake: Mistake) -> [String] {
    let y = outputs(mistake.row)
    if case .classes(let labels) = examples.targets {
      let decided = decided(mistake.row)
      return [
        String(mistake.row), className(Int(labels[mistake.row])), className(decided),
        Formatting.figure(y[decided]),
      ]
    }
    func text(_ numbers: [Double]) -> String {
      numbers.map { Formatting.text(of: .number(Double(Float($0)))) }.joined(separator: ", ")
    }
    return [
      String(mistake.row), text(targets(mistake.row)), text(y), Formatting.figure(mistake.size),
    ]
  }
}
