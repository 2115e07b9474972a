/// What running a layer takes: how rows are cut into tiles, and whether threads share a step, is
/// decided by this.
public struct Cost: Sendable, Equatable {
  /// Multiplications for one row forwards, or what takes as long; backwards takes twice as many.
  public var multiplications: Int
  /// Bytes of memory that one row's outputs take.
  public var bytes: Int
  /// 32-bit numbers that a pass wants to have at hand while it works on a tile.
  public var scratch: Int
  /// Beyond this, more make no difference.
  private static let most = 1 << 50

  /// States a cost; `nil` multiplications are more than can be counted.
  public init(multiplications: Int?, bytes: Int, scratch: Int = 0) {
    self.multiplications = min(multiplications ?? Cost.most, Cost.most)
    self.bytes = bytes
    self.scratch = scratch
  }
}

extension Network {
  /// What all layers take together, the input's own rows among it; scratch is used by one after the
  /// other.
  var cost: Cost {
    let input = Cost(
      multiplications: inputShape.count, bytes: inputShape.count * MemoryLayout<Float>.stride)
    return nodes.reduce(input) { sum, node in
      let own = node.layer.cost(
        for: node.inputShapes, output: node.outputShape,
        parameters: node.parameters.reduce(0) { $0 + $1.range.count })
      return Cost(
        multiplications: sum.multiplications + own.multiplications, bytes: sum.bytes + own.bytes,
        scratch: max(sum.scratch, own.scratch))
    }
  }
}
