/// A kind of layer with its settings: what it makes of a shape, which parameters it has, and how
/// it runs.
///
/// A layer holds no numbers; those belong to the `Network`. Everything about shapes can be asked
/// before anything is built, so a script can be checked without running.
///
/// Three things make a whole layer, and an entry in the catalog makes it a word:
///
///     /// Each feature times a weight of its own: `y = x · w`.
///     public struct Gain: Layer {
///       public let kind = "gain"
///
///       public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
///         input
///       }
///
///       public func parameters(for input: Shape) -> [ParameterDeclaration] {
///         [ParameterDeclaration("weights", .weights, input, fanIn: 1, fanOut: 1, initializer: LeCun())]
///       }
///
///       public func lower(
///         _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
///       ) -> Operations.Ref {
///         operations.formula(inputs[0], parameters["weights"]) { $0 * $1 }
///       }
///     }
public protocol Layer: Sendable {
  /// The word a script uses, and the default name without its number.
  var kind: String { get }

  /// The shape of one example behind this layer.
  ///
  /// - Throws: `EngineError.wrongInputShape` with the layer's `name` where it cannot take `input`.
  func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape

  /// The parameters behind an input of this shape, weights before biases.
  func parameters(for input: Shape) -> [ParameterDeclaration]

  /// The activation the layer ends in, if any: a loss may compute it together with itself.
  var activation: (any Activation)? { get }

  /// How it treats the numbers of a layer before, where it gives none of its own.
  var passing: LayerPassing? { get }

  /// Whether the layer only gives its numbers another shape, or has no effect outside training:
  /// then it shares the buffer of the layer before.
  func sharesInput(training: Bool) -> Bool

  /// Whether it learns from what rows of a batch have in common, so that one row alone says nothing.
  var comparesRows: Bool { get }

  /// What it computes, written as operations: the description that everyone reads who looks at
  /// layers, from the gradient check to the pass that runs where no faster one is made.
  ///
  /// - Parameters:
  ///   - inputs: one value, or those of a join.
  ///   - parameters: those declared, without what options took away.
  /// - Returns: what stands before the activation that the layer ends in; whoever asks puts that
  ///   behind it.
  func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref

  /// What running it takes, by shapes alone.
  ///
  /// - Parameter count: how many parameters it has, without what options took away.
  func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost

  /// Makes the running form for planned buffers. Unless a layer brings a faster one, its operations
  /// are run as they are.
  ///
  /// - Throws: `EngineError.outOfMemory`.
  func makePass(_ site: LayerSite) throws(EngineError) -> any LayerPass
}

extension Layer {
  /// It has no parameters.
  public func parameters(for input: Shape) -> [ParameterDeclaration] { [] }
  /// It ends in no activation: what it computes is its output.
  public var activation: (any Activation)? { nil }
  /// It gives numbers of its own.
  public var passing: LayerPassing? { nil }
  /// Its own buffer.
  public func sharesInput(training: Bool) -> Bool { false }
  /// Each row for itself.
  public var comparesRows: Bool { false }
  /// A multiplication for each parameter, as in products of matrices, and a few for each output.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    Cost(
      multiplications: count + 4 * output.count,
      bytes: output.count * MemoryLayout<Float>.stride)
  }
  /// Runs its operations.
  public func makePass(_ site: LayerSite) throws(EngineError) -> any LayerPass {
    try ReferencePass(self, site)
  }
}

/// How a layer treats the numbers that it is given, where these remain what they were about.
public enum LayerPassing: Sendable {
  /// Gives them another shape.
  case shapes
  /// Makes one of several neighbours, or several of one.
  case resamples
  /// Drops some by chance while training.
  case drops
  /// Shifts and stretches them.
  case normalises
}

/// A layer with several inputs, where ways through the network meet.
public protocol Join: Layer {
  /// The shape of one example behind the join.
  ///
  /// - Throws: `EngineError.unequalShapes` with the join's `name` where they cannot meet.
  func outputShape(joining inputs: [Shape], name: String) throws(EngineError) -> Shape
}

extension Join {
  /// Of one way alone.
  public func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape {
    try outputShape(joining: [input], name: name)
  }
}

