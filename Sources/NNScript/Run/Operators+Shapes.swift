import NNEngine

extension Operators {
  // MARK: Ranges and items

  /// A range worked out.
  struct Span {
    var start: Double
    var step: Double
    var count: Int
  }

  /// The numbers of `from..to by step`: both ends, up to rounding of the step; of `from..<to` all
  /// but the last.
  static func span(
    from: Value, to: Value, step: Value, isHalfOpen: Bool = false
  ) throws -> Span {
    guard let first = from.numberValue else {
      throw ValueError.wrongType("..", takes: "numbers", found: from, argument: 0)
    }
    guard let last = to.numberValue else {
      throw ValueError.wrongType("..", takes: "numbers", found: to, argument: 1)
    }
    guard let by = step.numberValue else {
      throw ValueError.wrongType("by", takes: "a number", found: step, argument: 2)
    }
    guard by != 0 else {
      throw ValueError(
        code: .outOfRange, message: "the step of a range cannot be 0", label: "this is 0",
        argument: 2)
    }
    // `0..1 by 0.1` has eleven numbers although ten tenths are not quite one.
    let distance = (last - first) / by
    let steps = isHalfOpen ? (distance - 1e-9).rounded(.up) - 1 : (distance + 1e-9).rounded(.down)
    guard steps >= 0 else { return Span(start: first, step: by, count: 0) }
    guard steps < 9e15 else {
      throw ValueError(
        code: .limitReached, message: "this range has too many numbers",
        label: "from \(Formatting.number(first)) to \(Formatting.number(last))")
    }
    return Span(start: first, step: by, count: Int(steps) + 1)
  }

  /// What a loop over a value goes through: items, rows, characters or field names.
  static func items(of value: Value) throws -> ListBox {
    switch value {
    case .list(let list): return list
    case .text(let box):
      let list = ListBox()
      try Texts.forEachCharacter(of: box.text) { list.append(.text(String($0))) }
      return list
    case .record(let box): return ListBox(box.fields.map { Value.text($0.name) })
    case .tensor(let box):
      guard box.tensor.shape.rank > 0 else { break }
      return try ListBox.making(box.tensor.shape[0]) { TensorMath.item(box.tensor, $0) }
    case .number(let number):
      throw ValueError(
        code: .wrongType, message: "`for` goes through a list, not a number",
        label: "this is a number", help: ["write `1..\(Formatting.number(number))`"], argument: 0)
    default: break
    }
    throw ValueError.wrongType(
      "for", takes: "a list, range, tensor, text or record", found: value, argument: 0)
  }

  // MARK: Tensors

  /// A tensor, or what may stand for one: a number, or a rectangular list of numbers.
  static func tensor(_ value: Value, argument: Int?) throws -> Tensor {
    switch value {
    case .tensor(let box): return box.tensor
    case .number(let number): return Tensor(Float(number))
    case .list(let list):
      try Allowance.admit(4 * list.weight, for: "a tensor of \(list.weight) numbers")
      var sizes: [Int] = []
      var elements: [Float] = []
      try flatten(list, level: 0, &sizes, &elements, argument)
      return Tensor(shape: Shape(sizes), elements: elements)
    default:
      throw ValueError(
        code: .wrongType, message: "numbers are needed here, not \(value.kindName)",
        label: "this is \(value.kindName)", argument: argument)
    }
  }

  /// The same in 64 bits, as data are read.
  static func numbers(_ value: Value) throws -> Numbers {
    switch value {
    case .number(let number): return Numbers(shape: [], elements: [number])
    case .list(let list):
      var sizes: [Int] = []
      var elements: [Double] = []
      try flatten(list, level: 0, &sizes, &elements, nil)
      return Numbers(shape: Shape(sizes), elements: elements)
    default: return try Numbers(tensor(value, argument: nil))
    }
  }

