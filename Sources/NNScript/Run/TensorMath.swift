import NNEngine

/// The language's view of the engine's tensors: its errors, and its care for domains.
enum TensorMath {
  // MARK: Element by element

  static func combine(
    _ operation: Tensor.BinaryOperation, _ a: Tensor, _ b: Tensor
  ) throws -> Tensor {
    do throws(EngineError) {
      return try Tensor.combine(operation, a, b)
    } catch {
      guard case .invalid = error else { throw error }
      throw ValueError(
        code: .shapeMismatch,
        message: "sizes \(a.shape) and \(b.shape) do not fit together element by element",
        label: "\(a.shape) and \(b.shape)",
        notes: ["an axis of length 1, or one missing in front, is repeated"])
    }
  }

  static func binary(_ operation: BinaryOperator, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let kernel: Tensor.BinaryOperation
    switch operation {
    case .add: kernel = .add
    case .subtract: kernel = .subtract
    case .multiply: kernel = .multiply
    case .divide: kernel = .divide
    case .remainder: kernel = .remainder
    case .power: kernel = .power
    case .matrixProduct: return try matrixProduct(a, b)
    }
    let result = try combine(kernel, a, b)
    try Allowance.proceed()
    if !isFinite(result), isFinite(a), isFinite(b) {
      let label =
        switch operation {
        case .divide, .remainder: "some divisor is 0"
        case .power: "a negative base, or 0 to a negative power"
        default: "beyond 3.4e38"
        }
      throw ValueError.domain(
        "`\(operation.rawValue)` has no finite result for some elements", label: label)
    }
    return result
  }

  /// Whether all elements are numbers one can go on with.
  static func isFinite(_ tensor: Tensor) -> Bool {
    // Compared as whole numbers, which the compiler turns into vector code.
    tensor.elements.withUnsafeBufferPointer { elements in
      var found: UInt32 = 0
      for element in elements {
        found |= element.bitPattern & 0x7F80_0000 == 0x7F80_0000 ? 1 : 0
      }
      return found == 0
    }
  }

  static func map(_ tensor: Tensor, _ function: (Float) -> Float) throws -> Tensor {
    Tensor(
      shape: tensor.shape,
      elements: try made(tensor.elements.count) { function(tensor.elements[$0]) })
  }

  /// 1 where an element is not 0.
  static func ones(where tensor: Tensor) -> Tensor { Tensor.combine(.notEqual, tensor, 0) }

  static func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let shape = try combine(.add, combine(.add, condition, a), b).shape
    // All three as wide as the result; adding zeros repeats what has to be.
    let zero = Tensor(repeating: 0, shape: shape)
    let test = try combine(.add, condition, zero).elements
    let (x, y) = (try combine(.add, a, zero).elements, try combine(.add, b, zero).elements)
    return Tensor(shape: shape, elements: test.indices.map { test[$0] != 0 ? x[$0] : y[$0] })
  }

  // MARK: Shapes

  /// A tensor of no axis is a plain number.
  static func value(_ tensor: Tensor) -> Value {
    tensor.shape.rank == 0 ? .number(Double(tensor.elements[0])) : .tensor(tensor)
  }

  /// The part at an index along the first axis, which must be in range.
  static func item(_ tensor: Tensor, _ index: Int) -> Value {
    let sizes = Array(tensor.shape.sizes.dropFirst())
    let size = Shape(sizes).count
    let part = Array(tensor.elements[index * size..<(index + 1) * size])
    return value(Tensor(shape: Shape(sizes), elements: part))
  }

  static func productMismatch(_ a: Shape, _ b: Shape) -> ValueError {
    ValueError(
      code: .shapeMismatch, message: "`@` cannot multiply sizes \(a) and \(b)",
      label: "\(a.sizes.last ?? 1) columns against \(b.sizes.first ?? 1) rows")
  }

  /// The product of matrices; a vector counts as a row in front and as a column behind.
  static func matrixProduct(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    do throws(EngineError) {
      return try a.matrixProduct(b)
    } catch {
      guard case .invalid = error else { throw error }
      throw productMismatch(a.shape, b.shape)
    }
  }

  /// A tensor as nested lists of numbers; one number gives a list of it.
  static func list(_ tensor: Tensor) throws -> ListBox {
    func part(_ axis: Int, _ offset: Int, _ size: Int) throws -> ListBox {
      let count = tensor.shape[axis]
      let each = size / max(count, 1)
      if axis == tensor.shape.rank - 1 {
        return try ListBox(count: count) { numbers in
          try steadily(count) { numbers[$0] = Double(tensor.elements[offset + $0]) }
        }
      }
      return try ListBox.making(count) { .list(try part(axis + 1, offset + $0 * each, each)) }
    }
    try Operators.admit(items: tensor.elements.count)
    if tensor.shape.rank == 0 { return ListBox([Double(tensor.elements[0])]) }
    return try part(0, 0, tensor.elements.count)
  }
}
