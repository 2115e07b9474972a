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
  ///
  /// - Throws: `EngineError.interrupted`.
  public init(_ tensor: Tensor) throws(EngineError) {
    var elements: [Double] = []
    elements.reserveCapacity(tensor.elements.count)
    try Allowance.piecewise(tensor.elements.count) { piece in
      elements.append(contentsOf: tensor.elements[piece].lazy.map(Double.init))
    }
    self.init(shape: tensor.shape, elements: elements)
  }
}
