// What the instructions do beyond plain numbers. Each function takes registers by address, so that
// the loop need not hold values.

import NNEngine

typealias Register = UnsafeMutablePointer<Value>

extension Machine {
  @inline(__always) private func code(_ header: UnsafePointer<CodeHeader>) -> Code {
    header.pointee.code.takeUnretainedValue()
  }

  // MARK: Moving values

  @inline(never)
  func loadConstant(_ target: Register, _ header: UnsafePointer<CodeHeader>, _ number: Int) {
    target.pointee = header.pointee.constants[number]
  }

  @inline(never) func getCell(_ target: Register, _ source: Register) {
    if case .cell(let cell) = source.pointee { target.pointee = cell.value }
  }

  @inline(never) func setCell(_ source: Register, _ target: Register) {
    if case .cell(let cell) = target.pointee { cell.value = source.pointee }
  }

  @inline(never) func makeCell(_ register: Register) {
    register.pointee = .cell(Cell(register.pointee))
  }

  private func capture(_ function: Register, _ index: Int) -> Cell {
    guard case .function(let box) = function.pointee else {
      preconditionFailure("a function that captures keeps itself in a register")
    }
    return box.captures[index]
  }

  @inline(never) func getCapture(_ target: Register, _ function: Register, _ index: Int) {
    target.pointee = capture(function, index).value
  }

  @inline(never) func setCapture(_ source: Register, _ function: Register, _ index: Int) {
    capture(function, index).value = source.pointee
  }

  @inline(never)
  func getLive(_ target: Register, _ header: UnsafePointer<CodeHeader>, _ name: Int) throws {
    target.pointee = try delegate.liveValue(header.pointee.constants[name].textValue ?? "")
  }

  // MARK: Operators

  @inline(never)
  func slowBinary(
    _ operation: BinaryOperator, _ target: Register, _ left: Register, _ right: Register
  ) throws {
    try Allowance.settle()
    let result = try Operators.binary(operation, left.pointee, right.pointee)
    try Allowance.conclude()
    target.pointee = result
  }

  @inline(never)
  func slowBinary(
    _ operation: BinaryOperator, _ target: Register, _ left: Register, _ right: Double
  ) throws {
    try Allowance.settle()
    let result = try Operators.binary(operation, left.pointee, .number(right))
    try Allowance.conclude()
    target.pointee = result
  }

  @inline(never) func addInto(_ target: Register, _ right: Register) throws {
    try Allowance.settle()
    if target != right, case .text(let addition) = right.pointee, case .text = target.pointee {
      let value = target.move()
      target.initialize(to: .none)
      guard case .text(var box) = consume value else { return }
      defer { target.initialize(to: .text(box)) }
      try Operators.checkLength(box.length + addition.length)
      if !isKnownUniquelyReferenced(&box) { box = TextBox(box.text) }
      box.append(addition.text)
      return
    }
    let result = try Operators.binary(.add, target.pointee, right.pointee)
    try Allowance.conclude()
    target.pointee = result
  }

  @inline(never) func slowNegate(_ target: Register, _ source: Register) throws {
    let result = try Operators.negate(source.pointee)
    try Allowance.conclude()
    target.pointee = result
  }

  @inline(never) func slowNot(_ target: Register, _ source: Register) throws {
    let result = try Operators.not(source.pointee)
    try Allowance.conclude()
    target.pointee = result
  }

  @inline(never)
  func slowCompare(
    _ operation: ComparisonOperator, _ target: Register, _ left: Register, _ right: Register
  ) throws {
    let result = try Operators.compare(operation, left.pointee, right.pointee)
    try Allowance.conclude()
    target.pointee = result
  }

