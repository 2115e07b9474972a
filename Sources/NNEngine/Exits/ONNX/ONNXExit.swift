/// An ONNX graph: the whole way from a row as it stands in a table to the answer.
///
/// A model of numbers alone has one input, `inputs`, `[rows, columns]` (pictures in 32 bits, tables
/// in 64); where columns are texts, dates or have gaps, each is an input of its own, `[rows, 1]`:
/// texts as strings, dates as days since 1970, missing numbers as NaN. What comes out is
/// `probabilities` (or `scores`) and `class`, or `prediction`.
struct ONNXExit: Exit {
  let ending = ".onnx"
  let summary = "an ONNX graph, preprocessing included"

  func files(
    of model: FinishedModel, path: String, options: ExitOptions
  ) throws(EngineError) -> [ExitFile] {
    // Protocol Buffers end at 2 GiB.
    guard model.network.parameterCount < 500_000_000 else {
      throw .invalid(
        "\(model.network.parameterCount) parameters are too many for an ONNX file",
        help: "it can hold 500 million; `save \"model.safetensors\"` has no such limit")
    }
    try Allowance.admit(16 * model.network.parameterCount, for: "the ONNX file")
    var writer = ONNXWriter(model)
    try writer.writeInputs(isRaw: options.isRaw)
    try writer.writeOperations()
    try writer.writeAnswer()
    return [ExitFile(path, writer.graph.model(model.name, version: model.version, model.facts))]
  }
}

extension FinishedModel {
  /// What files of other forms say about the model besides its numbers.
  var facts: [(key: String, value: String)] {
    var facts: [(key: String, value: String)] = []
    func list(_ names: [String]) -> String {
      JSONValue.array(names.map(JSONValue.string)).text()
    }
    if !schema.columnNames.isEmpty { facts.append(("columns", list(schema.columnNames))) }
    if !schema.targetNames.isEmpty { facts.append(("targets", list(schema.targetNames))) }
    if !schema.classNames.isEmpty { facts.append(("classes", list(schema.classNames))) }
    return facts
  }
}

/// Writes a model's operations as nodes of a graph.
///
/// A value that rows change has the rows as its first axis. Values that no row changes become
/// constants where they are used.
struct ONNXWriter {
  typealias Value = ONNXGraph.Value

  let model: FinishedModel
  var graph = ONNXGraph()
  /// What has been written, by the values' places.
  private var written: [Int: Value] = [:]
  private var given: Set<Operations.Ref> = []

  init(_ model: FinishedModel) { self.model = model }

  var program: Operations { model.program }

  // MARK: What is given

  /// Declares the inputs.
  ///
  /// - Parameter isRaw: whether they are cells or numbers as they stand in a table; else what the
  ///   network is given.
  mutating func writeInputs(isRaw: Bool) throws(EngineError) {
    let shape = model.network.inputShape
    guard isRaw else {
      written[model.input.place] = graph.input("inputs", .single, shape.sizes)
      given = [model.input]
      return
    }
    guard !model.cells.isEmpty else {
      let isPicture = shape.rank > 1
      let input = graph.input("inputs", isPicture ? .single : .double, shape.sizes)
      let numbers = graph.cast(input, to: .double)
      written[model.numbers.place] =
        isPicture ? reshaped(numbers, to: [shape.count]) : numbers
      given = [model.numbers]
      return
    }
    graph.scope = "columns"
    for (column, cell) in zip(model.schema.columns, model.cells) {
      if case .category(let names, let rest) = column.kind {
        let input = graph.input(column.name, .text, [1])
        // Behind the last category stands what belongs to none.
        var texts: [(text: String, code: Int)] = names.enumerated().map { ($1, $0) }
        let missing = try column.code(of: .missing)
        let known = Set(names)
        for text in MissingTexts.examples(model.schema.missingValues) where !known.contains(text) {
          texts.append((text, missing < 0 ? column.width : Int(missing)))
        }
        let others = rest.hasOther ? names.count : column.width
        written[cell.place] = graph.add(
          "LabelEncoder", [input], .int64,
          [
            "keys_strings": .texts(texts.map(\.text)), "values_int64s": .ints(texts.map(\.code)),
            "default_int64": .int(others),
          ], ofML: true)
      } else {
        written[cell.place] = graph.input(column.name, .double, [1])
      }
    }
    given = Set(model.cells)
  }

  // MARK: What is computed

  /// Writes whatever the answer needs.
  mutating func writeOperations() throws(EngineError) {
    let steps = try model.steps(to: model.answer, given: given) {
      $0.layer is any WindowPooling || $0.layer is LayerNormalization
    }
    for step in steps {
      try Allowance.proceed()
      graph.scope = step.node?.name ?? (step.ref.place <= model.input.place ? "columns" : "answer")
      switch step.form {
      case .layer(let node): written[step.ref.place] = write(node, step.operands[0])
      case .operation(let operation):
        written[step.ref.place] = try write(operation, step.operands, of: step.ref)
      }
    }
  }

