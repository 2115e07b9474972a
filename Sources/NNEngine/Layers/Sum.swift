internal import CKernels

/// Adds its inputs, number by number: where a block's way and the way around it meet.
///
/// - Shapes: every `x`, `y`: any, the same.
/// - Gradient: `dx = dy` for each input.
/// - Source: He and others, CVPR 2016.
public struct Sum: EvenJoin {
  /// The name scripts see, after the block that ends in it.
  public let kind = "residual"

  /// Makes the join.
  public init() {}

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    operations.formula(inputs) { $0.dropFirst().reduce($0[0], +) }
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass { SumPass(site) }
}

private final class SumPass: LayerPass {
  private let site: LayerSite
  private let size: Int

  init(_ site: LayerSite) {
    self.site = site
    size = site.outputShape.count
  }

  func forward(_ work: RowWork) {
    let (first, count) = (work.rows.lowerBound * size, work.rows.count * size)
    (site.y + first).update(from: site.x + first, count: count)
    for index in 1..<site.inputs.count {
      nn_add(site.inputs[index].x + first, site.y + first, count)
    }
  }

  func backward(_ work: RowWork) {
    guard let dy = site.dy else { return }
    let (first, count) = (work.rows.lowerBound * size, work.rows.count * size)
    for index in 0..<site.inputs.count {
      if let dx = site.inputs[index].dx { (dx + first).update(from: dy + first, count: count) }
    }
  }
}
