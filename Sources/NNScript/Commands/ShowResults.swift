import NNEngine

// What `show` tells of a measured part, row by row and class by class.

extension Spec where Product == Showing {
  static var classes: Self {
    Spec(
      "classes", "Precision, recall and F1 of each class, and their means.", partParameter,
      example: "train epochs=2\nshow classes"
    ) { wanted in
      { context in
        let result = try MeasuredPart(context, wanted)
        guard let confusion = result.evaluation.confusion else {
          throw Diagnostic(
            .unsupported, "the targets are numbers: there are no classes to tell of",
            at: context.site.range, help: ["`evaluate` gives the errors of numbers"])
        }
        let counts = ClassCounts.of(confusion)
        var rows = counts.enumerated().map { index, one in
          [result.className(index), String(one.rows)]
            + [one.precision, one.recall, one.f1].map(Formatting.figure)
        }
        let means = [\ClassCounts.precision, \.recall, \.f1].map { figure in
          Formatting.figure(ClassCounts.mean(counts) { $0[keyPath: figure] })
        }
        rows.append(["mean", ""] + means)
        let table = TextTable(header: ["class", "rows", "precision", "recall", "f1"], rows)
        return "\(result.title)\n" + table.text(on: context.screen)
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
        let table = TextTable(
          header: ["row"] + result.mistakeColumns, mistakes.prefix(most).map(result.line))
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
      "Which part of the data.")
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
  private let classes: [String]
  private let preprocessing: Preprocessing

  /// - Parameter wanted: the part asked for, else the test part, else what there is.
  init(_ context: CommandContext, _ wanted: String) throws {
    let prepared = try context.prepare("has nothing to measure with")
    guard let network = context.session.workspace.model.network,
      let preprocessing = context.session.workspace.model.preprocessing
    else { preconditionFailure("what is prepared has a network") }
    (part, examples) = try context.choose(wanted, prepared.data)
    evaluation = try network.evaluate(
      examples, loss: prepared.loss, preprocessing: preprocessing,
      workers: context.session.workers)
    classes = preprocessing.classNames
    self.preprocessing = preprocessing
  }

  /// `test, 30 rows`.
  var title: String { "\(part), \(count(evaluation.count, "row"))" }

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

  private func decided(_ outputs: [Double]) -> Int {
    var best = 0
    for index in outputs.indices where outputs[index] > outputs[best] { best = index }
    return best
  }

  private func targets(_ row: Int) -> [Double] {
    guard case .values(let values, let width) = examples.targets else { return [] }
    return Array(values[row * width..<(row + 1) * width])
  }

  /// The rows the model is wrong about, the most wrong first; among numbers all that are off.
  var mistakes: [Mistake] {
    let all = (0..<evaluation.count).map { row in
      let y = outputs(row)
      guard case .classes(let labels) = examples.targets else {
        let distance = zip(y, targets(row)).reduce(0) { $0 + abs($1.0 - $1.1) }
        return Mistake(row: row, size: distance / Double(max(1, y.count)))
      }
      let decided = decided(y)
      let isRight = decided == Int(labels[row])
      return Mistake(row: row, size: isRight ? -1 : y[decided] - y[Int(labels[row])])
    }
    let isNumbers = if case .values = examples.targets { true } else { false }
    return all.filter { isNumbers ? $0.size > 0 : $0.size >= 0 }
      .sorted { $0.size > $1.size || ($0.size == $1.size && $0.row < $1.row) }
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
      let decided = decided(y)
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
