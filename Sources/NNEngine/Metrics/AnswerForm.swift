/// What a row of outputs says.
public enum AnswerKind: Sendable, Equatable {
  /// Which of several classes a row has.
  case classes
  /// Which labels a row has: one output each, and any number of them may hold together.
  case labels
  /// Shares of one whole, as the targets are; the greatest counts as the class.
  case shares
  /// Numbers.
  case numbers

  /// What an answer says.
  public init(_ answer: Answer) {
    self =
      switch answer {
      case .probabilities, .likelihoods, .scores: .classes
      case .labels: .labels
      case .shares: .shares
      case .numbers: .numbers
      }
  }

  /// What outputs say: as decided, else by the loss.
  ///
  /// - Parameter hasClasses: whether the targets are class numbers.
  public init(hasClasses: Bool, answer: Answer?, loss: (any Loss)?) {
    if hasClasses {
      self = .classes
    } else if let answer, !answer.isOfClasses {
      self.init(answer)
    } else {
      self =
        switch loss?.need {
        case .probability: .labels
        case .distribution, .scores: .shares
        default: .numbers
        }
    }
  }
}

/// How rows are put into classes, and what figures of classes are about.
public struct Judging: Sendable, Equatable {
  /// How the figures of several classes or labels become one.
  public enum Average: String, CaseIterable, Sendable {
    /// The mean of the classes' figures.
    case macro
    /// The mean weighted by how many rows have each class.
    case weighted
    /// The figure of all decisions put together.
    case micro
  }

  /// The class that figures are about; `nil` for the second of two, and the mean over more.
  public var positive: Int?
  /// What the positive class's probability, or a label's, is above where a row is put into it;
  /// `nil` for a half.
  public var threshold: Double?
  /// What figures are over all classes; `nil` for the usual.
  public var average: Average?

  /// Makes a way of judging; everything may be left out.
  public init(positive: Int? = nil, threshold: Double? = nil, average: Average? = nil) {
    self.positive = positive
    // A half is the rule that holds anyway, ties included.
    self.threshold = threshold == 0.5 ? nil : threshold
    self.average = average
  }
}

/// What a network's outputs say and how they are judged: what metrics, tables of classes and lists
/// of mistakes go by, so that they agree.
public struct AnswerForm: Sendable, Equatable {
  /// What outputs say.
  public var kind: AnswerKind
  /// Outputs in a row.
  public var width: Int
  /// What an only output is above for the second of two classes, and any label's for yes.
  public var boundary: Float
  /// What was asked for besides.
  public var judging: Judging

  /// Makes a form.
  public init(
    _ kind: AnswerKind, width: Int, boundary: Float = 0.5, judging: Judging = Judging()
  ) {
    self.kind = kind
    self.width = width
    self.boundary = boundary
    self.judging = judging
  }

  /// The form of a network's outputs under a loss.
  ///
  /// - Parameter answer: what the outputs say, where that was decided.
  public init(
    hasClasses: Bool, loss: (any Loss)?, answer: Answer?, width: Int, judging: Judging = Judging()
  ) {
    self.init(
      AnswerKind(hasClasses: hasClasses, answer: answer, loss: loss), width: width,
      boundary: loss?.boundary ?? 0.5, judging: judging)
  }

  /// How many classes outputs tell apart: with one output, two.
  public var classCount: Int { width == 1 ? 2 : width }

  /// How many classes, labels or outputs have a figure of their own.
  public var parts: Int { kind == .labels ? width : classCount }

  /// The only class or label that figures are about; `nil` where they are a mean over all.
  public var subject: Int? {
    if judging.average != nil { return nil }
    if kind == .labels { return width == 1 ? 0 : nil }
    return classCount == 2 ? positive : judging.positive
  }

  /// Of two classes the one a threshold is for.
  private var positive: Int { judging.positive ?? 1 }

  /// The class a row of outputs is put into.
  public func decided(_ outputs: UnsafePointer<Float>) -> Int {
    if let threshold = judging.threshold, classCount == 2 {
      return share(outputs, of: positive) > threshold ? positive : 1 - positive
    }
    return decidedClass(outputs, width, boundary)
  }

  /// Whether an output says yes to its label.
  public func says(_ output: Float) -> Bool {
    judging.threshold.map { Double(output) > $0 } ?? (output > boundary)
  }

  /// The probability that outputs give to a class.
  func probability(_ y: UnsafePointer<Float>, of label: Int) -> Double {
    width == 1 ? (label == 1 ? Double(y[0]) : 1 - Double(y[0])) : Double(y[label])
  }

  /// The probability of one of two classes among both, whose outputs need not add up to 1.
  private func share(_ y: UnsafePointer<Float>, of label: Int) -> Double {
    guard width == 2 else { return probability(y, of: label) }
    let sum = Double(y[0]) + Double(y[1])
    return sum > 0 ? Double(y[label]) / sum : Double(y[label])
  }
}

/// The place of the greatest of a row's outputs, or for one output whether it is over the boundary.
func decidedClass(_ outputs: UnsafePointer<Float>, _ width: Int, _ boundary: Float) -> Int {
  if width == 1 { return outputs[0] > boundary ? 1 : 0 }
  var best = 0
  for index in 1..<max(width, 1) where outputs[index] > outputs[best] { best = index }
  return best
}
