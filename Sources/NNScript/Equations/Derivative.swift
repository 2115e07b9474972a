import NNEngine

extension FunctionEntry {
  /// Functions that work on functions as formulas.
  static var equations: [FunctionEntry] {
    [
      .make(
        "derivative",
        "The derivative of a function as a function, which prints as its formula.", "f", "by=none",
        example: "print derivative(sigmoid)"
      ) { call in
        guard let context = call.context as? any EquationContext else {
          throw call.wrong(0, "a function of this session")
        }
        let equation = try EquationReader.read(call.function(0), context)
        let by = call.has(1) ? try call.text(1) : nil
        return .function(FunctionEntry(of: try equation.derivative(by: by)))
      }
    ]
  }

  /// A function that computes a formula; as text it is its definition.
  convenience init(of equation: ReadEquation) {
    let prepared = equation.formula.stabilised()
    let parameters = equation.parameters.map { parameter in
      Parameter(
        name: parameter.name, defaultText: parameter.defaultValue.map { Printer.number($0) })
    }
    self.init(
      equation.name, "A function worked out by the script.", parameters,
      example: "print derivative(sigmoid)"
    ) { _, values in
      try equation.value(of: values, prepared)
    }
    self.equation = equation
  }
}

extension ReadEquation {
  /// The derivative by one of the parameters: the only one that must be given, unless said.
  func derivative(by name: String?) throws -> ReadEquation {
    let names = required.map(\.name)
    let index: Int
    if let name {
      guard let found = parameters.firstIndex(where: { $0.name == name }) else {
        throw ValueError.unknownArgument(
          name, of: "`\(self.name)`", known: parameters.map(\.name), argument: 1)
      }
      index = found
    } else if names.count == 1 {
      index = parameters.firstIndex { $0.name == names[0] } ?? 0
    } else {
      throw ValueError(
        code: .missingValue, message: "`\(self.name)` has several parameters: say by which",
        label: "takes \(names.joined(separator: ", "))",
        help: ["write `derivative(\(self.name), by=\"\(names.last ?? "x")\")`"], argument: 0)
    }
    var result = self
    result.formula = formula.spreading(index)
    let value = result.formula.results[0]
    if formula.extent(value) == .element, formula.hasReductions {
      throw ValueError(
        code: .notAnEquation,
        message: "`\(self.name)` makes a vector of a vector: its derivative is a matrix",
        label: "gives one number for each element",
        help: ["derive one number of it: `def total(x) = sum(…)`"], argument: 0)
    }
    result.formula.results = []
    do throws(Formula.NotDifferentiable) {
      result.formula.results = try result.formula.derivatives(
        of: value, by: [index], seed: result.formula.number(1))
    } catch {
      throw ValueError(
        code: .notAnEquation, message: "`\(error.word)` has no derivative", argument: 0)
    }
    result.formula = result.formula.compacted()
    result.name += "_prime"
    return result
  }

  /// The value for numbers, lists and tensors: several numbers are one sample along the last axis.
  fileprivate func value(of values: [Value?], _ prepared: Formula) throws -> Value {
    var grids: [Grid] = []
    for (index, parameter) in parameters.enumerated() {
      if let value = values[index], !value.isNone {
        grids.append(try Grid(value, of: name, argument: index))
      } else {
        grids.append(Grid(sizes: [], elements: [parameter.defaultValue ?? 0]))
      }
    }
    let largest = grids.indices.max { grids[$0].elements.count < grids[$1].elements.count } ?? 0
    let width = grids[largest].sizes.last ?? 1
    for (index, grid) in grids.enumerated() where grid.elements.count != 1 {
      guard grid.sizes == grids[largest].sizes else {
        throw ValueError(
          code: .shapeMismatch, message: "`\(name)` needs values of one size",
          label: "\(Shape(grid.sizes)) beside \(Shape(grids[largest].sizes))", argument: index)
      }
    }
    var result = grids[largest]
    let rows = width == 0 ? 0 : result.elements.count / width
    var isOne = false
    for row in 0..<rows {
      let sample = grids.enumerated().map { index, grid in
        grid.elements.count == 1
          ? [Double](
            repeating: grid.elements[0], count: prepared.extent(index) == .element ? width : 1)
          : Array(grid.elements[row * width..<(row + 1) * width])
      }
      let all = prepared.evaluate(sample, width: width)
      if let fault = prepared.fault(in: all, width: width) {
        throw ValueError(
          code: .domainFault, message: "`\(fault.text)` in `\(name)` is not a finite number",
          label: "leaves its domain")
      }
      let numbers = all[prepared.results[0]]
      isOne = numbers.count == 1 && prepared.extent(prepared.results[0]) == .sample
      for index in 0..<width {
        result.elements[row * width + index] = numbers[numbers.count == 1 ? 0 : index]
      }
    }
    guard !isOne, !result.sizes.isEmpty else {
      guard isOne, !result.sizes.isEmpty else { return .number(result.elements[0]) }
      return result.reduced(axis: result.sizes.count - 1) { $0[0] }
        .value(like: values[largest] ?? .none)
    }
    return result.value(like: values[largest] ?? .none)
  }
}