  /// A comparison of other than numbers: where to go on, or `nil` for the next instruction.
  @inline(never)
  func slowJump(
    _ instruction: Instruction, _ left: Register, _ right: Register?,
    _ next: UnsafePointer<Instruction>, _ header: UnsafePointer<CodeHeader>
  ) throws -> UnsafePointer<Instruction>? {
    let (operation, when): (ComparisonOperator, Bool) =
      switch instruction.opcode {
      case .jumpIfEqual, .jumpIfEqualNumber: (.equal, true)
      case .jumpIfNotEqual, .jumpIfNotEqualNumber: (.notEqual, true)
      case .jumpIfLess, .jumpIfLessNumber: (.less, true)
      case .jumpIfLessOrEqual, .jumpIfLessOrEqualNumber: (.lessOrEqual, true)
      case .jumpIfGreaterNumber: (.greater, true)
      case .jumpIfGreaterOrEqualNumber: (.greaterOrEqual, true)
      case .jumpUnlessLess, .jumpUnlessLessNumber: (.less, false)
      case .jumpUnlessLessOrEqual, .jumpUnlessLessOrEqualNumber: (.lessOrEqual, false)
      case .jumpUnlessGreaterNumber: (.greater, false)
      default: (.greaterOrEqual, false)
      }
    let second = right?.pointee ?? .number(instruction.number)
    let result = try Operators.compare(operation, left.pointee, second)
    try Allowance.conclude()
    if result.truthValue == nil {
      let code = code(header)
      let start = UnsafePointer(code.instructions)
      if let target = code.masks[next - 1 - start] { return start + target }
    }
    return try Operators.truth(result) == when ? next + instruction.b : nil
  }

  @inline(never) func combine(_ target: Register, _ second: Register, isAnd: Bool) throws {
    let result = try Operators.logical(isAnd: isAnd, target.pointee, second.pointee)
    try Allowance.conclude()
    target.pointee = result
  }

  @inline(never)
  func select(_ target: Register, _ condition: Register, _ otherwise: Register) throws {
    let result = try Operators.select(condition.pointee, target.pointee, otherwise.pointee)
    try Allowance.conclude()
    target.pointee = result
  }

  // MARK: Loops

  /// Turns from, to, step into start, rounds, step, round; true if there is no round.
  @inline(never) func rangeStart(_ state: Register, _ target: Register) throws -> Bool {
    let span = try Operators.span(
      from: state[0], to: state[1], step: state[2], isHalfOpen: state[3].numberValue == 1)
    state[0] = .number(span.start)
    state[1] = .number(Double(span.count))
    state[2] = .number(span.step)
    state[3] = .number(0)
    if span.count == 0 { return true }
    target.pointee = .number(span.start)
    return false
  }

  /// Turns a value into the list of its items; true if there are none.
  @inline(never) func eachStart(_ state: Register, _ target: Register) throws -> Bool {
    let list = try Operators.items(of: state.pointee)
    state[0] = .list(list)
    state[1] = .number(0)
    if list.count == 0 { return true }
    target.pointee = list[0]
    return false
  }

  // MARK: Making values

  @inline(never)
  func makeList(_ target: Register, _ first: Register, _ count: Int, room: Int) throws {
    let list = ListBox(capacity: count + room)
    for index in 0..<count {
      list.append((first + index).move())
      (first + index).initialize(to: .none)
    }
    try list.checkNesting()
    target.pointee = .list(list)
  }

  /// The list in `target` belongs to the instruction alone.
  @inline(never) func push(_ target: Register, _ item: Register) throws {
    guard case .list(let list) = target.pointee else { return }
    try Operators.checkCount(list.count + 1)
    try list.makePlace(for: item.pointee)
    list.append(item.pointee)
    item.pointee = .none
    try list.checkNesting()
  }

  @inline(never) func appendInto(_ target: Register, _ item: Register) throws {
    guard case .list = target.pointee else {
      throw ValueError.wrongType("append", takes: "a list", found: target.pointee, argument: 0)
    }
    let addition = item.pointee
    let value = target.move()
    target.initialize(to: .none)
    guard case .list(var list) = consume value else { return }
    defer { target.initialize(to: .list(list)) }
    try Operators.checkCount(list.count + 1)
    try addition.checkNesting()
    if addition.weight > 1 {
      try Operators.checkWeight(Value.together(list.weight, addition.weight))
    }
    if !isKnownUniquelyReferenced(&list) {
      list = try list.copy(extraCapacity: list.count / 2 + 4)
    }
    try list.makePlace(for: addition)
    list.append(addition)
  }

  @inline(never)
  func makeRecord(
    _ target: Register, _ first: Register, _ header: UnsafePointer<CodeHeader>, _ site: Int
  ) throws {
    guard case .names(let names) = code(header).sites[site] else { return }
    let record = RecordBox([])
    for (index, name) in names.enumerated() {
      try first[index].checkNesting()
      if let earlier = record.index(of: name) {
        record.update(earlier) { $0 = first[index] }
      } else {
        record.append(name, first[index])
      }
      first[index] = .none
    }
    try Value.record(record).checkWeight()
    target.pointee = .record(record)
  }

