import NNEngine

/// Reads a function of the script as a formula. What a formula cannot hold is an error at its
/// place: a loop, a command, chance, a name that is no number.
///
/// Names outside the function are read as they are now; other functions are read in place.
struct EquationReader {
  /// What a name stands for while reading.
  enum Meaning {
    case term(Formula.Term)
    case function(FunctionBox)
    /// A function defined inside the equation, which sees its names.
    case inner(FunctionTemplate)
  }

  /// The names of one function being read.
  struct Names {
    var meanings: [ObjectIdentifier: Meaning] = [:]
    var captured: [ObjectIdentifier: Cell] = [:]
    /// The function's own state, set anew by its `state` line.
    var states: [ObjectIdentifier: Int] = [:]
  }

  let context: any EquationContext
  private(set) var formula: Formula
  private var depth = 0
  /// What functions of the script gave for terms: the same again. An equation may call a function
  /// that calls another twice, and so on; each is read once for the terms it is given.
  private var known: [Application: Formula.Term] = [:]
  /// Expressions within each other, through all functions.
  private var nesting = 0
  private static let nestingLimit = 500
  /// How many expressions were read, to see that reading does not go on for ever.
  private var steps = 0
  /// Functions within functions; more means that one calls itself.
  private static let depthLimit = 50
  /// Far more expressions than a formula of the largest size needs.
  private static let stepLimit = 50 * Formula.termLimit

  /// A function of the script and the terms it is applied to.
  private struct Application: Hashable {
    var function: ObjectIdentifier
    var arguments: [Formula.Term]
  }

  private init(_ context: any EquationContext, _ formula: Formula) {
    self.context = context
    self.formula = formula
  }

  /// Reads a function.
  ///
  /// - Parameter uniform: parameters without a default that are one number for everything: the step
  ///   size of an optimiser.
  /// - Throws: the `Diagnostic` of the first thing that no formula can hold.
  static func read(
    _ function: FunctionBox, _ context: any EquationContext, uniform: Set<String> = []
  ) throws -> ReadEquation {
    switch function.body {
    case .builtin(let entry):
      let isIntrinsic = entry.equation == nil && Intrinsic.named(entry.name) != nil
      if !isIntrinsic, let known = try context.equation(of: entry) { return known }
      guard isIntrinsic else {
        throw ValueError(
          code: .notAnEquation, message: "`\(entry.name)` has no derivative",
          label: Intrinsic.isChance(entry.name) ? "chance" : "no formula says what it gives",
          help: ["a function of the script has one: `def f(x) = …`"], argument: 0)
      }
      var reader = EquationReader(context, Formula([.init("x", .element)]))
      let result = try reader.builtin(
        entry, [0], at: SourceRange(source: 0, start: 0, end: 0), argumentRanges: [])
      reader.formula.results = [result]
      return ReadEquation(
        name: entry.name, parameters: [.init(name: "x", defaultValue: nil)],
        formula: reader.formula)
    case .script(let template):
      return try read(template, function, context, uniform)
    }
  }

  private static func read(
    _ template: FunctionTemplate, _ function: FunctionBox, _ context: any EquationContext,
    _ uniform: Set<String>
  ) throws -> ReadEquation {
    var names = names(of: function)
    // Defaults are numbers, whatever they are written as.
    var defaults = EquationReader(context, Formula([]))
    var parameters: [ReadEquation.Parameter] = []
    for parameter in template.parameters {
      let value = try parameter.defaultValue.map { node in
        try defaults.number(node, names, "the default of `\(parameter.variable.name)`")
      }
      parameters.append(.init(name: parameter.variable.name, defaultValue: value))
    }
    var states: [ReadEquation.State] = []
    for (variable, start) in template.states {
      names.states[ObjectIdentifier(variable)] = states.count
      states.append(
        .init(
          name: variable.name,
          start: try defaults.number(start, names, "the start of `\(variable.name)`")))
    }
    let variables =
      parameters.map { parameter in
        let isNumber = parameter.defaultValue != nil || uniform.contains(parameter.name)
        return Formula.Variable(parameter.name, isNumber ? .uniform : .element)
      } + states.map { Formula.Variable($0.name, .element) }
    var reader = EquationReader(context, Formula(variables))
    for (index, parameter) in template.parameters.enumerated() {
      names.meanings[ObjectIdentifier(parameter.variable)] = .term(index)
    }
    let value = try reader.run(template, &names)
    let news = try template.states.map { variable, start in
      guard case .term(let term)? = names.meanings[ObjectIdentifier(variable)] else {
        throw reader.refused("is no number", start.range, "`\(variable.name)`")
      }
      return term
    }
    reader.formula.results = [value] + news
    return ReadEquation(
      name: template.name, parameters: parameters, states: states, formula: reader.formula)
  }

