internal import CKernels

extension Tensor {
  /// What two tensors can be combined by, element by element.
  ///
  /// Comparisons give 1 for true and 0 for false.
  public enum BinaryOperation: Sendable {
    case add, subtract, multiply, divide, power, minimum, maximum, remainder
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

    var kernel: nn_binary_op {
      switch self {
      case .add: NN_ADD
      case .subtract: NN_SUB
      case .multiply: NN_MUL
      case .divide: NN_DIV
      case .power: NN_POW
      case .minimum: NN_MIN
      case .maximum: NN_MAX
      case .remainder: NN_REM
      case .equal: NN_EQ
      case .notEqual: NN_NE
      case .less: NN_LT
      case .lessOrEqual: NN_LE
      case .greater: NN_GT
      case .greaterOrEqual: NN_GE
      }
    }
  }

  /// What can be done to each element.
  public enum UnaryOperation: Sendable {
    case negate, absolute, squareRoot, exponential, logarithm, tanh, sigmoid, relu, errorFunction
    case sine, cosine, tangent, floor, ceiling, round, sign, square

    var kernel: nn_unary_op {
      switch self {
      case .negate: NN_NEG
      case .absolute: NN_ABS
      case .squareRoot: NN_SQRT
      case .exponential: NN_EXP
      case .logarithm: NN_LOG
      case .tanh: NN_TANH
      case .sigmoid: NN_SIGMOID
      case .relu: NN_RELU
      case .errorFunction: NN_ERF
      case .sine: NN_SIN
      case .cosine: NN_COS
      case .tangent: NN_TAN
      case .floor: NN_FLOOR
      case .ceiling: NN_CEIL
      case .round: NN_ROUND
      case .sign: NN_SIGN
      case .square: NN_SQUARE
      }
    }
  }

  /// Applies an operation to each element.
  public func applying(_ operation: UnaryOperation) -> Tensor {
    Tensor(
      shape: shape,
      elements: Tensor.filledInPieces(elements.count) { out, piece in
        elements.withUnsafeBufferPointer {
          guard let source = $0.baseAddress else { return }
          nn_unary(
            operation.kernel, source + piece.lowerBound, out + piece.lowerBound, piece.count)
        }
      })
  }

  /// Combines two tensors element by element; axes of length 1, and missing outer axes, repeat.
  ///
  /// - Throws: `EngineError.invalid` where the shapes do not fit together.
  public static func combine(
    _ operation: BinaryOperation, _ a: Tensor, _ b: Tensor
  ) throws(EngineError) -> Tensor {
    if a.shape == b.shape {
      try Allowance.admit(4 * a.elements.count, for: "the combined tensor")
      return same(operation, a, 1, b, 1, a.shape)
    }
    let shape = try broadcast(a.shape, b.shape)
    if b.elements.count == 1 { return same(operation, a, 1, b, 0, shape) }
    if a.elements.count == 1 { return same(operation, a, 0, b, 1, shape) }
    return repeating(operation, a, b, shape)
  }

  /// Combines each element with a number.
  public static func combine(_ operation: BinaryOperation, _ a: Tensor, _ b: Float) -> Tensor {
    same(operation, a, 1, Tensor(b), 0, a.shape)
  }

  /// Combines a number with each element.
  public static func combine(_ operation: BinaryOperation, _ a: Float, _ b: Tensor) -> Tensor {
    same(operation, Tensor(a), 0, b, 1, b.shape)
  }

  private static func same(
    _ operation: BinaryOperation, _ a: Tensor, _ stepA: Int, _ b: Tensor, _ stepB: Int,
    _ shape: Shape
  ) -> Tensor {
    let count = shape.count
    return Tensor(
      shape: shape,
      elements: filledInPieces(count) { out, piece in
        a.elements.withUnsafeBufferPointer { left in
          b.elements.withUnsafeBufferPointer { right in
            guard let x = left.baseAddress, let y = right.baseAddress else { return }
            nn_binary(
              operation.kernel, x + stepA * piece.lowerBound, stepA,
              y + stepB * piece.lowerBound, stepB, out + piece.lowerBound, piece.count)
          }
        }
      })
  }