  @inline(never)
  func makeRange(_ target: Register, _ first: Register, hasStep: Bool, isHalfOpen: Bool) throws {
    try Allowance.settle()
    let span = try Operators.span(
      from: first[0], to: first[1], step: hasStep ? first[2] : .number(1),
      isHalfOpen: isHalfOpen)
    try Operators.checkCount(span.count)
    try Operators.admit(items: span.count)
    target.pointee = .list(
      try ListBox(count: span.count) { numbers in
        try steadily(span.count) { numbers[$0] = span.start + Double($0) * span.step }
      })
  }

  @inline(never)
  func makeText(
    _ target: Register, _ first: Register, _ header: UnsafePointer<CodeHeader>, _ site: Int
  ) throws {
    let box = TextBox("")
    try header.pointee.texts[site]._withUnsafeGuaranteedRef { try $0.write(first, to: box) }
    // What was gathered becomes a plain text, which needs no buffer.
    target.pointee = .text(box.text)
  }

  @inline(never)
  func addText(
    _ target: Register, _ first: Register, _ header: UnsafePointer<CodeHeader>, _ site: Int
  ) throws {
    guard case .text = target.pointee else {
      // Not a text after all: the text is made, and `+` says what is wrong with it.
      try makeText(first, first, header, site)
      target.pointee = try Operators.binary(.add, target.pointee, first.pointee)
      return
    }
    let value = target.move()
    target.initialize(to: .none)
    guard case .text(var box) = consume value else { return }
    if !isKnownUniquelyReferenced(&box) { box = TextBox(box.text) }
    defer { target.initialize(to: .text(box)) }
    let length = box.length
    do {
      try header.pointee.texts[site]._withUnsafeGuaranteedRef { try $0.write(first, to: box) }
    } catch {
      box.truncate(to: length)
      throw error
    }
  }

  @inline(never)
  func makeFunction(
    _ target: Register, _ r: Register, _ header: UnsafePointer<CodeHeader>, _ site: Int
  ) throws {
    guard case .function(let template, let sources) = code(header).sites[site] else { return }
    target.pointee = .function(try function(template, sources, r, header))
  }

  private func function(
    _ template: FunctionTemplate, _ sources: [Code.CaptureSource], _ r: Register,
    _ header: UnsafePointer<CodeHeader>
  ) throws -> FunctionBox {
    guard let code = template.code else {
      preconditionFailure("a template is compiled with the text around it")
    }
    let cells = sources.map { source -> Cell in
      switch source {
      case .capture(let index): return capture(r + header.pointee.selfRegister, index)
      case .itself(let index): return Cell(r[index])
      case .register(let index):
        guard case .cell(let cell) = r[index] else {
          preconditionFailure("a captured variable lives in a cell")
        }
        return cell
      }
    }
    let function = FunctionBox(template, code: code.header, captures: cells)
    try Value.function(function).checkNesting()
    return function
  }

  // MARK: Parts

  @inline(never)
  func getItem(_ target: Register, _ base: Register, _ position: Register) throws {
    target.pointee = try Indexing.item(base.pointee, position.pointee)
  }

  @inline(never) func setItem(_ base: Register, _ position: Register, _ item: Register) throws {
    if case .list = base.pointee, case .number(let number) = position.pointee {
      // Taken out of its register, so that the list may turn out to be held by nobody else.
      let value = base.move()
      base.initialize(to: .none)
      guard case .list(var list) = consume value else { return }
      defer { base.initialize(to: .list(list)) }
      let index =
        try list.place(number)
        ?? Indexing.position(number, count: list.count, of: "the list", argument: 0)
      if !isKnownUniquelyReferenced(&list) { list = try list.copy() }
      if case .number(let new) = item.pointee, let numbers = list.numbers {
        numbers[index] = new
      } else {
        try item.pointee.checkNesting()
        try Operators.checkWeight(Value.together(list.weight, item.pointee.weight))
        try list.makePlace(for: item.pointee)
        list.set(index, item.pointee)
      }
      return
    }
    let position = position.pointee
    let item = item.pointee
    try Indexing.update(&base.pointee, [.index([.at(position)])]) { $0 = item }
  }

  @inline(never)
  func getItems(
    _ target: Register, _ base: Register, _ first: Register,
    _ header: UnsafePointer<CodeHeader>, _ site: Int
  ) throws {
    try Allowance.settle()
    guard case .items(let forms) = code(header).sites[site] else { return }
    var next = first
    let items = indexItems(forms, &next)
    target.pointee = try Indexing.items(base.pointee, items)
  }

