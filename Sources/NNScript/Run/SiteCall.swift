/// The arguments of a command as its run found them, on their way to the binder.
struct SiteCall {
  private let site: CommandSite
  private(set) var offers: [Offer] = []
  /// The values on both sides of a condition.
  private(set) var sides: [Value] = []

  init(_ site: CommandSite, _ arguments: [CommandArgument]) {
    self.site = site
    for (written, found) in zip(site.arguments, arguments) {
      let content: Offer.Content
      switch found {
      case .value(let value): content = .value(value)
      case .word(let word): content = .word(word)
      case .condition(let value, let both):
        content = .value(value)
        sides = both
      }
      offers.append(
        Offer(
          name: written.name, content: content, fallbackWord: written.fallbackWord,
          range: written.range))
    }
  }

  /// Takes the first plain value of a family as the name of its member.
  ///
  /// - Throws: a diagnostic where it names none.
  mutating func takeMember(_ session: Session) throws -> CommandEntry.Member? {
    guard let members = site.entry.members else { return nil }
    guard let place = offers.firstIndex(where: { $0.name == nil }) else { return nil }
    let offer = offers[place]
    if case .value(.function(let box)) = offer.content, box.isOwn,
      let member = try site.entry.member(box, session, at: offer.range)
    {
      offers.remove(at: place)
      return member
    }
    let names: [String?] =
      switch offer.content {
      case .word(let word): [word]
      case .value(let value):
        [value.textValue ?? value.functionValue?.name, offer.fallbackWord]
      case .unknown: []
      }
    for case let name? in names {
      guard let member = members.first(where: { $0.name == name }) else { continue }
      offers.remove(at: place)
      return member
    }
    let found = names.compactMap { $0 }.first
    let title = familyTitle(site.entry.name)
    throw Diagnostic(
      .unknownName,
      found.map { "there is no \(title) named `\($0)`" }
        ?? "`\(site.entry.name)` needs \(article(title))",
      at: offer.range, "not \(article(title))",
      help: found.flatMap { Suggestion.nearest(to: $0, among: members.map(\.name)) }
        .map { ["did you mean `\($0)`?"] } ?? [])
  }
}

/// A command with its arguments given to parameters.
struct BoundCall {
  var member: CommandEntry.Member?
  var places: CallPlaces
  /// The values on both sides of a condition.
  var sides: [Value]
}
