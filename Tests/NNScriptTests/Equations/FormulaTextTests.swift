import NNEngine
import Testing

@testable import NNScript

/// What a formula prints as can be pasted back.
struct FormulaTextTests {
  private static let functions = [
    "def f(x) = x * sigmoid(x)", "def f(x, a=0.3) = if x > 0 then x else a * (exp(x) - 1)",
    "def f(x) = log(1 + exp(x)) * tanh(x)^2 - abs(x) / 3",
    "def f(x) = max(0, min(1, 0.2 * x + 0.5))",
    "def f(x) = -x^2 * -exp(-(x - 1)^2)", "def f(x) = 2 / (1 + x^2)^1.5",
    "def f(x) = sqrt(sum(x^2) + 1) * mean(x) - max(x)",
    "def f(x) = if -1 < x and x < 1 or x > 3 then x else 0",
  ]

  /// A definition's derivative as text, read again and derived as it stands.
  @Test(arguments: functions) func derivativesReadBackAsThemselves(_ text: String) throws {
    let words = Vocabulary.standard
    let read = try #require(try ReadEquation(defining: text, words))
    let once = FormulaText(read).definition
    let again = try #require(try ReadEquation(defining: once, words))
    #expect(FormulaText(again).definition == once)
    let x = [-2.0, -0.5, 0.25, 1.5, 3]
    let (a, b) = (read.formula, again.formula)
    let settings = read.parameters.dropFirst().map { [$0.defaultValue ?? 0] }
    let left = a.evaluate([x] + settings, width: 5)[a.results[0]]
    let right = b.evaluate([x] + settings, width: 5)[b.results[0]]
    for (p, q) in zip(left, right) { #expect((p - q).magnitude <= 1e-12 * max(1, p.magnitude)) }
  }

  @Test func aRuleReadsBackWithItsState() throws {
    let text = """
      def rule(w, g, lr=0.001, b1=0.9, b2=0.999, eps=1e-8) {
        state m=0 v=0
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g^2
        return w - lr / (sqrt(v) + eps) * m
      }
      """
    let words = Vocabulary.standard
    let read = try #require(try ReadEquation(defining: text, words))
    let once = FormulaText(read).definition
    let again = try #require(try ReadEquation(defining: once, words))
    #expect(FormulaText(again).definition == once)
    #expect(again.states.map(\.name) == ["m", "v"])
  }
}
