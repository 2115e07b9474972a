import Testing

@testable import NNEngine

/// The triangle for layers that stand together: each kind of layer in a network of several, and
/// ways that part and meet.
struct GraphTests {
  /// A network in a shorthand: a line a node, what it is and which nodes it reads (by default the
  /// one before). `dense 5 tanh`, `activation relu`, `batchnorm`, `sum 0 2`, `concatenation -1 3`.
  struct Case: CustomTestStringConvertible, Sendable {
    var inputs: Int
    var lines: [String]
    var loss = "mse"
    var rows: Int
    /// Rows the plan has room for.
    var room: Int
    var testDescription: String { "\(inputs) \(lines) \(loss) \(rows)/\(room)" }
  }

  static let all: [Case] = [
    Case(inputs: 3, lines: ["batchnorm", "dense 2 tanh"], rows: 5, room: 5),
    Case(inputs: 1, lines: ["dense 1 linear", "batchnorm"], rows: 2, room: 2),
    Case(
      inputs: 3, lines: ["dense 7 linear", "batchnorm", "activation tanh", "dense 3 softmax"],
      loss: "crossentropy", rows: 19, room: 19),
    Case(
      inputs: 4,
      lines: ["dense 5 tanh", "batchnorm", "dense 5 sigmoid", "batchnorm", "dense 2 linear"],
      rows: 37, room: 50),
    Case(inputs: 4, lines: ["layernorm", "dense 3 tanh", "layernorm"], rows: 7, room: 7),
    Case(
      inputs: 5, lines: ["dense 13 tanh", "layernorm", "dense 3 softmax"], loss: "crossentropy",
      rows: 17, room: 32),
    // One row: statistics that are no batch's.
    Case(inputs: 3, lines: ["dense 4 tanh", "batchnorm", "dense 2 linear"], rows: 1, room: 32),
    Case(inputs: 4, lines: ["dense 4 tanh", "sum 0 -1"], rows: 3, room: 3),
    Case(
      inputs: 4,
      lines: ["dense 6 tanh", "dense 5 tanh", "dense 6 tanh", "sum 2 0", "dense 2 linear"],
      rows: 9, room: 9),
    // An output with three readers, and one input read twice.
    Case(
      inputs: 2,
      lines: [
        "dense 3 tanh", "dense 3 sigmoid", "dense 3 tanh 0", "sum 1 2 0", "sum 3 3",
        "dense 2 linear",
      ], rows: 18, room: 20),
    Case(
      inputs: 3,
      lines: [
        "dense 4 tanh -1", "dense 2 sigmoid -1", "concatenation 0 1 -1", "dense 3 softmax",
      ], loss: "crossentropy", rows: 21, room: 21),
    // A residual block within a branch, with normalisation inside.
    Case(
      inputs: 5,
      lines: [
        "dense 6 tanh", "dense 6 linear", "batchnorm", "activation tanh", "sum 3 0",
        "dense 3 tanh 0", "layernorm", "concatenation 4 6", "flatten", "dense 2 linear",
      ], rows: 33, room: 40),
    // A join reads what only has another shape, and so does another layer.
    Case(
      inputs: 4,
      lines: ["dense 4 tanh", "flatten", "dense 4 tanh", "sum 2 1 0", "dense 2 linear 3"],
      rows: 6, room: 6),
    // Larger than any tile.
    Case(
      inputs: 31,
      lines: [
        "dense 130 linear", "batchnorm", "activation relu", "dense 130 relu", "sum 3 2",
        "layernorm", "dense 9 tanh 2", "concatenation 5 6", "dense 10 softmax",
      ], loss: "crossentropy", rows: 131, room: 150),
    // The same with layers that are cut by inputs between those that are not.
    Case(
      inputs: 131,
      lines: [
        "dense 130 linear", "batchnorm", "activation relu", "dense 130 relu", "sum 3 2",
        "layernorm", "dense 129 tanh 2", "concatenation 5 6", "dense 64 tanh", "dense 10 softmax",
      ], loss: "crossentropy", rows: 61, room: 64),
    // Two layers read one whose weights are cut, and both are cut.
    Case(
      inputs: 31,
      lines: [
        "dense 128 tanh", "batchnorm", "dense 128 tanh 1", "dense 128 relu 1", "sum 2 3",
        "dense 2 linear",
      ], rows: 40, room: 40),
  ]

