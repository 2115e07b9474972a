/// Targets typed in beside their inputs.
public enum TypedTargets: Sendable {
  /// Rows without targets.
  case none
  /// One number or one row of numbers for each row of inputs.
  case numbers(Numbers)
  /// One class for each row of inputs.
  case texts([String])
}

extension Dataset {
  /// Data typed in: `data [[0,0],[0,1],[1,0],[1,1]] target=[0,1,1,0]`.
  ///
  /// The first axis of `inputs` counts the rows; a plain list is one number a row. Values stay as
  /// they are unless `normalize` says otherwise.
  ///
  /// - Throws: `EngineError.invalid` where inputs and targets do not fit together.
  public init(
    inputs: Numbers, targets: TypedTargets, options: DataOptions = DataOptions(), seed: UInt64 = 0
  ) throws {
    guard inputs.shape.rank >= 1, inputs.shape.count > 0 else {
      throw EngineError.invalid("the data hold no rows", help: "`data [[0, 1], [1, 0]]`")
    }
    if let name = options.columnsNamed.first {
      throw EngineError.invalid("values typed in have no columns, `\(name)` names one")
    }
    guard inputs.elements.allSatisfy(\.isFinite) else {
      throw EngineError.invalid("the data hold a value that is not finite")
    }
    let count = inputs.shape[0]
    let sizes = inputs.shape.rank == 1 ? [1] : Array(inputs.shape.sizes.dropFirst())
    var rows = RowSource(
      values: inputs.elements, count: count, inputShape: Shape(sizes),
      targets: try Self.rawTargets(targets, rows: count))
    if let shape = options.shape { try rows.take(shape) }
    let normalization = options.normalize == .auto ? .none : options.normalize
    let builder = DatasetBuilder(
      name: "values", options: options, seed: seed, normalization: normalization)
    self = try builder.build(rows, validation: nil, test: nil)
  }

  static func rawTargets(_ targets: TypedTargets, rows: Int) throws -> RawTargets {
    switch targets {
    case .none: return .none
    case .texts(let texts):
      guard texts.count == rows else { throw mismatch(texts.count, rows) }
      var codes: [String: Int32] = [:]
      var names: [String] = []
      let numbers = texts.map { text in
        if let code = codes[text] { return code }
        let code = Int32(names.count)
        codes[text] = code
        names.append(text)
        return code
      }
      return .texts(numbers, names: names)
    case .numbers(let numbers):
      guard numbers.elements.allSatisfy(\.isFinite) else {
        throw EngineError.invalid("the targets hold a value that is not finite")
      }
      // One row of inputs and a plain list: the list is that row's targets.
      let found = rows == 1 && numbers.shape.rank <= 1 ? 1 : numbers.shape.sizes.first ?? 1
      guard found == rows, numbers.shape.count > 0 else { throw mismatch(found, rows) }
      return .numbers(numbers.elements, width: numbers.elements.count / max(rows, 1))
    }
  }

  private static func mismatch(_ targets: Int, _ rows: Int) -> EngineError {
    .invalid(
      "`target` holds \(targets), there \(rows == 1 ? "is 1 row" : "are \(rows) rows")",
      help: "give one target for each row of inputs")
  }
}
