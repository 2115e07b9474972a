import NNEngine

extension Compiler {
  // MARK: Operands

  /// The register a value stands in: the variable's own where there is one, else a new one.
  ///
  /// - Parameter later: what is worked out after it. A variable that it might change is copied.
  func operand(_ node: Node, before later: Node? = nil) throws -> Int {
    if case .variable(let variable) = node.form, case .register(let register) = home(variable) {
      guard let later, case .global = variable.storage, mayRun(later) else { return register }
    }
    if case .call = node.form {
      // A call leaves its result where its arguments began.
      return try call(node)
    }
    let register = claim()
    try value(node, into: register)
    return register
  }

  /// Whether `operand` made the register for this value alone.
  func isTemporary(_ register: Int, _ node: Node) -> Bool {
    if case .variable = node.form { false } else { true }
  }

  /// Whether the value is written by its last instruction, so that the target may be read before
  /// and keeps its old value after a fault.
  func writesLast(_ node: Node) -> Bool {
    switch node.form {
    case .constant, .variable, .live, .text, .list, .record, .range, .negate, .not, .binary,
      .builtin, .index, .field, .command, .closure:
      true
    case .comparison(_, let steps): steps.count == 1
    case .comprehension, .logical, .conditional, .call: false
    }
  }

  /// Whether working it out may run functions or commands, which may change variables.
  func mayRun(_ node: Node) -> Bool {
    switch node.form {
    case .constant, .variable, .live, .closure: false
    case .call, .command: true
    case .text(let pieces):
      pieces.contains { if case .value(let node, _) = $0 { mayRun(node) } else { false } }
    case .list(let nodes): nodes.contains(where: mayRun)
    case .record(let fields): fields.contains { mayRun($0.value) }
    case .range(let from, let to, let step, _):
      mayRun(from) || mayRun(to) || step.map(mayRun) ?? false
    case .comprehension(let value, _, _, let source, let condition):
      mayRun(value) || mayRun(source) || condition.map(mayRun) ?? false
    case .negate(let node), .not(let node), .field(let node, _): mayRun(node)
    case .binary(_, let left, let right), .logical(_, let left, let right):
      mayRun(left) || mayRun(right)
    case .comparison(let first, let steps):
      mayRun(first) || steps.contains { mayRun($0.operand) }
    case .conditional(let condition, let then, let otherwise):
      mayRun(condition) || mayRun(then) || mayRun(otherwise)
    case .builtin(let entry, let arguments):
      entry.callsBack || arguments.contains { $0.map(mayRun) ?? false }
    case .index(let node, let items):
      mayRun(node)
        || items.contains {
          switch $0 {
          case .at(let node): mayRun(node)
          case .span(let from, let to, _): from.map(mayRun) ?? false || to.map(mayRun) ?? false
          }
        }
    }
  }

  /// What a value is if nothing needs to run for it.
  private func folded(_ node: Node) -> Value? {
    switch node.form {
    case .constant(let value): return value
    case .negate(let inner):
      guard case .number(let number)? = folded(inner) else { return nil }
      return .number(-number)
    case .binary(let operation, let left, let right):
      guard let left = folded(left), let right = folded(right), case .number = left,
        case .number = right
      else { return nil }
      // What would be a fault stays in the code, to be one where it is reached.
      return try? Operators.binary(operation, left, right)
    case .list(let nodes):
      var items: [Value] = []
      for node in nodes {
        guard let item = folded(node), item.depth < ListBox.depthLimit else { return nil }
        items.append(item)
      }
      let list = Value.list(items)
      // What is too much is told where it is reached.
      return list.weight <= Operators.countLimit ? list : nil
    default: return nil
    }
  }

  private func number(_ node: Node) -> Double? {
    if case .number(let number)? = folded(node) { number } else { nil }
  }

  // MARK: Values

