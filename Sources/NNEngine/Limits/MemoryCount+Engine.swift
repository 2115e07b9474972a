// What the engine's large values hold.

extension MemoryCount {
  /// Adds the numbers of a tensor.
  public mutating func add(_ tensor: Tensor) { addStorage(of: tensor.elements) }

  /// Adds the numbers of a network, and what its layers were given.
  public mutating func add(_ network: Network) {
    addStorage(of: network.values)
    guard addStorage(of: network.nodes) else { return }
    add(300 * network.nodes.count)
    for node in network.nodes {
      if let weights = node.options.weights { add(weights) }
      if case .values(let bias) = node.options.bias { add(bias) }
    }
  }

  /// Adds what a training goes on from.
  public mutating func add(_ state: TrainingState) {
    addStorage(of: state.slots)
    if addStorage(of: state.history) {
      for epoch in state.history { add(8 * (epoch.metrics.count + epoch.validationMetrics.count)) }
    }
  }

  /// Adds rows, and the cells they were encoded from.
  public mutating func add(_ data: Dataset) {
    for case let part? in [data.train, data.validation, data.test] { add(part) }
    if let whole = data.wholeNumbers {
      for case let codes? in [whole.train, whole.validation, whole.test] { addStorage(of: codes) }
    }
    addStorage(of: data.columns)
    add(data.preprocessing.inputNames)
    add(data.preprocessing.classNames)
  }

  private mutating func add(_ rows: Examples) {
    switch rows.inputs {
    case .floats(let numbers): addStorage(of: numbers)
    case .bytes(let bytes): addStorage(of: bytes)
    case .doubles(let numbers): addStorage(of: numbers)
    }
    switch rows.targets {
    case .none: break
    case .classes(let codes): addStorage(of: codes)
    case .values(let numbers, _): addStorage(of: numbers)
    }
    if !rows.names.isEmpty { add(rows.names) }
    for piece in rows.raw?.pieces ?? [] {
      addStorage(of: piece.rows)
      addStorage(of: piece.table.cells)
      addStorage(of: piece.table.lines)
      guard addStorage(of: piece.table.columns) else { continue }
      for column in piece.table.columns { if let texts = column.texts { add(texts) } }
    }
  }
}
