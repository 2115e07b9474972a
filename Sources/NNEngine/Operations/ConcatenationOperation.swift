/// Operands side by side along one axis.
///
/// - Shapes: each `x` the same but for that axis; `y` is as long along it as all of them.
/// - Gradient: each `dx` is its part of `dy`.
/// - Source: Griewank and Walther, Evaluating Derivatives, 2008.
public struct ConcatenationOperation: OperationRule {
  /// The axis, of one row.
  public let axis: Int

  /// Makes the operation.
  public init(axis: Int) { self.axis = axis }

  func output(for operands: [Operations.Extent]) -> Operations.Extent {
    var sizes = operands[0].shape.sizes
    sizes[axis] = operands.reduce(0) { $0 + $1.shape[axis] }
    for operand in operands {
      var own = operand.shape.sizes
      own[axis] = sizes[axis]
      precondition(own == sizes, "operands that fit but for the axis")
    }
    return Operations.Extent(isByRow: operands.contains(where: \.isByRow), Shape(sizes))
  }

  func plan(_ site: OperationSite) -> any OperationRun { ConcatenationRun(axis, site) }
}

private final class ConcatenationRun: OperationRun {
  private let site: OperationSite
  /// How many pieces stand one behind the other.
  private let pieces: Int
  /// How many numbers of each operand one has, and all together.
  private let widths: [Int]
  private let width: Int

  init(_ axis: Int, _ site: OperationSite) {
    self.site = site
    pieces = site.extent.shape.sizes.prefix(axis).reduce(1, *)
    widths = site.operands.map { $0.extent.shape.sizes[axis...].reduce(1, *) }
    width = widths.reduce(0, +)
  }

  /// Calls with an operand and where each of its pieces begins, its own row's and the result's.
  private func forEach(_ rows: Int, _ body: (Int, Int, Int) -> Void) {
    for row in 0..<site.count(rows) {
      var column = 0
      for (index, operand) in site.operands.enumerated() {
        for piece in 0..<pieces {
          body(
            index, row * operand.stride + piece * widths[index],
            (row * pieces + piece) * width + column)
        }
        column += widths[index]
      }
    }
  }

  func forward(rows: Int) {
    forEach(rows) { index, own, place in
      (site.y + place).update(from: site.operands[index].x + own, count: widths[index])
    }
  }

  func backward(rows: Int) {
    guard let dy = site.dy else { return }
    forEach(rows) { index, own, place in
      guard let dx = site.operands[index].dx else { return }
      for column in 0..<widths[index] { dx[own + column] += dy[place + column] }
    }
  }
}
