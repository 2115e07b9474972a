/// Values typed outside a script: on a command line, in a file.
enum Literal {
  /// The value of a text that is one literal: a number, truth, size, text or list of such.
  static func value(of text: String) -> Value? {
    let tree = parse(SourceText(name: "<value>", text: "let value = " + text), source: 0)
    guard tree.diagnostics.isEmpty, tree.open.isEmpty, tree.statements.count == 1,
      case .let(_, let expression) = tree.statements[0].form
    else { return nil }
    return value(of: expression)
  }

  private static func value(of expression: Expression) -> Value? {
    switch expression.form {
    case .number(let number): return .number(number)
    case .negate(let operand):
      guard case .number(let number)? = value(of: operand) else { return nil }
      return .number(-number)
    case .truth(let truth): return .truth(truth)
    case .none: return Value.none
    case .size(let sizes): return .list(sizes.map { .number(Double($0)) })
    case .text(let parts):
      var text = ""
      for part in parts {
        guard case .literal(let piece) = part else { return nil }
        text += piece
      }
      return .text(text)
    case .list(let items):
      var values: [Value] = []
      for item in items {
        guard let value = value(of: item) else { return nil }
        values.append(value)
      }
      return .list(values)
    default: return nil
    }
  }
}
