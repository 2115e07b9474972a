// Formulas as nodes of ONNX, a node for each term.

extension ONNXWriter {
  /// A term that was written.
  private struct Term {
    var value: Value
    /// One row's shape; axes of 1 repeat, as do those that are not there.
    var sizes: [Int]
    /// Whether the rows are the first axis.
    var isByRow: Bool
  }

  mutating func write(
    _ rule: FormulaOperation, _ operands: [Operations.Ref], of ref: Operations.Ref
  ) -> Value {
    let (kind, shape) = (kind(ref), program.shape(ref).sizes)
    let formula = rule.formula.compacted()
    let first = operands[0]
    if operands.count == 1, program.shape(first).sizes == shape,
      let name = Self.known.first(where: { $0.formula == formula.identity })?.name
    {
      return graph.add(
        name, [value(first, kind)], kind, name == "Softmax" ? ["axis": .int(-1)] : [:])
    }
    var terms = operands.map { operand in term(operand, kind, shape, formula.hasReductions) }
    let variables = terms
    terms = []
    for node in formula.nodes {
      terms.append(write(node, terms, variables, kind, width: shape.last ?? 1))
    }
    let rows = operands.first { program.extent($0).isByRow }.map { value($0, kind) }
    return whole(terms[formula.results[0]], shape, kind, forEachOf: rows)
  }

  /// Formulas that ONNX has a name for.
  private static let known: [(formula: [String], name: String)] = [
    (ReLU().formula, "Relu"), (Sigmoid().formula, "Sigmoid"), (Tanh().formula, "Tanh"),
    (Softmax().formula, "Softmax"), (Softplus().formula, "Softplus"),
    (Softsign().formula, "Softsign"),
  ].map { ($0.stabilised().compacted().identity, $1) }

  /// An operand, with as many axes as the result where rows are its first.
  private mutating func term(
    _ operand: Operations.Ref, _ kind: ONNXGraph.Kind, _ shape: [Int], _ seesVector: Bool
  ) -> Term {
    let isByRow = program.extent(operand).isByRow
    var sizes = program.shape(operand).sizes
    var x = value(operand, kind)
    if sizes.count < shape.count {
      sizes = [Int](repeating: 1, count: shape.count - sizes.count) + sizes
      if isByRow { x = reshaped(x, to: sizes) }
    }
    // What is summed up along the last axis counts as often as it is repeated.
    if seesVector, let width = shape.last, sizes.last != width {
      sizes[sizes.count - 1] = width
      let full = [Int](repeating: 1, count: sizes.count) + [width]
      x = graph.add("Expand", [x, graph.constant(full, [full.count])], kind)
      return Term(value: x, sizes: sizes, isByRow: isByRow)
    }
    return Term(value: x, sizes: sizes, isByRow: isByRow)
  }

  private mutating func write(
    _ node: Formula.Node, _ terms: [Term], _ variables: [Term], _ kind: ONNXGraph.Kind, width: Int
  ) -> Term {
    switch node {
    case .constant(let number):
      return Term(value: graph.constant([number], [], kind), sizes: [], isByRow: false)
    case .variable(let index):
      // Settings that were put in are spoken of no more.
      return index < variables.count
        ? variables[index]
        : Term(value: graph.constant([0], [], kind), sizes: [], isByRow: false)
    case .size:
      return Term(value: graph.constant([Double(width)], [], kind), sizes: [], isByRow: false)
    case .unary(let function, let a): return write(function, terms[a], kind)
    case .binary(let operation, let a, let b): return write(operation, terms[a], terms[b], kind)
    case .select(let condition, let a, let b):
      let (x, y) = (number(terms[a], kind), number(terms[b], kind))
      return Self.join(
        [terms[condition], x, y],
        graph.add("Where", [truth(terms[condition], kind).value, x.value, y.value], kind))
    case .reduce(let reduction, let a):
      let x = number(terms[a], kind)
      guard x.sizes.last == width, !x.sizes.isEmpty else {
        guard reduction == .sum else { return x }
        let size = graph.constant([Double(width)], [], kind)
        return Self.join([x], graph.add("Mul", [x.value, size], kind))
      }
      var result = x
      result.sizes[result.sizes.count - 1] = 1
      switch reduction {
      case .sum:
        let last = graph.constant([-1], [1])
        result.value = graph.add("ReduceSum", [x.value, last], kind)
      case .mean: result.value = graph.add("ReduceMean", [x.value], kind, ["axes": .ints([-1])])
      case .max, .offset:
        result.value = graph.add("ReduceMax", [x.value], kind, ["axes": .ints([-1])])
      case .min: result.value = graph.add("ReduceMin", [x.value], kind, ["axes": .ints([-1])])
      }
      return result
    }
  }

