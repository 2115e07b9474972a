// Each primitive as an expression of PyTorch. Rows are the first axis of what they change.

extension PyTorchWriter {
  mutating func write(
    _ operation: Operation, _ operands: [Operations.Ref], _ ref: Operations.Ref,
    _ precision: FinishedModel.Precision
  ) throws(EngineError) -> String {
    let shape = program.shape(ref)
    switch operation {
    case .formula(let rule): return write(rule, operands, ref, precision)
    case .scan: throw .invalid("scans have been written out before")
    case .reduction(let rule):
      let x = text(operands[0], precision)
      let axes = Self.list(rule.axes.map { $0 + 1 })
      switch rule.kind {
      case .count:
        let share = program.shape(operands[0]).count / max(1, shape.count)
        return "torch.full_like(\(x).amax(\(axes), keepdim=True), \(share))"
      case .sum, .mean: return "\(x).\(rule.kind)(\(axes), keepdim=True)"
      case .max, .min: return "\(x).a\(rule.kind)(\(axes), keepdim=True)"
      }
    case .product(let rule): return try write(rule, operands, ref, precision)
    case .gather(let rule): return write(rule, operands, precision)
    case .reshape(let rule):
      var x = text(operands[0], precision)
      let own = program.shape(operands[0])
      if let order = rule.order, order != Array(0..<own.rank) {
        x += ".permute(\(Self.arguments([0] + order.map { $0 + 1 })))"
        if Shape(order.map { own[$0] }) == shape { return x }
      } else if own == shape {
        return x
      }
      return "\(x).reshape(\(Self.arguments([-1] + shape.sizes)))"
    case .concatenation(let rule):
      let rows = operands.first { program.extent($0).isByRow }.map { text($0, precision) } ?? ""
      let parts = operands.map { operand in
        let part = text(operand, precision)
        guard !program.extent(operand).isByRow else { return part }
        let sizes = program.shape(operand).sizes.map(String.init).joined(separator: ", ")
        return "\(rows).new_ones(len(\(rows)), \(sizes)) * \(part)"
      }
      return "torch.cat([\(parts.joined(separator: ", "))], \(rule.axis + 1))"
    }
  }

  static func arguments(_ numbers: [Int]) -> String {
    numbers.map(String.init).joined(separator: ", ")
  }

  private mutating func write(
    _ rule: ProductOperation, _ operands: [Operations.Ref], _ ref: Operations.Ref,
    _ precision: FinishedModel.Precision
  ) throws(EngineError) -> String {
    let (a, b) = (operands[0], operands[1])
    let (x, w) = (text(a, precision), text(b, precision))
    let aShape = program.shape(a)
    guard rule.window.isEmpty else {
      throw .invalid("a product over windows that is no layer has no module of PyTorch")
    }
    if rule.shared == 0, !program.extent(b).isByRow { return "\(x) @ \(w)" }
    let bShape = program.shape(b)
    let others = aShape.sizes[rule.shared..<aShape.rank - 1].reduce(1, *)
    let flat = aShape.sizes.prefix(rule.shared) + [others, bShape[bShape.rank - 2]]
    let rows = program.extent(a).isByRow ? [-1] : []
    let product = "(\(x).reshape(\(Self.arguments(rows + flat))) @ \(w))"
    return "\(product).reshape(\(Self.arguments([-1] + program.shape(ref).sizes)))"
  }

  private mutating func write(
    _ rule: GatherOperation, _ operands: [Operations.Ref], _ precision: FinishedModel.Precision
  ) -> String {
    let (x, length) = (operands[0], program.shape(operands[0])[0])
    let table = text(x, precision)
    let isByRow = program.extent(x).isByRow
    var others = program.shape(x).sizes.dropFirst().map(String.init)
    var places = ""
    var isWhole = false
    switch rule.places {
    case .fixed(let list, let shape):
      isWhole = list.allSatisfy { (0..<length).contains($0) }
      let safe = list.map { (0..<length).contains($0) ? $0 : length }
      places = "torch.tensor(\(Self.list(safe))).reshape(\(Self.list(shape.sizes)))"
    case .given:
      let value = text(operands[1], .double)
      let isThere = "(\(value) > -0.5) & (\(value) < \(length))"
      places = "torch.where(\(isThere), \(value), \(length)).round().long()"
    }
    if isByRow { others.insert("1", at: 0) }
    // One place behind the last is filled, for those that are not there.
    let fill = Self.number(rule.fill)
    var filled = table
    if !isWhole {
      filled =
        isByRow
        ? "torch.cat([\(table), torch.full_like(\(table)[:, :1], \(fill))], 1)"
        : "torch.cat([\(table), torch.full_like(\(table)[:1], \(fill))])"
    }
    guard isByRow else { return "\(filled)[\(places)]" }
    if case .fixed = rule.places { return "\(filled)[:, \(places)]" }
    return "torch.stack([one[at] for one, at in zip(\(filled), \(places))])"
  }

  // MARK: Formulas

