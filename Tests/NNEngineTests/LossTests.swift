import Testing

@testable import NNEngine

/// What `GradientTests` does not see of losses: numbers from outside, and the far ends.
struct LossTests {
  private func run(
    _ loss: any Loss, _ outputs: [Float], _ targets: [Float], width: Int, isFused: Bool = false,
    factors: [Float]? = nil
  ) -> (mean: Double, gradient: [Float], outputs: [Float]) {
    let (y, t) = (Buffer<Float>(count: outputs.count), Buffer<Float>(count: targets.count))
    let (gradient, scale) = (Buffer<Float>(count: outputs.count), Buffer<Float>(count: width))
    y.load(outputs)
    t.load(targets)
    if let factors { scale.load(factors) }
    let rows = outputs.count / width
    let sum = loss.sum(
      LossRows(
        outputs: y.start, values: UnsafePointer(t.start), classes: nil, count: rows, width: width,
        gradient: gradient.start, scale: 1 / Float(rows), isFused: isFused,
        factors: factors == nil ? nil : UnsafePointer(scale.start)))
    return (sum / Double(rows), gradient.array, y.array)
  }

  /// PyTorch 2.13, with `y = torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3]])` and
  /// `t = torch.tensor([[0., 1., 0.], [0.5, 0.25, 0.25]])`: `F.l1_loss(y, t)`,
  /// `F.huber_loss(y, t, delta=0.3)`, `F.kl_div(y.log(), t, reduction="batchmean")`,
  /// `F.poisson_nll_loss(y, t, log_input=False, eps=0)`,
  /// `F.cross_entropy(y, t)` (which applies softmax itself), `F.binary_cross_entropy(y, t)`.
  @Test(arguments: [
    (AbsoluteError() as any Loss, 0.28333332, false),
    (Huber(delta: 0.3), 0.05125, false),
    (KullbackLeibler(), 0.64815216, false),
    (Poisson(), 0.72267085, false),
    (CrossEntropy(), 1.09655881, true),
    (BinaryCrossEntropy(), 0.67616463, false),
  ])
  func valueIsThatOfPyTorch(_ loss: any Loss, _ expected: Double, _ isFused: Bool) {
    let found = run(
      loss, [0.2, 0.3, 0.5, 0.6, 0.1, 0.3], [0, 1, 0, 0.5, 0.25, 0.25], width: 3, isFused: isFused)
    #expect(Tolerance.single.firstDifference([found.mean], [expected]) == nil)
  }

  @Test(arguments: Catalog.standard.losses.map(\.name)) func farOutputsStayFinite(
    _ name: String
  ) throws {
    let entry = try #require(Catalog.standard.losses.first { $0.name == name })
    let loss = try entry.makeWithDefaults()
    let outputs: [Float] = [-1e4, 1e4, -200, 200, 0, 30]
    let targets: [Float] = [1, 0, 1, 0, 1, 0]
    for isFused in loss.ownActivation == nil ? [false] : [true, false] {
      // Apart from their activation, losses for probabilities see 0 and 1 at worst.
      let given = isFused || loss.ownActivation == nil ? outputs : [0, 1, 0, 1, 0, 1]
      let found = run(loss, given, targets, width: 2, isFused: isFused)
      #expect(found.mean.isFinite && found.mean > 0, "\(isFused)")
      #expect(found.gradient.allSatisfy { $0.isFinite }, "\(found.gradient)")
      #expect(found.outputs.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: Catalog.standard.losses.map(\.name)) func whatIsNoNumberIsSeen(
    _ name: String
  ) throws {
    let entry = try #require(Catalog.standard.losses.first { $0.name == name })
    let loss = try entry.makeWithDefaults()
    for isFused in loss.ownActivation == nil ? [false] : [true, false] {
      #expect(run(loss, [.nan, 0.5], [1, 0], width: 2, isFused: isFused).mean.isNaN, "\(isFused)")
    }
  }

  /// Errors of 3 and 0.5 in a column that was multiplied by 10: delta is 1 before that.
  @Test func huberReachesAsFarInOwnUnitsAsWhereColumnsAreScaled() {
    let plain = run(Huber(delta: 1), [3, 0.5], [0, 0], width: 1)
    let scaled = run(Huber(delta: 1), [30, 5], [0, 0], width: 1, factors: [10])
    #expect(plain.gradient == [0.5, 0.25])
    #expect(scaled.gradient == [5, 2.5])
    #expect(abs(scaled.mean - 100 * plain.mean) < 1e-4)
  }

  @Test func balancedWeightsGiveEachClassTheSameInAll() {
    let expected: [Double] = [8.0 / 3, 8.0 / 9, 0, 2.0 / 3]
    let found = Learning.balancedWeights(rowsOfClasses: [1, 3, 0, 4])
    #expect(Tolerance.differences.firstDifference(found, expected) == nil)
  }

  @Test func penaltiesTellWhatTheyAdd() {
    let w: [Float] = [1, -2, 0.5]
    #expect(abs(L1Penalty(0.1).value(w, count: 3) - 0.35) < 1e-12)
    #expect(abs(L2Penalty(0.1).value(w, count: 3) - 0.525) < 1e-12)
  }
}
