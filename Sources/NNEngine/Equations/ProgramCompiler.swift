internal import CKernels

/// Turns a formula's terms into steps: chooses the kernel for each, gives it a register for as long
/// as it is needed, and lets results be written where they are wanted.
struct ProgramCompiler {
  private(set) var steps: [nn_step] = []
  /// Terms that are one number for all rows, operands first.
  private(set) var uniforms: [Formula.Term] = []
  private(set) var uniformPlaces: [Formula.Term: Int] = [:]
  private(set) var arrayCount: Int
  private(set) var scratchCount = 0
  private(set) var wholeRows = false

  /// With the reciprocals that divisions became.
  private(set) var formula: Formula
  private let inputs: [Formula.Term: Int]
  private let results: [(term: Formula.Term, target: VectorProgram.Target)]
  private let sharing: [(output: Int, input: Int)]

  /// The terms to compute, in order; products that go into a sum are left out.
  private var order: [Formula.Term] = []
  /// What each term reads, as it will be computed.
  private var reads: [Formula.Term: Shape] = [:]
  private var lastUse: [Formula.Term: Int] = [:]
  private var registers: [Formula.Term: Int] = [:]
  /// Repeated along the sample, while needed.
  private var repeated: [Formula.Term: Int] = [:]
  private var free: [Int] = []

  /// How a term is computed.
  private enum Shape {
    case unary(nn_unary_op, Formula.Term)
    case binary(nn_binary_op, Formula.Term, Formula.Term)
    case multiplyAdd(form: UInt8, Formula.Term, Formula.Term, Formula.Term)
    case select(Formula.Term, Formula.Term, Formula.Term)
    case reduce(nn_step_kind, Formula.Term)

    var operands: [Formula.Term] {
      switch self {
      case .unary(_, let a), .reduce(_, let a): [a]
      case .binary(_, let a, let b): [a, b]
      case .multiplyAdd(_, let a, let b, let c), .select(let a, let b, let c): [a, b, c]
      }
    }
  }

  init(
    _ formula: Formula, inputs: [Formula.Term: Int],
    results: [(term: Formula.Term, target: VectorProgram.Target)],
    sharing: [(output: Int, input: Int)]
  ) {
    self.formula = formula
    self.inputs = inputs
    self.results = results
    self.sharing = sharing
    let targets = results.compactMap {
      if case .array(let index) = $0.target { index } else { nil }
    }
    arrayCount = ((Array(inputs.values) + targets).max() ?? -1) + 1
  }

  mutating func compile() {
    shapeTerms()
    for (position, term) in order.enumerated() {
      for operand in reads[term]?.operands ?? [] { lastUse[operand] = position }
    }
    // What goes to an array or a total is needed to the end.
    for (term, _) in results { lastUse[term] = .max }
    numberUniforms()
    for (position, term) in order.enumerated() { emit(term, position) }
    for (term, target) in results { finish(term, target) }
  }

  // MARK: Choosing kernels

  /// Decides from the results backwards which terms are computed, and how.
  private mutating func shapeTerms() {
    var uses: [Formula.Term: Int] = [:]
    for term in needed() {
      for operand in formula.nodes[term].operands { uses[operand, default: 0] += 1 }
    }
    for (term, _) in results { uses[term, default: 0] += 2 }
    var isWanted = Set(results.map(\.term))
    var found: [Formula.Term] = []
    // Shaping may add terms (reciprocals of uniform divisors); those are uniform and need no order.
    for term in (0..<formula.nodes.count).reversed() {
      guard isWanted.contains(term), inputs[term] == nil, formula.extent(term) != .uniform
      else { continue }
      let shape = shape(of: term, uses)
      reads[term] = shape
      isWanted.formUnion(shape.operands)
      found.append(term)
    }
    order = found.reversed()
    wholeRows =
      reads.values.contains { if case .reduce = $0 { true } else { false } }
      || isWanted.contains { formula.extent($0) == .sample }
  }

