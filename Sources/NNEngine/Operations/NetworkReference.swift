/// A network run in 64 bits by its operations: slow, plain and apart from the code that trains, so
/// that each can be checked against the other.
public final class NetworkReference {
  /// What runs.
  public let operations: NetworkOperations
  /// The network it was made of.
  public let network: Network
  private let execution: Execution
  private var rows = 0

  /// Plans for up to so many rows; parameters are the network's own.
  ///
  /// - Parameters:
  ///   - isTraining: whether layers behave as while learning.
  ///   - learns: whether `backward` will be called.
  public init(_ network: Network, isTraining: Bool, maxRows: Int, learns: Bool) {
    self.network = network
    operations = network.operations(isTraining: isTraining)
    execution = Execution(
      operations.program, maxRows: max(1, maxRows), learns: learns ? .all : .nothing)
    load(network.values.map(Double.init))
  }

  private var slots: [Network.ParameterSlot] { network.nodes.flatMap(\.parameters) }

  /// Replaces all parameters; they stand as in `Network.values`.
  public func load(_ values: [Double]) {
    precondition(values.count == network.parameterCount, "a number for each parameter")
    for (slot, ref) in zip(slots, operations.program.parameters) {
      values[slot.range].withUnsafeBufferPointer { from in
        if let start = from.baseAddress {
          execution.value(ref).update(from: start, count: from.count)
        }
      }
    }
  }

  /// One number of the parameters, by its place in `Network.values`.
  public subscript(place: Int) -> Double {
    get { pointer(place)?.pointee ?? .nan }
    set { pointer(place)?.pointee = newValue }
  }

  /// The numbers of one parameter, by its place in `Network.values`.
  public func numbers(_ range: Range<Int>) -> [Double] {
    guard let start = pointer(range.lowerBound) else { return [] }
    return Array(UnsafeBufferPointer(start: start, count: range.count))
  }

  private func pointer(_ place: Int) -> UnsafeMutablePointer<Double>? {
    for (slot, ref) in zip(slots, operations.program.parameters) where slot.range.contains(place) {
      return execution.value(ref) + (place - slot.range.lowerBound)
    }
    return nil
  }

  /// Runs some rows.
  ///
  /// - Parameters:
  ///   - inputs: the rows one after the other.
  ///   - step: which step of a training chance is of.
  /// - Returns: what the network gives, row after row.
  @discardableResult
  public func forward(_ inputs: [Double], rows: Int, step: UInt64 = 0) -> [Double] {
    precondition(rows <= execution.maxRows, "as many rows as planned")
    precondition(inputs.count == rows * network.inputShape.count, "whole rows")
    self.rows = rows
    inputs.withUnsafeBufferPointer { from in
      if let start = from.baseAddress {
        execution.value(operations.input).update(from: start, count: from.count)
      }
    }
    execution.forward(rows: rows, step: step)
    return values(operations.output)
  }

  /// Runs back from gradients by some of the values.
  ///
  /// - Returns: the gradients by all parameters, as they stand in `Network.values`; those of frozen
  ///   ones are there too.
  @discardableResult
  public func backward(_ gradients: [(ref: Operations.Ref, numbers: [Double])]) -> [Double] {
    execution.clearGradients(rows: rows)
    for (ref, numbers) in gradients {
      precondition(
        numbers.count == operations.program.extent(ref).count(rows: rows), "a number for each")
      guard let place = execution.gradient(ref) else { continue }
      for (index, number) in numbers.enumerated() { place[index] += number }
    }
    execution.backward(rows: rows)
    var result = [Double](repeating: 0, count: network.parameterCount)
    for (slot, ref) in zip(slots, operations.program.parameters) {
      result.replaceSubrange(slot.range, with: gradient(ref))
    }
    return result
  }

  /// The numbers of a value in the last run, row after row.
  public func values(_ ref: Operations.Ref) -> [Double] {
    Array(
      UnsafeBufferPointer(
        start: execution.value(ref), count: operations.program.extent(ref).count(rows: rows)))
  }

  /// The gradients by a value in the last run back.
  public func gradient(_ ref: Operations.Ref) -> [Double] {
    let count = operations.program.extent(ref).count(rows: rows)
    guard let start = execution.gradient(ref) else { return [Double](repeating: 0, count: count) }
    return Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// What the last run made of numbers that layers keep for themselves, as all parameters stand in
  /// `Network.values`; the others are as they were.
  public var kept: [Double] {
    var result = [Double](repeating: 0, count: network.parameterCount)
    for (slot, ref) in zip(slots, operations.program.parameters) {
      let new = operations.program.updates.last { $0.parameter == ref }?.value ?? ref
      result.replaceSubrange(slot.range, with: values(new))
    }
    return result
  }
}
