/// The whole way from a row as it stands in a table to the loss, as one program of operations:
///
///     cells ─▶ encoding ─▶ scales ─▶ layers ─▶ own units ─▶ answer
///                                       │          │
///     target ─▶ ones and zeros ─────────┴──────────┴─▶ loss ─▶ mean, penalties ─▶ objective
///
/// What trains, predicts and measures has faster forms of its own; they are right where they give
/// what this gives. Whoever writes a model in another form walks through it: all there is to know
/// are the seven primitives, the parameters' values in `Network.values`, and what texts the codes of
/// `columns` stand for.
public struct ModelProgram: Sendable {
  /// What the program is given of a row.
  public enum Given: Sendable {
    /// Its cells, a number each: see `InputColumn.code`.
    case cells
    /// What the columns have become, before it is scaled.
    case numbers
  }

  /// What a network is to learn.
  public struct Task: Sendable {
    /// The loss.
    public var loss: any Loss
    /// What it computes of `y` and `p`.
    public var formula: Formula
    /// What changes how it is learnt.
    public var learning: Learning
    /// Whether the targets are classes.
    public var hasClasses: Bool

    /// Describes a task.
    public init(_ loss: any Loss, _ formula: Formula, _ learning: Learning, hasClasses: Bool) {
      (self.loss, self.formula, self.learning) = (loss, formula, learning)
      self.hasClasses = hasClasses
    }
  }

  /// Where what is learnt stands.
  public struct Aim: Sendable {
    /// Given for each row: a target in its own units, `[outputs]`, or a class's number, `[1]`.
    public let target: Operations.Ref
    /// How often a row counts, `[1]`.
    public let weight: Operations.Ref
    /// A row's loss as it is reported, in the targets' own units, `[1]`.
    public let loss: Operations.Ref
    /// A row's loss as it is learnt, of the network's outputs, `[1]`.
    public let learnt: Operations.Ref
    /// What the weights themselves add, `[1]` for all rows; `nil` for nothing.
    public let penalty: Operations.Ref?
    /// What training makes small, `[1]` for all rows: the mean of what is learnt, as often as each
    /// row counts, and the penalty. Where loss and last activation are taken together, it is
    /// computed of what stands before the activation.
    public let objective: Operations.Ref
    /// Whether loss and last activation are taken together: their derivatives cancel to a
    /// difference.
    public let isJoint: Bool
  }

  /// The program.
  public let program: Operations
  /// What is given of each column, `[1]`, in the order of `Preprocessing.columns`; empty where
  /// `numbers` are given.
  public let cells: [Operations.Ref]
  /// What the columns become, unscaled.
  public let numbers: Operations.Ref
  /// The network; its input is scaled.
  public let layers: NetworkOperations
  /// The outputs in the targets' own units, `[outputs]`.
  public let prediction: Operations.Ref
  /// A number for each class, or the prediction where there are none.
  public let answer: Operations.Ref
  /// What is learnt, if that was asked for.
  public let aim: Aim?

  /// Writes the way.
  ///
  /// - Parameters:
  ///   - isTraining: whether layers behave as while learning.
  ///   - given: what there is of a row; numbers where the schema has no columns.
  public init(
    _ network: Network, _ schema: Preprocessing, isTraining: Bool = false, given: Given = .numbers,
    task: Task? = nil
  ) {
    var program = Operations(isTraining: isTraining)
    let count = network.inputShape.count
    var cells: [Operations.Ref] = []
    if given == .cells, !schema.columns.isEmpty {
      cells = schema.columns.map { _ in
        program.input(Operations.Extent(isByRow: true, [1]))
      }
      let encoded = zip(schema.columns, cells).compactMap { $0.lower($1, into: &program) }
      numbers = program.concatenate(encoded, axis: 0)
    } else {
      numbers = program.input(Operations.Extent(isByRow: true, [count]))
    }
    self.cells = cells
    let scaled = program.scaled(numbers, by: schema.inputScaling)
    let input =
      network.inputShape == [count] ? scaled : program.reshape(scaled, network.inputShape)
    layers = NetworkOperations(network, behind: input, into: &program)
    let width = network.outputShape.count
    let output =
      network.outputShape == [width]
      ? layers.output : program.reshape(layers.output, [width])
    let hasClasses = task?.hasClasses ?? !schema.classNames.isEmpty
    let scaling = hasClasses ? nil : schema.targetScaling
    let prediction = program.unscaled(output, by: scaling)
    answer = schema.lowerAnswer(prediction, into: &program)
    if let task {
      aim = Aim(task, network, layers, output: output, prediction, scaling, into: &program)
    } else {
      aim = nil
    }
    self.prediction = prediction
    self.program = program
  }
}

