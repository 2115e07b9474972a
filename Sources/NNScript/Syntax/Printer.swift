/// Writes trees as text in one canonical way: reading it again gives the same tree.
///
/// Comments are lost; parentheses stand where they are needed.
public enum Printer {
  /// The text of a whole script, ending in a line end unless empty.
  public static func print(_ tree: SyntaxTree) -> String {
    print(tree.statements)
  }

  /// The text of statements, one a line.
  public static func print(_ statements: [Statement]) -> String {
    statements.map { print($0) + "\n" }.joined()
  }

  /// The text of a statement; further lines, those of blocks, are indented for `level`.
  public static func print(_ statement: Statement, level: Int = 0) -> String {
    switch statement.form {
    case .expression(let value, let isSilenced):
      text(value, level) + (isSilenced ? ";" : "")
    case .let(let name, let value):
      "let \(name.text) = \(text(value, level))"
    case .assign(let target, let operation, let value):
      "\(print(target)) \(operation?.rawValue ?? "")= \(text(value, level))"
    case .if(let branches, let otherwise):
      branches.map { "if \(print($0.condition)) \(print($0.block, level: level))" }
        .joined(separator: " else ")
        + (otherwise.map { " else \(print($0, level: level))" } ?? "")
    case .for(let names, let sequence, let block):
      "for \(names.map(\.text).joined(separator: ", ")) in \(print(sequence)) "
        + print(block, level: level)
    case .while(let condition, let block):
      "while \(print(condition)) \(print(block, level: level))"
    case .define(let definition):
      print(definition, level: level)
    case .return(let value):
      value.map { "return \(text($0, level))" } ?? "return"
    case .break: "break"
    case .continue: "continue"
    case .broken: "# what stood here could not be read"
    }
  }

  /// The text of an expression.
  public static func print(_ expression: Expression) -> String { text(expression, 0) }

  /// Statements between braces, the closing one indented for `level`.
  static func print(_ block: Block, level: Int) -> String {
    if block.statements.isEmpty { return "{}" }
    let indent = String(repeating: "  ", count: level)
    let lines = block.statements.map { "\(indent)  \(print($0, level: level + 1))\n" }
    return "{\n\(lines.joined())\(indent)}"
  }

  private static func print(_ definition: Definition, level: Int) -> String {
    let parameters = definition.parameters.map { parameter in
      parameter.name.text + (parameter.defaultValue.map { "=" + print($0) } ?? "")
    }
    let head = "def \(definition.name.text)(\(parameters.joined(separator: ", ")))"
    switch definition.body {
    case .expression(let value): return "\(head) = \(print(value))"
    case .block(let block): return "\(head) \(print(block, level: level))"
    }
  }

  // MARK: Commands

  private static func print(_ command: Command, level: Int) -> String {
    var parts = [command.word.text]
    for (index, argument) in command.arguments.enumerated() {
      var value = print(argument.value)
      // `1..5 by` would ask for a step.
      if case .name("by") = argument.value.form, argument.name == nil, index > 0 {
        value = "(by)"
      }
      parts.append(argument.name.map { "\($0.text)=\(value)" } ?? value)
    }
    parts += command.blocks.map { print($0, level: level) }
    return parts.joined(separator: " ")
  }

  // MARK: Expressions

  /// How tightly a form holds together; what binds looser needs parentheses inside of it.
  private enum Strength {
    static let conditional = 0
    static let or = 1
    static let and = 2
    static let not = 3
    static let comparison = 4
    static let range = 5
    static let sum = 6
    static let product = 7
    static let unary = 8
    static let power = 9
    static let postfix = 10
  }

  private static func strength(_ expression: Expression) -> Int {
    switch expression.form {
    case .conditional, .command: Strength.conditional
    case .logical(let isAnd, _, _): isAnd ? Strength.and : Strength.or
    case .not: Strength.not
    case .comparison: Strength.comparison
    case .range: Strength.range
    case .binary(let operation, _, _): strength(operation)
    case .negate: Strength.unary
    case .number(let value): value.sign == .minus ? Strength.unary : Strength.postfix
    default: Strength.postfix
    }
  }

  private static func strength(_ operation: BinaryOperator) -> Int {
    switch operation {
    case .add, .subtract: Strength.sum
    case .multiply, .divide, .remainder, .matrixProduct: Strength.product
    case .power: Strength.power
    }
  }

  /// An operand, in parentheses if it binds looser than `minimum`.
  private static func operand(_ expression: Expression, _ minimum: Int) -> String {
    let text = print(expression)
    return strength(expression) < minimum ? "(\(text))" : text
  }