  private mutating func write(
    _ rule: FormulaOperation, _ operands: [Operations.Ref], _ ref: Operations.Ref,
    _ precision: FinishedModel.Precision
  ) -> String {
    let formula = rule.formula.compacted()
    let shape = program.shape(ref).sizes
    let given = operands.map { text($0, precision, rank: shape.count) }
    if operands.count == 1, program.shape(operands[0]).sizes == shape,
      let known = Self.known.first(where: { $0.identity == formula.identity })
    {
      return known.call.replacing("X", with: given[0])
    }
    var own: [String] = []
    for (operand, text) in zip(operands, given) {
      // What is summed up along the last axis counts as often as it is repeated.
      let isNarrow = formula.hasReductions && program.shape(operand).sizes.last != shape.last
      guard isNarrow, let width = shape.last, program.extent(operand).isByRow else {
        own.append(text)
        continue
      }
      let axes = Array(repeating: -1, count: shape.count) + [width]
      own.append("\(text).expand(\(Self.arguments(axes)))")
    }
    let body = PythonFormula(formula: formula, width: shape.last ?? 1, operands: own)
    var value = body.text(into: &self, part(ref))
    if formula.isTruth(formula.results[0]) {
      value = "(\(value)).\(precision == .single ? "float" : "double")()"
    }
    if formula.extent(formula.results[0]) < .element || formula.results[0] >= formula.nodes.count {
      let rows = given.first ?? "x"
      value = "torch.zeros_like(\(rows)) + \(value)"
    }
    return value
  }

  /// Whether PyTorch has a name for what a step computes.
  func isKnown(_ step: FinishedModel.Step) -> Bool {
    guard case .operation(.formula(let rule)) = step.form else { return false }
    let identity = rule.formula.compacted().identity
    return Self.known.contains { $0.identity == identity }
  }

  /// Formulas that PyTorch has a name for.
  private static let known: [(identity: [String], call: String)] = [
    (ReLU().formula, "torch.relu(X)"), (Sigmoid().formula, "torch.sigmoid(X)"),
    (Tanh().formula, "torch.tanh(X)"), (Softmax().formula, "torch.softmax(X, -1)"),
    (Softplus().formula, "F.softplus(X)"), (Softsign().formula, "F.softsign(X)"),
    (GELU().formula, "F.gelu(X)"), (SiLU().formula, "F.silu(X)"), (Mish().formula, "F.mish(X)"),
    (SELU().formula, "F.selu(X)"), (ELU().formula, "F.elu(X)"),
    (LeakyReLU().formula, "F.leaky_relu(X)"),
  ].map { ($0.stabilised().compacted().identity, $1) }
}

/// A formula as an expression of Python.
private struct PythonFormula {
  let formula: Formula
  let width: Int
  let operands: [String]

  /// The text of the result; terms that are used more than once are written before and named.
  func text(into writer: inout PyTorchWriter, _ part: PyTorchWriter.Part) -> String {
    let result = formula.results[0]
    var uses = [Int](repeating: 0, count: formula.nodes.count)
    for node in formula.nodes { for operand in node.operands { uses[operand] += 1 } }
    var texts: [String] = []
    for (term, node) in formula.nodes.enumerated() {
      var text = text(of: node, texts)
      if term != result, uses[term] > 1, text.contains(" ") || text.contains("("),
        !node.operands.isEmpty
      {
        let name = writer.freshName("part")
        writer.line(part, "\(name) = \(text)")
        text = name
      }
      texts.append(text)
    }
    return texts[result]
  }

  private func text(of node: Formula.Node, _ texts: [String]) -> String {
    func term(_ index: Int) -> String {
      let text = texts[index]
      return text.contains(" ") || text.hasPrefix("-") || text.hasPrefix("~") ? "(\(text))" : text
    }
    switch node {
    case .constant(let number): return PyTorchWriter.number(number)
    case .variable(let index): return index < operands.count ? operands[index] : "0.0"
    case .size: return "\(width)"
    case .unary(let function, let a):
      switch function {
      case .negate: return "-\(term(a))"
      case .not: return "~\(term(a))"
      case .softplus: return "F.softplus(\(texts[a]))"
      case .abs, .sign, .sqrt, .exp, .log, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
        .tanh, .sigmoid, .erf, .floor, .ceil, .round:
        return "torch.\(function.rawValue)(\(texts[a]))"
      }
    case .binary(let operation, let a, let b):
      switch operation {
      case .power: return "\(term(a)) ** \(term(b))"
      case .least, .greatest: return extreme(operation, a, b, texts)
      case .and: return "\(term(a)) & \(term(b))"
      case .or: return "\(term(a)) | \(term(b))"
      case .add, .subtract, .multiply, .divide, .less, .lessOrEqual, .equal, .notEqual:
        return "\(term(a)) \(operation.rawValue) \(term(b))"
      }
    case .select(let condition, let a, let b):
      return "torch.where(\(texts[condition]), \(texts[a]), \(texts[b]))"
    case .reduce(let reduction, let a):
      switch reduction {
      case .sum, .mean: return "\(term(a)).\(reduction)(-1, keepdim=True)"
      case .max, .offset: return "\(term(a)).amax(-1, keepdim=True)"
      case .min: return "\(term(a)).amin(-1, keepdim=True)"
      }
    }
  }

  /// The smaller or larger of two, of which one may be a number.
  private func extreme(
    _ operation: Formula.Binary, _ a: Int, _ b: Int, _ texts: [String]
  ) -> String {
    let bound = operation == .least ? "max" : "min"
    if formula.constant(b) != nil { return "torch.clamp(\(texts[a]), \(bound)=\(texts[b]))" }
    if formula.constant(a) != nil { return "torch.clamp(\(texts[b]), \(bound)=\(texts[a]))" }
    return "torch.\(operation == .least ? "minimum" : "maximum")(\(texts[a]), \(texts[b]))"
  }
}
