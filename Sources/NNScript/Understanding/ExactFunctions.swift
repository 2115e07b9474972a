import NNEngine

/// An activation of one row in 64 bits: its formula and that one's derivative.
struct ExactActivation {
  let name: String
  /// Whether it works on a vector as a whole.
  let isOfVector: Bool
  /// How its derivative is written, with `a` for what it gives; `nil` where that is long.
  let derivativeText: String?
  fileprivate let formula: Formula
  /// Of what goes in and the gradient by what comes out; `nil` where there is none.
  private let backward: ExactProgram?

  init(_ activation: any Activation) {
    formula = activation.formula
    name = activation.name
    isOfVector = formula.hasReductions
    // Settings are numbers in the formula already: what goes in is its only variable.
    var slope = Formula([.init("z", .element)])
    let a = slope.bring(
      formula.results, of: formula, binding: formula.variables.map { _ in 0 })[0]
    derivativeText = isOfVector ? nil : Self.text(slope, a)
    let da = slope.addVariable("da", .element)
    let dz = try? slope.derivatives(of: a, by: [0], seed: da)[0]
    slope.results = dz.map { [$0] } ?? []
    backward = dz.map { _ in ExactProgram(slope.stabilised()) }
  }

  private static func text(_ formula: Formula, _ a: Formula.Term) -> String? {
    var formula = formula
    let one = formula.number(1)
    guard let slope = try? formula.derivatives(of: a, by: [0], seed: one)[0] else { return nil }
    // What is as short as the name is not named.
    let isShort = formula.nodes[a].operands.isEmpty
    let text = FormulaText.expression(formula, slope, naming: isShort ? [:] : [a: "a"])
      .replacing(" * ", with: "·")
    return text.count <= 40 ? text : nil
  }

  /// The derivative for each number, of a function of numbers.
  func slopes(_ z: [Double]) -> [Double]? { backward?.row(of: z.count, [z, z.map { _ in 1 }]) }
}

/// A loss of one sample in 64 bits: its formula and that one's derivatives.
struct ExactLoss {
  let name: String
  let ownActivation: String?
  private let formula: Formula
  private let value: ExactProgram
  private let slope: ExactProgram

  /// `nil` for a loss without a formula.
  init?(_ loss: any Loss, _ session: Session) {
    guard let formula = try? session.formula(of: loss),
      let slope = Self.slope(formula, by: 1)
    else { return nil }
    name = loss.name
    ownActivation = loss.ownActivation
    self.formula = formula
    value = ExactProgram(Self.averaged(formula).stabilised())
    self.slope = slope
  }

  func callAsFunction(_ y: [Double], _ p: [Double]) throws -> Double {
    value.row(of: p.count, [y, p])[0]
  }

  /// The derivative by each output.
  func gradient(_ y: [Double], _ p: [Double]) throws -> [Double] { slope.row(of: p.count, [y, p]) }

  /// The derivative by what stands before an activation, derived from both formulas put together:
  /// where an output rounds to 0 or 1 it is still there.
  func gradient(through activation: ExactActivation) -> (([Double], [Double]) -> [Double])? {
    var joined = Formula([.init("y", .element), .init("z", .element)])
    let p = joined.bring(
      activation.formula.results, of: activation.formula,
      binding: activation.formula.variables.map { _ in 1 })
    joined.results = joined.bring(
      formula.results, of: formula, binding: formula.variables.indices.map { $0 == 0 ? 0 : p[0] })
    guard let slope = Self.slope(joined, by: 1) else { return nil }
    return { y, z in slope.row(of: z.count, [y, z]) }
  }

  /// What is not yet one number a sample is averaged over the outputs.
  private static func averaged(_ formula: Formula) -> Formula {
    var formula = formula
    let value = formula.results[0]
    if formula.extent(value) == .element { formula.results = [formula.reduce(.mean, value)] }
    return formula
  }

  private static func slope(_ formula: Formula, by variable: Int) -> ExactProgram? {
    var formula = averaged(formula)
    let one = formula.number(1)
    guard
      let slope = try? formula.derivatives(of: formula.results[0], by: [variable], seed: one)[0]
    else { return nil }
    formula.results = [slope]
    return ExactProgram(formula.stabilised())
  }
}

extension ExactProgram {
  /// The values for one row of each variable: one number for each element, or one in all.
  fileprivate func row(of width: Int, _ rows: [[Double]]) -> [Double] {
    let values = values(rows, width: width)[formula.results[0]]
    return values.count == width
      ? values : [Double](repeating: values[0], count: width)
  }
}

extension Value {
  /// A list of numbers as such.
  var numbers: [Double]? {
    if let number = numberValue { return [number] }
    guard let items = listItems else { return nil }
    let numbers = items.compactMap(\.numberValue)
    return numbers.count == items.count ? numbers : nil
  }
}
