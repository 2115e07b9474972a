// Operators on single numbers, and what they come to.

extension ONNXReader {
  /// What an operator on single numbers reads.
  private enum Operand {
    case number(Double)
    /// A number for each feature.
    case vector(ONNXTensor)
    case term(Flow, Formula.Term)
  }

  private func operand(
    _ name: String, _ node: ONNXModel.Node
  ) throws(EngineError) -> Operand {
    switch values[name] {
    case .flow(let flow)?: return .term(flow, 0)
    case .term(let flow, let term)?: return .term(flow, term)
    case .constant(let tensor)? where tensor.count == 1:
      if let integer = tensor.integers?.first { return .number(Double(integer)) }
      return .number(try numbers(tensor, node)[0].shortest)
    case .constant(let tensor)?: return .vector(tensor)
    case .sizes?: throw unreadable(node, "it computes with the number of rows")
    case nil: throw unreadable(node, "it reads `\(name)`, which nothing gives")
    }
  }

  mutating func readFormula(_ node: ONNXModel.Node, _ output: String) throws(EngineError) {
    for name in node.inputs {
      // A formula that has grown long goes on behind a layer.
      if case .term(let flow, _)? = values[name],
        formulas[flow]?.formula.nodes.count ?? 0 > Self.mostTerms
      {
        _ = try self.flow(name, of: node)
      }
    }
    var operands: [Operand?] = []
    for name in node.inputs {
      operands.append(name.isEmpty ? nil : try operand(name, node))
    }
    var bases: [Flow] = []
    for case .term(let flow, _)? in operands where !bases.contains(flow) { bases.append(flow) }
    guard let base = bases.first else {
      values[output] = .constant(try workedOut(node, operands))
      return
    }
    guard bases.count == 1 else {
      guard node.operation == "Add" || node.operation == "Sum", bases.count == 2 else {
        throw unreadable(node, "it brings ways together that layers here only add up or join")
      }
      values[output] = .flow(try sum(node))
      return
    }
    if node.operation == "Add", try takesBias(node, base) {
      values[output] = .flow(base)
      return
    }
    var growing = formulas[base] ?? Growing()
    var terms: [Formula.Term?] = []
    for operand in operands {
      switch operand {
      case nil: terms.append(nil)
      case .number(let number)?: terms.append(growing.formula.number(number))
      case .term(_, let term)?: terms.append(term)
      case .vector(let tensor)?:
        let vector = try features(tensor, base, node)
        terms.append(
          growing.formula.addVariable("c\(growing.vectors.count + 1)", .element))
        growing.vectors.append(vector)
      }
    }
    guard let term = growing.formula.term(of: node, terms) else {
      throw unreadable(node, "no layer here does what it does")
    }
    formulas[base] = growing
    values[output] = .term(base, term)
  }

  /// The result of an operator on constants: single numbers, and as many as another has.
  private func workedOut(
    _ node: ONNXModel.Node, _ operands: [Operand?]
  ) throws(EngineError) -> ONNXTensor {
    var formula = Formula([])
    var (terms, vectors, sizes) = ([Formula.Term?](), [[Double]](), [Int]())
    for operand in operands {
      switch operand {
      case .number(let number)?: terms.append(formula.number(number))
      case .vector(let tensor)?:
        guard vectors.isEmpty || sizes == tensor.sizes else {
          throw unreadable(
            node, "it computes with constants of several sizes",
            help: "export it with constants worked out")
        }
        sizes = tensor.sizes
        terms.append(formula.addVariable("c\(vectors.count + 1)", .element))
        vectors.append(try numbers(tensor, node).map(Double.init))
      case .term?, nil: terms.append(nil)
      }
    }
    guard let term = formula.term(of: node, terms) else {
      throw unreadable(node, "no layer here does what it does")
    }
    let count = vectors.first?.count ?? 1
    let result = formula.evaluate(vectors, width: count)[term].map { Float($0) }
    return ONNXTensor(
      result.count == count ? result : [Float](repeating: result[0], count: count), sizes)
  }

