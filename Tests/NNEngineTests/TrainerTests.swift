import CAllocationCount
import CKernels
import Glibc
import Testing

@testable import NNEngine

/// How a training ends, and what it leaves behind.
struct TrainerTests {
  /// y = 3x + 1000 over 41 rows.
  static let line = Examples(
    count: 41, inputShape: [1], inputs: .floats((0..<41).map { Float($0) / 20 - 1 }),
    targets: .values((0..<41).map { 3 * (Double($0) / 20 - 1) + 1000 }, width: 1))

  func makeLine() throws -> Network {
    try Network([(Dense(units: 1), LayerOptions())], inputShape: [1], seed: 3)
  }

  @Test func reportsAreInTheTargetsOwnUnits() throws {
    var network = try makeLine()
    var state = TrainingState()
    // Targets lie within 997 … 1003.
    let scaled = Preprocessing(
      inputShape: [1], targetScaling: .init(scale: [0.5], shift: [-500]))
    let trainer = Trainer(
      loss: MeanSquaredError(), optimizer: GradientDescent(), preprocessing: scaled)
    let before = try network.evaluate(
      Self.line, loss: MeanSquaredError(), metrics: [RootMeanSquaredError(), MeanAbsoluteError()],
      preprocessing: scaled)
    #expect(abs(before.metrics[0] * before.metrics[0] - before.loss) < 1e-7 * before.loss)
    try trainer.train(
      &network, &state, on: Self.line,
      TrainingOptions(epochs: 300, learningRate: { _ in 0.3 }, metrics: [Determination()]))
    #expect(abs((state.history.first?.loss ?? 0) - before.loss) < 1e-5 * before.loss)
    let after = try network.evaluate(
      Self.line, loss: MeanSquaredError(), metrics: [Determination()], preprocessing: scaled)
    #expect(after.loss < 1e-6)
    #expect(after.metrics[0] > 0.99999)
    #expect(abs(after.outputs.elements[40] - 1003) < 1e-2)
    let predicted = try network.predict(Self.line, preprocessing: scaled)
    #expect(predicted.elements == after.outputs.elements)
  }

