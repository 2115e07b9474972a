/// What is known of targets before it is decided how they are learnt.
public struct TargetFacts: Sendable, Equatable {
  /// What the targets can be taken for.
  public enum Kind: Sendable, Equatable {
    /// Classes, so many.
    case classes(Int)
    /// One column of whole numbers of so many different values: classes or quantities.
    case wholeNumbers(Int)
    /// Quantities.
    case numbers
  }

  /// What they can be taken for.
  public var kind: Kind
  /// How many numbers a row has.
  public var width: Int
  /// The least and the greatest number, of all parts; `nil` where that is not known.
  public var range: ClosedRange<Double>?
  /// The deviation they would be divided by for the training; 1 where they are not scaled.
  public var deviation: Double
  /// Whether every number is 0 or 1.
  public var isBinary: Bool
  /// Whether the numbers of each row are at least 0 and add up to 1.
  public var areShares: Bool
  /// The column, for messages.
  public var name: String?

  /// Makes facts; what is not known may be left out.
  public init(
    _ kind: Kind, width: Int = 1, range: ClosedRange<Double>? = nil, deviation: Double = 1,
    isBinary: Bool = false, areShares: Bool = false, name: String? = nil
  ) {
    self.kind = kind
    self.width = width
    self.range = range
    self.deviation = deviation
    self.isBinary = isBinary
    self.areShares = areShares
    self.name = name
  }

  /// The target in a message.
  var title: String { name.map { "`\($0)`" } ?? "the target" }
}

/// How a network ends, as far as the outputs are concerned.
public struct Head: Sendable {
  /// What its numbers can be taken for.
  public enum Role: Sendable {
    /// No activation: numbers of any size, ready for the activation that the loss needs.
    case plain
    /// Probabilities: softmax, sigmoid and functions like them.
    case probabilities
    /// What stands inside networks: relu, tanh and their like, or ways that meet.
    case hidden
  }

  /// What its numbers can be taken for.
  public var role: Role
  /// How many numbers a row has.
  public var units: Int
  /// The values they can have.
  public var range: OutputRange
  /// The activation's word; `nil` for none.
  public var activation: String?
  /// The kind of a layer behind that one that does not leave its numbers alone: `dropout`.
  public var follower: String?

  /// Makes a description of the end of a network.
  public init(
    _ role: Role, units: Int, range: OutputRange, activation: String? = nil,
    follower: String? = nil
  ) {
    self.role = role
    self.units = units
    self.range = range
    self.activation = activation
    self.follower = follower
  }
}
