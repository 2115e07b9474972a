// The closed set of forms a script can have. Words of the vocabulary do not occur here: a command
// is a word with arguments and blocks, whatever the word is.

/// A whole text as parsed, whatever mistakes it holds.
public struct SyntaxTree: Sendable {
  /// The statements in order; what could not be read is a `.broken` statement.
  public var statements: [Statement]
  /// What is wrong with the form of the text.
  public var diagnostics: [Diagnostic]
  /// What is still open at the end of the text, innermost last: the prompt asks for more input.
  /// Empty for a complete text, right or wrong.
  public var open: [OpenForm]
}

/// Something more input could close.
public enum OpenForm: Sendable, Equatable {
  case block, parenthesis, bracket, record, text, interpolation
  /// A trailing `\`, or an operator that asks for a right side.
  case continuation
}

/// A name with its place.
public struct Name: Sendable, Hashable {
  /// The name as it is written.
  public var text: String
  /// Where it stands.
  public var range: SourceRange

  /// Makes one from its parts.
  public init(_ text: String, _ range: SourceRange) {
    self.text = text
    self.range = range
  }
}

/// One statement.
public struct Statement: Sendable {
  /// What it is.
  public enum Form: Sendable {
    /// A command, or an expression standing alone. `isSilenced` tells of a `;` at the line's end.
    case expression(Expression, isSilenced: Bool)
    case `let`(Name, Expression)
    /// `target` is a name, index or field expression; `operation` is set for `+=` and its like.
    case assign(target: Expression, operation: BinaryOperator?, value: Expression)
    /// `else if` is a further branch.
    case `if`([ConditionalBlock], otherwise: Block?)
    /// `for x in xs`, `for i, x in xs`: one or two names.
    case `for`([Name], in: Expression, Block)
    case `while`(Expression, Block)
    case define(Definition)
    case `return`(Expression?)
    case `break`
    case `continue`
    /// Text that could not be read; a diagnostic tells why.
    case broken
  }

  /// What it is.
  public var form: Form
  /// Where it stands.
  public var range: SourceRange

  /// Makes one from its parts.
  public init(_ form: Form, _ range: SourceRange) {
    self.form = form
    self.range = range
  }
}

extension Statement {
  /// The first of the statement's blocks.
  var firstBlock: SourceRange? {
    switch form {
    case .if(let branches, _): branches.first?.block.range
    case .for(_, _, let block), .while(_, let block): block.range
    case .define(let definition):
      if case .block(let block) = definition.body { block.range } else { nil }
    case .expression(let value, _), .let(_, let value), .assign(_, _, let value):
      if case .command(let command) = value.form { command.blocks.first?.range } else { nil }
    default: nil
    }
  }
}

/// A condition with the block it guards.
public struct ConditionalBlock: Sendable {
  /// What decides.
  public var condition: Expression
  /// What is done.
  public var block: Block

  /// Makes one from its parts.
  public init(condition: Expression, block: Block) {
    self.condition = condition
    self.block = block
  }
}

/// Statements between braces, with their own scope.
public struct Block: Sendable {
  /// The statements in order.
  public var statements: [Statement]
  /// With both braces.
  public var range: SourceRange

  /// Makes one from its parts.
  public init(_ statements: [Statement], _ range: SourceRange) {
    self.statements = statements
    self.range = range
  }
}

/// A `def`, in either form.
public struct Definition: Sendable {
  /// What the function does.
  public enum Body: Sendable {
    case expression(Expression)
    case block(Block)
  }

  /// One parameter with its default value.
  public struct Parameter: Sendable {
    /// The name.
    public var name: Name
    /// What holds if no value is given.
    public var defaultValue: Expression?

    /// Makes one from its parts.
    public init(name: Name, defaultValue: Expression?) {
      self.name = name
      self.defaultValue = defaultValue
    }
  }

  /// The name.
  public var name: Name
  /// The parameters in order.
  public var parameters: [Parameter]
  /// What the function does.
  public var body: Body

  /// Makes one from its parts.
  public init(name: Name, parameters: [Parameter], body: Body) {
    self.name = name
    self.parameters = parameters
    self.body = body
  }
}

/// An argument: a plain value, or `name=value`.
public struct Argument: Sendable {
  /// The name.
  public var name: Name?
  /// The value.
  public var value: Expression

  /// Makes one from its parts.
  public init(name: Name?, value: Expression) {
    self.name = name
    self.value = value
  }

  /// Where it stands.
  public var range: SourceRange { name.map { $0.range.through(value.range) } ?? value.range }
}

