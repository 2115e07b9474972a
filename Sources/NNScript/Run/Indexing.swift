import NNEngine

/// Reading and changing parts of values.
enum Indexing {
  /// What stands between the commas of an index.
  enum Item {
    case at(Value)
    /// Both ends belong to it, or the second does not; an open end is `nil`.
    case span(from: Value?, to: Value?, isHalfOpen: Bool)
  }

  enum Access {
    case index([Item])
    case field(String)
  }

  // MARK: Positions

  /// A whole number in range, counted from the end where it is negative.
  static func position(
    _ number: Double, count: Int, of what: String, argument: Int?
  ) throws -> Int {
    guard number == number.rounded(), number.magnitude < 1e15 else {
      throw ValueError(
        code: .wrongType,
        message: "an index is a whole number, not \(Formatting.number(number))",
        label: "not a whole number", argument: argument)
    }
    let index = Int(number)
    guard (-count..<count).contains(index) else {
      let range = count == 0 ? "it is empty" : "the last index is \(count - 1)"
      throw ValueError(
        code: .indexOutOfRange,
        message: "there is no item \(index): \(what) has \(count) \(count == 1 ? "item" : "items")",
        label: range, argument: argument)
    }
    return index < 0 ? index + count : index
  }

  private static func position(
    _ value: Value, count: Int, of what: String, argument: Int?
  ) throws -> Int {
    guard case .number(let number) = value else {
      throw ValueError(
        code: .wrongType, message: "an index is a whole number, not \(value.kindName)",
        label: "this is \(value.kindName)", argument: argument)
    }
    return try position(number, count: count, of: what, argument: argument)
  }

  /// The places an item of an index means.
  private static func places(_ item: Item, count: Int, of what: String) throws -> Range<Int> {
    switch item {
    case .at(let value):
      let index = try position(value, count: count, of: what, argument: 1)
      return index..<index + 1
    case .span(let from, let to, let isHalfOpen):
      if count == 0, from == nil, to == nil { return 0..<0 }
      if isHalfOpen, let to {
        // An end that is left out may be the one behind the last item.
        let end =
          to.numberValue == Double(count)
          ? count : try position(to, count: count, of: what, argument: nil)
        let first =
          from?.numberValue == Double(end)
          ? end : try from.map { try position($0, count: count, of: what, argument: nil) } ?? 0
        return first..<max(first, end)
      }
      let first = try from.map { try position($0, count: count, of: what, argument: nil) } ?? 0
      let last =
        try to.map { try position($0, count: count, of: what, argument: nil) } ?? count - 1
      return first..<max(first, last + 1)
    }
  }

  // MARK: Reading

  /// `base[index]`.
  static func item(_ base: Value, _ index: Value) throws -> Value {
    switch base {
    case .list(let list):
      if case .number = index {
        return list[try position(index, count: list.count, of: "the list", argument: 1)]
      }
      return try items(base, [.at(index)])
    case .text(let box):
      let text = box.text
      let place = try position(index, count: Texts.length(text), of: "the text", argument: 1)
      return .text(try Texts.characters(place..<place + 1, of: text))
    case .record(let box):
      guard case .text(let name) = index else {
        throw ValueError(
          code: .wrongType, message: "a record is read by name, not by \(index.kindName)",
          label: "this is \(index.kindName)", help: ["write `r.name` or `r[\"name\"]`"],
          argument: 1)
      }
      guard let field = box.index(of: name.text) else {
        throw unknownField(name.text, of: "the record", known: box.fields.map(\.name), argument: 1)
      }
      return box.fields[field].value
    case .tensor(let box):
      guard box.tensor.shape.rank > 0 else { break }
      if case .number(let number) = index {
        let place = try position(
          number, count: box.tensor.shape[0], of: "the tensor", argument: 1)
        return TensorMath.item(box.tensor, place)
      }
      return try items(base, [.at(index)])
    case .object(let object):
      if case .text(let name) = index { return try field(base, name.text) }
      throw ValueError.wrongType("[ ]", takes: "a name here", found: index, argument: 1)
        .about(object.object.kindName)
    default: break
    }
    throw notIndexed(base)
  }

