/// A program run once for each step of a sequence, with states it hands on: recurrent layers.
///
/// - Shapes: operands: first the states as they begin, then the sequences `[steps, others …]`, then
///   what is the same in each step. The program's inputs are, in this order, the states, one step
///   `[others …]` of each sequence, and the rest. `y`: `[steps, result …]`.
/// - Gradient: backwards through the steps, each run anew from the states it began with (Werbos,
///   1990).
public struct ScanOperation: OperationRule {
  /// What a step computes.
  public let body: Operations
  /// The new states, as many as there are.
  public let states: [Operations.Ref]
  /// What a step gives.
  public let result: Operations.Ref
  /// How many operands are sequences.
  public let sequences: Int

  /// Makes the operation.
  public init(
    _ body: Operations, states: [Operations.Ref], result: Operations.Ref, sequences: Int
  ) {
    precondition(sequences > 0, "a sequence says how many steps there are")
    self.body = body
    self.states = states
    self.result = result
    self.sequences = sequences
  }

  func output(for operands: [Operations.Extent]) -> Operations.Extent {
    let steps = operands[states.count..<states.count + sequences].map { $0.shape[0] }
    precondition(Set(steps).count == 1, "sequences of one length")
    precondition(operands.count == body.inputs.count, "an operand for each input")
    let step = body.extent(result)
    return Operations.Extent(isByRow: step.isByRow, Shape([steps[0]] + step.shape.sizes))
  }

  func plan(_ site: OperationSite) -> any OperationRun { ScanRun(self, site) }
}

private final class ScanRun: OperationRun {
  private let operation: ScanOperation
  private let site: OperationSite
  private let body: Execution
  private let steps: Int
  private let size: Int
  /// The states each step began with.
  private let saved: [[Buffer<Double>]]
  /// The gradients by the states behind the running step.
  private let handed: [Buffer<Double>]

  init(_ operation: ScanOperation, _ site: OperationSite) {
    self.operation = operation
    self.site = site
    steps = site.extent.shape[0]
    size = operation.body.shape(operation.result).count
    body = Execution(
      operation.body, maxRows: site.maxRows,
      learns: site.dy == nil ? .nothing : .inputs)
    let counts = operation.states.indices.map {
      operation.body.extent(operation.body.inputs[$0]).count(rows: site.maxRows)
    }
    let steps = steps
    saved = counts.map { count in (0..<steps).map { _ in Buffer(count: count) } }
    handed = counts.map { Buffer(count: $0) }
  }

  private func extent(_ index: Int) -> Operations.Extent {
    operation.body.extent(operation.body.inputs[index])
  }

  private func isSequence(_ index: Int) -> Bool {
    index >= operation.states.count && index < operation.states.count + operation.sequences
  }

  /// Calls for each row of an input of the body: where it stands among the operand's numbers in a
  /// step, and among its own.
  private func forEachRow(
    _ index: Int, step: Int, _ rows: Int, _ body: (_ outside: Int, _ inside: Int, Int) -> Void
  ) {
    let (operand, own) = (site.operands[index], extent(index))
    let count = own.shape.count
    let first = isSequence(index) ? step * count : 0
    for row in 0..<(own.isByRow ? rows : 1) {
      body(row * operand.stride + first, row * count, count)
    }
  }

  private func load(_ index: Int, step: Int, _ rows: Int) {
    let (from, to) = (site.operands[index].x, body.value(operation.body.inputs[index]))
    forEachRow(index, step: step, rows) { outside, inside, count in
      (to + inside).update(from: from + outside, count: count)
    }
  }

  /// Loads what a step is given but for the states.
  private func loadStep(_ step: Int, _ rows: Int) {
    for index in operation.states.count..<site.operands.count where step == 0 || isSequence(index) {
      load(index, step: step, rows)
    }
  }

  func forward(rows: Int) {
    for state in operation.states.indices { load(state, step: 0, rows) }
    for step in 0..<steps {
      loadStep(step, rows)
      for state in operation.states.indices {
        let begin = body.value(operation.body.inputs[state])
        saved[state][step].start.update(from: begin, count: saved[state][step].count)
      }
      body.forward(rows: rows)
      let result = body.value(operation.result)
      forEachRowOfResult(step, rows) { outside, inside in
        (site.y + outside).update(from: result + inside, count: size)
      }
      // All at once: a state may be made of another.
      for (state, new) in operation.states.enumerated() {
        copy(body.value(new), operation.body.extent(new), to: handed[state].start, state, rows)
      }
      for state in operation.states.indices {
        let place = body.value(operation.body.inputs[state])
        place.update(from: handed[state].start, count: extent(state).count(rows: rows))
      }
    }
  }

  private func copy(
    _ from: UnsafeMutablePointer<Double>, _ own: Operations.Extent,
    to: UnsafeMutablePointer<Double>, _ state: Int, _ rows: Int
  ) {
    let count = own.shape.count
    precondition(
      own.shape == extent(state).shape && (extent(state).isByRow || !own.isByRow),
      "a state keeps its shape")
    for row in 0..<(extent(state).isByRow ? rows : 1) {
      (to + row * count).update(from: from + (own.isByRow ? row * count : 0), count: count)
    }
  }

  private func forEachRowOfResult(_ step: Int, _ rows: Int, _ body: (Int, Int) -> Void) {
    for row in 0..<site.count(rows) { body((row * steps + step) * size, row * size) }
  }

  func backward(rows: Int) {
    guard let dy = site.dy else { return }
    for buffer in handed { buffer.start.update(repeating: 0, count: buffer.count) }
    for step in (0..<steps).reversed() {
      run(step, dy, rows)
      for index in site.operands.indices {
        guard let own = body.gradient(operation.body.inputs[index]) else { continue }
        if index < operation.states.count {
          handed[index].start.update(from: own, count: handed[index].count)
          if step > 0 { continue }
        }
        guard let dx = site.operands[index].dx else { continue }
        forEachRow(index, step: step, rows) { outside, inside, count in
          for place in 0..<count { dx[outside + place] += own[inside + place] }
        }
      }
    }
  }

  /// A step anew, and back.
  private func run(_ step: Int, _ dy: UnsafeMutablePointer<Double>, _ rows: Int) {
    for index in operation.states.count..<site.operands.count { load(index, step: step, rows) }
    for state in operation.states.indices {
      let buffer = saved[state][step]
      body.value(operation.body.inputs[state]).update(from: buffer.start, count: buffer.count)
    }
    body.forward(rows: rows)
    body.clearGradients(rows: rows)
    if let result = body.gradient(operation.result) {
      forEachRowOfResult(step, rows) { outside, inside in
        for place in 0..<size { result[inside + place] += dy[outside + place] }
      }
    }
    for (state, new) in operation.states.enumerated() {
      guard let gradient = body.gradient(new) else { continue }
      let own = operation.body.extent(new)
      let count = own.shape.count
      for row in 0..<(extent(state).isByRow ? rows : 1) {
        let (from, to) = (
          handed[state].start + row * count, gradient + (own.isByRow ? row * count : 0)
        )
        for place in 0..<count { to[place] += from[place] }
      }
    }
    body.backward(rows: rows)
  }
}
