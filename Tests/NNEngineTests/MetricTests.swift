import Testing

@testable import NNEngine

/// Metrics against numbers of scikit-learn 1.9 and by hand.
struct MetricTests {
  static let labels: [Int32] = [0, 0, 1, 1, 2, 2, 2, 0, 1, 2]
  static let outputs: [Float] = [
    0.7, 0.2, 0.1, 0.4, 0.4, 0.2, 0.1, 0.6, 0.3, 0.5, 0.3, 0.2, 0.2, 0.2, 0.6,
    0.3, 0.3, 0.4, 0.6, 0.1, 0.3, 0.2, 0.5, 0.3, 0.3, 0.4, 0.3, 0.1, 0.3, 0.6,
  ]
  static let yesOrNo: [Int32] = [0, 0, 1, 1, 1, 0, 1, 0]
  static let chances: [Float] = [0.1, 0.6, 0.6, 0.9, 0.4, 0.4, 0.8, 0.2]

  /// The figure of rows given in batches of `batch`, as training and evaluation add them up.
  private func measure(
    _ metric: any Metric, _ outputs: [Float], _ labels: [Int32], width: Int, batch: Int = 3
  ) -> Double {
    outputs.withUnsafeBufferPointer { y in
      labels.withUnsafeBufferPointer { labels in
        guard let y = y.baseAddress, let classes = labels.baseAddress else { return .nan }
        let all = MetricRows(
          outputs: y, values: nil, classes: classes, count: labels.count, width: width)
        if let metric = metric as? any WholeMetric { return metric.value(all) }
        var sums = [Double](repeating: 0, count: metric.sumCount(width: width))
        for first in stride(from: 0, to: labels.count, by: batch) {
          metric.add(
            MetricRows(
              outputs: y + first * width, values: nil, classes: classes + first,
              count: min(batch, labels.count - first), width: width), to: &sums)
        }
        return metric.value(sums, count: labels.count, width: width)
      }
    }
  }

  /// `precision_score(y, p.argmax(1), average="macro")` and its like; `roc_auc_score(y, p,
  /// multi_class="ovr", average="macro")`; `log_loss(y, p)`; two rows have ties.
  @Test(arguments: [
    (Accuracy() as any Metric, 0.7), (Precision(), 0.72222222), (Recall(), 0.69444444),
    (F1(), 0.69841270),
    (AUC(), 0.80456349), (LogLoss(), 0.86554075), (TopK(2), 0.9), (TopK(3), 1.0), (TopK(5), 1.0),
  ])
  func threeClasses(_ metric: any Metric, _ expected: Double) {
    let found = measure(metric, Self.outputs, Self.labels, width: 3)
    #expect(Tolerance.single.firstDifference([found], [expected]) == nil)
  }

  /// The same with one output, the probability of the second class.
  @Test(arguments: [
    (Precision() as any Metric, 0.75), (Recall(), 0.75), (F1(), 0.75), (AUC(), 0.875),
    (LogLoss(), 0.43890511), (TopK(2), 1.0),
  ])
  func yesOrNo(_ metric: any Metric, _ expected: Double) {
    let found = measure(metric, Self.chances, Self.yesOrNo, width: 1)
    #expect(Tolerance.single.firstDifference([found], [expected]) == nil)
    // Two outputs that add up to 1 say the same.
    let pairs = Self.chances.flatMap { [1 - $0, $0] }
    let two = measure(metric, pairs, Self.yesOrNo, width: 2)
    #expect(Tolerance.single.firstDifference([two], [expected]) == nil)
  }

  /// Of four pairs of one row of each class three are in order and one is a tie: 3.5 of 4.
  @Test func tiesCountHalf() {
    #expect(measure(AUC(), [0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1], width: 1) == 0.875)
    #expect(measure(AUC(), [0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], width: 1) == 0.5)
    #expect(measure(AUC(), [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], width: 1) == 0)
    #expect(measure(AUC(), [0.9, 0.8], [1, 1], width: 1) == 0.5)
  }

  @Test func whatIsNoNumberDoesNotLookGood() {
    let bad: [Float] = [.nan, .nan, .nan, .nan]
    #expect(measure(TopK(1), bad, [1, 1], width: 2) == 0)
    #expect(measure(AUC(), bad, [0, 1], width: 2).isNaN)
    #expect(measure(LogLoss(), bad, [1, 1], width: 2).isNaN)
  }

  @Test func countsOfClassesComeFromTheTableToo() {
    let counts = ClassCounts.of([[2, 1, 0], [0, 3, 0], [1, 0, 0]])
    #expect(counts.map(\.rows) == [3, 3, 1])
    #expect(counts.map(\.decided) == [3, 4, 0])
    #expect(counts.map(\.right) == [2, 3, 0])
    #expect(counts[2].precision == 0 && counts[2].recall == 0 && counts[2].f1 == 0)
    #expect(abs(counts[1].f1 - 6.0 / 7) < 1e-12)
  }

  /// A metric that needs all rows is the same in a training and afterwards, whatever the batches.
  @Test func wholeMetricsSeeEveryRowOfATraining() throws {
    var stream = RandomStream(seed: 5, stream: .random)
    let rows = 700
    let inputs = (0..<rows * 2).map { _ in Float(stream.normal()) }
    let labels = (0..<rows).map { Int32(inputs[2 * $0] + inputs[2 * $0 + 1] / 2 > 0.1 ? 1 : 0) }
    let examples = Examples(
      count: rows, inputShape: [2], inputs: .floats(inputs), targets: .classes(labels))
    let plain = Preprocessing(inputShape: [2], classNames: ["no", "yes"])
    var network = try Network(
      [(Dense(units: 1, activation: Sigmoid()), LayerOptions(frozen: [.weights, .bias]))],
      inputShape: [2])
    var state = TrainingState()
    let metrics: [any Metric] = [AUC(), F1()]
    let before = try network.evaluate(
      examples, loss: BinaryCrossEntropy(), metrics: metrics, preprocessing: plain)
    // Nothing is learnt, so the epoch's figures are those of the network as it is.
    let result = try Trainer(
      loss: BinaryCrossEntropy(), optimizer: StochasticGradientDescent(), preprocessing: plain
    ).train(
      &network, &state, on: examples,
      TrainingOptions(epochs: 1, batchSize: 33, validation: examples, metrics: metrics))
    #expect(before.metrics[0] != 0.5)
    #expect(result.epochs[0].metrics == before.metrics)
    #expect(result.epochs[0].validationMetrics == before.metrics)
  }
}
