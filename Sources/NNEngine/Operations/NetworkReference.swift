/// A program with a network in it, run in 64 bits: slow, plain and apart from the code that trains,
/// so that each can be checked against the other.
public final class NetworkReference {
  /// What runs.
  public let program: Operations
  /// The network's layers in it.
  public let layers: NetworkOperations
  /// The network that the parameters are of.
  public let network: Network
  private let execution: Execution
  private var rows = 0

  /// Plans a network alone for up to so many rows; parameters are the network's own.
  ///
  /// - Parameters:
  ///   - isTraining: whether layers behave as while learning.
  ///   - learns: whether `backward` will be called.
  public convenience init(_ network: Network, isTraining: Bool, maxRows: Int, learns: Bool) {
    let way = ModelProgram(
      network, Preprocessing(inputShape: network.inputShape), isTraining: isTraining)
    self.init(way, of: network, maxRows: maxRows, learns: learns)
  }

  /// Plans a whole way for up to so many rows; parameters are the network's own.
  public init(_ way: ModelProgram, of network: Network, maxRows: Int, learns: Bool) {
    self.network = network
    (program, layers) = (way.program, way.layers)
    execution = Execution(
      way.program, maxRows: max(1, maxRows), learns: learns ? .parametersAnd(way.numbers) : .nothing
    )
    load(network.values.map(Double.init))
  }

  private var slots: [Network.ParameterSlot] { network.nodes.flatMap(\.parameters) }

  /// Replaces all parameters; they stand as in `Network.values`.
  public func load(_ values: [Double]) {
    precondition(values.count == network.parameterCount, "a number for each parameter")
    for (slot, ref) in zip(slots, program.parameters) {
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
    for (slot, ref) in zip(slots, program.parameters) where slot.range.contains(place) {
      return execution.value(ref) + (place - slot.range.lowerBound)
    }
    return nil
  }

  /// Gives the numbers of an input for the next run, row after row.
  public func put(_ numbers: [Double], in input: Operations.Ref) {
    let extent = program.extent(input)
    precondition(
      numbers.count <= extent.count(rows: execution.maxRows)
        && numbers.count % max(1, extent.shape.count) == 0, "whole rows, as many as planned")
    numbers.withUnsafeBufferPointer { from in
      if let start = from.baseAddress {
        execution.value(input).update(from: start, count: from.count)
      }
    }
  }

  /// Runs some rows of what was put.
  ///
  /// - Parameter step: which step of a training chance is of.
  public func run(rows: Int, step: UInt64 = 0) {
    precondition(rows <= execution.maxRows, "as many rows as planned")
    self.rows = rows
    execution.forward(rows: rows, step: step)
  }

  /// Runs some rows of the only input.
  ///
  /// - Returns: what the network gives, row after row.
  @discardableResult
  public func forward(_ inputs: [Double], rows: Int, step: UInt64 = 0) -> [Double] {
    put(inputs, in: program.inputs[0])
    run(rows: rows, step: step)
    return values(layers.output)
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
        numbers.count == program.extent(ref).count(rows: rows), "a number for each")
      guard let place = execution.gradient(ref) else { continue }
      for (index, number) in numbers.enumerated() { place[index] += number }
    }
    execution.backward(rows: rows)
    var result = [Double](repeating: 0, count: network.parameterCount)
    for (slot, ref) in zip(slots, program.parameters) {
      result.replaceSubrange(slot.range, with: gradient(ref))
    }
    return result
  }

  /// The numbers of a value in the last run, row after row.
  public func values(_ ref: Operations.Ref) -> [Double] {
    Array(
      UnsafeBufferPointer(
        start: execution.value(ref), count: program.extent(ref).count(rows: rows)))
  }

  /// The gradients by a value in the last run back.
  public func gradient(_ ref: Operations.Ref) -> [Double] {
    let count = program.extent(ref).count(rows: rows)
    guard let start = execution.gradient(ref) else { return [Double](repeating: 0, count: count) }
    return Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// What the last run made of numbers that layers keep for themselves, as all parameters stand in
  /// `Network.values`; the others are as they were.
  public var kept: [Double] {
    var result = [Double](repeating: 0, count: network.parameterCount)
    for (slot, ref) in zip(slots, program.parameters) {
      let new = program.updates.last { $0.parameter == ref }?.value ?? ref
      result.replaceSubrange(slot.range, with: values(new))
    }
    return result
  }
}
