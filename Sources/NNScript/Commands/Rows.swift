import NNEngine

/// Raw rows for a network, from whatever a script gives.
struct Rows {
  var examples: Examples
  /// One row was given as such: the answer is one record.
  var isSingle: Bool

  init(
    _ values: Value, _ network: Network, _ preprocessing: Preprocessing, _ context: CommandContext,
    named parameter: String = "values", reading: DataOptions = DataOptions()
  ) throws {
    let range = context.range(of: parameter)
    let shape = network.inputShape
    if let path = values.textValue {
      let notes: [String]
      (examples, notes) = try context.session.loader.examples(
        in: context.session.readingPath(path), for: preprocessing, options: reading,
        needsTargets: false)
      for remark in notes { context.note(remark) }
      // A picture is one row, however it came.
      isSingle =
        examples.count == 1 && !examples.names.isEmpty
        && context.session.host.files.kind(of: context.session.readingPath(path)) != .folder
      return
    }
    if !preprocessing.columns.isEmpty {
      (examples, isSingle) = try Rows.encoded(values, preprocessing, context, range)
      return
    }
    let rows: Numbers
    if let fields = values.recordFields {
      rows = try Rows.row(fields, preprocessing.inputNames, range)
    } else if let records = values.listItems, !records.isEmpty,
      records.allSatisfy({ $0.recordFields != nil })
    {
      let numbers = try records.map {
        try Rows.row($0.recordFields ?? [], preprocessing.inputNames, range).elements
      }
      rows = Numbers(
        shape: [numbers.count, preprocessing.inputNames.count], elements: numbers.flatMap { $0 })
    } else if let given = values.asNumbers {
      rows = given
    } else {
      throw Diagnostic(
        .wrongType,
        "`\(context.site.word.text)` takes numbers, a record or a file, not \(values.kindName)",
        at: range, "this is \(values.kindName)")
    }
    let width = shape.count
    let isRow = rows.shape.count == width && rows.shape.rank <= shape.rank
    let isRows =
      rows.shape.rank >= 1 && rows.shape.sizes.first.map { $0 * width } == rows.shape.count
    guard isRow || isRows, rows.shape.count > 0 else {
      throw Diagnostic(
        .shapeMismatch,
        "expected \(count(width, "value")) per row, got \(rows.shape)",
        at: range, "not rows of \(width)",
        notes: preprocessing.inputNames.isEmpty
          ? [] : ["columns: " + preprocessing.inputNames.joined(separator: ", ")])
    }
    try Rows.check(rows.elements, width, preprocessing, range)
    isSingle = isRow
    examples = Examples(
      count: isRow ? 1 : rows.shape[0], inputShape: shape, inputs: .exact(rows.elements),
      targets: .none)
  }

  // MARK: Cells

