/// What always giving the same answer comes to on some rows, beside what a network came to: the
/// training part's most frequent class, for each label its more frequent value, for numbers their
/// mean.
///
/// A network that has learnt nothing from its inputs is no better. It counts as no better only where
/// two measures agree, so that one good at rare classes, or good but for a few far-off rows, passes:
/// accuracy and the mean recall of classes, the squared and the absolute error of numbers.
public struct ConstantAnswer: Sendable, Equatable {
  /// What is always said.
  public enum Answer: Sendable, Equatable {
    /// A class, by its number.
    case named(Int)
    /// The more frequent value of each label.
    case labels
    /// The mean of each output.
    case means([Double])
  }

  /// What is always said.
  public var answer: Answer
  /// The accuracy it has, for numbers its mean absolute error.
  public var constant: Double
  /// The same of the network.
  public var network: Double
  /// Whether the network is no better, or by so little that chance may have done it.
  public var isEnough: Bool
  /// Whether the network is no better.
  public var isNoWorse: Bool {
    if case .means = answer { return isEnough }
    return isEnough && network <= constant
  }

  /// Compares an evaluation with a constant answer; `nil` where there is nothing to compare: too few
  /// rows, or targets that are all the same.
  ///
  /// - Parameters:
  ///   - least: how many rows it takes for the comparison to mean something.
  public init?(
    learntFrom training: Examples, measuredOn examples: Examples, _ result: Evaluation,
    atLeast least: Int
  ) {
    guard result.count >= least, result.count == examples.count else { return nil }
    switch (result.form.kind, training.targets, examples.targets) {
    case (.classes, .classes(let learnt), .classes):
      guard let confusion = result.confusion else { return nil }
      self.init(classesLearnt: learnt, confusion)
    case (.labels, .values(let learnt, let width), .values(let values, let other))
    where width == other:
      self.init(labelsLearnt: learnt, values, result, width: width)
    case (.numbers, .values(let learnt, let width), .values(let values, let other))
    where width == other:
      self.init(numbersLearnt: learnt, values, result, width: width)
    default: return nil
    }
  }

  private init?(classesLearnt learnt: [Int32], _ confusion: [[Int]]) {
    var rows = [Int](repeating: 0, count: confusion.count)
    for label in learnt where rows.indices.contains(Int(label)) { rows[Int(label)] += 1 }
    guard let most = rows.max(), let answer = rows.firstIndex(of: most) else { return nil }
    let counts = ClassCounts.of(confusion)
    let count = counts.reduce(0) { $0 + $1.rows }
    guard counts.count(where: { $0.rows > 0 }) > 1 else { return nil }
    self.answer = .named(answer)
    constant = Double(counts[answer].rows) / Double(count)
    network = Double(counts.reduce(0) { $0 + $1.right }) / Double(count)
    isEnough = Self.isReached(network, constant, count) && Self.guesses(counts)
  }

  private init?(labelsLearnt learnt: [Double], _ values: [Double], _ result: Evaluation, width: Int)
  {
    var (right, constantRight, guesses, known) = (0, 0, 0, 0)
    for label in 0..<width {
      func column(_ values: [Double]) -> [Bool] {
        stride(from: label, to: values.count, by: width).map { values[$0] > 0.5 }
      }
      let (before, has) = (column(learnt), column(values))
      let says = stride(from: label, to: values.count, by: width).map {
        result.form.says(result.outputs.elements[$0])
      }
      let answer = 2 * before.count { $0 } > before.count
      right += zip(has, says).count { $0 == $1 }
      constantRight += has.count { $0 == answer }
      // Rows without and with the label, by whether it is said to hold.
      var confusion = [[0, 0], [0, 0]]
      for (has, says) in zip(has, says) { confusion[has ? 1 : 0][says ? 1 : 0] += 1 }
      let counts = ClassCounts.of(confusion)
      guard counts.allSatisfy({ $0.rows > 0 }) else { continue }
      known += 1
      if Self.guesses(counts) { guesses += 1 }
    }
    guard known > 0, !values.isEmpty else { return nil }
    answer = .labels
    constant = Double(constantRight) / Double(values.count)
    network = Double(right) / Double(values.count)
    isEnough = Self.isReached(network, constant, values.count) && guesses == known
  }

  /// So many columns are looked at: pictures as targets have hundreds.
  private static let mostColumns = 64

  private init?(
    numbersLearnt learnt: [Double], _ values: [Double], _ result: Evaluation, width: Int
  ) {
    var means: [Double] = []
    var (own, constant, known, worse) = (0.0, 0.0, 0, 0)
    for column in 0..<min(width, Self.mostColumns) {
      var sum = 0.0
      for place in stride(from: column, to: learnt.count, by: width) {
        sum += learnt[place]
      }
      let mean = sum / Double(max(1, learnt.count / width))
      means.append(mean)
      var squares = (own: 0.0, constant: 0.0)
      var distances = (own: 0.0, constant: 0.0)
      var isVaried = false
      for place in stride(from: column, to: values.count, by: width) {
        let target = values[place]
        isVaried = isVaried || values[place] != values[column]
        let (a, b) = (abs(Double(result.outputs.elements[place]) - target), abs(mean - target))
        squares = (squares.own + a * a, squares.constant + b * b)
        distances = (distances.own + a, distances.constant + b)
      }
      guard isVaried else { continue }
      known += 1
      // Written so that what is no number is worse.
      if !(squares.own < squares.constant), !(distances.own < distances.constant) { worse += 1 }
      own += distances.own / Double(result.count)
      constant += distances.constant / Double(result.count)
    }
    guard known > 0 else { return nil }
    answer = .means(means)
    self.constant = constant / Double(known)
    network = own / Double(known)
    isEnough = worse == known
  }

  /// Whether a share of right answers is within a standard error of the constant answer's.
  private static func isReached(_ share: Double, _ constant: Double, _ count: Int) -> Bool {
    share <= constant + (constant * (1 - constant) / Double(count)).squareRoot()
  }

  /// Whether the classes that occur are found no more often, on average, than by guessing, within a
  /// standard error.
  private static func guesses(_ counts: [ClassCounts]) -> Bool {
    let occurring = counts.filter { $0.rows > 0 }
    let classes = Double(occurring.count)
    let mean = occurring.reduce(0) { $0 + $1.recall } / classes
    let variance = occurring.reduce(0) {
      $0 + (classes - 1) / (classes * classes * Double($1.rows))
    }
    return mean <= 1 / classes + variance.squareRoot() / classes + 1e-9
  }
}
