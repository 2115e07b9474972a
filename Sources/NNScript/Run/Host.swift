import NNEngine

/// What a session needs of the world around it. The library itself opens, prints and asks nothing.
public protocol Host: AnyObject {
  /// Takes what happens, in order, on the thread that runs the script.
  func receive(_ event: Event)
  /// Whether the script should stop as soon as it can; asked often, so it must be cheap.
  var isCancelled: Bool { get }
  /// How the script reaches files: a host decides what it may read and write.
  var files: any FileAccess { get }
  /// What results are shown on; asked for whenever something is drawn, so it may change.
  var screen: Screen { get }
}

extension Host {
  /// The disk, unless a host says otherwise.
  public var files: any FileAccess { DiskFiles() }
  /// Never, unless a host says otherwise.
  public var isCancelled: Bool { false }
  /// Eighty columns of ASCII without colours, unless a host says otherwise.
  public var screen: Screen { .plain }
}

/// A host that keeps nothing: results are read from the session.
public final class SilentHost: Host {
  /// Makes a host.
  public init() {}
  /// Drops the event.
  public func receive(_ event: Event) {}
}

/// Something a script did that a host may want to show, log or draw.
public enum Event {
  /// Results, ready to be printed: one or more lines without the last line's end. `command` is
  /// the word that gave them, and `value` what it gave, for hosts that write data.
  case output(String, command: String?, value: Value)
  /// Something to know that is not a result: what `data` understood, an output layer added.
  case note(String, command: String)
  /// A warning, or an error that ends the run.
  case diagnostic(Diagnostic)
  /// A training begins.
  case trainingStarted(TrainingStart)
  /// A batch has been learnt; comes very often, a host draws as often as it likes.
  case batch(TrainingBatch)
  /// An epoch is over.
  case epoch(TrainingEpoch)
  /// A training is over, early or not.
  case trainingFinished(TrainingEnd)
}

/// What is known when a training begins.
public struct TrainingStart: Sendable {
  /// The model's name, empty for the unnamed one.
  public var model: String
  /// The first epoch's number, from 1 and going on over several trainings.
  public var firstEpoch: Int
  /// The last epoch's number, should nothing stop it.
  public var lastEpoch: Int
  /// The number of the first epoch that may be the last, where the loss decides.
  public var leastEpoch: Int?
  /// How many rows are learnt from.
  public var rows: Int
  /// How many rows a step takes.
  public var batchSize: Int
  /// Only every so many epochs are to be told in text; 0 for none (`quiet`).
  public var every: Int
}

/// What is known within an epoch.
public struct TrainingBatch: Sendable {
  /// The epoch's number.
  public var epoch: Int
  /// The number of the last epoch.
  public var lastEpoch: Int
  /// The number of the first epoch that may be the last, where the loss decides.
  public var leastEpoch: Int?
  /// From 1.
  public var batch: Int
  /// How many batches the epoch has.
  public var batches: Int
  /// The mean loss of the epoch so far.
  public var loss: Double
  /// Seconds since the training began.
  public var seconds: Double
  /// Rows learnt from each second, on average so far.
  public var samplesPerSecond: Double
}

/// What is known at the end of an epoch.
public struct TrainingEpoch: Sendable {
  /// The epoch's number.
  public var epoch: Int
  /// The number of the last epoch.
  public var lastEpoch: Int
  /// The number of the first epoch that may be the last, where the loss decides.
  public var leastEpoch: Int?
  /// Name and value in the order to show: `loss`, `accuracy`, `val_loss` ….
  public var figures: [(name: String, value: Double)]
  /// The step size the epoch used.
  public var learningRate: Double
  /// Seconds since the training began.
  public var seconds: Double
  /// Rows learnt from each second of the epoch.
  public var samplesPerSecond: Double
  /// Whether the script asked to be told of this epoch in text.
  public var isTold: Bool
}

/// How a training ended.
public struct TrainingEnd: Sendable {
  /// The number of the last whole epoch.
  public var epoch: Int
  /// Seconds since the training began.
  public var seconds: Double
  /// `epochs`, `plateau`, `until`, `patience`, `interrupted`, `failed`.
  public var stopped: String
  /// After an interruption, the line that does what is left; `nil` where the epochs are not kept.
  public var continuation: String?
  /// After an interruption, the file from which that line goes on, also in another run.
  public var checkpoint: String?
}
