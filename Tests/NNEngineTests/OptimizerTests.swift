import Glibc
import Testing

@testable import NNEngine

/// Each rule against its formula written down once more in 64 bits, over several steps, and
/// against a few numbers of PyTorch.
struct OptimizerTests {
  /// Moves made-up weights along made-up gradients; `sizes` are the lengths of the ranges that the
  /// weights are updated in, as a plan's tiles do.
  func run(
    _ optimizer: any Optimizer, rate: Double, start: [Float], _ gradients: [[Float]],
    sizes: [Int]
  ) -> [Double] {
    let count = start.count
    let w = Buffer<Float>(count: count)
    w.load(start)
    let slots = Buffer<Float>(count: count * optimizer.slotCount)
    for slot in 0..<optimizer.slotCount {
      (slots.start + slot * count).update(repeating: optimizer.slotStart(slot), count: count)
    }
    for (step, g) in gradients.enumerated() {
      let factors = optimizer.factors(learningRate: rate, step: step + 1)
      g.withUnsafeBufferPointer { g in
        guard let g = g.baseAddress else { return }
        var first = 0
        for size in sizes {
          optimizer.update(
            UpdateRange(
              w: w.start + first, g: g + first,
              slots: slots.start + (optimizer.slotCount > 0 ? first : 0), slotStride: count,
              count: size), factors)
          first += size
        }
      }
    }
    return w.array.map { Double($0) }
  }

  /// 37 weights, nine steps, one gradient in eight exactly 0.
  static let count = 37
  static let (start, gradients): ([Float], [[Float]]) = {
    var stream = RandomStream(seed: 5, stream: .random)
    let start = (0..<count).map { _ in Float(stream.normal()) }
    let gradients = (0..<9).map { _ in
      (0..<count).map { _ in stream.below(8) == 0 ? 0 : Float(stream.normal()) }
    }
    return (start, gradients)
  }()

  typealias Formula = (_ w: Double, _ g: Double, _ t: Int, _ state: inout [Double]) -> Double

  func difference(
    _ optimizer: any Optimizer, state: [Double] = [0, 0, 1], rate: Double = 0.05,
    _ formula: Formula
  ) -> String? {
    let expected = Self.start.indices.map { index in
      var w = Double(Self.start[index])
      var state = state
      for (step, g) in Self.gradients.enumerated() {
        w = formula(w, Double(g[index]), step + 1, &state)
      }
      return w
    }
    let found = run(
      optimizer, rate: rate, start: Self.start, Self.gradients, sizes: [1, 19, 17])
    return Tolerance.single.firstDifference(found, expected)
  }

  @Test func gradientDescent() {
    let formula: Formula = { w, g, _, _ in w - 0.05 * g }
    #expect(difference(GradientDescent(), formula) == nil)
    #expect(difference(StochasticGradientDescent(), formula) == nil)
  }

  @Test(arguments: [false, true]) func momentum(_ nesterov: Bool) {
    let optimizer = StochasticGradientDescent(momentum: 0.9, nesterov: nesterov)
    let found = difference(optimizer) { w, g, _, s in
      s[0] = 0.9 * s[0] + g
      return w - 0.05 * (nesterov ? g + 0.9 * s[0] : s[0])
    }
    #expect(found == nil)
  }

  /// The step of Adam in 64 bits.
  private func adam(_ g: Double, _ t: Int, _ s: inout [Double], corrects: Bool = true) -> Double {
    s[0] = 0.8 * s[0] + 0.2 * g
    s[1] = 0.99 * s[1] + 0.01 * g * g
    let m = corrects ? s[0] / (1 - pow(0.8, Double(t))) : s[0]
    let v = corrects ? s[1] / (1 - pow(0.99, Double(t))) : s[1]
    return m / (v.squareRoot() + 1e-6)
  }

  @Test(arguments: [true, false]) func adam(_ corrects: Bool) {
    let optimizer = Adam(b1: 0.8, b2: 0.99, epsilon: 1e-6, correctsBias: corrects)
    let found = difference(optimizer) { w, g, t, s in
      w - 0.05 * adam(g, t, &s, corrects: corrects)
    }
    #expect(found == nil)
  }

  @Test func adamW() {
    let optimizer = AdamW(Adam(b1: 0.8, b2: 0.99, epsilon: 1e-6), decay: 0.3)
    let found = difference(optimizer) { w, g, t, s in w - 0.05 * (adam(g, t, &s) + 0.3 * w) }
    #expect(found == nil)
  }

  @Test func nAdam() {
    let found = difference(NAdam(b1: 0.8, b2: 0.99, epsilon: 1e-6)) { w, g, t, s in
      let now = 0.8 * (1 - 0.5 * pow(0.96, 0.004 * Double(t)))
      let next = 0.8 * (1 - 0.5 * pow(0.96, 0.004 * Double(t + 1)))
      s[0] = 0.8 * s[0] + 0.2 * g
      s[1] = 0.99 * s[1] + 0.01 * g * g
      s[2] *= now
      let ahead = (1 - now) * g / (1 - s[2]) + next * s[0] / (1 - s[2] * next)
      return w - 0.05 * ahead / ((s[1] / (1 - pow(0.99, Double(t)))).squareRoot() + 1e-6)
    }
    #expect(found == nil)
  }

