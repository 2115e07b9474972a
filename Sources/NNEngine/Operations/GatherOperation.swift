/// Picks along the first axis: `y[i] = x[place[i]]`.
///
/// Places are fixed (pieces of a sequence, the windows of a pooling over a flat tensor) or given
/// as numbers (words of a vocabulary, by a second operand).
///
/// - Shapes: `x`: `[n, others …]`, places: any; `y`: `[places …, others …]`.
/// - Gradient: `dx[place[i]] = Σ dy[i]`; places have none.
/// - Source: as a lookup table Bengio and others, JMLR 3, 2003.
public struct GatherOperation: OperationRule {
  /// What is picked.
  public enum Places: Sendable {
    /// The same places always, in this shape.
    case fixed([Int], Shape)
    /// Those that the second operand says, rounded.
    case given
  }

  /// What is picked.
  public let places: Places
  /// What stands for a place that is not there, such as -1.
  public let fill: Double

  /// Makes the operation.
  public init(_ places: Places, fill: Double = 0) {
    self.places = places
    self.fill = fill
  }

  func output(for operands: [Operations.Extent]) -> Operations.Extent {
    let x = operands[0]
    precondition(x.shape.rank > 0, "there is an axis to pick along")
    let others = x.shape.sizes.dropFirst()
    switch places {
    case .fixed(let list, let shape):
      precondition(list.count == shape.count, "a place for each number")
      return Operations.Extent(isByRow: x.isByRow, Shape(shape.sizes + others))
    case .given:
      let index = operands[1]
      return Operations.Extent(
        isByRow: x.isByRow || index.isByRow, Shape(index.shape.sizes + others))
    }
  }

  func plan(_ site: OperationSite) -> any OperationRun { GatherRun(self, site) }
}

private final class GatherRun: OperationRun {
  private let operation: GatherOperation
  private let site: OperationSite
  private let x: OperationSite.Operand
  private let length: Int
  private let width: Int
  private let count: Int

  init(_ operation: GatherOperation, _ site: OperationSite) {
    self.operation = operation
    self.site = site
    x = site.operands[0]
    length = x.extent.shape[0]
    width = x.extent.shape.sizes.dropFirst().reduce(1, *)
    count = site.extent.shape.count / max(1, width)
  }

  /// Where a number of a row is picked; `nil` for what is not there.
  private func place(_ index: Int, _ row: Int) -> Int? {
    switch operation.places {
    case .fixed(let list, _): return list[index] >= 0 && list[index] < length ? list[index] : nil
    case .given:
      let places = site.operands[1]
      let value = places.x[row * places.stride + index].rounded()
      // What is no number is no place either.
      return value >= 0 && value < Double(length) ? Int(value) : nil
    }
  }

  func forward(rows: Int) {
    for row in 0..<site.count(rows) {
      for index in 0..<count {
        let to = site.y + (row * count + index) * width
        if let place = place(index, row) {
          to.update(from: x.x + row * x.stride + place * width, count: width)
        } else {
          to.update(repeating: operation.fill, count: width)
        }
      }
    }
  }

  func backward(rows: Int) {
    guard let dx = x.dx, let dy = site.dy else { return }
    for row in 0..<site.count(rows) {
      for index in 0..<count {
        guard let place = place(index, row) else { continue }
        let (from, to) = (dy + (row * count + index) * width, dx + row * x.stride + place * width)
        for column in 0..<width { to[column] += from[column] }
      }
    }
  }
}
