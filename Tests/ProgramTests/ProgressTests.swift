import Testing

@testable import NNScript
@testable import nns

@Suite struct ProgressTests {
  private let batch = TrainingBatch(
    epoch: 3, lastEpoch: 10, batch: 117, batches: 468, loss: 0.43117, seconds: 9,
    samplesPerSecond: 52_340)
  private let figures = [(name: "loss", value: 0.5), (name: "accuracy", value: 0.8612)]

  @Test func theBarTellsWhatMatters() {
    let line = ProgressBar.line(batch, since: 1, figures: figures, width: 120, isUTF8: false)
    #expect(
      line == "epoch 3/10  ######------------------------  batch 117/468  loss 0.4312"
        + "  accuracy 0.8612  52.3k rows/s  31 s left")
  }

  @Test(arguments: 1...200) func theBarFitsTheWidth(_ width: Int) {
    let line = ProgressBar.line(batch, since: 1, figures: figures, width: width, isUTF8: true)
    #expect(line.count < width)
    if width > 10 { #expect(line.hasPrefix("epoch 3/10")) }
    if width > 60 { #expect(line.contains("loss 0.4312") && line.contains(" left")) }
  }

  @Test func theBarAppearsAfterHalfASecondAndIsErased() {
    final class Screen { var text = "" }
    let screen = Screen()
    var bar = ProgressBar { screen.text += $0 }
    var early = batch
    early.seconds = 0.49
    bar.show(early, since: 1, figures: [])
    bar.erase()
    #expect(screen.text.isEmpty)
    bar.show(batch, since: 1, figures: [])
    let once = screen.text
    var soon = batch
    soon.seconds += 0.05
    bar.show(soon, since: 1, figures: [])
    #expect(screen.text == once)
    bar.erase()
    #expect(screen.text.hasSuffix("\r\u{1B}[K"))
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
    #expect([850, 52_340, 1_200_000].map(rate) == ["850", "52.3k", "1.2M"])
  }

  @Test func anEpochIsOnePlainLine() {
    let epoch = TrainingEpoch(
      epoch: 3, lastEpoch: 10, figures: [("loss", 0.31216), ("accuracy", 0.90667)],
      learningRate: 0.01, seconds: 1.24, samplesPerSecond: 1, isTold: true)
    #expect(TerminalHost.line(epoch) == "epoch  3/10  loss 0.3122  accuracy 0.9067  1.2 s")
  }
}