  /// Works a value out into a register. Unless it is written last, the register must not be one
  /// that a variable lives in.
  func value(_ node: Node, into target: Int) throws {
    try Allowance.proceed()
    if let value = folded(node) { return load(value, into: target, node.range) }
    try scratch {
      switch node.form {
      case .constant(let value): load(value, into: target, node.range)
      case .variable(let variable): read(variable, into: target, node.range)
      case .live(let name):
        emit(Instruction(.getLive, a: target, c: constant(.text(name))), node.range)
      case .text(let pieces): try text(pieces, .makeText, into: target, node.range)
      case .list(let nodes): try list(nodes, into: target, node.range)
      case .record(let fields):
        let first = nextRegister
        for (_, node) in fields { try value(node, into: claim()) }
        let names = site(.names(fields.map(\.name)))
        emit(
          Instruction(.makeRecord, a: target, b: first, c: fields.count, d: names), node.range)
      case .range(let from, let to, let step, let isHalfOpen):
        let first = claim()
        try value(from, into: first)
        try value(to, into: claim())
        if let step { try value(step, into: claim()) }
        emit(
          Instruction(
            .makeRange, a: target, b: first, c: (step == nil ? 0 : 1) + (isHalfOpen ? 2 : 0)),
          node.range,
          operands: [from.range, to.range] + (step.map { [$0.range] } ?? []))
      case .comprehension(let value, let variable, let index, let source, let condition):
        try comprehension(value, variable, index, source, condition, into: target, node.range)
      case .negate(let inner):
        let register = try operand(inner)
        emit(Instruction(.negate, a: target, b: register), node.range, operands: [inner.range])
      case .not(let inner):
        let register = try operand(inner)
        emit(Instruction(.not, a: target, b: register), node.range, operands: [inner.range])
      case .binary(let operation, let left, let right):
        try binary(operation, left, right, into: target, node.range)
      case .logical(let isAnd, let left, let right):
        try logical(isAnd, left, right, into: target, node.range)
      case .comparison(let first, let steps):
        try comparison(first, steps, into: target, node.range)
      case .conditional(let condition, let then, let otherwise):
        try conditional(condition, then, otherwise, into: target)
      case .call:
        let register = try call(node)
        emit(Instruction(.move, a: target, b: register), node.range)
      case .builtin(let entry, let arguments):
        try builtin(entry, arguments, into: target, node.range)
      case .index(let base, let items): try index(base, items, into: target, node.range)
      case .field(let base, let name):
        let register = try operand(base)
        emit(
          Instruction(.getField, a: target, b: register, c: constant(.text(name))), node.range,
          operands: [base.range])
      case .command(let site): try command(site, into: target)
      case .closure(let template):
        let site = try functionSite(template)
        emit(Instruction(.makeFunction, a: target, d: site), node.range)
      }
    }
  }

  private func load(_ value: Value, into target: Int, _ range: SourceRange) {
    if case .number(let number) = value {
      emit(Instruction(.loadNumber, a: target, number: number), range)
    } else {
      emit(Instruction(.loadConstant, a: target, c: constant(value)), range)
    }
  }

  private func read(_ variable: Variable, into target: Int, _ range: SourceRange) {
    switch home(variable) {
    case .register(let register):
      if register != target { emit(Instruction(.copy, a: target, b: register), range) }
    case .global(let slot): emit(Instruction(.getGlobal, a: target, b: slot), range)
    case .cell(let register): emit(Instruction(.getCell, a: target, b: register), range)
    case .capture(let index): emit(Instruction(.getCapture, a: target, b: index), range)
    }
  }

  /// Makes a text of pieces, or adds it to the one in the register.
  func text(
    _ pieces: [Node.Piece], _ opcode: Opcode, into target: Int, _ range: SourceRange
  ) throws {
    let first = nextRegister
    var operands: [SourceRange] = []
    for case .value(let node, _) in pieces {
      try value(node, into: claim())
      operands.append(node.range)
    }
    texts.append(TextSite(pieces))
    emit(
      Instruction(opcode, a: target, b: first, d: texts.count - 1), range, operands: operands)
  }

  private func list(_ nodes: [Node], into target: Int, _ range: SourceRange) throws {
    // A long list is made in a few registers: one for the list, one for the next item.
    let atOnce = 64
    if nodes.count <= atOnce {
      let first = nextRegister
      for node in nodes { try value(node, into: claim()) }
      emit(Instruction(.makeList, a: target, b: first, c: nodes.count), range)
      return
    }
    let list = claim()
    let item = claim()
    emit(Instruction(.makeList, a: list, b: item, c: 0, d: nodes.count), range)
    for node in nodes {
      try value(node, into: item)
      emit(Instruction(.push, a: list, b: item), range)
    }
    emit(Instruction(.move, a: target, b: list), range)
  }

