/// What a network's outputs say, once targets, last layer and loss are decided.
public enum Answer: String, Sendable, Equatable {
  /// Numbers in the targets' own units.
  case numbers
  /// Several yes or no, each for itself: how likely yes is.
  case labels
  /// Shares of one whole, as the targets are.
  case shares
  /// How likely each class is, or with one output the second of two.
  case probabilities
  /// How much speaks for each class, from 0 to 1 and each for itself; divided by their sum they are
  /// probabilities.
  case likelihoods
  /// Scores of the classes, of which the greatest decides, or one that is above a boundary for the
  /// second of two.
  case scores

  /// Whether the targets are classes, one a row.
  public var isOfClasses: Bool {
    switch self {
    case .probabilities, .likelihoods, .scores: true
    case .numbers, .labels, .shares: false
    }
  }
}

extension Preprocessing {
  /// One row of outputs as probabilities of the classes, or as their scores; `nil` where the outputs
  /// are about no classes.
  public func chances(_ outputs: [Double]) -> [Double]? {
    guard !classNames.isEmpty else { return nil }
    return (answer ?? .probabilities).chances(
      outputs, classes: classNames.count, boundary: boundary)
  }

  /// The same where what the outputs say was not stored with a model, as it was not in the first
  /// files: found from how the network ends.
  public func withAnswer(of network: Network, under loss: (any Loss)?) -> Preprocessing {
    guard answer == nil else { return self }
    var result = self
    result.boundary = Double(loss?.boundary ?? 0.5)
    let range = network.outputActivation?.range ?? .any
    let width = network.outputShape.count
    guard !classNames.isEmpty else {
      let isLabelled = loss?.need == .probability && width > 1
      result.answer = loss?.need == .distribution ? .shares : isLabelled ? .labels : .numbers
      return result
    }
    let isProbability = range.isOfProbabilities
    result.answer =
      !isProbability
      ? .scores : range.sumsToOne || width == 1 ? .probabilities : .likelihoods
    return result
  }

  /// Whether the numbers of the classes are scores and no probabilities.
  public var givesScores: Bool { answer == .scores }
}

extension Answer {
  /// One row of outputs as a number for each of `count` classes: probabilities that add up to 1,
  /// or scores.
  ///
  /// - Parameter boundary: what an only score is above for the second of two classes.
  /// - Returns: `nil` where the outputs are not about so many classes.
  public func chances(_ outputs: [Double], classes count: Int, boundary: Double) -> [Double]? {
    guard isOfClasses, count > 0, outputs.count == count || outputs.count == 1 && count == 2 else {
      return nil
    }
    return [Double](unsafeUninitializedCapacity: count) { chances, filled in
      chances.initialize(repeating: 0)
      if let place = chances.baseAddress {
        write(outputs, classes: count, boundary: boundary, into: place)
      }
      filled = count
    }
  }

  /// Writes the same to where there is room for `count` numbers.
  func write(
    _ outputs: some RandomAccessCollection<Double>, classes count: Int, boundary: Double,
    into chances: UnsafeMutablePointer<Double>
  ) {
    if outputs.count == 1, let one = outputs.first {
      if count == 1 {
        chances[0] = self == .scores ? one : 1
      } else {
        // Mirrored at the boundary, so that the greater one decides as the boundary does.
        (chances[0], chances[1]) = self == .scores ? (2 * boundary - one, one) : (1 - one, one)
      }
      return
    }
    let sum = self == .likelihoods ? outputs.reduce(0, +) : 1
    for (place, output) in outputs.enumerated() {
      chances[place] =
        self != .likelihoods ? output : sum > 0 ? output / sum : 1 / Double(count)
    }
  }
}
