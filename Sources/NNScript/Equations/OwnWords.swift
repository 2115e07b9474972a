import NNEngine

// Functions of the script as words of the engine: what each use gives, what it must get back, and
// the check of its derivative before anything is learnt with it.

/// A family of words that a script may add to with a `def`.
enum OwnFamily: String, CaseIterable {
  case activation, loss, metric, optimizer, penalty

  /// What the use gives, in order.
  var given: [String] {
    switch self {
    case .activation: ["x"]
    case .loss, .metric: ["y", "p"]
    case .optimizer: ["w", "g"]
    case .penalty: ["w"]
    }
  }

  /// Parameters that the training sets by name.
  var live: Set<String> { self == .optimizer ? ["lr", "t"] : [] }

  /// A line to copy.
  var example: String {
    switch self {
    case .activation: "def swish(x) = x * sigmoid(x)"
    case .loss: "def squares(y, p) = (y - p)^2"
    case .metric: "def worst(y, p) = max(abs(y - p))"
    case .optimizer: "def descend(w, g, lr=0.1) = w - lr * g"
    case .penalty: "def small(w) = 0.01 * w^2"
    }
  }
}

extension FunctionBox {
  /// Whether it is no word of the vocabulary: a `def`, or a function worked out from one.
  var isOwn: Bool {
    switch body {
    case .builtin(let entry): entry.equation != nil
    case .script: true
    }
  }
}

extension Session {
  /// A script's function as a word of a family; `nil` for families that take none.
  ///
  /// - Throws: the `Diagnostic` of why it cannot be one.
  func own(_ function: FunctionBox, inFamily family: String, at range: SourceRange) throws -> Any? {
    switch OwnFamily(rawValue: family) {
    case .activation:
      let equation = try equation(of: function, .activation, [:], at: range)
      try checkDerivative(equation, by: 0, .activation, at: range)
      return try differentiable(range) { () throws(Formula.NotDifferentiable) in
        try EquationActivation(equation)
      }
    case .penalty:
      let equation = try equation(of: function, .penalty, [:], at: range)
      try refuseReductions(in: equation.formula, equation.name, .penalty, at: range)
      try checkDerivative(equation, by: 0, .penalty, at: range)
      return try differentiable(range) { () throws(Formula.NotDifferentiable) in
        try EquationPenalty(equation)
      }
    case .metric:
      let equation = try equation(of: function, .metric, [:], at: range)
      try checkDomain(equation, at: range)
      return EquationMetric(equation)
    default: return nil
    }
  }

  /// A script's function as a loss.
  func ownLoss(
    _ function: FunctionBox, _ settings: [String: Double], at range: SourceRange
  ) throws -> any Loss {
    let equation = try equation(of: function, .loss, settings, at: range)
    try checkDerivative(equation, by: 1, .loss, at: range)
    var activations: [String: Formula] = [:]
    for name in ["softmax", "sigmoid"] {
      guard let entry = vocabulary.function(name) else { continue }
      activations[name] = try EquationReader.read(FunctionBox(.builtin(entry)), self).formula
    }
    return try differentiable(range) { () throws(Formula.NotDifferentiable) in
      try EquationLoss(equation, activations: activations)
    }
  }

  /// A script's function as a rule for weights.
  func ownOptimizer(
    _ function: FunctionBox, _ settings: [String: Double], at range: SourceRange
  ) throws -> any Optimizer {
    let read = try read(function, .optimizer, at: range)
    // w, g, lr, t, then the state.
    var formula = Formula(
      [.init("w", .element), .init("g", .element), .init("lr", .uniform), .init("t", .uniform)]
        + read.states.map { .init($0.name, .element) })
    var places = 0
    let binding =
      read.parameters.map { parameter -> Formula.Term in
        if let value = settings[parameter.name] { return formula.number(value) }
        switch parameter.name {
        case "lr": return 2
        case "t": return 3
        default: break
        }
        if let value = parameter.defaultValue { return formula.number(value) }
        places += 1
        return places - 1
      } + read.states.indices.map { 4 + $0 }
    formula.results = formula.bring(read.formula.results, of: read.formula, binding: binding)
    try refuseReductions(in: formula, read.name, .optimizer, at: range)
    let rate = read.parameters.first { $0.name == "lr" }?.defaultValue
    return EquationOptimizer(
      Equation(
        name: read.name, definition: FormulaText(read).definition, formula: formula),
      starts: read.states.map(\.start), learningRate: rate ?? 0.001,
      settings: settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        .joined(separator: " "))
  }

  /// What works weight by weight cannot look at several.
  private func refuseReductions(
    in formula: Formula, _ name: String, _ family: OwnFamily, at range: SourceRange
  ) throws {
    guard formula.hasReductions else { return }
    let what = family == .penalty ? "a penalty" : "a rule"
    throw Diagnostic(
      .notAnEquation, "`\(name)` sums over weights, and \(what) sees one at a time",
      at: reduction(in: formula) ?? range, "looks at several weights")
  }

  private func reduction(in formula: Formula) -> SourceRange? {
    let isNeeded = formula.needed(for: formula.results)
    for (term, node) in formula.nodes.enumerated() where isNeeded[term] {
      if case .reduce = node, let origin = formula.origins[term] {
        return SourceRange(packed: origin)
      }
    }
    return nil
  }

  // MARK: Reading

