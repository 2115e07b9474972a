/// Rows of inputs and targets as they were read: what a trainer gathers batches from.
///
/// Values are kept raw, 8-bit pixels as 8 bits; scaling is applied while a batch is gathered
/// (`Preprocessing`), so one description serves training, evaluation and prediction.
public struct Examples: Sendable {
  /// Input numbers, row after row, `count * inputShape.count` of them.
  public enum Inputs: Sendable {
    case floats([Float])
    case bytes([UInt8])
  }

  /// What is to be learnt, row after row.
  public enum Targets: Sendable {
    /// No targets: rows to predict.
    case none
    /// Class numbers from 0.
    case classes([Int32])
    /// `count * width` numbers, unscaled.
    case values([Float], width: Int)
  }

  /// How many rows there are.
  public var count: Int
  /// The shape of one row's inputs, `[4]` or `[28, 28, 1]`.
  public var inputShape: Shape
  /// The raw inputs.
  public var inputs: Inputs
  /// The raw targets.
  public var targets: Targets

  /// Makes rows; the arrays must hold exactly `count` rows.
  public init(count: Int, inputShape: Shape, inputs: Inputs, targets: Targets) {
    let needed = count * inputShape.count
    switch inputs {
    case .floats(let values): precondition(values.count == needed, "one value per row and input")
    case .bytes(let values): precondition(values.count == needed, "one byte per row and input")
    }
    switch targets {
    case .none: break
    case .classes(let classes): precondition(classes.count == count, "one class per row")
    case .values(let values, let width):
      precondition(values.count == count * width, "one target per row and output")
    }
    self.count = count
    self.inputShape = inputShape
    self.inputs = inputs
    self.targets = targets
  }
}

/// How raw rows become what a network sees, and its outputs what a user sees. Fitted on the
/// training part alone, stored with the model.
public struct Preprocessing: Sendable, Equatable {
  /// `x * scale + shift`, element by element.
  public struct Scaling: Sendable, Equatable {
    /// One factor for all inputs, or one for each.
    public var scale: [Float]
    /// One shift for all inputs, or one for each; as many as `scale`.
    public var shift: [Float]

    /// Makes a scaling from factors and shifts of equal number.
    public init(scale: [Float], shift: [Float]) {
      precondition(scale.count == shift.count && !scale.isEmpty, "one shift for each factor")
      self.scale = scale
      self.shift = shift
    }
  }

  /// How inputs are scaled, `nil` for as they are.
  public var inputScaling: Scaling?
  /// How numeric targets are scaled for training, `nil` for as they are. Outputs of the network
  /// go back by `(y - shift) / scale`.
  public var targetScaling: Scaling?
  /// Names of the input columns in order, empty where they have none.
  public var inputNames: [String]
  /// Names of the target columns.
  public var targetNames: [String]
  /// Class names in the order of the class numbers; empty where the targets are numbers.
  public var classNames: [String]
  /// The shape of one row.
  public var inputShape: Shape

  /// Makes a description; everything but the shape may be left out.
  public init(
    inputShape: Shape, inputScaling: Scaling? = nil, targetScaling: Scaling? = nil,
    inputNames: [String] = [], targetNames: [String] = [], classNames: [String] = []
  ) {
    self.inputShape = inputShape
    self.inputScaling = inputScaling
    self.targetScaling = targetScaling
    self.inputNames = inputNames
    self.targetNames = targetNames
    self.classNames = classNames
  }
}
