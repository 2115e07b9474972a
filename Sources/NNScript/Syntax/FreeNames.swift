extension Expression {
  /// The names that stand in the expression, each once, in order; whether they are free is for the
  /// caller to know.
  var freeNames: [String] {
    var names: [String] = []
    collect(&names)
    return names
  }

  private func collect(_ names: inout [String]) {
    switch form {
    case .name(let name): if !names.contains(name) { names.append(name) }
    case .number, .truth, .none, .size, .broken, .command: break
    case .text(let parts):
      for case .value(let value, _) in parts { value.collect(&names) }
    case .list(let items): for item in items { item.collect(&names) }
    case .range(let from, let to, let step, _):
      for part in [from, to] + (step.map { [$0] } ?? []) { part.collect(&names) }
    case .comprehension(let comprehension):
      comprehension.source.collect(&names)
      comprehension.value.collect(&names)
      comprehension.condition?.collect(&names)
    case .record(let fields): for field in fields { field.value.collect(&names) }
    case .negate(let operand), .not(let operand): operand.collect(&names)
    case .binary(_, let left, let right), .logical(_, let left, let right):
      left.collect(&names)
      right.collect(&names)
    case .comparison(let first, let steps):
      first.collect(&names)
      for step in steps { step.operand.collect(&names) }
    case .conditional(let condition, let then, let otherwise):
      for part in [condition, then, otherwise] { part.collect(&names) }
    case .call(let callee, let arguments):
      callee.collect(&names)
      for argument in arguments { argument.value.collect(&names) }
    case .index(let base, let items):
      base.collect(&names)
      for item in items {
        switch item {
        case .at(let value): value.collect(&names)
        case .span(let from, let to, _, _):
          from?.collect(&names)
          to?.collect(&names)
        }
      }
    case .field(let base, _): base.collect(&names)
    }
  }
}
