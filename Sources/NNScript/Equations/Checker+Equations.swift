import NNEngine

// What can be said of equations before anything runs: a loop or chance in one is told with all
// other mistakes. What depends on values of the run is left to it.

extension Checker {
  /// Reads the functions of the script that are used as equations, once their bodies are known.
  func checkEquations() {
    let context = UncertainContext(self)
    var seen: Set<ObjectIdentifier> = []
    for template in equations where seen.insert(ObjectIdentifier(template)).inserted {
      do {
        _ = try EquationReader.read(
          FunctionBox(.script(template)), context, uniform: OwnFamily.optimizer.live)
      } catch let diagnostic as Diagnostic where diagnostic.code == .notAnEquation {
        // One mistake of the script at a time: its body may have been wrong in other ways.
        let isTold = diagnostics.contains {
          guard $0.severity == .error, let range = $0.primary?.range else { return false }
          return range == diagnostic.primary?.range
            || range.source == template.range.source
              && template.range.start <= range.start && range.end <= template.range.end
        }
        if !isTold { report(diagnostic) }
      } catch {}
    }
  }

  /// The top-level name that lives in a slot.
  fileprivate func symbol(inSlot slot: Int) -> Symbol? {
    scope.symbols.all.lazy.map(\.content).first {
      if case .global(slot) = $0.variable.storage { true } else { false }
    }
  }
}

/// Names as far as the check knows them: definitions and constants.
private final class UncertainContext: EquationContext {
  /// Only the run knows.
  struct Unknown: Error {}

  private let checker: Checker

  init(_ checker: Checker) { self.checker = checker }

  func value(of variable: Variable) throws -> Value {
    guard case .global(let slot) = variable.storage, let symbol = checker.symbol(inSlot: slot)
    else { throw Unknown() }
    if let template = symbol.template { return .function(FunctionBox(.script(template))) }
    guard let constant = symbol.constant else { throw Unknown() }
    return constant
  }

  func equation(of entry: FunctionEntry) throws -> ReadEquation? {
    try entry.equation ?? checker.vocabulary.definitions.equation(of: entry.name)
  }
}