  /// A constant with a number for each feature of a flow.
  private func features(
    _ tensor: ONNXTensor, _ base: Flow, _ node: ONNXModel.Node
  ) throws(EngineError) -> [Double] {
    let own = shape(base)
    let rank = base.axes.count + 1
    let axes = tensor.sizes.indices.filter { tensor.sizes[$0] != 1 }
      .map { $0 + rank - tensor.sizes.count }
    guard axes.count == 1, axes[0] > 0, base.axes[axes[0] - 1] == [own.rank - 1],
      tensor.count == own[own.rank - 1]
    else {
      throw unreadable(
        node,
        "it computes with \(Shape(tensor.sizes)) numbers, which is none for each feature of "
          + "\(own)")
    }
    return try numbers(tensor, node).map(Double.init)
  }

  /// Whether what a node adds is the bias of the layer before.
  private mutating func takesBias(
    _ node: ONNXModel.Node, _ base: Flow
  ) throws(EngineError) -> Bool {
    guard base.place >= 0, !isReadByOthers(base.place), node.inputs.count == 2,
      network.layers[base.place].takesFunction,
      network.layers[base.place].parameters["bias"] == nil,
      let place = node.inputs.firstIndex(where: {
        if case .constant? = values[$0] { true } else { false }
      }), let tensor = try constant(node, place), tensor.count > 1
    else { return false }
    guard case .flow? = values[node.inputs[1 - place]] else { return false }
    let bias = try features(tensor, base, node).map { Float($0) }
    network.layers[base.place].parameters["bias"] = Tensor(shape: [bias.count], elements: bias)
    network.layers[base.place].settings.removeAll { $0.name == "bias" }
    return true
  }

  /// Two ways added up.
  private mutating func sum(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    guard node.inputs.count == 2 else {
      throw unreadable(node, "it adds up more than two ways")
    }
    let a = try plain(try flow(node.inputs[0], of: node))
    let b = try plain(try flow(node.inputs[1], of: node))
    guard a.axes == b.axes, shape(a) == shape(b) else {
      throw unreadable(
        node, "it adds \(Shape(sizes(a))) and \(Shape(sizes(b))), which ours do not")
    }
    let place = try add(Sum(), [a.place, b.place])
    return Flow(place: place, axes: a.axes)
  }

  // MARK: Layers of a formula

  /// The layers that compute a term.
  mutating func layers(
    for term: Formula.Term, from flow: Flow, _ node: ONNXModel.Node
  ) throws(EngineError) -> Flow {
    guard term != 0, let growing = formulas[flow] else { return flow }
    let own = shape(flow)
    let width = own[own.rank - 1]
    guard
      let pieces = FunctionPieces.pieces(
        of: term, in: growing.formula, growing.vectors, width: width)
    else {
      throw unreadable(node, "what it reads is no function that a layer here has")
    }
    var place = flow.place
    for piece in pieces {
      try Allowance.proceed()
      switch piece {
      case .function(let function):
        place = try add(ActivationLayer(Linear()), [place])
        network.layers[place].function = function
      case .scale(let weights, let bias):
        let ones = [Float](repeating: 1, count: width)
        place = try add(
          BatchNormalization(momentum: 0.1, epsilon: 1e-5), [place], [],
          [
            "weights": tensor(weights), "bias": tensor(bias),
            "mean": Tensor(shape: [width], elements: ones.map { 1 - $0 }),
            "variance": Tensor(shape: [width], elements: ones.map { $0 - 1e-5 }),
          ])
      case .layerNormalization(let epsilon, let weights, let bias):
        place = try add(
          LayerNormalization(epsilon: epsilon), [place], self.epsilon(epsilon),
          ["weights": tensor(weights), "bias": tensor(bias)])
      }
    }
    return Flow(place: place, axes: flow.axes)
  }

  private func tensor(_ numbers: [Double]) -> Tensor {
    Tensor(shape: [numbers.count], elements: numbers.map { Float($0) })
  }

  // MARK: Along axes