  private func comprehension(
    _ value: Node, _ variable: Variable, _ index: Variable?, _ source: Node, _ condition: Node?,
    into target: Int, _ range: SourceRange
  ) throws {
    let list = claim()
    emit(Instruction(.makeList, a: list, b: list, c: 0), range)
    let body = {
      try self.scratch {
        let skips = try condition.map { try self.condition($0, jumpWhen: false) } ?? []
        let item = self.claim()
        try self.value(value, into: item)
        self.emit(Instruction(.push, a: list, b: item), range)
        for skip in skips { self.patch(skip) }
      }
    }
    if case .range(let from, let to, let step, let isHalfOpen) = source.form {
      try forRange(variable, index, from, to, step, isHalfOpen, source.range, body: body)
    } else {
      try forEach(variable, index, source, body: body)
    }
    emit(Instruction(.move, a: target, b: list), range)
  }

  // MARK: Operators

  private func binary(
    _ operation: BinaryOperator, _ left: Node, _ right: Node, into target: Int,
    _ range: SourceRange
  ) throws {
    let operands = [left.range, right.range]
    let withNumber: Opcode? =
      switch operation {
      case .add: .addNumber
      case .subtract: .subtractNumber
      case .multiply: .multiplyNumber
      case .divide: .divideNumber
      case .remainder: .remainderNumber
      case .power: .powerNumber
      case .matrixProduct: nil
      }
    if let withNumber, let number = number(right) {
      let register = try operand(left)
      emit(
        Instruction(withNumber, a: target, b: register, number: number), range,
        operands: operands)
      return
    }
    let opcode: Opcode =
      switch operation {
      case .add: .add
      case .subtract: .subtract
      case .multiply: .multiply
      case .divide: .divide
      case .remainder: .remainder
      case .power: .power
      case .matrixProduct: .matrixProduct
      }
    let first = try operand(left, before: right)
    let second = try operand(right)
    emit(Instruction(opcode, a: target, b: first, c: second), range, operands: operands)
  }

  private func logical(
    _ isAnd: Bool, _ left: Node, _ right: Node, into target: Int, _ range: SourceRange
  ) throws {
    let side = isAnd ? 0 : 1
    try value(left, into: target)
    let settled = emit(
      Instruction(.jumpIfSettled, a: target, c: side), left.range)
    let second = try operand(right)
    emit(
      Instruction(.combine, a: target, c: second, d: side), range,
      operands: [left.range, right.range])
    patch(settled)
  }

  private func comparison(
    _ first: Node, _ steps: [(operation: ComparisonOperator, operand: Node)], into target: Int,
    _ range: SourceRange
  ) throws {
    var left = try operand(first, before: steps[0].operand)
    var leftRange = first.range
    var settled: [Int] = []
    for (number, step) in steps.enumerated() {
      let right = try operand(
        step.operand, before: number + 1 < steps.count ? steps[number + 1].operand : nil)
      let pair = steps.count == 1 ? range : leftRange.through(step.operand.range)
      let result = number == 0 ? target : claim()
      emit(
        Instruction(Self.opcode(step.operation), a: result, b: left, c: right), pair,
        operands: [leftRange, step.operand.range])
      if number > 0 {
        emit(Instruction(.combine, a: target, c: result, d: 0), range)
      }
      if number + 1 < steps.count {
        settled.append(emit(Instruction(.jumpIfSettled, a: target, c: 0), pair))
      }
      left = right
      leftRange = step.operand.range
    }
    for jump in settled { patch(jump) }
  }

  private static func opcode(_ operation: ComparisonOperator) -> Opcode {
    switch operation {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .isIn: .isIn
    case .isNotIn: .isNotIn
    }
  }

  // MARK: Calls

