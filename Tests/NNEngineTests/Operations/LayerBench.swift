@testable import NNEngine

/// One layer alone on a bench: inputs, parameters and what comes back are given, and it runs as a
/// plan would run it, cut into tiles.
struct LayerBench {
  let layer: any Layer
  let shapes: [Shape]
  let output: Shape
  let rows: Int
  let isTraining: Bool
  /// Whether the loss computes the activation with itself.
  var leavesActivation = false
  /// Whether a step is large enough to be shared.
  var isShared = false
  var withoutBias = false
  var frozen: Set<ParameterDeclaration.Role> = []

  let inputs: [[Float]]
  let gradient: [Float]
  private(set) var parameters: [(declared: ParameterDeclaration, values: [Float])] = []

  /// What comes of a run.
  struct Result {
    var y: [Double]
    /// By each input, then by each parameter that learns.
    var gradients: [[Double]]
    /// What the layer keeps for itself, afterwards.
    var state: [[Double]]
  }

  init?(
    _ layer: any Layer, _ shapes: [Shape], rows: Int, isTraining: Bool, withoutBias: Bool = false
  ) {
    guard let output = try? layer.outputShape(for: shapes, name: "layer") else { return nil }
    (self.layer, self.shapes, self.output) = (layer, shapes, output)
    (self.rows, self.isTraining, self.withoutBias) = (rows, isTraining, withoutBias)
    var stream = RandomStream(seed: UInt64(rows * 31 + output.count), stream: .random)
    func numbers(_ count: Int, _ scale: Double = 1, around middle: Double = 0) -> [Float] {
      (0..<count).map { _ in Float(middle + scale * stream.normal()) }
    }
    inputs = shapes.map { numbers(rows * $0.count) }
    gradient = numbers(rows * output.count)
    for declared in layer.parameters(for: shapes[0]) where !(withoutBias && declared.role == .bias)
    {
      let count = declared.shape.count
      let values =
        switch declared.role {
        case .weights: numbers(count, 1 / Double(max(1, declared.fanIn)).squareRoot())
        case .bias: numbers(count, 0.3)
        case .gain: numbers(count, 0.3, around: 1)
        // Such as variances: never below 0.
        case .state: numbers(count, 0.1, around: 1).map { abs($0) }
        }
      parameters.append((declared, values))
    }
  }

  /// Whether the reference runs it in less than about a second.
  var isCheap: Bool {
    layer.cost(for: shapes, output: output, parameters: 0).multiplications * rows < 1_000_000
  }

  /// How many numbers come in, all together.
  var size: Int { inputs.reduce(0) { $0 + $1.count } }

  /// Whether the layer brings a pass, so that there is something to compare.
  func hasOwnPass() throws(EngineError) -> Bool {
    let numbers = Buffer<Float>(count: max(size, rows * output.count))
    defer { withExtendedLifetime(numbers) {} }
    let own = parameters.map { Buffer<Float>($0.values) }
    defer { withExtendedLifetime(own) {} }
    let start = numbers.start
    let site = LayerSite(
      inputs: shapes.map { .init(shape: $0, x: start, dx: start) }, inputShape: shapes[0],
      outputShape: output, x: start, y: start, dx: start, dy: start,
      parameters: parameters.indices.map { index in
        let declared = parameters[index].declared
        return .init(
          name: declared.name, shape: declared.shape, values: own[index].start,
          gradient: own[index].start, range: 0..<declared.shape.count, isFrozen: false)
      }, maxRows: 1, maxTiles: 1, isTraining: isTraining, leavesActivationToLoss: false,
      chanceKey: 77, learnsTogether: false)
    return try !(layer.makePass(site) is ReferencePass)
  }

  /// Runs forwards and backwards.
  ///
  /// - Parameters:
  ///   - byOperations: whether the layer's operations are run, and not its own pass.
  ///   - tile: how many rows a tile has.
  func run(byOperations: Bool, tile: Int) throws(EngineError) -> Result {
    // What is not written shows.
    let places = inputs.map { Buffer<Float>($0) }
    let backs = inputs.map { Buffer<Float>([Float](repeating: .nan, count: $0.count)) }
    let y = Buffer<Float>([Float](repeating: .nan, count: rows * output.count))
    let dy = Buffer<Float>(gradient)
    let own = parameters.map {
      (values: Buffer<Float>($0.values), gradient: Buffer<Float>($0.values.map { _ in .nan }))
    }
    // The site knows their addresses alone.
    defer { withExtendedLifetime((places, backs, y, dy, own)) {} }
    let isStill = { (role: ParameterDeclaration.Role) in
      LayerOptions(frozen: frozen).freezes(role)
    }
    let tiles = (0..<(rows + tile - 1) / tile).map { $0 * tile..<min(rows, ($0 + 1) * tile) }
    let site = LayerSite(
      inputs: shapes.indices.map {
        .init(shape: shapes[$0], x: places[$0].start, dx: backs[$0].start)
      },
      inputShape: shapes[0], outputShape: output, x: places[0].start, y: y.start,
      dx: backs[0].start, dy: dy.start,
      parameters: parameters.indices.map { index in
        let declared = parameters[index].declared
        return .init(
          name: declared.name, shape: declared.shape, values: own[index].values.start,
          gradient: own[index].gradient.start,
          range: index * 1_000_000..<index * 1_000_000 + declared.shape.count,
          isFrozen: isStill(declared.role))
      }, maxRows: rows + 3, maxTiles: tiles.count, isTraining: isTraining,
      leavesActivationToLoss: leavesActivation, chanceKey: 77, learnsTogether: isShared)
    let pass = try byOperations ? ReferencePass(layer, site) : layer.makePass(site)
    drive(pass, tiles)
    let learnt = parameters.indices.filter { !isStill(parameters[$0].declared.role) }
    return Result(
      y: y.array.map(Double.init),
      gradients: (backs + learnt.map { own[$0].gradient }).map { $0.array.map(Double.init) },
      state: parameters.indices.filter { parameters[$0].declared.role == .state }
        .map { own[$0].values.array.map(Double.init) })
  }