extension Layer {
  /// The shape of one example behind the layer, be it a join or not.
  ///
  /// - Throws: as `Layer.outputShape` and `Join.outputShape` do.
  public func outputShape(for inputs: [Shape], name: String) throws(EngineError) -> Shape {
    if let join = self as? any Join { return try join.outputShape(joining: inputs, name: name) }
    return try outputShape(for: inputs[0], name: name)
  }
}

/// A parameter a layer needs.
public struct ParameterDeclaration: Sendable {
  /// What a parameter is for: options such as `frozen=bias` and penalties speak of it.
  public enum Role: Sendable {
    case weights, bias
    /// Factors of what is normalised: frozen as weights are, but large or small they cost nothing.
    case gain
    /// Numbers a layer keeps for itself, such as running means: saved, but never learnt.
    case state
  }

  /// The name after the layer's: `weights` in `model.dense1.weights`.
  public var name: String
  /// What it is for.
  public var role: Role
  /// Its shape.
  public var shape: Shape
  /// How many inputs and outputs one weight connects, for the spread of starting values.
  public var fanIn: Int
  /// See `fanIn`.
  public var fanOut: Int
  /// How it starts unless options say otherwise.
  public var initializer: any Initializer

  /// Declares a parameter.
  public init(
    _ name: String, _ role: Role, _ shape: Shape, fanIn: Int, fanOut: Int,
    initializer: any Initializer
  ) {
    self.name = name
    self.role = role
    self.shape = shape
    self.fanIn = fanIn
    self.fanOut = fanOut
    self.initializer = initializer
  }
}

/// What every layer can be given besides its own parameters.
public struct LayerOptions: Sendable {
  /// Whether there is a bias, and how it starts.
  public enum Bias: Sendable, Equatable {
    case zeros, none
    case values(Tensor)
  }

  /// The layer's name, by default its kind and number.
  public var name: String?
  /// How weights start, by default what suits the activation.
  public var initializer: (any Initializer)?
  /// The bias.
  public var bias: Bias
  /// Values the weights start with.
  public var weights: Tensor?
  /// Parameters that training does not change.
  public var frozen: Set<ParameterDeclaration.Role>

  /// Options; everything may be left out.
  public init(
    name: String? = nil, initializer: (any Initializer)? = nil, bias: Bias = .zeros,
    weights: Tensor? = nil, frozen: Set<ParameterDeclaration.Role> = []
  ) {
    self.name = name
    self.initializer = initializer
    self.bias = bias
    self.weights = weights
    self.frozen = frozen
  }

  /// Whether training leaves a parameter as it is.
  func freezes(_ role: ParameterDeclaration.Role) -> Bool {
    switch role {
    case .weights, .gain: frozen.contains(.weights)
    case .bias: frozen.contains(.bias)
    case .state: true
    }
  }
}

/// The rows a pass is asked for, and what it may use for them.
public struct RowWork {
  /// The rows of the batch.
  public var rows: Range<Int>
  /// Which tile of the batch they are, counted from 0.
  public var tile: Int
  /// The step of the training, which chance depends on.
  public var step: UInt64
  /// Memory for as many numbers as the layer's cost says, for this tile alone; what stands there is
  /// left over from others.
  public var scratch: UnsafeMutablePointer<Float>
}

/// A layer ready to run: fixed buffers, any number of rows up to the planned most.
///
/// Rows are cut into tiles that run on several threads at once, so a pass may write only the rows
/// it is asked for, and in the gradient phase only the tile it is asked for.
public protocol LayerPass: AnyObject {
  /// y from x for some rows.
  func forward(_ work: RowWork)
  /// dx from dy for some rows. May turn dy into what the gradient phase wants; skips dx where
  /// nothing asks for it.
  func backward(_ work: RowWork)
  /// In how many tiles the parameters' gradients are computed; by shapes alone.
  var gradientTiles: Int { get }
  /// How much work a tile is: the numbers it computes.
  func gradientSize(tile: Int) -> Int
  /// Computes one tile of the gradients over all rows of the batch, and says which numbers of
  /// the network's parameters it was.
  func gradient(tile: Int, rows: Int) -> Range<Int>
  /// Where a script's function lost a value in the last step over these rows.
  func fault(rows: Range<Int>) -> EquationFault?
}

