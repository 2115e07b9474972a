/// Rows of inputs and targets as they were read: what a trainer gathers batches from.
///
/// Values are kept raw, in the narrowest type that is exact: 8-bit pixels as 8 bits, decimal
/// fractions in 64; scaling is applied while a batch is gathered
/// (`Preprocessing`), so one description serves training, evaluation and prediction.
public struct Examples: Sendable {
  /// Input numbers, row after row, `count * inputShape.count` of them.
  public enum Inputs: Sendable {
    case floats([Float])
    case bytes([UInt8])
    /// Numbers of which 32 bits would lose something: decimal fractions, time stamps, long ids.
    case doubles([Double])
  }

  /// What is to be learnt, row after row.
  public enum Targets: Sendable {
    /// No targets: rows to predict.
    case none
    /// Class numbers from 0.
    case classes([Int32])
    /// `count * width` numbers, unscaled.
    case values([Double], width: Int)
  }

  /// How many rows there are.
  public var count: Int
  /// The shape of one row's inputs, `[4]` or `[28, 28, 1]`.
  public var inputShape: Shape
  /// The raw inputs.
  public var inputs: Inputs
  /// The raw targets.
  public var targets: Targets
  /// The cells that the inputs were encoded from, where they are not the numbers themselves.
  var raw: RawInputs?
  /// The rows that belong together, where a column says so.
  var groups: RowGroups?
  /// What each row is called: the files of pictures. Empty where rows have no names.
  public internal(set) var names: [String] = []

  /// Whether the targets are classes.
  public var hasClasses: Bool { if case .classes = targets { true } else { false } }

  /// Makes rows; the arrays must hold exactly `count` rows.
  public init(count: Int, inputShape: Shape, inputs: Inputs, targets: Targets) {
    let needed = count * inputShape.count
    switch inputs {
    case .floats(let values): precondition(values.count == needed, "one value per row and input")
    case .bytes(let values): precondition(values.count == needed, "one byte per row and input")
    case .doubles(let values): precondition(values.count == needed, "one value per row and input")
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
  /// `(x - center) * scale`, element by element, in 64 bits.
  public struct Scaling: Sendable, Equatable {
    /// What becomes 0, for all columns or for each; as many as `scale`.
    public var center: [Double]
    /// One factor for all columns, or one for each.
    public var scale: [Double]

    /// Makes a scaling from centres and factors of equal number.
    public init(center: [Double], scale: [Double]) {
      precondition(scale.count == center.count && !scale.isEmpty, "one centre for each factor")
      self.center = center
      self.scale = scale
    }

    /// Makes the scaling `x * scale + shift`; no factor may be 0.
    public init(scale: [Double], shift: [Double]) {
      precondition(scale.count == shift.count, "one shift for each factor")
      self.init(center: zip(scale, shift).map { $1 == 0 ? 0 : -$1 / $0 }, scale: scale)
    }

    /// What is added behind the factor: `x * scale + shift`.
    public var shift: [Double] { zip(center, scale).map { $0 == 0 ? 0 : -$0 * $1 } }

    /// A number of a column as the network sees it, before it is rounded to 32 bits.
    public func scaled(_ value: Double, column: Int) -> Double {
      let place = scale.count == 1 ? 0 : column
      return (value - center[place]) * scale[place]
    }

    /// The number of a column that the network sees as `value`.
    public func original(_ value: Double, column: Int) -> Double {
      let place = scale.count == 1 ? 0 : column
      return value / scale[place] + center[place]
    }
  }

  /// How inputs are scaled, `nil` for as they are.
  public var inputScaling: Scaling?
  /// How numeric targets are scaled for training, `nil` for as they are. Outputs of the network
  /// go back by `y / scale + center`.
  public var targetScaling: Scaling?
  /// Names of the inputs in order, empty where they have none.
  public var inputNames: [String]
  /// What the columns of a file become; empty where each is a number and none lacks a value.
  public var columns: [InputColumn] = []
  /// The texts that mean a missing value in its files; `nil` for the usual ones.
  public var missingValues: [String]?
  /// What begins a fraction in its files, where that was said.
  var decimal: DataOptions.DecimalSign?
  /// What begins a fraction in its targets; `nil` where they were no texts.
  var targetDecimal: DataOptions.DecimalSign?
  /// Whether any column has decimal commas.
  var hasDecimalCommas: Bool {
    decimal == .comma || targetDecimal == .comma
      || columns.contains { $0.notation?.decimal == .comma }
  }
  /// Names of the columns that inputs are made of, in order.
  public var columnNames: [String] { columns.isEmpty ? inputNames : columns.map(\.name) }
  /// Names of the target columns.
  public var targetNames: [String]
  /// Class names in the order of the class numbers; empty where the targets are numbers.
  public var classNames: [String]
  /// Whether the classes are whole numbers, which their names spell.
  public var classesAreNumbers: Bool
  /// What the outputs say; `nil` until loss and last layer have decided it.
  public var answer: Answer?
  /// What an only output is above for the second of two classes.
  public var boundary = 0.5
  /// The shape of one row.
  public var inputShape: Shape
  /// The form that pictures are brought to, where it learnt from pictures.
  public internal(set) var pictures: PictureForm?
  /// What the scales were asked to be.
  public var normalization = DataOptions.Normalization.auto

  /// Makes a description; everything but the shape may be left out.
  public init(
    inputShape: Shape, inputScaling: Scaling? = nil, targetScaling: Scaling? = nil,
    inputNames: [String] = [], targetNames: [String] = [], classNames: [String] = [],
    classesAreNumbers: Bool = false
  ) {
    self.inputShape = inputShape
    self.inputScaling = inputScaling
    self.targetScaling = targetScaling
    self.inputNames = inputNames
    self.targetNames = targetNames
    self.classNames = classNames
    self.classesAreNumbers = classesAreNumbers
  }
}
