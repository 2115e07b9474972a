import Testing

@testable import NNEngine

/// Predictions of one row and of many take different ways through a network: a row's product is
/// cut by weights, many rows are cut into tiles.
struct PredictorTests {
  static let inputs = 700

  /// The first layer is large enough to be cut, the second is not.
  func network() throws -> Network {
    let layers: [any Layer] = [
      Dense(units: 300, activation: ReLU()), Dense(units: 10, activation: Softmax()),
    ]
    return try Network(
      layers.map { (layer: $0, options: LayerOptions()) }, inputShape: [Self.inputs], seed: 3)
  }

  /// Rows in which a third of the numbers is 0.
  func examples(_ rows: Range<Int>) -> Examples {
    var stream = RandomStream(seed: 4, stream: .random)
    let numbers = (0..<rows.upperBound * Self.inputs).map { place in
      let x = Float(stream.normal())
      return place % 3 == 0 ? 0 : x
    }
    return Examples(
      count: rows.count, inputShape: [Self.inputs],
      inputs: .floats(Array(numbers[(rows.lowerBound * Self.inputs)...])), targets: .none)
  }

  let preprocessing = Preprocessing(inputShape: [inputs])

  @Test func aSingleRowIsCutByWeights() throws {
    let network = try network()
    func blocks(rows: Int) throws -> [[Range<Int>]] {
      let plan = try Plan(
        network, parameters: WorkingParameters(network, trains: false), maxRows: rows,
        trains: false, loss: nil, preprocessing: preprocessing, workers: Workers(count: 1))
      return plan.layout.passes.compactMap { $0 as? any BlockPass }.map { pass in
        (0..<pass.blockCount).map { pass.inputs(ofBlock: $0) }
      }
    }
    // The second begins later.
    #expect(try blocks(rows: 1) == [[0..<464, 464..<700], []])
    #expect(try blocks(rows: 2) == [[], []])
  }

  /// One tile, two of unequal size, four.
  @Test(arguments: [24, 75, 300]) func rowByRowIsAsTogether(_ rows: Int) throws {
    let network = try network()
    let together = try network.predict(examples(0..<rows), preprocessing: preprocessing)
    for threads in 1...3 {
      let predictor = Predictor(
        network, preprocessing: preprocessing, workers: Workers(count: threads))
      let apart = try (0..<rows).flatMap { try predictor.predict(examples($0..<$0 + 1)).elements }
      #expect(
        Tolerance.single.firstDifference(
          apart.map { Double($0) }, together.elements.map { Double($0) }) == nil)
      let again = try predictor.predict(examples(7..<8)).elements
      #expect(again == Array(apart[70..<80]), "\(threads) threads")
    }
  }

  @Test func bytesDependOnNoThreads() throws {
    let network = try network()
    let answers = try [1, 2, 3].map { threads in
      let predictor = Predictor(
        network, preprocessing: preprocessing, workers: Workers(count: threads))
      return try [0..<1, 0..<75, 5..<6].flatMap { try predictor.predict(examples($0)).elements }
    }
    #expect(answers[0] == answers[1] && answers[0] == answers[2])
  }

  @Test func whatWasAskedBeforeChangesNothing() throws {
    let network = try network()
    let predictor = Predictor(network, preprocessing: preprocessing)
    for count in [1, 2, 100, 73, 1, 1100, 100] {
      let fresh = Predictor(network, preprocessing: preprocessing)
      let found = try predictor.predict(examples(0..<count))
      #expect(found == (try fresh.predict(examples(0..<count))), "\(count) rows")
      #expect(found.shape == [count, 10])
    }
  }
}
