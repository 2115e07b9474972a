import NNEngine

@testable import NNScript

// Programs put together by hand, so that the machine is tested without parser and checker.

let nowhere = SourceRange(source: 0, start: 0, end: 0)

/// A range that names a place in a test.
func at(_ start: Int, _ end: Int) -> SourceRange { SourceRange(source: 0, start: start, end: end) }

func node(_ form: Node.Form, _ range: SourceRange = nowhere) -> Node { Node(form, range) }
func number(_ value: Double, _ range: SourceRange = nowhere) -> Node {
  Node(.constant(.number(value)), range)
}
func text(_ value: String) -> Node { node(.constant(.text(value))) }
func get(_ variable: Variable, _ range: SourceRange = nowhere) -> Node {
  Node(.variable(variable), range)
}
func binary(
  _ left: Node, _ operation: BinaryOperator, _ right: Node, _ range: SourceRange = nowhere
) -> Node {
  Node(.binary(operation, left, right), range)
}
func compare(
  _ left: Node, _ operation: ComparisonOperator, _ right: Node, _ range: SourceRange = nowhere
) -> Node {
  Node(.comparison(left, [(operation, right)]), range)
}
func choose(_ condition: Node, _ then: Node, _ otherwise: Node) -> Node {
  node(.conditional(condition: condition, then: then, otherwise: otherwise))
}
func call(_ callee: Node, _ arguments: Node..., range: SourceRange = nowhere) -> Node {
  Node(.call(callee, arguments.map { Node.CallArgument(name: nil, value: $0) }), range)
}
func list(_ nodes: Node...) -> Node { node(.list(nodes)) }

func global(_ slot: Int, _ name: String = "x") -> Variable {
  Variable(name: name, storage: .global(slot), owner: nil)
}

/// A function of the script with local variables as parameters.
func function(
  _ name: String, _ parameters: [String], defaults: [Node?] = [],
  _ body: (FunctionTemplate, [Variable]) -> [Step]
) -> FunctionTemplate {
  let template = FunctionTemplate(name: name, range: nowhere)
  let variables = parameters.map { Variable(name: $0, storage: .local, owner: template) }
  template.parameters = variables.enumerated().map { index, variable in
    FunctionTemplate.Parameter(
      variable: variable, defaultValue: index < defaults.count ? defaults[index] : nil)
  }
  template.body = body(template, variables)
  return template
}

/// A session's place taken: keeps what is shown.
final class TestDelegate: MachineDelegate {
  var shown: [Value] = []
  var stops = false
  unowned(unsafe) var machine: Machine!

  func perform(_ site: CommandSite, _ arguments: [CommandArgument], blocks: [FunctionBox]) throws
    -> Value
  {
    for block in blocks { _ = try machine.call(block, []) }
    return .none
  }
  func show(_ value: Value, at range: SourceRange) throws { shown.append(value) }
  func liveValue(_ name: String) throws -> Value { .none }
  var shouldStop: Bool { stops }
  func facts(of error: any Error) -> ValueError? { nil }
  func call(_ function: FunctionBox, _ arguments: [Value]) throws -> Value {
    try machine.call(function, arguments)
  }
  func drawRandom() -> UInt64 { 4 }
}

/// A machine with its delegate.
struct Bench {
  let delegate = TestDelegate()
  let machine: Machine
  init() {
    machine = Machine(delegate: delegate)
    delegate.machine = machine
  }

  func run(_ steps: [Step], globals: Int = 8) throws {
    try machine.run(Program(steps: steps, globalCount: globals))
  }

  /// The value of one expression.
  func value(_ node: Node) throws -> Value {
    try run([.assign(global(7), node)])
    return machine.global(7)
  }
}
