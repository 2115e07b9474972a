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
