extension Dataset {
  /// What was understood, a line each, as `data` prints it.
  ///
  ///     iris.csv: 150 rows, 5 columns
  ///     inputs: sepal_length, sepal_width, petal_length, petal_width (scaled to mean 0, deviation 1)
  ///     target: species, 3 classes: setosa (40), versicolor (40), virginica (40)
  ///     parts: 120 rows to train, 30 to test
  public var notes: [String] {
    var lines = [heading, inputsLine]
    if let targetLine { lines.append(targetLine) }
    lines.append(partsLine)
    let gaps = columns.filter { $0.missing > 0 }
    if !gaps.isEmpty {
      lines.append(
        "missing: " + gaps.map { "\($0.name) \($0.missing)" }.joined(separator: ", "))
    }
    return lines + (remarks + targetOddities).map { "note: \($0)" }
  }

  private var heading: String {
    let rows = rowCount == 1 ? "1 row" : "\(rowCount) rows"
    guard !columns.isEmpty else { return "\(name): \(rows)" }
    return "\(name): \(rows), \(columns.count) columns"
  }

  private var inputsLine: String {
    var line = "inputs: "
    let names = preprocessing.inputNames
    if names.isEmpty {
      line += "\(preprocessing.inputShape)"
    } else {
      line += "\(names.count)"
      if preprocessing.inputShape.rank > 1 { line += " as \(preprocessing.inputShape)" }
      line += ": " + Self.shortened(names)
    }
    line += ", " + inputScalingText
    let unused = columns.filter { $0.role == .unused }.map(\.name)
    if !unused.isEmpty { line += "; not used: " + Self.shortened(unused) }
    return line
  }

  private var inputScalingText: String {
    guard preprocessing.inputScaling != nil else { return "as they are" }
    switch (normalization, train.inputs) {
    case (.auto, .bytes), (.minmax, .bytes): return "0…255 scaled to 0…1"
    case (.minmax, .floats), (.minmax, .doubles): return "scaled to 0…1"
    default: return "scaled to mean 0, deviation 1"
    }
  }

  private var targetLine: String? {
    guard reading != .none else { return nil }
    var line = "target: "
    let names = preprocessing.targetNames
    if !names.isEmpty { line += Self.shortened(names) }
    if isTargetAssumed { line += " (the last column)" }
    if line != "target: " { line += ", " }
    switch reading {
    case .classes:
      let classes = preprocessing.classNames
      let counts = classCounts
      line += "\(classes.count) \(classes.count == 1 ? "class" : "classes"): "
      line += Self.shortened(zip(classes, counts).map { "\($0) (\($1))" })
    case .undecided:
      line += "whole numbers"
      if let range = targetNumbers?.range {
        line +=
          " from \(JSONValue.number(range.lowerBound).text())"
          + " to \(JSONValue.number(range.upperBound).text())"
      }
      line += ", classes or a quantity as loss and last layer decide"
    default:
      line += outputCount == 1 ? "a number" : "\(outputCount) numbers"
      line += preprocessing.targetScaling == nil ? ", as it is" : ", scaled for the training"
    }
    return line
  }

  private var partsLine: String {
    var line = "parts: \(train.count) \(train.count == 1 ? "row" : "rows") to train"
    if let validation { line += ", \(validation.count) to validate" }
    if let test { line += ", \(test.count) to test" }
    return line
  }

  /// The names with the middle left out where there are many.
  private static func shortened(_ names: [String]) -> String {
    if names.count <= 12 { return names.joined(separator: ", ") }
    return names.prefix(4).joined(separator: ", ") + ", … " + (names.last ?? "")
  }
}
