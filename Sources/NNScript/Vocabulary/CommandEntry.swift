import NNEngine

/// What running a command does, once its arguments are bound.
public typealias Action = (CommandContext) throws -> Value

/// A command of the vocabulary: its word, sentence, parameters, example and what it does.
///
/// A plain command has parameters of its own. A family (`layer KIND …`, `optimizer RULE …`) has
/// members with their own parameters, chosen by the first value, and options they all share.
///
/// A host adds a command of its own like this:
///
///     let announce = CommandEntry(
///       Spec(
///         "announce", "Says something a few times.",
///         .required("what", .text, "The message to show."),
///         .integer("times", 1...9, default: 1, "How often."),
///         example: "announce \"hello\" times=2"
///       ) { what, times in
///         { context in
///           for _ in 1...times { context.print(what) }
///           return .none
///         }
///       })
public final class CommandEntry {
  /// A member of a family: `dense` of `layer`.
  struct Member {
    var name: String
    var summary: String
    /// Its own parameters, then those all members share.
    var parameters: [ParameterInfo]
    /// How many of them are its own.
    var ownCount: Int
    var example: String
    /// Makes the action from values bound to the parameters.
    var action: ([ParameterValue]) throws -> Action
  }

  /// A field of the record a command gives, for help and completion.
  public struct Field: Sendable {
    /// The name, as in `e.accuracy`.
    public var name: String
    /// A few words about it.
    public var summary: String

    /// Describes a field.
    public init(_ name: String, _ summary: String) {
      self.name = name
      self.summary = summary
    }
  }

  /// How many blocks may follow the arguments, and what they are for.
  public struct Blocks {
    /// How many.
    public var count: ClosedRange<Int>
    /// Options that are no parameters become names: `sweep lr=[…] { … }`, `plot relu=… tanh=…`.
    var definesOptions = false
    /// Whether the block runs exactly once, so that what it does can be foreseen.
    var runsOnce = false
    /// Whether what the block did stays after Ctrl-C. A join is nothing before its blocks' end.
    var staysWhenStopped: Bool { runsOnce && foreseeStart == nil }
    /// What can be known before each of the blocks, and after all of them.
    var foreseeStart: ((inout Forecast) -> Void)?
    var foreseeEnd: Foresight?

    /// So many blocks, each run as often as the command likes.
    public init(_ count: ClosedRange<Int>) { self.count = count }

    init(
      count: ClosedRange<Int>, definesOptions: Bool = false, runsOnce: Bool = false,
      foreseeStart: ((inout Forecast) -> Void)? = nil, foreseeEnd: Foresight? = nil
    ) {
      self.count = count
      self.definesOptions = definesOptions
      self.runsOnce = runsOnce
      self.foreseeStart = foreseeStart
      self.foreseeEnd = foreseeEnd
    }
  }

  /// What the checker must know beyond arguments.
  enum Role {
    case ordinary
    /// Options that are no parameters become names of the script: `param epochs = 10`.
    case declaresParameter
    /// Options that are no parameters become what an optimiser keeps: `state m=0 v=0`.
    case declaresState
    /// The literal path's text is read in place: `include "blocks.nn"`.
    case includesText
    /// The arguments are words of help's own: `help layer dense`.
    case takesWords
  }

  /// What can be known about a command before anything runs.
  typealias Foresight = (inout Forecast, ForeseenCall) throws -> Void

  /// The word.
  public let name: String
  /// One sentence for help.
  public let summary: String
  /// A plain command's parameters, or those a family's members share.
  public let parameters: [ParameterInfo]
  /// The fields of its value, where it gives a record or something else that is read by field.
  public let fields: [Field]
  /// Lines that run as they stand after a `data` and a `layer`.
  public let example: String
  /// The members of a family in order; `nil` for a plain command.
  let members: [Member]?
  /// The member meant where the first value names none: `show` alone is `show model`.
  let defaultMember: String?
  let blocks: Blocks?
  let role: Role
  let foresee: Foresight?
  /// Whether what it did stays even if it fails: `train` keeps its last good epoch.
  let keepsChangesOnFailure: Bool
  /// Whether it takes its own change back where it fails, so that nothing need be kept to go back to.
  private(set) var takesItselfBack = false
  /// Whether its result can be used: `let e = evaluate`.
  var givesValue = true
  /// Makes a member of a script's own function.
  private let own: ((FunctionBox, Session, SourceRange) throws -> Member)?
  private let action: ([ParameterValue]) throws -> Action

  private init(
    plain spec: Spec<Action>, fields: [Field], blocks: Blocks?, role: Role,
    keepsChangesOnFailure: Bool, foresee: Foresight?
  ) {
    name = spec.name
    summary = spec.summary
    parameters = spec.parameters
    example = spec.example
    members = nil
    own = nil
    defaultMember = nil
    self.fields = fields
    self.blocks = blocks
    self.role = role
    self.foresee = foresee
    self.keepsChangesOnFailure = keepsChangesOnFailure
    action = spec.make
  }

