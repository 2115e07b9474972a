import NNEngine
import Testing

@testable import NNScript

/// What holds for every network: made by chance from all the catalog's words and compared with the
/// same network worked out in 64 bits, number by number.
@Suite struct RandomNetworkTests {
  /// How far 32 bits may be from 64, each number for itself: sums of some hundred products of order
  /// 1 in a few layers, each with an activation within 3 units in the last place.
  private static let tolerance = (absolute: 2e-5, relative: 2e-4)

  private func firstDifference(_ found: [Double], _ expected: [Double]) -> String? {
    guard found.count == expected.count else {
      return "\(found.count) numbers instead of \(expected.count)"
    }
    let (absolute, relative) = Self.tolerance
    for (place, (x, y)) in zip(found, expected).enumerated()
    where !(abs(x - y) <= absolute + relative * abs(y)) {
      return "number \(place) is \(x), not \(y)"
    }
    return nil
  }

  /// Networks to try, of a size and from a seed.
  struct Run: Sendable, CustomTestStringConvertible {
    var size: RandomNetwork.Size
    var seeds: ClosedRange<UInt64>
    var testDescription: String { "\(size.testDescription), seeds \(seeds)" }
  }

  static let runs = [
    Run(size: .small, seeds: 1...150), Run(size: .small, seeds: 151...300),
    Run(size: .manyRows, seeds: 1...60), Run(size: .wide, seeds: 1...25),
    Run(size: .large, seeds: 1...2),
  ]

  /// A row's way and gradients in 64 bits, as `explain` shows them.
  private func traces(_ one: RandomNetwork, _ exact: ExactObjective) throws -> [Trace] {
    try (0..<one.examples.count).map { row in
      try exact.trace(
        LearningSample(
          one.examples.rows([row]), one.trainer, width: one.network.outputShape.count))
    }
  }

  /// Outputs of every node, losses and gradients of every parameter, of a batch and of each row alone.
  @Test(arguments: runs) func engineAgreesWithTheReference(_ run: Run) throws {
    let session = Session()
    var infinite = 0
    for seed in run.seeds {
      let one = try RandomNetwork.make(seed, run.size)
      let network = one.network
      let exact = try ExactObjective(
        network, one.trainer, session, asWritten: false, hasClasses: one.examples.hasClasses,
        maxRows: one.examples.count)
      let traces = try traces(one, exact)
      // Where an output is 0 and a loss takes its logarithm, the engine stays finite on purpose.
      guard traces.allSatisfy({ $0.loss.isFinite }) else {
        infinite += 1
        continue
      }
      let seen = try one.trainer.examine(network, one.examples, asTraining: false)
      let rows = Double(traces.count)
      func expect(_ found: [Double], _ expected: [Double], _ what: String) {
        let difference = firstDifference(found, expected)
        #expect(difference == nil, "\(what), \(one)")
      }
      for (index, node) in network.nodes.enumerated() {
        let numbers = seen.nodes[index]
        expect(
          numbers.output.elements.map(Double.init), traces.flatMap { $0.nodes[index].y },
          "output of \(node.name)")
      }
      let mean = traces.reduce(0) { $0 + $1.loss } / rows
      expect([seen.loss, seen.objective], [mean, exact.objective(samples(one))], "loss")
      var gradients = [Double](repeating: 0, count: network.parameterCount)
      for trace in traces {
        for place in gradients.indices { gradients[place] += trace.gradients[place] / rows }
      }
      for node in network.nodes {
        for slot in node.parameters where !slot.isFrozen {
          expect(
            slot.range.map { Double(seen.gradients[$0]) }, Array(gradients[slot.range]),
            "gradient by \(node.name).\(slot.name)")
        }
      }
      let outputs = traces.flatMap { $0.outputs([]) }
      let predictor = Predictor(network, preprocessing: one.trainer.preprocessing)
      expect(
        try predictor.predict(one.examples).elements.map(Double.init), outputs, "prediction")
      let alone = try (0..<min(8, one.examples.count)).flatMap {
        try predictor.predict(one.examples.rows([$0])).elements.map(Double.init)
      }
      expect(alone, Array(outputs.prefix(alone.count)), "prediction of single rows")
    }
    #expect(infinite <= run.seeds.count / 20)
  }

  private func samples(_ one: RandomNetwork) -> [LearningSample] {
    (0..<one.examples.count).map { row in
      LearningSample(
        one.examples.rows([row]), one.trainer, width: one.network.outputShape.count)
    }
  }

