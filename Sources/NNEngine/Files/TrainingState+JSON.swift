// Where a training stands, as a saved model carries it: what is exact to the last bit so that a
// loaded model goes on as if it had never been away.

extension TrainingState {
  /// The state without its slots, which are too many for a text.
  ///
  /// Times are left out: two trainings that are the same give the same file.
  public var json: JSONValue {
    [
      "epoch": .number(Double(epoch)), "step": .number(Double(step)),
      "order": .array(order.words.map { .string(String($0, radix: 16)) }),
      "optimizer": .string(optimizer),
    ]
  }

  /// What the optimiser keeps for each weight, slot after slot.
  public var optimizerSlots: [Float] { slots }

  /// Reads what `json` wrote; `nil` where it is something else.
  ///
  /// - Parameter history: the epochs that are known, at least the last, which formulas may speak of.
  public init?(json: JSONValue, slots: [Float], history: [Epoch]) {
    let words = (json["order"]?.array ?? []).compactMap(\.string).compactMap {
      UInt64($0, radix: 16)
    }
    guard let epoch = json["epoch"]?.integer, let step = json["step"]?.integer, epoch >= 0,
      step >= 0, let optimizer = json["optimizer"]?.string,
      let order = RandomStream(words: words)
    else { return nil }
    self.init()
    (self.epoch, self.step, self.order) = (epoch, step, order)
    (self.optimizer, self.slots) = (optimizer, slots)
    self.history = history
  }
}
