extension InputColumn {
  /// The column as JSON, exact to the last bit.
  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("name", .string(name))]
    switch kind {
    case .number: members.append(.init("kind", "number"))
    case .truth: members.append(.init("kind", "truth"))
    case .category(let names, let rest):
      members.append(.init("kind", "category"))
      members.append(.init("categories", .array(names.map { .string($0) })))
      members.append(.init("other", .bool(rest.hasOther)))
      members.append(.init("missing", .bool(rest.hasMissing)))
    case .date(let start, let cycles):
      members.append(.init("kind", "date"))
      members.append(.init("start", .number(start)))
      members.append(.init("cycles", .array(cycles.map { .string($0.rawValue) })))
      if let order { members.append(.init("order", .string(order.rawValue))) }
    }
    if let notation { members.append(.init("notation", notation.json)) }
    if let missingCategory { members.append(.init("fill", .string(missingCategory))) }
    if let fill { members.append(.init("fill", .number(fill))) }
    if isMarked { members.append(.init("marked", true)) }
    return .object(members)
  }

  /// Reads what `json` wrote; `nil` where it is something else or contradicts itself.
  init?(json: JSONValue) {
    guard let name = json["name"]?.string, let word = json["kind"]?.string else { return nil }
    let fill = json["fill"]?.number
    guard fill?.isFinite != false else { return nil }
    self.init(name: name, kind: .number, fill: fill, isMarked: json["marked"]?.bool ?? false)
    notation = json["notation"].flatMap(CellText.Notation.init(json:))
    missingCategory = json["fill"]?.string
    switch word {
    case "number": break
    case "truth": kind = .truth
    case "category":
      guard let found = json["categories"]?.array else { return nil }
      let names = found.compactMap(\.string)
      guard names.count == found.count, Set(names).count == names.count else { return nil }
      kind = .category(
        names,
        rest: Rest(
          hasOther: json["other"]?.bool ?? false, hasMissing: json["missing"]?.bool ?? false))
    case "date":
      guard let start = json["start"]?.number, start.isFinite, let found = json["cycles"]?.array
      else { return nil }
      let cycles = found.compactMap(\.string).compactMap(Cycle.init)
      guard cycles.count == found.count else { return nil }
      kind = .date(start: start, cycles: cycles)
      order = json["order"]?.string.flatMap(DateText.Order.init)
    default: return nil
    }
    // A number that says there was none needs something to stand in its place.
    if isMarked && fill == nil { return nil }
  }
}
