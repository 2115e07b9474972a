/// One training from its first to its last epoch.
///
/// `network` and `state` are always those of the end of the last whole epoch; what is under way
/// lives in the plan.
final class TrainingRun {
  private(set) var network: Network
  private(set) var state: TrainingState

  private let trainer: Trainer
  private let options: TrainingOptions
  private let plan: Plan
  private let tally: MetricTally
  private let evaluator: Evaluator?
  private let augmenter: Augmenter?
  private let parameters: WorkingParameters
  private let batchSize: Int
  private let batches: Int
  private let count: Int
  private var order: [Int32]
  private var orderStream: RandomStream
  private let start: TrainingPoint.Start
  private var step: Int
  private var settling: Settling?
  private var firstLoss: Double?
  private var best: TrainingPoint.Best?
  private let began: Double

  // The epoch under way.
  private var rate = 0.0
  private var lossSum = 0.0
  private var batchesDone = 0
  /// Whether the plan's numbers are those between two steps.
  private var isBetweenSteps = true
  /// The step of the point that was kept last.
  private var keptStep = -1

  init(
    _ trainer: Trainer, _ network: Network, _ state: TrainingState, _ examples: Examples,
    _ options: TrainingOptions
  ) throws(EngineError) {
    self.trainer = trainer
    self.network = network
    self.options = options
    settling = options.settling
    count = examples.count
    batchSize = trainer.optimizer.usesWholeSet ? count : min(options.batchSize, count)
    batches = (count + batchSize - 1) / batchSize
    try Plan.admit(
      network, maxRows: batchSize, trains: true, slotCount: 2 * trainer.optimizer.slotCount)
    parameters = WorkingParameters(
      network, trains: true, slotCount: trainer.optimizer.slotCount)
    let state = state.prepared(for: trainer.optimizer, network)
    parameters.slots.load(state.slots)
    augmenter =
      trainer.augmentation.isNone
      ? nil : try Augmenter(trainer.augmentation, examples, seed: network.seed)
    plan = try Plan(
      network, parameters: parameters, maxRows: batchSize, trains: true, loss: trainer.loss,
      learning: trainer.learning, metrics: options.metrics, judging: options.judging,
      preprocessing: trainer.preprocessing, workers: options.workers, augmenter: augmenter)
    tally = MetricTally(
      options.metrics, options.judging, loss: trainer.loss,
      answer: trainer.preprocessing.answer, width: plan.width, rows: count)
    evaluator =
      options.validation == nil
      ? nil
      : Evaluator(
        network, parameters: parameters, loss: trainer.loss, metrics: options.metrics,
        judging: options.judging, preprocessing: trainer.preprocessing, workers: options.workers)
    order = [Int32](0..<Int32(count))
    orderStream = state.order
    start = options.point?.start ?? TrainingPoint.Start(epoch: state.epoch, step: state.step)
    step = state.step
    self.state = state
    began = monotonicSeconds() - (options.point?.seconds ?? 0)
    if let point = options.point { try goOn(from: point) }
  }

  /// Takes up a training where it stood; network and state are those of the point already.
  private func goOn(from point: TrainingPoint) throws(EngineError) {
    best = point.best
    firstLoss = point.firstLoss
    if let firstLoss { settling?.begin(firstLoss) }
    for record in state.history[point.recordsBefore...] { _ = settling?.add(record.loss) }
    if let open = point.open {
      let rows = min(open.batches * batchSize, count)
      guard open.batches <= batches, open.slots.count == parameters.slots.count,
        tally.resume(open.sums, open.outputs, rows: rows)
      else { throw .invalid("the epoch under way is of another training") }
      parameters.values.load(open.values)
      parameters.slots.load(open.slots)
      (step, batchesDone) = (open.step, open.batches)
      (rate, lossSum) = (open.rate, open.lossSum)
    }
    if options.keeper?.hasStart == true { keptStep = step }
  }

  /// Where the training stands; an epoch under way belongs to it only between two steps.
  private func point(stop: TrainingResult.Stop? = nil) -> TrainingPoint {
    var point = TrainingPoint(
      start: start, values: network.values, state: state, firstLoss: firstLoss, best: best,
      seconds: monotonicSeconds() - began, stop: stop)
    if batchesDone > 0, isBetweenSteps {
      let kept = tally.kept(rows: min(batchesDone * batchSize, count))
      point.open = TrainingPoint.OpenEpoch(
        batches: batchesDone, step: step, rate: rate, lossSum: lossSum, sums: kept.sums,
        outputs: kept.outputs, values: parameters.values.array, slots: parameters.slots.array)
    }
    return point
  }

