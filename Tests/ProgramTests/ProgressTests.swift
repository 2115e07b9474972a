import Testing

@testable import NNScript
@testable import nns

@Suite struct ProgressTests {
  private let batch = TrainingBatch(
    epoch: 3, lastEpoch: 10, batch: 117, batches: 468, loss: 0.43117, seconds: 9,
    samplesPerSecond: 52_340)
  private let figures = [(name: "loss", value: 0.5), (name: "accuracy", value: 0.8612)]

  private let trail = [2.3, 1.1, 0.9, 0.5]

  private func line(_ screen: Screen, batches: Int = 10) -> String {
    var batch = batch
    (batch.batch, batch.batches) = (batches / 4, batches)
    return ProgressBar.line(batch, since: 1, figures: figures, trail: trail, on: screen)
  }

  @Test func theBarTellsWhatMatters() {
    #expect(
      line(Screen(width: 80, isUnicode: true))
        == "epoch 3/10 █▃▂▁ loss 0.4312 acc 0.8612 52.3k/s ETA 0:32")
    #expect(
      line(Screen(width: 80), batches: 468)
        == "epoch 3/10 22% batch 117/468 loss 0.4312 acc 0.8612 52.3k/s ETA 0:31")
  }

  @Test func theBarPromisesTheLeastWhereTheLossDecides() {
    var batch = batch
    (batch.lastEpoch, batch.leastEpoch) = (1000, 10)
    func line() -> String {
      ProgressBar.line(
        batch, since: 1, figures: figures, trail: trail, on: Screen(width: 60, isUnicode: true))
    }
    #expect(line() == "epoch 3/10+ █▃▂▁ loss 0.4312 acc 0.8612 52.3k/s ETA 0:31")
    batch.epoch = 11
    #expect(line() == "epoch 11 █▃▂▁ loss 0.4312 acc 0.8612 52.3k/s")
  }

  @Test func theTrailKeepsTheWholeWay() {
    var trail = Trail()
    for step in 0..<100_000 { trail.add(100_000 - Double(step)) }
    #expect(trail.values.count < 128)
    #expect(Trail.drawn(trail.values) == "█▇▆▅▄▃▂▁")
    #expect(Trail.drawn([1]) == "" && Trail.drawn([2, 2]) == "▄▄")
    trail.add(.nan)
    #expect(Trail.drawn(trail.values) == "█▇▆▅▄▃▂▁")
  }

  @Test(arguments: 20...200) func theBarFitsTheWidth(_ width: Int) {
    let line = line(Screen(width: width, isUnicode: true), batches: 468)
    #expect(line.count < width)
    #expect(line.hasPrefix("epoch 3/10"))
    if width > 40 { #expect(line.contains("loss 0.4312") && line.contains("ETA")) }
  }

  @Test func theBarAppearsAfterHalfASecondAndIsErased() {
    final class Paper { var text = "" }
    let paper = Paper()
    var bar = ProgressBar(screen: { Screen() }) { paper.text += $0 }
    var early = batch
    early.seconds = 0.49
    bar.show(early, since: 1, figures: [])
    bar.erase()
    #expect(paper.text.isEmpty)
    bar.show(batch, since: 1, figures: [])
    let once = paper.text
    var soon = batch
    soon.seconds += 0.05
    bar.show(soon, since: 1, figures: [])
    #expect(paper.text == once)
    bar.erase()
    #expect(paper.text.hasSuffix("\r\u{1B}[K"))
  }

  @Test func figuresAreShort() {
    #expect(
      [0, 0.0912, 3.51e-5, 2841.3, 1e9].map(figure) == [
        "0", "0.0912", "3.51e-05", "2841.3", "1e+09",
      ])
    #expect(
      [0.43, 42, 185, 7800, .infinity].map(duration) == [
        "0.4 s", "42 s", "3 min 5 s", "2 h 10 min", "very long",
      ])
    #expect(
      [0, 7.2, 750, 3730, .infinity].map(countdown) == ["0:00", "0:08", "12:30", "1:02:10", "-:--"])
    #expect([850, 52_340, 1_200_000].map(rate) == ["850", "52.3k", "1.2M"])
  }

  @Test func anEpochIsOnePlainLine() {
    var epoch = TrainingEpoch(
      epoch: 3, lastEpoch: 10, figures: [("loss", 0.31216), ("accuracy", 0.90667)],
      learningRate: 0.01, seconds: 1.24, samplesPerSecond: 1, isTold: true)
    #expect(TerminalHost.line(epoch) == "epoch  3/10  loss 0.3122  accuracy 0.9067  1.2 s")
    (epoch.lastEpoch, epoch.leastEpoch) = (1000, 10)
    #expect(TerminalHost.line(epoch) == "epoch    3  loss 0.3122  accuracy 0.9067  1.2 s")
  }
}