  /// Probabilities are such, and cross-entropy of them is never below 0.
  @Test func probabilitiesSumToOneAndCrossEntropyIsNeverNegative() throws {
    var (probabilities, entropies) = (0, 0)
    for seed in 1...200 as ClosedRange<UInt64> {
      let one = try RandomNetwork.make(seed, seed.isMultiple(of: 4) ? .manyRows : .small)
      let outputs = try one.network.predict(
        one.examples, preprocessing: one.trainer.preprocessing)
      #expect(outputs.elements.allSatisfy { $0.isFinite }, "\(one)")
      let width = one.network.outputShape.count
      if one.network.outputActivation?.name == "softmax" {
        probabilities += 1
        for start in stride(from: 0, to: outputs.elements.count, by: width) {
          let row = outputs.elements[start..<start + width].map(Double.init)
          #expect(row.allSatisfy { (0...1).contains($0) }, "\(one)")
          #expect(abs(row.reduce(0, +) - 1) <= 1e-6 * Double(width), "\(one)")
        }
      }
      let loss = one.trainer.loss
      let measured = try one.network.evaluate(
        one.examples, loss: loss, preprocessing: one.trainer.preprocessing)
      #expect(measured.loss.isFinite, "\(one)")
      if loss.name.hasSuffix("crossentropy") {
        entropies += 1
        #expect(measured.loss >= 0, "\(one)")
      }
    }
    #expect(probabilities > 20 && entropies > 30)
  }

  /// A small step of the whole set lowers what training makes small by the step's length times the
  /// gradient's square; with layers as in training, dropout and batch statistics included.
  @Test func aTinyStepLowersTheLoss() throws {
    var moved = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      let one = try RandomNetwork.make(seed, seed.isMultiple(of: 4) ? .manyRows : .small)
      let before = try one.trainer.examine(one.network, one.examples, asTraining: true)
      let learnt = one.network.nodes.flatMap(\.parameters).filter { !$0.isFrozen }
        .flatMap { Array($0.range) }
      let square = learnt.reduce(0) {
        $0 + Double(before.gradients[$1]) * Double(before.gradients[$1])
      }
      guard square > 1e-8 else { continue }
      moved += 1
      // How much of the loss the step is to take away: little enough for a straight line, and much
      // more than 32 bits round.
      let shares = try [1e-2, 1e-3, 2e-4].map { share in
        let wanted = share * max(0.05, abs(before.objective))
        var network = one.network
        for place in learnt {
          network.values[place] -= Float(wanted / square) * before.gradients[place]
        }
        let after = try one.trainer.examine(network, one.examples, asTraining: true)
        return (before.objective - after.objective) / wanted
      }
      #expect(shares.contains { (0.8...1.2).contains($0) }, "\(shares) \(one)")
    }
    #expect(moved > 150)
  }

  /// `train` with the whole set as its batch makes exactly that step.
  @Test func trainingFollowsTheGradient() throws {
    var compared = 0
    for seed in 1...120 as ClosedRange<UInt64> {
      let one = try RandomNetwork.make(seed, seed.isMultiple(of: 4) ? .manyRows : .small)
      // What dropout drops is drawn anew in each step; a batch of one row has no statistics.
      let training = ModelProgram(
        one.network, Preprocessing(inputShape: one.network.inputShape), isTraining: true)
      let hasChance = one.network.nodes.indices.contains {
        training.layers.hasChance($0, in: training.program)
      }
      let comparesRows = one.network.nodes.contains { $0.layer.comparesRows }
      guard !hasChance, !comparesRows || one.examples.count > 1 else { continue }
      compared += 1
      let seen = try one.trainer.examine(one.network, one.examples, asTraining: true)
      var (network, state) = (one.network, TrainingState(seed: seed))
      let rate = 0.1
      try one.trainer.train(
        &network, &state, on: one.examples,
        TrainingOptions(
          epochs: 1, batchSize: one.examples.count, learningRate: { _ in rate }))
      for node in network.nodes {
        for slot in node.parameters where !slot.isFrozen {
          let difference = firstDifference(
            slot.range.map { Double(network.values[$0]) },
            slot.range.map {
              Double(one.network.values[$0]) - rate * Double(seen.gradients[$0])
            })
          #expect(difference == nil, "\(node.name).\(slot.name), \(one)")
        }
      }
    }
    #expect(compared > 60)
  }

  /// The catalog's words are all in it, so that a new one is tried without being added here.
  @Test func everyWordIsDrawn() throws {
    var drawn: Set<String> = []
    for run in Self.runs where run.size.testDescription != "large" {
      for seed in run.seeds {
        let one = try RandomNetwork.make(seed, run.size)
        drawn.formUnion(one.network.nodes.map(\.layer.kind))
        drawn.formUnion(one.network.nodes.compactMap(\.layer.activation?.name))
        drawn.formUnion(
          one.network.nodes.compactMap { $0.options.initializer.map { "\(type(of: $0))" } })
        drawn.insert(one.trainer.loss.name)
      }
    }
    let catalog = Catalog.standard
    let words =
      catalog.layers.map(\.name) + catalog.activations.map(\.name) + catalog.losses.map(\.name)
    #expect(words.filter { !drawn.contains($0) } == [])
    let initializers = try catalog.initializers.map { "\(type(of: try $0.makeWithDefaults()))" }
    #expect(initializers.filter { !drawn.contains($0) } == [])
  }
}
