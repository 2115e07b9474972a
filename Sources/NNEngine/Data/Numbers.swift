/// Numbers typed in, in 64 bits, with the sizes of their axes: rows for a data set or a network.
public struct Numbers: Sendable, Equatable {
  /// The sizes of the axes.
  public var shape: Shape
  /// The numbers, last axis fastest.
  public var elements: [Double]

  /// Makes rows from numbers in row-major order.
  public init(shape: Shape, elements: [Double]) {
    precondition(shape.count == elements.count, "one number for each place")
    self.shape = shape
    self.elements = elements
  }

  /// The numbers of a tensor.
  public init(_ tensor: Tensor) {
    self.init(shape: tensor.shape, elements: tensor.elements.map(Double.init))
  }
}
