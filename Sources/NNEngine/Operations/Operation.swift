/// The primitive operations, all of them: few enough that everyone who reads programs can know
/// them, general enough that layers are written with them and add none.
///
/// Shapes are those of one row; where one operand is by row and another is not, the other is the
/// same for all rows.
public enum Operation: Sendable {
  /// Number by number, as a formula says.
  case formula(FormulaOperation)
  /// Sums, means and extremes along axes.
  case reduction(ReductionOperation)
  /// Sums of products over a window: matrix products and convolutions.
  case product(ProductOperation)
  /// Picks by places: rows of a table, pieces of a tensor.
  case gather(GatherOperation)
  /// A program run once for each step of a sequence.
  case scan(ScanOperation)
  /// Other axes for the same numbers.
  case reshape(ReshapeOperation)
  /// Side by side along an axis.
  case concatenation(ConcatenationOperation)

  /// What it computes.
  var rule: any OperationRule {
    switch self {
    case .formula(let rule): rule
    case .reduction(let rule): rule
    case .product(let rule): rule
    case .gather(let rule): rule
    case .scan(let rule): rule
    case .reshape(let rule): rule
    case .concatenation(let rule): rule
    }
  }
}

/// What an operation makes of its operands, in 64 bits: slow, plain, and what everything faster is
/// compared with.
protocol OperationRule: Sendable {
  /// The extent of the result. Operands that do not fit are a programmer's mistake.
  func output(for operands: [Operations.Extent]) -> Operations.Extent
  /// What the operation needs to have planned before it runs.
  func plan(_ site: OperationSite) -> any OperationRun
}

/// An operation at its place, ready to run: whatever it needs is allocated.
protocol OperationRun: AnyObject {
  /// y from the operands, for the first rows.
  func forward(rows: Int)
  /// Adds to each dx what dy says.
  func backward(rows: Int)
}

/// Where an operation's numbers stand.
struct OperationSite {
  /// One operand.
  struct Operand {
    var extent: Operations.Extent
    var x: UnsafeMutablePointer<Double>
    /// Where its gradient is added up; `nil` where nothing asks for it.
    var dx: UnsafeMutablePointer<Double>?

    /// How far one row is from the next; 0 where all rows are the same.
    var stride: Int { extent.isByRow ? extent.shape.count : 0 }
  }

  var operands: [Operand]
  var extent: Operations.Extent
  var y: UnsafeMutablePointer<Double>
  /// The gradient by y; `nil` where nothing asks for gradients.
  var dy: UnsafeMutablePointer<Double>?
  /// The most rows there will be.
  var maxRows: Int

  /// How often a rule that works row by row has to run.
  func count(_ rows: Int) -> Int { extent.isByRow ? rows : 1 }
}

extension Shape {
  /// How far one place is from the next along each axis.
  var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * sizes[axis + 1]
    }
    return strides
  }

  /// For each place in order, where it is among numbers with other distances along the axes.
  func places(strides: [Int]) -> [Int] {
    var places = [0]
    for (size, stride) in zip(sizes, strides) {
      places = places.flatMap { place in (0..<size).map { place + $0 * stride } }
    }
    return places
  }
}
