extension Dataset {
  /// What `target` says where rows are to be given back.
  public static let ownInputs = "inputs"

  /// The same rows with their inputs as targets, as the network gets them: what an autoencoder
  /// learns.
  public func givingBack() -> Dataset {
    var result = self
    result.givesBack = true
    let width = preprocessing.inputShape.count
    func back(_ examples: Examples) -> Examples {
      var examples = examples
      var numbers = examples.inputs.numbers(0..<examples.count * width)
      if let scaling = preprocessing.inputScaling {
        for place in numbers.indices {
          numbers[place] = scaling.scaled(numbers[place], column: place % width)
        }
      }
      examples.targets = .values(numbers, width: width)
      return examples
    }
    result.train = back(train)
    result.validation = validation.map(back)
    result.test = test.map(back)
    result.reading = .values
    result.wholeNumbers = nil
    result.preprocessing.classNames = []
    result.preprocessing.classesAreNumbers = false
    result.preprocessing.targetNames = []
    for place in columns.indices where columns[place].role == .target {
      result.columns[place].role = .unused
    }
    result.targetNumbers = TargetNumbers(
      [result.train, result.validation, result.test], scaling: nil)
    result.scaleTargets(.normalized)
    return result
  }
}
