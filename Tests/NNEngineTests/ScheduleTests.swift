import Testing

@testable import NNEngine

/// The rates of a rate of 0.1, epoch after epoch, against what PyTorch 2.13 gives; the lines that
/// made the numbers stand beside them.
struct ScheduleTests {
  private func rates(
    _ schedule: any Schedule, _ count: Int, losses: [Double] = []
  ) -> [Double] {
    (1...count).map {
      schedule.rate(TrainingProgress(epoch: $0, losses: Array(losses.prefix($0 - 1))))
    }
  }

  private func difference(_ found: [Double], _ expected: [Double]) -> String? {
    Tolerance(absolute: 1e-10, relative: 1e-8).firstDifference(found, expected)
  }

  /// `StepLR(o, 3, 0.5)`
  @Test func step() {
    let found = rates(StepDecay(rate: 0.1, every: 3, factor: 0.5), 7)
    #expect(difference(found, [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025]) == nil)
  }

  /// `ExponentialLR(o, 0.8)`
  @Test func exponential() {
    let found = rates(ExponentialDecay(rate: 0.1, factor: 0.8), 5)
    #expect(difference(found, [0.1, 0.08, 0.064, 0.0512, 0.04096]) == nil)
  }

  /// `CosineAnnealingLR(o, 6, 0.02)`; behind its end it stays.
  @Test func cosine() {
    let found = rates(CosineDecay(rate: 0.1, to: 0.02, epochs: 6), 8)
    let expected = [0.1, 0.0946410162, 0.08, 0.06, 0.04, 0.0253589838]
    #expect(difference(Array(found[..<6]), expected) == nil)
    #expect(found[6] == found[5] && found[7] == found[5])
  }

  /// `LinearLR(o, 0.25, 1, 3)`
  @Test func warmup() {
    let found = rates(Warmup(rate: 0.1, epochs: 4), 6)
    #expect(difference(found, [0.025, 0.05, 0.075, 0.1, 0.1, 0.1]) == nil)
  }

  /// `OneCycleLR(o, 0.1, total_steps=10)`
  @Test func oneCycle() {
    let cycle = OneCycle(rate: 0.1, rise: 0.3, first: 0.04, last: 4e-6, epochs: 10)
    let expected = [
      0.004, 0.052, 0.1, 0.0950484632, 0.0811745654, 0.0611262022, 0.0388741978, 0.0188258346,
      0.0049519368, 4e-07,
    ]
    #expect(difference(rates(cycle, 10), expected) == nil)
  }

  @Test(arguments: [0, 0.3, 1], 1...4) func oneCycleOfFewEpochs(_ rise: Double, _ epochs: Int) {
    let cycle = OneCycle(rate: 0.1, rise: rise, first: 0.04, last: 4e-6, epochs: epochs)
    #expect(rates(cycle, epochs + 2).allSatisfy { $0 > 0 && $0 <= 0.1 })
  }

  /// `ReduceLROnPlateau(o, factor=0.5, patience=1)`, told the losses one by one.
  @Test func plateau() {
    let losses = [1, 0.9, 0.95, 0.93, 0.91, 0.8, 0.79999, 0.81, 0.82, 0.7, 0.7, 0.7]
    let schedule = Plateau(rate: 0.1, factor: 0.5, patience: 1, threshold: 1e-4, least: 0)
    let expected = [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.025]
    #expect(difference(rates(schedule, 12, losses: losses), expected) == nil)
  }

  @Test func plateauStopsAtItsLeast() {
    let schedule = Plateau(rate: 0.1, factor: 0.1, patience: 0, threshold: 0, least: 0.02)
    #expect(rates(schedule, 5, losses: [1, 1, 1, 1, 1]) == [0.1, 0.1, 0.02, 0.02, 0.02])
    // A rate that is below it from the start is not raised.
    let low = Plateau(rate: 0.01, factor: 0.1, patience: 0, threshold: 0, least: 0.02)
    #expect(rates(low, 5, losses: [1, 1, 1, 1, 1]) == [0.01, 0.01, 0.01, 0.01, 0.01])
  }

  /// Losses below 0, as some own functions give, improve downwards too.
  @Test func plateauOfNegativeLosses() {
    let schedule = Plateau(rate: 0.1, factor: 0.5, patience: 0, threshold: 0.1, least: 0)
    #expect(rates(schedule, 4, losses: [-1, -1.2, -1.25, -3]) == [0.1, 0.1, 0.1, 0.05])
  }
}
