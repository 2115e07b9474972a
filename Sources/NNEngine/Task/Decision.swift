/// How targets, last layer and loss belong together: decided once, by the same rules before a run
/// and in it, and followed by whatever trains, measures, predicts and explains.
public struct Decision: Sendable {
  /// How targets that are numbers are scaled for the training.
  public enum Units: Sendable, Equatable {
    /// Not at all: the outputs have ends, or the loss is about the numbers as they are.
    case own
    /// Divided by their deviation: the outputs have an end below.
    case divided
    /// As `normalize` says.
    case normalized
  }

  /// What becomes of the last layer.
  public enum Ending: Sendable, Equatable {
    /// It is the output as it stands.
    case asItIs
    /// It is the output, with the activation that the loss belongs to.
    case activation(String)
    /// An output layer follows.
    case layer(units: Int, activation: String)
  }

  /// What the targets are taken for.
  public var reading: Dataset.Reading
  /// The loss in force.
  public var loss: any Loss
  /// What the outputs say.
  public var answer: Answer
  /// What an only output is above for the second of two classes.
  public var boundary: Double { Double(loss.boundary) }
  /// How the targets are scaled.
  public var units: Units
  /// What becomes of the last layer.
  public var ending: Ending

  /// Decides.
  ///
  /// - Parameters:
  ///   - head: how the network ends.
  ///   - loss: the loss that was chosen, if one was.
  ///   - losses: losses by name, for the one that suits where none was chosen.
  /// - Throws: why they do not fit.
  public init(
    _ targets: TargetFacts, _ head: Head, _ loss: (any Loss)?,
    losses: (String) -> (any Loss)?
  ) throws(Misfit) {
    let rules = EndingRules(targets: targets, head: head, chosen: loss)
    let reading = try rules.reading()
    guard let loss = loss ?? losses(rules.usualLoss(reading)) else {
      throw Misfit("there is no loss for these targets", at: .command, help: [])
    }
    self.loss = loss
    switch reading {
    case .classes(let count):
      self.reading = .classes
      units = .own
      ending = try rules.ending(forClasses: count, under: loss)
    case .numbers:
      self.reading = .values
      (ending, units) = try rules.endingForNumbers(under: loss)
    }
    let width =
      switch ending {
      case .layer(let units, _): units
      case .asItIs, .activation: head.units
      }
    answer = rules.answer(reading, under: loss, ending, width: width)
    if width > 1, (loss as? EquationLoss)?.isPerOutput == true {
      throw Misfit(
        "`\(loss.name)` gives one number for each of \(width) outputs, a loss gives one for a sample",
        at: .loss, "not one number yet",
        help: ["put `sum(…)` or `mean(…)` around what `\(loss.name)` returns"])
    }
  }
}

/// What targets are taken for, with how many classes.
enum DecidedReading: Equatable {
  case classes(Int)
  case numbers
}
