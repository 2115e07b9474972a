extension Dataset {
  /// The rows that are not the test part's, cut into parts of equal size: in each of the data sets
  /// that come back one of them is the test part and the others are to learn from.
  ///
  /// Classes are dealt out evenly, groups whole. Inputs and numeric targets are scaled anew in each, by what is
  /// left to learn from. A validation part keeps its share, drawn from what is left.
  ///
  /// - Throws: `EngineError.invalid` where there are fewer rows or groups than parts, and where the
  ///   rows have an order in time.
  public func folds(_ count: Int, seed: UInt64) throws -> [Dataset] {
    if let order = options.order {
      throw EngineError.invalid(
        "folds train on rows that are later than those they test on: the rows are in the order of "
          + "`\(order)`", help: "`evaluate`, which measures on the test part")
    }
    let all = validation.map { train.appending($0) } ?? train
    guard count >= 2, count <= all.count else {
      throw EngineError.invalid(
        "`folds` cuts \(all.count) rows into \(count) parts, more than there are rows",
        help: "`folds=\(min(all.count, 10))`")
    }
    if let groups = all.groups, Set(groups.codes).count < count {
      let found = Set(groups.codes).count
      throw EngineError.invalid(
        "`\(groups.name)` has \(found) groups, too few for \(count) folds", help: "`folds=\(found)`"
      )
    }
    let strata = all.codes ?? (options.stratify == true ? all.quantiles : nil)
    let parts = all.dealt(to: count, strata, seed: seed)
    return try (0..<count).map { fold in
      let rest = parts.indices.filter { parts[$0] != fold }
      var result = self
      result.test = all.rows(parts.indices.filter { parts[$0] == fold })
      result.train = all.rows(rest)
      if let validation {
        let share = Double(validation.count) / Double(all.count)
        var splitter = RowSplitter(
          strata: strata.map { strata in rest.map { strata[$0] } }, groups: result.train.groups,
          isShuffled: true, seed: seed &+ UInt64(fold))
        let split = try splitter.split(
          count: rest.count, limit: nil, validation: .share(share), test: nil)
        result.validation = result.train.rows(split.validation)
        result.train = result.train.rows(split.train)
      }
      result.wholeNumbers = nil
      try result.fitInputs()
      result.scaleTargets(units)
      return result
    }
  }
}

extension Dataset {
  /// Fits what becomes of the inputs to the training part: fills, categories, scales.
  ///
  /// - Throws: `EngineError.badFile` for a cell that cannot be encoded.
  mutating func fitInputs() throws {
    guard let raw = train.raw else {
      preprocessing.inputScaling = train.inputScaling(by: normalization)
      return
    }
    let columns = try raw.fitted(options)
    encodings = Encodings()
    preprocessing.columns = columns
    preprocessing.inputNames = columns.flatMap(\.names)
    preprocessing.inputScaling = raw.scaling(of: columns, by: normalization)
    encodings.train = try train.encode(raw, by: columns)
    if let raw = validation?.raw { encodings.others = try [validation?.encode(raw, by: columns)] }
    if let raw = test?.raw { encodings.others.append(try test?.encode(raw, by: columns)) }
    preprocessing.inputShape = train.inputShape
  }
}

extension Examples {
  /// The scaling of the inputs, fitted to these rows.
  func inputScaling(by method: DataOptions.Normalization) -> Preprocessing.Scaling? {
    switch inputs {
    case .floats(let values): .fitted(to: values, width: inputShape.count, by: method)
    case .bytes(let values): .fitted(to: values, width: inputShape.count, by: method)
    case .doubles(let values): .fitted(to: values, width: inputShape.count, by: method)
    }
  }

  /// The class of each row, if the targets are classes.
  fileprivate var codes: [Int32]? { if case .classes(let codes) = targets { codes } else { nil } }

  /// The interval between quantiles each target lies in, if there is one target and it is a number.
  fileprivate var quantiles: [Int32]? {
    if case .values(let values, width: 1) = targets { Strata.ofNumbers(values) } else { nil }
  }

  /// The number of the part each row falls to: dealt out like cards, stratum after stratum, each in
  /// an order of chance.
  fileprivate func dealt(to count: Int, _ strata: [Int32]?, seed: UInt64) -> [Int] {
    var stream = RandomStream(seed: seed, stream: .split, index: 1)
    if let groups { return dealt(to: count, groups, strata, &stream) }
    var order = Array(0..<self.count)
    stream.shuffle(&order)
    if let strata { order = order.stablySorted { strata[$0] } }
    var parts = [Int](repeating: 0, count: self.count)
    for (place, row) in order.enumerated() { parts[row] = place % count }
    return parts
  }

  /// Groups whole, the largest first, each to the part that has least of what it holds.
  private func dealt(
    to count: Int, _ groups: RowGroups, _ strata: [Int32]?, _ stream: inout RandomStream
  ) -> [Int] {
    var units = RowUnit.units(Array(0..<self.count), groups: groups.codes, strata: strata)
    stream.shuffle(&units)
    units = units.stablySorted { -$0.rows.count }
    let strataCount = (strata?.max()).map { Int($0) + 1 } ?? 1
    var totals = [Double](repeating: 0, count: strataCount)
    for (stratum, number) in units.flatMap(\.counts) { totals[stratum] += Double(number) }
    var loads = [[Double]](repeating: Array(repeating: 0, count: strataCount), count: count)
    var sizes = [Int](repeating: 0, count: count)
    var parts = [Int](repeating: 0, count: self.count)
    for unit in units {
      func load(_ part: Int) -> Double {
        unit.counts.reduce(0) { sum, own in
          sum + Double(own.count) * loads[part][own.stratum] / totals[own.stratum]
        }
      }
      let loadOfParts = (0..<count).map(load)
      let part =
        (0..<count).min { (loadOfParts[$0], sizes[$0]) < (loadOfParts[$1], sizes[$1]) } ?? 0
      for (stratum, number) in unit.counts { loads[part][stratum] += Double(number) }
      sizes[part] += unit.rows.count
      for row in unit.rows { parts[row] = part }
    }
    return parts
  }

  /// These rows and others of the same kind behind them.
  fileprivate func appending(_ other: Examples) -> Examples {
    let inputs: Inputs =
      switch (inputs, other.inputs) {
      case (.floats(let a), .floats(let b)): .floats(a + b)
      case (.bytes(let a), .bytes(let b)): .bytes(a + b)
      case (.doubles(let a), .doubles(let b)): .doubles(a + b)
      default: .exact(self.inputs.numbers + other.inputs.numbers)
      }
    let targets: Targets =
      switch (targets, other.targets) {
      case (.classes(let a), .classes(let b)): .classes(a + b)
      case (.values(let a, let width), .values(let b, _)): .values(a + b, width: width)
      default: .none
      }
    var result = Examples(
      count: count + other.count, inputShape: inputShape, inputs: inputs, targets: targets)
    if let raw, let others = other.raw { result.raw = raw.appending(others) }
    if let groups, let others = other.groups { result.groups = groups.appending(others) }
    return result
  }
}

extension Array {
  /// Sorted by a key; what has the same key keeps its order.
  fileprivate func stablySorted<Key: Comparable>(by key: (Element) -> Key) -> [Element] {
    enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }
      .map(\.element)
  }
}
