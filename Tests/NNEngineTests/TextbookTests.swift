import NNEngine
import Testing

/// The worked example of Matt Mazur's "A Step by Step Backpropagation Example": 2-2-2, sigmoid,
/// its loss halved squares summed over two outputs, which is the mean of squares.
struct TextbookTests {
  let examples = Examples(
    count: 1, inputShape: [2], inputs: .floats([0.05, 0.10]),
    targets: .values([0.01, 0.99], width: 2))
  let plain = Preprocessing(inputShape: [2])
  var trainer: Trainer {
    Trainer(loss: MeanSquaredError(), optimizer: GradientDescent(), preprocessing: plain)
  }

  func makeNetwork() throws -> Network {
    func options(_ weights: [Float], _ bias: Float) -> LayerOptions {
      LayerOptions(
        bias: .values(Tensor([bias, bias])), weights: Tensor(shape: [2, 2], elements: weights),
        frozen: [.bias])
    }
    // Columns are units: the weights into h1 are 0.15 and 0.20.
    return try Network(
      [
        (Dense(units: 2, activation: Sigmoid()), options([0.15, 0.25, 0.20, 0.30], 0.35)),
        (Dense(units: 2, activation: Sigmoid()), options([0.40, 0.50, 0.45, 0.55], 0.60)),
      ], inputShape: [2])
  }

  func expectClose(_ found: [Float], _ expected: [Double], within tolerance: Double) {
    #expect(found.count == expected.count)
    for (x, y) in zip(found, expected) { #expect(abs(Double(x) - y) <= tolerance, "\(x) \(y)") }
  }

  @Test func firstStepGivesThePrintedNumbers() throws {
    var network = try makeNetwork()
    var state = TrainingState()
    let before = try network.evaluate(examples, loss: MeanSquaredError(), preprocessing: plain)
    expectClose(before.outputs.elements, [0.7513650696, 0.7729284653], within: 1e-6)
    #expect(abs(before.loss - 0.2983711088) < 1e-6)
    try trainer.train(
      &network, &state, on: examples, TrainingOptions(epochs: 1, learningRate: { _ in 0.5 }))
    let h = try network.value(layer: "dense1", parameter: "weights").transposed.elements
    let o = try network.value(layer: "dense2", parameter: "weights").transposed.elements
    expectClose(h, [0.1497807161, 0.1995614323, 0.2497511436, 0.2995022873], within: 1e-6)
    expectClose(o, [0.3589164797, 0.4086661861, 0.5113012703, 0.5613701211], within: 1e-6)
    #expect(try network.value(layer: "dense1", parameter: "bias").elements == [0.35, 0.35])
    let after = try network.evaluate(examples, loss: MeanSquaredError(), preprocessing: plain)
    #expect(abs(after.loss - 0.2910277737) < 1e-6)
  }

  @Test func tenThousandStepsReachThePrintedLoss() throws {
    var network = try makeNetwork()
    var state = TrainingState()
    try trainer.train(
      &network, &state, on: examples, TrainingOptions(epochs: 10_000, learningRate: { _ in 0.5 }))
    let end = try network.evaluate(examples, loss: MeanSquaredError(), preprocessing: plain)
    #expect(abs(end.loss - 3.510188e-05) < 1e-7, "\(end.loss)")
    expectClose(end.outputs.elements, [0.0159136, 0.9840643], within: 1e-4)
  }
}
