extension Dataset {
  /// What was understood, a line each, as `data` prints it.
  ///
  ///     iris.csv: 150 rows, 5 columns
  ///     inputs: sepal_length, sepal_width, petal_length, petal_width (scaled to mean 0, deviation 1)
  ///     target: species, 3 classes: setosa (40), versicolor (40), virginica (40)
  ///     split: 120 training rows, 30 test rows
  public var notes: [String] {
    var lines = [heading, inputsLine]
    if let targetLine { lines.append(targetLine) }
    lines.append(partsLine)
    let gaps = columns.filter { $0.missing > 0 && $0.role != .target }
    if !gaps.isEmpty {
      lines.append(
        "missing: "
          + gaps.map { "\($0.name) \($0.missing)\(filling(of: $0.name))" }.joined(separator: ", "))
    }
    if !leftOut.isEmpty {
      lines.append(
        "left out: "
          + leftOut.prefix(12).map { "\($0.name) (\($0.reason))" }.joined(separator: ", ")
          + (leftOut.count > 12 ? " and \(leftOut.count - 12) more" : ""))
    }
    let strange = unseenCategories
    if !strange.isEmpty {
      lines.append("categories that no training row has: " + strange.joined(separator: ", "))
    }
    return lines + (remarks + targetOddities + inputOddities).map { "note: \($0)" }
  }

  /// How many cells of the other parts hold a category that the training rows have not: `sex 1`.
  private var unseenCategories: [String] {
    preprocessing.columns.indices.compactMap { place in
      let cells = encodings.others.reduce(0) { $0 + ($1?.unseen[place] ?? 0) }
      return cells == 0 ? nil : "\(preprocessing.columns[place].name) \(cells)"
    }
  }

  /// Why a column is not used, where that was not asked for.
  public func leftOutReason(_ name: String) -> String? {
    leftOut.first { $0.name == name }?.reason
  }

  private var heading: String {
    let rows = rowCount == 1 ? "1 row" : "\(rowCount) rows"
    guard !columns.isEmpty else { return "\(name): \(rows)" }
    return "\(name): \(rows), \(columns.count) columns"
  }

  private var inputsLine: String {
    var line = "inputs: "
    let names = preprocessing.columns.isEmpty ? preprocessing.inputNames : describedColumns
    if let form = preprocessing.pictures {
      line +=
        "\(preprocessing.inputShape), \(form.channels == .grey ? "grey" : "coloured") pictures"
      switch form.fit {
      case .stretch: line += " stretched to the size"
      case .crop: line += " cropped to the size"
      case .pad: line += " padded to the size"
      }
    } else if names.isEmpty {
      line += "\(preprocessing.inputShape)"
    } else {
      line += "\(preprocessing.inputShape.count)"
      if preprocessing.inputShape.rank > 1 { line += " as \(preprocessing.inputShape)" }
      if !preprocessing.columns.isEmpty {
        line += " from \(names.count) \(names.count == 1 ? "column" : "columns")"
      }
      line += ": " + Self.shortened(names)
    }
    line += ", " + inputScalingText
    let told = Set(leftOut.map(\.name))
    let unused = columns.filter { $0.role == .unused && !told.contains($0.name) }.map(\.name)
    if !unused.isEmpty { line += "; not used: " + Self.shortened(unused) }
    return line
  }

  /// `age`, `sex (2 categories)`, `day (date)`.
  private var describedColumns: [String] {
    preprocessing.columns.map { column in
      switch column.kind {
      case .number: column.name
      case .category(let names, let rest):
        "\(column.name) (\(names.count)\(rest.hasOther ? " and other" : "") "
          + "\(names.count == 1 ? "category" : "categories"))"
      case .truth: "\(column.name) (yes or no)"
      case .date: "\(column.name) (date)"
      }
    }
  }

  /// What stands for the values a column lacks: ` (28, marked)`.
  private func filling(of name: String) -> String {
    guard let column = preprocessing.columns.first(where: { $0.name == name }) else { return "" }
    if case .category(_, let rest) = column.kind {
      if let text = column.missingCategory { return " (`\(text)`)" }
      return rest.hasMissing ? " (a category of its own)" : ""
    }
    guard let fill = column.fill, (options.missingIn[name] ?? options.missing) != .drop else {
      return ""
    }
    let text = JSONValue.number((fill * 1e4).rounded() / 1e4).text()
    let shown =
      switch column.kind {
      case .date: "a day in the middle"
      case .truth: fill == 1 ? "yes" : "no"
      default: text
      }
    return " (\(shown)\(column.isMarked ? ", marked" : ""))"
  }

  private var inputScalingText: String {
    guard preprocessing.inputScaling != nil else { return "not scaled" }
    switch (normalization, train.inputs) {
    case (.auto, .bytes), (.minmax, .bytes): return "0…255 scaled to 0…1"
    case (.minmax, .floats), (.minmax, .doubles): return "scaled to 0…1"
    default: return "scaled to mean 0, deviation 1"
    }
  }

  private var targetLine: String? {
    guard reading != .none else { return nil }
    var line = givesBack ? "target: the inputs" : "target: "
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
      line += ": classes or a quantity, depending on loss and last layer"
    default:
      line += outputCount == 1 ? "a number" : "\(outputCount) numbers"
      line += preprocessing.targetScaling == nil ? ", not scaled" : ", scaled for training"
    }
    return line
  }

  private var partsLine: String {
    func rows(_ part: Examples, _ name: String) -> String {
      "\(part.count) \(name) \(part.count == 1 ? "row" : "rows")"
    }
    var line = "split: " + rows(train, "training")
    if let validation { line += ", " + rows(validation, "validation") }
    if let test { line += ", " + rows(test, "test") }
    if let groups = train.groups {
      line += "; rows of the same `\(groups.name)` (\(groups.count) groups) stay in one part"
    }
    if let order = options.order { line += "; ordered by `\(order)`, the latest for testing" }
    return line
  }

  /// The names with the middle left out where there are many.
  private static func shortened(_ names: [String]) -> String {
    if names.count <= 12 { return names.joined(separator: ", ") }
    return names.prefix(4).joined(separator: ", ") + ", … " + (names.last ?? "")
  }
}
