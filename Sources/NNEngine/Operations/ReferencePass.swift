/// A layer run by its operations: right for every layer, and slow. Rows wait for each other and
/// one thread computes them.
///
/// What layers hand to each other has 32 bits as always, and so do parameters and their gradients;
/// within the layer the numbers have 64. A second reference in 32 bits would be one more description
/// that can be wrong, and would save half of the memory and hardly any time: what takes the time are
/// plain loops. So a layer runs by the very operations that `explain` tells and `gradcheck` compares.
final class ReferencePass: BatchPass {
  let waits = true
  let gradientTiles: Int

  private let site: LayerSite
  private let execution: Execution
  private let program: Operations
  private let inner: Operations.Ref
  private let output: Operations.Ref
  private let learnt: [Int]
  private let function: (any Activation)?

  /// - Throws: `EngineError.outOfMemory`.
  init(_ layer: any Layer, _ site: LayerSite) throws(EngineError) {
    self.site = site
    var program = Operations(isTraining: site.isTraining)
    var inputs: [Operations.Ref] = []
    for input in site.inputs {
      inputs.append(program.input(Operations.Extent(isByRow: true, input.shape)))
    }
    let parameters = LayerParameters(
      site.parameters.map { ($0.name, $0.shape, $0.isFrozen) }, into: &program)
    program.chanceKey = site.chanceKey
    inner = layer.lower(inputs, parameters, into: &program)
    precondition(
      program.shape(inner).count == site.outputShape.count, "a layer gives what its shape says")
    function = site.leavesActivationToLoss ? nil : layer.activation
    var output = inner
    if let function { output = program.activation(function, inner) }
    self.output = output
    self.program = program
    let learns = site.dy == nil ? Execution.Learning.nothing : .all
    try Allowance.admit(
      Execution.bytes(program, maxRows: site.maxRows, learns: learns),
      for: "a layer `\(layer.kind)` at work")
    execution = Execution(program, maxRows: site.maxRows, learns: learns)
    learnt = site.parameters.indices.filter { !site.parameters[$0].isFrozen }
    gradientTiles = learnt.count
  }

  private func load(
    _ from: UnsafeMutablePointer<Float>, _ ref: Operations.Ref, _ rows: Int
  ) {
    let to = execution.value(ref)
    for place in 0..<program.extent(ref).count(rows: rows) { to[place] = Double(from[place]) }
  }

  /// A value that is the same for all rows stands for each of them.
  private func store(
    _ from: UnsafeMutablePointer<Double>, _ ref: Operations.Ref,
    _ to: UnsafeMutablePointer<Float>, _ rows: Int
  ) {
    let extent = program.extent(ref)
    let count = extent.shape.count
    for row in 0..<rows {
      let own = from + (extent.isByRow ? row * count : 0)
      for place in 0..<count { to[row * count + place] = Float(own[place]) }
    }
  }

  func settle(_ work: RowWork, tiles: Int) {
    let rows = work.rows.count
    for (index, ref) in program.inputs.enumerated() { load(site.inputs[index].x, ref, rows) }
    for (index, ref) in program.parameters.enumerated() {
      load(site.parameters[index].values, ref, 1)
    }
    execution.forward(rows: rows, step: work.step)
    store(execution.value(output), output, site.y, rows)
    for update in program.updates {
      guard let index = program.parameters.firstIndex(of: update.parameter) else { continue }
      store(execution.value(update.value), update.value, site.parameters[index].values, 1)
    }
  }

  func settleBackward(_ work: RowWork, tiles: Int) {
    guard let dy = site.dy else { return }
    let rows = work.rows.count
    execution.clearGradients(rows: rows)
    if let gradient = execution.gradient(output) {
      let extent = program.extent(output)
      let count = extent.shape.count
      for place in 0..<rows * count {
        gradient[extent.isByRow ? place : place % count] += Double(dy[place])
      }
    }
    execution.backward(rows: rows)
    for (index, ref) in program.inputs.enumerated() {
      guard let dx = site.inputs[index].dx, let gradient = execution.gradient(ref) else { continue }
      store(gradient, ref, dx, rows)
    }
    // What looks at a step later finds the gradient before the activation here.
    if function != nil, let gradient = execution.gradient(inner) {
      store(gradient, inner, dy, rows)
    }
  }

  func gather(_ work: RowWork) {}
  func gatherBackward(_ work: RowWork) {}
  func forward(_ work: RowWork) {}
  func backward(_ work: RowWork) {}

  func gradient(tile: Int, rows: Int) -> Range<Int> {
    let parameter = site.parameters[learnt[tile]]
    let ref = program.parameters[learnt[tile]]
    guard let gradient = execution.gradient(ref) else { return 0..<0 }
    for place in 0..<parameter.range.count { parameter.gradient[place] = Float(gradient[place]) }
    return parameter.range
  }

  func fault(rows: Range<Int>) -> EquationFault? {
    guard let function, function is any Defined else { return nil }
    let width = max(1, program.shape(inner).sizes.last ?? 1)
    let count = program.shape(inner).count
    let (x, y) = (Buffer<Float>(count: rows.count * count), Buffer<Float>(count: 0))
    store(execution.value(inner), inner, x.start, rows.count)
    var fault = function.fault(
      ActivationRows(
        x: UnsafePointer(x.start), bias: nil, y: y.start, count: rows.count * count / width,
        width: width))
    // Of several vectors a row.
    fault?.row /= max(1, count / width)
    return fault
  }
}
