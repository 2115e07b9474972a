import NNEngine

/// Numbers with axes in 64 bits: what a rectangular list is to functions along an axis.
struct Grid {
  var sizes: [Int]
  var elements: [Double]

  init(sizes: [Int], elements: [Double]) {
    self.sizes = sizes
    self.elements = elements
  }

  /// The numbers of a value; truths count as 1 and 0.
  ///
  /// - Throws: `ValueError` for other kinds and for rows of different lengths.
  init(_ value: Value, of name: String, argument: Int = 0) throws {
    sizes = []
    elements = []
    switch value {
    case .number(let number): elements = [number]
    case .truth(let truth): elements = [truth ? 1 : 0]
    case .tensor(let box):
      sizes = box.tensor.shape.sizes
      let numbers = box.tensor.elements
      try Operators.admit(items: numbers.count)
      elements = try made(numbers.count) { Double(numbers[$0]) }
    case .list(let list):
      try Operators.admit(items: list.weight)
      elements.reserveCapacity(list.weight)
      try add(list, level: 0, name, argument)
    default:
      throw ValueError.wrongType(
        name, takes: "numbers", found: value, argument: argument)
    }
  }

  private mutating func add(_ list: ListBox, level: Int, _ name: String, _ argument: Int) throws {
    let ragged = ValueError(
      code: .shapeMismatch, message: "the rows of this list have different lengths",
      label: "rows of equal length are needed", argument: argument)
    if sizes.count == level {
      guard elements.isEmpty else { throw ragged }
      sizes.append(list.count)
    }
    guard sizes[level] == list.count else { throw ragged }
    try Allowance.proceed()
    if let numbers = list.numbers {
      guard level == sizes.count - 1 || list.count == 0 else { throw ragged }
      try steadily(list.count) { elements.append(numbers[$0]) }
      return
    }
    for index in 0..<list.count {
      switch list[index] {
      case .list(let inner): try add(inner, level: level + 1, name, argument)
      case .tensor(let box) where box.tensor.shape.rank > 0:
        try add(TensorMath.list(box.tensor), level: level + 1, name, argument)
      case .number(let number):
        guard level == sizes.count - 1 else { throw ragged }
        elements.append(number)
      case .truth(let truth):
        guard level == sizes.count - 1 else { throw ragged }
        elements.append(truth ? 1 : 0)
      default:
        throw ValueError(
          code: .wrongType,
          message: "`\(name)` takes numbers, this list holds \(list[index].kindName)",
          label: "holds \(list[index].kindName)", argument: argument)
      }
    }
  }

  /// As a number or nested lists.
  func value() throws -> Value {
    guard !sizes.isEmpty else { return .number(elements[0]) }
    return .list(try list(0, 0, elements.count))
  }

  private func list(_ axis: Int, _ offset: Int, _ size: Int) throws -> ListBox {
    let count = sizes[axis]
    if axis == sizes.count - 1 {
      return try ListBox(count: count) { numbers in
        try steadily(count) { numbers[$0] = elements[offset + $0] }
      }
    }
    let each = size / max(count, 1)
    return try ListBox.making(count) { .list(try list(axis + 1, offset + $0 * each, each)) }
  }

  /// As a tensor if `like` is one, else as lists.
  func value(like value: Value) throws -> Value {
    guard case .tensor = value, !sizes.isEmpty else { return try self.value() }
    return .tensor(
      Tensor(shape: Shape(sizes), elements: try made(elements.count) { Float(elements[$0]) }))
  }

  /// Reduces the lanes along one axis to a number each.
  func reduced(axis: Int, _ reduce: ([Double]) throws -> Double) throws -> Grid {
    var result = sizes
    let length = result.remove(at: axis)
    let inner = sizes[(axis + 1)...].reduce(1, *)
    let numbers = try made(result.reduce(1, *)) { lane in
      let start = lane / inner * inner * length + lane % inner
      return try reduce(made(length) { elements[start + $0 * inner] })
    }
    return Grid(sizes: result, elements: numbers)
  }
}