  mutating func softmax(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try plain(try flow(node.inputs[0], of: node))
    let given = node.integer("axis", default: model.version < 13 ? 1 : -1)
    let axis = given < 0 ? given + x.axes.count + 1 : given
    let last = shape(x).rank - 1
    guard (1...max(1, x.axes.count)).contains(axis),
      x.axes[axis - 1] == [last] || shape(x).count == 1
    else { throw unreadable(node, "it runs along another axis than the classes") }
    if node.operation == "LogSoftmax" {
      guard node.outputs[0] == model.outputs[0].name else {
        throw unreadable(node, "logarithms of shares are read by others")
      }
      network.notes.append(
        "the file gives logarithms of probabilities; the model here gives the probabilities")
    }
    let place = try add(ActivationLayer(Softmax()), [x.place])
    network.layers[place].function = .word("softmax", [:])
    return Flow(place: place, axes: x.axes)
  }

  /// A mean or a maximum: over a picture's points, or over the features as part of a formula.
  mutating func reduce(_ node: ONNXModel.Node, _ output: String) throws(EngineError) {
    let name = node.inputs[0]
    guard case .term(let x, let term)? = try operand(name, node) as Operand? else {
      throw unreadable(node, "it reads constants")
    }
    let rank = x.axes.count + 1
    let given = try list(node, "axes", input: 1) ?? Array(1..<rank)
    let axes = given.map { $0 < 0 ? $0 + rank : $0 }
    guard axes.allSatisfy({ (1..<rank).contains($0) }) else {
      throw unreadable(node, "it goes over the rows")
    }
    let own = shape(x)
    let gone = axes.flatMap { x.axes[$0 - 1] }.sorted()
    let (isMean, keepsAxes) = (
      node.operation == "ReduceMean", node.integer("keepdims", default: 1) != 0
    )
    let places = own.rank == 3 ? [0, 1].filter { own[$0] != 1 } : []
    if own.rank == 3, axes.count == 2, gone == places {
      let made = try globalPool(try flow(name, of: node), isMean: isMean, keepsAxes: false)
      var result = made
      if keepsAxes { for axis in axes.sorted() { result.axes.insert([], at: axis - 1) } }
      values[output] = .flow(result)
      return
    }
    guard gone == [own.rank - 1], axes.count == 1, keepsAxes else {
      throw unreadable(node, "it goes over axes that no layer here goes over")
    }
    var growing = formulas[x] ?? Growing()
    let made = growing.formula.reduce(isMean ? .mean : .max, term)
    formulas[x] = growing
    values[output] = .term(x, made)
  }
}

