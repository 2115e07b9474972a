// Program → instructions. Values are worked out straight into the register where they are wanted;
// a register that already holds a variable is used where it stands.

/// Compiles one function, or the top level of a text.
///
/// Registers of a function: its parameters, then the variables that inner functions capture, then
/// other variables and temporaries as the code needs them, released block by block. At top level
/// the globals come first.
final class Compiler {
  /// The function being compiled; `nil` at top level.
  let template: FunctionTemplate?
  let parent: Compiler?
  /// In how many blocks of commands it stands: those that call it from native code, one within the
  /// other.
  private let blockDepth: Int

  var instructions: [Instruction] = []
  var positions: [Code.Position] = []
  var constants: [Value] = []
  var sites: [Code.Site] = []
  var texts: [TextSite] = []

  var nextRegister = 0
  var registerCount = 0
  private var registers: [ObjectIdentifier: Int] = [:]
  /// Captured variables that have been declared or captured so far: from then on an assignment
  /// changes the cell, while a declaration makes a new one each time it is reached.
  private var settled: Set<ObjectIdentifier> = []
  /// Variables of functions further out, in the order the code counts them.
  private(set) var captured: [Variable] = []
  private var captureIndex: [ObjectIdentifier: Int] = [:]
  /// Where a call finds the running function, if that may be needed. A function that calls itself does
  /// not capture its own name: the two would keep each other for ever.
  private var selfRegister: Int?
  private var usesItself = false
  var loops: [Loop] = []
  /// Where fused comparisons go on that turn out to have elements.
  var masks: [Int: Int] = [:]

  /// Jumps to be filled in once the ends of a loop are known.
  struct Loop {
    var breaks: [Int] = []
    var continues: [Int] = []
  }

  /// Where a variable lives, seen from this function.
  enum Home {
    case register(Int)
    case global(Int)
    case cell(Int)
    case capture(Int)
  }

  private init(template: FunctionTemplate?, parent: Compiler?, blockDepth: Int = 0) {
    self.template = template
    self.parent = parent
    self.blockDepth = blockDepth
  }

  /// The top level of a text.
  ///
  /// - Throws: a `Diagnostic` where the text is too large for the instruction format.
  static func compile(_ program: Program) throws -> Code {
    let compiler = Compiler(template: nil, parent: nil)
    compiler.nextRegister = program.globalCount
    compiler.registerCount = program.globalCount
    compiler.reserveCells(program.steps)
    try compiler.steps(program.steps)
    compiler.emit(Instruction(.end), nil)
    return try compiler.finish(name: "", fullEntry: 0, parameters: [])
  }

  /// A function of the script, compiled when the text around it is.
  private static func compile(
    _ template: FunctionTemplate, parent: Compiler, isBlock: Bool
  ) throws -> Code {
    let compiler = Compiler(
      template: template, parent: parent, blockDepth: isBlock ? parent.blockDepth + 1 : 0)
    guard compiler.blockDepth < Machine.nestingLimit else {
      throw Diagnostic(
        .tooDeep, "more than \(Machine.nestingLimit - 1) blocks of commands stand in each other",
        at: template.range)
    }
    let parameters = template.parameters.map(\.variable)
    for variable in parameters {
      compiler.registers[ObjectIdentifier(variable)] = compiler.claim()
    }
    if template.ownName?.isCaptured == true { compiler.selfRegister = compiler.claim() }
    compiler.reserveCells(template.body)
    for (register, parameter) in template.parameters.enumerated() {
      if let value = parameter.defaultValue {
        let skip = compiler.emit(Instruction(.jumpIfGiven, a: register), value.range)
        try compiler.value(value, into: register)
        compiler.patch(skip)
      }
      if parameter.variable.isCaptured {
        compiler.emit(Instruction(.makeCell, a: register), template.range)
        compiler.settled.insert(ObjectIdentifier(parameter.variable))
      }
    }
    let makesCells = compiler.instructions.contains { $0.opcode == .makeCell }
    let fullEntry = makesCells ? 0 : compiler.instructions.count
    try compiler.steps(template.body)
    compiler.emit(Instruction(.returnNone), template.range)
    return try compiler.finish(
      name: template.name, fullEntry: fullEntry, parameters: parameters.map(\.name))
  }

  /// Gives captured variables of the body registers that no temporary shares, and cells.
  private func reserveCells(_ steps: [Step]) {
    forEachDeclared(in: steps) { variable in
      guard variable.isCaptured, case .local = variable.storage, variable.belongs(to: template),
        registers[ObjectIdentifier(variable)] == nil
      else { return }
      let register = claim()
      registers[ObjectIdentifier(variable)] = register
      emit(Instruction(.makeCell, a: register), nil)
    }
  }

  private func forEachDeclared(in steps: [Step], _ body: (Variable) -> Void) {
    for step in steps {
      switch step {
      case .assign(let variable, _), .define(let variable, _): body(variable)
      case .branch(let branches, let otherwise):
        for branch in branches { forEachDeclared(in: branch.body, body) }
        forEachDeclared(in: otherwise, body)
      case .whileLoop(_, let inner), .forEach(_, _, _, let inner),
        .forRange(_, _, _, _, _, _, let inner, _):
        forEachDeclared(in: inner, body)
      default: break
      }
    }
  }

