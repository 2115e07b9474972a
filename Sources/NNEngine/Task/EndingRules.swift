/// The rules by which a last layer is an output, is followed by one, or can never fit.
struct EndingRules {
  let targets: TargetFacts
  let head: Head
  /// The loss that was chosen; `nil` where the targets and the last layer choose.
  let chosen: (any Loss)?

  // MARK: What the targets mean

  /// What the targets are taken for.
  ///
  /// - Throws: that nothing decides, with the lines that would.
  func reading() throws(Misfit) -> DecidedReading {
    guard case .wholeNumbers(let count) = targets.kind else {
      if case .classes(let count) = targets.kind { return .classes(count) }
      return .numbers
    }
    switch chosen?.reading {
    case .classes: return .classes(count)
    case .numbers where chosen?.need == .any && count > 1:
      // One output a class, from 0 to 1: the classes as ones among zeros.
      return head.role == .probabilities && head.units == count ? .classes(count) : .numbers
    case .numbers: return .numbers
    case .either, nil: break
    }
    switch head.role {
    case .plain where head.units == 1 && chosen == nil: return .numbers
    case .plain where head.units == 1: return count > 2 ? .numbers : .classes(count)
    case .plain where head.units == count: return .classes(count)
    case .probabilities where head.units == 1 || head.units == count || head.range.sumsToOne:
      return .classes(count)
    default: break
    }
    if count <= 2 { return .classes(count) }
    throw Misfit(
      "\(targets.title) holds whole numbers, which can be classes or quantities", at: .targets,
      "\(count) different values",
      help: [
        "for classes write `loss crossentropy`", "for a quantity write `loss mse`",
      ] + (targets.name.map { ["or decide in `data`: `category=\($0)` or `number=\($0)`"] } ?? []))
  }

  /// The loss where none was chosen.
  func usualLoss(_ reading: DecidedReading) -> String {
    guard case .classes(let count) = reading else { return "mse" }
    let isOneProbability =
      head.role == .probabilities && head.units == 1 && !head.range.sumsToOne && count <= 2
    return isOneProbability ? "binary_crossentropy" : "crossentropy"
  }

  // MARK: Classes

  func ending(forClasses count: Int, under loss: any Loss) throws(Misfit) -> Decision.Ending {
    if loss.need == .positive {
      throw Misfit(
        "`\(loss.name)` is for counts, \(targets.title) holds classes", at: .loss,
        "for numbers of 0 and more", help: ["write `loss crossentropy`"])
    }
    if loss.need == .distribution, count < 2 {
      throw Misfit(
        "`\(loss.name)` needs at least two classes, \(targets.title) holds one", at: .loss,
        "needs another class", help: ["give rows of another class too"])
    }
    let output = output(forClasses: count, under: loss)
    let fits = loss.fits(outputs: head.units, classes: count)
    let isAddedTo = head.role == .hidden || isHiddenProbability(count)
    if isAddedTo { return .layer(units: output.units, activation: output.activation) }
    guard fits, !(head.units == 1 && head.range.sumsToOne) else {
      throw size(output, forClasses: count, under: loss)
    }
    try checkFollower()
    if head.role == .plain { return loss.ownActivation.map { .activation($0) } ?? .asItIs }
    guard loss.need.isMet(by: head.range) else {
      throw Misfit(
        "`\(head.activation ?? "")` gives \(head.range.text), "
          + "`\(loss.name)` needs \(loss.need.text)",
        at: .lastLayer, "gives \(head.range.text)",
        help: helpForProbabilities(output, count, under: loss))
    }
    return .asItIs
  }

  /// A sigmoid layer of a size that is no output: it stands inside the network.
  private func isHiddenProbability(_ count: Int) -> Bool {
    head.role == .probabilities && !head.range.sumsToOne && head.units != 1 && head.units != count
  }

  /// The output layer that a loss needs for classes.
  private func output(forClasses count: Int, under loss: any Loss) -> OutputLine {
    switch loss.need {
    case .distribution: OutputLine(count, loss.ownActivation ?? "softmax")
    case .probability: OutputLine(count <= 2 ? 1 : count, loss.ownActivation ?? "sigmoid")
    case .scores: OutputLine(count <= 2 ? 1 : count, "linear")
    case .any, .positive:
      // Classes as numbers 0 and 1: only outputs between them make sense.
      OutputLine(max(count, 1), loss.reading == .either && count > 1 ? "softmax" : "sigmoid")
    }
  }

