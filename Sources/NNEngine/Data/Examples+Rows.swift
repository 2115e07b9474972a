extension Examples {
  /// The examples of these rows alone, in this order.
  public func rows(_ chosen: [Int]) -> Examples {
    func pick<Number>(_ values: [Number], _ width: Int) -> [Number] {
      var picked: [Number] = []
      picked.reserveCapacity(chosen.count * width)
      for row in chosen { picked += values[row * width..<(row + 1) * width] }
      return picked
    }
    let width = inputShape.count
    let inputs: Inputs =
      switch self.inputs {
      case .floats(let values): .floats(pick(values, width))
      case .bytes(let values): .bytes(pick(values, width))
      case .doubles(let values): .doubles(pick(values, width))
      }
    let targets: Targets =
      switch self.targets {
      case .none: .none
      case .classes(let classes): .classes(pick(classes, 1))
      case .values(let values, let width): .values(pick(values, width), width: width)
      }
    var result = Examples(
      count: chosen.count, inputShape: inputShape, inputs: inputs, targets: targets)
    result.raw = raw?.rows(chosen)
    result.groups = groups?.rows(chosen)
    if !names.isEmpty { result.names = chosen.map { names[$0] } }
    return result
  }

  /// Encodes the inputs anew.
  ///
  /// - Returns: how many cells were filled, and how many hold an unknown category, by column.
  /// - Throws: `EngineError.badFile` for a cell that is no value of its column's kind.
  @discardableResult
  mutating func encode(_ raw: RawInputs, by columns: [InputColumn]) throws -> RawInputs.Counts {
    let (numbers, counts) = try raw.encoded(by: columns)
    let width = columns.reduce(0) { $0 + $1.width }
    if inputShape.count != width { inputShape = [width] }
    inputs = .exact(numbers)
    self.raw = raw
    return counts
  }

  /// So many rows spread evenly over all of them, so that sorted files are seen from end to end.
  public func spread(_ most: Int) -> Examples {
    guard count > most else { return self }
    return rows((0..<most).map { $0 * count / most })
  }
}

extension Examples.Inputs {
  /// Numbers in 32 bits where that changes none of them, else in 64.
  public static func exact(_ numbers: [Double]) -> Self {
    // NaN is no number that could be changed.
    numbers.allSatisfy { Double(Float($0)) == $0 || $0.isNaN }
      ? .floats(numbers.map { Float($0) }) : .doubles(numbers)
  }

  /// The numbers at some places, in 64 bits.
  public func numbers(_ range: Range<Int>) -> [Double] {
    switch self {
    case .floats(let values): values[range].map(Double.init)
    case .bytes(let values): values[range].map(Double.init)
    case .doubles(let values): Array(values[range])
    }
  }

  /// How many numbers there are.
  public var count: Int {
    switch self {
    case .floats(let values): values.count
    case .bytes(let values): values.count
    case .doubles(let values): values.count
    }
  }

  /// One of the numbers, in 64 bits.
  public func number(at place: Int) -> Double {
    switch self {
    case .floats(let values): Double(values[place])
    case .bytes(let values): Double(values[place])
    case .doubles(let values): values[place]
    }
  }

  /// All the numbers, in 64 bits.
  public var numbers: [Double] { numbers(0..<count) }
}