extension LayerPass {
  /// Without parameters there is no gradient to compute.
  public var gradientTiles: Int { 0 }
  /// All tiles are of one size.
  public func gradientSize(tile: Int) -> Int { 1 }
  /// Without parameters there is no tile to compute.
  public func gradient(tile: Int, rows: Int) -> Range<Int> { 0..<0 }
  /// No function of a script.
  public func fault(rows: Range<Int>) -> EquationFault? { nil }
}

/// A pass that has to see all rows of a batch before it can go on with any.
///
/// The plan waits for all tiles before each of the two `settle`s; `forward` and `backward` come
/// after them.
public protocol BatchPass: LayerPass {
  /// Whether it waits at all; otherwise none of the following is called.
  var waits: Bool { get }
  /// Looks at some rows of x.
  func gather(_ work: RowWork)
  /// Makes of what the tiles saw what `forward` needs; the work is all rows.
  func settle(_ work: RowWork, tiles: Int)
  /// Looks at some rows of dy.
  func gatherBackward(_ work: RowWork)
  /// Makes of what the tiles saw what `backward` needs; the work is all rows.
  func settleBackward(_ work: RowWork, tiles: Int)
}

/// A pass whose weights are many for the rows of a batch: its product is cut by inputs.
///
/// A thread that has a block of the weights' rows multiplies with it, computes its gradient and
/// moves it; no other thread reads it, so it stays in one core's caches. Forward, the plan runs all
/// blocks before it runs `forward` for rows, which adds up what they gave; backward, it runs
/// `backward` for all rows before the blocks compute what goes on to the layers before.
protocol BlockPass: LayerPass {
  /// How many blocks there are; none where the product is not cut.
  var blockCount: Int { get }
  /// A block's inputs.
  func inputs(ofBlock block: Int) -> Range<Int>
  /// Whether layers before ask for their gradient.
  var goesOn: Bool { get }
  /// Multiplies some inputs of the first rows with their weights.
  func forward(block: Int, rows: Int)
  /// Computes dx of some inputs for the first rows.
  func backward(block: Int, rows: Int)
}

/// Where a layer's numbers stand in a plan.
public struct LayerSite {
  /// One parameter in a plan.
  public struct Parameter {
    /// Its name.
    public var name: String
    /// Its shape.
    public var shape: Shape
    /// Its values.
    public var values: UnsafeMutablePointer<Float>
    /// Its gradient.
    public var gradient: UnsafeMutablePointer<Float>
    /// Its place among all the network's numbers.
    public var range: Range<Int>
    /// Whether training leaves it alone.
    public var isFrozen: Bool
  }

  /// One input in a plan.
  public struct Input {
    /// One example's shape.
    public var shape: Shape
    /// The rows, `[rows, shape]`.
    public var x: UnsafeMutablePointer<Float>
    /// Where the gradient by them goes; `nil` where nothing asks for it.
    public var dx: UnsafeMutablePointer<Float>?
  }

  /// All inputs: one, unless the layer is a join.
  public var inputs: [Input]
  /// One example's shape before the layer.
  public var inputShape: Shape
  /// One example's shape behind the layer.
  public var outputShape: Shape
  /// Inputs, `[rows, inputShape]`, the first of a join's.
  public var x: UnsafeMutablePointer<Float>
  /// Outputs.
  public var y: UnsafeMutablePointer<Float>
  /// Where the gradient by the inputs goes; `nil` where nothing asks for it.
  public var dx: UnsafeMutablePointer<Float>?
  /// The gradient by the outputs; `nil` in a plan that does not train.
  public var dy: UnsafeMutablePointer<Float>?
  /// The layer's parameters by name.
  public var parameters: [Parameter]
  /// The most rows there will be.
  public var maxRows: Int
  /// The most tiles these rows are cut into.
  public var maxTiles: Int
  /// Whether the layer behaves as while learning: drops numbers by chance, looks at the batch.
  public var isTraining: Bool
  /// Whether the loss computes this layer's activation with itself: outputs stay without it, and
  /// dy is already the gradient before it.
  public var leavesActivationToLoss: Bool
  /// Tells this layer's chance from others', of the model's seed and the layer's place.
  public var chanceKey: UInt64
  /// Whether a step learns and is large enough for several threads; by sizes alone.
  public var learnsTogether: Bool

  /// The parameter of a name, if the layer has it.
  public func parameter(_ name: String) -> Parameter? {
    parameters.first { $0.name == name }
  }
}
