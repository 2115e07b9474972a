/// A formula of numbers at the same place: `y = f(a, b, …)`, element by element.
///
/// What the formula sums up or compares (softmax does), it does along the last axis.
///
/// - Shapes: operands that fit each other from the last axis on, where an axis of 1 or one that is
///   not there repeats; `y`: the longest of each axis.
/// - Gradient: derived from the formula, added up where an operand was repeated.
/// - Source: the chain rule, from the result backwards (Griewank and Walther, Evaluating
///   Derivatives, 2008).
public struct FormulaOperation: OperationRule {
  /// What is computed; variable `i` is operand `i`.
  public let formula: Formula

  /// Makes the operation.
  public init(_ formula: Formula) { self.formula = formula.stabilised() }

  func output(for operands: [Operations.Extent]) -> Operations.Extent {
    let rank = operands.map(\.shape.rank).max() ?? 0
    let sizes = (0..<rank).map { axis in
      let sizes = operands.compactMap { operand -> Int? in
        let place = axis - (rank - operand.shape.rank)
        return place < 0 || operand.shape[place] == 1 ? nil : operand.shape[place]
      }
      precondition(Set(sizes).count <= 1, "operands of a formula fit each other")
      return sizes.first ?? 1
    }
    return Operations.Extent(isByRow: operands.contains(where: \.isByRow), Shape(sizes))
  }

  func plan(_ site: OperationSite) -> any OperationRun { FormulaRun(self, site) }
}

private final class FormulaRun: OperationRun {
  private let site: OperationSite
  private let forwardProgram: SpreadProgram
  /// By each operand; `nil` where nothing asks for it, or where it does not depend on it.
  private let backwardPrograms: [SpreadProgram?]
  /// For an operand that repeats, its place for each number of a row of y, and all of them in full.
  private let spread: [(places: [Int], numbers: Buffer<Double>)?]
  private let share: Buffer<Double>
  /// What the programs read: the operands, each in full, and behind them the gradient by y.
  private let read: [ExactProgram.Input]
  private let count: Int
  private let width: Int

  init(_ operation: FormulaOperation, _ site: OperationSite) {
    self.site = site
    let shape = site.extent.shape
    (count, width) = (shape.count, max(1, shape.sizes.last ?? 1))
    var formula = operation.formula
    let most = site.extent.count(rows: site.maxRows)
    forwardProgram = SpreadProgram(formula, count: most, width: width)
    let y = formula.results[0]
    var slopes = [SpreadProgram?](repeating: nil, count: site.operands.count)
    let wanted = site.operands.indices.filter { site.operands[$0].dx != nil }
    if !wanted.isEmpty {
      let dy = formula.addVariable("dy", .element)
      // One number a vector stands for each of its elements.
      let seed = formula.extent(y) == .element ? dy : formula.reduce(.sum, dy)
      guard let terms = try? formula.derivatives(of: y, by: wanted, seed: seed) else {
        preconditionFailure("a layer's formula has a derivative")
      }
      for (index, term) in zip(wanted, terms) where !formula.isZero(term) {
        var slope = formula
        slope.results = [term]
        slopes[index] = SpreadProgram(slope.stabilised(), count: most, width: width)
      }
    }
    backwardPrograms = slopes
    spread = site.operands.map { operand in
      guard operand.extent != site.extent else { return nil }
      let numbers = Buffer<Double>(count: site.extent.count(rows: site.maxRows))
      return (Self.places(of: operand.extent.shape, in: shape), numbers)
    }
    share = Buffer(count: wanted.isEmpty ? 0 : site.extent.count(rows: site.maxRows))
    var read = zip(site.operands, spread).map { operand, spread in
      ExactProgram.Input.rows(spread?.numbers.start ?? operand.x)
    }
    // Settings that were put in stand between the operands and the gradient.
    while read.count < operation.formula.variables.count { read.append(.number(0)) }
    if let dy = site.dy { read.append(.rows(dy)) }
    self.read = read
  }

  private static func places(of own: Shape, in shape: Shape) -> [Int] {
    let missing = shape.rank - own.rank
    let strides =
      [Int](repeating: 0, count: missing)
      + zip(own.sizes, own.strides).map {
        $0 == 1 ? 0 : $1
      }
    return shape.places(strides: strides)
  }

  func forward(rows: Int) {
    let rows = site.count(rows)
    for (operand, spread) in zip(site.operands, spread) {
      guard let (places, numbers) = spread else { continue }
      for row in 0..<rows {
        let (from, to) = (operand.x + row * operand.stride, numbers.start + row * count)
        for place in 0..<count { to[place] = from[places[place]] }
      }
    }
    forwardProgram.run(rows: rows * count / width, width: width, read, into: site.y)
  }

  func backward(rows: Int) {
    let rows = site.count(rows)
    for (index, operand) in site.operands.enumerated() {
      guard let dx = operand.dx, let program = backwardPrograms[index] else { continue }
      program.run(rows: rows * count / width, width: width, read, into: share.start)
      for row in 0..<rows {
        let (from, to) = (share.start + row * count, dx + row * operand.stride)
        if let (places, _) = spread[index] {
          for place in 0..<count { to[places[place]] += from[place] }
        } else {
          for place in 0..<count { to[place] += from[place] }
        }
      }
    }
  }
}

/// A formula's result for each element, also where it is one number a vector.
private struct SpreadProgram {
  private let program: ExactProgram
  private let space: ExactProgram.Space
  private let isOfVector: Bool

  /// - Parameters:
  ///   - count: of numbers there are at most.
  ///   - width: of numbers in a vector.
  init(_ formula: Formula, count: Int, width: Int) {
    program = ExactProgram(formula)
    space = ExactProgram.Space(program, width: program.seesRows ? width : count)
    isOfVector = program.seesRows && formula.extent(formula.results[0]) < .element
  }

  func run(
    rows: Int, width: Int, _ inputs: [ExactProgram.Input], into y: UnsafeMutablePointer<Double>
  ) {
    program.run(rows: rows, width: width, inputs, into: y, space: space)
    guard isOfVector else { return }
    // One number a vector stands at the beginning: from the last one on, each to its place.
    for row in stride(from: rows - 1, through: 0, by: -1) {
      let value = y[row]
      for place in 0..<width { y[row * width + place] = value }
    }
  }
}
