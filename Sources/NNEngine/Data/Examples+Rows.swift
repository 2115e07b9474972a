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
      }
    let targets: Targets =
      switch self.targets {
      case .none: .none
      case .classes(let classes): .classes(pick(classes, 1))
      case .values(let values, let width): .values(pick(values, width), width: width)
      }
    return Examples(
      count: chosen.count, inputShape: inputShape, inputs: inputs, targets: targets)
  }

  /// So many rows spread evenly over all of them, so that sorted files are seen from end to end.
  public func spread(_ most: Int) -> Examples {
    guard count > most else { return self }
    return rows((0..<most).map { $0 * count / most })
  }
}
