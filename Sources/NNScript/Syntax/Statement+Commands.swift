extension Sequence where Element == Statement {
  /// The commands among statements and inside their blocks, in the order of the text.
  var commands: [Command] {
    flatMap { statement -> [Command] in
      switch statement.form {
      case .expression(let value, _), .let(_, let value), .assign(_, _, let value):
        guard case .command(let command) = value.form else { return [] }
        return [command] + command.blocks.flatMap(\.statements.commands)
      case .if(let branches, let otherwise):
        return branches.flatMap(\.block.statements.commands)
          + (otherwise?.statements.commands ?? [])
      case .for(_, _, let block), .while(_, let block): return block.statements.commands
      case .define(let definition):
        if case .block(let block) = definition.body { return block.statements.commands }
        return []
      case .return, .break, .continue, .broken: return []
      }
    }
  }
}