  /// Makes a plain command from its typed entry.
  ///
  /// - Parameters:
  ///   - fields: the fields of its value, for help and completion.
  ///   - blocks: how many blocks it takes; none unless said.
  public convenience init(_ spec: Spec<Action>, fields: [Field] = [], blocks: Blocks? = nil) {
    self.init(
      plain: spec, fields: fields, blocks: blocks, role: .ordinary, keepsChangesOnFailure: false,
      foresee: nil)
  }

  /// Makes a plain command of which something is known before it runs.
  convenience init(
    _ spec: Spec<Action>, fields: [Field] = [], blocks: Blocks? = nil,
    keepsChangesOnFailure: Bool = false, foresee: @escaping Foresight
  ) {
    self.init(
      plain: spec, fields: fields, blocks: blocks, role: .ordinary,
      keepsChangesOnFailure: keepsChangesOnFailure, foresee: foresee)
  }

  /// Makes a plain command whose entry says what is wanted, for the check and the run to share.
  convenience init<Request>(
    _ spec: Spec<Request>, fields: [Field] = [], foresee: @escaping Foresight,
    run: @escaping (CommandContext, Request) throws -> Value
  ) {
    self.init(
      name: spec.name, summary: spec.summary, parameters: spec.parameters, fields: fields,
      example: spec.example, foresee: foresee
    ) { values in
      let request = try spec.make(values)
      return { try run($0, request) }
    }
  }

  private init(
    name: String, summary: String, parameters: [ParameterInfo], fields: [Field], example: String,
    foresee: @escaping Foresight, action: @escaping ([ParameterValue]) throws -> Action
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.fields = fields
    self.example = example
    members = nil
    own = nil
    defaultMember = nil
    blocks = nil
    role = .ordinary
    keepsChangesOnFailure = false
    self.foresee = foresee
    self.action = action
  }

  /// Makes a command in which the checker has a part.
  convenience init(_ spec: Spec<Action>, role: Role) {
    self.init(
      plain: spec, fields: [], blocks: nil, role: role, keepsChangesOnFailure: false, foresee: nil)
  }

  /// Makes a family from its members' entries and the options they share.
  ///
  /// - Parameters:
  ///   - offers: whether a member takes a shared option; all do unless said.
  ///   - takesItselfBack: whether it changes nothing where it fails.
  ///   - own: makes a member's entry of a function of the script; `nil` where only the entries count.
  ///   - combine: makes the action from the member's name, its product and the shared product.
  init<Product, Shared>(
    family name: String, _ summary: String, members specs: [Spec<Product>], shared: Spec<Shared>,
    offers: (Spec<Product>, ParameterInfo) -> Bool = { _, _ in true },
    example: String, defaultMember: String? = nil, blocks: Blocks? = nil,
    takesItselfBack: Bool = false, foresee: Foresight? = nil,
    own: ((FunctionBox, Session, SourceRange) throws -> Spec<Product>)? = nil,
    combine: @escaping (String, Product, Shared) throws -> Action
  ) {
    self.takesItselfBack = takesItselfBack
    self.name = name
    self.summary = summary
    self.example = example
    parameters = shared.parameters
    fields = []
    self.defaultMember = defaultMember
    self.blocks = blocks
    role = .ordinary
    keepsChangesOnFailure = false
    self.foresee = foresee
    func member(_ spec: Spec<Product>, _ taken: [Bool]) -> Member {
      let own = spec.parameters.count
      let options = zip(shared.parameters, taken).filter(\.1).map(\.0)
      return Member(
        name: spec.name, summary: spec.summary, parameters: spec.parameters + options,
        ownCount: own, example: spec.example
      ) { values in
        // What is not taken stands there as not given.
        var given = values[own...]
        let all = taken.map { $0 ? given.removeFirst() : .none }
        return try combine(spec.name, spec.make(Array(values[..<own])), shared.make(all))
      }
    }
    members = specs.map { spec in member(spec, shared.parameters.map { offers(spec, $0) }) }
    let all = shared.parameters.map { _ in true }
    self.own = own.map { make in { try member(make($0, $1, $2), all) } }
    action = { _ in preconditionFailure("a family's action is its member's") }
  }

  /// Whether functions of the script may be members.
  var takesOwnFunctions: Bool { own != nil }

  /// The member that a function of the script is.
  ///
  /// - Throws: the `Diagnostic` of why it is none.
  func member(_ function: FunctionBox, _ session: Session, at range: SourceRange) throws
    -> Member?
  {
    try own?(function, session, range)
  }

  /// The same as far as its header tells, for checking a line before anything runs.
  func member(_ template: FunctionTemplate) -> Member {
    let shared = Set(parameters.map(\.name))
    return Member(
      name: template.name, summary: "", parameters: template.settings(except: shared) + parameters,
      ownCount: 0, example: ""
    ) { _ in preconditionFailure("a line is checked, not run, with what its header tells") }
  }

  /// The member of a name.
  func member(_ name: String) -> Member? { members?.first { $0.name == name } }

  /// The action for values bound to a plain command's parameters, or to a member's.
  func action(member: Member?, _ values: [ParameterValue]) throws -> Action {
    if let member { return try member.action(values) }
    return try action(values)
  }
}
