import NNEngine
import Testing

@testable import NNScript

/// Formulas drawn by chance: what is printed of them and of their derivatives can be pasted back,
/// derived again and worked out, and says the same.
struct RandomFormulaTests {
  /// Draws expressions of `x` whose parts stay in their domains.
  private struct Generator {
    var stream: RandomStream

    mutating func pick(_ count: Int) -> Int { Int(stream.next() % UInt64(count)) }

    mutating func expression(_ depth: Int) -> String {
      guard depth > 0 else {
        return ["x", "x", "0.5", "2", "a", "-1.25"][pick(6)]
      }
      let (f, g) = (expression(depth - 1), expression(depth - 1))
      return switch pick(16) {
      case 0: "(\(f) + \(g))"
      case 1: "(\(f) - \(g))"
      case 2, 3: "(\(f)) * (\(g))"
      case 4: "(\(f)) / (1 + (\(g))^2)"
      case 5: "(\(f))^2"
      case 6: "sin(\(f))"
      case 7: "tanh(\(f))"
      case 8: "sigmoid(\(f))"
      case 9: "exp(-(\(f))^2)"
      case 10: "log(1 + (\(f))^2)"
      case 11: "sqrt(1 + (\(f))^2)"
      case 12: "max(\(f), \(g))"
      case 13: "abs(\(f))"
      case 14: "(if \(f) > \(g) then \(f) else \(g))"
      default: "-(\(f))"
      }
    }
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func whatIsPrintedSaysTheSame(_ seed: UInt64) throws {
    var generator = Generator(stream: RandomStream(seed: seed, stream: .random))
    let body = generator.expression(3)
    let words = Vocabulary.standard
    var equation = try #require(
      try ReadEquation(defining: "def f(x, a=0.7) = \(body)", words), "\(body)")
    let points = (0..<9).map { -2.1 + 0.53 * Double($0) }
    // The function itself, then its first and second derivative.
    for order in 0...2 {
      let text = FormulaText(equation).definition
      let again = try #require(try ReadEquation(defining: text, words), "\(text)")
      let values = points.map { Self.value(equation, $0) }
      for (x, value) in zip(points, values) where value.isFinite {
        let other = Self.value(again, x)
        #expect(
          (value - other).magnitude <= 1e-9 * max(1, value.magnitude),
          "order \(order) of \(body) at \(x): \(text)")
      }
      // Plotting works it out as a script's function does.
      let list = try EquationFunction(again, name: "f")([.list(points), .number(0.7)])
      let plotted = try #require(list.numbers)
      // One number where nothing depends on `x`.
      #expect(plotted.count == values.count || plotted.count == 1, "\(text)")
      #expect(values.contains { $0.isFinite }, "order \(order) of \(body)")
      for (value, other) in zip(values, plotted) where value.isFinite {
        #expect((value - other).magnitude <= 1e-9 * max(1, value.magnitude), "plotted: \(text)")
      }
      equation = try again.derivative(by: "x")
      // A derivative is what differences say, away from kinks.
      let slopes = points.map { Self.value(equation, $0) }
      for (x, slope) in zip(points, slopes) {
        let (up, here, down) = (
          Self.value(again, x + 1e-5), Self.value(again, x), Self.value(again, x - 1e-5)
        )
        let (right, left) = ((up - here) / 1e-5, (here - down) / 1e-5)
        let size = max(1, slope.isNaN ? 1 : slope.magnitude, up.magnitude)
        guard (right - left).magnitude <= 1e-3 * size else { continue }
        #expect(
          (slope - (right + left) / 2).magnitude <= 2e-3 * size,
          "order \(order + 1) of \(body) at \(x)")
      }
    }
  }

  private static func value(_ equation: ReadEquation, _ x: Double) -> Double {
    let formula = equation.formula
    let all = formula.evaluate([[x], [0.7]], width: 1)
    return all[formula.results[0]][0]
  }
}
