extension Compiler {
  /// Compiles statements in a row.
  func steps(_ steps: [Step]) throws {
    for step in steps { try statement(step) }
  }

  /// A block: the registers of variables declared in it are free again behind it.
  private func block(_ steps: [Step]) throws {
    try scratch { try self.steps(steps) }
  }

  private func statement(_ step: Step) throws {
    switch step {
    case .evaluate(let node): try scratch { _ = try operand(node) }
    case .show(let node):
      try scratch {
        let register = try operand(node)
        emit(Instruction(.show, a: register), node.range)
      }
    case .assign(let variable, let node): try assign(variable, node)
    case .update(let variable, let operation, let node, let range):
      try update(variable, operation, node, range)
    case .assignPlace(let place, let operation, let node, let range):
      try assignPlace(place, operation, node, range)
    case .branch(let branches, let otherwise): try branch(branches, otherwise)
    case .whileLoop(let condition, let body): try whileLoop(condition, body)
    case .forEach(let variable, let index, let source, let body):
      try forEach(variable, index, source) { try block(body) }
    case .forRange(
      let variable, let index, let from, let to, let step, let isHalfOpen, let body, let range):
      try forRange(variable, index, from, to, step, isHalfOpen, range) { try block(body) }
    case .define(let variable, let template):
      let site = try functionSite(template)
      try declare(variable, template.range) { register in
        emit(Instruction(.makeFunction, a: register, d: site), template.range)
      }
    case .return(let node): try returnValue(node)
    case .break:
      let jump = emit(Instruction(.jump), nil)
      if !loops.isEmpty { loops[loops.count - 1].breaks.append(jump) }
    case .continue:
      let jump = emit(Instruction(.jump), nil)
      if !loops.isEmpty { loops[loops.count - 1].continues.append(jump) }
    }
  }

  // MARK: Assignment

  /// Lets `make` write straight into the variable's register, or stores what it made.
  private func declare(
    _ variable: Variable, _ range: SourceRange, _ make: (Int) throws -> Void
  ) throws {
    if case .register(let register) = home(variable) { return try make(register) }
    try scratch {
      let register = claim()
      try make(register)
      store(register, in: variable, range)
    }
  }

  private func assign(_ variable: Variable, _ node: Node) throws {
    if case .register(let register) = home(variable) {
      if try grow(variable, register, node) { return }
      // A value that is made piece by piece must not be seen half-made, nor read its own target
      // late: `x = [1, x]`, and a fault must leave the old value.
      if writesLast(node) { return try value(node, into: register) }
    }
    try scratch {
      let register = try operand(node)
      if case .register(let target) = home(variable), isTemporary(register, node) {
        emit(Instruction(.move, a: target, b: register), node.range)
      } else {
        store(register, in: variable, node.range)
      }
    }
  }

  /// `s = s + text` and `xs = append(xs, value)` change the value where it stands.
  private func grow(_ variable: Variable, _ register: Int, _ node: Node) throws -> Bool {
    switch node.form {
    case .binary(.add, let left, let right):
      guard case .variable(let first) = left.form, first === variable, !mayRun(right) else {
        return false
      }
      if case .constant(.number) = right.form { return false }
      if case .text(let pieces) = right.form {
        try scratch { try self.text(pieces, .addText, into: register, node.range) }
        return true
      }
      try scratch {
        let operand = try operand(right)
        emit(
          Instruction(.addInto, a: register, b: operand), node.range,
          operands: [left.range, right.range])
      }
      return true
    case .builtin(let entry, let arguments):
      guard entry.name == "append", arguments.count == 2, let list = arguments[0],
        let item = arguments[1], case .variable(let first) = list.form, first === variable,
        !mayRun(item)
      else { return false }
      try scratch {
        let operand = try operand(item)
        emit(
          Instruction(.appendInto, a: register, b: operand), node.range,
          operands: [list.range, item.range])
      }
      return true
    default: return false
    }
  }

  private func update(
    _ variable: Variable, _ operation: BinaryOperator, _ node: Node, _ range: SourceRange
  ) throws {
    let left = Node(.variable(variable), range)
    try assign(variable, Node(.binary(operation, left, node), range))
  }

