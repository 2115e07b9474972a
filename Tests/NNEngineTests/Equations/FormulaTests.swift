import Glibc
import Testing

@testable import NNEngine

/// Formulas made by chance, always the same ones: what they give, what they derive to, and what
/// their compiled form gives.
struct FormulaTests {
  /// Puts terms together by chance, from functions that have a value for every number.
  struct Maker {
    var stream: RandomStream
    var formula: Formula

    init(seed: UInt64) {
      stream = RandomStream(seed: seed, stream: .random)
      formula = Formula([.init("x", .element), .init("k", .uniform)])
    }

    mutating func pick(_ count: Int) -> Int { Int(stream.next() >> 33) % count }

    mutating func term(_ depth: Int) -> Formula.Term {
      guard depth > 0 else {
        switch pick(4) {
        case 0: return formula.number(Double(pick(9) - 4) / 2)
        case 1: return 1
        default: return 0
        }
      }
      let a = term(depth - 1)
      switch pick(12) {
      case 0: return formula.unary(.tanh, a)
      case 1: return formula.unary(.sigmoid, a)
      case 2: return formula.unary(.sin, a)
      case 3: return formula.unary(.softplus, a)
      case 4: return formula.unary(.exp, formula.unary(.negate, formula.unary(.softplus, a)))
      case 5: return formula.binary(.multiply, formula.unary(.tanh, a), term(depth - 1))
      case 6: return formula.binary(.subtract, a, term(depth - 1))
      case 7:
        let b = formula.binary(.power, term(depth - 1), formula.number(2))
        return formula.binary(.divide, a, formula.binary(.add, formula.number(1), b))
      case 8:
        let condition = formula.binary(.less, a, term(depth - 1))
        return formula.select(condition, formula.unary(.erf, a), formula.unary(.atan, a))
      case 9: return formula.binary(.greatest, a, term(depth - 1))
      case 10: return formula.reduce([.sum, .mean, .max][pick(3)], formula.unary(.tanh, a))
      default: return formula.binary(.add, a, term(depth - 1))
      }
    }
  }

  static func formula(_ seed: UInt64) -> Formula {
    var maker = Maker(seed: seed)
    let term = maker.term(4)
    // Whatever chance made, x is in it.
    maker.formula.results = [maker.formula.binary(.add, term, maker.formula.unary(.sin, 0))]
    return maker.formula.setting([1: 0.7])
  }

  @Test func derivativesMatchCentralDifferences() {
    var points = 0
    for seed in 0..<300 as Range<UInt64> {
      let check = DerivativeCheck(Self.formula(seed), by: 0, .anyNumber)
      switch check.outcome {
      case .agrees(_, let count): points += count
      default: Issue.record("formula \(seed): \(check.outcome)")
      }
    }
    // Kinks must not have been an excuse.
    #expect(points > 300 * 60 * 5 / 2)
  }

  @Test func compiledFormulasGiveWhatTheyGiveIn64Bits() throws {
    for seed in 0..<200 as Range<UInt64> {
      let formula = Self.formula(seed)
      let activation = try EquationActivation(
        Equation(name: "f", definition: "", formula: formula))
      // Widths around a chunk and rows that do not fill one.
      for (rows, width) in [(1, 1), (7, 3), (3, 513), (40, 10)] {
        let x = (0..<rows * width).map { Float(sin(Double($0) * 0.7) * 2.5) }
        var y = [Float](repeating: .nan, count: x.count)
        y.withUnsafeMutableBufferPointer { y in
          x.withUnsafeBufferPointer { x in
            activation.forward(
              ActivationRows(
                x: x.baseAddress!, bias: nil, y: y.baseAddress!, count: rows, width: width))
          }
        }
        let prepared = formula.stabilised()
        for row in 0..<rows {
          let sample = x[row * width..<(row + 1) * width].map(Double.init)
          let all = prepared.evaluate(
            [sample, [0.7]], width: width)[prepared.results[0]]
          for place in 0..<width {
            let exact = all[all.count == 1 ? 0 : place]
            let found = Double(y[row * width + place])
            // Near a jump of a choice 32 bits may fall on the other side.
            let tolerance = 2e-4 * max(1, exact.magnitude, Double(width) / 10)
            if !((found - exact).magnitude <= tolerance), exact.isFinite,
              !Self.isNearJump(prepared, sample, place)
            {
              Issue.record("formula \(seed), \(rows) x \(width): \(found) instead of \(exact)")
              return
            }
          }
        }
      }
    }
  }