  private func finish(name: String, fullEntry: Int, parameters: [String]) throws -> Code {
    guard registerCount < Int(UInt16.max) else {
      throw Diagnostic(
        .tooDeep, "this text uses too many variables at once", at: template?.range,
        help: ["divide it into functions or files"])
    }
    if !captured.isEmpty, selfRegister == nil {
      selfRegister = registerCount
      registerCount += 1
    }
    if captured.isEmpty, !usesItself { selfRegister = nil }
    return Code(
      name: name, instructions: instructions, fullEntry: fullEntry, parameterNames: parameters,
      registerCount: registerCount, selfRegister: selfRegister ?? -1, constants: constants,
      sites: sites, texts: texts, positions: positions, captured: captured, masks: masks,
      range: template?.range)
  }

  // MARK: Registers and variables

  /// A register of its own for a value that is needed for a while.
  func claim() -> Int {
    nextRegister += 1
    registerCount = max(registerCount, nextRegister)
    return nextRegister - 1
  }

  /// Runs the body and releases every register claimed in it.
  func scratch<R>(_ body: () throws -> R) rethrows -> R {
    let mark = nextRegister
    defer { nextRegister = mark }
    return try body()
  }

  /// Where a variable lives, giving it a register if this function meets it for the first time.
  func home(_ variable: Variable) -> Home {
    if case .global(let slot) = variable.storage {
      return template == nil ? .register(slot) : .global(slot)
    }
    if variable === template?.ownName, let selfRegister {
      usesItself = true
      return .register(selfRegister)
    }
    let id = ObjectIdentifier(variable)
    guard variable.belongs(to: template) else {
      if let index = captureIndex[id] { return .capture(index) }
      captured.append(variable)
      captureIndex[id] = captured.count - 1
      return .capture(captured.count - 1)
    }
    let register = registers[id] ?? claim()
    registers[id] = register
    return variable.isCaptured ? .cell(register) : .register(register)
  }

  /// Puts `r[source]` into a variable.
  func store(_ source: Int, in variable: Variable, _ range: SourceRange?) {
    switch home(variable) {
    case .register(let register):
      if register != source { emit(Instruction(.copy, a: register, b: source), range) }
    case .global(let slot): emit(Instruction(.setGlobal, a: source, b: slot), range)
    case .cell(let register):
      if settled.insert(ObjectIdentifier(variable)).inserted {
        emit(Instruction(.copy, a: register, b: source), range)
        emit(Instruction(.makeCell, a: register), range)
      } else {
        emit(Instruction(.setCell, a: source, b: register), range)
      }
    case .capture(let index): emit(Instruction(.setCapture, a: source, b: index), range)
    }
  }

  /// The register a loop writes its variable to, and what its body must begin with.
  func loopTarget(_ variable: Variable) -> (register: Int, begin: () -> Void) {
    switch home(variable) {
    case .register(let register): return (register, {})
    case .cell(let register):
      // Each round has a variable of its own, so that functions made in it keep theirs.
      return (register, { self.emit(Instruction(.makeCell, a: register), nil) })
    case .global, .capture:
      let register = claim()
      return (register, { self.store(register, in: variable, nil) })
    }
  }

  // MARK: Functions

  /// The site number of a template, compiled, with where its captured variables are found here.
  func functionSite(_ template: FunctionTemplate) throws -> Int {
    let captures = try captureSources(template)
    sites.append(.function(template, captures: captures))
    return sites.count - 1
  }

  func captureSources(
    _ template: FunctionTemplate, isBlock: Bool = false
  ) throws -> [Code.CaptureSource] {
    let code = try template.code ?? Self.compile(template, parent: self, isBlock: isBlock)
    template.code = code
    return code.captured.map { variable in
      settled.insert(ObjectIdentifier(variable))
      return switch home(variable) {
      case .register(let register) where register == selfRegister: .itself(register)
      case .cell(let register), .register(let register): .register(register)
      case .capture(let index): .capture(index)
      case .global: preconditionFailure("a global is never captured: \(variable.name)")
      }
    }
  }

  // MARK: Instructions

  /// Adds an instruction and returns its number.
  @discardableResult
  func emit(
    _ instruction: Instruction, _ range: SourceRange?, operands: [SourceRange] = []
  ) -> Int {
    instructions.append(instruction)
    let place =
      range ?? template?.range ?? positions.last?.range
      ?? SourceRange(source: 0, start: 0, end: 0)
    positions.append(Code.Position(range: place, operands: operands))
    return instructions.count - 1
  }

  /// Lets an earlier jump lead to here.
  func patch(_ jump: Int) { patch(jump, to: instructions.count) }

  /// Lets an earlier jump lead to an instruction.
  func patch(_ jump: Int, to target: Int) {
    instructions[jump].b32 = Int32(truncatingIfNeeded: target - jump - 1)
  }

  /// A jump back to an instruction already there.
  func jumpBack(to target: Int, _ range: SourceRange?) {
    let jump = emit(Instruction(.jump), range)
    patch(jump, to: target)
  }

  func constant(_ value: Value) -> Int {
    constants.append(value)
    return constants.count - 1
  }

  func site(_ site: Code.Site) -> Int {
    sites.append(site)
    return sites.count - 1
  }
}
