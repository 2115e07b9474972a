import NNEngine

/// A network's outputs as answers: a class with probabilities, or values.
struct Answers {
  /// What the network gave, row after row.
  let outputs: [Double]
  let preprocessing: Preprocessing
  let classes: [String]
  /// The classes as values, shared by all answers.
  let classValues: [Value]
  let width: Int
  /// Whether the numbers of the classes are no probabilities.
  var givesScores: Bool { preprocessing.givesScores }

  init(outputs: [Double], network: Network, preprocessing: Preprocessing) {
    self.outputs = outputs
    self.preprocessing = preprocessing
    classes = preprocessing.classNames
    classValues = preprocessing.classValues
    width = network.outputShape.count
  }

  private var count: Int { outputs.count / max(1, width) }

  private func row(_ index: Int) -> [Double] {
    Array(outputs[index * width..<(index + 1) * width])
  }

  /// The likeliest class of a row and the chances of all; `nil` where the outputs are numbers.
  private func verdict(_ row: [Double]) -> (best: Int, chances: [Double])? {
    guard let chances = preprocessing.chances(row),
      let best = chances.indices.max(by: { chances[$0] < chances[$1] })
    else { return nil }
    return (best, chances)
  }

  func record(_ index: Int) -> Value {
    let row = row(index)
    guard let (best, chances) = verdict(row) else {
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

  /// All answers as columns of a file: the class and the probability of each, or the targets.
  ///
  /// - Throws: `EngineError.interrupted`.
  func columns() throws -> [AnswerColumn] {
    guard preprocessing.chances(Array(repeating: 0, count: width)) != nil else {
      return valueColumns
    }
    let found = try made(count) { verdict(row($0)) }
    let verdicts = found.compactMap { $0 }
    guard verdicts.count == count else { return valueColumns }
    let word = givesScores ? "score" : "probability"
    return [AnswerColumn(name: "class", cells: .texts(verdicts.map { classes[$0.best] }))]
      + classes.indices.map { place in
        AnswerColumn(
          name: "\(word)_\(classes[place])",
          cells: .numbers(verdicts.map { $0.chances[place] }))
      }
  }

  private var valueColumns: [AnswerColumn] {
    let names = preprocessing.targetNames
    return (0..<width).map { place in
      AnswerColumn(
        name: names.indices.contains(place)
          ? names[place] : width == 1 ? "value" : "value\(place + 1)",
        cells: .numbers((0..<count).map { outputs[$0 * width + place] }))
    }
  }
}