  private func indexItems(_ forms: [Code.ItemForm], _ next: inout Register) -> [Indexing.Item] {
    forms.map { form in
      switch form {
      case .at:
        next += 1
        return .at((next - 1).pointee)
      case .span(let hasFrom, let hasTo, let isHalfOpen):
        var from: Value?
        var to: Value?
        if hasFrom {
          from = next.pointee
          next += 1
        }
        if hasTo {
          to = next.pointee
          next += 1
        }
        return .span(from: from, to: to, isHalfOpen: isHalfOpen)
      }
    }
  }

  @inline(never)
  func getField(
    _ target: Register, _ base: Register, _ header: UnsafePointer<CodeHeader>, _ name: Int
  ) throws {
    let name = header.pointee.constants[name].textValue ?? ""
    let result = try Indexing.field(base.pointee, name)
    try Allowance.conclude()
    target.pointee = result
  }

  @inline(never)
  func assignPlace(
    _ value: Register, _ first: Register, _ r: Register, _ header: UnsafePointer<CodeHeader>,
    _ site: Int
  ) throws {
    try Allowance.settle()
    guard case .place(let place) = code(header).sites[site] else { return }
    var next = first
    let path = place.path.map { step -> Indexing.Access in
      switch step.access {
      case .field(let name): .field(name)
      case .index(let forms): .index(indexItems(forms, &next))
      }
    }
    let given = value.pointee
    try given.checkNesting()
    // A fault in a step of the path marks that step, one in the value the value.
    let change = { (old: inout Value) in
      guard let operation = place.operation else {
        old = given
        return
      }
      do {
        old = try Operators.binary(operation, old, given)
      } catch var error as ValueError {
        error.argument = error.argument == 1 ? path.count : path.count - 1
        throw error
      }
    }
    func update(_ root: inout Value) throws {
      if given.weight > 1 {
        try Operators.checkWeight(Value.together(root.weight, given.weight))
      }
      try Indexing.update(&root, path, change)
    }
    switch place.root {
    case .register(let index): try update(&r[index])
    case .global(let slot): try update(&stack[slot])
    case .cell(let index):
      if case .cell(let cell) = r[index] { try update(&cell.value) }
    case .capture(let index):
      let cell = capture(r + header.pointee.selfRegister, index)
      try update(&cell.value)
    case .live(let name):
      var base = try delegate.liveValue(name)
      try Indexing.update(&base, path, change)
    }
  }

  // MARK: Calls

  func isMissing(_ register: Register) -> Bool {
    if case .cell(let cell) = register.pointee { cell === missing } else { false }
  }

  /// A call that is not plain: with names, with arguments left out, of a function that captures or
  /// of one of the vocabulary, whose result is then already in the window.
  @inline(never)
  func slowCall(
    _ register: Register, _ window: Register, count: Int, site: Int,
    _ header: UnsafePointer<CodeHeader>
  ) throws -> (UnsafePointer<CodeHeader>, UnsafePointer<Instruction>)? {
    guard case .function(let function) = register.pointee else {
      throw ValueError(
        code: .notCallable, message: "\(register.pointee.kindName) cannot be called",
        label: "this is \(register.pointee.kindName), not a function", argument: 0)
    }
    var names: [Name?] = []
    if site >= 0, case .arguments(let given) = code(header).sites[site] { names = given }
    if case .builtin(let entry) = function.body {
      let arguments = try bind(entry, window: window, count: count, names: names)
      window.pointee = try shifting { try entry.run(delegate, arguments) }
      try window.pointee.checkWeight()
      return nil
    }
    let (callee, start) = try bind(function, window: window, count: count, names: names)
    guard frameCount < Self.callLimit else { throw Self.tooDeep }
    try reserve(window + callee.pointee.registerCount)
    if callee.pointee.selfRegister >= 0 {
      window[callee.pointee.selfRegister] = .function(function)
    }
    return (callee, start)
  }