  private func needed() -> [Formula.Term] {
    var isNeeded = Set<Formula.Term>()
    var rest = results.map(\.term)
    while let term = rest.popLast() {
      guard isNeeded.insert(term).inserted, inputs[term] == nil else { continue }
      rest += formula.nodes[term].operands
    }
    return Array(isNeeded)
  }

  private mutating func shape(of term: Formula.Term, _ uses: [Formula.Term: Int]) -> Shape {
    switch formula.nodes[term] {
    case .constant, .variable, .size:
      preconditionFailure("a variable stands in an array or is given")
    case .unary(.not, let a): return .binary(NN_EQ, a, formula.number(0))
    case .unary(let function, let a): return .unary(function.kernel, a)
    case .binary(.divide, let a, let b) where formula.extent(b) == .uniform:
      return .binary(NN_MUL, a, formula.divide(formula.number(1), b))
    case .binary(.power, let a, let b):
      return formula.constant(b) == 2 ? .unary(NN_SQUARE, a) : .binary(NN_POW, a, b)
    case .binary(let operation, let a, let b):
      if let fused = product(operation, a, b, uses) { return fused }
      return .binary(operation.kernel, a, b)
    case .select(let condition, let a, let b): return .select(condition, a, b)
    case .reduce(let reduction, let a):
      switch reduction {
      case .sum: return .reduce(NN_STEP_SUM, a)
      case .max, .offset: return .reduce(NN_STEP_GREATEST, a)
      case .min: return .reduce(NN_STEP_LEAST, a)
      case .mean: preconditionFailure("means are written as sums before")
      }
    }
  }

  /// A sum with a product that nothing else uses is one step.
  private func product(
    _ operation: Formula.Binary, _ a: Formula.Term, _ b: Formula.Term,
    _ uses: [Formula.Term: Int]
  ) -> Shape? {
    guard operation == .add || operation == .subtract else { return nil }
    func factors(_ term: Formula.Term) -> (Formula.Term, Formula.Term)? {
      guard uses[term] == 1, inputs[term] == nil, formula.extent(term) == .element,
        case .binary(.multiply, let x, let y) = formula.nodes[term]
      else { return nil }
      return (x, y)
    }
    if let (x, y) = factors(b) {
      return .multiplyAdd(form: operation == .add ? 0 : 2, x, y, a)
    }
    if let (x, y) = factors(a) {
      return .multiplyAdd(form: operation == .add ? 0 : 1, x, y, b)
    }
    return nil
  }

  // MARK: Uniforms

  private mutating func numberUniforms() {
    var wanted = Set<Formula.Term>()
    func want(_ term: Formula.Term) {
      guard formula.extent(term) == .uniform, inputs[term] == nil, wanted.insert(term).inserted
      else { return }
      formula.nodes[term].operands.forEach(want)
    }
    for shape in reads.values { shape.operands.forEach(want) }
    for (term, _) in results { want(term) }
    uniforms = wanted.sorted()
    for (place, term) in uniforms.enumerated() { uniformPlaces[term] = place }
  }

  // MARK: Steps

  private var firstScratch: Int { arrayCount + uniforms.count }

  private mutating func emit(_ term: Formula.Term, _ position: Int) {
    guard let shape = reads[term] else { return }
    let perRow = formula.extent(term) == .sample
    let isReduction = if case .reduce = shape { true } else { false }
    // A number a row meets elements only repeated; a reduction reads elements itself.
    let operands = shape.operands.map { operand in
      !perRow && !isReduction ? along(operand) : register(of: operand)
    }
    // Registers are released only now: loops that write what they read are slower.
    let out = target(of: term, position)
    release(shape.operands, position)
    registers[term] = out
    switch shape {
    case .unary(let operation, _):
      add(NN_STEP_UNARY, UInt8(operation.rawValue), perRow, out, operands)
    case .binary(let operation, _, _):
      add(NN_STEP_BINARY, UInt8(operation.rawValue), perRow, out, operands)
    case .multiplyAdd(let form, _, _, _): add(NN_STEP_MULTIPLY_ADD, form, perRow, out, operands)
    case .select: add(NN_STEP_SELECT, 0, perRow, out, operands)
    case .reduce(let kind, _): add(kind, 0, true, out, operands)
    }
  }

