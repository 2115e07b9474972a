import NNEngine

// What the machine asks while a text runs.

extension Session: MachineDelegate {
  func perform(
    _ site: CommandSite, _ arguments: [CommandArgument], blocks: [FunctionBox]
  ) throws -> Value {
    let call = try site.settledCall ?? bind(site, arguments)
    let context = CommandContext(
      session: self, site: site, member: call.member?.name, places: call.places, blocks: blocks,
      sides: call.sides)
    // A command that fails changes nothing; `train` keeps its last good epoch, and a copy of the
    // workspace would make it copy all it writes to.
    let isKeptAnyway = site.entry.keepsChangesOnFailure || site.entry.takesItselfBack
    let before = isKeptAnyway ? nil : workspace
    let staysWhenStopped = site.entry.blocks?.staysWhenStopped ?? false
    let isPassing = before != nil && !staysWhenStopped
    passingCommands += isPassing ? 1 : 0
    defer { passingCommands -= isPassing ? 1 : 0 }
    do {
      let value = try site.entry.action(member: call.member, call.places.binding.values)(context)
      // What was left half-way is not to be shown.
      try Allowance.conclude()
      printed = context.printed.map { ($0, site.range) }
      if site.isValueTaken, value.isNone {
        throw Diagnostic(
          .noResult, "`\(site.word.text)` gives no value", at: site.range, "a value is needed here",
          help: ["put it on a line of its own"])
      }
      return value
    } catch {
      // What a block that runs once did before Ctrl-C is what its lines would have done alone.
      let isKept = staysWhenStopped && self.diagnostic(of: error).code == .interrupted
      if let before, !isKept, !(error is Quit) { workspace = before }
      if let error = error as? EngineError {
        let range = site.entry.members == nil ? call.places.subject : site.range
        throw Diagnostic(error, at: range, in: self, call.places)
      }
      throw error
    }
  }

  /// Finds the member and binds the arguments; where these are all written out, once for all runs.
  private func bind(_ site: CommandSite, _ arguments: [CommandArgument]) throws -> BoundCall {
    var call = SiteCall(site, arguments)
    let member = try call.takeMember(self)
    let parameters = member?.parameters ?? site.entry.parameters
    let title = member.map { "\(site.word.text) \($0.name)" } ?? site.word.text
    let binding = try Binder(
      title: title, wordRange: site.word.range, parameters: parameters, words: words,
      acceptsAnyOption: site.entry.blocks?.definesOptions == true
    ).bind(call.offers)
    let bound = BoundCall(
      member: member,
      places: CallPlaces(
        word: site.word, parameters: parameters, offers: call.offers, binding: binding),
      sides: call.sides)
    if site.isWrittenOut { site.settledCall = bound }
    return bound
  }

  func show(_ value: Value, at range: SourceRange) throws {
    defer { printed = nil }
    lastShown = value
    if !value.isNone {
      lastValue = value
      shownCount += 1
    }
    if let printed, printed.range == range {
      guard !printed.text.isEmpty, silence == 0 else { return }
      print(printed.text, command: nil, value: value)
    } else if !value.isNone, value.liveObject == nil {
      print(value.shown(on: host.screen), command: nil, value: value)
    }
  }

  func liveValue(_ name: String) throws -> Value {
    switch name {
    case "model": .object(ModelObject(self, name: nil))
    case "data": .object(DataObject(self))
    case "_": lastValue
    default: .object(ModelObject(self, name: name))
    }
  }

  var shouldStop: Bool { host.isCancelled }

  func call(_ function: FunctionBox, _ arguments: [Value]) throws -> Value {
    try machine.call(function, arguments)
  }

  func drawRandom() -> UInt64 { workspace.chance.next() }

  func facts(of error: any Error) -> ValueError? {
    guard let error = error as? EngineError else { return nil }
    let diagnostic = Diagnostic(error, at: nil, in: self)
    return ValueError(
      code: diagnostic.code, message: diagnostic.message, help: diagnostic.help,
      notes: diagnostic.notes)
  }
}

/// The words that are legal while a session runs.
final class SessionWords: WordSource {
  private unowned let session: Session

  init(_ session: Session) { self.session = session }

  func words(ofFamily family: String) -> [String]? {
    family == "model" ? session.workspace.modelNames : session.vocabulary.words(ofFamily: family)
  }

  func value(of word: String, inFamily family: String) -> ParameterValue {
    session.vocabulary.value(of: word, inFamily: family)
  }

  func value(
    of function: FunctionBox, inFamily family: String, at range: SourceRange
  ) throws -> ParameterValue? {
    try session.own(function, inFamily: family, at: range).map { .host($0) }
  }

  func options(of word: String, inFamily family: String) -> [ParameterInfo] {
    session.vocabulary.options(of: word, inFamily: family)
  }

  func value(
    of word: String, inFamily family: String, options: [ParameterValue]
  ) throws -> ParameterValue {
    try session.vocabulary.value(of: word, inFamily: family, options: options)
  }
}
