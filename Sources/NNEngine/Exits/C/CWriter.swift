/// Writes a model's operations as the body of a function in C99.
///
/// A value that rows change has a place in one of two arrays, `f` in 32 bits and `d` in 64; one that
/// no row changes is a constant of its own.
struct CWriter {
  /// Where a value's numbers stand.
  struct Place {
    /// The array: `f`, `d`, the inputs or a constant.
    var array: String
    var start: Int
    var precision: FinishedModel.Precision

    /// The text of a number's place.
    func callAsFunction(_ index: String) -> String {
      let at = start == 0 ? index : index == "0" ? "\(start)" : "\(start) + \(index)"
      return "\(array)[\(at)]"
    }

    /// A pointer to where the numbers begin.
    var pointer: String { start == 0 ? array : "\(array) + \(start)" }
  }

  /// A constant of the file.
  struct Constant {
    var name: String
    var numbers: [Double]
    var precision: FinishedModel.Precision
  }

  let model: FinishedModel
  /// What the names of the file begin with.
  let prefix: String
  /// The statements of the function.
  private(set) var lines: [String] = []
  /// The constants of the file.
  private(set) var constants: [Constant] = []
  /// Places that are written as whole numbers.
  private(set) var tables: [(name: String, numbers: [Int])] = []
  /// Functions that the statements call.
  private(set) var helpers: Set<String> = []
  private(set) var memory: [FinishedModel.Precision: CMemory] = [
    .single: CMemory(), .double: CMemory(),
  ]
  private var places: [Int: Place] = [:]
  private var constantNames: [String: String] = [:]
  private var depth = 1

  init(_ model: FinishedModel, prefix: String) { (self.model, self.prefix) = (model, prefix) }

  var program: Operations { model.program }

  // MARK: Lines

  mutating func line(_ text: String) {
    lines.append(String(repeating: "  ", count: depth) + text)
  }

  /// A loop, or whatever else takes a block.
  mutating func block(_ head: String, _ body: (inout CWriter) -> Void) {
    line(head + " {")
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }

  /// Loops with an `i` each around what is written for the innermost.
  mutating func loop(_ sizes: ArraySlice<Int>, _ body: (inout CWriter) -> Void) {
    guard let size = sizes.first else { return body(&self) }
    let index = "i\(sizes.startIndex)"
    block("for (int \(index) = 0; \(index) < \(size); \(index)++)") {
      $0.loop(sizes.dropFirst(), body)
    }
  }

  /// Statements that may name numbers of their own: a block where there are several.
  mutating func scope(_ body: (inout CWriter) -> Void) {
    let start = lines.count
    body(&self)
    guard lines.count > start + 1 else { return }
    let own = lines[start...].map { "  " + $0 }
    lines.removeSubrange(start...)
    line("{")
    lines += own
    line("}")
  }

  mutating func use(_ helper: String) -> String {
    helpers.insert(helper)
    return "\(prefix)_\(helper)"
  }

  // MARK: Values

  /// Where a value stands; constants are written where they are first asked for.
  ///
  /// - Parameter precision: how precise a constant is to be; others stay what they are.
  mutating func place(
    _ ref: Operations.Ref, _ precision: FinishedModel.Precision
  ) -> Place {
    if let known = places[ref.place] { return known }
    let key = "\(ref.place) \(precision)"
    if let name = constantNames[key] { return Place(array: name, start: 0, precision: precision) }
    let name = "\(prefix)_\(constantName(ref))"
    constantNames[key] = name
    constants.append(
      Constant(name: name, numbers: model.numbers(of: ref) ?? [], precision: precision))
    return Place(array: name, start: 0, precision: precision)
  }

  private func constantName(_ ref: Operations.Ref) -> String {
    guard case .parameter(let index) = program.values[ref.place].source else {
      return "constant_\(constants.count)"
    }
    let name = CNumber.identifier(model.parameter(index).name)
    return constants.contains { $0.name == "\(prefix)_\(name)" } ? "\(name)_\(index)" : name
  }