  @Test func largeLayersAreCutByInputs() throws {
    let cut = try Self.all.filter { one in
      let setting = try make(one)
      let plan = Plan(
        setting.network, parameters: WorkingParameters(setting.network, trains: true),
        maxRows: one.room, trains: true, loss: try loss(one),
        preprocessing: Preprocessing(inputShape: [one.inputs]), workers: Workers(count: 1))
      let blocks = plan.layout.passes.compactMap { $0 as? any BlockPass }.map { pass in
        (0..<pass.blockCount).map { pass.inputs(ofBlock: $0) }
      }
      for part in blocks where !part.isEmpty {
        #expect(part.count > 1 && part[0].lowerBound == 0)
        for (block, next) in zip(part, part.dropFirst()) {
          #expect(!block.isEmpty && block.upperBound == next.lowerBound)
        }
      }
      return blocks.contains { !$0.isEmpty }
    }
    #expect(cut.map(\.rows) == [61, 40])
  }

  struct Setting {
    var oracle: GraphOracle
    var rows: [[Double]]
    var targets: [Oracle.Target]
    var network: Network
    var examples: Examples
  }

  /// Numbers that 32 bits hold exactly, so that both sides start alike.
  func make(_ one: Case, usesRunning: Bool = false) throws -> Setting {
    var stream = RandomStream(seed: 5, stream: .random)
    func numbers(_ count: Int, _ scale: Double, around mean: Double = 0) -> [Double] {
      (0..<count).map { _ in Double(Float(mean + stream.normal() * scale)) }
    }
    func tensor(_ rows: [[Double]]) -> Tensor {
      Tensor(shape: [rows.count, rows[0].count], elements: rows.flatMap { $0.map { Float($0) } })
    }
    func tensor(_ numbers: [Double]) -> Tensor { Tensor(numbers.map { Float($0) }) }
    var steps: [(step: GraphOracle.Step, inputs: [Int])] = []
    var elements: [Network.Element] = []
    var widths: [Int] = []
    var running: [(place: Int, mean: [Double], variance: [Double])] = []
    for (index, line) in one.lines.enumerated() {
      var words = line.split(separator: " ").map(String.init)
      var inputs: [Int] = []
      while words.count > (words[0] == "dense" ? 3 : words[0] == "activation" ? 2 : 1),
        let last = words.last, let input = Int(last)
      {
        inputs.insert(input, at: 0)
        words.removeLast()
      }
      if inputs.isEmpty { inputs = [index - 1] }
      let given = inputs.map { $0 < 0 ? one.inputs : widths[$0] }
      let width = given[0]
      var options = LayerOptions()
      func activation(_ name: String) throws -> any Activation {
        try #require(Catalog.standard.activations.first { $0.name == name }).makeWithDefaults()
      }
      func normalization() -> (gain: [Double], bias: [Double]) {
        let (gain, bias) = (numbers(width, 0.3, around: 1), numbers(width, 0.3))
        (options.weights, options.bias) = (tensor(gain), .values(tensor(bias)))
        return (gain, bias)
      }
      let layer: any Layer
      let step: GraphOracle.Step
      widths.append(width)
      switch words[0] {
      case "dense":
        let units = try #require(Int(words[1]))
        let w = (0..<width).map { _ in numbers(units, 1 / Double(width).squareRoot()) }
        let b = numbers(units, 0.1)
        (options.weights, options.bias) = (tensor(w), .values(tensor(b)))
        layer = Dense(units: units, activation: try activation(words[2]))
        step = .dense(w: w, b: b, words[2])
        widths[index] = units
      case "activation":
        layer = ActivationLayer(try activation(words[1]))
        step = .activation(words[1])
      case "batchnorm":
        let (gain, bias) = normalization()
        layer = BatchNormalization(epsilon: 0.001)
        var statistics: (mean: [Double], variance: [Double])?
        if usesRunning || one.rows == 1 {
          statistics = (numbers(width, 0.5), numbers(width, 0.1, around: 2))
          running.append((index, statistics?.mean ?? [], statistics?.variance ?? []))
        }
        step = .batchNormalization(
          gain: gain, bias: bias, epsilon: Double(Float(0.001)), given: statistics)
      case "layernorm":
        let (gain, bias) = normalization()
        layer = LayerNormalization(epsilon: 0.001)
        step = .layerNormalization(gain: gain, bias: bias, epsilon: Double(Float(0.001)))
      case "sum": (layer, step) = (Sum(), .sum)
      case "concatenation":
        (layer, step) = (Concatenation(), .concatenation)
        widths[index] = given.reduce(0, +)
      default: (layer, step) = (Flatten(), .same)
      }
      steps.append((step, inputs))
      elements.append(Network.Element(layer, options, inputs: inputs))
    }
    let rows = (0..<one.rows).map { _ in numbers(one.inputs, 1) }
    let width = widths[widths.count - 1]
    let values = (0..<one.rows).map { _ in
      (0..<width).map { _ in Double(Float(stream.uniform())) }
    }
    var network = try Network(graph: elements, inputShape: [one.inputs])
    for (place, mean, variance) in running {
      let name = network.nodes[place].name
      try network.assign(tensor(mean), layer: name, parameter: "mean")
      try network.assign(tensor(variance), layer: name, parameter: "variance")
    }
    return Setting(
      oracle: GraphOracle(steps: steps, loss: one.loss), rows: rows,
      targets: values.map { .values($0) }, network: network,
      examples: Examples(
        count: one.rows, inputShape: [one.inputs],
        inputs: .floats(rows.flatMap { $0.map { Float($0) } }),
        targets: .values(values.flatMap { $0 }, width: width)))
  }

