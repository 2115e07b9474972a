/// Writes a model's operations as statements of Python, with PyTorch's modules where it has them.
struct PyTorchWriter {
  /// The three functions that a row goes through.
  enum Part { case encode, forward, answer }

  let model: FinishedModel
  /// The statements of each function.
  private(set) var lines: [Part: [String]] = [:]
  /// What makes the modules and parameters.
  private(set) var members: [String] = []
  /// The tensors of the file beside it, under PyTorch's names.
  private(set) var tensors: [String: Tensor] = [:]
  /// Constants of the file, with the text that makes each.
  private(set) var constants: [(name: String, text: String)] = []
  private var names: [Int: String] = [:]
  private var constantNames: [String: String] = [:]
  private var taken: Set<String> = [
    "rows", "x", "outputs", "torch", "nn", "F", "os", "self", "math", "load_file",
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

  init(_ model: FinishedModel) { self.model = model }

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
    if own != precision {
      text += precision == .single ? ".float()" : ".double()"
    }
    if program.extent(ref).isByRow, shape.rank < rank {
      let sizes = Array(repeating: 1, count: rank - shape.rank) + shape.sizes
      text += ".reshape(\(([-1] + sizes).map(String.init).joined(separator: ", ")))"
    }
    return text
  }

  /// A value that no row changes: a parameter, a number, or a tensor of the file.
  private mutating func constant(
    _ ref: Operations.Ref, _ precision: FinishedModel.Precision
  ) -> String {
    let key = "\(ref.place) \(precision)"
    if let known = constantNames[key] { return known }
    let numbers = model.numbers(of: ref) ?? []
    let shape = program.shape(ref)
    var text: String
    if case .parameter(let index) = program.values[ref.place].source {
      let name = memberName(model.parameter(index).name)
      members.append("self.\(name) = nn.Parameter(torch.empty(\(Self.list(shape.sizes))))")
      tensors[name] = Tensor(shape: shape, elements: numbers.map(Float.init))
      text = "self.\(name)"
    } else if let first = numbers.first, numbers.allSatisfy({ $0 == first }), shape.count == 1 {
      text = Self.number(first)
    } else {
      let name = freshName("CONSTANT_\(constants.count + 1)")
      let type = precision == .single ? "torch.float32" : "torch.float64"
      var made = "torch.tensor(\(Self.list(numbers)), dtype=\(type))"
      if shape.rank != 1 { made += ".reshape(\(Self.list(shape.sizes)))" }
      constants.append((name, made))
      text = name
    }
    constantNames[key] = text
    return text
  }

  /// A number with all its digits.
  static func number(_ value: Double) -> String {
    guard value.isFinite else {
      return value.isNaN ? "torch.nan" : value < 0 ? "-torch.inf" : "torch.inf"
    }
    return "\(value)"
  }

  static func list(_ numbers: [Double]) -> String {
    "[" + numbers.map(number).joined(separator: ", ") + "]"
  }

  static func list(_ numbers: [Int]) -> String {
    "[" + numbers.map(String.init).joined(separator: ", ") + "]"
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
    let steps = try model.steps(to: model.answer, given: given) { module(of: $0) != nil }
    if isRaw {
      for step in steps where part(step.ref) == .encode { try write(step) }
      encoded = text(model.input, .single)
    }
    names[model.input.place] = "x"
    let forward = steps.filter { part($0.ref) == .forward }
    for (step, next) in zip(forward, forward.dropFirst().map { $0 } + [nil]) {
      // A layer and the activation that it ends in are one line.
      let uses = steps.reduce(0) { sum, other in sum + other.operands.count { $0 == step.ref } }
      if uses == 1, case .layer(let node) = step.form, let next, isKnown(next),
        next.operands == [step.ref]
      {
        names[step.ref.place] = try write(node, step.operands[0])
        continue
      }
      try write(step)
    }
    produced = text(model.output, .single)
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

  private func module(of node: FinishedModel.Node) -> PyTorchModule? {
    guard node.inputs.count == 1, let input = node.inputs.first else { return nil }
    return PyTorchModule(
      node.layer, input: program.shape(input), output: program.shape(node.inner),
      hasBias: model.hasParameter("bias", node))
  }

  private mutating func write(_ step: FinishedModel.Step) throws(EngineError) {
    let part = part(step.ref)
    let precision = model.precision(of: step.ref)
    let value: String
    switch step.form {
    case .layer(let node): value = try write(node, step.operands[0])
    case .operation(let operation):
      value = try write(operation, step.operands, step.ref, precision)
    }
    // The same numbers in another shape, and nothing else.
    if let known = names.first(where: { $0.value == value }) {
      names[step.ref.place] = known.value
      return
    }
    let base = part == .forward ? step.node?.name ?? "x" : part == .encode ? "numbers" : "answer"
    let name = freshName(base)
    line(part, "\(name) = \(value)")
    names[step.ref.place] = name
  }

  private mutating func write(
    _ node: FinishedModel.Node, _ input: Operations.Ref
  ) throws(EngineError) -> String {
    guard let module = module(of: node) else { return "" }
    let x = text(input, .single)
    guard let constructor = module.constructor else { return module.call("", x) }
    let name = memberName(node.name)
    members.append("self.\(name) = \(constructor)")
    let own = model.parameters(of: node)
    for parameter in module.parameters {
      guard let tensor = own[parameter.name] else { continue }
      tensors["\(name).\(parameter.theirs)"] =
        try tensor.permuted(parameter.order ?? Array(0..<tensor.shape.rank))
    }
    return module.call(name, x)
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
