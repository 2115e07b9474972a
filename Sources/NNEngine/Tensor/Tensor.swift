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
}