  /// Hands out a point where one is wanted.
  private func keepPoint(isEpochEnd: Bool) throws {
    guard let keeper = options.keeper, keeper.isDue(isEpochEnd) else { return }
    keptStep = step
    try keeper.keep(point())
  }

  /// Hands out the last point, unless the one before is nearer to where the training stands.
  private func keepLastPoint(_ stop: TrainingResult.Stop) throws {
    guard let keeper = options.keeper else { return }
    // What has ended already ends again in the same way.
    if keeper.hasStart, keptStep == step, stop == options.point?.stop { return }
    if stop == .cancelled {
      let last = isBetweenSteps ? step : state.step
      guard keptStep < last else { return }
    }
    try keeper.keep(point(stop: stop == .cancelled ? nil : stop))
  }

  func go(
    _ source: BatchSource, _ isCancelled: () -> Bool, _ observe: (TrainingEvent) throws -> Bool
  ) throws -> TrainingResult {
    let last = start.epoch + min(options.epochs, .max - start.epoch)
    let firstRecord = options.point?.recordsBefore ?? state.history.count
    var live = LiveValues(
      epoch: state.epoch,
      epochs: start.epoch + min(settling?.leastEpochs ?? .max, last - start.epoch),
      learningRate: state.history[firstRecord...].last?.learningRate
        ?? trainer.optimizer.defaultLearningRate,
      seconds: options.point?.seconds ?? 0, figures: state.history.last.map(figures) ?? [:])
    // A training that took its epochs goes on where it is given more; the others have ended.
    var stop = options.point?.stop ?? .epochs
    let needsLive = options.learningRate != nil || options.until != nil

    while stop == .epochs, state.epoch < last {
      let started = monotonicSeconds()
      live.epoch = state.epoch + 1
      if batchesDone == 0 {
        rate = try options.learningRate?(live) ?? trainer.optimizer.defaultLearningRate
      }
      guard try observe(.epochStarted(number: live.epoch, last: last, batches: batches)),
        let (loss, metrics) = try unlessInterrupted({
          try trainEpoch(source, isCancelled, observe)
        })
      else {
        stop = .cancelled
        break
      }
      let trained = monotonicSeconds()
      var record = TrainingState.Epoch(
        number: live.epoch, loss: loss, metrics: metrics, validationLoss: nil,
        validationMetrics: [], learningRate: rate, seconds: 0,
        examplesPerSecond: Double(count) / max(trained - started, 1e-9))
      if let validation = options.validation, let evaluator {
        guard let result = try unlessInterrupted({ try measure(validation, evaluator) }) else {
          stop = .cancelled
          break
        }
        record.validationLoss = result.loss
        record.validationMetrics = result.metrics.map(\.value)
      }
      let now = monotonicSeconds()
      record.seconds = now - started
      keep(record)
      if needsLive {
        live.learningRate = rate
        live.seconds = now - began
        live.figures = figures(record)
      }
      let goesOn = try observe(.epochFinished(record))
      if let patience = options.patience, let watched = record.validationLoss {
        if watched < best?.loss ?? .infinity {
          best = TrainingPoint.Best(loss: watched, values: network.values, state: state)
        } else if let best, record.number - best.state.epoch >= patience {
          stop = .patience
          break
        }
      }
      if !goesOn {
        stop = .cancelled
        break
      }
      if try options.until?(live) ?? false {
        stop = .until
        break
      }
      if settling?.add(record.loss) ?? false {
        stop = .plateau
        break
      }
      if state.epoch < last { try keepPoint(isEpochEnd: true) }
    }
    try keepLastPoint(stop)
    let records = Array(state.history[firstRecord...])
    var bestEpoch = state.epoch
    // Whoever breaks off wants to go on where the training was.
    if let best, stop != .cancelled {
      // The history tells what happened; everything else goes back to the best epoch.
      let history = state.history
      (network.values, state) = (best.values, best.state)
      bestEpoch = best.state.epoch
      state.history = history
    }
    return TrainingResult(
      stop: stop, epochs: records, bestEpoch: bestEpoch, seconds: monotonicSeconds() - began)
  }

  /// What work gives, or `nil` where it was to end before it was done.
  private func unlessInterrupted<Result>(_ work: () throws -> Result?) throws -> Result? {
    do {
      return try work()
    } catch EngineError.interrupted {
      return nil
    }
  }

