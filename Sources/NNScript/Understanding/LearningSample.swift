import NNEngine

/// One sample with its target, as raw rows and as the network sees them.
struct LearningSample {
  /// One row for the engine.
  var examples: Examples
  /// Scaled inputs and targets, one number an output; classes as ones and zeros.
  var input: [Double]
  var target: [Double]
  /// The target as the gradient sees it: smoothed, where the loss was told to.
  var learntTarget: [Double]
  /// The target in its own units, where the network learns a scaled one.
  var ownTarget: [Double]?
  /// How often the row counts, by its class.
  var weight = 1.0
  /// The inputs before scaling.
  var rawInput: [Double]

  /// The target as a program is given it: in its own units, or the number of the class.
  var given: [Double] { classCode.map { [Double($0)] } ?? ownTarget ?? target }

  /// The number of its class, if it has one.
  var classCode: Int? {
    if case .classes(let classes) = examples.targets { Int(classes[0]) } else { nil }
  }

  init(_ examples: Examples, _ trainer: Trainer, width: Int) {
    let preprocessing = trainer.preprocessing
    self.examples = examples
    rawInput = examples.inputs.numbers
    input = scaled(rawInput, preprocessing.inputScaling)
    switch examples.targets {
    case .none: target = []
    case .values(let values, _):
      target = scaled(values, preprocessing.targetScaling)
      if preprocessing.targetScaling != nil { ownTarget = values }
    case .classes(let classes):
      let label = Int(classes[0])
      target = width == 1 ? [Double(label)] : (0..<width).map { $0 == label ? 1 : 0 }
      weight = trainer.learning.weight(ofClass: label)
    }
    learntTarget = trainer.learning.smoothed(target, for: trainer.loss)
  }
}

private func scaled(_ values: [Double], _ scaling: Preprocessing.Scaling?) -> [Double] {
  guard let scaling else { return values }
  return values.enumerated().map { scaling.scaled($1, column: $0) }
}
