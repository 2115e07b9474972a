internal import CKernels

/// An n-dimensional array of 32-bit numbers, row-major, with value semantics.
public struct Tensor: Equatable, Sendable {
  /// The sizes of its axes.
  public private(set) var shape: Shape
  /// The numbers, last axis fastest.
  public var elements: [Float] {
    didSet { precondition(elements.count == shape.count, "a tensor keeps its number of elements") }
  }

  /// Makes a tensor from numbers in row-major order.
  public init(shape: Shape, elements: [Float]) {
    precondition(shape.count == elements.count, "one number for each place")
    self.shape = shape
    self.elements = elements
  }

  /// A tensor without axes.
  public init(_ number: Float) { self.init(shape: [], elements: [number]) }

  /// A tensor with one axis.
  public init(_ numbers: [Float]) { self.init(shape: [numbers.count], elements: numbers) }

  /// A tensor of one value everywhere.
  public init(repeating value: Float, shape: Shape) {
    self.init(shape: shape, elements: Array(repeating: value, count: shape.count))
  }

  /// Numbers from 0 to below 1.
  public static func random(_ shape: Shape, using stream: inout RandomStream) -> Tensor {
    Tensor(
      // 24 bits, so that rounding to 32 bits never gives 1.
      shape: shape, elements: (0..<shape.count).map { _ in Float(stream.next() >> 40) * 0x1p-24 })
  }

  /// Numbers of mean 0 and deviation 1.
  public static func normal(_ shape: Shape, using stream: inout RandomStream) -> Tensor {
    Tensor(shape: shape, elements: (0..<shape.count).map { _ in Float(stream.normal()) })
  }

  /// One row a class number, 1 at the class and 0 elsewhere.
  ///
  /// - Throws: `EngineError.invalid` for a class number outside `0 ..< classes`.
  public static func oneHot(_ numbers: [Int], classes: Int) throws(EngineError) -> Tensor {
    let shape = try Shape(checking: [numbers.count, classes], for: "one-hot rows")
    try Allowance.admit(4 * shape.count, for: "one-hot rows")
    var result = Tensor(repeating: 0, shape: shape)
    for (row, number) in numbers.enumerated() {
      guard 0..<classes ~= number else {
        throw .invalid("class \(number) is not one of \(classes) classes, counted from 0")
      }
      result.elements[row * classes + number] = 1
    }
    return result
  }

  /// The same numbers with other axes; one size may be -1 and is worked out.
  ///
  /// - Throws: `EngineError.invalid` where the numbers do not fit.
  public func reshaped(_ sizes: [Int]) throws(EngineError) -> Tensor {
    var sizes = sizes
    if let open = sizes.firstIndex(of: -1) {
      sizes[open] = 1
      let known = try Shape(checking: sizes, for: "the reshaped tensor").count
      guard known > 0, elements.count % known == 0 else {
        throw .invalid("\(elements.count) numbers cannot be split into rows of \(known)")
      }
      sizes[open] = elements.count / known
    }
    let target = try Shape(checking: sizes, for: "the reshaped tensor")
    guard target.count == elements.count else {
      throw .invalid("\(shape) holds \(elements.count) numbers, \(target) needs \(target.count)")
    }
    return Tensor(shape: target, elements: elements)
  }

  /// Rows become columns: the axes in reverse order.
  public var transposed: Tensor {
    guard shape.rank > 1 else { return self }
    if shape.rank == 2 {
      return Tensor(
        shape: [shape[1], shape[0]],
        elements: Tensor.filled(elements.count) { out in
          let (rows, columns) = (shape[0], shape[1])
          // Bands of rows, so that a large one can be ended.
          let band = max(64, Tensor.piece / max(1, columns) / 64 * 64)
          for first in stride(from: 0, to: rows, by: band) where !Allowance.isHalted {
            nn_transpose(elements, out, rows, columns, first, min(band, rows - first))
          }
        })
    }
    let target = Shape(shape.sizes.reversed())
    let steps = Array(Tensor.strides(of: shape).reversed())
    return Tensor(
      shape: target,
      elements: Tensor.filled(elements.count) { out in
        Tensor.walk(target, steps) { place, source in out[place] = elements[source] }
      })
  }

  /// An array made by writing every place of it.
  static func filled(
    _ count: Int, _ write: (UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { write(base) }
      initialized = count
    }
  }

  /// How many elements are worked on before it is asked whether to go on.
  static let piece = 1 << 18

  /// An array made by writing a piece of its places at a time; where the thread's `Allowance` ends the
  /// work, the rest is left out: ask it afterwards.
  static func filledInPieces(
    _ count: Int, _ write: (UnsafeMutablePointer<Float>, Range<Int>) -> Void
  ) -> [Float] {
    filled(count) { out in
      for start in stride(from: 0, to: count, by: piece) {
        if Allowance.isHalted { return }
        write(out, start..<min(start + piece, count))
      }
    }
  }

  /// How far apart neighbours along each axis stand.
  static func strides(of shape: Shape) -> [Int] {
    var result = [Int](repeating: 1, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) {
      result[axis] = result[axis + 1] * shape[axis + 1]
    }
    return result
  }

  /// Visits the places of `shape` in order, with where another array stepping by `steps` stands.
  static func walk(_ shape: Shape, _ steps: [Int], _ visit: (Int, Int) -> Void) {
    let count = shape.count
    guard count > 0 else { return }
    var index = [Int](repeating: 0, count: shape.rank)
    var source = 0
    for place in 0..<count {
      visit(place, source)
      var axis = shape.rank - 1
      while axis >= 0 {
        index[axis] += 1
        source += steps[axis]
        if index[axis] < shape[axis] { break }
        source -= steps[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