  @Test(arguments: all.filter { $0.inputs < 30 })
  func oracleMatchesCentralDifferences(_ one: Case) throws {
    let setting = try make(one)
    let found = setting.oracle.gradients(setting.rows, setting.targets).parameters
    let expected = setting.oracle.centralDifferences(setting.rows, setting.targets)
    #expect(Tolerance.differences.firstDifference(found, expected) == nil)
  }

  @Test(arguments: all)
  func engineMatchesTheOracle(_ one: Case) throws {
    let setting = try make(one)
    for threads in [1, 3] {
      let parameters = WorkingParameters(setting.network, trains: true)
      // What is not written shows.
      parameters.gradients.start.update(repeating: .nan, count: parameters.gradients.count)
      let plan = Plan(
        setting.network, parameters: parameters, maxRows: one.room, trains: true,
        loss: try loss(one), preprocessing: Preprocessing(inputShape: [one.inputs]),
        workers: Workers(count: threads), keepsGradients: true)
      try setting.examples.withSource { try plan.run($0, order: nil, rows: one.rows) }
      try plan.follow(nil, UpdateFactors(rate: 0))
      let outputs = setting.oracle.forward(setting.rows)
      let gradients = setting.oracle.gradients(setting.rows, setting.targets)
      for (index, node) in setting.network.nodes.enumerated() {
        expectEqual(plan.layout.outputs[index], outputs[index], "output of \(node.name)")
        // The last one's activation belongs to the loss.
        guard index < setting.network.nodes.count - 1 else { continue }
        expectEqual(
          plan.layout.keptGradients[index], gradients.outputs[index], "gradient of \(node.name)")
      }
      let mean = setting.oracle.meanLoss(setting.rows, setting.targets)
      #expect(Tolerance.single.firstDifference([plan.lossSum / Double(one.rows)], [mean]) == nil)
      let found = setting.network.nodes.flatMap(\.parameters).filter { !$0.isFrozen }
        .flatMap { slot in slot.range.map { Double(parameters.gradients.start[$0]) } }
      let difference = Tolerance.single.firstDifference(found, gradients.parameters)
      #expect(difference == nil, "gradients of parameters")
    }
  }