  /// Rows of cells, encoded as the model learnt its columns.
  private static func encoded(
    _ values: Value, _ preprocessing: Preprocessing, _ context: CommandContext,
    _ range: SourceRange
  ) throws -> (examples: Examples, isSingle: Bool) {
    let columns = preprocessing.columns
    let names = columns.map(\.name)
    func cells(_ row: Value) throws -> [TableCell]? {
      if let fields = row.recordFields {
        try checkFields(fields, names, range)
        return try names.map { name in
          guard let value = fields.first(where: { $0.name == name })?.value else {
            throw Diagnostic(
              .missingValue, "the record has no value for the column `\(name)`", at: range,
              "`\(name)` is missing", help: ["add `\(name): …`, or `\(name): none`"])
          }
          return try cell(value, name, range)
        }
      }
      guard let items = row.listItems ?? row.asNumbers?.elements.map({ .number($0) }),
        items.count == names.count, items.allSatisfy({ $0.listItems == nil })
      else { return nil }
      return try zip(items, names).map { try cell($0, $1, range) }
    }
    var rows: [[TableCell]] = []
    let isSingle: Bool
    if let row = try cells(values) {
      rows = [row]
      isSingle = true
    } else {
      isSingle = false
      let width = values.asNumbers?.shape.sizes.last ?? 0
      let items =
        values.listItems
        ?? values.asNumbers.map { numbers in
          stride(from: 0, to: numbers.elements.count, by: max(width, 1)).map { start in
            .list(numbers.elements[start..<start + width].map { .number($0) })
          }
        } ?? []
      for item in items {
        guard let row = try cells(item) else {
          throw Diagnostic(
            .shapeMismatch, "the network takes \(count(names.count, "value")) a row", at: range,
            "not rows of \(names.count)", notes: ["columns: " + names.joined(separator: ", ")])
        }
        rows.append(row)
      }
      guard !rows.isEmpty else {
        throw Diagnostic(
          .wrongType,
          "`\(context.site.word.text)` takes a row, a record or a file, not \(values.kindName)",
          at: range, "this is \(values.kindName)")
      }
    }
    var examples = Examples(
      count: rows.count, inputShape: preprocessing.inputShape,
      inputs: .doubles(
        Array(repeating: 0, count: rows.count * preprocessing.inputShape.count)), targets: .none)
    do {
      let notes = try examples.encode(rows, by: columns)
      for remark in notes { context.note(remark) }
    } catch let error as EngineError {
      throw Diagnostic(error, at: range)
    }
    try check(examples.inputs.numbers, preprocessing.inputShape.count, preprocessing, range)
    return (examples, isSingle)
  }

  private static func cell(_ value: Value, _ name: String, _ range: SourceRange) throws -> TableCell
  {
    switch value {
    case .number(let number): return .number(number)
    case .text(let box): return .text(box.text)
    case .truth(let truth): return .text(truth ? "true" : "false")
    case .none: return .missing
    default:
      throw Diagnostic(
        .wrongType, "the column `\(name)` takes a number or a text, not \(value.kindName)",
        at: range, "this is \(value.kindName)")
    }
  }

  private static func checkFields(
    _ fields: [(name: String, value: Value)], _ columns: [String], _ range: SourceRange
  ) throws {
    for (name, _) in fields where !columns.contains(name) {
      throw Diagnostic(
        .unknownField, "the network has no input column `\(name)`", at: range, "a record",
        help: Suggestion.nearest(to: name, among: columns).map { ["did you mean `\($0)`?"] } ?? [],
        notes: ["columns: " + columns.joined(separator: ", ")])
    }
  }

  /// Numbers that the network would not get as numbers.
  private static func check(
    _ numbers: [Double], _ width: Int, _ preprocessing: Preprocessing, _ range: SourceRange
  ) throws {
    for (index, number) in numbers.enumerated() {
      let scaled = preprocessing.inputScaling?.scaled(number, column: index % width) ?? number
      if Float(scaled).isFinite { continue }
      let names = preprocessing.inputNames
      let place =
        names.indices.contains(index % width)
        ? "`\(names[index % width])`" : "column \(index % width + 1)"
      let row = numbers.count > width ? " in row \(index / width + 1)" : ""
      throw Diagnostic(
        .outOfRange,
        number.isNaN
          ? "\(place)\(row) is no number"
          : "\(place)\(row) is \(Formatting.exact(number)), which 32 bits do not hold once scaled",
        at: range, "needs finite numbers")
    }
  }

  /// A record's fields in the order of the columns.
  private static func row(
    _ fields: [(name: String, value: Value)], _ columns: [String], _ range: SourceRange
  ) throws -> Numbers {
    guard !columns.isEmpty else {
      throw Diagnostic(
        .wrongType, "the network's inputs have no column names", at: range, "a record",
        help: ["give the values as a list: `predict [0.5, 1]`"])
    }
    try checkFields(fields, columns, range)
    let numbers = try columns.map { column in
      guard let value = fields.first(where: { $0.name == column })?.value.numberValue else {
        throw Diagnostic(
          .missingValue, "the record has no number for the column `\(column)`", at: range,
          "`\(column)` is missing", help: ["add `\(column): …`"])
      }
      return value
    }
    return Numbers(shape: [columns.count], elements: numbers)
  }
}