  /// What a function closes over.
  private static func names(of function: FunctionBox) -> Names {
    var names = Names()
    guard let header = function.code else { return names }
    let captured = header.pointee.code.takeUnretainedValue().captured
    for (variable, cell) in zip(captured, function.captures) {
      names.captured[ObjectIdentifier(variable)] = cell
    }
    if case .script(let template) = function.body, let own = template.ownName, own.isCaptured {
      names.captured[ObjectIdentifier(own)] = Cell(.function(function))
    }
    return names
  }

  private mutating func number(_ node: Node, _ names: Names, _ what: String) throws -> Double {
    let term = try self.term(node, names)
    guard let value = formula.constant(term) else {
      throw refused("is no number", node.range, what)
    }
    return value
  }

  // MARK: Statements

  /// Reads a function's body and gives its value.
  private mutating func run(_ template: FunctionTemplate, _ names: inout Names) throws
    -> Formula.Term
  {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw Diagnostic(
        .notAnEquation, "`\(template.name)` calls itself without end", at: template.range,
        "no formula has an end here")
    }
    for step in template.body {
      switch step {
      case .assign(let variable, let node):
        let id = ObjectIdentifier(variable)
        // The line `state m=0` comes first; later lines give the new value.
        if let state = names.states[id], names.meanings[id] == nil {
          names.meanings[id] = .term(formula.variables.count - names.states.count + state)
        } else {
          names.meanings[id] = try meaning(node, names)
        }
      case .update(let variable, let operation, let node, let range):
        let before = try meaning(of: variable, names, range)
        guard case .term(let term) = before else { throw notANumber(variable.name, range) }
        let id = ObjectIdentifier(variable)
        guard names.meanings[id] != nil else { throw changesOuter(variable.name, range) }
        names.meanings[id] = .term(
          try binary(operation, term, self.term(node, names), range))
      case .return(let node?): return try term(node, names)
      case .return(nil): throw givesNothing(template)
      case .define(let variable, let inner):
        names.meanings[ObjectIdentifier(variable)] = .inner(inner)
      case .branch(let branches, _):
        throw refused(
          "has a block that may not run", branches.first?.condition.range ?? template.range,
          "an equation", label: "a block",
          help: "write it as a value: `if … then … else …`")
      case .whileLoop(let condition, _):
        throw refused("has no loops", condition.range, "an equation", label: "a loop")
      case .forEach(_, _, let source, _):
        throw refused("has no loops", source.range, "an equation", label: "a loop")
      case .forRange(_, _, _, _, _, _, _, let range):
        throw refused("has no loops", range, "an equation", label: "a loop")
      case .evaluate(let node), .show(let node):
        if case .command = node.form { _ = try term(node, names) }
      case .assignPlace(_, _, _, let range):
        throw refused(
          "changes nothing outside itself", range, "an equation", label: "an assignment")
      case .break, .continue: break
      }
    }
    throw givesNothing(template)
  }

  private func givesNothing(_ template: FunctionTemplate) -> Diagnostic {
    Diagnostic(
      .notAnEquation, "`\(template.name)` gives no value", at: template.range,
      "nothing is returned", help: ["end it with `return …`"])
  }

  private func changesOuter(_ name: String, _ range: SourceRange) -> Diagnostic {
    refused(
      "changes nothing outside itself", range, "an equation",
      label: "`\(name)` belongs to the script")
  }

  private func notANumber(_ name: String, _ range: SourceRange, _ kind: String = "not a number")
    -> Diagnostic
  {
    Diagnostic(
      .notAnEquation, "an equation works with numbers, and `\(name)` is \(kind)", at: range,
      "`\(name)` is \(kind)")
  }

  /// What an equation cannot hold.
  func refused(
    _ what: String, _ range: SourceRange, _ subject: String = "an equation",
    label: String = "not possible here", help: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .notAnEquation, "\(subject) \(what)", at: range, label, help: help.map { [$0] } ?? [])
  }

  // MARK: Names

  private mutating func meaning(_ node: Node, _ names: Names) throws -> Meaning {
    switch node.form {
    case .variable(let variable): return try meaning(of: variable, names, node.range)
    case .constant(.function(let box)): return .function(box)
    default: return .term(try term(node, names))
    }
  }

  private mutating func meaning(
    of variable: Variable, _ names: Names, _ range: SourceRange
  ) throws -> Meaning {
    let id = ObjectIdentifier(variable)
    if let known = names.meanings[id] { return known }
    let value: Value
    if let cell = names.captured[id] {
      value = cell.value
    } else {
      value = try context.value(of: variable)
    }
    switch value {
    case .number(let number): return .term(formula.number(number))
    case .truth(let truth): return .term(self.truth(truth))
    case .function(let box): return .function(box)
    case .tensor(let box) where box.tensor.shape.rank == 0:
      return .term(formula.number(Double(box.tensor.elements[0])))
    default: throw notANumber(variable.name, range, value.kindName)
    }
  }

  /// A truth that is written out, as a comparison that folds away.
  private mutating func truth(_ value: Bool) -> Formula.Term {
    formula.binary(.less, formula.number(0), formula.number(value ? 1 : -1))
  }

  // MARK: Expressions

  /// A node as a term, with its place.
  mutating func term(_ node: Node, _ names: Names) throws -> Formula.Term {
    let before = formula.nodes.count
    steps += 1
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else {
      throw Diagnostic(
        .notAnEquation, "the equation is too large", at: node.range,
        "expressions and calls stand too deep in each other")
    }
    let term = try read(node, names)
    guard formula.nodes.count <= Formula.termLimit, steps <= Self.stepLimit else {
      throw Diagnostic(
        .notAnEquation, "the equation is too large", at: node.range,
        "more than \(Formula.termLimit) terms")
    }
    if term >= before, formula.origins[term] == nil {
      formula.origins[term] = node.range.packed
    }
    return term
  }

  /// A term that must be a number.
  private mutating func numeric(_ node: Node, _ names: Names) throws -> Formula.Term {
    let term = try self.term(node, names)
    guard !formula.isTruth(term) else {
      throw Diagnostic(
        .wrongType, "this takes numbers, not a truth value", at: node.range, "true or false",
        help: ["choose between numbers: `if … then 1 else 0`"])
    }
    return term
  }

  private mutating func condition(_ node: Node, _ names: Names) throws -> Formula.Term {
    let term = try self.term(node, names)
    guard formula.isTruth(term) else {
      throw Diagnostic(
        .wrongType, "a condition is true or false, not a number", at: node.range,
        "this is a number", help: ["compare with it: `… > 0`"])
    }
    return term
  }

  private mutating func read(_ node: Node, _ names: Names) throws -> Formula.Term {
    let range = node.range
    switch node.form {
    case .constant(.number(let number)): return formula.number(number)
    case .constant(.truth(let truth)): return self.truth(truth)
    case .constant(let value):
      throw Diagnostic(
        .notAnEquation, "an equation works with numbers, not with \(value.kindName)", at: range,
        "this is \(value.kindName)")
    case .variable(let variable):
      switch try meaning(of: variable, names, range) {
      case .term(let term): return term
      case .function, .inner: throw notANumber(variable.name, range, "a function")
      }
    case .negate(let inner): return formula.unary(.negate, try numeric(inner, names))
    case .not(let inner): return formula.unary(.not, try condition(inner, names))
    case .binary(let operation, let left, let right):
      return try binary(operation, try numeric(left, names), try numeric(right, names), range)
    case .logical(let isAnd, let left, let right):
      return formula.binary(
        isAnd ? .and : .or, try condition(left, names), try condition(right, names))
    case .comparison(let first, let steps): return try comparison(first, steps, names, range)
    case .conditional(let condition, let then, let otherwise):
      return try choice(condition, then, otherwise, names)
    case .call(let callee, let arguments): return try call(callee, arguments, names, range)
    case .builtin(let entry, let arguments):
      return try builtin(entry, arguments, names, range)
    case .command(let site):
      throw refused("runs no command", range, label: "`\(site.word.text)` is a command")
    case .live(let name): throw notANumber(name, range, "a part of the session")
    case .comprehension: throw refused("has no loops", range, label: "a loop")
    case .index:
      throw refused(
        "takes no element out of its sample", range, label: "an index",
        help: "sums and the like see the whole sample: `sum(x)`, `mean(x)`, `max(x)`")
    case .list, .range, .record, .text, .field, .closure:
      throw refused("works with numbers", range, label: "not a number")
    }
  }

  private mutating func binary(
    _ operation: BinaryOperator, _ a: Formula.Term, _ b: Formula.Term, _ range: SourceRange
  ) throws -> Formula.Term {
    switch operation {
    case .add: return formula.binary(.add, a, b)
    case .subtract: return formula.binary(.subtract, a, b)
    case .multiply: return formula.binary(.multiply, a, b)
    case .divide: return formula.binary(.divide, a, b)
    case .power: return formula.binary(.power, a, b)
    case .remainder:
      let whole = formula.unary(.floor, formula.binary(.divide, a, b))
      return formula.binary(.subtract, a, formula.binary(.multiply, b, whole))
    case .matrixProduct:
      throw refused(
        "has no matrix products", range, label: "`@`", help: "write `sum(a * b)` for a sample")
    }
  }

  private mutating func comparison(
    _ first: Node, _ steps: [(operation: ComparisonOperator, operand: Node)], _ names: Names,
    _ range: SourceRange
  ) throws -> Formula.Term {
    var left = try numeric(first, names)
    var all: Formula.Term?
    for step in steps {
      let right = try numeric(step.operand, names)
      let term =
        switch step.operation {
        case .less: formula.binary(.less, left, right)
        case .lessOrEqual: formula.binary(.lessOrEqual, left, right)
        case .greater: formula.binary(.less, right, left)
        case .greaterOrEqual: formula.binary(.lessOrEqual, right, left)
        case .equal: formula.binary(.equal, left, right)
        case .notEqual: formula.binary(.notEqual, left, right)
        case .isIn, .isNotIn: throw refused("has no lists", range, label: "asks for a list")
        }
      all = all.map { formula.binary(.and, $0, term) } ?? term
      left = right
    }
    return all ?? left
  }

  private mutating func choice(
    _ condition: Node, _ then: Node, _ otherwise: Node, _ names: Names
  ) throws -> Formula.Term {
    let truth = try self.condition(condition, names)
    if case .binary(.less, let a, let b) = formula.nodes[truth], let x = formula.constant(a),
      let y = formula.constant(b)
    {
      return try term(x < y ? then : otherwise, names)
    }
    let (a, b) = (try term(then, names), try term(otherwise, names))
    guard formula.isTruth(a) == formula.isTruth(b) else {
      throw Diagnostic(
        .wrongType, "both sides of a choice are of one kind", at: otherwise.range,
        "a number here, true or false there")
    }
    guard formula.isTruth(a) else { return formula.select(truth, a, b) }
    let not = formula.unary(.not, truth)
    return formula.binary(
      .or, formula.binary(.and, truth, a), formula.binary(.and, not, b))
  }

  // MARK: Calls

  private mutating func call(
    _ callee: Node, _ arguments: [Node.CallArgument], _ names: Names, _ range: SourceRange
  ) throws -> Formula.Term {
    let meaning = try self.meaning(callee, names)
    switch meaning {
    case .term: throw refused("calls functions only", callee.range, label: "this is a number")
    case .function(let box):
      switch box.body {
      case .builtin(let entry):
        let terms = try arguments.map { try numeric($0.value, names) }
        guard arguments.allSatisfy({ $0.name == nil }) else {
          throw refused("gives values by order here", range, label: "an option")
        }
        return try builtin(
          entry, terms, at: range, argumentRanges: arguments.map(\.value.range))
      case .script(let template):
        var inside = Self.names(of: box)
        return try apply(template, &inside, arguments, names, range, as: ObjectIdentifier(box))
      }
    case .inner(let template):
      var inside = names
      inside.states = [:]
      // What it gives hangs on names around it too: it is read each time.
      return try apply(template, &inside, arguments, names, range, as: nil)
    }
  }

  private mutating func apply(
    _ template: FunctionTemplate, _ inside: inout Names, _ arguments: [Node.CallArgument],
    _ names: Names, _ range: SourceRange, as function: ObjectIdentifier?
  ) throws -> Formula.Term {
    guard template.states.isEmpty else {
      throw refused(
        "calls no function that keeps state", range, label: "`\(template.name)` has a `state`")
    }
    var given: [String: Meaning] = [:]
    var next = 0
    for argument in arguments {
      let meaning = try self.meaning(argument.value, names)
      if let name = argument.name {
        given[name.text] = meaning
      } else if next < template.parameters.count {
        given[template.parameters[next].variable.name] = meaning
        next += 1
      }
    }
    var terms: [Formula.Term] = []
    for parameter in template.parameters {
      let name = parameter.variable.name
      if case .term(let term)? = given[name] { terms.append(term) }
      if let meaning = given[name] {
        inside.meanings[ObjectIdentifier(parameter.variable)] = meaning
      } else if let node = parameter.defaultValue {
        inside.meanings[ObjectIdentifier(parameter.variable)] = try meaning(node, inside)
      } else {
        throw Diagnostic(
          .wrongCount, "`\(template.name)` needs a value for `\(name)`", at: range,
          "`\(name)` is missing")
      }
    }
    guard let function, terms.count == template.parameters.count else {
      return try run(template, &inside)
    }
    let application = Application(function: function, arguments: terms)
    if let known = known[application] { return known }
    let result = try run(template, &inside)
    known[application] = result
    return result
  }

  private mutating func builtin(
    _ entry: FunctionEntry, _ arguments: [Node?], _ names: Names, _ range: SourceRange
  ) throws -> Formula.Term {
    var terms: [Formula.Term?] = []
    var ranges: [SourceRange] = []
    for (parameter, argument) in zip(entry.parameters, arguments) {
      guard let argument else {
        terms.append(nil)
        continue
      }
      if parameter.isVariadic, case .list(let items) = argument.form {
        terms += try items.map { try numeric($0, names) }
        ranges += items.map(\.range)
      } else if parameter.isVariadic, case .constant(.list(let box)) = argument.form {
        terms += box.items.compactMap(\.numberValue).map { formula.number($0) }
      } else if parameter.name == "axis" {
        throw refused(
          "sees one sample at a time", argument.range, label: "`axis` has no meaning here")
      } else {
        terms.append(try numeric(argument, names))
        ranges.append(argument.range)
      }
    }
    return try builtin(entry, terms, at: range, argumentRanges: ranges)
  }

  /// A function of the vocabulary applied to terms.
  private mutating func builtin(
    _ entry: FunctionEntry, _ arguments: [Formula.Term?], at range: SourceRange,
    argumentRanges: [SourceRange]
  ) throws -> Formula.Term {
    var terms: [Formula.Term] = []
    for case let term? in arguments { terms.append(term) }
    if let known = Intrinsic.named(entry.name) {
      if let result = known(&formula, terms) { return result }
    }
    if let equation = try context.equation(of: entry) {
      var binding: [Formula.Term] = []
      for (index, parameter) in equation.parameters.enumerated() {
        if index < arguments.count, let term = arguments[index] {
          binding.append(term)
        } else if let value = parameter.defaultValue {
          binding.append(formula.number(value))
        } else {
          throw refused("needs a value for `\(parameter.name)`", range, "`\(entry.name)`")
        }
      }
      return formula.bring(
        [equation.formula.results[0]], of: equation.formula, binding: binding,
        keepsOrigins: false)[0]
    }
    throw Diagnostic(
      .notAnEquation, "`\(entry.name)` has no derivative", at: range,
      Intrinsic.isChance(entry.name) ? "chance" : "cannot stand in an equation",
      notes: ["an equation may use " + Intrinsic.names.map { "`\($0)`" }.joined(separator: ", ")])
  }
}
