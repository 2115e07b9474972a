/// One thing that can be wrong with a network, its data or its training, and how it is seen.
///
/// A new check is one file with its entry, and one line in `all`.
struct Check {
  /// What findings call it: `dead units`.
  let name: String
  /// One sentence for help.
  let summary: String
  /// Checks whose findings follow from this one's: told apart from their cause they would send a
  /// reader the wrong way.
  var explains: [String] = []
  let find: (Patient) throws -> [Finding]

  /// All checks, causes before what they cause.
  static var all: [Check] {
    [
      .constantInputs, .constantTargets, .unscaledInputs, .contradictoryRows, .silencedClass,
      .classImbalance, .strongSmoothing, .strongPenalty, .endlessLoss, .linearLayers,
      .probabilitiesInside, .strongDropout, .rateTooHigh, .explodingGradients, .symmetricUnits,
      .narrowLayer, .deadUnits, .saturation, .constantLayer, .noHiddenLayer, .vanishingGradients,
      .tightLimits, .steepSchedule, .tooFewSteps, .rateTooLow, .overfitting, .noBetterThanConstant,
    ]
  }

  /// Those that tell before any training that the loss can hardly fall, whatever the rate.
  static var blockingAnyRate: [Check] {
    [
      .constantInputs, .constantTargets, .strongSmoothing, .strongPenalty, .strongDropout,
      .explodingGradients, .symmetricUnits, .deadUnits, .saturation, .constantLayer,
      .vanishingGradients,
    ]
  }

  /// What is wrong, without what follows from something else that is.
  static func findings(in patient: Patient, by checks: [Check] = all) throws -> [Finding] {
    var findings: [Finding] = []
    var explained: Set<String> = []
    for check in checks where !explained.contains(check.name) {
      let found = try check.find(patient)
      if !found.isEmpty { explained.formUnion(check.explains) }
      findings += found
    }
    return findings
  }
}

/// Something that is wrong, with the number that shows it and a line that helps.
struct Finding {
  var check: String
  /// The layer, where it is one's.
  var layer: String?
  /// The measured number, in the check's own unit.
  var number: Double
  /// One sentence: what was seen and why it hurts.
  var reason: String
  /// What to type.
  var line: String

  var value: Value {
    .record([
      ("check", .text(check)), ("layer", layer.map { .text($0) } ?? .none),
      ("number", .number(number)), ("reason", .text(reason)), ("line", .text(line)),
    ])
  }
}
