import Testing

@testable import NNEngine

/// The triangle for layers that stand together, in networks of several and where ways part and
/// meet: the reference against central differences, and the engine against the reference.
struct GraphTests {
  /// A network in a shorthand: a line a node, a word of the catalog with what its entry takes, and
  /// which nodes it reads (by default the one before). `dense 5 tanh`, `batchnorm`, `residual 0 2`,
  /// `branch -1 3`.
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
    Case(inputs: 4, lines: ["dense 4 tanh", "residual 0 -1"], rows: 3, room: 3),
    Case(
      inputs: 4,
      lines: ["dense 6 tanh", "dense 5 tanh", "dense 6 tanh", "residual 2 0", "dense 2 linear"],
      rows: 9, room: 9),
    // An output with three readers, and one input read twice.
    Case(
      inputs: 2,
      lines: [
        "dense 3 tanh", "dense 3 sigmoid", "dense 3 tanh 0", "residual 1 2 0", "residual 3 3",
        "dense 2 linear",
      ], rows: 18, room: 20),
    Case(
      inputs: 3,
      lines: [
        "dense 4 tanh -1", "dense 2 sigmoid -1", "branch 0 1 -1", "dense 3 softmax",
      ], loss: "crossentropy", rows: 21, room: 21),
    // A residual block within a branch, with normalisation inside.
    Case(
      inputs: 5,
      lines: [
        "dense 6 tanh", "dense 6 linear", "batchnorm", "activation tanh", "residual 3 0",
        "dense 3 tanh 0", "layernorm", "branch 4 6", "flatten", "dense 2 linear",
      ], rows: 33, room: 40),
    // A join reads what only has another shape, and so does another layer.
    Case(
      inputs: 4,
      lines: ["dense 4 tanh", "flatten", "dense 4 tanh", "residual 2 1 0", "dense 2 linear 3"],
      rows: 6, room: 6),
    // Larger than any tile.
    Case(
      inputs: 31,
      lines: [
        "dense 130 linear", "batchnorm", "activation relu", "dense 130 relu", "residual 3 2",
        "layernorm", "dense 9 tanh 2", "branch 5 6", "dense 10 softmax",
      ], loss: "crossentropy", rows: 131, room: 150),
    // The same with layers that are cut by inputs between those that are not.
    Case(
      inputs: 131,
      lines: [
        "dense 130 linear", "batchnorm", "activation relu", "dense 130 relu", "residual 3 2",
        "layernorm", "dense 129 tanh 2", "branch 5 6", "dense 64 tanh", "dense 10 softmax",
      ], loss: "crossentropy", rows: 61, room: 64),
    // Two layers read one whose weights are cut, and both are cut.
    Case(
      inputs: 31,
      lines: [
        "dense 128 tanh", "batchnorm", "dense 128 tanh 1", "dense 128 relu 1", "residual 2 3",
        "dense 2 linear",
      ], rows: 40, room: 40),
  ]

  @Test func largeLayersAreCutByInputs() throws {
    let cut = try Self.all.filter { one in
      let setting = try make(one)
      let plan = try Plan(
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
    var rows: [[Double]]
    var targets: [Oracle.Target]
    var network: Network
    var examples: Examples
    var loss: String

    /// The mean loss, from the reference's outputs.
    func meanLoss(_ reference: NetworkReference) -> Double {
      let y = outputs(reference)
      return zip(y, targets).reduce(0) { $0 + Oracle.loss(loss, $1.0, $1.1) } / Double(rows.count)
    }

    func outputs(_ reference: NetworkReference) -> [[Double]] {
      let numbers = reference.forward(rows.flatMap { $0 }, rows: rows.count)
      let width = network.outputShape.count
      return rows.indices.map { Array(numbers[$0 * width..<($0 + 1) * width]) }
    }

    /// The gradients of the mean loss by all parameters that learn.
    func gradients(_ reference: NetworkReference) -> [Double] {
      let slopes = zip(outputs(reference), targets).flatMap { y, target in
        Oracle.lossGradient(loss, y, target).map { $0 / Double(rows.count) }
      }
      let all = reference.backward([(reference.layers.output, slopes)])
      return learnt.map { all[$0] }
    }

    /// The places of what learns.
    var learnt: [Int] {
      network.nodes.flatMap(\.parameters).filter { !$0.isFrozen }.flatMap { Array($0.range) }
    }

    func reference(isTraining: Bool) -> NetworkReference {
      NetworkReference(network, isTraining: isTraining, maxRows: rows.count, learns: true)
    }
  }

  /// The layer of a line, and the numbers behind it that say what it reads.
  private func layer(_ words: [String]) throws -> (layer: any Layer, inputs: [Int]) {
    let catalog = Catalog.standard
    if let join = catalog.joins.first(where: { $0.kind == words[0] }) {
      return (join, words.dropFirst().compactMap { Int($0) })
    }
    let spec = try #require(catalog.layers.first { $0.name == words[0] })
    let plain = spec.parameters.filter(\.isPositional)
    let given = words.dropFirst().prefix(plain.count)
    let values = try spec.parameters.map { parameter -> ParameterValue in
      guard let place = plain.firstIndex(where: { $0.name == parameter.name }), place < given.count
      else { return parameter.name == "eps" ? .number(0.001) : .none }
      let word = words[1 + place]
      switch parameter.kind {
      case .integer: return .integer(try #require(Int(word)))
      case .number: return .number(try #require(Double(word)))
      default: return .text(word)
      }
    }
    return (try spec.make(values), words.dropFirst(1 + given.count).compactMap { Int($0) })
  }

  func make(_ one: Case) throws -> Setting {
    var stream = RandomStream(seed: 5, stream: .random)
    func numbers(_ count: Int, _ scale: Double, around mean: Double = 0) -> [Double] {
      (0..<count).map { _ in Double(Float(mean + stream.normal() * scale)) }
    }
    let elements = try one.lines.enumerated().map { index, line in
      let (layer, inputs) = try layer(line.split(separator: " ").map(String.init))
      return Network.Element(layer, inputs: inputs.isEmpty ? [index - 1] : inputs)
    }
    var network = try Network(graph: elements, inputShape: [one.inputs], seed: 3)
    // What starts at 0 or 1 hides terms; variances are not below 0.
    for slot in network.nodes.flatMap(\.parameters) where slot.role != .weights {
      for place in slot.range {
        let move = Float(0.3 * stream.normal())
        network.values[place] += slot.role == .state ? abs(move) : move
      }
    }
    let rows = (0..<one.rows).map { _ in numbers(one.inputs, 1) }
    let width = network.outputShape.count
    let values = (0..<one.rows).map { _ in
      (0..<width).map { _ in Double(Float(stream.uniform())) }
    }
    return Setting(
      rows: rows, targets: values.map { .values($0) }, network: network,
      examples: Examples(
        count: one.rows, inputShape: [one.inputs],
        inputs: .floats(rows.flatMap { $0.map { Float($0) } }),
        targets: .values(values.flatMap { $0 }, width: width)), loss: one.loss)
  }

  private func differences(_ setting: Setting, _ reference: NetworkReference) -> [Double] {
    let step = 1e-5
    return setting.learnt.map { place in
      let start = reference[place]
      defer { reference[place] = start }
      reference[place] = start + step
      let after = setting.meanLoss(reference)
      reference[place] = start - step
      return (after - setting.meanLoss(reference)) / (2 * step)
    }
  }

  @Test(arguments: all.filter { $0.inputs < 30 }, [true, false])
  func referenceMatchesCentralDifferences(_ one: Case, isTraining: Bool) throws {
    let setting = try make(one)
    let reference = setting.reference(isTraining: isTraining)
    let (found, expected) = (setting.gradients(reference), differences(setting, reference))
    #expect(Tolerance.differences.firstDifference(found, expected) == nil)
  }

  /// By the layers' own passes, and with every layer run by its operations.
  @Test(arguments: all, [false, true])
  func engineMatchesTheReference(_ one: Case, byOperations: Bool) throws {
    let setting = try make(one)
    for threads in [1, 3] {
      let parameters = WorkingParameters(setting.network, trains: true)
      // What is not written shows.
      parameters.gradients.start.update(repeating: .nan, count: parameters.gradients.count)
      let plan = try Plan(
        setting.network, parameters: parameters, maxRows: one.room, trains: true,
        loss: try loss(one), preprocessing: Preprocessing(inputShape: [one.inputs]),
        workers: Workers(count: threads), keepsGradients: true, byOperations: byOperations)
      try setting.examples.withSource { try plan.run($0, order: nil, rows: one.rows) }
      try plan.follow(nil, UpdateFactors(rate: 0))
      let reference = setting.reference(isTraining: true)
      let gradients = setting.gradients(reference)
      for (index, node) in setting.network.nodes.enumerated() {
        let own = reference.layers.nodes[index]
        expectEqual(
          plan.layout.outputs[index], reference.values(own.output), "output of \(node.name)")
        // The last one's activation belongs to the loss.
        guard index < setting.network.nodes.count - 1 else { continue }
        expectEqual(
          plan.layout.keptGradients[index], reference.gradient(own.output),
          "gradient of \(node.name)")
      }
      let mean = setting.meanLoss(reference)
      #expect(Tolerance.single.firstDifference([plan.lossSum / Double(one.rows)], [mean]) == nil)
      let found = setting.learnt.map { Double(parameters.gradients.start[$0]) }
      #expect(
        Tolerance.single.firstDifference(found, gradients) == nil, "gradients of parameters")
      let kept = parameters.values.array.map { Double($0) }
      #expect(
        Tolerance.single.firstDifference(kept, reference.kept) == nil, "what layers keep")
    }
  }

  @Test(arguments: all)
  func predictionUsesRunningStatistics(_ one: Case) throws {
    let setting = try make(one)
    let preprocessing = Preprocessing(inputShape: [one.inputs])
    let reference = setting.reference(isTraining: false)
    let expected = setting.outputs(reference).flatMap { $0 }
    let found = try setting.network.predict(setting.examples, preprocessing: preprocessing)
    #expect(
      Tolerance.single.firstDifference(found.elements.map { Double($0) }, expected) == nil)
    // The gradients of what predicts are those of the same formulas with constants.
    let trainer = Trainer(
      loss: try loss(one), optimizer: GradientDescent(), preprocessing: preprocessing)
    let examined = try trainer.examine(setting.network, setting.examples, asTraining: false)
    let gradients = setting.learnt.map { Double(examined.gradients[$0]) }
    #expect(
      Tolerance.single.firstDifference(gradients, setting.gradients(reference)) == nil)
  }

  private func loss(_ one: Case) throws -> any Loss {
    try #require(Catalog.standard.losses.first { $0.name == one.loss }).makeWithDefaults()
  }

  private func expectEqual(
    _ found: UnsafeMutablePointer<Float>, _ expected: [Double], _ what: String
  ) {
    let difference = Tolerance.single.firstDifference(
      expected.indices.map { Double(found[$0]) }, expected)
    #expect(difference == nil, "\(what)")
  }

  // MARK: The testers' tests

  @Test func wrongWaysAreCaught() throws {
    let one = Self.all[9]
    let setting = try make(one)
    let right = setting.gradients(setting.reference(isTraining: true))
    // A reader forgotten, and a block's input forgotten.
    for (place, line) in [(3, "residual 1 2"), (4, "residual 3 0")] {
      var other = one
      other.lines[place] = line
      var changed = setting
      changed.network = try make(other).network
      changed.network.values = setting.network.values
      let wrong = changed.gradients(changed.reference(isTraining: true))
      #expect(Tolerance.single.firstDifference(wrong, right) != nil)
      #expect(Tolerance.differences.firstDifference(wrong, right) != nil)
    }
  }

  /// With the batch's own statistics put in as running ones: the same values, other gradients.
  @Test func statisticsTakenForConstantsAreCaught() throws {
    var setting = try make(Self.all[2])
    let training = setting.reference(isTraining: true)
    let right = setting.gradients(training)
    let value = setting.meanLoss(training)
    let place = try #require(
      setting.network.nodes.firstIndex { $0.parameters.contains { $0.role == .state } })
    var values = setting.network.values
    for name in ["mean", "variance"] {
      let ref = try #require(training.layers.value(name, of: place, in: training.program))
      let slot = try setting.network.slot(
        layer: setting.network.nodes[place].name, parameter: name)
      values.replaceSubrange(slot.range, with: training.values(ref).map { Float($0) })
    }
    setting.network.values = values
    let constant = setting.reference(isTraining: false)
    #expect(Tolerance.single.firstDifference([setting.meanLoss(constant)], [value]) == nil)
    #expect(Tolerance.single.firstDifference(setting.gradients(constant), right) != nil)
  }
}