  private func size(
    _ output: OutputLine, forClasses count: Int, under loss: any Loss
  ) -> Misfit {
    let what = "the labels have \(Self.count(count, "class"))"
    if head.units == 1, head.range.sumsToOne {
      return Misfit(
        "one unit of `\(head.activation ?? "softmax")` is always 1, \(what)", at: .lastLayer,
        "1 value per example",
        help: count <= 2
          ? ["write `layer dense 1 sigmoid` or `layer dense 2 softmax`"]
          : ["write `\(output.line)`"], units: (1, output.units))
    }
    var help = "write `\(output.line)`"
    if head.units == 1, count <= 2, loss.need == .distribution {
      help += ", or keep one unit and write `loss binary_crossentropy`"
    }
    return Misfit(
      "the network ends in \(Self.count(head.units, "value")), \(what)", at: .lastLayer,
      "\(Self.count(head.units, "value")) per example", help: [help],
      units: (head.units, output.units))
  }

  /// For as many sigmoids as classes where shares of one whole are needed.
  private func helpForProbabilities(
    _ output: OutputLine, _ count: Int, under loss: any Loss
  ) -> [String] {
    var help = ["write `\(output.line)`"]
    if loss.need == .distribution, head.units == count {
      help.append(
        "or keep \(count) units of `\(head.activation ?? "")` and write `loss binary_crossentropy`")
    }
    return help
  }

  // MARK: Numbers

  func endingForNumbers(
    under loss: any Loss
  ) throws(Misfit) -> (Decision.Ending, Decision.Units) {
    try checkTargets(under: loss)
    let own = loss.ownActivation ?? "linear"
    let width = targets.width
    let output = OutputLine(width, own)
    let isMet = loss.need.isMet(by: head.range)
    if head.role == .probabilities, head.units == width { try checkFollower() }
    let fits = head.units == width && head.follower != "dropout"
    if head.role == .plain, head.units == width {
      try checkFollower()
      return (own == "linear" ? .asItIs : .activation(own), ownUnits(loss))
    }
    if head.role != .plain, head.range.sumsToOne, loss.need != .distribution {
      throw Misfit(
        "`\(head.activation ?? "softmax")` gives shares of one whole, \(targets.title) "
          + (width == 1 ? "is a number" : "is \(width) numbers"), at: .lastLayer,
        "adds up to 1", help: ["write `\(output.line)`"])
    }
    if fits, isMet { return (.asItIs, try unitsWithin(loss)) }
    let isInside = head.role == .hidden || (head.role == .probabilities && !head.range.sumsToOne)
    if isInside, head.units != width || head.role == .hidden {
      return (.layer(units: width, activation: own), ownUnits(loss))
    }
    if head.units == width {
      throw Misfit(
        "`\(head.activation ?? "")` gives \(head.range.text), "
          + "`\(loss.name)` needs \(loss.need.text)",
        at: .lastLayer, "gives \(head.range.text)", help: ["write `\(output.line)`"])
    }
    throw Misfit(
      "the network ends in \(Self.count(head.units, "value")), the targets have "
        + Self.count(width, "value"),
      at: .lastLayer, "\(Self.count(head.units, "value")) per example",
      help: ["write `\(output.line)`"], units: (head.units, width))
  }

  /// How targets are scaled for the outputs that the loss belongs to.
  private func ownUnits(_ loss: any Loss) -> Decision.Units {
    if !loss.takesScaledTargets { return .own }
    return loss.need == .positive ? .divided : .normalized
  }

  /// How targets are scaled for outputs that have an end, which no target may lie beyond.
  private func unitsWithin(_ loss: any Loss) throws(Misfit) -> Decision.Units {
    let range = head.range
    if range.lowest == -.infinity && range.highest == .infinity {
      return loss.takesScaledTargets ? .normalized : .own
    }
    let isDivided = !range.isBounded && range.highest == .infinity && loss.takesScaledTargets
    let divisor = isDivided ? targets.deviation : 1
    if let found = targets.range,
      let outside = [found.lowerBound, found.upperBound].first(where: { !range.holds($0 / divisor) }
      )
    {
      let help = "write `\(OutputLine(targets.width, loss.ownActivation ?? "linear").line)`"
      throw Misfit(
        "`\(head.activation ?? "")` gives \(range.text), \(targets.title) holds "
          + JSONValue.number(outside).text(), at: .lastLayer, "gives \(range.text)", help: [help])
    }
    return isDivided ? .divided : .own
  }

