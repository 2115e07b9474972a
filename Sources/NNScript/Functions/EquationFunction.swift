import NNEngine

/// A formula at work on the values of a script: numbers and lists in 64 bits, tensors in vector
/// code. Several numbers are samples along the last axis.
final class EquationFunction {
  let name: String
  let equation: ReadEquation
  private let exact: ExactProgram
  /// Compiled for tensors with the settings that were asked for last.
  private var compiled: (settings: [Double], function: FormulaFunction)?

  init(_ equation: ReadEquation, name: String) {
    self.equation = equation
    self.name = name
    exact = ExactProgram(equation.formula.stabilised())
  }

  /// Whether it gives one number for a whole sample.
  private var givesOneASample: Bool { exact.formula.extent(exact.formula.results[0]) == .sample }

  /// Whether a sample is looked at as a whole.
  var seesSamples: Bool { exact.seesRows }

  /// The value for one number, with all settings at their defaults; `nil` where it takes a sample.
  var ofNumber: ((Double) -> Double)? {
    exact.formula.scalarFunction(settings: equation.parameters.compactMap(\.defaultValue))
  }

  /// The value for values of all parameters.
  ///
  /// - Throws: `ValueError` for what is no number, and where the formula leaves its domain.
  func callAsFunction(_ values: [Value]) throws -> Value {
    let many = values.indices.filter { values[$0].numberValue == nil }
    switch many.count {
    case 0:
      let numbers = values.map { $0.numberValue ?? 0 }
      return .number(try one(numbers))
    case 1: return try along(values, many[0], values[many[0]])
    default: return try together(values, many)
    }
  }

  private func one(_ numbers: [Double]) throws -> Double {
    var result = 0.0
    exact.run(rows: 1, width: 1, numbers.map { .number($0) }, into: &result)
    if !result.isFinite, numbers.allSatisfy(\.isFinite) { throw fault(numbers.map { [$0] }, 1) }
    return result
  }

  /// One value of many numbers, the others numbers.
  private func along(_ values: [Value], _ place: Int, _ value: Value) throws -> Value {
    func inputs(_ x: UnsafePointer<Double>) -> [ExactProgram.Input] {
      values.enumerated().map { $0 == place ? .rows(x) : .number($1.numberValue ?? 0) }
    }
    switch value {
    case .number(let number):
      return .number(
        try one(values.enumerated().map { $0 == place ? number : $1.numberValue ?? 0 }))
    case .list(let list):
      guard let numbers = list.numbers else {
        return .list(try ListBox.making(list.count) { try along(values, place, list[$0]) })
      }
      let width = list.count
      let made = ListBox(count: width) { output in
        exact.run(rows: 1, width: width, inputs(numbers), into: output)
      }
      let used = givesOneASample ? 1 : width
      if let start = made.numbers, let bad = (0..<used).first(where: { !start[$0].isFinite }) {
        let sample = Array(UnsafeBufferPointer(start: numbers, count: width))
        if sample.allSatisfy(\.isFinite) {
          let all = values.map { [$0.numberValue ?? 0] }
          let isWhole = exact.seesRows
          throw fault(
            all.enumerated().map { $0 == place ? isWhole ? sample : [sample[bad]] : $1 },
            isWhole ? width : 1, item: bad)
        }
      }
      return givesOneASample ? made[0] : .list(made)
    case .tensor(let box) where place == 0:
      let settings = values.dropFirst().map { $0.numberValue ?? 0 }
      if compiled?.settings != settings {
        compiled = (settings, FormulaFunction(equation.formula, settings: settings))
      }
      guard let function = compiled?.function else { return .none }
      let result = function(box.tensor)
      if !TensorMath.isFinite(result), TensorMath.isFinite(box.tensor) {
        return try together(values, [place])
      }
      return result.shape.rank == 0 && box.tensor.shape.rank > 0
        ? .number(Double(result.elements[0])) : .tensor(result)
    case .tensor: return try together(values, [place])
    default:
      throw ValueError.wrongType(
        name, takes: "a number, list or tensor", found: value, argument: place)
    }
  }

