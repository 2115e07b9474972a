/// One number of many: sums, means and extremes along axes, and over all rows.
///
/// - Shapes: `x`: any; `y`: the same with 1 for each axis that was reduced, so that it still fits
///   `x`; over the rows, one tensor for all.
/// - Gradient: of a sum `dx = dy`; of a mean that over how many numbers there were; of an extreme
///   `dy` where `x = y`, for the first where several are; of a count nothing.
/// - Source: Griewank and Walther, Evaluating Derivatives, 2008; the first alone is one of the
///   subgradients of an extreme.
public struct ReductionOperation: OperationRule {
  /// What is made of the numbers.
  public enum Kind: String, Sendable, CaseIterable {
    case sum, mean, max, min
    /// How many there are.
    case count
  }

  /// What is made of the numbers.
  public let kind: Kind
  /// The axes of a row that are reduced.
  public let axes: [Int]
  /// Whether all rows become one.
  public let overRows: Bool

  /// Makes the operation.
  public init(_ kind: Kind, axes: [Int], overRows: Bool = false) {
    self.kind = kind
    self.axes = axes
    self.overRows = overRows
  }

  func output(for operands: [Operations.Extent]) -> Operations.Extent {
    let x = operands[0]
    precondition(axes.allSatisfy { $0 >= 0 && $0 < x.shape.rank }, "axes that are there")
    let sizes = x.shape.sizes.enumerated().map { axes.contains($0) ? 1 : $1 }
    return Operations.Extent(isByRow: x.isByRow && !overRows, Shape(sizes))
  }

  func plan(_ site: OperationSite) -> any OperationRun { ReductionRun(self, site) }
}

private final class ReductionRun: OperationRun {
  private let kind: ReductionOperation.Kind
  private let site: OperationSite
  private let x: OperationSite.Operand
  /// For each number of a row of x, where it goes in a row of y.
  private let places: [Int]
  /// Which extremes have been met on the way back.
  private let met: Buffer<Bool>

  init(_ operation: ReductionOperation, _ site: OperationSite) {
    kind = operation.kind
    self.site = site
    x = site.operands[0]
    let shape = site.extent.shape
    let strides = zip(shape.sizes, shape.strides).map { $0 == 1 ? 0 : $1 }
    places = x.extent.shape.places(strides: strides)
    met = Buffer(count: site.extent.count(rows: site.maxRows))
  }

  private func rowsOfX(_ rows: Int) -> Int { x.extent.isByRow ? rows : 1 }
  private var strideOfY: Int { site.extent.isByRow ? site.extent.shape.count : 0 }

  /// How many numbers become one.
  private func share(_ rows: Int) -> Double {
    let all = x.extent.count(rows: rows)
    return Double(all) / Double(max(1, site.extent.count(rows: rows)))
  }

  func forward(rows: Int) {
    let y = site.y
    let start =
      switch kind {
      case .sum, .mean, .count: 0.0
      case .max: -Double.infinity
      case .min: Double.infinity
      }
    y.update(repeating: start, count: site.extent.count(rows: rows))
    for row in 0..<rowsOfX(rows) {
      let (from, to) = (x.x + row * x.stride, y + row * strideOfY)
      for (index, place) in places.enumerated() {
        let value = from[index]
        switch kind {
        case .sum, .mean: to[place] += value
        case .count: to[place] += 1
        // What is no number stays so.
        case .max: if !(value <= to[place]), !to[place].isNaN { to[place] = value }
        case .min: if !(value >= to[place]), !to[place].isNaN { to[place] = value }
        }
      }
    }
    guard kind == .mean else { return }
    let share = share(rows)
    for place in 0..<site.extent.count(rows: rows) { y[place] /= share }
  }

  func backward(rows: Int) {
    guard let dx = x.dx, let dy = site.dy, kind != .count else { return }
    met.start.update(repeating: false, count: site.extent.count(rows: rows))
    let share = kind == .mean ? share(rows) : 1
    for row in 0..<rowsOfX(rows) {
      let (from, to, first) = (x.x + row * x.stride, dx + row * x.stride, row * strideOfY)
      for (index, place) in places.enumerated() {
        let place = first + place
        switch kind {
        case .sum, .mean: to[index] += dy[place] / share
        case .max, .min:
          if !met.start[place], from[index] == site.y[place] {
            met.start[place] = true
            to[index] += dy[place]
          }
        case .count: break
        }
      }
    }
  }
}