  private mutating func write(
    _ function: Formula.Unary, _ a: Term, _ kind: ONNXGraph.Kind
  ) -> Term {
    var result = a
    if function == .not {
      result.value = graph.add("Not", [truth(a, kind).value], .truth)
      return result
    }
    let name =
      switch function {
      case .negate: "Neg"
      case .asin, .acos, .atan, .sinh, .cosh, .sin, .cos, .tan, .tanh, .abs, .sign, .sqrt, .exp,
        .log, .sigmoid, .softplus, .erf, .floor, .ceil, .round, .not:
        function.rawValue.prefix(1).uppercased() + function.rawValue.dropFirst()
      }
    // Runtimes have the others in 32 bits only.
    let own: ONNXGraph.Kind = Self.inDouble.contains(function) ? kind : .single
    let x = graph.cast(number(a, kind).value, to: own)
    result.value = graph.cast(graph.add(name, [x], own), to: kind)
    return result
  }

  private static let inDouble: Set<Formula.Unary> = [
    .negate, .abs, .sign, .sqrt, .exp, .log, .tanh, .sigmoid, .floor, .ceil, .round,
  ]

  private mutating func write(
    _ operation: Formula.Binary, _ a: Term, _ b: Term, _ kind: ONNXGraph.Kind
  ) -> Term {
    let isOfTruths = operation == .and || operation == .or
    let (x, y) =
      isOfTruths ? (truth(a, kind), truth(b, kind)) : (number(a, kind), number(b, kind))
    let operands = [x.value, y.value]
    func node(_ name: String, _ own: ONNXGraph.Kind) -> Value { graph.add(name, operands, own) }
    let value =
      switch operation {
      case .add: node("Add", kind)
      case .subtract: node("Sub", kind)
      case .multiply: node("Mul", kind)
      case .divide: node("Div", kind)
      case .power: node("Pow", kind)
      case .least: node("Min", kind)
      case .greatest: node("Max", kind)
      case .less: node("Less", .truth)
      case .lessOrEqual: node("LessOrEqual", .truth)
      case .equal: node("Equal", .truth)
      case .notEqual where a.value == b.value && a.value.kind != .truth:
        graph.add("IsNaN", [x.value], .truth)
      case .notEqual: graph.add("Not", [node("Equal", .truth)], .truth)
      case .and: node("And", .truth)
      case .or: node("Or", .truth)
      }
    return Self.join([x, y], value)
  }

  private static func join(_ terms: [Term], _ value: Value) -> Term {
    let rank = terms.map(\.sizes.count).max() ?? 0
    let sizes = (0..<rank).map { axis in
      terms.map { term in
        let place = axis - (rank - term.sizes.count)
        return place < 0 ? 1 : term.sizes[place]
      }.max() ?? 1
    }
    return Term(value: value, sizes: sizes, isByRow: terms.contains(where: \.isByRow))
  }

  private mutating func number(_ term: Term, _ kind: ONNXGraph.Kind) -> Term {
    var term = term
    term.value = graph.cast(term.value, to: kind)
    return term
  }

  private mutating func truth(_ term: Term, _ kind: ONNXGraph.Kind) -> Term {
    guard term.value.kind != .truth else { return term }
    var term = term
    let zero = graph.constant([0], [], term.value.kind)
    term.value = graph.add("Not", [graph.add("Equal", [term.value, zero], .truth)], .truth)
    return term
  }

  /// A result in full: where no operand has an axis, its numbers are repeated along it.
  private mutating func whole(
    _ term: Term, _ shape: [Int], _ kind: ONNXGraph.Kind, forEachOf rows: Value?
  ) -> Value {
    let x = graph.cast(term.value, to: kind)
    if term.isByRow, term.sizes == shape { return x }
    guard term.isByRow else { return rows.map { repeated(x, shape, forEachOf: $0) } ?? x }
    let full = [1] + shape
    return graph.add("Expand", [x, graph.constant(full, [full.count])], kind)
  }
}

extension Formula {
  /// What tells a formula from others, whatever its variables are called.
  var identity: [String] { nodes.map { "\($0)" } + results.map { "\($0)" } }
}
