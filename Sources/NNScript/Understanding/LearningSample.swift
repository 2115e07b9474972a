import NNEngine

/// One sample with its target, as raw rows and as the network sees them.
struct LearningSample {
  /// One row for the engine.
  var examples: Examples
  /// Scaled inputs and targets, one number an output; classes as ones and zeros.
  var input: [Double]
  var target: [Double]
  /// The inputs before scaling.
  var rawInput: [Double]

  init(_ examples: Examples, _ preprocessing: Preprocessing, width: Int) {
    self.examples = examples
    rawInput =
      switch examples.inputs {
      case .floats(let values): values.map(exact)
      case .bytes(let values): values.map(Double.init)
      }
    input = scaled(rawInput, preprocessing.inputScaling)
    switch examples.targets {
    case .none: target = []
    case .values(let values, _): target = scaled(values.map(exact), preprocessing.targetScaling)
    case .classes(let classes):
      let label = Int(classes[0])
      target = width == 1 ? [Double(label)] : (0..<width).map { $0 == label ? 1 : 0 }
    }
  }
}

/// The number that prints like the 32-bit one: 0.1 rather than 0.10000000149.
private func exact(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

private func scaled(_ values: [Double], _ scaling: Preprocessing.Scaling?) -> [Double] {
  guard let scaling else { return values }
  return values.enumerated().map { index, value in
    let column = scaling.scale.count == 1 ? 0 : index
    return value * Double(scaling.scale[column]) + Double(scaling.shift[column])
  }
}