  /// Several values of many numbers, of one size, in 64 bits.
  private func together(_ values: [Value], _ many: [Int]) throws -> Value {
    let samples = try samples(values, many)
    let result = try run(samples)
    guard let like = many.first.map({ values[$0] }) else { return .none }
    return try Grid(
      sizes: givesOneASample ? Array(samples.sizes.dropLast()) : samples.sizes, elements: result
    ).value(like: like)
  }

  /// The mean over samples, of what is one number a sample or the mean over its elements.
  ///
  /// - Parameters:
  ///   - grids: the values that go along with each other, of one size.
  ///   - settings: the numbers for the other parameters.
  func mean(_ grids: [Grid], _ settings: [Double]) throws -> Double {
    let others = settings.map { Grid(sizes: [], elements: [$0]) }
    let result = try run(Samples(sizes: grids[0].sizes, grids: grids + others))
    return result.reduce(0, +) / Double(max(1, result.count))
  }

  /// Values of all parameters; those of many numbers go along with each other.
  private struct Samples {
    var sizes: [Int]
    var grids: [Grid]
    var width: Int { sizes.last ?? 1 }
    var rows: Int { width == 0 ? 0 : sizes.reduce(1, *) / width }
  }

  private func samples(_ values: [Value], _ many: [Int]) throws -> Samples {
    let grids = try values.enumerated().map { try Grid($1, of: name, argument: $0) }
    let sizes = many.first.map { grids[$0].sizes } ?? []
    for index in many {
      guard equation.formula.variables[index].extent == .element else {
        throw ValueError.wrongType(
          name, takes: "one number for `\(equation.parameters[index].name)`",
          found: values[index], argument: index)
      }
      guard grids[index].sizes == sizes else {
        throw ValueError(
          code: .shapeMismatch,
          message:
            "`\(name)` needs values of one size: \(Shape(sizes)) and \(Shape(grids[index].sizes))",
          label: "\(Shape(grids[index].sizes))", argument: index)
      }
    }
    return Samples(sizes: sizes, grids: grids)
  }

  private func run(_ samples: Samples) throws -> [Double] {
    let (rows, width) = (samples.rows, samples.width)
    let count = givesOneASample ? rows : rows * width
    let result = [Double](unsafeUninitializedCapacity: max(1, count)) { buffer, initialized in
      guard let output = buffer.baseAddress else { return }
      // Each grid's memory is held while the program reads it.
      func hold(_ index: Int, _ inputs: [ExactProgram.Input]) {
        guard index < samples.grids.count else {
          return exact.run(rows: rows, width: width, inputs, into: output)
        }
        let elements = samples.grids[index].elements
        guard elements.count == rows * width, !samples.sizes.isEmpty else {
          return hold(index + 1, inputs + [.number(elements.first ?? 0)])
        }
        elements.withUnsafeBufferPointer { numbers in
          guard let start = numbers.baseAddress else { return }
          hold(index + 1, inputs + [.rows(start)])
        }
      }
      hold(0, [])
      initialized = count
    }
    try Allowance.proceed()
    if let bad = result.firstIndex(where: { !$0.isFinite }) {
      let row = givesOneASample ? bad : bad / width
      let sample = samples.grids.map { grid in
        grid.elements.count == rows * width
          ? Array(grid.elements[row * width..<(row + 1) * width]) : grid.elements
      }
      if sample.joined().allSatisfy(\.isFinite) { throw fault(sample, width) }
    }
    return result
  }

  private func fault(_ sample: [[Double]], _ width: Int, item: Int? = nil) -> ValueError {
    let all = exact.formula.evaluate(sample, width: width)
    let text = exact.formula.fault(in: all, width: width)?.text ?? "the result"
    return ValueError(
      code: .domainFault, message: "`\(text)` in `\(name)` is not a finite number",
      label: "leaves its domain", notes: item.map { ["this is item \($0)"] } ?? [])
  }
}
