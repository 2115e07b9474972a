// What the checker makes of a script: every name resolved, every command bound to an entry. The
// compiler turns it into instructions; what was not checked cannot be run.

import NNEngine

/// A checked text, ready to be compiled.
struct Program {
  /// One statement of the text and the steps it became.
  struct Part {
    var statement: Statement
    var steps: Range<Int>
  }

  /// The top level in order.
  var steps: [Step]
  /// The statements in order, those of included texts with the `include`.
  var parts: [Part] = []
  /// Which of the session's texts it is.
  var source = 0
  /// How many global slots the session needs from now on.
  var globalCount: Int
  /// The names of the top level that the text introduces.
  var introduced: Set<String> = []
}

/// A variable of the script, resolved: all uses of one name in one scope share the object.
final class Variable {
  enum Storage {
    /// Lives in the session, in this slot, from run to run.
    case global(Int)
    /// Lives in a call of the function it was declared in.
    case local
  }

  let name: String
  let storage: Storage
  /// The function it belongs to, which holds it in turn; `nil` at top level. Blocks do not matter here.
  private let owner: ObjectIdentifier?
  /// Whether a function inside its own function uses it: it then lives in a box they share.
  var isCaptured = false

  init(name: String, storage: Storage, owner: FunctionTemplate?) {
    self.name = name
    self.storage = storage
    self.owner = owner.map(ObjectIdentifier.init)
  }

  /// Whether it belongs to no function.
  var isAtTopLevel: Bool { owner == nil }

  /// Whether it belongs to a function, or to none for `nil`.
  func belongs(to function: FunctionTemplate?) -> Bool {
    owner == function.map(ObjectIdentifier.init)
  }
}

/// A function of the script as written: a `def`, a formula given to an option, or a command's block.
final class FunctionTemplate {
  struct Parameter {
    var variable: Variable
    /// Worked out at each call that leaves the argument out, in the function's own scope.
    var defaultValue: Node?
  }

  /// What the function is called in messages and as text; empty for blocks.
  let name: String
  /// Set once the header has been read.
  var parameters: [Parameter] = []
  /// Set once the body has been checked, which may be after calls to it have been.
  var body: [Step] = []
  /// What its `state` line says each weight keeps, with the value to begin with.
  var states: [(variable: Variable, start: Node)] = []
  /// The variable around it that it alone is ever in.
  var ownName: Variable?
  /// The source of the definition, for printing it.
  let range: SourceRange
  /// Whether it was written in one of the forms that are a single expression.
  var isExpression = false
  /// The definition as parsed: a formula is differentiated and printed from it.
  var definition: Definition?
  /// The instructions, once the text around it has been compiled.
  var code: Code?

  init(name: String, range: SourceRange) {
    self.name = name
    self.range = range
  }
}

/// One statement, resolved.
indirect enum Step {
  /// Work out and drop.
  case evaluate(Node)
  /// Work out and hand to the host to show: a command's result, a bare value at the prompt.
  case show(Node)
  /// A new name or a plain assignment.
  case assign(Variable, Node)
  /// `x += value`; the range is that of the operator's statement.
  case update(Variable, BinaryOperator, Node, SourceRange)
  /// `a[i] = value`, `r.f += value`, `model.dense1.weights[0, 1] = value`.
  case assignPlace(Place, operation: BinaryOperator?, Node, SourceRange)
  case branch([Branch], otherwise: [Step])
  case whileLoop(condition: Node, body: [Step])
  /// Over a list, tensor (first axis), text or record; `index` counts along from 0.
  case forEach(Variable, index: Variable?, source: Node, body: [Step])
  /// Over a range that was written as one, without making a list.
  case forRange(
    Variable, index: Variable?, from: Node, to: Node, step: Node?, isHalfOpen: Bool, body: [Step],
    SourceRange)
  case define(Variable, FunctionTemplate)
  case `return`(Node?)
  case `break`
  case `continue`

  struct Branch {
    var condition: Node
    var body: [Step]
  }
}

/// Something assignable that is not a plain variable.
struct Place {
  enum Root {
    case variable(Variable)
    /// `model`, `data` or a model's name.
    case live(String)
  }

  enum Access {
    case index([Node.Item])
    case field(String)
  }

  var root: Root
  /// At least one, outermost first, with the range up to and including each.
  var path: [(access: Access, range: SourceRange)]
}

/// One value to be worked out, resolved.
struct Node {
  indirect enum Form {
    case constant(Value)
    case variable(Variable)
    /// A name that stands for something of the session: `model`, `data`, a model's name.
    case live(String)
    case text([Piece])
    case list([Node])
    case record([(name: String, value: Node)])
    case range(from: Node, to: Node, step: Node?, isHalfOpen: Bool)
    case comprehension(
      value: Node, variable: Variable, index: Variable?, source: Node, condition: Node?)
    case negate(Node)
    case not(Node)
    case binary(BinaryOperator, Node, Node)
    case logical(isAnd: Bool, Node, Node)
    case comparison(Node, [(operation: ComparisonOperator, operand: Node)])
    /// Element by element where the condition is a list or tensor.
    case conditional(condition: Node, then: Node, otherwise: Node)
    /// A call of a value: a script's function, or a function held in a variable.
    case call(Node, [CallArgument])
    /// A call of a function of the vocabulary, arguments in the order of its parameters;
    /// `nil` where one was left out.
    case builtin(FunctionEntry, [Node?])
    case index(Node, [Item])
    case field(Node, String)
    case command(CommandSite)
    /// A formula or a block: a function of its own, closing over what is around it.
    case closure(FunctionTemplate)
  }

  enum Piece {
    case literal(String)
    case value(Node, format: TextFormat?)
  }

  enum Item {
    case at(Node)
    case span(from: Node?, to: Node?, isHalfOpen: Bool)
  }

  struct CallArgument {
    var name: Name?
    var value: Node
  }

  var form: Form
  var range: SourceRange

  init(_ form: Form, _ range: SourceRange) {
    self.form = form
    self.range = range
  }
}

/// One place in a script where a command of the vocabulary is run.
final class CommandSite {
  /// An argument as written and what it became.
  struct Argument {
    /// The option's name, if it was given as `name=value`.
    var name: Name?
    var value: Meaning
    var range: SourceRange
    /// The bare word it was written as, should the variable's value not fit the place.
    var fallbackWord: String?

    enum Meaning {
      /// Worked out at each run.
      case node(Node)
      /// A bare word that is no variable: a choice, a column, a truth option.
      case word(String)
      /// A condition: the truth, and both sides to show when it fails (as many as it has).
      case condition(Node, sides: [Node], operation: String?)
    }
  }

  let entry: CommandEntry
  /// The command's word.
  let word: Name
  let arguments: [Argument]
  /// Blocks given to the command, each a function without parameters (or with those the command defines).
  let blocks: [FunctionTemplate]
  let range: SourceRange
  /// Whether what the command gives is used: then it must give something.
  var isValueTaken = true
  /// The bound arguments, once they are known to be the same at each run.
  var settledCall: BoundCall?

  /// Whether nothing but words and constants is given: every run binds the same.
  var isWrittenOut: Bool {
    arguments.allSatisfy { argument in
      switch argument.value {
      case .word: true
      case .node(let node): if case .constant = node.form { true } else { false }
      case .condition: false
      }
    }
  }

  init(
    entry: CommandEntry, word: Name, arguments: [Argument], blocks: [FunctionTemplate],
    range: SourceRange
  ) {
    self.entry = entry
    self.word = word
    self.arguments = arguments
    self.blocks = blocks
    self.range = range
  }
}