  private mutating func write(
    _ operation: Operation, _ operands: [Operations.Ref], of ref: Operations.Ref
  ) throws(EngineError) -> Value {
    let shape = program.shape(ref)
    switch operation {
    case .formula(let rule): return write(rule, operands, of: ref)
    case .reduction(let rule): return write(rule, operands[0], of: ref)
    case .product(let rule): return try write(rule, operands[0], operands[1], of: ref)
    case .gather(let rule): return write(rule, operands, of: ref)
    case .scan: throw .invalid("scans have been written out before")
    case .reshape(let rule):
      let x = value(operands[0], kind(ref))
      let own = program.shape(operands[0])
      guard let order = rule.order, order != Array(0..<own.rank) else {
        return own == shape ? x : reshaped(x, to: shape.sizes)
      }
      let moved = graph.add("Transpose", [x], x.kind, ["perm": .ints([0] + order.map { $0 + 1 })])
      return Shape(order.map { own[$0] }) == shape ? moved : reshaped(moved, to: shape.sizes)
    case .concatenation(let rule):
      guard let rows = operands.compactMap({ written[$0.place] }).first else {
        throw .invalid("an ONNX graph has no operation without rows")
      }
      let parts = operands.map { operand in
        program.extent(operand).isByRow
          ? value(operand, kind(ref))
          : repeated(value(operand, kind(ref)), program.shape(operand).sizes, forEachOf: rows)
      }
      return graph.add("Concat", parts, kind(ref), ["axis": .int(rule.axis + 1)])
    }
  }

  // MARK: Values

  /// The kind that a value is computed in.
  func kind(_ ref: Operations.Ref) -> ONNXGraph.Kind {
    model.precision(of: ref) == .single ? .single : .double
  }

  /// A value in a kind: what was written, or a constant.
  mutating func value(_ ref: Operations.Ref, _ kind: ONNXGraph.Kind) -> Value {
    if let known = written[ref.place] { return graph.cast(known, to: kind) }
    let sizes = program.shape(ref).sizes
    guard case .parameter(let index) = program.values[ref.place].source, kind == .single else {
      return graph.constant(model.numbers(of: ref) ?? [], sizes, kind)
    }
    let parameter = model.parameter(index)
    return graph.constant(model.network.values[parameter.range], sizes, name: parameter.name)
  }

  /// What was written for a value as it is.
  func plain(_ ref: Operations.Ref) -> Value? { written[ref.place] }

  /// The same numbers of each row in another shape.
  mutating func reshaped(_ x: Value, to sizes: [Int]) -> Value {
    let shape = graph.constant([-1] + sizes, [sizes.count + 1])
    return graph.add("Reshape", [x, shape], x.kind)
  }

  /// A constant once for each row.
  ///
  /// - Parameter rows: a value with a row for each.
  mutating func repeated(_ x: Value, _ sizes: [Int], forEachOf rows: Value) -> Value {
    let all = graph.add("Shape", [rows], .int64, ["start": .int(0), "end": .int(1)])
    let own = graph.constant(sizes, [sizes.count])
    let shape = graph.add("Concat", [all, own], .int64, ["axis": .int(0)])
    return graph.add("Expand", [x, shape], x.kind)
  }

  // MARK: The answer

  /// Writes what comes out.
  mutating func writeAnswer() throws(EngineError) {
    graph.scope = "answer"
    let answer = value(model.answer, .double)
    guard model.decides else {
      var numbers = graph.cast(answer, to: .single)
      let shape = model.network.outputShape
      if shape.rank != 1 { numbers = reshaped(numbers, to: shape.sizes) }
      let name = graph.reserve("prediction")
      graph.output(graph.add("Identity", [numbers], .single, name: name), shape.sizes)
      return
    }
    let width = program.shape(model.answer).count
    let name = graph.reserve(model.schema.givesScores ? "scores" : "probabilities")
    graph.output(graph.add("Cast", [answer], .single, ["to": .int(1)], name: name), [width])
    let place = graph.add("ArgMax", [answer], .int64, ["axis": .int(1), "keepdims": .int(0)])
    let classes = model.schema.classNames
    let className = graph.reserve("class")
    let numbers = classes.compactMap { Int($0) }
    if model.schema.classesAreNumbers, numbers.count == classes.count {
      let table = graph.constant(numbers, [numbers.count])
      graph.output(graph.add("Gather", [table, place], .int64, name: className), [])
    } else {
      let keys = Array(classes.indices)
      graph.output(
        graph.add(
          "LabelEncoder", [place], .text,
          ["keys_int64s": .ints(keys), "values_strings": .texts(classes)], name: className,
          ofML: true), [])
    }
  }
}