/// A word with arguments side by side and blocks: `train epochs=10`, `model net { … }`, `stage 32`.
///
/// There is at least one argument or block: a word alone is a `.name`, and only who knows the names
/// can tell the variable from the command (`evaluate`, `let e = evaluate`).
public struct Command: Sendable {
  /// The word the command begins with.
  public var word: Name
  /// The arguments in order.
  public var arguments: [Argument]
  /// The blocks in order.
  public var blocks: [Block]

  /// Makes one from its parts.
  public init(word: Name, arguments: [Argument], blocks: [Block]) {
    self.word = word
    self.arguments = arguments
    self.blocks = blocks
  }
}

/// A value to be worked out.
public struct Expression: Sendable {
  /// What it is.
  public indirect enum Form: Sendable {
    case number(Double)
    /// Literal pieces and interpolations in order.
    case text([TextPart])
    case truth(Bool)
    case none
    /// `28x28x1`.
    case size([Int])
    case name(String)
    case list([Expression])
    /// `from..to by step`.
    case range(from: Expression, to: Expression, step: Expression?, isHalfOpen: Bool)
    case comprehension(Comprehension)
    case record([RecordField])
    case negate(Expression)
    case not(Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// `a and b`, `a or b`.
    case logical(isAnd: Bool, Expression, Expression)
    /// `0 < x < 1`: a first operand, then comparisons in a row, at least one.
    case comparison(Expression, [ComparisonStep])
    case conditional(condition: Expression, then: Expression, otherwise: Expression)
    case call(Expression, [Argument])
    case index(Expression, [IndexItem])
    case field(Expression, Name)
    /// A command whose value is taken: `let e = evaluate on=test`; or one standing alone.
    case command(Command)
    /// Text that could not be read; a diagnostic tells why, nothing more is said about it.
    case broken
  }

  /// What it is.
  public var form: Form
  /// Where it stands.
  public var range: SourceRange
  /// Whether parentheses stand around it: the slips check and the printer ask.
  public var isParenthesized = false

  /// Makes one from its parts.
  public init(_ form: Form, _ range: SourceRange) {
    self.form = form
    self.range = range
  }
}

/// A piece of a text literal.
public enum TextPart: Sendable {
  case literal(String)
  /// `{value:format}`.
  case value(Expression, format: TextFormat?)
}

/// How an interpolated value is written: `:.1f`, `:>8`, `:08.3e`, `:,`.
public struct TextFormat: Sendable, Equatable {
  /// `<`, `>` or `^`; `nil` for the kind's usual side.
  public var alignment: Character?
  /// What fills up to the width.
  public var fill: Character = " "
  /// Whether positive numbers show a `+`.
  public var showsPlus = false
  /// Whether commas group the digits before the point.
  public var groupsThousands = false
  /// At least so many columns.
  public var width = 0
  /// Digits behind the point.
  public var precision: Int?
  /// `f`, `e`, `g`, `d`, `x`, `b`, `%`; `nil` for the kind's usual one.
  public var style: Character?

  /// Makes one from its parts.
  public init() {}
}

/// `[value for names in source if condition]`.
public struct Comprehension: Sendable {
  /// The value.
  public var value: Expression
  /// The names of one round, one or two.
  public var names: [Name]
  /// What is gone through.
  public var source: Expression
  /// What decides.
  public var condition: Expression?

  /// Makes one from its parts.
  public init(value: Expression, names: [Name], source: Expression, condition: Expression?) {
    self.value = value
    self.names = names
    self.source = source
    self.condition = condition
  }
}

/// `name: value` in a record.
public struct RecordField: Sendable {
  /// The name.
  public var name: Name
  /// The value.
  public var value: Expression

  /// Makes one from its parts.
  public init(name: Name, value: Expression) {
    self.name = name
    self.value = value
  }
}

/// One operator of a chain of comparisons with its right side.
public struct ComparisonStep: Sendable {
  /// The operator.
  public var operation: ComparisonOperator
  /// The right side.
  public var operand: Expression

  /// Makes one from its parts.
  public init(_ operation: ComparisonOperator, _ operand: Expression) {
    self.operation = operation
    self.operand = operand
  }
}

/// What stands between commas of an index: `a[i]`, `a[1..2]`, `a[.., 0]`.
public enum IndexItem: Sendable {
  case at(Expression)
  /// An open end is `nil`; both ends are included.
  case span(from: Expression?, to: Expression?, isHalfOpen: Bool, range: SourceRange)
}

/// Arithmetic on two values.
public enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case matrixProduct = "@"
  case power = "^"
}

/// Comparisons; they chain.
public enum ComparisonOperator: String, Sendable, CaseIterable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case isIn = "in"
  case isNotIn = "not in"
}