extension Formula {
  /// The term of an operator on single numbers; `nil` for one that is none.
  fileprivate mutating func term(of node: ONNXModel.Node, _ given: [Term?]) -> Term? {
    let terms = given.compactMap { $0 }
    guard let x = given.first ?? nil else { return nil }
    func setting(_ name: String, _ value: Double) -> Double { node.number(name, default: value) }
    if let function = Self.unary[node.operation] {
      return terms.count == 1 ? unary(function, x) : nil
    }
    if let operation = Self.binary[node.operation] {
      return terms.count == 2 ? binary(operation, terms[0], terms[1]) : nil
    }
    let (zero, one) = (number(0), number(1))
    func choose(below: Term) -> Term { select(binary(.less, zero, x), x, below) }
    switch node.operation {
    case "Min": return terms.dropFirst().reduce(x) { binary(.least, $0, $1) }
    case "Max": return terms.dropFirst().reduce(x) { binary(.greatest, $0, $1) }
    case "Sum": return terms.dropFirst().reduce(x) { binary(.add, $0, $1) }
    case "Relu": return binary(.greatest, x, zero)
    case "Reciprocal": return binary(.divide, one, x)
    case "Erfc": return binary(.subtract, one, unary(.erf, x))
    case "GreaterOrEqual" where terms.count == 2:
      return binary(.lessOrEqual, terms[1], terms[0])
    case "Greater" where terms.count == 2: return binary(.less, terms[1], terms[0])
    case "Where" where terms.count == 3: return select(terms[0], terms[1], terms[2])
    case "PRelu" where terms.count == 2:
      return choose(below: binary(.multiply, terms[1], x))
    case "LeakyRelu":
      return choose(below: binary(.multiply, number(setting("alpha", 0.01)), x))
    case "Elu": return choose(below: exponential(x, setting("alpha", 1)))
    case "Celu":
      let alpha = setting("alpha", 1)
      return choose(
        below: exponential(binary(.divide, x, number(alpha)), alpha))
    case "Selu":
      let below = exponential(x, setting("alpha", 1.67326319217681884765625))
      let scale = number(setting("gamma", 1.05070102214813232421875))
      return binary(.multiply, scale, choose(below: below))
    case "Softsign": return binary(.divide, x, binary(.add, one, unary(.abs, x)))
    case "Mish": return binary(.multiply, x, unary(.tanh, unary(.softplus, x)))
    case "HardSigmoid":
      return straight(x, setting("alpha", 0.2), setting("beta", 0.5))
    case "HardSwish": return binary(.multiply, x, straight(x, 1 / 6, 0.5))
    case "Swish":
      let scaled = binary(.multiply, number(setting("alpha", 1)), x)
      return binary(.multiply, x, unary(.sigmoid, scaled))
    case "Gelu":
      let half = binary(.multiply, x, number(0.5))
      guard node.text("approximate", default: "none") == "tanh" else {
        let part = unary(.erf, binary(.divide, x, number(2.0.squareRoot())))
        return binary(.multiply, half, binary(.add, one, part))
      }
      let cube = binary(.multiply, number(0.044715), binary(.power, x, number(3)))
      let scale = number((2 / Double.pi).squareRoot())
      let part = unary(.tanh, binary(.multiply, scale, binary(.add, x, cube)))
      return binary(.multiply, half, binary(.add, one, part))
    case "Clip":
      // Older files say the bounds as settings.
      let low = given.count > 1 ? given[1] : bound(node, "min")
      let high = given.count > 2 ? given[2] : bound(node, "max")
      let least = low.map { binary(.greatest, x, $0) } ?? x
      return high.map { binary(.least, least, $0) } ?? least
    default: return nil
    }
  }

  private mutating func bound(_ node: ONNXModel.Node, _ name: String) -> Term? {
    let value = node.number(name, default: .infinity)
    return value.magnitude < 1e30 ? number(value) : nil
  }

  /// `alpha · (exp(x) - 1)`, which does not overflow above 0.
  private mutating func exponential(_ x: Term, _ alpha: Double) -> Term {
    let power = unary(.exp, binary(.least, x, number(0)))
    return binary(.multiply, number(alpha), binary(.subtract, power, number(1)))
  }

  /// `alpha · x + beta`, kept in 0…1.
  private mutating func straight(_ x: Term, _ alpha: Double, _ beta: Double) -> Term {
    let line = binary(.add, binary(.multiply, number(alpha), x), number(beta))
    return binary(.least, binary(.greatest, line, number(0)), number(1))
  }

  private static let unary: [String: Unary] = [
    "Neg": .negate, "Abs": .abs, "Sign": .sign, "Sqrt": .sqrt, "Exp": .exp, "Log": .log,
    "Sin": .sin, "Cos": .cos, "Tan": .tan, "Asin": .asin, "Acos": .acos, "Atan": .atan,
    "Sinh": .sinh, "Cosh": .cosh, "Tanh": .tanh, "Sigmoid": .sigmoid, "Softplus": .softplus,
    "Erf": .erf, "Floor": .floor, "Ceil": .ceil, "Not": .not,
  ]

  private static let binary: [String: Binary] = [
    "Add": .add, "Sub": .subtract, "Mul": .multiply, "Div": .divide, "Pow": .power,
    "Less": .less, "LessOrEqual": .lessOrEqual, "Equal": .equal, "And": .and, "Or": .or,
  ]
}
