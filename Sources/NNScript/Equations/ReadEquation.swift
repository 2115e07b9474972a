import NNEngine

/// A function of the script read as a formula: its parameters, what it keeps between steps, and
/// what it gives.
struct ReadEquation {
  struct Parameter {
    var name: String
    /// The value where none is given; `nil` for what the use gives.
    var defaultValue: Double?
  }

  /// A number that an optimiser keeps for each weight.
  struct State {
    var name: String
    var start: Double
  }

  var name: String
  /// Parameter `i` is variable `i` of the formula; the state follows.
  var parameters: [Parameter]
  var states: [State] = []
  /// Its results: the value, then the new state.
  var formula: Formula

  /// The parameters a use has to give.
  var required: [Parameter] { parameters.filter { $0.defaultValue == nil } }

  /// The formula with settings put in.
  func setting(_ given: [String: Double], except kept: Set<String> = []) -> Formula {
    var values: [Int: Double] = [:]
    for (index, parameter) in parameters.enumerated() where !kept.contains(parameter.name) {
      values[index] = given[parameter.name] ?? parameter.defaultValue
    }
    return formula.setting(values)
  }
}

extension SourceRange {
  /// As one number, for the engine to carry along: it knows no texts.
  var packed: Int {
    (source & 0xFFFF) << 46 | min(start, 0x3FFFFFF) << 20 | min(max(end - start, 0), 0xFFFFF)
  }

  /// What `packed` gave.
  init(packed: Int) {
    let start = packed >> 20 & 0x3FFFFFF
    self.init(source: packed >> 46, start: start, end: start + packed & 0xFFFFF)
  }
}

/// What reading an equation asks of the session.
protocol EquationContext: AnyObject {
  /// The value of a variable outside the equation, as it is now.
  ///
  /// - Throws: where only the run knows.
  func value(of variable: Variable) throws -> Value
  /// The definition of a function of the vocabulary as a formula, if it has one.
  func equation(of entry: FunctionEntry) throws -> ReadEquation?
}