  /// As `Stages` does it.
  private func drive(_ pass: any LayerPass, _ tiles: [Range<Int>]) {
    let size = layer.cost(for: shapes, output: output, parameters: 0).scratch
    let scratch = Buffer<Float>(count: tiles.count * size)
    defer { withExtendedLifetime(scratch) {} }
    let works = tiles.enumerated().map {
      RowWork(rows: $1, tile: $0, step: 5, scratch: scratch.start + $0 * size)
    }
    let all = RowWork(rows: 0..<rows, tile: 0, step: 5, scratch: scratch.start)
    let waiting = (pass as? any BatchPass).flatMap { $0.waits ? $0 : nil }
    let cut = (pass as? any BlockPass).flatMap { $0.blockCount > 0 ? $0 : nil }
    if let waiting {
      works.forEach(waiting.gather)
      waiting.settle(all, tiles: tiles.count)
    }
    if let cut { for block in 0..<cut.blockCount { cut.forward(block: block, rows: rows) } }
    works.forEach(pass.forward)
    if let waiting {
      works.forEach(waiting.gatherBackward)
      waiting.settleBackward(all, tiles: tiles.count)
    }
    works.forEach(pass.backward)
    if let cut { for block in 0..<cut.blockCount { cut.backward(block: block, rows: rows) } }
    for tile in 0..<pass.gradientTiles { _ = pass.gradient(tile: tile, rows: rows) }
  }

  // MARK: In 64 bits

  /// The layer's operations with its numbers in 64 bits.
  func reference() -> (program: Execution, inputs: [Operations.Ref], output: Operations.Ref) {
    var program = Operations(isTraining: isTraining)
    var given: [Operations.Ref] = []
    for shape in shapes { given.append(program.input(.init(isByRow: true, shape))) }
    let declared = LayerParameters(
      parameters.map {
        (
          $0.declared.name, $0.declared.shape,
          LayerOptions(frozen: frozen).freezes($0.declared.role)
        )
      }, into: &program)
    program.chanceKey = 77
    var output = layer.lower(given, declared, into: &program)
    if !leavesActivation, let function = layer.activation {
      output = program.activation(function, output)
    }
    let execution = Execution(program, maxRows: rows, learns: .all)
    for (ref, numbers) in zip(given, inputs) {
      for (place, number) in numbers.enumerated() { execution.value(ref)[place] = Double(number) }
    }
    for (ref, parameter) in zip(program.parameters, parameters) {
      for (place, number) in parameter.values.enumerated() {
        execution.value(ref)[place] = Double(number)
      }
    }
    return (execution, given, output)
  }

  /// Central differences of the reference beside its gradients, where both are wanted: by inputs and
  /// parameters, `most` numbers of each.
  func differences(most: Int) -> (found: [Double], measured: [Double]) {
    let (execution, given, output) = reference()
    let program = execution.operations
    func total() -> Double {
      execution.forward(rows: rows, step: 5)
      let extent = program.extent(output)
      return gradient.indices.reduce(0) { sum, place in
        let own = extent.isByRow ? place : place % extent.shape.count
        return sum + Double(gradient[place]) * execution.value(output)[own]
      }
    }
    _ = total()
    execution.clearGradients(rows: rows)
    if let seed = execution.gradient(output) {
      for (place, number) in gradient.enumerated() { seed[place] += Double(number) }
    }
    execution.backward(rows: rows)
    let learnt = zip(program.parameters, parameters).filter {
      !LayerOptions(frozen: frozen).freezes($1.declared.role)
    }.map(\.0)
    var found: [Double] = []
    var places: [(ref: Operations.Ref, place: Int)] = []
    for ref in given + learnt {
      let count = program.extent(ref).count(rows: rows)
      for place in stride(from: 0, to: count, by: max(1, count / most)) {
        found.append(execution.gradient(ref)?[place] ?? 0)
        places.append((ref, place))
      }
    }
    let step = 1e-5
    let measured = places.map { ref, place in
      let start = execution.value(ref)[place]
      execution.value(ref)[place] = start + step
      let after = total()
      execution.value(ref)[place] = start - step
      let before = total()
      execution.value(ref)[place] = start
      return (after - before) / (2 * step)
    }
    return (found, measured)
  }
}