  /// `base[…]` with several items or ranges.
  static func items(_ base: Value, _ items: [Item]) throws -> Value {
    switch base {
    case .tensor(let box): return try part(box.tensor, items)
    case .list(let list):
      if items.count == 1, case .at(let index) = items[0], case .list(let wanted) = index {
        return try picked(list, wanted)
      }
      let places = try places(items[0], count: list.count, of: "the list")
      let rest = Array(items.dropFirst())
      if case .at = items[0] {
        let item = list[places.lowerBound]
        return rest.isEmpty ? item : try self.items(item, rest)
      }
      return .list(
        try ListBox.making(places.count) { index in
          let item = list[places.lowerBound + index]
          return rest.isEmpty ? item : try self.items(item, rest)
        })
    case .text(let box) where items.count == 1:
      let text = box.text
      let places = try places(items[0], count: Texts.length(text), of: "the text")
      return .text(try Texts.characters(places, of: text))
    case .record where items.count == 1, .object where items.count == 1:
      if case .at(let index) = items[0] { return try item(base, index) }
    default: break
    }
    throw notIndexed(base)
  }

  /// `xs[list]`: items by number, or those where a list of truths is true.
  private static func picked(_ list: ListBox, _ wanted: ListBox) throws -> Value {
    var areTruths = wanted.count > 0
    try steadily(wanted.count) { if wanted[$0].truthValue == nil { areTruths = false } }
    guard areTruths else {
      return .list(
        try ListBox.making(wanted.count) {
          list[try position(wanted[$0], count: list.count, of: "the list", argument: 1)]
        })
    }
    try Operators.checkLengths(list.count, wanted.count, "[ ]")
    let result = ListBox()
    try steadily(list.count) { if wanted[$0].truthValue == true { result.append(list[$0]) } }
    return .list(result)
  }

  private static func part(_ tensor: Tensor, _ items: [Item]) throws -> Value {
    let (places, sizes) = try tensorPlaces(tensor.shape, items)
    var elements: [Float] = []
    forEachRun(tensor.shape, places) { elements += tensor.elements[$0] }
    return TensorMath.value(Tensor(shape: Shape(sizes), elements: elements))
  }

  /// The range along each axis, and the sizes that remain: an axis with one index goes.
  private static func tensorPlaces(
    _ shape: Shape, _ items: [Item]
  ) throws -> (places: [Range<Int>], sizes: [Int]) {
    guard items.count <= shape.rank else {
      throw ValueError(
        code: .indexOutOfRange,
        message: "\(items.count) indices for a tensor of \(shape.rank) axes",
        label: "its size is \(shape)")
    }
    var ranges: [Range<Int>] = []
    var sizes: [Int] = []
    for axis in 0..<shape.rank {
      let count = shape[axis]
      guard axis < items.count else {
        ranges.append(0..<count)
        sizes.append(count)
        continue
      }
      let range = try places(items[axis], count: count, of: "axis \(axis)")
      ranges.append(range)
      if case .span = items[axis] { sizes.append(range.count) }
    }
    return (ranges, sizes)
  }

  /// The numbers of a part in order, as runs of them that stand side by side: axes at the end that
  /// are taken whole are one run with the range along the axis before them.
  private static func forEachRun(
    _ shape: Shape, _ places: [Range<Int>], _ body: (Range<Int>) -> Void
  ) {
    let sizes = shape.sizes
    var inner = sizes.count - 1
    var length = 1
    while inner >= 0, places[inner] == 0..<sizes[inner] {
      length *= sizes[inner]
      inner -= 1
    }
    guard inner >= 0 else { return body(0..<length) }
    func walk(_ axis: Int, _ offset: Int) {
      if axis == inner {
        let first = (offset * sizes[axis] + places[axis].lowerBound) * length
        return body(first..<first + places[axis].count * length)
      }
      for place in places[axis] { walk(axis + 1, offset * sizes[axis] + place) }
    }
    walk(0, 0)
  }

