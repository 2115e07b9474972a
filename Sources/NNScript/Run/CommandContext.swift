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

  /// The command as one would type it, from what was bound; values of tensors are left out.
  var line: String {
    var words = [site.word.text]
    if let member { words.append(member) }
    let binding = places.binding
    for (place, parameter) in places.parameters.enumerated()
    where !binding.offers[place].isEmpty {
      guard let text = Self.text(of: binding.values[place]) else { continue }
      if parameter.defaultText == text { continue }
      words.append(parameter.isPositional ? text : "\(parameter.name)=\(text)")
    }
    for (option, value) in binding.wordOptions {
      guard let text = Self.text(of: value), text != option.defaultText else { continue }
      words.append("\(option.name)=\(text)")
    }
    return words.joined(separator: " ")
  }

  private static func text(of value: ParameterValue) -> String? {
    switch value {
    case .none, .tensor: return nil
    case .integer(let number): return String(number)
    case .number(let number):
      return number == number.rounded() && abs(number) < 1e15
        ? String(Int(number)) : "\(number)"
    case .truth(let truth): return String(truth)
    case .text(let text): return isName(text) ? text : "\"\(text)\""
    case .texts(let texts): return "[" + texts.joined(separator: ", ") + "]"
    case .size(let sizes): return sizes.map(String.init).joined(separator: "x")
    case .host(let activation as any Activation): return activation.name
    case .host(let initializer as any Initializer): return initializer.name
    case .host(let metric as any Metric): return metric.name
    case .host(let word as any Defined): return word.equation.name
    case .host(let metrics as [any Metric]): return metrics.map(\.name).joined(separator: " ")
    case .host(let value as Value):
      return value.textValue ?? value.functionValue?.name ?? Formatting.text(of: value)
    case .host: return nil
    }
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 == 0x5F || isalnumASCII($0) }
  }

  private static func isalnumASCII(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// Prints lines of results.
  public func print(_ text: String) { session.print(text, command: site.word.text) }

  /// Tells the host something that is not a result.
  public func note(_ text: String) { session.host.receive(.note(text, command: site.word.text)) }

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