extension ModelProgram.Aim {
  fileprivate init(
    _ task: ModelProgram.Task, _ network: Network, _ layers: NetworkOperations,
    output: Operations.Ref, _ prediction: Operations.Ref, _ scaling: Preprocessing.Scaling?,
    into program: inout Operations
  ) {
    let width = program.shape(output).count
    let learning = task.learning
    target = program.input(Operations.Extent(isByRow: true, [task.hasClasses ? 1 : width]))
    // What the network is to give, in the targets' own units.
    var wanted = target
    if task.hasClasses, width > 1 {
      let ones = (0..<width * width).map { $0 % (width + 1) == 0 ? 1.0 : 0 }
      let table = program.constant(ones, [width, width])
      wanted = program.reshape(program.gather(table, at: target), [width])
    }
    let weights = learning.classWeights
    if task.hasClasses, !weights.isEmpty {
      let table = program.constant(weights, [weights.count, 1])
      let gather = Operation.gather(GatherOperation(.given, fill: 1))
      weight = program.reshape(program.apply(gather, to: [table, target]), [1])
    } else {
      weight = program.constant(1, [1])
    }
    let reported = program.mean(of: task.formula, wanted, prediction)
    loss = reported
    // Whether its settings or its formula are about numbers in their own units.
    let isOwn = task.loss.seesOwnUnits || !task.loss.settings.isEmpty
    if isOwn, let scaling {
      let divisor = OwnUnits(scaling, width: width).divisor
      learnt = program.formula(reported) { $0 / Formula.Part(divisor) }
    } else if scaling == nil, learning.smoothing == 0 {
      learnt = reported
    } else {
      wanted = program.smoothed(program.scaled(wanted, by: scaling), learning, task.loss)
      learnt = program.mean(of: task.formula, wanted, output)
    }
    var taught = learnt
    let joint = task.joint(network)
    isJoint = joint != nil
    if let joint, let inner = layers.nodes.last?.inner {
      taught = program.mean(of: joint, wanted, inner)
    }
    let weighed = program.formula(taught, weight) { $0 * $1 }
    let mean = program.reduce(.mean, weighed, axes: [], overRows: true)
    penalty = program.penalty(learning.penalties, network)
    objective = penalty.map { program.formula(mean, $0) { $0 + $1 } } ?? mean
  }
}

extension ModelProgram.Task {
  /// The loss of what stands before the network's last activation, where the two belong together:
  /// where an output rounds to 0 or 1, its gradient is still there.
  fileprivate func joint(_ network: Network) -> Formula? {
    guard let function = network.outputActivation, network.outputShape.rank == 1,
      ["softmax", "sigmoid"].contains(function.name), loss.ownActivation == function.name,
      loss.joined(with: function) != nil
    else { return nil }
    var joint = Formula([.init("y", .element), .init("z", .element)])
    let known = function.formula
    let p = joint.bring(known.results, of: known, binding: known.variables.map { _ in 1 })
    joint.results = joint.bring(
      formula.results, of: formula, binding: formula.variables.indices.map { $0 == 0 ? 0 : p[0] })
    return joint
  }
}

extension Operations {
  /// `(x - centre) · scale`.
  fileprivate mutating func scaled(_ x: Ref, by scaling: Preprocessing.Scaling?) -> Ref {
    guard let scaling else { return x }
    let (centre, scale) = (constant(scaling.center), constant(scaling.scale))
    return formula(x, centre, scale) { ($0 - $1) * $2 }
  }

  /// `x / scale + centre`.
  fileprivate mutating func unscaled(_ x: Ref, by scaling: Preprocessing.Scaling?) -> Ref {
    guard let scaling else { return x }
    let (centre, scale) = (constant(scaling.center), constant(scaling.scale))
    return formula(x, centre, scale) { $0 / $2 + $1 }
  }

  private mutating func constant(_ numbers: [Double]) -> Ref { constant(numbers, [numbers.count]) }

  /// A loss's one number a row, averaged over the outputs where it is one for each.
  fileprivate mutating func mean(of loss: Formula, _ y: Ref, _ p: Ref) -> Ref {
    reduce(.mean, apply(.formula(FormulaOperation(loss)), to: [y, p]), axes: [0])
  }

  /// See `Learning.smoothed`.
  fileprivate mutating func smoothed(_ y: Ref, _ learning: Learning, _ loss: any Loss) -> Ref {
    guard learning.smoothing > 0 else { return y }
    let share = Formula.Part(learning.smoothing)
    let even =
      loss.ownActivation == "softmax" ? reduce(.mean, y, axes: [0]) : constant(0.5, [1])
    return formula(y, even) { (1 - share) * $0 + share * $1 }
  }

  /// What all weights that are learnt add together; `nil` where there is no penalty.
  fileprivate mutating func penalty(_ penalties: [any Penalty], _ network: Network) -> Ref? {
    let slots = network.nodes.flatMap(\.parameters)
    var sum: Ref?
    for (slot, weights) in zip(slots, parameters) where slot.role == .weights && !slot.isFrozen {
      for formula in penalties.compactMap(\.formula) {
        let each = apply(.formula(FormulaOperation(formula)), to: [weights])
        let all = reduce(.sum, each, axes: Array(0..<shape(each).rank))
        let own = reshape(all, [1])
        sum = sum.map { self.formula($0, own) { $0 + $1 } } ?? own
      }
    }
    return sum
  }
}

extension Preprocessing {
  /// Writes what the outputs say of classes; see `Answer.chances`.
  fileprivate func lowerAnswer(
    _ outputs: Operations.Ref, into program: inout Operations
  ) -> Operations.Ref {
    let answer = answer ?? .probabilities
    let width = program.shape(outputs).count
    guard !classNames.isEmpty, answer.isOfClasses else { return outputs }
    if width == 1, classNames.count == 2 {
      let whole = Formula.Part(answer == .scores ? 2 * boundary : 1)
      let other = program.formula(outputs) { whole - $0 }
      return program.concatenate([other, outputs], axis: 0)
    }
    guard answer == .likelihoods, width == classNames.count else { return outputs }
    let sum = program.reduce(.sum, outputs, axes: [0])
    return program.formula(outputs, sum) {
      .choose($1.isPositive, $0 / $1, Formula.Part(1 / Double(width)))
    }
  }
}
