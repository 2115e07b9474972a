import Testing

@testable import NNEngine

struct RateTestTests {
  private let iris = Examples(
    count: 40, inputShape: [2],
    inputs: .floats((0..<80).map { Float(($0 * 37) % 17) / 8 - 1 }),
    targets: .classes((0..<40).map { Int32(($0 * 74) % 17 < 8 ? 0 : 1) }))
  private let plain = Preprocessing(inputShape: [2], classNames: ["a", "b"])

  /// A curve that is flat, falls between 0.01 and 0.1, and rises.
  @Test func theSteepestPlaceIsRecommended() {
    let rates = [1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1]
    let losses = [1, 1, 0.95, 0.5, 0.3, 0.29, 3]
    let test = RateTest(
      startLoss: 1, points: zip(rates, losses).map { RateTest.Point(rate: $0, loss: $1) })
    #expect(test.suggestion == 0.03)
  }

  /// The loss is least right where it falls fastest: a third of that rate keeps away from the rise.
  @Test func theRateKeepsAwayFromTheRise() {
    let points = zip([1e-3, 0.01, 0.1, 1], [1, 0.95, 0.2, 5]).map {
      RateTest.Point(rate: $0, loss: $1)
    }
    #expect(RateTest(startLoss: 1, points: points).suggestion == 0.03)
  }

  /// A step that falls from where the one before threw it is no reason to trust its rate.
  @Test func aFallAfterAJumpIsNotRecommended() {
    let rates = [1e-3, 0.01, 0.03, 0.1, 0.3, 1]
    let losses = [1, 1, 0.6, 0.5, 3, 0.2]
    let test = RateTest(
      startLoss: 1, points: zip(rates, losses).map { RateTest.Point(rate: $0, loss: $1) })
    #expect(test.suggestion == 0.03)
  }

  @Test(arguments: [[1, 1, 1], [1.1, 2, 3], [0.9999, 1, 1]])
  func aCurveThatDoesNotFallRecommendsNothing(_ losses: [Double]) {
    let points = losses.enumerated().map { RateTest.Point(rate: Double($0 + 1), loss: $1) }
    #expect(RateTest(startLoss: 1, points: points).suggestion == nil)
  }

  @Test(arguments: [(0.00347, 0.003), (0.0961, 0.1), (2.4, 2), (37, 40), (1e-6, 1e-6)])
  func ratesHaveOneDigit(_ rate: Double, _ rounded: Double) {
    #expect(RateTest.rounded(rate) == rounded)
  }

  @Test func aTestIsTheSameEachTimeAndOnAnyNumberOfThreads() throws {
    let network = try Network(
      [
        (Dense(units: 8, activation: ReLU()), LayerOptions()),
        (Dense(units: 2, activation: Softmax()), LayerOptions()),
      ], inputShape: [2])
    let trainer = Trainer(loss: CrossEntropy(), optimizer: Adam(), preprocessing: plain)
    func run(_ threads: Int) throws -> RateTest {
      try trainer.testRates(
        network, TrainingState(), on: iris, steps: 30, batchSize: 8,
        workers: Workers(count: threads))
    }
    let first = try run(1)
    #expect(first.points.count > 20)
    #expect(try first.points == run(1).points)
    #expect(try first.points == run(2).points)
  }

  @Test func aLossThatIsLostEndsTheTest() throws {
    let network = try Network(
      [(Dense(units: 1), LayerOptions(weights: Tensor(shape: [1, 1], elements: [1])))],
      inputShape: [1])
    let examples = Examples(
      count: 1, inputShape: [1], inputs: .floats([1e20]), targets: .values([0], width: 1))
    let trainer = Trainer(
      loss: MeanSquaredError(), optimizer: GradientDescent(),
      preprocessing: Preprocessing(inputShape: [1]))
    let test = try trainer.testRates(network, TrainingState(), on: examples)
    #expect(test.points.isEmpty)
    #expect(
      try trainer.lossAfter(3, rate: 1, network, TrainingState(), on: examples) == .infinity)
  }

  @Test func rowsKeepTheirTargets() {
    let chosen = iris.rows([3, 0])
    guard case .floats(let inputs) = chosen.inputs, case .floats(let all) = iris.inputs else {
      Issue.record("numbers stay numbers")
      return
    }
    #expect(inputs == Array(all[6..<8] + all[0..<2]))
    #expect(iris.spread(4).count == 4)
    #expect(iris.spread(100).count == 40)
  }
}
