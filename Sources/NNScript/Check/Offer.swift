import NNEngine

/// An argument on its way to a parameter: what is known of it, before or during the run.
struct Offer {
  enum Content {
    /// A value: at run time always, before it where it is written out.
    case value(Value)
    /// A bare word that is no variable.
    case word(String)
    /// Something worked out when the script runs.
    case unknown
  }

  /// The option's name, if it was given as `name=value`.
  var name: Name?
  var content: Content
  /// The bare word a variable was written as, tried where its value does not fit.
  var fallbackWord: String?
  /// The range of the value.
  var range: SourceRange

  /// The word it is, where it is one.
  var word: String? {
    switch content {
    case .word(let word): word
    case .value(let value): value.textValue ?? value.functionValue?.name ?? fallbackWord
    case .unknown: nil
    }
  }

  /// The option with its value, for messages about the whole.
  var wholeRange: SourceRange { name.map { $0.range.through(range) } ?? range }
}

/// What came of binding offers to parameters.
struct Binding {
  /// One value a parameter; `none` where it was left out or is not known yet.
  var values: [ParameterValue]
  /// What variadic places were given so far.
  var gathered: [Int: [ParameterValue]] = [:]
  /// The offers each parameter took; several for a variadic one.
  var offers: [[Int]]
  /// Options that a word brought along, with their values: the `slope=0.2` of `leaky_relu`.
  var wordOptions: [(info: ParameterInfo, value: ParameterValue)] = []
  /// Whether every given value is known, so that `values` can be relied on.
  var isKnown = true
}
