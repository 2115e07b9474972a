/// Writes a model's operations as statements of Python, with a library's layers where it has them.
struct PythonWriter {
  /// The three functions that a row goes through.
  enum Part { case encode, forward, answer }

  let model: FinishedModel
  let library: PythonLibrary
  /// The statements of each function.
  private(set) var lines: [Part: [String]] = [:]
  /// What makes the modules and parameters, where objects keep them.
  private(set) var members: [String] = []
  /// The tensors of the file beside it, under the library's names.
  private(set) var tensors: [String: Tensor] = [:]
  /// Constants of the file, with the text that makes each.
  private(set) var constants: [(name: String, text: String)] = []
  /// Functions that the library does not have.
  private(set) var helpers: Set<PythonHelper> = []
  /// The function that is written just now.
  private var current = Part.encode
  private var names: [Int: String] = [:]
  private var constantNames: [String: String] = [:]
  private var taken: Set<String> = [
    "rows", "x", "outputs", "torch", "nn", "F", "os", "self", "math", "np", "keras", "layers",
    "ops",
    "WEIGHTS", "convolve", "pool", "sigmoid", "softmax", "erf", "Weights", "one", "at", "cell",
    "len",
    "zip", "int", "column", "number", "written", "truth", "days", "category",
  ]

  /// What modules have already.
  private var takenMembers: Set<String> = [
    "forward", "encode", "answer", "predict", "train", "training", "eval", "float", "double",
    "half",
    "type", "to", "cpu", "cuda", "apply", "modules", "parameters", "children", "buffers", "compile",
    "state_dict", "load_state_dict", "requires_grad_", "zero_grad", "share_memory", "add_module",
    "register_buffer", "register_module", "register_parameter", "get_submodule", "get_parameter",
    "set_submodule", "call_super_init", "dump_patches", "named_modules", "named_parameters",
    "named_children", "named_buffers", "extra_repr", "to_empty", "ipu", "xpu", "mtia", "bfloat16",
    "get_buffer", "get_extra_state", "set_extra_state", "T_destination",
  ]

  init(_ model: FinishedModel, for library: PythonLibrary) {
    (self.model, self.library) = (model, library)
  }

  /// What the current function computes with: Keras has its layers and `ops`, NumPy what is before
  /// and behind them.
  var arrays: PythonArrays {
    switch library {
    case .pytorch: .torch
    case .keras: current == .forward ? .keras : .numpy
    case .numpy: .numpy
    }
  }

  /// Asks for a function, and gives its name.
  @discardableResult mutating func helper(_ helper: PythonHelper) -> String {
    helpers.insert(helper)
    return helper.rawValue
  }

  var program: Operations { model.program }

  /// Which function computes a value.
  func part(_ ref: Operations.Ref) -> Part {
    ref.place <= model.input.place ? .encode : ref.place <= model.output.place ? .forward : .answer
  }

  // MARK: Names

  /// A name of Python that nothing in the functions has so far.
  mutating func freshName(_ base: String) -> String { Self.name(base, &taken) }

  /// A name that no member of the module has so far.
  private mutating func memberName(_ base: String) -> String { Self.name(base, &takenMembers) }

  private static func name(_ base: String, _ taken: inout Set<String>) -> String {
    var name = CNumber.identifier(base)
    if keywords.contains(name) { name += "_" }
    var number = 2
    let first = name
    while !taken.insert(name).inserted {
      name = "\(first)_\(number)"
      number += 1
    }
    return name
  }

