import NNEngine

extension Event {
  /// The event as data, as `nns run --json` writes it, one a line.
  public func json(in sources: SourceMap) -> JSONValue {
    switch self {
    case .output(let text, let command, let value):
      [
        "event": "output", "command": command.map { .string($0) } ?? .null, "text": .string(text),
        "value": JSONValue(value),
      ]
    case .note(let text, let command):
      ["event": "note", "command": .string(command), "text": .string(text)]
    case .diagnostic(let diagnostic):
      ["event": "diagnostic", "diagnostic": diagnostic.json(in: sources)]
    case .trainingStarted(let start):
      [
        "event": "training_started", "model": .string(start.model),
        "first_epoch": JSONValue(start.firstEpoch), "last_epoch": JSONValue(start.lastEpoch),
        "least_epoch": JSONValue(start.leastEpoch ?? start.lastEpoch),
        "rows": JSONValue(start.rows), "batch_size": JSONValue(start.batchSize),
      ]
    case .batch(let batch):
      [
        "event": "batch", "epoch": JSONValue(batch.epoch), "last_epoch": JSONValue(batch.lastEpoch),
        "least_epoch": JSONValue(batch.leastEpoch ?? batch.lastEpoch),
        "batch": JSONValue(batch.batch), "batches": JSONValue(batch.batches),
        "loss": .number(batch.loss), "seconds": .number(batch.seconds),
        "samples_per_second": .number(batch.samplesPerSecond),
      ]
    case .epoch(let epoch):
      .object(
        [
          .init("event", "epoch"), .init("epoch", JSONValue(epoch.epoch)),
          .init("last_epoch", JSONValue(epoch.lastEpoch)),
          .init("least_epoch", JSONValue(epoch.leastEpoch ?? epoch.lastEpoch)),
        ] + epoch.figures.map { .init($0.name, .number($0.value)) } + [
          .init("learning_rate", .number(epoch.learningRate)),
          .init("seconds", .number(epoch.seconds)),
          .init("samples_per_second", .number(epoch.samplesPerSecond)),
        ])
    case .trainingFinished(let end):
      [
        "event": "training_finished", "epoch": JSONValue(end.epoch),
        "seconds": .number(end.seconds), "stopped": .string(end.stopped),
        "checkpoint": end.checkpoint.map { .string($0) } ?? .null,
      ]
    }
  }
}

/// Lets some of a training's batches through, ten a second: a line for each of thousands would cost
/// more than the work.
public struct BatchPace {
  private var last = -Double.infinity

  /// Makes one that lets the first batch through.
  public init() {}

  /// Whether to tell of an event.
  public mutating func admits(_ event: Event) -> Bool {
    guard case .batch(let batch) = event else { return true }
    guard batch.seconds - last >= 0.1 || batch.seconds < last else { return false }
    last = batch.seconds
    return true
  }
}

extension JSONValue {
  fileprivate init(_ count: Int) { self = .number(Double(count)) }

  /// A value of the language; what has no form in JSON becomes its text.
  public init(_ value: NNScript.Value) {
    switch value {
    case .none: self = .null
    case .truth(let truth): self = .bool(truth)
    case .number(let number): self = .number(number)
    case .text(let box): self = .string(box.text)
    case .list(let box): self = .array(box.items.map { JSONValue($0) })
    case .record(let box):
      self = .object(box.fields.map { .init($0.name, JSONValue($0.value)) })
    case .tensor(let box):
      self = [
        "shape": .array(box.tensor.shape.sizes.map { JSONValue($0) }),
        "values": .array(box.tensor.elements.map { .float($0) }),
      ]
    case .function(let box): self = .string(box.name)
    case .object(let box): self = .string(box.object.kindName)
    case .cell: self = .null
    }
  }
}

extension NNScript.Value {
  /// The value that JSON stands for: lists and records of numbers, texts, truths and none.
  public init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let truth): self = .truth(truth)
    case .number(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .array(let elements):
      let numbers = elements.compactMap(\.number)
      self =
        numbers.count == elements.count
        ? .list(numbers) : .list(elements.map { NNScript.Value($0) })
    case .object(let members): self = .record(members.map { ($0.key, NNScript.Value($0.value)) })
    }
  }
}
