import Testing

@testable import NNEngine

struct ExaminationTests {
  @Test(arguments: GradientTests.all.filter { $0.inputs < 30 })
  func everyNumberIsTheOracles(_ one: GradientTests.Case) throws {
    let setting = try GradientTests().make(one)
    let loss = try #require(Catalog.standard.losses.first { $0.name == one.loss })
      .makeWithDefaults()
    let before = setting.network
    let trainer = Trainer(
      loss: loss, learning: one.learning.learning, optimizer: GradientDescent(),
      preprocessing: Preprocessing(inputShape: [one.inputs]))
    let found = try trainer.examine(setting.network, setting.examples, asTraining: true)
    #expect(setting.network == before)

    let steps = setting.rows.map { setting.oracle.forward($0) }
    let mean = setting.oracle.meanLoss(setting.rows, setting.targets)
    #expect(Tolerance.single.firstDifference([found.loss], [mean]) == nil)
    let learnt = setting.oracle.learntLoss(setting.rows, setting.targets)
    #expect(Tolerance.single.firstDifference([found.objective], [learnt]) == nil)
    func expectEqual(_ tensor: Tensor, _ expected: [Double], _ what: String) {
      let numbers = tensor.elements.map { Double($0) }
      #expect(Tolerance.single.firstDifference(numbers, expected) == nil, "\(what)")
    }
    expectEqual(found.input, setting.rows.flatMap { $0 }, "input")
    // Backwards through the oracle, layer by layer.
    let rows = Double(one.rows)
    var dy = setting.rows.indices.map { row in
      setting.oracle.outputGradient(steps[row].last?.y ?? [], setting.targets[row])
        .map { $0 / rows }
    }
    for layer in one.units.indices.reversed() {
      let node = found.nodes[layer]
      expectEqual(node.output, steps.flatMap { $0[layer].y }, "\(node.name) output")
      expectEqual(node.gradient, dy.flatMap { $0 }, "\(node.name) gradient")
      let dz = setting.rows.indices.map { row in
        Oracle.activationGradient(
          one.activations[layer], steps[row][layer].z, steps[row][layer].y, dy[row])
      }
      expectEqual(node.innerGradient, dz.flatMap { $0 }, "\(node.name) inner gradient")
      dy = dz.map { dz in
        setting.oracle.layers[layer].w.map { row in zip(row, dz).reduce(0) { $0 + $1.0 * $1.1 } }
      }
    }
    let expected = setting.oracle.gradient(setting.rows, setting.targets)
    #expect(
      Tolerance.single.firstDifference(found.gradients.map { Double($0) }, expected) == nil)
    #expect(
      found.nodes.flatMap { $0.parameterGradients.flatMap(\.gradient.elements) }
        == found.gradients)
  }

  @Test func dropoutDropsOnlyAsInTraining() throws {
    let network = try TrainingTests.network(dropout: 0.5)
    let trainer = self.trainer
    func dropped(asTraining: Bool) throws -> Examination.Node {
      try trainer.examine(network, TrainingTests.digits(30), asTraining: asTraining).nodes[1]
    }
    let (training, predicting) = (
      try dropped(asTraining: true), try dropped(asTraining: false)
    )
    #expect(training.name == "dropout1")
    #expect(training.output != predicting.output)
    #expect(try dropped(asTraining: true).output == training.output)
  }

  /// Two targets of different units, learnt scaled: the loss is told in their own units, and what is
  /// made small is that of scaled targets, or a typed loss divided by the mean of the squared
  /// deviations, (2² + 5²) / 2.
  @Test func targetsOfDifferentUnitsAreEachInTheirOwn() throws {
    let (deviations, x, w) = ([2.0, 5], [1.0, -2], [0.5, 1.5])
    let targets = [[3.0, -4], [1, 10]]
    let network = try Network(
      [
        (
          Dense(units: 2),
          LayerOptions(
            weights: Tensor(shape: [1, 2], elements: w.map { Float($0) }), frozen: [.bias])
        )
      ], inputShape: [1])
    let preprocessing = Preprocessing(
      inputShape: [1], targetScaling: .init(scale: deviations.map { 1 / $0 }, shift: [0, 0]))
    let examples = Examples(
      count: 2, inputShape: [1], inputs: .floats(x.map { Float($0) }),
      targets: .values(targets.flatMap { $0 }, width: 2))
    var formula = Formula([.init("y", .element), .init("p", .element)])
    let distance = formula.binary(.subtract, 1, 0)
    formula.results = [formula.reduce(.sum, formula.binary(.multiply, distance, distance))]
    let typed = try EquationLoss(Equation(name: "f", definition: "", formula: formula))
    // By row and column: how far off in the targets' own units.
    let off = targets.indices.map { row in
      (0..<2).map { x[row] * w[$0] * deviations[$0] - targets[row][$0] }
    }
    let squares = off.flatMap { $0.map { $0 * $0 } }
    let scaled = off.flatMap { row in (0..<2).map { row[$0] / deviations[$0] } }
    let loss = squares.reduce(0, +) / 2
    let learnt = scaled.map { $0 * $0 }.reduce(0, +) / 4
    /// The sum over rows of x · distance, for each column.
    let slopes = (0..<2).map { column in x[0] * off[0][column] + x[1] * off[1][column] }
    let plain = (0..<2).map { slopes[$0] / deviations[$0] / 2 }
    let divided = (0..<2).map { slopes[$0] * deviations[$0] / 14.5 }
    let cases: [(any Loss, Double, Double, [Double])] = [
      (MeanSquaredError(), loss / 2, learnt, plain), (typed, loss, loss / 14.5, divided),
    ]
    for (loss, own, objective, gradient) in cases {
      let trainer = Trainer(
        loss: loss, optimizer: GradientDescent(), preprocessing: preprocessing)
      let found = try trainer.examine(network, examples, asTraining: true)
      #expect(Tolerance.single.firstDifference([found.loss], [own]) == nil)
      #expect(Tolerance.single.firstDifference([found.objective], [objective]) == nil)
      #expect(
        Tolerance.single.firstDifference(
          found.nodes[0].parameterGradients[0].gradient.elements.map { Double($0) }, gradient)
          == nil)
    }
  }

  /// The losses that learn targets in deviations from their mean.
  private static let ofScaledTargets = Catalog.standard.losses.filter {
    (try? $0.makeWithDefaults())?.takesScaledTargets ?? true
  }.map(\.name)

  /// The gradient by the outputs, which the examination works out by itself, makes that by the weights,
  /// which is the training's: the sum of x · gradient over rows.
  @Test(arguments: ofScaledTargets, [1, 2, 3])
  func bothWaysToAGradientAgree(_ name: String, _ width: Int) throws {
    let entry = try #require(Catalog.standard.losses.first { $0.name == name })
    let loss = try entry.makeWithDefaults()
    let network = try Network(
      [
        (
          Dense(units: width),
          LayerOptions(
            weights: Tensor(shape: [1, width], elements: Array([0.5, 1.5, -0.25].prefix(width))))
        )
      ], inputShape: [1])
    let x: [Float] = [1, -2, 0.5]
    let examples = Examples(
      count: 3, inputShape: [1], inputs: .floats(x),
      targets: .values(Array([3, 4, 1, 1, 10, 6, 2, 2, 2].prefix(3 * width)), width: width))
    let trainer = Trainer(
      loss: loss, optimizer: GradientDescent(),
      preprocessing: Preprocessing(
        inputShape: [1],
        targetScaling: .init(
          scale: Array([1.0 / 2, 1.0 / 5, 1.0 / 3].prefix(width)),
          shift: [Double](repeating: 0, count: width))))
    let found = try trainer.examine(network, examples, asTraining: true)
    let gradient = found.nodes[0].gradient.elements
    let expected = (0..<width).map { column in
      (0..<3).map { Double(x[$0]) * Double(gradient[width * $0 + column]) }.reduce(0, +)
    }
    let byWeights = found.nodes[0].parameterGradients[0].gradient.elements.map { Double($0) }
    #expect(Tolerance.single.firstDifference(byWeights, expected) == nil)
    #expect(byWeights.contains { $0 != 0 })
  }

  @Test func rowsThatDoNotFitAreRefused() throws {
    let network = try TrainingTests.network()
    #expect(throws: EngineError.self) {
      try trainer.examine(network, TrainerTests.line, asTraining: true)
    }
    #expect(throws: EngineError.self) {
      try trainer.examine(network, TrainingTests.digits(0), asTraining: true)
    }
  }

  private var trainer: Trainer {
    Trainer(
      loss: CrossEntropy(), optimizer: GradientDescent(),
      preprocessing: TrainingTests.preprocessing())
  }
}
