import NNEngine

// What equations ask of a session.

extension Session: EquationContext {
  func value(of variable: Variable) throws -> Value {
    guard case .global(let slot) = variable.storage else { return .none }
    return machine.global(slot)
  }

  func equation(of entry: FunctionEntry) throws -> ReadEquation? {
    try entry.equation ?? vocabulary.definitions.equation(of: entry.name)
  }

  /// What a loss computes, with its settings put in; `nil` for one without a formula.
  func formula(of loss: any Loss) throws -> Formula? {
    if let own = loss as? any Defined { return own.equation.formula }
    return try vocabulary.definitions.equation(of: loss.name)?.setting(loss.settings)
  }
}
