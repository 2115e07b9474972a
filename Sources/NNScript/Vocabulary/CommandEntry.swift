import NNEngine

/// What running a command does, once its arguments are bound.
typealias Action = (CommandContext) throws -> Value

/// A command of the vocabulary: its word, sentence, parameters, example and what it does.
///
/// A plain command has parameters of its own. A family (`layer KIND …`, `optimizer RULE …`) has
/// members with their own parameters, chosen by the first value, and options they all share.
public final class CommandEntry {
  /// A member of a family: `dense` of `layer`.
  struct Member {
    var name: String
    var summary: String
    var parameters: [ParameterInfo]
    var example: String
    /// Makes the action from values bound to the member's parameters, then the shared ones.
    var action: ([ParameterValue]) throws -> Action
  }

  /// How many blocks may follow the arguments, and what they are for.
  struct Blocks {
    var count: ClosedRange<Int>
    /// Options that are no parameters become names inside the block: `sweep lr=[…] { … }`.
    var definesOptions = false
    /// Whether the block runs exactly once, so that what it does can be foreseen.
    var runsOnce = false
  }

  /// What the checker must know beyond arguments.
  enum Role {
    case ordinary
    /// Options that are no parameters become names of the script: `param epochs = 10`.
    case declaresParameter
    /// The literal path's text is read in place: `include "blocks.nn"`.
    case includesText
    /// The arguments are words of help's own: `help layer dense`.
    case takesWords
  }

  /// The word.
  public let name: String
  /// One sentence for help.
  public let summary: String
  /// A plain command's parameters, or those a family's members share.
  public let parameters: [ParameterInfo]
  /// Lines that run as they stand after a `data` and a `layer`.
  public let example: String
  /// The members of a family in order; `nil` for a plain command.
  let members: [Member]?
  /// The member meant where the first value names none: `show` alone is `show model`.
  let defaultMember: String?
  let blocks: Blocks?
  let role: Role
  /// What can be known about the command before anything runs.
  let foresee: ((inout Forecast, ForeseenCall) throws -> Void)?
  /// Whether what it did stays even if it fails: `train` keeps its last good epoch.
  let keepsChangesOnFailure: Bool
  private let action: ([ParameterValue]) throws -> Action

  /// Makes a plain command from its typed entry.
  init(
    _ spec: Spec<Action>, blocks: Blocks? = nil, role: Role = .ordinary,
    keepsChangesOnFailure: Bool = false,
    foresee: ((inout Forecast, ForeseenCall) throws -> Void)? = nil
  ) {
    name = spec.name
    summary = spec.summary
    parameters = spec.parameters
    example = spec.example
    members = nil
    defaultMember = nil
    self.blocks = blocks
    self.role = role
    self.foresee = foresee
    self.keepsChangesOnFailure = keepsChangesOnFailure
    action = spec.make
  }

  /// Makes a family from its members' entries and the options they share.
  ///
  /// - Parameter combine: makes the action from the member's name, its product and the shared product.
  init<Product, Shared>(
    family name: String, _ summary: String, members specs: [Spec<Product>], shared: Spec<Shared>,
    example: String, defaultMember: String? = nil, blocks: Blocks? = nil,
    foresee: ((inout Forecast, ForeseenCall) throws -> Void)? = nil,
    combine: @escaping (String, Product, Shared) throws -> Action
  ) {
    self.name = name
    self.summary = summary
    self.example = example
    parameters = shared.parameters
    self.defaultMember = defaultMember
    self.blocks = blocks
    role = .ordinary
    keepsChangesOnFailure = false
    self.foresee = foresee
    members = specs.map { spec in
      let own = spec.parameters.count
      return Member(
        name: spec.name, summary: spec.summary, parameters: spec.parameters + shared.parameters,
        example: spec.example
      ) { values in
        try combine(
          spec.name, spec.make(Array(values[..<own])), shared.make(Array(values[own...])))
      }
    }
    action = { _ in preconditionFailure("a family's action is its member's") }
  }

  /// The member of a name.
  func member(_ name: String) -> Member? { members?.first { $0.name == name } }

  /// The action for values bound to a plain command's parameters, or to a member's.
  func action(member: Member?, _ values: [ParameterValue]) throws -> Action {
    if let member { return try member.action(values) }
    return try action(values)
  }
}