  private func measure(
    _ validation: Examples, _ evaluator: Evaluator
  ) throws(EngineError) -> Evaluator.Figures {
    do {
      return try evaluator.measure(validation)
    } catch .equationFault(let lost, .row(let row)) {
      throw .equationFault(lost, .validation(epoch: state.epoch + 1, row: row))
    }
  }

  /// One pass over all examples, or `nil` where it was cancelled.
  private func trainEpoch(
    _ source: BatchSource, _ isCancelled: () -> Bool, _ observe: (TrainingEvent) throws -> Bool
  ) throws -> (loss: Double, metrics: [Double])? {
    let shuffled = options.shuffles && batches > 1
    if shuffled {
      // From the natural order each time: the stream's position alone then says what follows.
      for index in order.indices { order[index] = Int32(truncatingIfNeeded: index) }
      orderStream.shuffle(&order)
    }
    augmenter?.epoch = UInt64(state.epoch + 1)
    if batchesDone == 0 {
      lossSum = 0
      tally.begin()
    }
    let finished = try order.withUnsafeBufferPointer { order in
      for batch in batchesDone..<batches {
        if isCancelled() { return false }
        let first = batch * batchSize
        let rows = min(batchSize, count - first)
        step += 1
        isBetweenSteps = false
        try plan.run(
          source, order: order.baseAddress.map { $0 + first }, rows: rows, step: UInt64(step),
          sink: tally.sink(row: first))
        let place = EquationFault.Place.step(epoch: state.epoch + 1, batch: batch + 1)
        if let lost = plan.firstFault { throw EngineError.equationFault(lost, place) }
        let batchLoss = plan.lossSum
        guard batchLoss.isFinite else {
          throw fault(batch, plan.firstLayerGoneWrong, isNaN: batchLoss.isNaN)
        }
        let factors = trainer.optimizer.factors(learningRate: rate, step: step)
        try plan.follow(trainer.optimizer, factors, options.limits)
        // The next batch would hide where it began.
        if let rule = trainer.optimizer as? EquationOptimizer,
          let lost = plan.fault(of: rule, factors)
        {
          throw EngineError.equationFault(lost, place)
        }
        if step == start.step + 1 {
          firstLoss = batchLoss / Double(rows)
          settling?.begin(batchLoss / Double(rows))
        }
        lossSum += batchLoss
        tally.add(plan)
        batchesDone = batch + 1
        isBetweenSteps = true
        if batch + 1 < batches { try keepPoint(isEpochEnd: false) }
        guard
          try observe(
            .batch(done: batch + 1, batches: batches, loss: lossSum / Double(first + rows)))
        else { return batch + 1 == batches }
      }
      return true
    }
    guard finished else { return nil }
    // The last step's harm would show in the next epoch only, when this one had been kept.
    if let (layer, isNaN) = plan.firstLayerWithoutWeights {
      throw fault(batches - 1, layer, isNaN: isNaN, isInWeights: true)
    }
    let metrics = order.withUnsafeBufferPointer { order in
      tally.figures(source, order: order.baseAddress, count: count)
    }
    return (lossSum / Double(count), metrics.map(\.value))
  }

  private func fault(
    _ batch: Int, _ layer: String?, isNaN: Bool, isInWeights: Bool = false
  ) -> EngineError {
    // What stands there comes from the last step that moved weights; none has in the first.
    let isFirst = step == start.step + (isInWeights ? 0 : 1)
    return .lossNotFinite(
      TrainingFault(
        epoch: state.epoch + 1, batch: batch + 1, batches: batches, layer: layer, isNaN: isNaN,
        isInWeights: isInWeights, largestGradient: isFirst ? nil : plan.largestGradient,
        history: state.history.map(\.loss)))
  }

  /// Makes what the plan holds the state to come back to.
  private func keep(_ record: TrainingState.Epoch) {
    parameters.values.store(into: &network.values)
    parameters.slots.store(into: &state.slots)
    state.epoch = record.number
    state.step = step
    state.order = orderStream
    state.history.append(record)
    batchesDone = 0
  }

  private func figures(_ record: TrainingState.Epoch) -> [String: Double] {
    var result = ["loss": record.loss]
    if let loss = record.validationLoss { result["val_loss"] = loss }
    for (metric, value) in zip(options.metrics, record.metrics) { result[metric.name] = value }
    for (metric, value) in zip(options.metrics, record.validationMetrics) {
      result["val_\(metric.name)"] = value
    }
    return result
  }
}
