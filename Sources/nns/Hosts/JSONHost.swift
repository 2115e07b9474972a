import NNEngine
import NNScript

/// Writes each event as one JSON line to standard output, for programs that read along.
final class JSONHost: ProgramHost {
  private unowned var session: Session!
  private var lastBatch = -Double.infinity

  func attach(to session: Session) { self.session = session }

  func finish(isInterrupted: Bool) {}

  var isCancelled: Bool { Interruption.isRequested }

  func receive(_ event: Event) {
    if case .batch(let batch) = event {
      // Ten a second, as on a terminal: a line for each of thousands would cost more than the work.
      guard batch.seconds - lastBatch >= 0.1 || batch.seconds < lastBatch else { return }
      lastBatch = batch.seconds
    }
    Streams.standard.write(value(of: event).text() + "\n")
  }

  private func json(of diagnostic: Diagnostic) -> JSONValue {
    let text = DiagnosticRenderer(style: .json).render(diagnostic, in: session.sources)
    return (try? JSONValue(parsing: text)) ?? .string(diagnostic.message)
  }

  private func value(of event: Event) -> JSONValue {
    switch event {
    case .output(let text, let command, let value):
      [
        "event": "output", "command": command.map { .string($0) } ?? .null, "text": .string(text),
        "value": JSONValue(of: value),
      ]
    case .note(let text, let command):
      ["event": "note", "command": .string(command), "text": .string(text)]
    case .diagnostic(let diagnostic):
      ["event": "diagnostic", "diagnostic": json(of: diagnostic)]
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

extension JSONValue {
  fileprivate init(_ count: Int) { self = .number(Double(count)) }

  /// A value of the language; what has no form in JSON becomes its text.
  fileprivate init(of value: NNScript.Value) {
    switch value {
    case .none: self = .null
    case .truth(let truth): self = .bool(truth)
    case .number(let number): self = .number(number)
    case .text(let box): self = .string(box.text)
    case .list(let box): self = .array(box.items.map { JSONValue(of: $0) })
    case .record(let box):
      self = .object(box.fields.map { .init($0.name, JSONValue(of: $0.value)) })
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
