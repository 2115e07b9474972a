import Glibc
import Testing

@testable import NNEngine

struct OptimizerTests {
  /// Moves 37 made-up weights seven times along made-up gradients.
  func run(_ optimizer: any Optimizer, rate: Double) -> (found: [Double], gradients: [[Double]]) {
    let count = 37
    var stream = RandomStream(seed: 5, stream: .random)
    let w = Buffer<Float>(count: count)
    let slots = Buffer<Float>(count: count * optimizer.slotCount)
    var gradients: [[Double]] = []
    for step in 1...7 {
      let g = (0..<count).map { _ in Float(stream.normal()) }
      gradients.append(g.map { Double($0) })
      g.withUnsafeBufferPointer { g in
        guard let g = g.baseAddress else { return }
        optimizer.update(
          UpdateRange(w: w.start, g: g, slots: slots.start, slotStride: count, count: count),
          optimizer.factors(learningRate: rate, step: step))
      }
    }
    return (w.array.map { Double($0) }, gradients)
  }

  func expect(
    _ optimizer: any Optimizer,
    _ formula: (_ g: Double, _ t: Int, _ state: inout [Double]) -> Double
  ) {
    let (found, gradients) = run(optimizer, rate: 0.05)
    let expected = gradients[0].indices.map { index in
      var w = 0.0
      var state = [0.0, 0.0]
      for (step, g) in gradients.enumerated() { w -= formula(g[index], step + 1, &state) }
      return w
    }
    #expect(Tolerance.single.firstDifference(found, expected) == nil)
  }

  @Test func gradientDescentMatchesItsFormula() {
    expect(GradientDescent()) { g, _, _ in 0.05 * g }
    expect(StochasticGradientDescent()) { g, _, _ in 0.05 * g }
  }

  @Test func momentumMatchesItsFormula() {
    expect(StochasticGradientDescent(momentum: 0.9)) { g, _, s in
      s[0] = 0.9 * s[0] + g
      return 0.05 * s[0]
    }
    expect(StochasticGradientDescent(momentum: 0.9, nesterov: true)) { g, _, s in
      s[0] = 0.9 * s[0] + g
      return 0.05 * (g + 0.9 * s[0])
    }
  }

  @Test(arguments: [true, false]) func adamMatchesItsFormula(_ corrects: Bool) {
    expect(Adam(b1: 0.8, b2: 0.99, epsilon: 1e-6, correctsBias: corrects)) { g, t, s in
      s[0] = 0.8 * s[0] + 0.2 * g
      s[1] = 0.99 * s[1] + 0.01 * g * g
      let m = corrects ? s[0] / (1 - pow(0.8, Double(t))) : s[0]
      let v = corrects ? s[1] / (1 - pow(0.99, Double(t))) : s[1]
      return 0.05 * m / (v.squareRoot() + 1e-6)
    }
  }
}