  private mutating func add(
    _ kind: nn_step_kind, _ operation: UInt8, _ perRow: Bool, _ out: Int, _ operands: [Int]
  ) {
    let all = operands + [operands[0], operands[0]]
    steps.append(
      nn_step(
        kind: UInt8(kind.rawValue), operation: operation, per_row: perRow, out: UInt16(out),
        a: UInt16(all[0]), b: UInt16(all[1]), c: UInt16(all[2])))
  }

  private func register(of term: Formula.Term) -> Int {
    if let array = inputs[term] { return array }
    if let place = uniformPlaces[term] { return arrayCount + place }
    guard let register = registers[term] else {
      preconditionFailure("operands come before what uses them")
    }
    return register
  }

  /// A term's register as seen by elements.
  private mutating func along(_ term: Formula.Term) -> Int {
    guard formula.extent(term) == .sample, inputs[term] == nil else { return register(of: term) }
    if let known = repeated[term] { return known }
    let out = claim()
    add(NN_STEP_REPEAT, 0, false, out, [register(of: term)])
    repeated[term] = out
    return out
  }

  /// Where a term is written: straight into its array, if nothing that is still to be read stands
  /// there.
  private mutating func target(of term: Formula.Term, _ position: Int) -> Int {
    for (result, target) in results where result == term {
      guard case .array(let array) = target, formula.extent(term) == .element else { continue }
      let sources = [array] + sharing.filter { $0.output == array }.map(\.input)
      let isRead = inputs.contains { input in
        sources.contains(input.value) && lastUse[input.key, default: -1] > position
      }
      if !isRead { return array }
    }
    return claim()
  }

  private mutating func finish(_ term: Formula.Term, _ target: VectorProgram.Target) {
    switch target {
    case .array(let array):
      let from = along(term)
      if from != array { add(NN_STEP_COPY, 0, false, array, [from]) }
    case .total(let index):
      let perRow = formula.extent(term) < .element && wholeRows
      add(NN_STEP_TOTAL, UInt8(index), perRow, 0, [register(of: term)])
    }
  }

  private mutating func claim() -> Int {
    if let register = free.popLast() { return register }
    scratchCount += 1
    return firstScratch + scratchCount - 1
  }

  private mutating func release(_ terms: [Formula.Term], _ position: Int) {
    for term in Set(terms) where lastUse[term] == position {
      for register in [registers[term], repeated[term]].compactMap({ $0 })
      where register >= firstScratch {
        free.append(register)
      }
      repeated[term] = nil
    }
  }
}

extension Formula.Unary {
  fileprivate var kernel: nn_unary_op {
    switch self {
    case .negate: NN_NEG
    case .abs: NN_ABS
    case .sign: NN_SIGN
    case .sqrt: NN_SQRT
    case .exp: NN_EXP
    case .log: NN_LOG
    case .sin: NN_SIN
    case .cos: NN_COS
    case .tan: NN_TAN
    case .asin: NN_ASIN
    case .acos: NN_ACOS
    case .atan: NN_ATAN
    case .sinh: NN_SINH
    case .cosh: NN_COSH
    case .tanh: NN_TANH
    case .sigmoid: NN_SIGMOID
    case .softplus: NN_SOFTPLUS
    case .erf: NN_ERF
    case .floor: NN_FLOOR
    case .ceil: NN_CEIL
    case .round: NN_ROUND
    case .not: preconditionFailure("`not` is a comparison with 0")
    }
  }
}

extension Formula.Binary {
  fileprivate var kernel: nn_binary_op {
    switch self {
    case .add: NN_ADD
    case .subtract: NN_SUB
    case .multiply: NN_MUL
    case .divide: NN_DIV
    case .power: NN_POW
    // Truths are 1 and 0.
    case .least, .and: NN_MIN
    case .greatest, .or: NN_MAX
    case .less: NN_LT
    case .lessOrEqual: NN_LE
    case .equal: NN_EQ
    case .notEqual: NN_NE
    }
  }
}
