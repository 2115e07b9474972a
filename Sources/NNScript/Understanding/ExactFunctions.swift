import NNEngine

/// An activation of one row in 64 bits: its formula and that one's derivative.
struct ExactActivation {
  let name: String
  /// Whether it works on a vector as a whole.
  let isOfVector: Bool
  /// How its derivative is written, with `a` for what it gives; `nil` where that is long.
  let derivativeText: String?
  /// Of what goes in and the gradient by what comes out; `nil` where there is none.
  private let backward: ExactProgram?

  init(_ activation: any Activation) {
    let formula = activation.formula
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