  /// Reads a function and holds its parameters against what the use gives.
  private func read(
    _ function: FunctionBox, _ family: OwnFamily, at range: SourceRange
  ) throws -> ReadEquation {
    let read = try EquationReader.read(function, self, uniform: family.live)
    let required = read.required.filter { !family.live.contains($0.name) }
    guard required.count == family.given.count else {
      let given = family.given.map { "`\($0)`" }.joined(separator: " and ")
      throw Diagnostic(
        .notAnEquation,
        "\(article(family.rawValue)) is a function of \(given), `\(read.name)` takes "
          + (required.isEmpty
            ? "nothing" : required.map { "`\($0.name)`" }.joined(separator: ", ")),
        at: range, "takes \(count(required.count, "value"))",
        help: ["for example `\(family.example)`; give settings a default: `slope=0.1`"])
    }
    guard read.states.isEmpty || family == .optimizer else {
      throw Diagnostic(
        .notAnEquation, "\(article(family.rawValue)) keeps no state, `\(read.name)` has some",
        at: range, "has a `state`")
    }
    guard !read.formula.isTruth(read.formula.results[0]) else {
      throw Diagnostic(
        .notAnEquation, "`\(read.name)` gives true or false, not a number", at: range,
        "gives a truth value", help: ["choose between numbers: `if … then 1 else 0`"])
    }
    return read
  }

  private func equation(
    of function: FunctionBox, _ family: OwnFamily, _ settings: [String: Double],
    at range: SourceRange
  ) throws -> Equation {
    let read = try read(function, family, at: range)
    let formula = read.setting(settings)
    if family == .activation, formula.extent(formula.results[0]) == .sample {
      throw Diagnostic(
        .notAnEquation, "`\(read.name)` gives one number for a whole sample", at: range,
        "an activation gives one for each output")
    }
    return Equation(
      name: read.name, definition: FormulaText(read).definition, formula: formula)
  }

  private func differentiable<Result>(
    _ range: SourceRange, _ body: () throws(Formula.NotDifferentiable) -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      throw Diagnostic(.notAnEquation, "`\(error.word)` has no derivative", at: range)
    }
  }

  /// A metric needs no derivative, but a value for what it will meet.
  private func checkDomain(_ equation: Equation, at range: SourceRange) throws {
    if case .leavesDomain(let fault) = DerivativeCheck(equation.formula, by: 1, .targets).outcome {
      throw leavesDomain(fault, equation, .metric, at: range)
    }
  }

  private func leavesDomain(
    _ fault: Formula.Fault, _ equation: Equation, _ family: OwnFamily, at range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .domainFault, "`\(fault.text)` in `\(equation.name)` is not a finite number",
      at: fault.origin.map { SourceRange(packed: $0) } ?? range, "leaves its domain here",
      secondary: [Diagnostic.Label(range, "used as \(article(family.rawValue))")],
      help: family == .activation ? ["an activation needs a value for every number"] : [])
  }

  /// Compares a derivative with central differences before anything is learnt with it.
  private func checkDerivative(
    _ equation: Equation, by variable: Int, _ family: OwnFamily, at range: SourceRange
  ) throws {
    let check = DerivativeCheck(
      equation.formula, by: variable, family == .loss ? .targets : .anyNumber)
    switch check.outcome {
    case .agrees(_, let points):
      // Once is enough: a line of a loop comes by often.
      guard toldKinks.insert(equation.definition).inserted else { break }
      let left = KinkText.text(of: equation.formula, by: variable)
      guard !left.isEmpty else { break }
      host.receive(
        .note(
          "the derivative of `\(equation.name)` agrees with differences at \(points) points; "
            + "left out: \(left)", command: family.rawValue))
    case .leavesDomain(let fault):
      throw leavesDomain(fault, equation, family, at: range)
    case .differs(let point, let derived, let measured):
      throw Diagnostic(
        .notAnEquation,
        "the derivative of `\(equation.name)` does not match its differences at "
          + "\(Formatting.number(point)): \(Formatting.number(derived)) and "
          + Formatting.number(measured),
        at: range, "jumps here or there")
    }
  }
}

// MARK: Members of families

extension FunctionTemplate {
  /// A definition's settings as options, for checking a line before anything runs.
  func settings(except live: Set<String>) -> [ParameterInfo] {
    parameters.filter { $0.defaultValue != nil && !live.contains($0.variable.name) }.map {
      let number =
        if case .constant(let value)? = $0.defaultValue?.form { value.numberValue } else {
          Double?.none
        }
      return setting($0.variable.name, number)
    }
  }
}

/// A setting of a script's function as an option.
private func setting(_ name: String, _ value: Double?) -> ParameterInfo {
  Parameter<Double>(
    name, .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude),
    "A setting of the function.", defaultText: value.map { Printer.number($0) } ?? "its default",
    isPositional: false
  ) { _ in 0 }.info
}

extension Spec {
  /// A script's function as an entry of a family whose options are its settings.
  static func own(
    _ function: FunctionBox, _ session: Session, except live: Set<String>,
    make: @escaping ([String: Double]) throws -> Product
  ) throws -> Spec<Product> {
    let read = try EquationReader.read(function, session, uniform: live)
    let settings = read.parameters.filter { $0.defaultValue != nil && !live.contains($0.name) }
    return Spec(
      read.name, "A function of the script.",
      parameters: settings.map { setting($0.name, $0.defaultValue) }, example: ""
    ) { values in
      var given: [String: Double] = [:]
      for (setting, value) in zip(settings, values) {
        if case .number(let number) = value { given[setting.name] = number }
      }
      return try make(given)
    }
  }
}