  /// Whether moving the sample a little changes the value a lot.
  private static func isNearJump(_ formula: Formula, _ sample: [Double], _ place: Int) -> Bool {
    let values = [-1e-5, 0, 1e-5].map { by in
      let all = formula.evaluate([sample.map { $0 + by }, [0.7]], width: sample.count)
      let result = all[formula.results[0]]
      return result[result.count == 1 ? 0 : place]
    }
    return (values[0] - values[1]).magnitude > 1e-3 || (values[2] - values[1]).magnitude > 1e-3
  }

  @Test func gradientsMayBeWrittenOverWhatArrives() throws {
    let formula = Self.formula(5)
    let activation = try EquationActivation(Equation(name: "f", definition: "", formula: formula))
    let (rows, width) = (9, 130)
    let x = (0..<rows * width).map { Float(cos(Double($0))) }
    let gradient = (0..<rows * width).map { Float(sin(Double($0))) }
    func run(inPlace: Bool) -> [Float] {
      var (x, y, dy) = (x, x, gradient)
      var dx = [Float](repeating: .nan, count: x.count)
      x.withUnsafeMutableBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          dy.withUnsafeMutableBufferPointer { dy in
            dx.withUnsafeMutableBufferPointer { dx in
              let part = ActivationRows(
                x: x.baseAddress!, bias: nil, y: y.baseAddress!, count: rows, width: width)
              activation.forward(part)
              activation.backward(
                part, dy: dy.baseAddress!, dx: inPlace ? dy.baseAddress! : dx.baseAddress!)
            }
          }
        }
      }
      return inPlace ? dy : dx
    }
    #expect(run(inPlace: true) == run(inPlace: false))
  }

  @Test func aWrongDerivativeIsFound() {
    // A jump: its derivative is 0 on both sides, the differences across it are not.
    var formula = Formula([.init("x", .element)])
    formula.results = [formula.binary(.multiply, formula.number(2), 0)]
    guard case .agrees = DerivativeCheck(formula, by: 0, .anyNumber).outcome else {
      Issue.record("2x has the derivative 2")
      return
    }
    var fault = Formula([.init("x", .element)])
    fault.results = [fault.unary(.log, 0)]
    guard case .leavesDomain(let found) = DerivativeCheck(fault, by: 0, .anyNumber).outcome else {
      Issue.record("log has no value below 0")
      return
    }
    #expect(found.text.hasPrefix("log(-"))
  }

  @Test func whatOverflowsIsWrittenSoThatItDoesNot() {
    var formula = Formula([.init("x", .element)])
    let one = formula.number(1)
    let power = formula.unary(.exp, formula.unary(.negate, 0))
    let logistic = formula.binary(.divide, one, formula.binary(.add, one, power))
    #expect(formula.nodes[logistic] == .unary(.sigmoid, 0))
    let (up, down) = (formula.unary(.exp, 0), power)
    let tangent = formula.binary(
      .divide, formula.binary(.subtract, up, down), formula.binary(.add, up, down))
    #expect(formula.nodes[tangent] == .unary(.tanh, 0))
    formula.results = [formula.binary(.divide, up, formula.reduce(.sum, up))]
    let shares = formula.stabilised()
    let all = shares.evaluate([[1000, 999]], width: 2)[shares.results[0]]
    #expect((all[0] - 1 / (1 + exp(-1))).magnitude < 1e-12)
  }
}
