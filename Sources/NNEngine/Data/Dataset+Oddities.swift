extension Dataset {
  /// What is odd about the targets and says beforehand that there is little to learn or to measure,
  /// in words for people.
  var targetOddities: [String] {
    // What the inputs are odd by is told of them.
    if givesBack { return [] }
    return switch train.targets {
    case .none: []
    case .classes(let codes): classOddities(codes)
    case .values(let values, let width): numberOddities(values, width)
    }
  }

  private func classOddities(_ codes: [Int32]) -> [String] {
    let names = preprocessing.classNames
    var result: [String] = []
    let learnt = Set(codes)
    if learnt.count == 1, let only = codes.first {
      result.append(
        "all training rows have the class `\(names[Int(only)])`: there is nothing to tell apart")
    }
    for (part, examples) in [("validation", validation), ("test", test)] {
      guard let examples, case .classes(let own) = examples.targets else { continue }
      let found = Set(own)
      let strange = found.subtracting(learnt).sorted().map { "`\(names[Int($0)])`" }
      if !strange.isEmpty {
        result.append(
          "no training row has the class \(Self.listed(strange)), which occurs in the \(part) part")
      }
      if found.count == 1, learnt.count > 1, let only = own.first, own.count > 1 {
        result.append(
          "all rows of the \(part) part have the class `\(names[Int(only)])`: AUC is not defined "
            + "for them")
      }
    }
    return result
  }

  private func numberOddities(_ values: [Double], _ width: Int) -> [String] {
    guard values.count > width, width <= 64 else { return [] }
    let constant = (0..<width).filter { column in
      stride(from: column, to: values.count, by: width).allSatisfy {
        values[$0] == values[column]
      }
    }
    guard !constant.isEmpty else { return [] }
    if width == 1 { return ["all training rows have the same target: there is nothing to learn"] }
    let names = preprocessing.targetNames
    let columns = constant.map { names.count == width ? "`\(names[$0])`" : "\($0)" }
    return [
      "all training rows have the same value in target \(Self.listed(columns)): there is nothing to "
        + "learn of it"
    ]
  }

  // MARK: Inputs

  /// What is odd about the inputs beside the targets, in words for people.
  var inputOddities: [String] {
    guard train.count >= 10, !preprocessing.columnNames.isEmpty else { return [] }
    let leaks = preprocessing.columnNames.indices.filter(saysTheTarget)
      .map { preprocessing.columnNames[$0] }
    let told = leaks.map { name in
      "`\(name)` is the target in other words: where it will not be known beforehand, leave it out"
        + " (`drop=\(DataOptions.written(name))`)"
    }
    return told + (splitsSortedTargets ? [Self.sortedTargets] : [])
  }

  private static let sortedTargets =
    "the target is sorted and the rows are split in their order: the parts have different targets"
    + " (leave `shuffle=false` out)"

  /// Whether each value of a column goes with one target only, and each target with one value.
  private func saysTheTarget(_ place: Int) -> Bool {
    let targets: [Double]
    switch train.targets {
    case .none: return false
    case .classes(let codes): targets = codes.map(Double.init)
    case .values(let values, let width):
      guard width == 1 else { return false }
      targets = values
    }
    // Where nearly every row has a target of its own, any column of different values would do.
    let isOfNumbers = reading != .classes
    var pairs = OneToOne()
    if let raw = train.raw {
      var row = 0
      raw.forEachCell(place) { cell in
        defer { row += 1 }
        if pairs.holds { pairs.add(cell, targets[row], mustBeEqual: isOfNumbers) }
      }
    } else {
      let width = train.inputShape.count
      for row in targets.indices where pairs.holds {
        pairs.add(
          .number(train.inputs.number(at: row * width + place)), targets[row],
          mustBeEqual: isOfNumbers)
      }
    }
    return pairs.holds && pairs.count > 1
  }

  /// A relation between cells and targets, as long as it is one to one.
  private struct OneToOne {
    private var targets: [TableCell: Double] = [:]
    private var cells: [Double: TableCell] = [:]
    private(set) var holds = true
    var count: Int { cells.count }

    mutating func add(_ cell: TableCell, _ target: Double, mustBeEqual: Bool) {
      if mustBeEqual, cell != .number(target) { holds = false }
      if (targets[cell] ?? target) != target || (cells[target] ?? cell) != cell { holds = false }
      targets[cell] = target
      cells[target] = cell
    }
  }

  /// Whether rows in the order of their targets were cut into parts.
  private var splitsSortedTargets: Bool {
    guard !options.shuffle, options.order == nil,
      [options.test, options.validation].contains(where: \.isCut),
      let last = test ?? validation
    else { return false }
    func numbers(_ part: Examples) -> [Double] {
      switch part.targets {
      case .none: []
      case .classes(let codes): codes.map(Double.init)
      case .values(let values, let width): width == 1 ? values : []
      }
    }
    let own = numbers(train) + numbers(last)
    let steps = zip(own, own.dropFirst())
    return Set(own).count > 1
      && (steps.allSatisfy { $0 <= $1 } || steps.allSatisfy { $0 >= $1 })
  }

  private static func listed(_ names: [String]) -> String {
    if names.count > 8 { return names.prefix(4).joined(separator: ", ") + ", …" }
    return names.joined(separator: ", ")
  }
}

extension DataOptions.Part? {
  /// Whether the rows of a part are cut from those of the file.
  fileprivate var isCut: Bool {
    switch self {
    case .share, .rows: true
    case .file, nil: false
    }
  }
}
