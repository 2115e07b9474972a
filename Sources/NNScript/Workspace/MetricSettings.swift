import NNEngine

/// What `metric` and `evaluate` can be given besides: which class figures are about, and how rows
/// are put into classes.
struct MetricSettings {
  /// An option with the place where it was given.
  struct Given<Value: Equatable>: Equatable {
    var value: Value
    var range: SourceRange?

    /// Where it stands plays no part.
    static func == (a: Self, b: Self) -> Bool { a.value == b.value }
  }

  /// The name of the class that figures are about.
  var positive: Given<String>?
  /// What the positive class's probability is above where a row is put into it.
  var threshold: Given<Double>?
  /// How the figures of several classes become one.
  var average: Given<Judging.Average>?

  /// The options as a command offers them.
  static var positiveOption: Parameter<Value?> {
    .value(
      "positive", .either([.name, .value]),
      whenAbsent: "of two classes the second, of more all of them",
      option: true,
      "The positive class for precision, recall, F1, AUC and `threshold`."
    )
  }
  static var thresholdOption: Parameter<Double?> {
    .optionalNumber(
      "threshold", 0...1, whenAbsent: "0.5",
      "For two classes, and for labels that may hold together: the probability above which a row "
        + "is put into the positive class."
    )
  }
  static var averageOption: Parameter<String> {
    .choice(
      "average", Judging.Average.allCases.map(\.rawValue),
      default: "none for two classes, macro for more",
      option: true,
      "How the figures of all classes become one: their mean, the mean weighted by rows, or the "
        + "figure of all decisions put together."
    )
  }

  init() {}

  /// - Parameter range: where an option's value stands.
  init(
    positive: Value?, threshold: Double?, average: String, range: (String) -> SourceRange
  ) {
    self.positive = positive.map { Given(value: Self.name($0), range: range("positive")) }
    self.threshold = threshold.map { Given(value: $0, range: range("threshold")) }
    self.average = Judging.Average(rawValue: average).map {
      Given(value: $0, range: range("average"))
    }
  }

  /// A class as its name: `1` for the number.
  private static func name(_ value: Value) -> String {
    value.textValue ?? Formatting.text(of: value)
  }

  /// The same with what another says instead.
  func overridden(by other: MetricSettings) -> MetricSettings {
    var result = self
    result.positive = other.positive ?? positive
    result.threshold = other.threshold ?? threshold
    result.average = other.average ?? average
    return result
  }

  /// Whether both say the same.
  func isSame(as other: MetricSettings) -> Bool {
    positive == other.positive && threshold == other.threshold && average == other.average
  }

  /// The line that chooses some metrics with these options.
  func line(_ metrics: [any Metric]) -> Declaration {
    let names = metrics.map { Expression(.word($0.name), .nowhere) }
    let options: [(String, Expression.Form?)] = [
      ("positive", positive.map { .word($0.value) }),
      ("threshold", threshold.map { .number($0.value) }),
      ("average", average.map { .word($0.value.rawValue) }),
    ]
    return Declaration(
      word: "metric",
      settings: [.init(name: "metrics", value: .list(names), place: .sideBySide)]
        + options.compactMap { name, value in value.map { .init(name: name, value: $0) } })
  }

  /// What the engine is told, once data and loss are known.
  ///
  /// - Throws: a diagnostic for an option that means nothing here.
  func judging(for data: Dataset, _ loss: any Loss, at word: SourceRange) throws -> Judging {
    let kind = data.answerKind(under: loss)
    let names = data.preprocessing.classNames
    try checkThreshold(kind, names, data, loss, word)
    if kind == .numbers {
      for (option, range) in [("positive", positive?.range), ("average", average?.range)]
      where option == "positive" ? positive != nil : average != nil {
        throw Diagnostic(
          .unsupported, "`\(option)` is for classes, the targets are numbers", at: range ?? word,
          "no classes", help: ["leave `\(option)` out"])
      }
    }
    return Judging(
      positive: try positive.map { try place(of: $0, names, kind, word) },
      threshold: threshold?.value, average: average?.value)
  }

  private func checkThreshold(
    _ kind: AnswerKind, _ names: [String], _ data: Dataset, _ loss: any Loss, _ word: SourceRange
  ) throws {
    guard let threshold else { return }
    let target = data.preprocessing.targetNames.first.map { "`\($0)`" } ?? "the target"
    let (problem, label): (String, String)
    switch kind {
    case .labels: return
    case .classes where names.count <= 2 && !data.preprocessing.givesScores: return
    case .classes where names.count <= 2:
      throw Diagnostic(
        .unsupported,
        "`threshold` is for probabilities, the outputs under `\(loss.name)` are scores",
        at: threshold.range ?? word, "no probability to compare",
        help: ["write `loss binary_crossentropy`"])
    case .classes:
      (problem, label) = ("\(target) has \(names.count)", "which of them is likeliest decides")
    case .shares: (problem, label) = ("the targets are shares", "the greatest decides")
    case .numbers: (problem, label) = ("the targets are numbers", "no classes")
    }
    throw Diagnostic(
      .unsupported, "`threshold` is for two classes, \(problem)", at: threshold.range ?? word,
      label, help: ["leave `threshold` out"])
  }

  private func place(
    of positive: Given<String>, _ names: [String], _ kind: AnswerKind, _ word: SourceRange
  ) throws -> Int {
    let range = positive.range ?? word
    guard kind == .classes else {
      throw Diagnostic(
        .unsupported, "`positive` names one of several classes, and here all outputs may hold",
        at: range, "no class", help: ["leave `positive` out"])
    }
    guard let place = names.firstIndex(of: positive.value) else {
      throw Diagnostic(
        .unknownName, "there is no class named `\(positive.value)`", at: range, "not a class",
        help: Suggestion.nearest(to: positive.value, among: names).map { ["did you mean `\($0)`?"] }
          ?? ["classes: " + Self.shortened(names)])
    }
    if let average, names.count > 2 {
      throw Diagnostic(
        .extraValue,
        "`average=\(average.value.rawValue)` is over all classes, `positive` picks one of "
          + "\(names.count)", at: range, "leave this out, or `average`")
    }
    return place
  }

  private static func shortened(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
  }
}