  /// Keeps whole numbers in a table of the file.
  mutating func table(_ numbers: [Int]) -> String {
    if let known = tables.first(where: { $0.numbers == numbers }) { return known.name }
    let name = "\(prefix)_places_\(tables.count)"
    tables.append((name, numbers))
    return name
  }

  // MARK: The whole

  /// Writes whatever the answer needs.
  ///
  /// - Parameter isRaw: whether the inputs are as they stand in a table; else what the network is
  ///   given.
  /// - Returns: where the answer stands.
  /// - Throws: `EngineError.invalid` for what one row alone does not say.
  mutating func write(isRaw: Bool) throws(EngineError) -> Place {
    var given: [Operations.Ref] = []
    if !isRaw {
      given = [model.input]
      places[model.input.place] = Place(array: "inputs", start: 0, precision: .single)
    } else if model.cells.isEmpty {
      given = [model.numbers]
      places[model.numbers.place] = Place(array: "inputs", start: 0, precision: .double)
    } else {
      given = model.cells
      for (index, cell) in model.cells.enumerated() {
        places[cell.place] = Place(array: "inputs", start: index, precision: .double)
      }
    }
    let steps = try model.steps(to: model.answer, given: Set(given)) {
      $0.layer is any WindowPooling
    }
    let ends = lastUses(steps)
    var held: [(place: Place, count: Int, end: Int)] = []
    var layer: String?
    for (index, step) in steps.enumerated() {
      let precision = model.precision(of: step.ref)
      // The same numbers in the same order stand where they stood.
      if let original = step.original, let known = places[original.place],
        known.precision == precision
      {
        places[step.ref.place] = known
        continue
      }
      if step.node?.name != layer {
        layer = step.node?.name
        let title = step.node.map { "\($0.name): \($0.layer.kind)" } ?? "the answer"
        line("/* \(CNumber.comment(title)) */")
      }
      let count = program.shape(step.ref).count
      let own = takePlace(count, precision)
      places[step.ref.place] = own
      switch step.form {
      case .operation(let operation): try write(operation, step.operands, step.ref, own)
      case .layer(let node):
        guard let pool = node.layer as? any WindowPooling else { continue }
        write(pool, step.operands[0], step.ref, own)
      }
      held.append((own, count, ends[step.ref.place] ?? steps.count))
      for done in held where done.end <= index {
        memory[done.place.precision]?.giveBack(done.place.start, done.count)
      }
      held.removeAll { $0.end <= index }
    }
    return place(model.answer, .double)
  }

  private mutating func takePlace(_ count: Int, _ precision: FinishedModel.Precision) -> Place {
    let start = memory[precision]?.take(count) ?? 0
    return Place(array: precision == .single ? "f" : "d", start: start, precision: precision)
  }

  /// Where a value's numbers stand in one precision: a copy, if they do not yet.
  mutating func converted(
    _ ref: Operations.Ref, _ precision: FinishedModel.Precision
  ) -> Place {
    let x = place(ref, precision)
    guard x.precision != precision else { return x }
    let count = program.shape(ref).count
    let copy = takePlace(count, precision)
    loop([count][...]) {
      $0.line("\(copy("i0")) = \($0.cast(x("i0"), x, to: precision));")
    }
    places[ref.place] = copy
    return copy
  }

  /// The last step that reads each value, also where it stands under another name.
  private func lastUses(_ steps: [FinishedModel.Step]) -> [Int: Int] {
    var ends: [Int: Int] = [model.answer.place: steps.count]
    for (index, step) in steps.enumerated().reversed() {
      let end = step.original == nil ? index : max(index, ends[step.ref.place] ?? index)
      for operand in step.operands { ends[operand.place] = max(ends[operand.place] ?? 0, end) }
    }
    return ends
  }
}

extension FinishedModel.Step {
  /// What it gives with other axes and in the same order.
  fileprivate var original: Operations.Ref? {
    guard case .operation(.reshape(let rule)) = form, rule.order == nil else { return nil }
    return operands[0]
  }
}
