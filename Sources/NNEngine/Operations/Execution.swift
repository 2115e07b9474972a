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
    /// By parameters and one of the inputs.
    case parametersAnd(Operations.Ref)

    fileprivate var isNothing: Bool { if case .nothing = self { true } else { false } }

    fileprivate func asks(forParameters: Bool, _ ref: Operations.Ref) -> Bool {
      switch self {
      case .nothing: false
      case .inputs: !forParameters
      case .parameters: forParameters
      case .all: true
      case .parametersAnd(let input): forParameters || input == ref
      }
    }
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
    for (place, value) in values.enumerated() {
      let ref = Operations.Ref(place: place)
      switch value.source {
      case .input: matters.append(learns.asks(forParameters: false, ref))
      case .parameter: matters.append(learns.asks(forParameters: true, ref))
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

  /// How much memory a program takes, for up to so many rows.
  static func bytes(_ program: Operations, maxRows: Int, learns: Learning) -> Int {
    var numbers = 0
    for value in program.values {
      // A value and its gradient; a formula keeps both once more, spread.
      var copies = learns.isNothing ? 1 : 2
      if case .operation(let operation, let operands) = value.source {
        switch operation {
        case .formula: copies += operands.count + 1
        case .scan(let scan):
          let steps = value.extent.shape[0]
          let states = scan.states.reduce(0) { $0 &+ scan.body.extent($1).count(rows: maxRows) }
          numbers &+= bytes(scan.body, maxRows: maxRows, learns: learns) / 8
          numbers &+= (steps + 1) &* states
        default: break
        }
      }
      let count = Shape.product([value.extent.shape.count, value.extent.isByRow ? maxRows : 1])
      numbers = min(numbers &+ copies &* min(count ?? 1 << 50, 1 << 50), 1 << 55)
    }
    return 8 &* numbers
  }

  /// Where a value's numbers stand, row after row; inputs and parameters are written there.
  func value(_ ref: Operations.Ref) -> UnsafeMutablePointer<Double> { places[ref.place].start }

  /// Where its gradient stands; `nil` where nothing asks for it.
  func gradient(_ ref: Operations.Ref) -> UnsafeMutablePointer<Double>? {
    gradients[ref.place]?.start
  }

  /// Computes all values for the first rows. Where the work of the thread is to end, the rest is
  /// left out: ask `Allowance` afterwards.
  func forward(rows: Int, step: UInt64 = 0) {
    for (index, value) in operations.values.enumerated() where !Allowance.isHalted {
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
    for index in operations.values.indices.reversed()
    where gradients[index] != nil && !Allowance.isHalted {
      runs[index]?.backward(rows: rows)
    }
  }
}