  private static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in",
    "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
    "yield",
  ]

  mutating func line(_ part: Part, _ text: String) { lines[part, default: []].append(text) }

  /// The expression that stands for a value in a function.
  ///
  /// - Parameter rank: how many axes each row must have at least; axes of 1 are put before.
  mutating func text(
    _ ref: Operations.Ref, _ precision: FinishedModel.Precision, rank: Int = 0
  ) -> String {
    let shape = program.shape(ref)
    guard let name = names[ref.place] else { return constant(ref, precision) }
    var text = name
    let own = name == "x" ? .single : model.precision(of: ref)
    if own != precision { text = arrays.cast(text, precision) }
    if program.extent(ref).isByRow, shape.rank < rank {
      let sizes = Array(repeating: 1, count: rank - shape.rank) + shape.sizes
      text = arrays.reshape(text, [-1] + sizes)
    }
    return text
  }

  /// A value that no row changes: a parameter, a number, or a tensor of the file.
  private mutating func constant(
    _ ref: Operations.Ref, _ precision: FinishedModel.Precision
  ) -> String {
    let key = "\(ref.place) \(precision) \(arrays)"
    if let known = constantNames[key] { return known }
    let numbers = model.numbers(of: ref) ?? []
    let shape = program.shape(ref)
    let text: String
    if case .parameter(let index) = program.values[ref.place].source {
      text = parameter(model.parameter(index).name, shape, numbers)
    } else if let first = numbers.first, numbers.allSatisfy({ $0 == first }), shape.count == 1 {
      text = arrays.number(first)
    } else if library == .numpy, precision == .single, numbers.count > Self.mostInText {
      text = parameter("constant\(tensors.count)", shape, numbers)
    } else {
      let name = freshName("CONSTANT_\(constants.count + 1)")
      constants.append((name, arrays.constant(numbers, shape.sizes, precision)))
      text = name
    }
    constantNames[key] = text
    return text
  }

  /// More numbers than this do not stand in a text that people read.
  private static let mostInText = 200

  /// A parameter that is no layer's own in the library.
  private mutating func parameter(_ base: String, _ shape: Shape, _ numbers: [Double]) -> String {
    let name = memberName(base)
    let tensor = Tensor(shape: shape, elements: numbers.map(Float.init))
    switch library {
    case .pytorch:
      members.append("self.\(name) = nn.Parameter(torch.empty(\(PythonText.list(shape.sizes))))")
      tensors[name] = tensor
      return "self.\(name)"
    case .keras:
      tensors["\(name)/value"] = tensor
      let own = freshName(name)
      let text = PythonText.literal(name)
      line(
        .forward, "\(own) = \(helper(.weights))(\(shape.sizes.tuple), name=\(text))(x)")
      return own
    case .numpy:
      tensors[base] = tensor
      return "WEIGHTS[\(PythonText.literal(base))]"
    }
  }

  // MARK: The whole

  /// Writes whatever the answer needs.
  ///
  /// - Parameter isRaw: whether rows are as they stand in a table; else what the network is given.
  /// - Throws: `EngineError.invalid` for what one row alone does not say.
  mutating func write(isRaw: Bool) throws(EngineError) {
    var given: Set<Operations.Ref> = []
    if !isRaw {
      given = [model.input]
    } else if model.cells.isEmpty {
      given = [model.numbers]
      names[model.numbers.place] = "rows"
    } else {
      given = Set(model.cells)
      for (column, cell) in zip(model.schema.columns, model.cells) {
        names[cell.place] = freshName(column.name)
      }
    }
    let steps = try model.steps(to: model.answer, given: given) { layer(of: $0) != nil }
    if isRaw {
      for step in steps where part(step.ref) == .encode { try write(step) }
      encoded = text(model.input, .single)
    }
    current = .forward
    names[model.input.place] = "x"
    let forward = steps.filter { part($0.ref) == .forward }
    var isWritten = false
    for (step, next) in zip(forward, forward.dropFirst().map { $0 } + [nil]) {
      if isWritten {
        isWritten = false
        continue
      }
      // A layer and the activation that it ends in are one line.
      let uses = steps.reduce(0) { sum, other in sum + other.operands.count { $0 == step.ref } }
      guard uses == 1, case .layer(let node) = step.form, let next, next.operands == [step.ref],
        let known = known(next)
      else {
        try write(step)
        continue
      }
      if let word = known.keras, library == .keras, layer(of: node)?.takesActivation == true {
        name(next, try write(node, step.operands[0], activation: word))
        isWritten = true
      } else {
        names[step.ref.place] = try write(node, step.operands[0])
      }
    }
    produced = text(model.output, .single)
    current = .answer
    names[model.output.place] = "outputs"
    for step in steps where part(step.ref) == .answer { try write(step) }
    answered = text(model.answer, .single)
  }

  /// What the functions return.
  private(set) var encoded = "rows"
  private(set) var produced = "x"
  private(set) var answered = "outputs"

  /// The name of a column's cells.
  func name(of cell: Operations.Ref) -> String { names[cell.place] ?? "" }

  private func layer(of node: FinishedModel.Node) -> PythonLayer? {
    guard node.inputs.count == 1, let input = node.inputs.first else { return nil }
    return library.layer(
      node.layer, input: program.shape(input), output: program.shape(node.inner),
      hasBias: model.hasParameter("bias", node))
  }

  private mutating func write(_ step: FinishedModel.Step) throws(EngineError) {
    switch step.form {
    case .layer(let node): name(step, try write(node, step.operands[0]))
    case .operation(let operation):
      name(
        step,
        try write(operation, step.operands, step.ref, model.precision(of: step.ref)))
    }
  }

  /// Gives what a step computes a name.
  private mutating func name(_ step: FinishedModel.Step, _ value: String) {
    // The same numbers in another shape, and nothing else.
    if let known = names.first(where: { $0.value == value }) {
      names[step.ref.place] = known.value
      return
    }
    let part = part(step.ref)
    let base = part == .forward ? step.node?.name ?? "x" : part == .encode ? "numbers" : "answer"
    let name = freshName(base)
    line(part, "\(name) = \(value)")
    names[step.ref.place] = name
  }

  private mutating func write(
    _ node: FinishedModel.Node, _ input: Operations.Ref, activation: String? = nil
  ) throws(EngineError) -> String {
    guard let layer = layer(of: node) else { return "" }
    let x = text(input, .single)
    if let own = layer.helper { helper(own) }
    guard layer.constructor != nil || !layer.parameters.isEmpty else { return layer.call("", x) }
    let name = library == .numpy ? node.name : memberName(node.name)
    let own = model.parameters(of: node)
    for parameter in layer.parameters {
      guard let tensor = own[parameter.name] else { continue }
      tensors["\(name)\(library.separator)\(parameter.theirs)"] =
        try tensor.permuted(parameter.order ?? Array(0..<tensor.shape.rank))
    }
    guard let constructor = layer.constructor else { return layer.call(name, x) }
    guard library == .keras else {
      members.append("self.\(name) = \(constructor)")
      return layer.call("self.\(name)", x)
    }
    var settings = activation.map { "activation=\"\($0)\", " } ?? ""
    if !constructor.hasSuffix("()") { settings = ", " + settings }
    let object = "\(constructor.dropLast())\(settings)name=\"\(name)\")"
    return layer.call(object, x)
  }
}

extension Tensor {
  /// The same numbers with other axes first.
  ///
  /// - Parameter order: which axis each of the result's is.
  /// - Throws: `EngineError.interrupted`, `.outOfMemory`.
  func permuted(_ order: [Int]) throws(EngineError) -> Tensor {
    guard order != Array(0..<shape.rank) else { return self }
    let sizes = order.map { shape[$0] }
    let strides = order.map { shape.strides[$0] }
    // The last axis is a loop of its own.
    let starts = Shape(sizes.dropLast()).places(strides: strides.dropLast())
    let (count, step) = (sizes.last ?? 1, strides.last ?? 1)
    var numbers: [Float] = []
    numbers.reserveCapacity(elements.count)
    for start in starts {
      try Allowance.proceed()
      for place in 0..<count { numbers.append(elements[start + place * step]) }
    }
    return Tensor(shape: Shape(sizes), elements: numbers)
  }
}
