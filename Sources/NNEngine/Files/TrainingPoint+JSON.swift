// A point of a training as a file carries it, beside the network and the state at the end of the
// last whole epoch, which are those of any saved model. Numbers of 64 bits stand as the hexadecimal
// digits of their bits.

extension TrainingPoint {
  /// What the tensors of a point are called. With two dots: no parameter of a layer is.
  public enum TensorName: String, CaseIterable, Sendable {
    case bestValues = "training.best.values"
    case bestSlots = "training.best.slots"
    case epochValues = "training.epoch.values"
    case epochSlots = "training.epoch.slots"
    case epochOutputs = "training.epoch.outputs"
  }

  /// Everything but tensors, `values`, and `state`.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("start", ["epoch": .number(Double(start.epoch)), "step": .number(Double(start.step))]),
      .init("seconds", .number(seconds)),
      .init("first_loss", firstLoss.map(JSONValue.init(bits:)) ?? .null),
      .init("stop", stop.map { .string($0.rawValue) } ?? .null),
    ]
    if let best {
      members.append(.init("best", ["loss": JSONValue(bits: best.loss), "state": best.state.json]))
    }
    if let open {
      members.append(
        .init(
          "epoch",
          [
            "batches": .number(Double(open.batches)), "step": .number(Double(open.step)),
            "lr": JSONValue(bits: open.rate), "loss_sum": JSONValue(bits: open.lossSum),
            "metric_sums": .array(
              open.sums.map { .array($0.map(JSONValue.init(bits:))) }),
          ]))
    }
    return .object(members)
  }

  /// The tensors.
  public var tensors: [TensorName: [Float]] {
    var tensors: [TensorName: [Float]] = [:]
    if let best {
      (tensors[.bestValues], tensors[.bestSlots]) = (best.values, best.state.slots)
    }
    if let open {
      (tensors[.epochValues], tensors[.epochSlots]) = (open.values, open.slots)
      tensors[.epochOutputs] = open.outputs
    }
    return tensors
  }

  /// Reads what `json` and `tensors` wrote; `nil` where that is something else, or does not fit.
  ///
  /// - Parameters:
  ///   - values: the network's numbers at the end of the last whole epoch.
  ///   - state: the state then, with the history of this training.
  public init?(
    json: JSONValue, tensors: [TensorName: [Float]], values: [Float], state: TrainingState
  ) {
    func fits(_ values: [Float]?, _ count: Int) -> Bool {
      values.map { $0.count == count && $0.allSatisfy(\.isFinite) } ?? false
    }
    guard let epoch = json["start"]?["epoch"]?.integer, let step = json["start"]?["step"]?.integer,
      let seconds = json["seconds"]?.number, epoch >= 0, step >= 0, seconds >= 0,
      (0...state.history.count).contains(state.epoch - epoch)
    else { return nil }
    (start, self.seconds) = (Start(epoch: epoch, step: step), seconds)
    (self.values, self.state) = (values, state)
    firstLoss = json["first_loss"]?.bits
    if let text = json["stop"]?.string {
      guard let stop = TrainingResult.Stop(rawValue: text) else { return nil }
      self.stop = stop
    }
    if let best = json["best"] {
      let slots = tensors[.bestSlots] ?? []
      guard let loss = best["loss"]?.bits, let described = best["state"],
        let kept = tensors[.bestValues],
        let state = TrainingState(json: described, slots: slots, history: []),
        fits(kept, values.count), fits(slots, self.state.slots.count),
        (epoch...self.state.epoch).contains(state.epoch)
      else { return nil }
      self.best = Best(loss: loss, values: kept, state: state)
    }
    if let open = json["epoch"] {
      let sums = (open["metric_sums"]?.array ?? []).map { ($0.array ?? []).compactMap(\.bits) }
      let slots = tensors[.epochSlots] ?? []
      guard let batches = open["batches"]?.integer, let step = open["step"]?.integer,
        let rate = open["lr"]?.bits, let lossSum = open["loss_sum"]?.bits, batches > 0, step > 0,
        let current = tensors[.epochValues],
        fits(current, values.count), fits(slots, self.state.slots.count)
      else { return nil }
      self.open = OpenEpoch(
        batches: batches, step: step, rate: rate, lossSum: lossSum, sums: sums,
        outputs: tensors[.epochOutputs] ?? [], values: current, slots: slots)
    }
  }
}

extension JSONValue {
  /// A number of 64 bits, exact whatever it is.
  fileprivate init(bits number: Double) {
    self = .string(String(number.bitPattern, radix: 16))
  }

  fileprivate var bits: Double? {
    string.flatMap { UInt64($0, radix: 16) }.map { Double(bitPattern: $0) }
  }
}
