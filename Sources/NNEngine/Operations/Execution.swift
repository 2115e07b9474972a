/// The reference: a program of operations run in 64 bits, plainly, one operation after the other.
///
/// Everything is planned and allocated once, for up to so many rows.
final class Execution {
  /// What gradients are asked for.
  enum Learning {
    case nothing
    /// By what is given for each run.
    case inputs
    /// By parameters and by what is computed from them.
    case parameters
    /// By both.
    case all
  }

  let operations: Operations
  let maxRows: Int
  private let places: [Buffer<Double>]
  private let gradients: [Buffer<Double>?]
  private let runs: [(any OperationRun)?]

  init(_ operations: Operations, maxRows: Int, learns: Learning) {
    self.operations = operations
    self.maxRows = maxRows
    let values = operations.values
    let places = values.map { Buffer<Double>(count: $0.extent.count(rows: maxRows)) }
    var matters: [Bool] = []
    for value in values {
      switch value.source {
      case .input: matters.append(learns == .inputs || learns == .all)
      case .parameter: matters.append(learns == .parameters || learns == .all)
      case .uniform, .constant: matters.append(false)
      case .operation(_, let operands): matters.append(operands.contains { matters[$0.place] })
      }
    }
    let gradients = zip(values, matters).map { value, matters in
      matters ? Buffer<Double>(count: value.extent.count(rows: maxRows)) : nil
    }
    var runs: [(any OperationRun)?] = []
    for (index, value) in values.enumerated() {
      if case .constant(let numbers) = value.source { places[index].load(numbers) }
      guard case .operation(let operation, let operands) = value.source else {
        runs.append(nil)
        continue
      }
      let site = OperationSite(
        operands: operands.map {
          OperationSite.Operand(
            extent: values[$0.place].extent, x: places[$0.place].start,
            dx: gradients[$0.place]?.start)
        }, extent: value.extent, y: places[index].start, dy: gradients[index]?.start,
        maxRows: maxRows)
      runs.append(operation.rule.plan(site))
    }
    self.places = places
    self.gradients = gradients
    self.runs = runs
  }

  /// Where a value's numbers stand, row after row; inputs and parameters are written there.
  func value(_ ref: Operations.Ref) -> UnsafeMutablePointer<Double> { places[ref.place].start }

  /// Where its gradient stands; `nil` where nothing asks for it.
  func gradient(_ ref: Operations.Ref) -> UnsafeMutablePointer<Double>? {
    gradients[ref.place]?.start
  }

  /// Computes all values for the first rows.
  func forward(rows: Int, step: UInt64 = 0) {
    for (index, value) in operations.values.enumerated() {
      if case .uniform(let chance) = value.source {
        chance.fill(
          places[index].start, count: value.extent.count(rows: rows), step: step)
      }
      runs[index]?.forward(rows: rows)
    }
  }

  /// Sets all gradients to 0; then those of results are written, and `backward` does the rest.
  func clearGradients(rows: Int) {
    for (index, value) in operations.values.enumerated() {
      gradients[index]?.start.update(repeating: 0, count: value.extent.count(rows: rows))
    }
  }

  /// Computes all gradients for the first rows from those that were written.
  func backward(rows: Int) {
    for index in operations.values.indices.reversed() where gradients[index] != nil {
      runs[index]?.backward(rows: rows)
    }
  }
}