  /// `base.name`.
  static func field(_ base: Value, _ name: String) throws -> Value {
    switch base {
    case .record(let box):
      if let index = box.index(of: name) { return box.fields[index].value }
      throw unknownField(name, of: "the record", known: box.fields.map(\.name), argument: nil)
    case .object(let box):
      if let value = try box.object.field(name) { return value }
      throw unknownField(
        name, of: box.object.kindName, known: box.object.fieldNames, argument: nil)
    case .tensor(let box):
      switch name {
      case "T": return .tensor(box.tensor.transposed)
      case "shape": return .list(box.tensor.shape.sizes.map(Double.init))
      default: throw unknownField(name, of: "a tensor", known: ["T", "shape"], argument: nil)
      }
    case .list(let list):
      switch name {
      case "T":
        let transposed = try Operators.tensor(base, argument: 0).transposed
        guard list.numbers == nil else { return base }
        return .list(try TensorMath.list(transposed))
      case "shape":
        return .list(try Operators.tensor(base, argument: 0).shape.sizes.map(Double.init))
      default: throw unknownField(name, of: "a list", known: ["T", "shape"], argument: nil)
      }
    default:
      throw ValueError(
        code: .unknownField, message: "\(base.kindName) has no field `\(name)`",
        label: "this is \(base.kindName)", help: functionHint(name), argument: 0)
    }
  }

  /// `xs.append(2)`, `xs.length`: what other languages have as fields are functions.
  private static func functionHint(_ name: String) -> [String] {
    let known = FunctionEntry.standard.map(\.name)
    guard let function = known.contains(name) ? name : ForeignWords.here(name, known) else {
      return []
    }
    return ["`\(function)` is a function: write `\(function)(…)`"]
  }

  private static func unknownField(
    _ name: String, of what: String, known: [String], argument: Int?
  ) -> ValueError {
    ValueError(
      code: .unknownField, message: "\(what) has no field `\(name)`", label: "unknown field",
      help: Suggestion.nearest(to: name, among: known).map { ["did you mean `\($0)`?"] }
        ?? functionHint(name),
      notes: known.isEmpty || known.count > 12
        ? [] : ["it has \(known.map { "`\($0)`" }.joined(separator: ", "))"],
      argument: argument)
  }

  private static func notIndexed(_ base: Value) -> ValueError {
    ValueError(
      code: .wrongType, message: "\(base.kindName) has no items to index",
      label: "this is \(base.kindName)", argument: 0)
  }

  // MARK: Changing

  /// Changes the part of a value that a path leads to. Nothing changes if anything fails.
  static func update(
    _ base: inout Value, _ path: [Access], _ change: (inout Value) throws -> Void
  ) throws {
    try update(&base, path[...], change)
  }

  private static func update(
    _ base: inout Value, _ path: ArraySlice<Access>, _ change: (inout Value) throws -> Void
  ) throws {
    guard let step = path.first else { return try change(&base) }
    let rest = path.dropFirst()
    do {
      switch step {
      case .field(let name): try updateField(&base, name, rest, change)
      case .index(let items): try updateItems(&base, items, rest, change)
      }
    } catch var error as StepError {
      // An error of this very step is marked there.
      error.facts.argument = path.startIndex
      throw error.facts
    }
  }

  /// A fault found in a step of a path itself.
  private struct StepError: Error {
    var facts: ValueError
  }