  /// Puts the arguments of a script's function where its parameters live.
  func bind(
    _ function: FunctionBox, window: Register, count: Int, names: [Name?]
  ) throws -> (UnsafePointer<CodeHeader>, UnsafePointer<Instruction>) {
    guard case .script(let template) = function.body, let header = function.code else {
      preconditionFailure("only a script's function is bound")
    }
    let parameters = template.parameters
    if count == parameters.count, names.allSatisfy({ $0 == nil }) {
      return (header, header.pointee.fullEntry)
    }
    let given = take(window, count)
    try reserve(window + max(parameters.count, 1))
    for index in parameters.indices { window[index] = .cell(missing) }
    let word = template.name.isEmpty ? "the function" : "`\(template.name)`"
    var next = 0
    for (index, value) in given.enumerated() {
      if index < names.count, let name = names[index] {
        guard let target = parameters.firstIndex(where: { $0.variable.name == name.text }) else {
          throw ValueError.unknownArgument(
            name.text, of: word, known: parameters.map(\.variable.name), argument: index + 1)
        }
        guard isMissing(window + target) else {
          throw ValueError.twice(name.text, argument: index + 1)
        }
        window[target] = value
      } else {
        guard next < parameters.count else {
          throw ValueError.tooMany(
            given: given.count, takes: parameters.count, word, argument: index + 1)
        }
        window[next] = value
        next += 1
      }
    }
    for (index, parameter) in parameters.enumerated()
    where parameter.defaultValue == nil && isMissing(window + index) {
      throw ValueError(
        code: .missingValue, message: "\(word) needs a value for `\(parameter.variable.name)`",
        label: "`\(parameter.variable.name)` is missing")
    }
    return (header, header.pointee.entry)
  }

  /// The arguments of a function of the vocabulary in the order of its parameters.
  private func bind(
    _ entry: FunctionEntry, window: Register, count: Int, names: [Name?]
  ) throws -> [Value?] {
    let given = take(window, count)
    return try entry.bind(given, names: names.map { $0?.text })
  }

  /// Calls a function of the vocabulary with plain values.
  func callEntry(_ function: FunctionBox, _ arguments: [Value]) throws -> Value {
    try Allowance.settle()
    guard case .builtin(let entry) = function.body else { return try call(function, arguments) }
    let result = try entry.run(delegate, entry.bind(arguments, names: []))
    try Allowance.conclude()
    try result.checkWeight()
    return result
  }

  /// Moves values out of registers.
  private func take(_ first: Register, _ count: Int) -> [Value] {
    (0..<count).map { index in
      let value = (first + index).move()
      (first + index).initialize(to: .none)
      return value
    }
  }

  /// Counts the called function among the operands of the call's position.
  private func shifting<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch var error as ValueError {
      error.argument = error.argument.map { $0 + 1 }
      throw error
    }
  }

  @inline(never)
  func callBuiltin(
    _ target: Register, _ first: Register, _ header: UnsafePointer<CodeHeader>, _ site: Int
  ) throws {
    try Allowance.settle()
    guard case .builtin(let entry, let given) = code(header).sites[site] else { return }
    var next = first
    let arguments = given.map { isGiven -> Value? in
      guard isGiven else { return nil }
      let value = next.move()
      next.initialize(to: .none)
      next += 1
      return value
    }
    let result = try entry.run(delegate, arguments)
    try Allowance.conclude()
    try result.checkWeight()
    target.pointee = result
  }

  @inline(never)
  func callUnary(
    _ target: Register, _ argument: Register, _ header: UnsafePointer<CodeHeader>, _ site: Int
  ) throws {
    guard case .builtin(let entry, _) = code(header).sites[site] else { return }
    if case .number(let number) = argument.pointee, let function = entry.ofNumber {
      let result = function(number)
      if result.isFinite {
        Self.store(target, result)
        return
      }
    }
    try Allowance.settle()
    let result = try entry.run(delegate, [argument.pointee])
    try Allowance.conclude()
    try result.checkWeight()
    target.pointee = result
  }

  // MARK: The session

  @inline(never)
  func command(
    _ target: Register, _ first: Register, _ r: Register, _ header: UnsafePointer<CodeHeader>,
    _ number: Int
  ) throws {
    try Allowance.settle()
    guard case .command(let site, let parts, let blocks) = code(header).sites[number] else {
      return
    }
    var next = first
    func take() -> Value {
      defer {
        next.pointee = .none
        next += 1
      }
      return next.pointee
    }
    let arguments = try parts.map { part -> CommandArgument in
      switch part {
      case .value: return .value(take())
      case .word(let word): return .word(word)
      case .condition: return .condition(take(), sides: [])
      case .comparison(let operation):
        let sides = [take(), take()]
        return .condition(try Operators.compare(operation, sides[0], sides[1]), sides: sides)
      }
    }
    let functions = try blocks.map { try function($0, $1, r, header) }
    target.pointee = try delegate.perform(site, arguments, blocks: functions)
  }
}
