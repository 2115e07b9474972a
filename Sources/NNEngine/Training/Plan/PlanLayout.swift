/// Where every layer of a plan reads and writes.
///
/// Each layer has rows of outputs and, in a plan that trains, rows of gradients by them; layers that
/// only give numbers another shape share those of the layer before.
final class PlanLayout {
  /// What each layer gave in the last step, by node.
  private(set) var outputs: [UnsafeMutablePointer<Float>] = []
  /// The gradients by each layer's output, by node; empty where the plan does not train.
  private(set) var gradients: [UnsafeMutablePointer<Float>] = []
  /// The layers that run, in order.
  private(set) var passes: [any LayerPass] = []
  /// The pieces in which the parameters' gradients are computed.
  private(set) var gradientTiles: [(pass: any LayerPass, tile: Int)] = []
  // Loops in a step go over numbers and read fields like these two: in a build without
  // optimisation, iterators and `last` would allocate.
  private(set) var lastOutput: UnsafeMutablePointer<Float>
  private(set) var lastGradient: UnsafeMutablePointer<Float>?

  private var buffers: [Buffer<Float>] = []

  /// Lays out a network whose inputs stand at `x`.
  ///
  /// - Parameter isFused: whether the loss computes the last layer's activation with itself.
  init(
    _ network: Network, parameters: WorkingParameters, x: UnsafeMutablePointer<Float>,
    maxRows: Int, trains: Bool, isFused: Bool
  ) {
    lastOutput = x
    var y = x
    var dy: UnsafeMutablePointer<Float>?
    // Whether any layer so far learns: before that, nobody asks for a gradient.
    var learnsBefore = false
    for (index, node) in network.nodes.enumerated() {
      let isLast = index == network.nodes.count - 1
      let (input, dx) = (y, dy)
      if !node.layer.sharesInput(training: trains) {
        y = buffer(maxRows * node.outputShape.count)
        if trains { dy = buffer(maxRows * node.outputShape.count) }
      } else if trains, dy == nil {
        dy = buffer(maxRows * node.outputShape.count)
      }
      outputs.append(y)
      if let dy { gradients.append(dy) }
      guard !node.layer.sharesInput(training: trains) else { continue }
      let site = LayerSite(
        inputShape: node.inputShape, outputShape: node.outputShape, x: input, y: y,
        dx: learnsBefore ? dx : nil, dy: trains ? dy : nil,
        parameters: node.parameters.map { slot in
          LayerSite.Parameter(
            name: slot.name, values: parameters.values.start + slot.range.lowerBound,
            gradient: parameters.gradients.start + (trains ? slot.range.lowerBound : 0),
            range: slot.range, isFrozen: slot.isFrozen)
        },
        maxRows: maxRows, leavesActivationToLoss: isLast && isFused,
        chanceKey: RandomStream.mix(network.seed &* 0x9e37_79b9 &+ UInt64(index + 1)))
      let pass = node.layer.makePass(site)
      passes.append(pass)
      if trains { for tile in 0..<pass.gradientTiles { gradientTiles.append((pass, tile)) } }
      if node.parameters.contains(where: { !$0.isFrozen }) { learnsBefore = true }
    }
    if network.nodes.isEmpty, trains {
      gradients.append(buffer(maxRows * network.outputShape.count))
    }
    lastOutput = outputs.last ?? x
    lastGradient = trains ? gradients.last : nil
  }

  private func buffer(_ count: Int) -> UnsafeMutablePointer<Float> {
    let made = Buffer<Float>(count: count)
    buffers.append(made)
    return made.start
  }
}
