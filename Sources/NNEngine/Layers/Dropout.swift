internal import CKernels

/// In training sets each number to 0 by chance and enlarges the others, so that the sum stays the
/// same on average; otherwise does nothing.
///
/// - Shapes: `x`, `y`: any, the same.
/// - Gradient: `dx = dy / (1 - rate)` where the number was kept, else 0.
/// - Source: Srivastava and others, JMLR 2014, with the scaling moved to training.
public struct Dropout: Layer {
  /// The word a script uses.
  public let kind = "dropout"
  /// The chance of a number to become 0.
  public let rate: Double

  /// Makes a layer that drops numbers with a chance from 0 to below 1.
  public init(rate: Double) {
    precondition(rate >= 0 && rate < 1, "a rate is from 0 to below 1")
    self.rate = rate
  }

  /// See `Layer.passing`.
  public var passing: LayerPassing? { rate > 0 ? .drops : .shapes }

  /// See `Layer.outputShape`.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

  /// See `Layer.sharesInput`.
  public func sharesInput(training: Bool) -> Bool { !training || rate == 0 }

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    guard operations.isTraining, rate > 0 else { return inputs[0] }
    let chance = operations.uniform(operations.shape(inputs[0]))
    // Chance has 24 bits, and so has what it is compared with.
    let least = Formula.Part((Double(Float(rate)) * 0x1p24).rounded(.down) * 0x1p-24)
    let factor = 1 / (1 - rate)
    return operations.formula(inputs[0], chance) { .choose($1.isLess(than: least), 0, factor * $0) }
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass { DropoutPass(Float(rate), site) }
}

private final class DropoutPass: LayerPass {
  private let rate: Float
  private let site: LayerSite
  private let size: Int

  init(_ rate: Float, _ site: LayerSite) {
    self.rate = rate
    self.site = site
    size = site.inputShape.count
  }

  // What is dropped depends on the step and the number's place alone, so the backward pass asks
  // again instead of remembering, and tiles can run in any order.
  private func drop(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ rows: Range<Int>,
    _ step: UInt64
  ) {
    let first = rows.lowerBound * size
    nn_dropout(
      from + first, to + first, rows.count * size, RandomStream.mix(site.chanceKey &+ step),
      UInt64(first), rate)
  }

  func forward(_ work: RowWork) { drop(site.x, site.y, work.rows, work.step) }

  func backward(_ work: RowWork) {
    guard let dx = site.dx, let dy = site.dy else { return }
    drop(dy, dx, work.rows, work.step)
  }
}

extension Spec where Product == any Layer {
  static var dropout: Self {
    Spec(
      "dropout", "Sets outputs to 0 by chance while training, to reduce overfitting.",
      .number("rate", 0...0.999, "The chance of each output."),
      example: "layer dense 64 relu\nlayer dropout 20%"
    ) { rate in Dropout(rate: rate) }
  }
}
