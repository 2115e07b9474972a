import Glibc

/// A range test of step sizes: a copy of a network is trained with a rate that grows from step to
/// step, and the loss over the same rows is taken after each.
///
///     loss │─────╮            the rate to use stands where the loss falls fastest,
///          │      ╲      ╭    well before it rises
///          │       ╰─────╯
///          └─────────────── rate
///
/// - Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017.
public struct RateTest: Sendable {
  /// The loss right after a step of a size.
  public struct Point: Sendable, Equatable {
    /// The step size.
    public var rate: Double
    /// The mean loss over the rows that are watched.
    public var loss: Double
  }

  /// Before the first step.
  public var startLoss: Double
  /// Step by step; ends early where the loss has left all bounds.
  public var points: [Point]

  /// The rate at which the loss falls fastest, to one digit and well away from where it rises; `nil`
  /// where it falls nowhere by a
  /// thousandth of what it was.
  public var suggestion: Double? {
    let losses = steadyPart
    guard let least = losses.indices.min(by: { losses[$0] < losses[$1] }), least > 0,
      losses[least] < startLoss - abs(startLoss) * 1e-3
    else { return nil }
    // One step may fall by luck, so the slope is taken over several.
    let reach = max(1, points.count / 25)
    func slope(_ step: Int) -> Double {
      let (from, to) = (max(0, step - reach), min(least, step + reach))
      return (losses[to] - losses[from]) / Double(max(1, to - from))
    }
    guard let steepest = (1...least).min(by: { slope($0) < slope($1) }) else { return nil }
    // Where the loss is least, a little more throws it up; a third of that keeps away (a guess).
    return Self.rounded(min(points[steepest - 1].rate, points[least - 1].rate / 3))
  }

  /// The losses from the start until one stands well above the least so far: beyond that a step
  /// may fall far, but only because the one before threw it up.
  private var steadyPart: [Double] {
    var losses = [startLoss]
    var least = startLoss
    for point in points {
      if point.loss > least + 0.1 * abs(startLoss) { break }
      losses.append(point.loss)
      least = min(least, point.loss)
    }
    return losses
  }

  /// To one significant digit, which is all that a rate of this kind means.
  static func rounded(_ rate: Double) -> Double {
    let size = pow(10, floor(log10(rate)))
    let digits = (rate / size).rounded()
    // Through its text: 3 times 0.001 is not the number that 0.003 is.
    return size < 1 ? digits / (1 / size).rounded() : digits * size
  }
}

extension Trainer {
  /// How many rows a test looks at after each step.
  static let watchedRows = 512

  /// Tries rates from one to another, evenly by ratio, on a copy of the network.
  ///
  /// - Throws: as `train`; a loss that is not finite ends the test.
  public func testRates(
    _ network: Network, _ state: TrainingState, on examples: Examples,
    from first: Double = 1e-6, to last: Double = 10, steps: Int = 100, batchSize: Int = 32,
    workers: Workers = .shared, isCancelled: () -> Bool = { false }
  ) throws -> RateTest {
    var probe = try RateProbe(
      self, network, state, examples, batchSize: batchSize, workers: workers)
    var test = RateTest(startLoss: try probe.loss(), points: [])
    for step in 0..<steps where !isCancelled() {
      let rate = first * pow(last / first, Double(step) / Double(max(1, steps - 1)))
      guard let loss = try probe.step(rate) else { break }
      test.points.append(RateTest.Point(rate: rate, loss: loss))
      // Far beyond where it began it will not come back.
      if loss > 4 * abs(test.startLoss) + 1 { break }
    }
    return test
  }

  /// The loss over some rows after so many steps of one size, on a copy of the network; infinite
  /// where it is lost on the way.
  ///
  /// - Throws: as `train`.
  public func lossAfter(
    _ steps: Int, rate: Double, _ network: Network, _ state: TrainingState, on examples: Examples,
    batchSize: Int = 32, workers: Workers = .shared
  ) throws -> Double {
    var probe = try RateProbe(
      self, network, state, examples, batchSize: batchSize, workers: workers)
    for _ in 0..<steps where try probe.move(rate) == false { return .infinity }
    let loss = try probe.loss()
    return loss.isFinite ? loss : .infinity
  }
}

/// A copy of a network that is moved step by step while its loss over the same rows is watched.
private struct RateProbe {
  let trainer: Trainer
  var network: Network
  var state: TrainingState
  let batches: [Examples]
  let watched: Examples
  let workers: Workers
  private var next = 0

  init(
    _ trainer: Trainer, _ network: Network, _ state: TrainingState, _ examples: Examples,
    batchSize: Int, workers: Workers
  ) throws {
    guard examples.count > 0 else { throw EngineError.invalid("there are no rows to learn from") }
    self.trainer = trainer
    self.network = network
    self.state = state
    self.workers = workers
    watched = examples.spread(Trainer.watchedRows)
    if trainer.optimizer.usesWholeSet || batchSize >= examples.count {
      batches = [examples]
    } else {
      var order = Array(0..<examples.count)
      var stream = RandomStream(seed: network.seed, stream: .order, index: 1)
      stream.shuffle(&order)
      // No more batches than a test has steps: the rest of a large set is never looked at.
      let count = min((examples.count + batchSize - 1) / batchSize, 256)
      batches = (0..<count).map { batch in
        examples.rows(
          Array(order[batch * batchSize..<min((batch + 1) * batchSize, examples.count)]))
      }
    }
  }

  func loss() throws -> Double {
    try network.evaluate(
      watched, loss: trainer.loss, preprocessing: trainer.preprocessing, workers: workers
    ).loss
  }

  /// Takes a step; false where the loss was lost.
  mutating func move(_ rate: Double) throws -> Bool {
    let batch = batches[next % batches.count]
    next += 1
    do {
      try trainer.train(
        &network, &state, on: batch,
        TrainingOptions(
          epochs: 1, batchSize: batch.count, learningRate: { _ in rate }, workers: workers))
      return true
    } catch EngineError.lossNotFinite, EngineError.equationFault {
      return false
    }
  }

  mutating func step(_ rate: Double) throws -> Double? {
    guard try move(rate) else { return nil }
    do {
      let loss = try loss()
      return loss.isFinite ? loss : nil
    } catch EngineError.equationFault {
      return nil
    }
  }
}
