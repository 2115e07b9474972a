import NNScript

/// Writes each event as one JSON line to standard output, for programs that read along.
final class JSONHost: ProgramHost {
  private unowned var session: Session!
  private var lastBatch = -Double.infinity

  func attach(to session: Session) { self.session = session }

  var isCancelled: Bool { Interruption.isRequested }

  func receive(_ event: Event) {
    switch event {
    case .output(let text, let command, let value):
      var fields: [(String, JSONText)] = [("text", JSONText(text)), ("value", JSONText(value))]
      if let command { fields.insert(("command", JSONText(command)), at: 0) }
      write("output", fields)
    case .note(let text, let command):
      write("note", [("command", JSONText(command)), ("text", JSONText(text))])
    case .diagnostic(let diagnostic):
      let text = render(diagnostic, in: session.sources, as: .json, colored: false)
      write("diagnostic", [("diagnostic", JSONText(raw: text))])
    case .trainingStarted(let start):
      lastBatch = -.infinity
      write(
        "training_started",
        [
          ("model", JSONText(start.model)), ("first_epoch", JSONText(start.firstEpoch)),
          ("last_epoch", JSONText(start.lastEpoch)), ("rows", JSONText(start.rows)),
          ("batch_size", JSONText(start.batchSize)),
        ])
    case .batch(let batch):
      // Ten a second, as on a terminal: a line for each of thousands would cost more than the work.
      guard batch.seconds - lastBatch >= 0.1 else { return }
      lastBatch = batch.seconds
      write(
        "batch",
        [
          ("epoch", JSONText(batch.epoch)), ("last_epoch", JSONText(batch.lastEpoch)),
          ("batch", JSONText(batch.batch)), ("batches", JSONText(batch.batches)),
          ("loss", JSONText(batch.loss)), ("seconds", JSONText(batch.seconds)),
          ("samples_per_second", JSONText(batch.samplesPerSecond)),
        ])
    case .epoch(let epoch):
      let figures = epoch.figures.map { ($0.name, JSONText($0.value)) }
      write(
        "epoch",
        [("epoch", JSONText(epoch.epoch)), ("last_epoch", JSONText(epoch.lastEpoch))] + figures + [
          ("learning_rate", JSONText(epoch.learningRate)), ("seconds", JSONText(epoch.seconds)),
          ("samples_per_second", JSONText(epoch.samplesPerSecond)),
        ])
    case .trainingFinished(let end):
      write(
        "training_finished",
        [
          ("epoch", JSONText(end.epoch)), ("seconds", JSONText(end.seconds)),
          ("stopped", JSONText(end.stopped)),
        ])
    }
  }

  private func write(_ event: String, _ fields: [(String, JSONText)]) {
    let object = JSONText(object: [("event", JSONText(event))] + fields)
    Streams.standard.write(object.text + "\n")
  }
}

/// A piece of JSON as it is written.
struct JSONText {
  let text: String

  /// Takes what is JSON already.
  init(raw: String) { text = raw }

  init(_ number: Int) { text = String(number) }

  /// A number; JSON has none for what is not finite.
  init(_ number: Double) {
    if !number.isFinite {
      text = "null"
    } else if number == number.rounded(), abs(number) < 1e15 {
      text = String(Int(number))
    } else {
      text = "\(number)"
    }
  }

  init(_ string: String) {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case ..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    self.text = text + "\""
  }

  init(object fields: [(String, JSONText)]) {
    text = "{" + fields.map { JSONText($0.0).text + ":" + $0.1.text }.joined(separator: ",") + "}"
  }

  init(array elements: [JSONText]) {
    text = "[" + elements.map(\.text).joined(separator: ",") + "]"
  }

  /// A value of the language; what has no form in JSON becomes its text.
  init(_ value: Value) {
    switch value {
    case .none: self.init(raw: "null")
    case .truth(let truth): self.init(raw: truth ? "true" : "false")
    case .number(let number): self.init(number)
    case .text(let box): self.init(box.text)
    case .list(let values): self.init(array: values.map { JSONText($0) })
    case .record(let box):
      self.init(object: box.fields.map { ($0.name, JSONText($0.value)) })
    case .tensor(let box):
      self.init(object: [
        ("shape", JSONText(array: box.tensor.shape.sizes.map { JSONText($0) })),
        ("values", JSONText(array: box.tensor.elements.map { JSONText(Double($0)) })),
      ])
    case .function(let box): self.init(box.name)
    case .object(let object): self.init(object.kindName)
    }
  }
}
