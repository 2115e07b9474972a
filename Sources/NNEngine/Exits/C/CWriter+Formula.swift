// Formulas as loops of C. What is one number a vector is worked out before the loop over it.

extension CWriter {
  mutating func write(
    _ rule: FormulaOperation, _ operands: [Operations.Ref], _ ref: Operations.Ref, _ y: Place
  ) {
    let formula = rule.formula.compacted()
    let shape = program.shape(ref).sizes
    let given = operands.map { place($0, y.precision) }
    // Vectors stay loops of their own where they are looked at as a whole.
    let cut = formula.hasReductions ? max(0, shape.count - 1) : shape.count
    let strides =
      operands.map { CLoops.strides(of: program.shape($0).sizes, along: shape) }
      + [Shape(shape).strides]
    let outer = CLoops(Array(shape[..<cut]), strides.map { Array($0[..<cut]) })
    var body = FormulaBody(
      formula: formula, precision: y.precision, width: shape.last ?? 1, operands: [])
    for (index, place) in given.enumerated() {
      let start = outer.index(of: index)
      let step = cut < shape.count ? strides[index][cut] : 0
      let inner = step == 0 ? start : step == 1 ? "\(start) + j" : "\(start) + j * \(step)"
      body.operands.append(cast(place(inner), place, to: y.precision))
    }
    let target = outer.index(of: operands.count)
    let scoped: (inout CWriter, (inout CWriter) -> Void) -> Void =
      outer.sizes.isEmpty ? { $0.scope($1) } : { $1(&$0) }
    scoped(&self) { writer in
      writer.loop(outer.sizes[...]) { writer in
        guard cut < shape.count else {
          return writer.line("\(y(target)) = \(body.element(formula.results[0], &writer));")
        }
        body.writeVectors(into: &writer)
        writer.block("for (int j = 0; j < \(shape[cut]); j++)") {
          $0.line("\(y("\(target) + j")) = \(body.element(formula.results[0], &$0));")
        }
      }
    }
  }
}

/// The terms of a formula while they are written.
private struct FormulaBody {
  let formula: Formula
  let precision: FinishedModel.Precision
  let width: Int
  /// Each operand's number, where it is read.
  var operands: [String]
  /// What is one number a vector and has been worked out.
  private var ready: [Int: String] = [:]

  init(
    formula: Formula, precision: FinishedModel.Precision, width: Int, operands: [String]
  ) {
    (self.formula, self.precision, self.width) = (formula, precision, width)
    self.operands = operands
  }

  private var type: String { precision == .single ? "float" : "double" }

  /// Works out all sums over the vector.
  mutating func writeVectors(into writer: inout CWriter) {
    for (term, node) in formula.nodes.enumerated() {
      guard case .reduce(let reduction, let a) = node else { continue }
      let name = "r\(term)"
      let (first, step) =
        switch reduction {
        case .sum, .mean: ("0", "\(name) += VALUE;")
        case .max, .offset: ("-INFINITY", "if (VALUE > \(name)) \(name) = VALUE;")
        case .min: ("INFINITY", "if (VALUE < \(name)) \(name) = VALUE;")
        }
      writer.line("\(type) \(name) = \(first);")
      writer.block("for (int j = 0; j < \(width); j++)") {
        let value = element(a, &$0)
        let isRead = reduction == .sum || reduction == .mean || !value.contains(" ")
        if !isRead { $0.line("const \(type) value = \(value);") }
        $0.line(step.replacing("VALUE", with: isRead ? value : "value"))
      }
      if reduction == .mean { writer.line("\(name) /= \(width);") }
      ready[term] = name
    }
  }

  /// Writes the terms that one element needs more than once.
  ///
  /// - Returns: the text of its value.
  func element(_ result: Int, _ writer: inout CWriter) -> String {
    var texts = ready
    let isNeeded = needed(for: result)
    var uses = [Int](repeating: 0, count: formula.nodes.count)
    for (term, node) in formula.nodes.enumerated() where isNeeded[term] && ready[term] == nil {
      for operand in node.operands { uses[operand] += 1 }
    }
    for (term, node) in formula.nodes.enumerated() where isNeeded[term] && texts[term] == nil {
      let text = text(of: node, texts, &writer)
      guard term != result, uses[term] > 1, text.contains(" ") || text.contains("(") else {
        texts[term] = text
        continue
      }
      writer.line("const \(formula.isTruth(term) ? "int" : type) t\(term) = \(text);")
      texts[term] = "t\(term)"
    }
    return texts[result] ?? "0"
  }

  private func needed(for result: Int) -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: formula.nodes.count)
    isNeeded[result] = true
    for term in formula.nodes.indices.reversed() where isNeeded[term] && ready[term] == nil {
      for operand in formula.nodes[term].operands { isNeeded[operand] = true }
    }
    return isNeeded
  }

  private func text(
    of node: Formula.Node, _ texts: [Int: String], _ writer: inout CWriter
  ) -> String {
    func plain(_ index: Int) -> String { texts[index] ?? "0" }
    func term(_ index: Int) -> String {
      let text = plain(index)
      return text.contains(" ") || text.hasPrefix("-") || text.hasPrefix("!") ? "(\(text))" : text
    }
    switch node {
    case .constant(let number): return writer.number(number, precision)
    case .variable(let index): return index < operands.count ? operands[index] : "0"
    case .size: return writer.number(Double(width), precision)
    case .unary(.negate, let a): return "-\(term(a))"
    case .unary(.not, let a): return "!\(term(a))"
    case .unary(let function, let a): return call(function, plain(a), &writer)
    case .binary(let operation, let a, let b):
      let (x, y) = operation.isFunction ? (plain(a), plain(b)) : (term(a), term(b))
      return call(operation, x, y)
    case .select(let condition, let a, let b):
      return "\(term(condition)) ? \(term(a)) : \(term(b))"
    case .reduce: return "0"
    }
  }

  private func call(
    _ function: Formula.Unary, _ x: String, _ writer: inout CWriter
  ) -> String {
    let end = precision == .single ? "f" : ""
    switch function {
    case .negate, .not: return x
    case .abs: return "fabs\(end)(\(x))"
    case .round: return "rint\(end)(\(x))"
    case .sigmoid, .softplus, .sign: return "\(writer.use(function.rawValue + end))(\(x))"
    case .sqrt, .exp, .log, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .erf,
      .floor, .ceil:
      return "\(function.rawValue)\(end)(\(x))"
    }
  }

  private func call(_ operation: Formula.Binary, _ a: String, _ b: String) -> String {
    let end = precision == .single ? "f" : ""
    switch operation {
    case .power: return "pow\(end)(\(a), \(b))"
    case .least: return "fmin\(end)(\(a), \(b))"
    case .greatest: return "fmax\(end)(\(a), \(b))"
    case .and: return "\(a) && \(b)"
    case .or: return "\(a) || \(b)"
    case .add, .subtract, .multiply, .divide, .less, .lessOrEqual, .equal, .notEqual:
      return "\(a) \(operation.rawValue) \(b)"
    }
  }
}

extension Formula.Binary {
  /// Whether C writes it as a function.
  fileprivate var isFunction: Bool { self == .power || self == .least || self == .greatest }
}