  /// Calls a value; the result stands in the register returned, where the arguments began.
  private func call(_ node: Node) throws -> Int {
    guard case .call(let callee, let arguments) = node.form else {
      preconditionFailure("only calls are called")
    }
    let result = claim()
    let known: (opcode: Opcode, function: Int)? =
      switch callee.form {
      case .variable(let variable):
        switch home(variable) {
        case .global(let slot): (.callGlobal, slot)
        case .register(let register): (.call, register)
        case .cell, .capture: nil
        }
      default: nil
      }
    // The window of the call lies above everything in use. Its first register is that of the
    // result, unless the function itself has to be kept there meanwhile.
    if known == nil { try value(callee, into: result) }
    let window = known == nil ? result + 1 : result
    nextRegister = window
    for argument in arguments { try value(argument.value, into: claim()) }
    registerCount = max(registerCount, window + 1)
    let names = arguments.map(\.name)
    let site = names.contains { $0 != nil } ? self.site(.arguments(names)) : -1
    emit(
      Instruction(
        known?.opcode ?? .call, a: window, b: known?.function ?? result, c: arguments.count,
        d: site), node.range, operands: [callee.range] + arguments.map(\.value.range))
    if window != result { emit(Instruction(.move, a: result, b: window), node.range) }
    nextRegister = result + 1
    return result
  }

  private func builtin(
    _ entry: FunctionEntry, _ arguments: [Node?], into target: Int, _ range: SourceRange
  ) throws {
    let given = arguments.map { $0 != nil }
    let ranges = arguments.map { $0?.range ?? range }
    let number = site(.builtin(entry, given: given))
    if entry.ofNumber != nil, arguments.count == 1, let only = arguments[0] {
      let register = try operand(only)
      emit(Instruction(.callUnary, a: target, b: register, d: number), range, operands: ranges)
      return
    }
    let first = nextRegister
    for case let node? in arguments { try value(node, into: claim()) }
    emit(Instruction(.callBuiltin, a: target, b: first, d: number), range, operands: ranges)
  }

  // MARK: Parts

  private func index(
    _ base: Node, _ items: [Node.Item], into target: Int, _ range: SourceRange
  ) throws {
    if items.count == 1, case .at(let position) = items[0] {
      let operands = [base.range, position.range]
      if case .variable(let variable) = base.form, case .global(let slot) = home(variable),
        !mayRun(position)
      {
        // No copy of the list in a register: the list could not be changed in place then.
        let register = try operand(position)
        emit(
          Instruction(.getGlobalItem, a: target, b: slot, c: register), range,
          operands: operands)
        return
      }
      let list = try operand(base, before: position)
      let register = try operand(position)
      emit(Instruction(.getItem, a: target, b: list, c: register), range, operands: operands)
      return
    }
    var list = try operand(base)
    if case .variable = base.form, items.contains(where: itemMayRun) {
      let copy = claim()
      emit(Instruction(.copy, a: copy, b: list), range)
      list = copy
    }
    let first = nextRegister
    let forms = try itemValues(items)
    emit(
      Instruction(.getItems, a: target, b: list, c: first, d: site(.items(forms))), range,
      operands: [base.range])
  }

  private func itemMayRun(_ item: Node.Item) -> Bool {
    switch item {
    case .at(let node): mayRun(node)
    case .span(let from, let to, _): from.map(mayRun) ?? false || to.map(mayRun) ?? false
    }
  }

  /// Works the items of an index out into the next registers.
  func itemValues(_ items: [Node.Item]) throws -> [Code.ItemForm] {
    try items.map { item in
      switch item {
      case .at(let node):
        try value(node, into: claim())
        return .at
      case .span(let from, let to, let isHalfOpen):
        if let from { try value(from, into: claim()) }
        if let to { try value(to, into: claim()) }
        return .span(hasFrom: from != nil, hasTo: to != nil, isHalfOpen: isHalfOpen)
      }
    }
  }

  private func command(_ site: CommandSite, into target: Int) throws {
    let first = nextRegister
    var operands: [SourceRange] = []
    let parts: [Code.CommandPart] = try site.arguments.map { argument in
      switch argument.value {
      case .word(let word): return .word(word)
      case .node(let node):
        try value(node, into: claim())
        operands.append(node.range)
        return .value
      case .condition(let node, let sides, let operation):
        if sides.count == 2, let operation = operation.flatMap(ComparisonOperator.init) {
          for side in sides { try value(side, into: claim()) }
          operands.append(node.range)
          return .comparison(operation)
        }
        try value(node, into: claim())
        operands.append(node.range)
        return .condition
      }
    }
    let blocks = try site.blocks.map { ($0, try captureSources($0, isBlock: true)) }
    let number = self.site(.command(site, parts, blocks: blocks))
    emit(
      Instruction(.command, a: target, b: first, d: number), site.range, operands: operands)
  }
}