  private static func text(_ expression: Expression, _ level: Int) -> String {
    switch expression.form {
    case .number(let value): return number(value)
    case .text(let parts): return quoted(parts)
    case .truth(let value): return value ? "true" : "false"
    case .none: return "none"
    case .size(let extents): return extents.map(String.init).joined(separator: "x")
    case .name(let name): return name
    case .list(let elements): return "[\(elements.map(print).joined(separator: ", "))]"
    case .range(let from, let to, let step, let isHalfOpen):
      let sign = isHalfOpen ? "..<" : ".."
      let ends = "\(operand(from, Strength.sum))\(sign)\(operand(to, Strength.sum))"
      return ends + (step.map { " by \(operand($0, Strength.sum))" } ?? "")
    case .comprehension(let list):
      let names = list.names.map(\.text).joined(separator: ", ")
      let condition = list.condition.map { " if \(print($0))" } ?? ""
      // A conditional in the source would take the comprehension's own `if` for Python's.
      return "[\(print(list.value)) for \(names) in \(operand(list.source, Strength.or))"
        + "\(condition)]"
    case .record(let fields):
      return
        "{\(fields.map { "\(key($0.name.text)): \(print($0.value))" }.joined(separator: ", "))}"
    case .negate(let value): return "-\(operand(value, Strength.power))"
    case .not(let value): return "not \(operand(value, Strength.not))"
    case .binary(.power, let base, let exponent):
      return "\(operand(base, Strength.postfix))^\(operand(exponent, Strength.unary))"
    case .binary(let operation, let left, let right):
      let own = strength(operation)
      return "\(operand(left, own)) \(operation.rawValue) \(operand(right, own + 1))"
    case .logical(let isAnd, let left, let right):
      let own = isAnd ? Strength.and : Strength.or
      return "\(operand(left, own)) \(isAnd ? "and" : "or") \(operand(right, own + 1))"
    case .comparison(let first, let steps):
      return steps.reduce(operand(first, Strength.range)) { text, step in
        "\(text) \(step.operation.rawValue) \(operand(step.operand, Strength.range))"
      }
    case .conditional(let condition, let then, let otherwise):
      return "if \(print(condition)) then \(print(then)) else \(print(otherwise))"
    case .call(let callee, let arguments):
      let texts = arguments.map { argument in
        (argument.name.map { "\($0.text)=" } ?? "") + print(argument.value)
      }
      return "\(operand(callee, Strength.postfix))(\(texts.joined(separator: ", ")))"
    case .index(let value, let items):
      return "\(operand(value, Strength.postfix))[\(items.map(print).joined(separator: ", "))]"
    case .field(let value, let name):
      return "\(operand(value, Strength.postfix)).\(name.text)"
    case .command(let command): return print(command, level: level)
    case .broken: return "none"
    }
  }

  private static func print(_ item: IndexItem) -> String {
    switch item {
    case .at(let value):
      // `a[1..2]` is a span, `a[(1..2)]` an index that is a list.
      if case .range(_, _, nil, _) = value.form { return "(\(print(value)))" }
      return print(value)
    case .span(let from, let to, let isHalfOpen, _):
      return "\(from.map { operand($0, Strength.sum) } ?? "")\(isHalfOpen ? "..<" : "..")"
        + (to.map { operand($0, Strength.sum) } ?? "")
    }
  }

  // MARK: Literals

  /// The shortest digits that give the same number.
  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 {
      return value.sign == .minus ? "-\(Int(-value))" : String(Int(value))
    }
    return "\(value)"
  }

  private static func key(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let (tokens, _) = Lexer.tokens(of: SourceText(name: "", text: text))
    let isName =
      tokens.count == 2 && tokens[0].kind.isWordLike && tokens[0].end == bytes.count
      && tokens[0].start == 0
    return isName ? text : "\"\(escaped(text))\""
  }

  private static func quoted(_ parts: [TextPart]) -> String {
    let inside = parts.map { part in
      switch part {
      case .literal(let text): escaped(text)
      case .value(let value, let format):
        placeholder(print(value), format)
      }
    }
    return "\"\(inside.joined())\""
  }

  /// A value inside a text; a record's braces keep away from those of the text, which would double.
  private static func placeholder(_ value: String, _ format: TextFormat?) -> String {
    let before = value.hasPrefix("{") ? " " : ""
    let after = value.hasSuffix("}") && format == nil ? " " : ""
    return "{\(before)\(value)\(after)\(format.map { ":\($0.description)" } ?? "")}"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "{": result += "{{"
      case "}": result += "}}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