  /// What a loss says of numbers, whatever the network.
  private func checkTargets(under loss: any Loss) throws(Misfit) {
    if loss.need == .distribution {
      if targets.width == 1 {
        throw Misfit(
          "`\(loss.name)` needs classes, \(targets.title) holds numbers", at: .loss,
          "for classes", help: ["write `loss mse`"])
      }
      if targets.range != nil, !targets.areShares {
        throw Misfit(
          "`\(loss.name)` needs targets that add up to 1 in each row", at: .loss,
          "for shares of one whole",
          help: [
            targets.isBinary
              ? "for labels that can hold together write `loss binary_crossentropy`"
              : "write `loss mse`"
          ])
      }
    }
    if loss.need == .scores, targets.width == 1, targets.kind == .numbers,
      targets.range.map({ $0 != -1...1 && $0 != 0...1 }) ?? false
    {
      throw Misfit(
        "`\(loss.name)` needs classes, \(targets.title) holds numbers", at: .loss, "for classes",
        help: ["write `loss mse`"])
    }
    guard let range = loss.targetRange, let found = targets.range else { return }
    let (lowest, highest) = (Double(range.lowerBound), Double(range.upperBound))
    let outside = [found.lowerBound, found.upperBound].first { !(lowest...highest).contains($0) }
    guard let outside else { return }
    let bounds =
      highest < Double(Float.greatestFiniteMagnitude)
      ? "from \(JSONValue.number(lowest).text()) to \(JSONValue.number(highest).text())"
      : "of \(JSONValue.number(lowest).text()) or more"
    throw Misfit(
      "`\(loss.name)` needs targets \(bounds), \(targets.title) holds "
        + JSONValue.number(outside).text(), at: .loss, "for targets \(bounds)",
      help: ["write `loss mse`"])
  }

  // MARK: Both

  /// An output layer is the last one: what follows would change its numbers.
  private func checkFollower() throws(Misfit) {
    guard let follower = head.follower else { return }
    if follower == "layernorm", head.units == 1 {
      throw Misfit(
        "`layernorm` makes the same number of every row that has only one", at: .lastLayer,
        "1 value per example", help: ["leave out `layer layernorm`"])
    }
    guard follower == "dropout" || head.role == .probabilities else { return }
    throw Misfit(
      "`\(follower)` stands behind the output layer and changes what it gives", at: .lastLayer,
      "changes the outputs", help: ["move `layer \(follower)` above the layer it follows"])
  }

  func answer(
    _ reading: DecidedReading, under loss: any Loss, _ ending: Decision.Ending, width: Int
  ) -> Answer {
    let isShared: Bool
    let isProbability: Bool
    switch ending {
    case .asItIs:
      isShared = head.range.sumsToOne
      isProbability = head.role == .probabilities
    case .activation(let name), .layer(_, let name):
      isShared = name == "softmax"
      isProbability = isShared || name == "sigmoid"
    }
    guard case .classes = reading else {
      if loss.need == .distribution { return .shares }
      let areLabels = loss.reading == .classes && width > 1 && targets.isBinary
      return areLabels ? .labels : .numbers
    }
    if !isProbability { return .scores }
    return isShared || width == 1 ? .probabilities : .likelihoods
  }

  static func count(_ number: Int, _ noun: String) -> String {
    if number == 1 { return "1 \(noun)" }
    return "\(number) \(noun)\(noun.hasSuffix("s") ? "es" : "s")"
  }
}

/// An output layer as the line one would type.
struct OutputLine {
  var units: Int
  var activation: String

  init(_ units: Int, _ activation: String) {
    self.units = units
    self.activation = activation
  }

  var line: String {
    "layer dense \(units)" + (activation == "linear" ? "" : " \(activation)")
  }
}

extension OutputRange {
  /// In words: `0 to 1`.
  var text: String {
    func number(_ value: Double) -> String { JSONValue.number(value).text() }
    if sumsToOne { return "numbers that add up to 1" }
    switch (lowest > -.infinity, highest < .infinity) {
    case (true, true): return "numbers from \(number(lowest)) to \(number(highest))"
    case (true, false):
      return excludesLowest
        ? "numbers above \(number(lowest))" : "no number below \(number(lowest))"
    case (false, true): return "no number above \(number(highest))"
    case (false, false): return "any number"
    }
  }
}

extension OutputNeed {
  /// In words.
  var text: String {
    switch self {
    case .any: "any number"
    case .scores: "scores of either sign"
    case .positive: "numbers above 0"
    case .probability: "numbers from 0 to 1"
    case .distribution: "numbers that add up to 1"
    }
  }
}
