import NNEngine

/// What a command may use while it runs.
public final class CommandContext {
  /// The session it runs in.
  public let session: Session
  let site: CommandSite
  /// The blocks given to the command, to be run with `run`.
  public let blocks: [FunctionBox]
  /// What is printed if the command stands alone; `nil` to print its value.
  public var printed: String?

  private let member: String?
  /// Where the arguments stand.
  let places: CallPlaces
  /// The values behind conditions, for messages.
  let sides: [Value]

  init(
    session: Session, site: CommandSite, member: String?, places: CallPlaces,
    blocks: [FunctionBox], sides: [Value]
  ) {
    self.session = session
    self.site = site
    self.member = member
    self.places = places
    self.blocks = blocks
    self.sides = sides
  }

  var catalog: Catalog { session.vocabulary.catalog }

  /// What results are shown on.
  public var screen: Screen { session.host.screen }

  /// Whether a parameter was given.
  public func isGiven(_ name: String) -> Bool { places.isGiven(name) }

  /// Where a parameter's value stands; the command's word where it was left out.
  public func range(of name: String) -> SourceRange { places.range(of: name) }

  /// Where the member of a family stands: the `mse` of `loss mse`.
  var memberRange: SourceRange {
    member == nil ? site.word.range : site.arguments.first?.range ?? site.word.range
  }

  /// The options that are no parameters, with their values: names the command defines.
  var definitions: [(name: Name, value: Value)] {
    places.offers.compactMap { offer in
      guard let name = offer.name, !places.parameters.contains(where: { $0.name == name.text }),
        case .value(let value) = offer.content
      else { return nil }
      return (name, value)
    }
  }

  /// The command as one would type it, from what was bound.
  var line: Declaration {
    Declaration(word: site.word.text, member: member, places.parameters, places.binding)
  }

  /// Prints lines of results.
  public func print(_ text: String) { session.print(text, command: site.word.text) }

  /// Tells the host something that is not a result.
  public func note(_ text: String) {
    guard session.silence == 0 else { return }
    session.host.receive(.note(text, command: site.word.text))
  }

  /// Warns at a range.
  public func warn(_ diagnostic: Diagnostic) {
    var warning = diagnostic
    warning.severity = .warning
    session.report(warning)
  }

  /// Runs a block of the command.
  public func run(_ block: FunctionBox, _ arguments: [Value] = []) throws {
    _ = try session.call(block, arguments)
  }

  /// The data at hand, for a command that cannot do without.
  ///
  /// - Throws: the `no-data` diagnostic.
  func needData(_ reason: String) throws -> Dataset {
    if let data = session.workspace.data { return data }
    throw Diagnostic(
      .noData, "`\(site.word.text)` \(reason)", at: site.word.range,
      "no data has been loaded at this point", help: ["load some first, for example `data iris`"])
  }

  /// Data and network made to fit each other.
  ///
  /// - Throws: a diagnostic or `EngineError`.
  func prepare(_ reason: String) throws -> Prepared {
    if let complaint = session.workspace.model.blueprint.complaintOfOpenBlock(site.word) {
      throw complaint
    }
    _ = try needData(reason)
    guard let prepared = try session.prepare(range: site.range) else {
      throw Diagnostic(.noData, "`\(site.word.text)` \(reason)", at: site.word.range)
    }
    if let added = prepared.added {
      note("added the output layer the loss needs: \(added)")
    }
    for remark in prepared.notes { note(remark) }
    return prepared
  }
}