  /// The general case: whole runs along the last axis, the outer axes walked one by one.
  private static func repeating(
    _ operation: BinaryOperation, _ a: Tensor, _ b: Tensor, _ shape: Shape
  ) -> Tensor {
    func steps(_ tensor: Tensor) -> [Int] {
      let own = strides(of: tensor.shape)
      let missing = shape.rank - tensor.shape.rank
      return (0..<shape.rank).map { axis in
        axis < missing || tensor.shape[axis - missing] == 1 ? 0 : own[axis - missing]
      }
    }
    let (stepsA, stepsB) = (steps(a), steps(b))
    let width = shape[shape.rank - 1]
    let outer = Shape(Array(shape.sizes.dropLast()))
    var startsA: [Int] = []
    startsA.reserveCapacity(outer.count)
    walk(outer, Array(stepsA.dropLast())) { _, source in startsA.append(source) }
    let kernel = operation.kernel
    return Tensor(
      shape: shape,
      elements: filled(shape.count) { out in
        a.elements.withUnsafeBufferPointer { left in
          b.elements.withUnsafeBufferPointer { right in
            guard let x = left.baseAddress, let y = right.baseAddress, width > 0 else { return }
            var done = 0
            walk(outer, Array(stepsB.dropLast())) { row, startB in
              done += width
              if done > piece {
                done = 0
                _ = Allowance.isHalted
              }
              if Allowance.isLeftOut { return }
              nn_binary(
                kernel, x + startsA[row], stepsA[shape.rank - 1], y + startB,
                stepsB[shape.rank - 1], out + row * width, width)
            }
          }
        }
      })
  }

  /// The shape two tensors have together.
  ///
  /// - Throws: `EngineError.invalid` where an axis differs and neither side is 1.
  public static func broadcast(_ a: Shape, _ b: Shape) throws(EngineError) -> Shape {
    let rank = max(a.rank, b.rank)
    var sizes: [Int] = []
    for axis in 0..<rank {
      let x = axis < rank - a.rank ? 1 : a[axis - (rank - a.rank)]
      let y = axis < rank - b.rank ? 1 : b[axis - (rank - b.rank)]
      guard x == y || x == 1 || y == 1 else {
        throw .invalid("a tensor of \(a) and one of \(b) do not fit together")
      }
      sizes.append(x == 1 ? y : x)
    }
    let shape = try Shape(checking: sizes, for: "the combined tensor")
    try Allowance.admit(4 * shape.count, for: "the combined tensor")
    try Allowance.proceed()
    return shape
  }

  /// The matrix product; a tensor with one axis counts as a row on the left, a column on the
  /// right, and that axis is left out of the result.
  ///
  /// - Throws: `EngineError.invalid` where the inner sizes differ or there are more than two axes.
  public func matrixProduct(
    _ other: Tensor, workers: Workers = .shared
  ) throws(EngineError) -> Tensor {
    guard 1...2 ~= shape.rank, 1...2 ~= other.shape.rank else {
      throw .invalid("`@` takes matrices, not \(shape) and \(other.shape)")
    }
    let m = shape.rank == 2 ? shape[0] : 1
    let k = shape[shape.rank - 1]
    let n = other.shape.rank == 2 ? other.shape[1] : 1
    guard other.shape[0] == k else {
      throw .invalid(
        "`@` needs as many columns on the left as rows on the right: \(shape) @ \(other.shape)")
    }
    let kept = (shape.rank == 2 ? [m] : []) + (other.shape.rank == 2 ? [n] : [])
    let target = try Shape(checking: kept, for: "the matrix product")
    try Allowance.admit(4 * target.count, for: "the matrix product")
    let values = Tensor.filled(m * n) { out in
      elements.withUnsafeBufferPointer { left in
        other.elements.withUnsafeBufferPointer { right in
          guard let a = left.baseAddress, let b = right.baseAddress else {
            out.update(repeating: 0, count: m * n)
            return
          }
          // Tiles of at most some milliseconds, cut by the sizes alone.
          let rows = 96
          let columns = max(64, min(n, 200_000_000 / (rows * max(k, 1)) / 64 * 64))
          let across = (n + columns - 1) / columns
          let job = TileJob { tile in
            let (first, left) = (tile / max(across, 1) * rows, tile % max(across, 1) * columns)
            nn_gemm(
              false, false, min(rows, m - first), min(columns, n - left), k, a + first * k, k,
              b + left, n, 0, out + first * n + left, n)
          }
          workers.run(
            job, tiles: (m + rows - 1) / rows * across, shared: m * n * k > Plan.sharedWork)
        }
      }
    }
    try Allowance.proceed()
    return Tensor(shape: target, elements: values)
  }
}
