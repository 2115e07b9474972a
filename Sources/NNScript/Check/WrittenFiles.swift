import NNEngine

/// The files a text may write: one that is read later need not be there before the script runs.
struct WrittenFiles {
  /// Paths written out in a `save`, a `to=`, or as checkpoints.
  private(set) var paths: Set<String> = []
  /// Whether a path is known only when the script runs.
  private(set) var hasUnknown = false

  mutating func add(_ statements: [Statement]) {
    for statement in statements {
      // What comes of it is of no use once the check is to end.
      if Allowance.isHalted { return }
      switch statement.form {
      case .let(_, let value), .assign(_, _, let value), .expression(let value, _): add(value)
      case .if(let branches, let otherwise):
        for branch in branches { add(branch.block.statements) }
        if let otherwise { add(otherwise.statements) }
      case .for(_, _, let block), .while(_, let block): add(block.statements)
      case .define(let definition):
        if case .block(let block) = definition.body { add(block.statements) }
      case .return(let value): if let value { add(value) }
      case .break, .continue, .broken: break
      }
    }
  }

  private mutating func add(_ expression: Expression) {
    switch expression.form {
    case .command(let command):
      add(command.word.text, command.arguments)
      for block in command.blocks { add(block.statements) }
    case .call(let callee, let arguments):
      if case .name(let word) = callee.form { add(word, arguments) }
    default: break
    }
  }

  private mutating func add(_ word: String, _ arguments: [Argument]) {
    let options: Set = ["to", "checkpoint", "resume"]
    for argument in arguments
    where argument.name.map({ options.contains($0.text) }) ?? (word == "save") {
      guard case .text(let parts) = argument.value.form else { continue }
      if parts.count == 1, case .literal(let path) = parts[0] {
        paths.insert(path)
      } else {
        hasUnknown = true
      }
    }
  }
}
