import NNEngine

/// Counts where names are introduced or changed in a text, to know which of them stay what they are.
enum Introductions {
  /// All names that are introduced or changed: 1 for those that are introduced once and never changed.
  static func counts(in statements: [Statement]) -> [String: Int] {
    var counts: [String: Int] = [:]
    count(statements, &counts)
    return counts
  }

  private static func count(_ statements: [Statement], _ counts: inout [String: Int]) {
    for statement in statements {
      // What comes of it is of no use once the check is to end.
      if Allowance.isHalted { return }
      switch statement.form {
      case .let(let name, let value):
        counts[name.text, default: 0] += 1
        count(value, &counts)
      case .assign(let target, _, _):
        // A change counts twice: the name is never stable.
        if let root = root(of: target) { counts[root, default: 0] += 2 }
      case .if(let branches, let otherwise):
        for branch in branches { count(branch.block.statements, &counts) }
        if let otherwise { count(otherwise.statements, &counts) }
      case .for(let names, _, let block):
        for name in names { counts[name.text, default: 0] += 1 }
        count(block.statements, &counts)
      case .while(_, let block): count(block.statements, &counts)
      case .define(let definition):
        counts[definition.name.text, default: 0] += 1
        for parameter in definition.parameters { counts[parameter.name.text, default: 0] += 1 }
        if case .block(let block) = definition.body { count(block.statements, &counts) }
      case .expression(let expression, _): count(expression, &counts)
      case .return, .break, .continue, .broken: break
      }
    }
  }

  /// Blocks inside a command may change names too, and options may introduce them.
  private static func count(_ expression: Expression, _ counts: inout [String: Int]) {
    guard case .command(let command) = expression.form else { return }
    for block in command.blocks { count(block.statements, &counts) }
    for argument in command.arguments {
      if let name = argument.name { counts[name.text, default: 0] += 1 }
    }
  }

  private static func root(of target: Expression) -> String? {
    switch target.form {
    case .name(let name): name
    case .index(let base, _), .field(let base, _): root(of: base)
    default: nil
    }
  }
}
