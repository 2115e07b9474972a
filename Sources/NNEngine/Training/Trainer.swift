import Glibc

/// Trains a network on examples with a loss and an optimiser.
public struct Trainer: Sendable {
  /// What is minimised.
  public var loss: any Loss
  /// What changes how it is learnt.
  public var learning: Learning
  /// How weights move.
  public var optimizer: any Optimizer
  /// How raw rows become what the network sees.
  public var preprocessing: Preprocessing
  /// How pictures are changed by chance while they are learnt from.
  public var augmentation = Augmentation()

  /// Makes a trainer.
  public init(
    loss: any Loss, learning: Learning = Learning(), optimizer: any Optimizer,
    preprocessing: Preprocessing
  ) {
    self.loss = loss
    self.learning = learning
    self.optimizer = optimizer
    self.preprocessing = preprocessing
  }

  /// Trains, and leaves network and state as at the end of the last whole epoch (with `patience`,
  /// of the best one), however the training ends.
  ///
  /// - Parameters:
  ///   - observe: told what happens; false ends the training after what it was told.
  ///   - isCancelled: asked before each batch; true ends the training.
  /// - Throws: `EngineError.lossNotFinite`, `.outputMismatch`, `.invalid`, and what the closures
  ///   of the options throw.
  @discardableResult
  public func train(
    _ network: inout Network, _ state: inout TrainingState, on examples: Examples,
    _ options: TrainingOptions = TrainingOptions(),
    observe: (TrainingEvent) throws -> Bool = { _ in true }, isCancelled: () -> Bool = { false }
  ) throws -> TrainingResult {
    try check(network, examples, loss: loss)
    if let validation = options.validation { try check(network, validation, loss: loss) }
    guard examples.count > 0 else { throw EngineError.invalid("there are no rows to learn from") }
    guard options.batchSize > 0, options.epochs >= 0 else {
      throw EngineError.invalid("a batch holds at least one row")
    }
    if options.patience != nil, options.validation == nil {
      throw EngineError.invalid(
        "`patience` watches the validation loss, and there is no validation part",
        help: "give `data` a part to watch: `validation=20%`")
    }
    try checkBatch(
      network, rows: min(optimizer.usesWholeSet ? .max : options.batchSize, examples.count))
    if !augmentation.isNone { try augmentation.check(examples.inputShape) }
    let run = try TrainingRun(self, network, state, examples, options)
    // Whatever happens, what was whole is kept.
    defer { (network.values, state) = (run.network.values, run.state) }
    return try examples.withSource { try run.go($0, isCancelled, observe) }
  }

  /// Says before any work whether network, examples and loss fit together.
  ///
  /// - Throws: `EngineError.wrongInputShape`, `.outputMismatch`, `.invalid`.
  public func check(_ network: Network, _ examples: Examples) throws(EngineError) {
    try check(network, examples, loss: loss)
  }

  private func check(
    _ network: Network, _ examples: Examples, loss: any Loss
  ) throws(EngineError) {
    try network.checkInputs(examples)
    let width = network.outputShape.count
    switch examples.targets {
    case .none: throw .invalid("the rows have no targets")
    case .values(_, let needed):
      guard width == needed else { throw .outputMismatch(found: width, needed: needed) }
    case .classes(let classes):
      let needed = max(
        preprocessing.classNames.count, Int(classes.max() ?? -1) + 1)
      guard (classes.min() ?? 0) >= 0 else { throw .invalid("class numbers count from 0") }
      // A set whose greatest classes do not occur still fits.
      guard loss.fits(outputs: width, classes: needed) || (width > 1 && width >= needed) else {
        throw .outputMismatch(found: width, needed: needed)
      }
      let weights = learning.classWeights.count
      guard weights == 0 || weights >= needed else {
        throw .invalid("there are \(weights) class weights for \(needed) classes")
      }
    }
  }
}

extension Trainer {
  /// Layers that compare rows need some to compare.
  private func checkBatch(_ network: Network, rows: Int) throws(EngineError) {
    guard rows == 1, let node = network.nodes.first(where: \.layer.comparesRows) else { return }
    throw Trainer.needsSeveralRows(node.name)
  }

  /// What is said of a layer that compares rows and would get one at a time.
  public static func needsSeveralRows(_ layer: String) -> EngineError {
    .invalid(
      "`batch` leaves `\(layer)` one row at a time, and it compares rows",
      help: "train with `batch=32`, or write `layer layernorm` instead")
  }
}

extension Network {
  func checkInputs(_ examples: Examples) throws(EngineError) {
    guard examples.inputShape.count == inputShape.count else {
      throw .wrongInputShape(
        layer: nodes.first?.name ?? "input", expected: inputShape.description,
        found: examples.inputShape)
    }
    guard examples.count <= Int(Int32.max) else {
      throw .tooLarge(what: "the examples", count: examples.count)
    }
  }
}

func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
