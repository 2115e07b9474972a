import NNEngine
import Testing

struct TrainingTests {
  static let xor = Examples(
    count: 4, inputShape: [2], inputs: .floats([0, 0, 0, 1, 1, 0, 1, 1]),
    targets: .values([0, 1, 1, 0], width: 1))

  /// 300 made-up rows of 20 bytes with 10 classes: larger than a tile, ragged in every batch size
  /// used here.
  static func digits(_ count: Int = 300, inputs: Int = 20, seed: UInt64 = 3) -> Examples {
    var stream = RandomStream(seed: seed, stream: .random)
    let bytes = (0..<count * inputs).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
    let classes = (0..<count).map { Int32(bytes[$0 * inputs]) * 10 / 256 }
    return Examples(
      count: count, inputShape: [inputs], inputs: .bytes(bytes), targets: .classes(classes))
  }

  static func preprocessing(_ inputs: Int = 20) -> Preprocessing {
    Preprocessing(
      inputShape: [inputs], inputScaling: .init(scale: [1 / 255], shift: [0]),
      classNames: (0..<10).map(String.init))
  }

  static func network(_ inputs: Int = 20, hidden: Int = 37, dropout: Double = 0.2) throws -> Network
  {
    try Network(
      [
        (Dense(units: hidden, activation: ReLU()), LayerOptions()),
        (Dropout(rate: dropout), LayerOptions()),
        (Dense(units: 10, activation: Softmax()), LayerOptions()),
      ], inputShape: [inputs], seed: 7)
  }

  static let trainer = Trainer(
    loss: CrossEntropy(), optimizer: Adam(), preprocessing: preprocessing())

  @Test func xorIsLearnt() throws {
    var network = try Network(
      [
        (Dense(units: 8, activation: Tanh()), LayerOptions()),
        (Dense(units: 1, activation: Sigmoid()), LayerOptions()),
      ], inputShape: [2], seed: 1)
    var state = TrainingState(seed: 1)
    let plain = Preprocessing(inputShape: [2])
    let trainer = Trainer(
      loss: BinaryCrossEntropy(), optimizer: Adam(), preprocessing: plain)
    try trainer.train(
      &network, &state, on: Self.xor, TrainingOptions(epochs: 500, learningRate: { _ in 0.05 }))
    let result = try network.evaluate(
      Self.xor, loss: BinaryCrossEntropy(), metrics: [Accuracy()], preprocessing: plain)
    #expect(result.metrics == [1])
    #expect(result.loss < 0.05)
  }

  @Test func twiceFiveEpochsAreTenToTheBit() throws {
    var (once, twice) = (try Self.network(), try Self.network())
    var (stateOnce, stateTwice) = (TrainingState(seed: 7), TrainingState(seed: 7))
    let examples = Self.digits()
    try Self.trainer.train(&once, &stateOnce, on: examples, TrainingOptions(epochs: 10))
    for _ in 0..<2 {
      try Self.trainer.train(&twice, &stateTwice, on: examples, TrainingOptions(epochs: 5))
    }
    #expect(once == twice)
    #expect(stateOnce.history.map(\.loss) == stateTwice.history.map(\.loss))
    #expect(stateTwice.epoch == 10)
    #expect(once != (try Self.network()))
  }

  @Test func anyNumberOfThreadsGivesTheSameBytes() throws {
    // Wide enough that every step is shared.
    let examples = Self.digits(700, inputs: 300)
    var results: [Network] = []
    var losses: [[Double]] = []
    for threads in [1, 2, 5] {
      var network = try Self.network(300, hidden: 211)
      var state = TrainingState(seed: 7)
      let trainer = Trainer(
        loss: CrossEntropy(), optimizer: Adam(), preprocessing: Self.preprocessing(300))
      try trainer.train(
        &network, &state, on: examples,
        TrainingOptions(
          epochs: 2, batchSize: 128, limits: GradientLimits(length: 0.5, value: 0.01),
          metrics: [Accuracy()], workers: Workers(count: threads)))
      results.append(network)
      losses.append(state.history.flatMap { [$0.loss] + $0.metrics })
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
    #expect(losses[0] == losses[1])
    #expect(losses[0] == losses[2])
  }
}
