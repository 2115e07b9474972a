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

  /// Three labels that may hold together.
  static let held: [Float] = [1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0]
  static let said: [Float] = [
    0.9, 0.2, 0.4, 0.4, 0.7, 0.8, 0.3, 0.6, 0.1, 0.2, 0.6, 0.3, 0.8, 0.1, 0.2, 0.6, 0.4, 0.1,
  ]

  /// The figure of rows given in batches of `batch`, as training and evaluation add them up.
  private func measure(
    _ metric: any Metric, _ outputs: [Float], classes: [Int32]? = nil, values: [Float]? = nil,
    _ form: AnswerForm, batch: Int = 3
  ) -> MetricFigure {
    let (width, count) = (form.width, outputs.count / form.width)
    let first = (values ?? []).prefix(width).map(Double.init)
    return outputs.withUnsafeBufferPointer { y in
      (classes ?? []).withUnsafeBufferPointer { labels in
        (values ?? []).withUnsafeBufferPointer { targets in
          first.withUnsafeBufferPointer { origin in
            func rows(_ first: Int, _ count: Int) -> MetricRows {
              MetricRows(
                outputs: y.baseAddress! + first * width,
                values: values == nil ? nil : targets.baseAddress! + first * width,
                classes: classes == nil ? nil : labels.baseAddress! + first, count: count,
                form: form, origin: values == nil ? nil : origin.baseAddress!)
            }
            if let metric = metric as? any WholeMetric { return metric.figure(rows(0, count)) }
            var sums = [Double](repeating: 0, count: metric.sumCount(width: width))
            for first in stride(from: 0, to: count, by: batch) {
              metric.add(rows(first, min(batch, count - first)), to: &sums)
            }
            return metric.figure(sums, count: count, form)
          }
        }
      }
    }
  }

  private func measure(
    _ metric: any Metric, _ outputs: [Float], _ labels: [Int32], width: Int,
    _ judging: Judging = Judging()
  ) -> Double {
    measure(
      metric, outputs, classes: labels, AnswerForm(.classes, width: width, judging: judging)
    ).value
  }

  private func close(_ found: Double, _ expected: Double) -> Bool {
    Tolerance.single.firstDifference([found], [expected]) == nil
  }

  /// `precision_score(y, p.argmax(1), average="macro")` and its like; `roc_auc_score(y, p,
  /// multi_class="ovr", average="macro")`; `log_loss(y, p)`; two rows have ties.
  @Test(arguments: [
    (Accuracy() as any Metric, 0.7), (Exact(), 0.7), (Precision(), 0.72222222),
    (Recall(), 0.69444444), (F1(), 0.69841270),
    (AUC(), 0.80456349), (LogLoss(), 0.86554075), (TopK(2), 0.9), (TopK(3), 1.0), (TopK(5), 1.0),
  ])
  func threeClasses(_ metric: any Metric, _ expected: Double) {
    #expect(close(measure(metric, Self.outputs, Self.labels, width: 3), expected))
  }

  /// `precision_score(y, p.argmax(1), average="weighted")` and its like; `roc_auc_score(y, p,
  /// multi_class="ovr", average="weighted")`. One class: `precision_score(y == 2, d == 2)`.
  @Test(arguments: [
    (Judging(average: .macro), [0.72222222, 0.69444444, 0.69841270, 0.80456349]),
    (Judging(average: .weighted), [0.75, 0.7, 0.71428571, 0.81785714]),
    (Judging(average: .micro), [0.7, 0.7, 0.7, 0.7975]),
    (Judging(positive: 2), [1, 0.75, 0.85714286, 0.9375]),
  ])
  func averagesOfThreeClasses(_ judging: Judging, _ expected: [Double]) {
    for (metric, expected) in zip([Precision(), Recall(), F1(), AUC()] as [any Metric], expected) {
      #expect(close(measure(metric, Self.outputs, Self.labels, width: 3, judging), expected))
    }
  }

  /// `d = np.where(s > t, pos, 1 - pos)` with `s` the probability of `pos`; `precision_score(y, d,
  /// pos_label=pos)` and its like, `accuracy_score(y, d)`, `roc_auc_score(y == pos, s)`.
  @Test(arguments: [
    (Judging(), [0.75, 0.75, 0.75, 0.75, 0.875]),
    (Judging(positive: 1, threshold: 0.5), [0.75, 0.75, 0.75, 0.75, 0.875]),
    (Judging(positive: 0), [0.75, 0.75, 0.75, 0.75, 0.875]),
    (Judging(threshold: 0.3), [0.66666667, 1, 0.8, 0.75, 0.875]),
    (Judging(positive: 0, threshold: 0.7), [1, 0.5, 0.66666667, 0.75, 0.875]),
    (Judging(threshold: 0.3, average: .macro), [0.83333333, 0.75, 0.73333333, 0.75, 0.875]),
    (Judging(threshold: 0.7, average: .weighted), [0.83333333, 0.75, 0.73333333, 0.75, 0.875]),
    (Judging(threshold: 0.3, average: .micro), [0.75, 0.75, 0.75, 0.75]),
  ])
  func twoClasses(_ judging: Judging, _ expected: [Double]) {
    let metrics: [any Metric] = [Precision(), Recall(), F1(), Accuracy(), AUC()]
    for (metric, expected) in zip(metrics, expected) {
      #expect(close(measure(metric, Self.chances, Self.yesOrNo, width: 1, judging), expected))
      // Two outputs that add up to 1 say the same.
      let pairs = Self.chances.flatMap { [1 - $0, $0] }
      #expect(close(measure(metric, pairs, Self.yesOrNo, width: 2, judging), expected))
    }
  }

  /// The figures of one class are not those of the other, nor their mean: three of four rows of the
  /// second are found, one of two of the first.
  @Test func figuresOfTwoClassesAreThoseOfThePositive() {
    let (y, p): ([Int32], [Float]) = ([1, 1, 1, 1, 0, 0], [0.9, 0.8, 0.7, 0.1, 0.2, 0.6])
    #expect(measure(Recall(), p, y, width: 1) == 0.75)
    #expect(measure(Recall(), p, y, width: 1, Judging(positive: 0)) == 0.5)
    #expect(measure(Recall(), p, y, width: 1, Judging(average: .macro)) == 0.625)
    #expect(measure(Precision(), p, y, width: 1) == 0.75)
    #expect(measure(Precision(), p, y, width: 1, Judging(positive: 0)) == 0.5)
  }

  /// `(D == Y).mean()`, `accuracy_score(Y, D)`, `precision_score(Y, D, average="macro")` and its
  /// like with `D = P > t`; `roc_auc_score(Y, P, average="macro")`; the mean of `log_loss(Y[:, k],
  /// P[:, k])`.
  @Test(arguments: [
    (
      Judging(),
      [
        0.72222222, 0.33333333, 0.77777778, 0.61111111, 0.66666667, 0.87037037, 0.45229426,
      ]
    ),
    (Judging(average: .weighted), [0.72222222, 0.33333333, 0.75, 0.625, 0.66666667, 0.85416667]),
    (
      Judging(average: .micro),
      [0.72222222, 0.33333333, 0.71428571, 0.625, 0.66666667, 0.88125]
    ),
    (
      Judging(threshold: 0.35),
      [0.77777778, 0.33333333, 0.75, 0.88888889, 0.80952381, 0.87037037]
    ),
  ])
  func labelsThatHoldTogether(_ judging: Judging, _ expected: [Double]) {
    let metrics: [any Metric] = [
      Accuracy(), Exact(), Precision(), Recall(), F1(), AUC(), LogLoss(),
    ]
    let form = AnswerForm(.labels, width: 3, judging: judging)
    for (metric, expected) in zip(metrics, expected) {
      #expect(
        close(measure(metric, Self.said, values: Self.held, form, batch: 4).value, expected))
    }
  }

  /// `precision_score(y, d, average="macro", zero_division=np.nan)` and its like: what is not
  /// defined is left out of a mean, and counted.
  @Test func whatIsNotDefinedIsNoNumber() {
    let never: [Float] = [0.1, 0.2, 0.3, 0.4]
    #expect(measure(Precision(), never, [0, 0, 1, 1], width: 1).isNaN)
    #expect(measure(Recall(), never, [0, 0, 1, 1], width: 1) == 0)
    #expect(measure(F1(), never, [0, 0, 1, 1], width: 1) == 0)
    #expect(measure(Recall(), [0.1, 0.9], [0, 0], width: 1).isNaN)
    #expect(measure(F1(), [0.1, 0.2], [0, 0], width: 1).isNaN)
    #expect(measure(AUC(), [0.9, 0.8], [1, 1], width: 1).isNaN)
    // y = [0, 0, 1, 1, 2], d = [0, 1, 1, 1, 1]: nothing is put into class 2.
    let outputs: [Float] = [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]
    let form = AnswerForm(.classes, width: 3)
    let precision = measure(Precision(), outputs, classes: [0, 0, 1, 1, 2], form)
    #expect(precision.value == 0.75 && precision.parts == 2 && precision.allParts == 3)
    #expect(measure(Recall(), outputs, classes: [0, 0, 1, 1, 2], form).value == 0.5)
    #expect(close(measure(F1(), outputs, classes: [0, 0, 1, 1, 2], form).value, 0.44444444))
    // y = [0, 0, 1, 1], d = [0, 2, 1, 1]: class 2 does not occur.
    let others: [Float] = [1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0]
    let recall = measure(Recall(), others, classes: [0, 0, 1, 1], form)
    #expect(recall.value == 0.75 && recall.parts == 2)
    #expect(close(measure(F1(), others, classes: [0, 0, 1, 1], form).value, 0.55555556))
    let weighted = AnswerForm(.classes, width: 3, judging: Judging(average: .weighted))
    #expect(measure(Precision(), others, classes: [0, 0, 1, 1], weighted).value == 1)
  }

  /// `r2_score(t, q)` is 0.5 for numbers that 32 bits can just tell apart; one row, or equal
  /// targets, have no variance to explain.
  @Test func determinationKeepsItsDigits() {
    let form = AnswerForm(.numbers, width: 1)
    let targets: [Float] = [1e9, 1e9 + 64, 1e9 + 128, 1e9 + 64]
    let outputs: [Float] = [1e9, 1e9 + 64, 1e9 + 64, 1e9 + 64]
    #expect(measure(Determination(), outputs, values: targets, form).value == 0.5)
    #expect(measure(Determination(), [2], values: [1], form).value.isNaN)
    let same = [Float](repeating: 0.1, count: 1000)
    #expect(measure(Determination(), same, values: same, form).value.isNaN)
    // Of two outputs one has equal targets: the other's figure, and how many it is of.
    let two = measure(
      Determination(), [1, 5, 2, 4, 2, 5], values: [1, 5, 2, 5, 3, 5],
      AnswerForm(.numbers, width: 2))
    #expect(two.value == 0.5 && two.parts == 1 && two.allParts == 2)
  }

  /// Figures of several outputs by their definitions: the mean over outputs of
  /// `1 - Σ(y-t)² / Σ(t-mean)²`, of |y-t|, and the root of the mean of (y-t)².
  @Test(arguments: 1...5) func numbersInSeveralColumns(_ width: Int) {
    let rows = 7
    let targets = (0..<rows * width).map { Float(($0 * 29 + 5) % 47) / 4 }
    let outputs = targets.enumerated().map { $1 + Float(($0 * 13 + 2) % 11) / 8 - 0.5 }
    let form = AnswerForm(.numbers, width: width)
    var (shares, squares, distances) = (0.0, 0.0, 0.0)
    for column in 0..<width {
      let t = (0..<rows).map { Double(targets[$0 * width + column]) }
      let off = (0..<rows).map { Double(outputs[$0 * width + column]) - t[$0] }
      let mean = t.reduce(0, +) / Double(rows)
      let square = off.map { $0 * $0 }.reduce(0, +)
      shares += 1 - square / t.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
      squares += square
      distances += off.map { abs($0) }.reduce(0, +)
    }
    let all = Double(rows * width)
    for (metric, expected) in [
      (Determination() as any Metric, shares / Double(width)),
      (MeanAbsoluteError(), distances / all),
      (RootMeanSquaredError(), (squares / all).squareRoot()),
    ] {
      #expect(close(measure(metric, outputs, values: targets, form).value, expected))
    }
  }

  /// Of equal outputs the first counts as greater: class 0, then 1, then 2.
  @Test func ofEqualOutputsTheFirstIsAhead() {
    let equal = [Float](repeating: 0.25, count: 12)
    for (k, expected) in [(1, 1.0 / 3), (2, 2.0 / 3), (3, 1)] {
      #expect(close(measure(TopK(k), equal, [0, 1, 2], width: 4), expected))
    }
    // 2 is behind 0 and 1, which are equal: second of two is 1.
    let some: [Float] = [0.4, 0.4, 0.2, 0.4, 0.4, 0.2, 0.4, 0.4, 0.2]
    #expect(close(measure(TopK(1), some, [0, 1, 2], width: 3), 1.0 / 3))
    #expect(close(measure(TopK(2), some, [0, 1, 2], width: 3), 2.0 / 3))
    #expect(measure(TopK(1), [0.2, 0.7, 0.5], [0, 1, 1], width: 1) == 2.0 / 3)
  }

  /// Shares as targets: the mean of `-Σ t log p`; one share of two is that of a yes.
  @Test func sharesAreWeighedByTheirTargets() {
    let (t, p): ([Float], [Float]) = ([0.25, 0.75, 1, 0], [0.5, 0.5, 0.8, 0.2])
    let shares = measure(LogLoss(), p, values: t, AnswerForm(.shares, width: 2)).value
    #expect(close(shares, (0.693147181 + 0.223143551) / 2))
    let one = measure(LogLoss(), [0.5, 0.8], values: [0.25, 1], AnswerForm(.shares, width: 1))
    #expect(close(one.value, (0.693147181 + 0.223143551) / 2))
  }

  /// Of four pairs of one row of each class three are in order and one is a tie: 3.5 of 4.
  @Test func tiesCountHalf() {
    #expect(measure(AUC(), [0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1], width: 1) == 0.875)
    #expect(measure(AUC(), [0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], width: 1) == 0.5)
    #expect(measure(AUC(), [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], width: 1) == 0)
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
    #expect(counts[2].precision.isNaN && counts[2].recall == 0 && counts[2].f1 == 0)
    #expect(abs(counts[1].f1 - 6.0 / 7) < 1e-12)
  }

  /// What overflows is said with its row, never shown.
  @Test(arguments: [1, 3]) func rowsWithoutANumberAreNamed(_ width: Int) throws {
    let network = try Network(
      [
        (
          Dense(units: width),
          LayerOptions(
            weights: Tensor(shape: [1, width], elements: [Float](repeating: 3e38, count: width)))
        )
      ], inputShape: [1])
    for row in 0..<4 {
      var inputs: [Float] = [0.5, 0.25, 0, 1]
      inputs[row] = 10
      let examples = Examples(
        count: 4, inputShape: [1], inputs: .floats(inputs),
        targets: .values([Double](repeating: 0, count: 4 * width), width: width))
      do {
        _ = try network.evaluate(
          examples, loss: AbsoluteError(), preprocessing: Preprocessing(inputShape: [1]))
        Issue.record("3e39 is no number of 32 bits")
      } catch .invalid(let message, _) {
        #expect(message.hasPrefix("the network gives infinity for row \(row + 1):"))
      } catch { Issue.record("\(error)") }
    }
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
