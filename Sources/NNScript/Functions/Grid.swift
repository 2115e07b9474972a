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
      elements = box.tensor.elements.map(Double.init)
    case .list(let list):
      try Operators.admit(items: list.weight)
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
      elements.append(contentsOf: UnsafeBufferPointer(start: numbers, count: list.count))
      return
    }
    for item in list.items {
      switch item {
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
          code: .wrongType, message: "`\(name)` takes numbers, this list holds \(item.kindName)",
          label: "holds \(item.kindName)", argument: argument)
      }
    }
  }

  /// As a number or nested lists.
  var value: Value {
    guard !sizes.isEmpty else { return .number(elements[0]) }
    return .list(list(0, 0, elements.count))
  }

  private func list(_ axis: Int, _ offset: Int, _ size: Int) -> ListBox {
    let count = sizes[axis]
    if axis == sizes.count - 1 { return ListBox(Array(elements[offset..<offset + count])) }
    let each = size / max(count, 1)
    return ListBox((0..<count).map { Value.list(list(axis + 1, offset + $0 * each, each)) })
  }

  /// As a tensor if `like` is one, else as lists.
  func value(like value: Value) -> Value {
    guard case .tensor = value, !sizes.isEmpty else { return self.value }
    return .tensor(Tensor(shape: Shape(sizes), elements: elements.map(Float.init)))
  }

  /// Reduces the lanes along one axis to a number each.
  func reduced(axis: Int, _ reduce: ([Double]) throws -> Double) rethrows -> Grid {
    var result = sizes
    let length = result.remove(at: axis)
    return Grid(sizes: result, elements: try lanes(axis, length).map(reduce))
  }

  /// Replaces each lane along an axis by another of the same length.
  func mapped(axis: Int, _ change: ([Double]) throws -> [Double]) rethrows -> Grid {
    let length = sizes[axis]
    let inner = sizes[(axis + 1)...].reduce(1, *)
    var copy = self
    for (number, lane) in lanes(axis, length).enumerated() {
      let new = try change(lane)
      let start = number / max(inner, 1) * inner * length + number % max(inner, 1)
      for place in 0..<length { copy.elements[start + place * inner] = new[place] }
    }
    return copy
  }

  private func lanes(_ axis: Int, _ length: Int) -> [[Double]] {
    let inner = sizes[(axis + 1)...].reduce(1, *)
    let outer = sizes[..<axis].reduce(1, *)
    return (0..<outer * inner).map { number in
      let start = number / inner * inner * length + number % inner
      return (0..<length).map { elements[start + $0 * inner] }
    }
  }
}