  private static func here<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as ValueError {
      throw StepError(facts: error)
    }
  }

  private static func updateField(
    _ base: inout Value, _ name: String, _ rest: ArraySlice<Access>,
    _ change: (inout Value) throws -> Void
  ) throws {
    // Taken out of its place, so that it may turn out to be held by nobody else.
    if isRecord(base) {
      let value = take(&base)
      guard case .record(var box) = consume value else { return }
      defer { base = .record(box) }
      guard let index = box.index(of: name) else {
        // A plain assignment adds the field.
        guard rest.isEmpty else { throw StepError(facts: unknown(name, box)) }
        var value = Value.none
        try change(&value)
        if !isKnownUniquelyReferenced(&box) { box = box.copy() }
        box.append(name, value)
        return
      }
      if !isKnownUniquelyReferenced(&box) { box = box.copy() }
      try box.update(index) { try update(&$0, rest, change) }
      return
    }
    switch base {
    case .object(let box):
      let object = box.object
      guard var value = try object.field(name) else {
        throw StepError(
          facts: unknownField(name, of: object.kindName, known: object.fieldNames, argument: nil))
      }
      let isWhole = rest.isEmpty
      try update(&value, rest, change)
      if !isWhole, case .object = value { return }
      guard try here({ try object.assign(name, value) }) else {
        throw StepError(
          facts: ValueError(
            code: .notAssignable, message: "`\(name)` of \(object.kindName) cannot be assigned",
            label: "can only be read"))
      }
    default:
      _ = try here { try field(base, name) }
      throw StepError(
        facts: ValueError(
          code: .notAssignable, message: "`\(name)` of \(base.kindName) cannot be assigned",
          label: "can only be read"))
    }
  }

  private static func isRecord(_ value: Value) -> Bool {
    if case .record = value { true } else { false }
  }

  private static func isList(_ value: Value) -> Bool {
    if case .list = value { true } else { false }
  }

  private static func take(_ place: inout Value) -> Value {
    let value = place
    place = .none
    return value
  }

  private static func unknown(_ name: String, _ box: RecordBox) -> ValueError {
    unknownField(name, of: "the record", known: box.fields.map(\.name), argument: nil)
  }

  private static func updateItems(
    _ base: inout Value, _ items: [Item], _ rest: ArraySlice<Access>,
    _ change: (inout Value) throws -> Void
  ) throws {
    if isList(base) {
      guard case .at(let index) = items[0], case .number = index else {
        return try updatePart(&base, items, rest, change)
      }
      let value = take(&base)
      guard case .list(var list) = consume value else { return }
      defer { base = .list(list) }
      let place = try here {
        try position(index, count: list.count, of: "the list", argument: nil)
      }
      if !isKnownUniquelyReferenced(&list) { list = try list.copy() }
      let inner = Array(items.dropFirst())
      try list.update(place) { item in
        if inner.isEmpty {
          try update(&item, rest, change)
        } else {
          try updateItems(&item, inner, rest, change)
        }
      }
      return
    }
    if isRecord(base) {
      guard items.count == 1, case .at(.text(let name)) = items[0] else {
        _ = try here { try self.items(base, items) }
        return
      }
      return try updateField(&base, name.text, rest, change)
    }
    switch base {
    case .tensor(let box):
      try updateTensor(&base, box.tensor, items, rest, change)
    default:
      throw StepError(
        facts: ValueError(
          code: .notAssignable, message: "items of \(base.kindName) cannot be assigned",
          label: "this is \(base.kindName)"))
    }
  }

  /// `xs[1..2] = …` of a list: a number for all places, or as many items.
  private static func updatePart(
    _ base: inout Value, _ items: [Item], _ rest: ArraySlice<Access>,
    _ change: (inout Value) throws -> Void
  ) throws {
    guard case .list(let list) = base, items.count == 1 else {
      throw StepError(
        facts: ValueError(
          code: .unsupported, message: "a list takes one range at a time",
          help: ["`tensor(…)` makes a tensor of it, which takes several"]))
    }
    var part = try here { try self.items(base, items) }
    let places = try here { try self.places(items[0], count: list.count, of: "the list") }
    try update(&part, rest, change)
    let copy = try list.copy()
    for (number, place) in places.enumerated() {
      try Allowance.proceed()
      if case .list(let new) = part {
        try here { try Operators.checkLengths(places.count, new.count, "=") }
        try copy.makePlace(for: new[number])
        copy.set(place, new[number])
      } else {
        try copy.makePlace(for: part)
        copy.set(place, part)
      }
    }
    base = .list(copy)
  }

  private static func updateTensor(
    _ base: inout Value, _ tensor: Tensor, _ items: [Item], _ rest: ArraySlice<Access>,
    _ change: (inout Value) throws -> Void
  ) throws {
    let (places, sizes) = try here { try tensorPlaces(tensor.shape, items) }
    var part = try here { try self.items(base, items) }
    try update(&part, rest, change)
    let new = try here { try Operators.tensor(part, argument: nil) }
    let shape = Shape(sizes)
    guard new.elements.count == 1 || new.shape == shape else {
      throw StepError(
        facts: ValueError(
          code: .shapeMismatch, message: "a part of size \(shape) cannot take \(new.shape)",
          label: "this part is \(shape)"))
    }
    var elements = tensor.elements
    var next = 0
    forEachRun(tensor.shape, places) { run in
      for offset in run {
        elements[offset] = new.elements[new.elements.count == 1 ? 0 : next]
        next += 1
      }
    }
    base = .tensor(Tensor(shape: tensor.shape, elements: elements))
  }
}

extension ValueError {
  /// Adds what the value in question is.
  func about(_ kind: String) -> ValueError {
    var copy = self
    copy.notes.append("it stands behind \(kind)")
    return copy
  }
}
