// A tree as one line of text that shows its structure and nothing of places and spelling: two trees
// are the same if their outlines are.

extension SyntaxTree {
  /// The statements' structure, one a line.
  public var outline: String { statements.map(\.outline).joined(separator: "\n") }
}

extension Statement {
  /// The statement's structure: `(let x 2)`.
  public var outline: String {
    switch form {
    case .expression(let value, let isSilenced): value.outline + (isSilenced ? ";" : "")
    case .let(let name, let value): "(let \(name.text) \(value.outline))"
    case .assign(let target, let operation, let value):
      "(\(operation?.rawValue ?? "")= \(target.outline) \(value.outline))"
    case .if(let branches, let otherwise):
      "(if " + branches.map { "\($0.condition.outline) \($0.block.outline)" }.joined(separator: " ")
        + (otherwise.map { " else \($0.outline)" } ?? "") + ")"
    case .for(let names, let sequence, let block):
      "(for \(names.map(\.text).joined(separator: " ")) in \(sequence.outline) \(block.outline))"
    case .while(let condition, let block): "(while \(condition.outline) \(block.outline))"
    case .define(let definition): definition.outline
    case .return(let value): "(return\(value.map { " \($0.outline)" } ?? ""))"
    case .break: "(break)"
    case .continue: "(continue)"
    case .broken: "<broken>"
    }
  }
}

extension Block {
  /// The statements' structure between braces.
  public var outline: String { "{\(statements.map(\.outline).joined(separator: " "))}" }
}

extension Definition {
  /// The function's structure.
  public var outline: String {
    let parameters = parameters.map { parameter in
      parameter.name.text + (parameter.defaultValue.map { "=\($0.outline)" } ?? "")
    }
    let head = "(def \(name.text) (\(parameters.joined(separator: " ")))"
    switch body {
    case .expression(let value): return "\(head) \(value.outline))"
    case .block(let block): return "\(head) \(block.outline))"
    }
  }
}

extension Argument {
  /// The value's structure, with the name if there is one.
  public var outline: String { (name.map { "\($0.text)=" } ?? "") + value.outline }
}

extension Expression {
  /// The expression's structure: `(+ 1 (* 2 x))`.
  public var outline: String {
    switch form {
    case .number(let value): Printer.number(value)
    case .text(let parts): "\"" + parts.map(\.outline).joined() + "\""
    case .truth(let value): value ? "true" : "false"
    case .none: "none"
    case .size(let extents): extents.map(String.init).joined(separator: "x")
    case .name(let name): name
    case .list(let elements): list(elements.map(\.outline))
    case .range(let from, let to, let step, let isHalfOpen):
      "(\(isHalfOpen ? "..<" : "..") \(from.outline) \(to.outline)\(step.map { " by \($0.outline)" } ?? ""))"
    case .comprehension(let list):
      "(each \(list.value.outline) \(list.names.map(\.text).joined(separator: " ")) in "
        + "\(list.source.outline)\(list.condition.map { " if \($0.outline)" } ?? ""))"
    case .record(let fields):
      "{" + fields.map { "\($0.name.text): \($0.value.outline)" }.joined(separator: ", ") + "}"
    case .negate(let value): "(- \(value.outline))"
    case .not(let value): "(not \(value.outline))"
    case .binary(let operation, let left, let right):
      "(\(operation.rawValue) \(left.outline) \(right.outline))"
    case .logical(let isAnd, let left, let right):
      "(\(isAnd ? "and" : "or") \(left.outline) \(right.outline))"
    case .comparison(let first, let steps):
      "(\(first.outline)\(steps.map { " \($0.operation.rawValue) \($0.operand.outline)" }.joined()))"
    case .conditional(let condition, let then, let otherwise):
      "(if \(condition.outline) \(then.outline) \(otherwise.outline))"
    case .call(let callee, let arguments):
      "(call \(([callee.outline] + arguments.map(\.outline)).joined(separator: " ")))"
    case .index(let value, let items):
      "(at \(([value.outline] + items.map(\.outline)).joined(separator: " ")))"
    case .field(let value, let name): "(. \(value.outline) \(name.text))"
    case .command(let command):
      "<"
        + ([command.word.text] + command.arguments.map(\.outline) + command.blocks.map(\.outline))
        .joined(separator: " | ") + ">"
    case .broken: "<?>"
    }
  }

  private func list(_ elements: [String]) -> String { "[\(elements.joined(separator: " "))]" }
}

extension TextPart {
  fileprivate var outline: String {
    switch self {
    case .literal(let text): String(text.debugDescription.dropFirst().dropLast())
    case .value(let value, let format):
      "{\(value.outline)\(format.map { ":\($0.description)" } ?? "")}"
    }
  }
}

extension IndexItem {
  fileprivate var outline: String {
    switch self {
    case .at(let value): value.outline
    case .span(let from, let to, let isHalfOpen, _):
      "\(from?.outline ?? "")\(isHalfOpen ? "..<" : "..")\(to?.outline ?? "")"
    }
  }
}
