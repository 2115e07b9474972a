/// A program of primitive operations: what a layer or a whole network computes, as data.
///
/// Values stand in an array, operands before what uses them; a `Ref` names one by its place. The
/// set of operations is closed and small (`Operation`), so whoever reads a program (the reference
/// in 64 bits, a writer of other formats) knows all there is.
///
///     x ──▶ product ──▶ formula a + b ──▶ formula tanh(x)
///     W ──────┘           │
///     b ──────────────────┘
public struct Operations: Sendable {
  /// A value of a program, by its place.
  public struct Ref: Hashable, Sendable {
    let place: Int
  }

  /// How many numbers a value has: a tensor for all rows, or one for each row.
  public struct Extent: Hashable, Sendable {
    /// Whether each row has numbers of its own.
    public var isByRow: Bool
    /// The shape of one row's, or of the only tensor.
    public var shape: Shape

    /// Makes an extent.
    public init(isByRow: Bool, _ shape: Shape) {
      self.isByRow = isByRow
      self.shape = shape
    }

    /// How many numbers there are for so many rows.
    public func count(rows: Int) -> Int { (isByRow ? rows : 1) * shape.count }
  }

  /// Where a value comes from.
  public enum Source: Sendable {
    /// Given for each run; counted in the order of declaration.
    case input(Int)
    /// A parameter, which keeps its numbers between runs; counted in the order of declaration.
    case parameter(Int)
    /// Equally likely numbers from 0 to below 1, other ones in each step: see `Chance`.
    case uniform(Chance)
    /// The same numbers always.
    case constant([Double])
    /// An operation on other values.
    case operation(Operation, [Ref])
  }

  /// One value.
  public struct Value: Sendable {
    /// Where it comes from.
    public var source: Source
    /// How many numbers it has.
    public var extent: Extent
    /// What it is called in explanations, such as `mean`; mostly nothing.
    public var name: String?
  }

  /// A new value of a parameter that a layer keeps for itself, such as a running mean.
  public struct Update: Sendable {
    /// The parameter.
    public var parameter: Ref
    /// What it becomes once all rows have been seen.
    public var value: Ref
  }

  /// Whether layers behave as while learning: drop numbers by chance, look at the batch.
  public let isTraining: Bool
  /// All values, operands first.
  public private(set) var values: [Value] = []
  /// What a step changes besides what is learnt.
  public private(set) var updates: [Update] = []
  /// The inputs, in order.
  public private(set) var inputs: [Ref] = []
  /// The parameters, in order.
  public private(set) var parameters: [Ref] = []
  /// What the chance of the layer being written comes from.
  var chanceKey: UInt64 = 0 { didSet { chanceCount = 0 } }
  private var chanceCount = 0

  /// A program without values.
  public init(isTraining: Bool = false) { self.isTraining = isTraining }

  /// How many numbers a value has.
  public func extent(_ ref: Ref) -> Extent { values[ref.place].extent }

  /// The shape of one row's numbers, or of the only ones.
  public func shape(_ ref: Ref) -> Shape { extent(ref).shape }

  /// The value of a name among those at some places.
  func named(_ name: String, among places: Range<Int>) -> Ref? {
    places.first { values[$0].name == name }.map { Ref(place: $0) }
  }

  // MARK: What is given

  /// Numbers given for each run.
  public mutating func input(_ extent: Extent) -> Ref {
    let ref = insert(.input(inputs.count), extent)
    inputs.append(ref)
    return ref
  }

  /// A tensor that keeps its numbers between runs.
  public mutating func parameter(_ shape: Shape) -> Ref {
    let ref = insert(.parameter(parameters.count), Extent(isByRow: false, shape))
    parameters.append(ref)
    return ref
  }

  /// For each row equally likely numbers from 0 to below 1, other ones in each step and for each
  /// call of this function.
  public mutating func uniform(_ shape: Shape) -> Ref {
    defer { chanceCount += 1 }
    return insert(
      .uniform(Chance(key: chanceKey, stream: chanceCount)), Extent(isByRow: true, shape))
  }

  /// For each row numbers of mean 0 and deviation 1 (Box and Muller).
  public mutating func normal(_ shape: Shape) -> Ref {
    let (radius, angle) = (uniform(shape), uniform(shape))
    return formula(radius, angle) { (-2 * (1 - $0).log).sqrt * (2 * Double.pi * $1).cos }
  }

  /// The same numbers always.
  public mutating func constant(_ numbers: [Double], _ shape: Shape) -> Ref {
    precondition(numbers.count == shape.count, "a number for each place")
    return insert(.constant(numbers), Extent(isByRow: false, shape))
  }

  /// The same number everywhere.
  public mutating func constant(_ number: Double, _ shape: Shape) -> Ref {
    constant([Double](repeating: number, count: shape.count), shape)
  }

  // MARK: What is computed

  /// Puts an operation behind values.
  public mutating func apply(_ operation: Operation, to operands: [Ref]) -> Ref {
    insert(
      .operation(operation, operands), operation.rule.output(for: operands.map { extent($0) }))
  }

  /// Says what a parameter of a layer's own becomes at the end of a step, if it learns.
  public mutating func keep(_ value: Ref, in parameter: Ref) {
    precondition(
      !extent(value).isByRow && shape(value).count == shape(parameter).count,
      "a parameter keeps its size")
    updates.append(Update(parameter: parameter, value: value))
  }

  /// Gives a value a name for explanations.
  public mutating func name(_ ref: Ref, _ name: String) { values[ref.place].name = name }

  private mutating func insert(_ source: Source, _ extent: Extent) -> Ref {
    values.append(Value(source: source, extent: extent, name: nil))
    return Ref(place: values.count - 1)
  }
}
