import NNEngine

/// What the session will look like when a statement runs, as far as it can be known without
/// running: data, layers, loss. Everything may be unknown; what is known is relied on.
struct Forecast {
  enum DataState {
    /// There is none at this point, for certain.
    case absent
    case known(DataFacts)
    case unknown
  }

  /// What is known of data before they are read.
  struct DataFacts {
    var inputShape: Shape?
    /// What a set is known to hold, where it is too large to be read just to look.
    var knownTargets: TargetFacts?
    /// The data themselves, where reading them costs nothing.
    var dataset: Dataset?
    /// Names of all columns, empty where they are not known.
    var columns: [String] = []
    /// Whether chance has drawn rows: a later `seed` comes too late for that.
    var isDrawn = false
    /// Whether there are rows of a kind; `nil` where that is not known.
    var hasTest: Bool?
    var hasValidation: Bool?
    /// What the message about a mismatch marks.
    var range: SourceRange?
    /// `column `digit` holds 10 different values`.
    var label = ""

    /// What is known of the targets.
    var targets: TargetFacts? { dataset.map(\.targetFacts) ?? knownTargets }
  }

  var data = DataState.unknown
  /// The current model's layers; `nil` where they are not known.
  var model: Blueprint?
  /// What all chance comes from; `nil` where only the run knows.
  var seed: UInt64? = 0
  /// Whether the current model has learnt by then: further data are read with its schema, and say
  /// nothing of its shapes.
  var hasLearnt = false
  /// The target columns of that model; `nil` where only the run knows them.
  var learntTarget: [String]?
  /// Losses that were warned of.
  var warnedLosses: Set<SourceRange> = []

  /// A session with nothing in it.
  static var empty: Forecast { Forecast(data: .absent, model: Blueprint()) }

  /// Something may have changed anything.
  mutating func blur() {
    data = .unknown
    model = nil
    seed = nil
  }

  /// A function of the script was called: it may have run commands.
  mutating func blurCall() { blur() }

  /// Weights may have been assigned: shapes stay.
  mutating func forgetWeights() {}

  var facts: DataFacts? { if case .known(let facts) = data { facts } else { nil } }
}

/// A command with its arguments, as far as they are known, for `CommandEntry.foresee`.
struct ForeseenCall {
  let checker: Checker
  /// The member of a family: `dense`.
  let member: Name?
  let places: CallPlaces
  let range: SourceRange
  /// Whether blocks follow the arguments.
  let hasBlocks: Bool

  var word: Name { places.word }
  var binding: Binding { places.binding }

  /// Whether the parameter was given at all.
  func isGiven(_ name: String) -> Bool { places.isGiven(name) }

  /// The value given for a parameter, if it is known.
  func value(_ name: String) -> ParameterValue? { places.value(name) }

  /// The text given for a parameter, if it is known.
  func text(_ name: String) -> String? {
    switch value(name) {
    case .text(let text)?: text
    case .host(let value as Value)?: value.textValue
    default: nil
    }
  }

  /// Where the value of a parameter stands, or the word where it was left out.
  func range(of name: String) -> SourceRange { places.range(of: name) }
}
