import NNEngine

/// Where a saved model's training stands: its epochs, the place in the order of rows, what its
/// optimiser keeps for each weight, and the seed its chance comes from.
struct SavedTraining {
  static let slotsName = "training.slots"

  var seed: UInt64
  var state: JSONValue
  var slots: [Float]
  var history: [Model.Epoch]

  /// What a model has to save.
  init(_ model: Model, _ network: Network) {
    seed = network.seed
    state = model.state.json
    slots = model.state.optimizerSlots
    history = model.history
  }

  /// Reads what `json` wrote; `nil` where it is something else.
  init?(json: JSONValue, slots: [Float]) {
    guard let seed = json["seed"]?.string.flatMap({ UInt64($0, radix: 16) }),
      let state = json["state"], let epochs = json["history"]?.array
    else { return nil }
    let history = epochs.compactMap(Model.Epoch.init(json:))
    guard history.count == epochs.count else { return nil }
    (self.seed, self.state, self.slots, self.history) = (seed, state, slots, history)
  }

  /// Everything but the slots.
  var json: JSONValue {
    [
      "seed": .string(String(seed, radix: 16)), "state": state,
      "history": .array(history.map(\.json)),
    ]
  }

  /// Puts a model that was just built where the training was; false where the file contradicts
  /// itself.
  ///
  /// - Parameter epoch: after which epoch its training began, for one that is to go on; the state
  ///   then has all epochs from there.
  func resume(_ model: inout Model, from epoch: Int? = nil) -> Bool {
    let weights = model.network?.parameterCount ?? 0
    guard weights > 0 ? slots.count % weights == 0 : slots.isEmpty,
      slots.allSatisfy(\.isFinite), let last = state["epoch"]?.integer,
      let state = TrainingState(
        json: state, slots: slots,
        history: history.suffix(1 + max(0, last - (epoch ?? last))).map(\.trained))
    else { return false }
    model.state = state
    model.history = history
    return true
  }
}

extension Model.Epoch {
  fileprivate var json: JSONValue {
    [
      "epoch": .number(Double(number)), "lr": .number(learningRate),
      "figures": .object(
        figures.map { .init($0.name, $0.value.isFinite ? .number($0.value) : .null) }),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let number = json["epoch"]?.integer, let rate = json["lr"]?.number,
      let figures = json["figures"]?.object
    else { return nil }
    self.init(
      number: number, figures: figures.map { ($0.key, $0.value.number ?? .nan) },
      learningRate: rate, seconds: 0)
  }

  /// The epoch as the engine's own history has it; metrics are not told apart there, and formulas
  /// of the next training read them from the figures of its first epoch on.
  fileprivate var trained: TrainingState.Epoch {
    func values(_ isValidation: Bool) -> [Double] {
      figures.filter {
        $0.name != "loss" && $0.name != "val_loss" && $0.name.hasPrefix("val_") == isValidation
      }.map(\.value)
    }
    return TrainingState.Epoch(
      number: number, loss: figures.first { $0.name == "loss" }?.value ?? .nan,
      metrics: values(false), validationLoss: figures.first { $0.name == "val_loss" }?.value,
      validationMetrics: values(true), learningRate: learningRate)
  }
}
