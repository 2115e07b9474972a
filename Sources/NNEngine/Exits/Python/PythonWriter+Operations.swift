// Each primitive as an expression. Rows are the first axis of what they change.

extension PythonWriter {
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
      let axes = rule.axes.map { $0 + 1 }
      guard rule.kind == .count else { return arrays.reduce(x, rule.kind.rawValue, axes) }
      let share = program.shape(operands[0]).count / max(1, shape.count)
      return "\(arrays.prefix).full_like(\(arrays.reduce(x, "max", axes)), \(share))"
    case .product(let rule): return try write(rule, operands, ref, precision)
    case .gather(let rule): return try write(rule, operands, precision)
    case .reshape(let rule):
      var x = text(operands[0], precision)
      let own = program.shape(operands[0])
      if let order = rule.order, order != Array(0..<own.rank) {
        x = arrays.transpose(x, [0] + order.map { $0 + 1 })
        if Shape(order.map { own[$0] }) == shape { return x }
      } else if own == shape || isPicked(operands[0]) {
        return x
      }
      return arrays.reshape(x, [-1] + shape.sizes)
    case .concatenation(let rule):
      let byRow = operands.first { program.extent($0).isByRow } ?? operands[0]
      let (rows, rank) = (text(byRow, precision), program.shape(byRow).rank)
      let parts = operands.map { operand in
        let part = text(operand, precision)
        guard !program.extent(operand).isByRow else { return part }
        return arrays.repeated(part, program.shape(operand).sizes, rowsOf: rows, rank: rank)
      }
      if parts.count == 1 { return parts[0] }
      return arrays.concatenate(parts, rule.axis + 1)
    }
  }

  private mutating func write(
    _ rule: ProductOperation, _ operands: [Operations.Ref], _ ref: Operations.Ref,
    _ precision: FinishedModel.Precision
  ) throws(EngineError) -> String {
    let (a, b) = (operands[0], operands[1])
    let (x, w) = (text(a, precision), text(b, precision))
    let aShape = program.shape(a)
    if !rule.window.isEmpty, library == .numpy, rule.window.count == 2, rule.shared == 0,
      aShape.rank == 3
    {
      let axes = rule.window
      return "\(helper(.convolve))(\(x), \(w), \(axes.map(\.stride).tuple), \(axes.padding), "
        + "dilation=\(axes.map(\.dilation).tuple))"
    }
    guard rule.window.isEmpty else {
      throw .invalid(
        "a product over windows that is no layer has no form in \(library.title)")
    }
    if rule.shared == 0, !program.extent(b).isByRow { return "\(x) @ \(w)" }
    let bShape = program.shape(b)
    let others = aShape.sizes[rule.shared..<aShape.rank - 1].reduce(1, *)
    let flat = aShape.sizes.prefix(rule.shared) + [others, bShape[bShape.rank - 2]]
    let rows = program.extent(a).isByRow ? [-1] : []
    let product = "(\(arrays.reshape(x, rows + flat)) @ \(w))"
    return arrays.reshape(product, [-1] + program.shape(ref).sizes)
  }

  private mutating func write(
    _ rule: GatherOperation, _ operands: [Operations.Ref], _ precision: FinishedModel.Precision
  ) throws(EngineError) -> String {
    let (x, length) = (operands[0], program.shape(operands[0])[0])
    if case .given = rule.places, isOneHot(x, rule.fill) {
      let places = arrays.prefix == "torch" ? "torch.arange" : "np.arange"
      return arrays.cast("(\(text(operands[1], .double)) == \(places)(\(length)))", precision)
    }
    let table = text(x, precision)
    let isByRow = program.extent(x).isByRow
    var places = ""
    var isWhole = false
    switch rule.places {
    case .fixed(let list, let shape):
      isWhole = list.allSatisfy { (0..<length).contains($0) }
      let safe = list.map { (0..<length).contains($0) ? $0 : length }
      places = arrays.indices(safe, shape.sizes)
    case .given:
      let value = text(operands[1], .double)
      let isThere = "(\(value) > -0.5) & (\(value) < \(length))"
      places = arrays.rounded("\(arrays.prefix).where(\(isThere), \(value), \(length))")
    }
    // One place behind the last is filled, for those that are not there.
    var filled = table
    if !isWhole {
      let one = isByRow ? "\(table)[:, :1]" : "\(table)[:1]"
      let last = "\(arrays.prefix).full_like(\(one), \(arrays.number(rule.fill)))"
      filled = arrays.concatenate([table, last], isByRow ? 1 : 0)
    }
    guard isByRow else { return "\(filled)[\(places)]" }
    if case .fixed = rule.places { return arrays.take(filled, places) }
    guard arrays != .keras else {
      throw .invalid("a layer that picks places row by row has no form in Keras")
    }
    return "\(arrays.prefix).stack([one[at] for one, at in zip(\(filled), \(places))])"
  }

  /// Whether a value is picked in that way; only its reshaping reads it.
  private func isPicked(_ ref: Operations.Ref) -> Bool {
    guard case .operation(.gather(let rule), let operands) = program.values[ref.place].source,
      case .given = rule.places
    else { return false }
    return isOneHot(operands[0], rule.fill)
  }

  /// Whether what is picked of a table is 1 at its place and else 0, as categories are encoded; the
  /// axis of 1 that places stand along is left out then.
  private func isOneHot(_ table: Operations.Ref, _ fill: Double) -> Bool {
    let shape = program.shape(table)
    guard arrays != .keras, fill == 0, shape.rank == 2, shape[0] == shape[1],
      part(table) == .encode, let numbers = model.numbers(of: table)
    else { return false }
    return numbers.enumerated().allSatisfy { $1 == ($0 % (shape[0] + 1) == 0 ? 1 : 0) }
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
      let call = PythonFunction.known(formula)?.call(arrays)
    {
      if let own = call.helper { helper(own) }
      return call.text.replacing("X", with: given[0])
    }
    var own: [String] = []
    for (operand, text) in zip(operands, given) {
      // What is summed up along the last axis counts as often as it is repeated.
      let isNarrow = formula.hasReductions && program.shape(operand).sizes.last != shape.last
      guard isNarrow, let width = shape.last, program.extent(operand).isByRow else {
        own.append(text)
        continue
      }
      own.append(arrays.widened(text, shape.count, width))
    }
    let body = PythonFormula(formula: formula, width: shape.last ?? 1, operands: own)
    var value = body.text(into: &self, part(ref))
    if formula.isTruth(formula.results[0]) { value = arrays.cast("(\(value))", precision) }
    if formula.extent(formula.results[0]) < .element || formula.results[0] >= formula.nodes.count {
      let rows = given.first ?? "x"
      value = "\(arrays.prefix).zeros_like(\(rows)) + \(value)"
    }
    return value
  }

  /// What the library calls what a step computes.
  func known(_ step: FinishedModel.Step) -> PythonFunction? {
    guard case .operation(.formula(let rule)) = step.form else { return nil }
    let known = PythonFunction.known(rule.formula.compacted())
    return known?.call(arrays) == nil ? nil : known
  }
}