  @Test(arguments: all)
  func predictionUsesRunningStatistics(_ one: Case) throws {
    let setting = try make(one, usesRunning: true)
    let preprocessing = Preprocessing(inputShape: [one.inputs])
    let expected = setting.oracle.forward(setting.rows).last ?? []
    let found = try setting.network.predict(setting.examples, preprocessing: preprocessing)
    #expect(
      Tolerance.single.firstDifference(
        found.elements.map { Double($0) }, expected.flatMap { $0 }) == nil)
    // The gradients of what predicts are those of the same formulas with constants.
    let trainer = Trainer(
      loss: try loss(one), optimizer: GradientDescent(), preprocessing: preprocessing)
    let examined = try trainer.examine(setting.network, setting.examples, asTraining: false)
    let slots = setting.network.nodes.flatMap(\.parameters).filter { !$0.isFrozen }
    let gradients = slots.flatMap { examined.gradients[$0.range].map { Double($0) } }
    let right = setting.oracle.gradients(setting.rows, setting.targets).parameters
    #expect(Tolerance.single.firstDifference(gradients, right) == nil)
  }

  private func loss(_ one: Case) throws -> any Loss {
    try #require(Catalog.standard.losses.first { $0.name == one.loss }).makeWithDefaults()
  }

  private func expectEqual(
    _ found: UnsafeMutablePointer<Float>, _ expected: [[Double]], _ what: String
  ) {
    let numbers = expected.flatMap { $0 }
    let difference = Tolerance.single.firstDifference(
      numbers.indices.map { Double(found[$0]) }, numbers)
    #expect(difference == nil, "\(what)")
  }

  // MARK: The testers' tests

  @Test func wrongWaysAreCaught() throws {
    let one = Self.all[9]
    var setting = try make(one)
    let right = setting.oracle.gradients(setting.rows, setting.targets).parameters
    // A reader forgotten, and a block's input forgotten.
    for (place, inputs) in [(3, [1, 2]), (4, [3])] {
      let whole = setting.oracle
      setting.oracle.steps[place].inputs = inputs
      let wrong = setting.oracle.gradients(setting.rows, setting.targets).parameters
      #expect(Tolerance.single.firstDifference(wrong, right) != nil)
      #expect(Tolerance.differences.firstDifference(wrong, right) != nil)
      setting.oracle = whole
    }
  }

  @Test func statisticsTakenForConstantsAreCaught() throws {
    let setting = try make(Self.all[2])
    var constant = setting.oracle
    guard case .batchNormalization(let gain, let bias, let epsilon, nil) = constant.steps[1].step
    else { return #expect(Bool(false)) }
    let moments = GraphOracle.moments(setting.oracle.forward(setting.rows)[0])
    constant.steps[1].step = .batchNormalization(
      gain: gain, bias: bias, epsilon: epsilon, given: moments)
    // The same values forwards, other gradients.
    #expect(
      Tolerance.single.firstDifference(
        [constant.meanLoss(setting.rows, setting.targets)],
        [setting.oracle.meanLoss(setting.rows, setting.targets)]) == nil)
    let wrong = constant.gradients(setting.rows, setting.targets).parameters
    let right = setting.oracle.gradients(setting.rows, setting.targets).parameters
    #expect(Tolerance.single.firstDifference(wrong, right) != nil)
  }
}
