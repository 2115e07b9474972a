import NNEngine

/// What `loss` can be given besides the loss: what changes the learning and not the reports.
struct LossSettings {
  var l1 = 0.0
  var l2 = 0.0
  var smoothing = 0.0
  /// `balanced`, a record of weights by class, or a list of them.
  var classWeights: Value?
  /// Where the weights were given.
  var classWeightsRange: SourceRange?
  /// A function of the script that is added up over all weights.
  var regularizer: (any Penalty)?

  static var spec: Spec<LossSettings> {
    Spec(
      "options", "What every loss can be given.",
      .number(
        "l1", 0...1_000_000, default: 0, option: true,
        "Adds l1 · sum(abs(w)) over all weights (not biases) to the loss."
      ).example("loss crossentropy l1=0.0001"),
      .number(
        "l2", 0...1_000_000, default: 0, option: true,
        "Adds l2 · sum(w^2) over all weights (not biases) to the loss."
      ).example("loss crossentropy l2=0.001"),
      .number(
        "smoothing", 0...1, default: 0, option: true,
        "Label smoothing: the share of each target that is spread evenly over all classes."
      ).example("loss crossentropy smoothing=0.1"),
      .value(
        "class_weights", .either([.choice(["balanced"]), .value]),
        whenAbsent: "every row counts once",
        option: true,
        "The weight of each class: `balanced`, `{cat: 2}`, or a list in the order of the classes."
      ).example("loss crossentropy class_weights=balanced"),
      Parameter<(any Penalty)?>(
        "regularize", .word(family: "penalty"),
        "Your own penalty, `def small(w) = 0.01 * w^2`, summed over all weights.",
        defaultText: "nothing", isPositional: false
      ) { value in
        if case .host(let penalty as any Penalty) = value { penalty } else { nil }
      }.example("def small(w) = 0.01 * w^2\nloss crossentropy regularize=small"),
      example: ""
    ) { l1, l2, smoothing, weights, regularizer in
      var settings = LossSettings(l1: l1, l2: l2, smoothing: smoothing, classWeights: weights)
      settings.regularizer = regularizer
      return settings
    }
  }

  /// What is wrong whatever the data.
  ///
  /// - Parameter range: where an option's value stands.
  /// - Throws: a diagnostic at that option.
  func check(_ loss: any Loss, range: (String) -> SourceRange) throws {
    if smoothing > 0, !loss.takesSmoothing {
      throw Diagnostic(
        .unsupported, "`\(loss.name)` has no probabilities to smooth", at: range("smoothing"),
        "not for this loss", help: ["write `loss crossentropy smoothing=\(number(smoothing))`"])
    }
    for weight in try weights(at: range("class_weights"))
    where !(weight.value >= 0 && weight.value.isFinite) {
      throw Diagnostic(
        .outOfRange, "a class weight is at least 0, not \(number(weight.value))",
        at: range("class_weights"), "out of range")
    }
  }

  /// What the trainer is told, once data say which classes there are; without data all but the class
  /// weights.
  ///
  /// - Throws: a diagnostic where the weights do not fit the classes.
  func learning(for data: Dataset?, at word: SourceRange) throws -> Learning {
    var learning = Learning(smoothing: smoothing)
    if l1 > 0 { learning.penalties.append(L1Penalty(l1)) }
    if l2 > 0 { learning.penalties.append(L2Penalty(l2)) }
    if let regularizer { learning.penalties.append(regularizer) }
    guard let classWeights, let data else { return learning }
    let range = classWeightsRange ?? word
    guard data.reading == .classes else {
      throw Diagnostic(
        .unsupported, "`class_weights` needs classes, the targets are numbers", at: range,
        "no classes to weigh")
    }
    let names = data.preprocessing.classNames
    if classWeights.textValue != nil {
      learning.classWeights = Learning.balancedWeights(rowsOfClasses: data.classCounts)
      return learning
    }
    let given = try weights(at: range)
    learning.classWeights = Array(repeating: 1, count: names.count)
    if classWeights.recordFields == nil, given.count != names.count {
      throw Diagnostic(
        .shapeMismatch,
        "there \(given.count == 1 ? "is" : "are") \(count(given.count, "class weight")) for \(names.count) classes",
        at: range,
        "one for each class", notes: ["classes: " + names.joined(separator: ", ")])
    }
    for (place, weight) in given.enumerated() {
      guard let name = weight.name else {
        learning.classWeights[place] = weight.value
        continue
      }
      guard let index = names.firstIndex(of: name) else {
        throw Diagnostic(
          .unknownName, "there is no class named `\(name)`", at: range, "not a class",
          help: Suggestion.nearest(to: name, among: names).map { ["did you mean `\($0)`?"] }
            ?? ["classes: " + names.joined(separator: ", ")])
      }
      learning.classWeights[index] = weight.value
    }
    return learning
  }

  /// The weights as given, by name or in order; none for `balanced`.
  private func weights(at range: SourceRange) throws -> [(name: String?, value: Double)] {
    guard let classWeights, classWeights.textValue == nil else { return [] }
    let named = classWeights.recordFields?.map { (name: Optional($0.name), value: $0.value) }
    guard let items = named ?? classWeights.listItems?.map({ (name: nil, value: $0) }) else {
      throw wrong(classWeights, range)
    }
    return try items.map { item in
      guard let weight = item.value.numberValue else { throw wrong(item.value, range) }
      return (item.name, weight)
    }
  }

  private func wrong(_ value: Value, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      .wrongType,
      "`class_weights` takes `balanced`, a record or a list of numbers, not \(value.kindName)",
      at: range, "this is \(value.kindName)",
      help: ["write `class_weights=balanced`, `class_weights={cat: 2}` or `class_weights=[1, 2]`"])
  }

  private func number(_ number: Double) -> String { Formatting.text(of: .number(number)) }
}
