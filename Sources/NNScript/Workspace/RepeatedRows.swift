import NNEngine

extension Dataset {
  /// Tells of test rows that also stand among those to learn from; `nil` where they are few.
  ///
  /// A few equal rows are the nature of coarse measurements. One in twenty is a guess at where a
  /// test begins to promise too much.
  func repeatedRowsWarning(at range: SourceRange) -> Diagnostic? {
    guard let test, test.count > 0, let repeated = repeatedRows(test),
      repeated * 20 >= test.count, repeated > 1 || test.count < 10
    else { return nil }
    let verb = repeated == 1 ? "stands" : "stand"
    return Diagnostic(
      .repeatedRows,
      "\(repeated) of \(count(test.count, "test row")) also \(verb) in the training set", at: range,
      "the test will look better than it should", severity: .warning,
      help: ["remove the copies from one of the two"])
  }

  /// How many rows of a part stand among the training rows too; `nil` where looking would take
  /// longer than reading (some 10 ms).
  private func repeatedRows(_ part: Examples) -> Int? {
    let width = train.inputShape.count
    guard (train.count + part.count) * width <= 2_000_000 else { return nil }
    var known = Set<Row>()
    for index in 0..<train.count { known.insert(Row(train, index)) }
    return (0..<part.count).count { known.contains(Row(part, $0)) }
  }

  private struct Row: Hashable {
    var inputs: [Double]
    var target: [Double] = []

    init(_ examples: Examples, _ index: Int) {
      let width = examples.inputShape.count
      let range = index * width..<(index + 1) * width
      inputs = examples.inputs.numbers(range)
      switch examples.targets {
      case .none: break
      case .classes(let classes): target = [Double(classes[index])]
      case .values(let values, let width):
        target = Array(values[index * width..<(index + 1) * width])
      }
    }
  }
}
