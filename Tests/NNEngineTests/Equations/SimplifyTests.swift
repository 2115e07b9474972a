import Glibc
import Testing

@testable import NNEngine

/// Whatever form a formula is brought into, its values are those of what was written.
struct SimplifyTests {
  /// A term and the same as a function, put together by chance from few parts, so that the parts
  /// meet: constants, x, and what is made of them.
  private struct Maker {
    var random: TestRandom
    var formula = Formula([.init("x", .element)])

    mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func term(_ depth: Int) -> (term: Formula.Term, value: (Double) -> Double) {
      if depth == 0 || pick(6) == 0 {
        if pick(2) == 0 { return (0, { $0 }) }
        let number = [-2, -1, -0.5, 0, 0.5, 1, 2, 3, M_E][pick(9)]
        return (formula.number(number), { _ in number })
      }
      let a = term(depth - 1)
      if pick(3) == 0 {
        let function = [
          Formula.Unary.negate, .exp, .log, .sqrt, .abs, .sign, .sigmoid, .tanh, .softplus, .cos,
        ][pick(10)]
        return (
          formula.unary(function, a.term),
          {
            let x = a.value($0)
            return x.isNaN ? .nan : function.value(x)
          }
        )
      }
      let b = pick(4) == 0 ? a : term(depth - 1)
      if pick(8) == 0 {
        let c = truth(1)
        return (
          formula.select(c.term, a.term, b.term),
          {
            let truth = c.value($0)
            return truth.isNaN ? .nan : truth != 0 ? a.value($0) : b.value($0)
          }
        )
      }
      return join(
        [.add, .subtract, .multiply, .divide, .power, .least, .greatest][pick(7)], a, b)
    }

    /// A comparison, or what is made of some.
    mutating func truth(_ depth: Int) -> (term: Formula.Term, value: (Double) -> Double) {
      switch depth == 0 ? 3 : pick(5) {
      case 0:
        let a = truth(depth - 1)
        return (
          formula.unary(.not, a.term),
          {
            let truth = a.value($0)
            return truth.isNaN ? .nan : 1 - truth
          }
        )
      case 1: return join([.and, .or][pick(2)], truth(depth - 1), truth(depth - 1))
      default:
        return join([.less, .lessOrEqual, .equal, .notEqual][pick(4)], term(depth), term(depth))
      }
    }

    private mutating func join(
      _ operation: Formula.Binary, _ a: (term: Formula.Term, value: (Double) -> Double),
      _ b: (term: Formula.Term, value: (Double) -> Double)
    ) -> (term: Formula.Term, value: (Double) -> Double) {
      (
        formula.binary(operation, a.term, b.term),
        {
          // Where a part has no value, nothing is said of the whole.
          let (x, y) = (a.value($0), b.value($0))
          return x.isNaN || y.isNaN ? .nan : operation.value(x, y)
        }
      )
    }
  }

  /// - Parameter stabilises: whether the formula is also written so that it does not overflow.
  private func compare(_ count: Int, stabilises: Bool) {
    var (compared, wrong) = (0, 0)
    for seed in 0..<count {
      var maker = Maker(random: TestRandom(state: UInt64(seed) &* 977 &+ (stabilises ? 5 : 1)))
      let made = maker.term(2 + seed % 3)
      var formula = maker.formula
      formula.results = [made.term]
      if stabilises { formula = formula.stabilised() }
      for x in [-2.3, -1, -0.4, 0.3, 0.7, 1, 1.9, 3.1] {
        let plain = made.value(x)
        // Below and above, what is written in another order loses digits or comes to an end.
        guard plain.isFinite, plain.magnitude < 1e8 else { continue }
        // A place where it jumps says nothing: equal may be a little apart.
        let near = [made.value(x - 1e-9), made.value(x + 1e-9)]
        guard near.allSatisfy({ ($0 - plain).magnitude <= 1e-5 * max(1, plain.magnitude) }) else {
          continue
        }
        compared += 1
        let found = formula.evaluate([[x]], width: 1)[formula.results[0]][0]
        if !((found - plain).magnitude <= 1e-6 * max(1, plain.magnitude)) {
          wrong += 1
          if wrong < 4 {
            Issue.record("formula \(seed) at \(x): \(found), not \(plain): \(maker.formula.nodes)")
          }
        }
      }
    }
    #expect(wrong == 0 && compared > 3 * count, "\(wrong) of \(compared)")
  }

  @Test func aFormulaKeepsItsValues() { compare(6_000, stabilises: false) }

  @Test func writtenSoThatItDoesNotOverflowItKeepsThemToo() { compare(3_000, stabilises: true) }
}