  @Test func noEpochLearnsNothingAndABatchHoldsARow() throws {
    var network = try makeLine()
    var state = TrainingState()
    let before = network.values
    let trainer = Trainer(
      loss: MeanSquaredError(), optimizer: GradientDescent(),
      preprocessing: Preprocessing(inputShape: [1]))
    let result = try trainer.train(&network, &state, on: Self.line, TrainingOptions(epochs: 0))
    #expect(result.epochs.isEmpty && network.values == before && state.epoch == 0)
    for options in [
      TrainingOptions(epochs: -1), TrainingOptions(epochs: 1, batchSize: 0),
      TrainingOptions(epochs: 1, batchSize: -3),
    ] {
      #expect(throws: EngineError.self) {
        try trainer.train(&network, &state, on: Self.line, options)
      }
    }
    try trainer.train(
      &network, &state, on: Self.line,
      TrainingOptions(epochs: 1, batchSize: 1, learningRate: { _ in 1e-6 }))
    #expect(state.epoch == 1 && network.values != before)
  }

  /// What one rule keeps for each weight means nothing to another, however many numbers that are.
  @Test func anotherRuleOrNetworkBeginsAnew() throws {
    let rules = try Catalog.standard.optimizers.map { try $0.makeWithDefaults() }
    let plain = Preprocessing(inputShape: [1])
    for rule in rules {
      var network = try makeLine()
      var state = TrainingState()
      try Trainer(loss: MeanSquaredError(), optimizer: rule, preprocessing: plain).train(
        &network, &state, on: Self.line,
        TrainingOptions(epochs: 1, batchSize: 10, learningRate: { _ in 1e-4 }))
      let same = state.prepared(for: rule, network)
      #expect(same.step > 0 && same.step == state.step && same.slots == state.slots)
      let wide = try Network([(Dense(units: 2), LayerOptions())], inputShape: [1], seed: 3)
      if rule.slotCount > 0 { #expect(state.prepared(for: rule, wide).step == 0) }
      for other in rules where other.identity != rule.identity {
        let fresh = state.prepared(for: other, network)
        #expect(fresh.step == 0 && fresh.optimizer == other.identity)
        #expect(
          fresh.slots
            == (0..<other.slotCount).flatMap { [other.slotStart($0), other.slotStart($0)] })
      }
    }
  }

  @Test func aLossThatIsNotFinitePutsTheLastWholeEpochBack() throws {
    var network = try makeLine()
    var state = TrainingState()
    let trainer = Trainer(
      loss: MeanSquaredError(), optimizer: StochasticGradientDescent(),
      preprocessing: Preprocessing(inputShape: [1]))
    try trainer.train(&network, &state, on: Self.line, TrainingOptions(epochs: 1))
    let (goodNetwork, good) = (network, state)
    var caught: EngineError?
    do {
      try trainer.train(
        &network, &state, on: Self.line,
        TrainingOptions(epochs: 50, batchSize: 8, learningRate: { $0.epoch < 3 ? 0.01 : 1e38 }))
    } catch let error as EngineError { caught = error }
    guard case .lossNotFinite(let fault) = caught else {
      Issue.record("\(String(describing: caught))")
      return
    }
    #expect(fault.epoch == 3 && fault.batch == 2 && fault.batches == 6 && fault.layer == "dense1")
    #expect(!fault.isInWeights)
    // Of the bias in the one step that was taken: twice what two and six steps of 0.01 left of 1000.
    #expect(fault.largestGradient?.layer == "dense1")
    #expect(abs((fault.largestGradient?.value ?? 0) - 2000 * pow(0.98, 8)) < 20)
    #expect(fault.history.count == 2 && fault.history == state.history.map(\.loss))
    #expect(state.epoch == 2 && state.history[0] == good.history[0])
    #expect(network != goodNetwork && network.values.allSatisfy(\.isFinite))
  }

  @Test func weightsRuinedByTheLastStepAreNotKept() throws {
    var (network, state) = (try makeLine(), TrainingState())
    let start = network
    let trainer = Trainer(
      loss: MeanSquaredError(), optimizer: GradientDescent(),
      preprocessing: Preprocessing(inputShape: [1]))
    let caught = #expect(throws: EngineError.self) {
      try trainer.train(
        &network, &state, on: Self.line, TrainingOptions(learningRate: { _ in 1e38 }))
    }
    guard case .lossNotFinite(let fault) = caught else {
      Issue.record("\(String(describing: caught))")
      return
    }
    #expect(fault.isInWeights && !fault.isNaN)
    #expect(fault.epoch == 1 && fault.batch == 1 && fault.layer == "dense1")
    #expect(abs((fault.largestGradient?.value ?? 0) - 2000) < 10)
    #expect(network == start)
  }

  @Test func nothingIsSaidOfGradientsBeforeTheFirstStep() throws {
    var (network, state) = (try makeLine(), TrainingState())
    network.values = [.greatestFiniteMagnitude, .greatestFiniteMagnitude]
    let caught = #expect(throws: EngineError.self) {
      try Trainer(
        loss: MeanSquaredError(), optimizer: GradientDescent(),
        preprocessing: Preprocessing(inputShape: [1])
      ).train(&network, &state, on: Self.line)
    }
    guard case .lossNotFinite(let fault) = caught else {
      Issue.record("\(String(describing: caught))")
      return
    }
    #expect(fault.largestGradient == nil && !fault.isInWeights)
  }

  @Test func cancellingGoesBackToTheLastWholeEpoch() throws {
    let examples = TrainingTests.digits()
    var (network, state) = (try TrainingTests.network(), TrainingState(seed: 7))
    var (reference, referenceState) = (network, state)
    try TrainingTests.trainer.train(
      &reference, &referenceState, on: examples, TrainingOptions(epochs: 2))
    var asked = 0
    let result = try TrainingTests.trainer.train(
      &network, &state, on: examples, TrainingOptions(epochs: 9),
      isCancelled: {
        asked += 1
        return asked > 25
      })
    #expect(result.stop == .cancelled)
    #expect(network == reference)
    // And it goes on as if nothing had happened.
    try TrainingTests.trainer.train(&network, &state, on: examples, TrainingOptions(epochs: 1))
    try TrainingTests.trainer.train(
      &reference, &referenceState, on: examples, TrainingOptions(epochs: 1))
    #expect(network == reference)
  }

  @Test func cancellingKeepsTheLastEpochAndNotTheBest() throws {
    let examples = TrainingTests.digits()
    var (network, state) = (try TrainingTests.network(), TrainingState(seed: 7))
    // Such steps make the loss rise.
    let options = TrainingOptions(
      epochs: 50, learningRate: { _ in 0.5 }, validation: examples, patience: 40)
    let result = try TrainingTests.trainer.train(
      &network, &state, on: examples, options,
      observe: { event in
        if case .epochFinished(let epoch) = event { epoch.number < 20 } else { true }
      })
    #expect(result.stop == .cancelled)
    let best = state.history.min { $0.validationLoss ?? 0 < $1.validationLoss ?? 0 }
    #expect(best?.number != 20)
    #expect(state.epoch == 20)
  }

  @Test func patienceKeepsTheBestEpoch() throws {
    let examples = TrainingTests.digits(64)
    var (network, state) = (try TrainingTests.network(dropout: 0), TrainingState(seed: 7))
    let validation = TrainingTests.digits(50, seed: 99)
    let result = try TrainingTests.trainer.train(
      &network, &state, on: examples,
      TrainingOptions(
        epochs: 400, learningRate: { _ in 0.05 }, validation: validation, patience: 5))
    #expect(result.stop == .patience)
    let losses = result.epochs.compactMap(\.validationLoss)
    #expect(result.bestEpoch == (losses.firstIndex(of: losses.min() ?? 0) ?? -1) + 1)
    #expect(result.epochs.count == result.bestEpoch + 5)
    let measured = try network.evaluate(
      validation, loss: CrossEntropy(), preprocessing: TrainingTests.preprocessing())
    #expect(measured.loss == losses.min())
    #expect(measured.confusion?.flatMap { $0 }.reduce(0, +) == 50)
  }

  @Test func untilAndRatesSeeLiveValues() throws {
    var (network, state) = (try makeLine(), TrainingState())
    let trainer = Trainer(
      loss: MeanSquaredError(), optimizer: GradientDescent(),
      preprocessing: Preprocessing(inputShape: [1]))
    var seen: [Int] = []
    let result = try trainer.train(
      &network, &state, on: Self.line,
      TrainingOptions(
        epochs: 100,
        learningRate: { live in
          seen.append(live.epoch)
          #expect(live.epoch == 1 ? live.figures.isEmpty : live.figures["loss"] != nil)
          return 0.01
        }, until: { ($0.figures["loss"] ?? 0) < 500_000 }))
    #expect(result.stop == .until)
    #expect(seen == Array(1...result.epochs.count))
  }

  @Test func networksAndRowsThatDoNotFitAreRefused() throws {
    var (network, state) = (try TrainingTests.network(), TrainingState())
    #expect(throws: EngineError.outputMismatch(found: 10, needed: 1)) {
      try TrainingTests.trainer.train(
        &network, &state,
        on: Examples(
          count: 1, inputShape: [20], inputs: .floats(.init(repeating: 0, count: 20)),
          targets: .values([0], width: 1)))
    }
    #expect(throws: EngineError.outputMismatch(found: 10, needed: 13)) {
      try TrainingTests.trainer.train(
        &network, &state,
        on: Examples(
          count: 1, inputShape: [20], inputs: .floats(.init(repeating: 0, count: 20)),
          targets: .classes([12])))
    }
    #expect(throws: EngineError.self) {
      try TrainingTests.trainer.train(&network, &state, on: Self.line)
    }
  }

  @Test func oneRowAtATimeAndRaggedBatchesLearnAlike() throws {
    // With a constant network the mean loss does not depend on how rows are grouped.
    let examples = TrainingTests.digits(101)
    var losses: [Double] = []
    for batch in [1, 7, 32, 101, 5000] {
      var (network, state) = (try TrainingTests.network(dropout: 0), TrainingState())
      let record = try TrainingTests.trainer.train(
        &network, &state, on: examples,
        TrainingOptions(epochs: 1, batchSize: batch, learningRate: { _ in 0 }))
      losses.append(record.epochs[0].loss)
    }
    for loss in losses { #expect(abs(loss - losses[0]) < 1e-6) }
  }

  @Test func clippingLimitsTheStep() throws {
    var (network, state) = (try makeLine(), TrainingState())
    let start = network.values
    let trainer = Trainer(
      loss: MeanSquaredError(), optimizer: GradientDescent(),
      preprocessing: Preprocessing(inputShape: [1]))
    try trainer.train(
      &network, &state, on: Self.line,
      TrainingOptions(epochs: 1, learningRate: { _ in 1 }, limits: GradientLimits(length: 0.5)))
    let moved = zip(start, network.values).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
    #expect(abs(moved.squareRoot() - 0.5) < 1e-3)
  }

  /// The bias has the great gradient, some -2000; the weight's own of some -2 stays.
  @Test func eachNumberOfAGradientCanBeLimited() throws {
    func moved(_ limits: GradientLimits) throws -> [Float] {
      var (network, state) = (try makeLine(), TrainingState())
      let start = network.values
      let trainer = Trainer(
        loss: MeanSquaredError(), optimizer: GradientDescent(),
        preprocessing: Preprocessing(inputShape: [1]))
      try trainer.train(
        &network, &state, on: Self.line,
        TrainingOptions(epochs: 1, learningRate: { _ in 0.5 }, limits: limits))
      return zip(start, network.values).map { $1 - $0 }
    }
    let free = try moved(GradientLimits())
    #expect(free[1] > 900 && abs(free[0]) > 0.1)
    let limited = try moved(GradientLimits(value: 8))
    #expect(limited[0] == free[0])
    #expect(abs(limited[1] - 4) < 1e-5)
    // Numbers first, then the length of what is left.
    let both = try moved(GradientLimits(length: 1, value: 8))
    #expect(abs(both[1] / both[0] - limited[1] / limited[0]) < 1e-4)
    #expect(abs((both[0] * both[0] + both[1] * both[1]).squareRoot() - 0.5) < 1e-5)
  }

  @Test func aLimitLeavesNaN() {
    let g = Buffer<Float>(count: 5)
    g.load([.nan, .infinity, -.infinity, 0.25, -3])
    nn_limit(g.start, 5, 2)
    #expect(g.start[0].isNaN)
    #expect(Array(g.array[1...]) == [2, -2, 0.25, -2])
  }

  /// Ways that part and meet, normalised by row and by batch.
  static func graph() throws -> Network {
    try Network(
      graph: [
        .init(Dense(units: 24), inputs: [Network.input]),
        .init(BatchNormalization(), inputs: [0]),
        .init(ActivationLayer(Tanh()), inputs: [1]),
        .init(Dense(units: 24, activation: ReLU()), inputs: [2]),
        .init(Sum(), inputs: [3, 2]),
        .init(LayerNormalization(), inputs: [4]),
        .init(Dropout(rate: 0.1), inputs: [4]),
        .init(Flatten(), inputs: [4]),
        .init(Concatenation(), inputs: [5, 6, 7]),
        .init(Dense(units: 10, activation: Softmax()), inputs: [8]),
      ], inputShape: [20], seed: 7)
  }

  @Test(
    .enabled(if: allocations_are_counted()),
    arguments: [(false, false), (true, false), (false, true)])
  func aStepAllocatesNothing(isGraph: Bool, isAugmented: Bool) throws {
    var examples = TrainingTests.digits()
    if isAugmented { examples.inputShape = [5, 4, 1] }
    var augmentation = Augmentation()
    (augmentation.flip, augmentation.rotate, augmentation.mixup) = (true, 15, 0.2)
    (augmentation.noise, augmentation.cutout) = (0.1, 3)
    let augmenter = isAugmented ? try Augmenter(augmentation, examples, seed: 1) : nil
    let network = try isGraph ? Self.graph() : TrainingTests.network()
    // Boxed once: making it an `any` for each step would be an allocation of the test's own.
    let optimizer: any Optimizer = Adam()
    let plan = try Plan(
      network, parameters: WorkingParameters(network, trains: true, slotCount: 2), maxRows: 64,
      trains: true, loss: CrossEntropy(), metrics: [Accuracy()],
      preprocessing: TrainingTests.preprocessing(), workers: Workers(count: 1),
      augmenter: augmenter)
    let order = [Int32](0..<300)
    try examples.withSource { source in
      try order.withUnsafeBufferPointer { order in
        func step(_ number: Int) throws {
          try plan.run(source, order: order.baseAddress, rows: 50, step: UInt64(number))
          try plan.follow(
            optimizer, optimizer.factors(learningRate: 0.01, step: number),
            number % 2 == 0 ? GradientLimits() : GradientLimits(length: 0.01, value: 0.01))
        }
        try step(1)
        let before = allocations_of_this_thread()
        for number in 2...20 { try step(number) }
        #expect(allocations_of_this_thread() == before)
      }
    }
    let before = allocations_of_this_thread()
    let block = Buffer<Float>(count: 10)
    #expect(allocations_of_this_thread() > before, "the counter counts")
    _ = block
  }
}
