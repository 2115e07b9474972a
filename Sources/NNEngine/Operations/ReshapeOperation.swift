/// The same numbers with other axes: first these change places, then they are cut anew.
///
/// - Shapes: `x`: any, `y`: as many numbers.
/// - Gradient: `dx` is `dy` with each number back at its place.
/// - Source: a permutation's adjoint is its inverse (Griewank and Walther, Evaluating Derivatives,
///   2008).
public struct ReshapeOperation: OperationRule {
  /// The shape of the result.
  public let shape: Shape
  /// For each axis after the change of places, which of x it is; `nil` where all stay.
  public let order: [Int]?

  /// Makes the operation.
  public init(_ shape: Shape, order: [Int]? = nil) {
    self.shape = shape
    self.order = order
  }

  func output(for operands: [Operations.Extent]) -> Operations.Extent {
    let x = operands[0]
    precondition(x.shape.count == shape.count, "as many numbers as before")
    precondition(order.map { $0.sorted() == Array(0..<x.shape.rank) } ?? true, "each axis once")
    return Operations.Extent(isByRow: x.isByRow, shape)
  }

  func plan(_ site: OperationSite) -> any OperationRun { ReshapeRun(self, site) }
}

private final class ReshapeRun: OperationRun {
  private let site: OperationSite
  private let x: OperationSite.Operand
  private let count: Int
  /// Where each number comes from.
  private let places: [Int]?

  init(_ operation: ReshapeOperation, _ site: OperationSite) {
    self.site = site
    x = site.operands[0]
    count = operation.shape.count
    let own = x.extent.shape
    places = operation.order.map { order in
      Shape(order.map { own[$0] }).places(strides: order.map { own.strides[$0] })
    }
  }

  func forward(rows: Int) {
    let rows = site.count(rows)
    guard let places else { return site.y.update(from: x.x, count: rows * count) }
    for row in 0..<rows {
      let (from, to) = (x.x + row * count, site.y + row * count)
      for place in 0..<count { to[place] = from[places[place]] }
    }
  }

  func backward(rows: Int) {
    guard let dx = x.dx, let dy = site.dy else { return }
    for row in 0..<site.count(rows) {
      let (from, to) = (dy + row * count, dx + row * count)
      if let places {
        for place in 0..<count { to[places[place]] += from[place] }
      } else {
        for place in 0..<count { to[place] += from[place] }
      }
    }
  }
}