  private static func flatten<Number: BinaryFloatingPoint>(
    _ list: ListBox, level: Int, _ sizes: inout [Int], _ elements: inout [Number],
    _ argument: Int?
  ) throws {
    if sizes.count == level {
      // Only the first row of each level may set its size.
      guard elements.isEmpty else { throw ragged(argument) }
      sizes.append(list.count)
    }
    guard sizes[level] == list.count else { throw ragged(argument) }
    try Allowance.proceed()
    if let numbers = list.numbers {
      guard level == sizes.count - 1 else {
        if list.count == 0 { return }
        throw ragged(argument)
      }
      try steadily(list.count) { elements.append(Number(numbers[$0])) }
      return
    }
    for index in 0..<list.count {
      let item = list[index]
      switch item {
      case .list(let inner): try flatten(inner, level: level + 1, &sizes, &elements, argument)
      case .tensor(let box):
        try flatten(try TensorMath.list(box.tensor), level: level + 1, &sizes, &elements, argument)
      case .number, .truth:
        guard level == sizes.count - 1 else { throw ragged(argument) }
        elements.append(Number(item.numberValue ?? (item.truthValue == true ? 1 : 0)))
      default:
        throw ValueError(
          code: .wrongType, message: "numbers are needed here, the list holds \(item.kindName)",
          label: "this list holds \(item.kindName)", argument: argument)
      }
    }
  }

  private static func ragged(_ argument: Int?) -> ValueError {
    ValueError(
      code: .shapeMismatch, message: "the rows of this list have different lengths",
      label: "a tensor needs rows of equal length", argument: argument)
  }

  /// `a @ b`; two lists are computed in 64 bits and give a list or a number.
  static func matrixProduct(_ left: Value, _ right: Value) throws -> Value {
    for (argument, value) in [left, right].enumerated() {
      switch value {
      case .list, .tensor: break
      default: throw ValueError.wrongType("@", takes: "matrices", found: value, argument: argument)
      }
    }
    if case .list(let a) = left, case .list(let b) = right {
      if let product = try listProduct(a, b) { return product }
    }
    return TensorMath.value(
      try TensorMath.matrixProduct(tensor(left, argument: 0), tensor(right, argument: 1)))
  }

  private static func listProduct(_ a: ListBox, _ b: ListBox) throws -> Value? {
    guard let x = rows(a), let y = rows(b, asColumn: true) else { return nil }
    let inner = x.first?.count ?? 0
    guard inner == y.count else {
      throw TensorMath.productMismatch(
        Shape(a.numbers == nil ? [x.count, inner] : [inner]),
        Shape(b.numbers == nil ? [y.count, y.first?.count ?? 0] : [y.count]))
    }
    let width = y.first?.count ?? 0
    try admit(items: Shape.product([x.count, width]) ?? .max / 8)
    let product = try x.map { row in
      var sums = [Double](repeating: 0, count: width)
      for (factor, numbers) in zip(row, y) {
        try Allowance.proceed()
        for column in 0..<width { sums[column] += factor * numbers[column] }
      }
      return sums
    }
    switch (a.numbers != nil, b.numbers != nil) {
    case (true, true): return .number(product[0][0])
    case (true, false): return .list(product[0])
    case (false, true): return .list(product.map { $0[0] })
    case (false, false): return .list(product.map { Value.list($0) })
    }
  }

  /// A list as the rows of a matrix, if it is a rectangular one; a flat list is one row or column.
  private static func rows(_ list: ListBox, asColumn: Bool = false) -> [[Double]]? {
    guard list.count > 0 else { return nil }
    if let numbers = list.numberItems { return asColumn ? numbers.map { [$0] } : [numbers] }
    var rows: [[Double]] = []
    for item in list.items {
      guard case .list(let row) = item, row.count > 0, let numbers = row.numberItems,
        numbers.count == rows.first?.count ?? numbers.count
      else { return nil }
      rows.append(numbers)
    }
    return rows
  }
}
