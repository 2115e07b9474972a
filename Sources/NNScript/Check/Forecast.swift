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
    var targets: TargetFacts?
    /// Names of all columns, empty where they are not known.
    var columns: [String] = []
    /// What the message about a mismatch marks.
    var range: SourceRange?
    /// `column `digit` holds 10 different values`.
    var label = ""
  }

  var data = DataState.unknown
  /// The current model's layers; `nil` where they are not known.
  var model: Blueprint?

  /// A session with nothing in it.
  static var empty: Forecast { Forecast(data: .absent, model: Blueprint()) }

  /// Something may have changed anything.
  mutating func blur() {
    data = .unknown
    model = nil
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
  let word: Name
  /// The member of a family: `dense`.
  let member: String?
  let parameters: [ParameterInfo]
  let binding: Binding
  let offers: [Offer]
  let range: SourceRange

  private func place(_ name: String) -> Int? { parameters.firstIndex { $0.name == name } }

  /// Whether the parameter was given at all.
  func isGiven(_ name: String) -> Bool { place(name).map { !binding.offers[$0].isEmpty } ?? false }

  /// The value given for a parameter, if it is known.
  func value(_ name: String) -> ParameterValue? {
    guard let place = place(name), !binding.offers[place].isEmpty else { return nil }
    if case .none = binding.values[place] { return nil }
    return binding.values[place]
  }

  /// Where the value of a parameter stands, or the word where it was left out.
  func range(of name: String) -> SourceRange {
    guard let place = place(name), let offer = binding.offers[place].first else {
      return word.range
    }
    return offers[offer].range
  }
}
