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
    let function = EquationFunction(equation, name: equation.name)
    let parameters = equation.parameters.map { parameter in
      Parameter(
        name: parameter.name, defaultText: parameter.defaultValue.map { Printer.number($0) })
    }
    self.init(
      equation.name, "A function worked out by the script.", parameters,
      example: "print derivative(sigmoid)"
    ) { _, values in
      try function(
        zip(values, equation.parameters).map { value, parameter in
          value.flatMap { $0.isNone ? nil : $0 } ?? .number(parameter.defaultValue ?? 0)
        })
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
    guard result.formula.nodes.count <= Formula.termLimit else {
      throw ValueError(
        code: .notAnEquation, message: "the derivative of `\(self.name)` is too large",
        label: "more than \(Formula.termLimit) terms", argument: 0)
    }
    result.name += "_prime"
    return result
  }
}
