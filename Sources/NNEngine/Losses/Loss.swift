/// How far outputs are from targets, as one number a row, averaged over rows.
public protocol Loss: Sendable {
  /// The word a script uses.
  var name: String { get }
  /// Its options by name: what its formula's settings are.
  var settings: [String: Double] { get }
  /// The activation the loss belongs to: where the network ends in it, both are computed
  /// together, which is faster and cannot overflow. Also what a last layer without activation
  /// gets.
  var ownActivation: String? { get }
  /// What the outputs must be.
  var need: OutputNeed { get }
  /// What whole numbers as targets are taken for.
  var reading: TargetReading { get }
  /// Whether class numbers are taken as they are; otherwise they become numbers first: one column
  /// a class, or the number itself where the network has one output.
  var takesClasses: Bool { get }
  /// What an only output is above for the second of two classes.
  var boundary: Float { get }
  /// What a target may be, where not anything.
  var targetRange: ClosedRange<Float>? { get }
  /// Whether targets in deviations from their mean teach the same, as those of files come; else
  /// they stay in their own units.
  var takesScaledTargets: Bool { get }
  /// Whether it is computed of targets and predictions in the targets' own units also while the
  /// network learns scaled ones; see `OwnUnits`.
  var seesOwnUnits: Bool { get }
  /// Whether a share of the targets can be spread over all classes; see `Learning.smoothing`.
  var takesSmoothing: Bool { get }
  /// The loss that computes a network's last activation with itself, if there is one.
  func joined(with activation: any Activation) -> (any Loss)?
  /// The loss summed over rows; writes the gradient where there is room for it.
  func sum(_ rows: LossRows) -> Double
  /// Where these rows left the loss's domain, for losses that a script defined.
  func fault(_ rows: LossRows) -> EquationFault?
}

extension Loss {
  /// It has no options.
  public var settings: [String: Double] { [:] }
  /// It belongs to no activation: outputs are compared as they are.
  public var ownActivation: String? { nil }
  /// Outputs may be any number.
  public var need: OutputNeed { .any }
  /// Whole numbers as targets stay numbers.
  public var reading: TargetReading { .numbers }
  /// Classes become numbers first.
  public var takesClasses: Bool { false }
  /// Half way between 0 and 1, or 0 for scores.
  public var boundary: Float { need == .scores ? 0 : 0.5 }
  /// Probabilities for a loss that is made for classes.
  public var targetRange: ClosedRange<Float>? { isForClasses ? 0...1 : nil }
  /// Numbers teach the same in deviations from their mean; classes have none.
  public var takesScaledTargets: Bool { !isForClasses }
  /// Sees what the network learns: most losses of numbers are as good of scaled targets.
  public var seesOwnUnits: Bool { false }
  /// Targets that are no classes have nothing to be spread over.
  public var takesSmoothing: Bool { false }
  /// Whether it is made for classes.
  public var isForClasses: Bool { reading == .classes }
  /// Whether a network with this many outputs can learn this many classes: one output a class, or,
  /// unless outputs have to add up to 1, one output for two classes.
  public func fits(outputs: Int, classes: Int) -> Bool {
    outputs == classes || (need != .distribution && outputs == 1 && classes <= 2)
  }
  /// Itself for its own activation, which a script's function of that name is not.
  public func joined(with activation: any Activation) -> (any Loss)? {
    activation.name == ownActivation && !(activation is any Defined) ? self : nil
  }
  /// Built-in losses keep their values finite.
  public func fault(_ rows: LossRows) -> EquationFault? { nil }
}

/// What a loss takes whole numbers for.
public enum TargetReading: Sendable, Equatable {
  /// Each different number is a class.
  case classes
  /// Quantities.
  case numbers
  /// Either; the last layer decides.
  case either
}

/// Some rows of outputs and targets.
public struct LossRows {
  /// What the network gave. Where `isFused`, what came before the activation, and the loss turns
  /// it into outputs.
  public var outputs: UnsafeMutablePointer<Float>
  /// Targets as numbers, `[rows, width]`; `nil` where there are classes.
  public var values: UnsafePointer<Float>?
  /// Targets as class numbers.
  public var classes: UnsafePointer<Int32>?
  /// How many rows.
  public var count: Int
  /// Outputs in a row.
  public var width: Int
  /// Where the gradient goes, if it is wanted.
  public var gradient: UnsafeMutablePointer<Float>?
  /// What the gradient is multiplied by: one over the rows of the whole batch.
  public var scale: Float
  /// Whether the activation is computed here.
  public var isFused: Bool
  /// The share of each target that the gradient sees spread over all classes.
  public var smoothing: Float = 0
  /// What each column of targets was multiplied by for the training; `nil` for their own units.
  public var factors: UnsafePointer<Float>?
}
