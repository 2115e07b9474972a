/// Where every layer of a plan reads and writes.
///
/// Each layer has rows of outputs and, in a plan that learns, rows of gradients by them; layers that
/// only give numbers another shape share those of the layer before. An output with several readers
/// has gradients from each, which are added up before its own layer sees them:
///
///     forward     a ──┬── dense ── join          backward     a ◀─ sum ◀─┬── dense ◀── join
///                     └───────────┘                                      └──────────────┘
final class PlanLayout {
  /// How a plan's layers behave.
  struct Mode {
    /// Whether gradients are computed.
    var learns: Bool
    /// Whether layers behave as while learning: drop numbers by chance, look at the batch.
    var isTraining: Bool
    /// Whether the loss computes the last layer's activation with itself.
    var isFused: Bool
    /// Into how many tiles the rows are cut, at most.
    var maxTiles: Int
    /// Whether a step is large enough for several threads.
    var isShared: Bool
    /// Whether the gradients by each layer's outputs are kept as they were before the layer turned
    /// them into those before its activation.
    var keepsGradients = false
    /// Whether all layers run by their operations, also those with a faster pass.
    var byOperations = false
  }

  /// What each layer gave in the last step, by node.
  private(set) var outputs: [UnsafeMutablePointer<Float>] = []
  /// The gradients by each layer's output before its activation, by node; empty where the plan does
  /// not learn.
  private(set) var gradients: [UnsafeMutablePointer<Float>] = []
  /// The gradients by each layer's output, by node, in the mode that keeps them.
  private(set) var keptGradients: [UnsafeMutablePointer<Float>] = []
  /// What runs, in order: a forward pass goes up, a backward pass down.
  private(set) var passes: [any LayerPass] = []
  /// The pieces in which the parameters' gradients are computed.
  private(set) var gradientTiles: [(pass: any LayerPass, tile: Int)] = []
  // Loops in a step go over numbers and read fields like these two: in a build without
  // optimisation, iterators and `last` would allocate.
  private(set) var lastOutput: UnsafeMutablePointer<Float>
  private(set) var lastGradient: UnsafeMutablePointer<Float>?

  private let network: Network
  private let parameters: WorkingParameters
  private let x: UnsafeMutablePointer<Float>
  private let maxRows: Int
  private let mode: Mode
  private var buffers: [Buffer<Float>] = []
  /// For each node the gradients its readers write, as far as they are laid out.
  private var fans: [GradientFan] = []
  /// Whether a node or any before it learns: otherwise nobody asks for its gradient.
  private var learns: [Bool] = []

  /// Lays out a network whose inputs stand at `x`.
  init(
    _ network: Network, parameters: WorkingParameters, x: UnsafeMutablePointer<Float>,
    maxRows: Int, _ mode: Mode
  ) throws(EngineError) {
    self.network = network
    self.parameters = parameters
    self.x = x
    self.maxRows = maxRows
    self.mode = mode
    lastOutput = x
    var readers = [Int](repeating: 0, count: network.nodes.count)
    for input in network.nodes.flatMap(\.inputs) where input != Network.input {
      readers[input] += 1
    }
    for index in network.nodes.indices { try add(index, readers: readers[index]) }
    if network.nodes.isEmpty, mode.learns {
      gradients.append(buffer(network.outputShape))
    }
    lastOutput = outputs.last ?? x
    lastGradient = gradients.last
  }

  private func add(_ index: Int, readers: Int) throws(EngineError) {
    let node = network.nodes[index]
    let learnsBefore = node.inputs.contains { $0 != Network.input && learns[$0] }
    learns.append(learnsBefore || node.parameters.contains { !$0.isFrozen })
    let inputs = zip(node.inputs, node.inputShapes).map { source, shape in
      LayerSite.Input(
        shape: shape, x: source == Network.input ? x : outputs[source],
        dx: mode.learns && source != Network.input ? fans[source].edge(shape, maxRows) : nil)
    }
    let isShared = node.layer.sharesInput(training: mode.isTraining) && !mode.byOperations
    let y = isShared ? inputs[0].x : buffer(node.outputShape)
    outputs.append(y)
    var dy: UnsafeMutablePointer<Float>?
    if mode.learns {
      let own = (isShared ? inputs[0].dx : nil) ?? buffer(node.outputShape)
      gradients.append(own)
      dy = own
    }
    if !isShared { try addPass(index, inputs, y, dy, learnsBefore) }
    guard let dy else { return }
    if mode.keepsGradients {
      let kept = buffer(node.outputShape)
      keptGradients.append(kept)
      passes.append(GradientKeeper(dy, kept, node.outputShape.count))
    }
    let fan = GradientFan(dy, node.outputShape.count)
    fans.append(fan)
    if readers > 1, learns[index] { passes.append(fan) }
  }

  private func addPass(
    _ index: Int, _ inputs: [LayerSite.Input], _ y: UnsafeMutablePointer<Float>,
    _ dy: UnsafeMutablePointer<Float>?, _ learnsBefore: Bool
  ) throws(EngineError) {
    let node = network.nodes[index]
    let asked = zip(inputs, node.inputs).map { input, source in
      var input = input
      if source == Network.input || !learns[source] { input.dx = nil }
      return input
    }
    let site = LayerSite(
      inputs: asked, inputShape: node.inputShape, outputShape: node.outputShape, x: asked[0].x,
      y: y, dx: asked[0].dx, dy: dy,
      parameters: node.parameters.map { slot in
        LayerSite.Parameter(
          name: slot.name, shape: slot.shape,
          values: parameters.values.start + slot.range.lowerBound,
          gradient: parameters.gradients.start + (mode.learns ? slot.range.lowerBound : 0),
          range: slot.range, isFrozen: slot.isFrozen)
      },
      maxRows: maxRows, maxTiles: mode.maxTiles, isTraining: mode.isTraining,
      leavesActivationToLoss: mode.isFused && index == network.nodes.count - 1,
      chanceKey: network.chanceKey(ofNode: index),
      learnsTogether: mode.learns && mode.isShared)
    let pass =
      try mode.byOperations ? ReferencePass(node.layer, site) : node.layer.makePass(site)
    passes.append(pass)
    if mode.learns { for tile in 0..<pass.gradientTiles { gradientTiles.append((pass, tile)) } }
  }

  private func buffer(_ shape: Shape) -> UnsafeMutablePointer<Float> {
    let made = Buffer<Float>(count: maxRows * shape.count)
    buffers.append(made)
    return made.start
  }
}