  private func assignPlace(
    _ place: Place, _ operation: BinaryOperator?, _ node: Node, _ range: SourceRange
  ) throws {
    try scratch {
      if operation == nil, place.path.count == 1, case .index(let items) = place.path[0].access,
        items.count == 1, case .at(let index) = items[0], case .variable(let variable) = place.root
      {
        switch home(variable) {
        case .register(let register):
          let indexRegister = try operand(index, before: node)
          let valueRegister = try operand(node)
          emit(
            Instruction(.setItem, a: register, b: indexRegister, c: valueRegister),
            place.path[0].range, operands: [index.range, node.range])
          return
        case .global(let slot):
          let indexRegister = try operand(index, before: node)
          let valueRegister = try operand(node)
          emit(
            Instruction(.setGlobalItem, a: slot, b: indexRegister, c: valueRegister),
            place.path[0].range, operands: [index.range, node.range])
          return
        case .cell, .capture: break
        }
      }
      let first = nextRegister
      var path: [(access: Code.PlaceSite.Access, range: SourceRange)] = []
      for (access, range) in place.path {
        switch access {
        case .field(let name): path.append((.field(name), range))
        case .index(let items): path.append((.index(try itemValues(items)), range))
        }
      }
      let value = claim()
      try self.value(node, into: value)
      let root: Code.PlaceSite.Root =
        switch place.root {
        case .live(let name): .live(name)
        case .variable(let variable):
          switch home(variable) {
          case .register(let register): .register(register)
          case .global(let slot): .global(slot)
          case .cell(let register): .cell(register)
          case .capture(let index): .capture(index)
          }
        }
      let number = site(.place(Code.PlaceSite(root: root, path: path, operation: operation)))
      emit(
        Instruction(.assignPlace, a: value, b: first, d: number), range,
        operands: path.map(\.range) + [node.range])
    }
  }

  // MARK: Branches and loops

  private func branch(_ branches: [Step.Branch], _ otherwise: [Step]) throws {
    var ends: [Int] = []
    for (number, branch) in branches.enumerated() {
      let skips = try condition(branch.condition, jumpWhen: false)
      try block(branch.body)
      if number < branches.count - 1 || !otherwise.isEmpty {
        ends.append(emit(Instruction(.jump), nil))
      }
      for skip in skips { patch(skip) }
    }
    try block(otherwise)
    for end in ends { patch(end) }
  }

  /// The condition stands behind the body, so that a round takes one jump.
  private func whileLoop(_ node: Node, _ body: [Step]) throws {
    let entry = emit(Instruction(.jump), node.range)
    let start = instructions.count
    loops.append(Loop())
    try block(body)
    let loop = loops.removeLast()
    for jump in loop.continues { patch(jump) }
    patch(entry)
    for jump in try condition(node, jumpWhen: true) { patch(jump, to: start) }
    for jump in loop.breaks { patch(jump) }
  }

  /// A loop over a range: `r[state]` is where it starts, then how many rounds, the step, and which
  /// round it is; before the first round whether the end is left out.
  func forRange(
    _ variable: Variable, _ index: Variable?, _ from: Node, _ to: Node, _ step: Node?,
    _ isHalfOpen: Bool, _ range: SourceRange, body: () throws -> Void
  ) throws {
    try scratch {
      let state = claim()
      let operands = [claim(), claim(), claim()]
      try value(from, into: state)
      try value(to, into: operands[0])
      if let step {
        try value(step, into: operands[1])
      } else {
        emit(Instruction(.loadNumber, a: operands[1], number: 1), range)
      }
      emit(Instruction(.loadNumber, a: operands[2], number: isHalfOpen ? 1 : 0), range)
      let ranges = [from.range, to.range] + (step.map { [$0.range] } ?? [])
      try loop(
        variable, index, start: .rangeStart, next: .rangeNext, state: state,
        counter: operands[2], range, ranges, body: body)
    }
  }

  /// A loop over a value's items: `r[state]` is the list, then which round it is.
  func forEach(
    _ variable: Variable, _ index: Variable?, _ source: Node, body: () throws -> Void
  ) throws {
    try scratch {
      let state = claim()
      let counter = claim()
      try value(source, into: state)
      try loop(
        variable, index, start: .eachStart, next: .eachNext, state: state, counter: counter,
        source.range, [source.range], body: body)
    }
  }

  private func loop(
    _ variable: Variable, _ index: Variable?, start: Opcode, next: Opcode, state: Int,
    counter: Int, _ range: SourceRange, _ operands: [SourceRange], body: () throws -> Void
  ) throws {
    let target = loopTarget(variable)
    let indexTarget = index.map { loopTarget($0) }
    let end = emit(Instruction(start, a: state, c: target.register), range, operands: operands)
    let begin = instructions.count
    target.begin()
    if let indexTarget {
      emit(Instruction(.copy, a: indexTarget.register, b: counter), range)
      indexTarget.begin()
    }
    loops.append(Loop())
    try body()
    let loop = loops.removeLast()
    for jump in loop.continues { patch(jump) }
    let again = emit(Instruction(next, a: state, c: target.register), range, operands: operands)
    patch(again, to: begin)
    patch(end)
    for jump in loop.breaks { patch(jump) }
  }

  // MARK: Return

  private func returnValue(_ node: Node?) throws {
    guard let node else {
      emit(Instruction(.returnNone), nil)
      return
    }
    try scratch {
      if case .conditional(let condition, let then, let otherwise) = node.form,
        isFusable(condition)
      {
        // Each branch returns by itself; where the condition has elements both are worked out.
        let (skips, masks) = try fusedCondition(condition)
        try returnValue(then)
        for skip in skips { patch(skip) }
        try returnValue(otherwise)
        maskTarget(masks)
        let register = claim()
        try select(condition, then, otherwise, into: register)
        emit(Instruction(.return, a: register), node.range)
        return
      }
      let register = try operand(node)
      emit(Instruction(.return, a: register), node.range)
    }
  }
}
