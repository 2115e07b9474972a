import NNEngine

extension FunctionEntry {
  /// Functions that make and reshape lists and tensors.
  static var tensors: [FunctionEntry] {
    [
      .make(
        "tensor", "A tensor of the numbers of a rectangular list.", "x",
        example: "print tensor([[1, 2], [3, 4]])"
      ) { call in
        .tensor(try Operators.tensor(call[0], argument: 0))
      },
      .make(
        "list", "A tensor as a list, a text as its characters, a record as its names.", "x",
        example: "print list(tensor([1, 2]))"
      ) { call in
        if case .tensor(let box) = call[0] { return .list(try TensorMath.list(box.tensor)) }
        return .list(try Operators.items(of: call[0]))
      },
      .filled(
        "zeros", "Zeros: a list of one size, a tensor of several.", example: "print zeros(3)", 0),
      .filled(
        "ones", "Ones: a list of one size, a tensor of several.", example: "print ones(2, 3)", 1),
      .make(
        "reshape", "The same numbers with other axes; one size may be -1.", "x", "sizes...",
        example: "print reshape(1..6, 2, 3)"
      ) { call in
        let tensor = try Operators.tensor(call[0], argument: 0)
        let sizes = try Sizes(call, 1, allowsOpen: true).sizes
        do {
          let shaped = try tensor.reshaped(sizes)
          return try like(call[0], shaped)
        } catch let error as EngineError {
          throw error == .interrupted ? error as any Error : ValueError(engine: error)
        }
      },
      .make("flatten", "All numbers in one row.", "x", example: "print flatten([[1, 2], [3, 4]])") {
        call in
        let grid = try Grid(call[0], of: "flatten")
        return try Grid(sizes: [grid.elements.count], elements: grid.elements).value(like: call[0])
      },
      .make(
        "transpose", "Rows become columns: the same as `.T`.", "x",
        example: "print transpose([[1, 2], [3, 4]])"
      ) { call in
        try Indexing.field(call[0], "T")
      },
      .make(
        "shape", "The length of each axis: the same as `.shape`.", "x",
        example: "print shape([[1, 2, 3], [4, 5, 6]])"
      ) { call in
        .list(try Grid(call[0], of: "shape").sizes.map(Double.init))
      },
      .make(
        "size", "How many numbers there are, in all rows together; in an equation, in a sample.",
        "x",
        example: "print size([[1, 2, 3], [4, 5, 6]])"
      ) { call in
        .number(Double(try Grid(call[0], of: "size").elements.count))
      },
      .make(
        "onehot", "1 at the place of each number, 0 elsewhere.", "x", "classes=none",
        example: "print onehot([0, 2], 3)"
      ) { call in
        let grid = try Grid(call[0], of: "onehot")
        let numbers = try made(grid.elements.count) { place -> Int in
          let number = grid.elements[place]
          guard number == number.rounded(), number >= 0, number < 1e9 else {
            throw ValueError(
              code: .outOfRange,
              message: "`onehot` takes whole numbers from 0, not \(Formatting.number(number))",
              label: "not a class number", argument: 0)
          }
          return Int(number)
        }
        let classes = try call.integer(
          1, 1...Operators.countLimit, default: (numbers.max() ?? 0) + 1)
        if let beyond = numbers.first(where: { $0 >= classes }) {
          throw ValueError(
            code: .outOfRange, message: "class \(beyond) is not one of \(classes), counted from 0",
            label: "too large", argument: 0)
        }
        try Operators.checkCount(Operators.product(numbers.count, classes))
        try Operators.admit(items: numbers.count * classes)
        var rows = Grid(
          sizes: grid.sizes + [classes],
          elements: Array(repeating: 0, count: numbers.count * classes))
        try steadily(numbers.count) { rows.elements[$0 * classes + numbers[$0]] = 1 }
        return try rows.value(like: call[0])
      },
    ]
  }

  /// A tensor in the form the value it was made of had.
  static func like(_ value: Value, _ tensor: Tensor) throws -> Value {
    guard case .list = value else { return .tensor(tensor) }
    return try Grid(sizes: tensor.shape.sizes, elements: Grid(value, of: "").elements).value()
  }

  private static func filled(
    _ name: String, _ summary: String, example: String, _ number: Double
  ) -> FunctionEntry {
    .make(name, summary, "sizes...", example: example) { call in
      try Sizes(call, 0).value { number }
    }
  }
}

/// Sizes given as numbers side by side or as one list.
struct Sizes {
  let sizes: [Int]
  /// No tensor has more axes.
  private static let most = 1_000

  init(_ call: FunctionCall, _ index: Int, allowsOpen: Bool = false) throws {
    var list = call.has(index) ? try call.list(index) : ListBox()
    if list.count == 1, case .list(let inner) = list[0] { list = inner }
    guard list.count <= Self.most else {
      throw ValueError(
        code: .limitReached, message: "`\(call.name)` takes no more than \(Self.most) sizes",
        label: "these are \(list.count)")
    }
    let items = list.items
    sizes = try items.map { item in
      guard case .number(let number) = item, number == number.rounded(),
        number >= 0 || allowsOpen && number == -1, number < 1e12
      else {
        throw ValueError(
          code: .wrongType, message: "`\(call.name)` takes sizes: whole numbers from 0",
          label: item.numberValue.map { "not \(Formatting.number($0))" }
            ?? "this is \(item.kindName)")
      }
      return Int(number)
    }
    let count = Shape.product(sizes.map { max($0, 1) }) ?? .max
    guard count <= Operators.countLimit else {
      throw ValueError(
        code: .limitReached,
        message: "`\(call.name)` cannot make \(Operators.many(count)) numbers: "
          + sizes.map(String.init).joined(separator: "x"),
        label: "\(Operators.countLimit) numbers are the limit")
    }
  }

  /// A number without sizes, a list of one size, a tensor of several.
  func value(_ make: () -> Double) throws -> Value {
    if sizes.isEmpty { return .number(make()) }
    let count = sizes.reduce(1, *)
    try Operators.admit(items: count)
    if sizes.count == 1 {
      return .list(
        try ListBox(count: count) { numbers in
          for index in 0..<count {
            if index & 0xFFFF == 0 { try Allowance.proceed() }
            numbers[index] = make()
          }
        })
    }
    let elements = try (0..<count).map { index in
      if index & 0xFFFF == 0 { try Allowance.proceed() }
      return Float(make())
    }
    return .tensor(Tensor(shape: Shape(sizes), elements: elements))
  }
}

extension ValueError {
  /// An error of the engine in a function of the language.
  init(engine error: EngineError) {
    if case .invalid(let message, let help) = error {
      self.init(code: .shapeMismatch, message: message, help: help.map { [$0] } ?? [])
    } else {
      let diagnostic = Diagnostic(error, at: nil)
      self.init(
        code: diagnostic.code, message: diagnostic.message,
        label: diagnostic.primary?.text ?? "", help: diagnostic.help)
    }
  }
}
