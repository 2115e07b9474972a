/// What can be wrong with a user's network, data or file, as facts; a host turns them into
/// messages where the position is known.
///
/// A programmer's mistake is a `precondition` instead.
public enum EngineError: Error, Equatable {
  /// A layer cannot take what the layer before gives. `expected` is in words: `28x28x1`, `one axis`.
  case wrongInputShape(layer: String, expected: String, found: Shape, help: String? = nil)
  /// Ways through the network that meet in a join do not fit each other.
  case unequalShapes(layer: String, found: [Shape])
  /// Values assigned to or given for a parameter have another shape.
  case wrongParameterShape(layer: String, parameter: String, expected: Shape, found: Shape)
  /// The last layer's width does not fit the targets.
  case outputMismatch(found: Int, needed: Int)
  /// Network, targets and loss do not belong together.
  case misfit(Misfit)
  /// Something that would need more numbers than memory can hold.
  case tooLarge(what: String, count: Int)
  /// Something would take so many bytes of memory, and only so many are left of what the process may
  /// have; `bytes` is 0 where it was noticed after the fact.
  case outOfMemory(what: String, bytes: Int, left: Int)
  /// What the work holds is more than it may hold, in bytes.
  case tooMuchHeld(bytes: Int, budget: Int)
  /// The work was to end before it was done.
  case interrupted
  /// A script's equation gave no finite number.
  case equationFault(EquationFault, EquationFault.Place)
  /// The loss, or the weights behind the last batch of an epoch, became NaN or infinite.
  case lossNotFinite(TrainingFault)
  /// A file that is not there: its path, the folder that was searched and the names found in it.
  case fileNotFound(path: String, folder: String, present: [String])
  /// A data set known by name whose files are not on this machine, with the way to get them.
  case setNotInstalled(name: String, help: String)
  /// A file that is there but cannot be opened or written: the reason in words.
  case unreadableFile(path: String, reason: String)
  /// A data or model file whose content contradicts itself or its format.
  case badFile(path: String, problem: String, detail: String? = nil, help: String? = nil)
  /// A name the data does not have, with the names it has.
  case unknownName(what: String, name: String, known: [String])
  /// Anything else that is wrong with values a user gave.
  case invalid(String, help: String? = nil)
}

/// Where and how a training stopped making numbers.
public struct TrainingFault: Sendable, Equatable {
  /// The epoch, counted from 1.
  public var epoch: Int
  /// The batch, counted from 1.
  public var batch: Int
  /// How many batches an epoch has.
  public var batches: Int
  /// The first layer that gave something else than a number.
  public var layer: String?
  /// Whether it is NaN, and not infinity, that came.
  public var isNaN: Bool
  /// Whether it came into the weights, while the loss of the batch was still a number.
  public var isInWeights: Bool
  /// The largest number in the gradient of the last step that was taken, and where.
  public var largestGradient: Largest?
  /// The loss of the epochs before.
  public var history: [Double]

  /// A number of a gradient, without its sign, and the layer whose parameter it is for.
  public struct Largest: Sendable, Equatable {
    /// The layer.
    public var layer: String
    /// The number.
    public var value: Double
  }
}