  /// The product of the momenta is not carried from step to step.
  @Test func nAdamAtALateStep() {
    let factors = NAdam().factors(learningRate: 1, step: 100_000)
    #expect(abs(factors.rate - 0.1) < 1e-6)
    #expect(abs(factors.first - 0.9) < 1e-6)
  }

  @Test(arguments: [0, 0.7]) func rmsProp(_ momentum: Double) {
    let optimizer = RMSProp(rho: 0.9, momentum: momentum, epsilon: 1e-3)
    let found = difference(optimizer) { w, g, _, s in
      s[0] = 0.9 * s[0] + 0.1 * g * g
      s[1] = momentum * s[1] + g / (s[0].squareRoot() + 1e-3)
      return w - 0.05 * s[1]
    }
    #expect(found == nil)
  }

  @Test(arguments: [0, 0.25]) func adagrad(_ start: Double) {
    let optimizer = Adagrad(start: start, epsilon: 1e-6)
    let found = difference(optimizer, state: [start]) { w, g, _, s in
      s[0] += g * g
      return w - 0.05 * g / (s[0].squareRoot() + 1e-6)
    }
    #expect(found == nil)
  }

  @Test func adadelta() {
    let found = difference(Adadelta(rho: 0.8, epsilon: 1e-4), rate: 0.5) { w, g, _, s in
      s[0] = 0.8 * s[0] + 0.2 * g * g
      let d = (s[1] + 1e-4).squareRoot() / (s[0] + 1e-4).squareRoot() * g
      s[1] = 0.8 * s[1] + 0.2 * d * d
      return w - 0.5 * d
    }
    #expect(found == nil)
  }

  @Test func lion() {
    let found = difference(Lion(b1: 0.8, b2: 0.95, decay: 0.3)) { w, g, _, s in
      let c = 0.8 * s[0] + 0.2 * g
      s[0] = 0.95 * s[0] + 0.05 * g
      return w - 0.05 * ((c > 0 ? 1 : c < 0 ? -1 : 0) + 0.3 * w)
    }
    #expect(found == nil)
  }

  /// Both bounds are met: the greatest after three steps of one sign, the least after two turns.
  @Test func rProp() {
    let optimizer = RProp(shrink: 0.4, grow: 1.3, least: 0.01, greatest: 0.1)
    let found = difference(optimizer, state: [0, 0.05]) { w, g, _, s in
      let turn = g * s[0]
      s[1] = min(max(s[1] * (turn > 0 ? 1.3 : turn < 0 ? 0.4 : 1), 0.01), 0.1)
      s[0] = turn < 0 ? 0 : g
      return w - s[1] * (s[0] > 0 ? 1 : s[0] < 0 ? -1 : 0)
    }
    #expect(found == nil)
  }

  @Test func smallGradientsStillHaveASign() {
    let found = run(RProp(), rate: 0.01, start: [0], [[1e-30], [1e-30], [-1e-30]], sizes: [1])
    #expect(abs(found[0] + 0.01 + 0.012) < 1e-7)
  }

  /// The test above would see a factor, a sign or a bound that is wrong.
  @Test func aWrongFormulaIsSeen() {
    let found = difference(Adagrad(start: 0.25)) { w, g, _, s in
      s[0] += g * g
      return w - 0.05 * g / s[0].squareRoot()
    }
    #expect(found != nil)
  }

  /// What PyTorch 2.13 makes of w = [1, -2, 0.5] after the gradients below:
  ///
  ///     for make in [lambda p: torch.optim.AdamW(p), …]:
  ///       w = torch.tensor([1., -2., .5], dtype=torch.float64, requires_grad=True); o = make([w])
  ///       for g in [[.5, -1, 0], [.25, 2, -3], [-1, .5, .125], [.5, .5, -.5]]:
  ///         w.grad = torch.tensor(g, dtype=torch.float64); o.step()
  ///       print(w.tolist())
  @Test(arguments: torch) func standsWherePyTorchStands(_ rule: String) throws {
    let (optimizer, expected) = try #require(Self.outside[rule])
    let found = run(
      optimizer, rate: optimizer.defaultLearningRate, start: [1, -2, 0.5],
      [[0.5, -1, 0], [0.25, 2, -3], [-1, 0.5, 0.125], [0.5, 0.5, -0.5]], sizes: [3])
    #expect(Tolerance(absolute: 3e-7, relative: 0).firstDifference(found, expected) == nil)
  }

  static let torch = outside.keys.sorted()
  static let outside: [String: (any Optimizer, [Double])] = [
    "sgd": (
      StochasticGradientDescent(momentum: 0.9, nesterov: true),
      [0.988527000, -2.050879000, 0.609282500]
    ),
    "adam": (Adam(), [0.998196492, -2.000238410, 0.501830670]),
    "adamw": (AdamW(), [0.998156539, -2.000158430, 0.501810650]),
    "nadam": (NAdam(), [0.997778894, -2.000896465, 0.502688879]),
    "rmsprop": (RMSProp(), [0.902331539, -2.033019777, 0.612403272]),
    "rmsprop momentum": (RMSProp(momentum: 0.5), [0.824892548, -2.023642680, 0.685311275]),
    "adagrad": (Adagrad(), [0.990256580, -2.003258458, 0.511226298]),
    "adadelta": (Adadelta(), [0.996351546, -2.003651931, 0.503759819]),
    "rprop": (RProp(), [0.972000000, -2.001000000, 0.515000000]),
  ]
}
