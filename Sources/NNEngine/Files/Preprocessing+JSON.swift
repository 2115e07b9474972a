extension Preprocessing {
  /// The description as JSON, exact to the last bit: what a saved model carries in its metadata.
  public var json: JSONValue {
    func texts(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
    return [
      "input_shape": .array(inputShape.sizes.map { .number(Double($0)) }),
      "input_scaling": inputScaling?.json ?? .null,
      "input_names": texts(inputNames),
      "columns": .array(columns.map(\.json)),
      "missing_values": missingValues.map(texts) ?? .null,
      "decimal": decimal.map { .string($0.rawValue) } ?? .null,
      "target_decimal": targetDecimal.map { .string($0.rawValue) } ?? .null,
      "target_scaling": targetScaling?.json ?? .null,
      "target_names": texts(targetNames),
      "class_names": texts(classNames),
      "classes_are_numbers": .bool(classesAreNumbers),
      "answer": answer.map { .string($0.rawValue) } ?? .null,
      "boundary": .number(boundary),
      "normalization": .string(normalization.rawValue),
      "pictures": pictures?.json ?? .null,
    ]
  }

  /// Reads what `json` wrote; `nil` where it is something else or contradicts itself.
  public init?(json: JSONValue) {
    func texts(_ key: String) -> [String]? {
      guard let elements = json[key]?.array else { return nil }
      let texts = elements.compactMap(\.string)
      return texts.count == elements.count ? texts : nil
    }
    guard let axes = json["input_shape"]?.array,
      let inputNames = texts("input_names"), let targetNames = texts("target_names"),
      let classNames = texts("class_names"),
      let inputScaling = Scaling.optional(json["input_scaling"]),
      let targetScaling = Scaling.optional(json["target_scaling"])
    else { return nil }
    let sizes = axes.compactMap(\.integer)
    guard sizes.count == axes.count, sizes.count <= 8, sizes.allSatisfy({ $0 >= 1 }),
      let shape = try? Shape(checking: sizes, for: "one example")
    else { return nil }
    if let scaling = inputScaling, ![1, shape.count].contains(scaling.scale.count) { return nil }
    if !inputNames.isEmpty && inputNames.count != shape.count { return nil }
    self.init(
      inputShape: shape, inputScaling: inputScaling, targetScaling: targetScaling,
      inputNames: inputNames, targetNames: targetNames, classNames: classNames,
      classesAreNumbers: json["classes_are_numbers"]?.bool ?? false)
    // Files written before there were these leave them to the loss of the model.
    missingValues = texts("missing_values")
    decimal = json["decimal"]?.string.flatMap(DataOptions.DecimalSign.init)
    targetDecimal = json["target_decimal"]?.string.flatMap(DataOptions.DecimalSign.init)
    let described = json["columns"]?.array ?? []
    columns = described.compactMap(InputColumn.init(json:))
    guard columns.count == described.count,
      columns.isEmpty || columns.flatMap(\.names) == inputNames
    else { return nil }
    answer = json["answer"]?.string.flatMap(Answer.init(rawValue:))
    if let found = json["boundary"]?.number { boundary = found }
    let form = json["pictures"] ?? .null
    pictures = PictureForm(json: form)
    if form != .null, pictures?.shape.count != shape.count { return nil }
    // Older files do not say.
    normalization =
      json["normalization"]?.string.flatMap(DataOptions.Normalization.init) ?? .auto
  }
}

extension Preprocessing.Scaling {
  fileprivate var json: JSONValue {
    [
      "center": .array(center.map { .number($0) }),
      "scale": .array(scale.map { .number($0) }),
    ]
  }

  /// A scaling, or none where the file says `null`; `nil` for anything else.
  fileprivate static func optional(_ json: JSONValue?) -> Self?? {
    guard let json else { return nil }
    if json == .null { return .some(nil) }
    func numbers(_ key: String) -> [Double]? {
      guard let elements = json[key]?.array else { return nil }
      let numbers = elements.compactMap(\.number)
      return numbers.count == elements.count && numbers.allSatisfy(\.isFinite) ? numbers : nil
    }
    guard let scale = numbers("scale"), !scale.isEmpty, scale.allSatisfy({ $0 != 0 }) else {
      return nil
    }
    if let center = numbers("center") {
      return center.count == scale.count ? .some(Self(center: center, scale: scale)) : nil
    }
    // Older files hold `x * scale + shift` in 32 bits, by the shortest text of these.
    guard let shift = numbers("shift"), shift.count == scale.count else { return nil }
    let rounded = [scale, shift].map { $0.map { Double(Float($0)) } }
    guard rounded[0].allSatisfy({ $0.isFinite && $0 != 0 }), rounded[1].allSatisfy(\.isFinite)
    else { return nil }
    return .some(Self(scale: rounded[0], shift: rounded[1]))
  }
}
