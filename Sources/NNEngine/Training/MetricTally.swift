/// The metrics of one pass over examples, batch by batch.
///
/// Made before the pass with all the room it needs, so that batches allocate nothing.
final class MetricTally {
  private let metrics: [any Metric]
  private let width: Int
  private let loss: (any Loss)?
  private let judging: Judging
  private let answer: Answer?
  private var sums: [[Double]]
  /// Whether a metric wants all rows at once.
  private let keepsRows: Bool
  private let outputs: Buffer<Float>
  private let classes: Buffer<Int32>
  private let values: Buffer<Float>

  /// - Parameter keepsOutputs: whether to keep outputs where a metric wants them; without it, the
  ///   one who asks for the values has them.
  init(
    _ metrics: [any Metric], _ judging: Judging, loss: (any Loss)?, answer: Answer?, width: Int,
    rows: Int,
    keepsOutputs: Bool = true
  ) {
    self.metrics = metrics
    self.width = width
    self.loss = loss
    self.judging = judging
    self.answer = answer
    sums = metrics.map { [Double](repeating: 0, count: $0.sumCount(width: width)) }
    keepsRows = metrics.contains { $0 is any WholeMetric }
    outputs = Buffer(count: keepsRows && keepsOutputs ? rows * width : 0)
    classes = Buffer(count: keepsRows ? rows : 0)
    values = Buffer(count: keepsRows ? rows * width : 0)
  }

  /// Begins a pass.
  func begin() {
    for metric in 0..<sums.count {
      for place in 0..<sums[metric].count { sums[metric][place] = 0 }
    }
  }

  /// What a pass has come to, to go on with it later.
  func kept(rows: Int) -> (sums: [[Double]], outputs: [Float]) {
    let outputs = UnsafeBufferPointer(
      start: outputs.start, count: outputs.count == 0 ? 0 : rows * width)
    return (sums, Array(outputs))
  }

  /// Goes on with a pass; false where it is one of other metrics.
  func resume(_ sums: [[Double]], _ outputs: [Float], rows: Int) -> Bool {
    guard sums.map(\.count) == self.sums.map(\.count),
      outputs.count == (self.outputs.count == 0 ? 0 : rows * width)
    else { return false }
    self.sums = sums
    for (place, output) in outputs.enumerated() { self.outputs.start[place] = output }
    return true
  }

  /// Where the outputs of a batch go that begins with this row of the pass, if they are wanted.
  func sink(row: Int) -> UnsafeMutablePointer<Float>? {
    outputs.count == 0 ? nil : outputs.start + row * width
  }

  /// Adds the batch a plan has just run.
  func add(_ plan: Plan) {
    for index in 0..<sums.count { plan.addMetric(index, to: &sums[index]) }
  }

  /// The figures of the pass.
  ///
  /// - Parameters:
  ///   - order: the rows of the source in the order of the pass; `nil` for as they stand.
  ///   - given: the outputs in that order, where they were kept elsewhere.
  func figures(
    _ source: BatchSource, order: UnsafePointer<Int32>?, count: Int,
    outputs given: UnsafePointer<Float>? = nil
  ) -> [MetricFigure] {
    let form = AnswerForm(
      hasClasses: source.classes != nil, loss: loss, answer: answer, width: width,
      judging: judging)
    var all: MetricRows?
    if keepsRows {
      for row in 0..<count {
        let place = order.map { Int($0[row]) } ?? row
        if let from = source.classes { classes.start[row] = from[place] }
        guard let from = source.values else { continue }
        for column in 0..<width {
          values.start[row * width + column] = Float(from[place * width + column])
        }
      }
      all = MetricRows(
        outputs: given ?? UnsafePointer(outputs.start),
        values: source.values == nil ? nil : UnsafePointer(values.start),
        classes: source.classes == nil ? nil : UnsafePointer(classes.start), count: count,
        form: form, origin: source.values)
    }
    return zip(metrics, sums).map { metric, sums in
      if let metric = metric as? any WholeMetric, let all { return metric.figure(all) }
      return metric.figure(sums, count: max(1, count), form)
    }
  }
}
