/// Puts its inputs side by side along the last axis: where branches meet.
///
/// - Shapes: `x`: `[batch, …, features]`, the same but for the last axis; `y` has all features.
/// - Gradient: `dx` is the part of `dy` that came from it.
public struct Concatenation: Join {
  /// The name scripts see, after the blocks that end in it.
  public let kind = "branch"

  /// Makes the join.
  public init() {}

  /// See `Join.outputShape`.
  public func outputShape(joining inputs: [Shape], name: String) throws(EngineError) -> Shape {
    let others = inputs[0].sizes.dropLast()
    guard inputs.allSatisfy({ $0.rank == inputs[0].rank && $0.sizes.dropLast() == others }) else {
      throw .unequalShapes(layer: name, found: inputs)
    }
    let features = inputs.reduce(0) { $0 + $1[$1.rank - 1] }
    return try Shape(checking: others + [features], for: "`\(name)`")
  }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let rank = operations.shape(inputs[0]).rank
    // Single numbers have no axis yet along which they stand.
    let parts = rank > 0 ? inputs : inputs.map { operations.reshape($0, [1]) }
    return operations.concatenate(parts, axis: max(0, rank - 1))
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass { ConcatenationPass(site) }
}

/// `[rows, …]` seen as vectors along the last axis.
private final class ConcatenationPass: LayerPass {
  private let site: LayerSite
  private let widths: [Int]
  private let width: Int
  private let vectors: Int

  init(_ site: LayerSite) {
    self.site = site
    widths = site.inputs.map { $0.shape.sizes.last ?? 1 }
    width = widths.reduce(0, +)
    vectors = site.outputShape.count / max(1, width)
  }

  func forward(_ work: RowWork) {
    let rows = work.rows
    var column = 0
    for index in 0..<widths.count {
      let (width, x) = (widths[index], site.inputs[index].x)
      for vector in rows.lowerBound * vectors..<rows.upperBound * vectors {
        (site.y + vector * self.width + column).update(from: x + vector * width, count: width)
      }
      column += width
    }
  }

  func backward(_ work: RowWork) {
    guard let dy = site.dy else { return }
    let rows = work.rows
    var column = 0
    for index in 0..<widths.count {
      let width = widths[index]
      if let dx = site.inputs[index].dx {
        for vector in rows.lowerBound * vectors..<rows.upperBound * vectors {
          (dx + vector * width).update(from: dy + vector * self.width + column, count: width)
        }
      }
      column += width
    }
  }
}
