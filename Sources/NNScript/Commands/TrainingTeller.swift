import NNEngine

/// Turns what the trainer reports into a host's events.
final class TrainingTeller {
  private let host: any Host
  private let model: String
  private let metrics: [String]
  private let rows: Int
  private let batch: Int
  private let first: Int
  private let last: Int
  private let least: Int?
  private let every: Int
  private let clock = ContinuousClock()
  private let begin: ContinuousClock.Instant
  /// The losses that are watched: of the validation part where there is one.
  private(set) var losses: [Double]
  private var current = 0
  private var batches = 1
  /// Whether the host was told that the training is over.
  private var isOver = false

  init(
    host: any Host, model: String, metrics: [String], rows: Int, batch: Int, first: Int,
    last: Int, length: TrainingLength, every: Int, losses: [Double] = []
  ) {
    self.host = host
    self.model = model
    self.metrics = metrics
    self.rows = rows
    self.batch = batch
    self.first = first
    self.every = every
    self.losses = losses
    self.last = last
    least = length.settling.map { first + $0.leastEpochs - 1 }
    begin = clock.now
  }

  private var seconds: Double { (clock.now - begin).seconds }

  func start() {
    host.receive(
      .trainingStarted(
        TrainingStart(
          model: model, firstEpoch: first, lastEpoch: last, leastEpoch: least, rows: rows,
          batchSize: batch, every: every)))
  }

  /// An epoch as the history keeps it.
  func epoch(_ epoch: TrainingState.Epoch) -> Model.Epoch {
    var figures: [(name: String, value: Double)] = [("loss", epoch.loss)]
    figures += zip(metrics, epoch.metrics).map { ($0, $1) }
    if let loss = epoch.validationLoss {
      figures.append(("val_loss", loss))
      figures += zip(metrics, epoch.validationMetrics).map { ("val_" + $0, $1) }
    }
    return Model.Epoch(
      number: epoch.number, figures: figures, learningRate: epoch.learningRate,
      seconds: epoch.seconds)
  }

  func tell(_ event: TrainingEvent) -> Bool {
    switch event {
    case .epochStarted(let number, _, let batches):
      current = number
      self.batches = batches
    case .batch(let done, let batches, let loss):
      let seconds = seconds
      let samples = Double((current - first) * rows + min(done * batch, rows))
      host.receive(
        .batch(
          TrainingBatch(
            epoch: current, lastEpoch: last, leastEpoch: least, batch: done, batches: batches,
            loss: loss,
            seconds: seconds, samplesPerSecond: seconds > 0 ? samples / seconds : 0)))
    case .epochFinished(let finished):
      losses.append(finished.validationLoss ?? finished.loss)
      let isTold = every > 0 && (finished.number % every == 0 || finished.number == last)
      host.receive(
        .epoch(
          TrainingEpoch(
            epoch: finished.number, lastEpoch: last, leastEpoch: least,
            figures: epoch(finished).figures,
            learningRate: finished.learningRate, seconds: seconds,
            samplesPerSecond: finished.examplesPerSecond, isTold: isTold)))
    }
    return true
  }

  /// - Parameters:
  ///   - checkpoint: the file from which the training can go on.
  ///   - line: the line that goes on, given how many epochs are left.
  func finish(
    _ epoch: Int, _ seconds: Double, _ stop: TrainingResult.Stop, checkpoint: String?,
    line: (_ epochs: Int) -> String?
  ) {
    var end = TrainingEnd(epoch: epoch, seconds: seconds, stopped: stop.rawValue)
    if stop == .cancelled {
      end.stopped = "interrupted"
      end.continuation = line(last - epoch)
      end.checkpoint = checkpoint
    }
    isOver = true
    host.receive(.trainingFinished(end))
  }

  /// Tells that the training failed, unless its end has been told.
  func fail(_ epoch: Int) {
    guard !isOver else { return }
    isOver = true
    host.receive(
      .trainingFinished(TrainingEnd(epoch: epoch, seconds: seconds, stopped: "failed")))
  }
}
