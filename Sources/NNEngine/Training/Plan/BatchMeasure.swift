internal import CKernels

/// How far outputs are from targets: the loss with its gradient, and the metrics, summed tile by
/// tile, so that the order of addition does not depend on threads.
///
/// The gradient is that of what the network learns; what is reported is in the targets' own units.
final class BatchMeasure {
  /// Whether there is a loss.
  let measures: Bool

  private let loss: (any Loss)?
  private let smoothing: Float
  /// How often a row counts by its class; empty where all count once.
  private let classWeights: [Float]
  /// What each column of targets was multiplied by; `nil` where they are in their own units.
  private let factors: Buffer<Float>?
  private let metrics: [any Metric]
  /// What the outputs say, for targets that are classes and for others.
  private let classForm: AnswerForm
  private let valueForm: AnswerForm
  private let preprocessing: Preprocessing
  private let width: Int
  private let isFused: Bool
  private let rawOutputs: Buffer<Float>
  /// The units of the targets, for a loss that sees these while the network learns scaled ones.
  private let ownUnits: OwnUnits?
  /// Whether raw outputs and targets are told from the centre of their scaling, not from 0.
  private let isCentred: Bool
  /// For each tile the loss as it is reported, the loss as it is learnt, then the metrics' sums.
  private let sums: Buffer<Double>
  private let sumsInTile: Int
  private let metricOffsets: [Int]
  /// The loss and the metrics that a script defined, by their places in a tile's sums.
  private let watchedSums: [Int]

  init(
    _ loss: (any Loss)?, _ learning: Learning, _ metrics: [any Metric], _ judging: Judging,
    _ preprocessing: Preprocessing, width: Int, maxRows: Int, tiles: Int, isFused: Bool
  ) {
    self.loss = loss
    smoothing = Float(learning.smoothing)
    classWeights = learning.classWeights.map { Float($0) }
    factors = preprocessing.targetScaling.map { scaling in
      let factors = Buffer<Float>(count: width)
      let one = scaling.scale.count == 1
      factors.load((0..<width).map { Float(scaling.scale[one ? 0 : $0]) })
      return factors
    }
    self.metrics = metrics
    classForm = AnswerForm(
      hasClasses: true, loss: loss, answer: preprocessing.answer, width: width, judging: judging)
    valueForm = AnswerForm(
      hasClasses: false, loss: loss, answer: preprocessing.answer, width: width, judging: judging)
    self.preprocessing = preprocessing
    self.width = width
    self.isFused = isFused
    measures = loss != nil
    var offset = 2
    var offsets: [Int] = []
    for metric in metrics {
      offsets.append(offset)
      offset += metric.sumCount(width: width)
    }
    metricOffsets = offsets
    watchedSums =
      [0, 1] + metrics.indices.filter { metrics[$0] is any Defined }.map { offsets[$0] }
    sumsInTile = offset
    sums = Buffer(count: offset * tiles)
    ownUnits =
      loss?.seesOwnUnits == true
      ? preprocessing.targetScaling.map { OwnUnits($0, width: width) } : nil
    isCentred = BatchMeasure.isCentred(loss, metrics)
    rawOutputs = Buffer(count: preprocessing.targetScaling == nil ? 0 : maxRows * width)
  }

  /// Whether loss and metrics only look at differences.
  static func isCentred(_ loss: (any Loss)?, _ metrics: [any Metric]) -> Bool {
    loss is any DifferenceOnly && metrics.allSatisfy { $0 is any DifferenceOnly }
  }

  /// Measures one tile of rows.
  ///
  /// - Parameters:
  ///   - y: the outputs of the tile's first row.
  ///   - gradient: where the gradients of the whole batch go, if they are wanted.
  ///   - scale: one over the rows of the whole batch.
  func measure(
    _ batch: BatchRows, _ y: UnsafeMutablePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>?, _ part: Range<Int>, tile: Int, scale: Float
  ) {
    guard let loss else { return }
    let sums = sums.start + tile * sumsInTile
    sums.update(repeating: 0, count: sumsInTile)
    let isScaled = isScaled(batch)
    if isScaled { unscale(y, rawOutputs.start + part.lowerBound * width, part.count, isCentred) }
    var learnt = learntRows(loss, batch, y, part)
    learnt.gradient = gradient.map { $0 + part.lowerBound * width }
    learnt.scale = scale
    if isScaled, let ownUnits {
      var own = reportedRows(learnt, batch, part)
      own.gradient = learnt.gradient
      sums[0] = loss.sum(own)
      sums[1] = sums[0] / ownUnits.divisor
      if let gradient = own.gradient { ownUnits.bring(gradient, rows: part.count) }
    } else {
      sums[1] = loss.sum(learnt)
      sums[0] = isScaled ? loss.sum(reportedRows(learnt, batch, part)) : sums[1]
    }
    if let gradient = learnt.gradient, batch.hasClasses, !classWeights.isEmpty {
      nn_weigh_rows(
        gradient, batch.classes.start + part.lowerBound, classWeights, part.count, width)
    }
    guard !metrics.isEmpty else { return }
    let rows = metricRows(batch, y, part)
    for index in 0..<metrics.count {
      metrics[index].add(rows, to: sums + metricOffsets[index])
    }
  }

  /// What the loss sees of some rows while the network learns from them, without a gradient.
  private func learntRows(
    _ loss: any Loss, _ batch: BatchRows, _ y: UnsafeMutablePointer<Float>, _ part: Range<Int>
  ) -> LossRows {
    let givesClasses = batch.hasClasses && loss.takesClasses && !batch.mixes
    var rows = LossRows(
      outputs: y,
      values: givesClasses ? nil : UnsafePointer(batch.targets.start + part.lowerBound * width),
      classes: givesClasses ? UnsafePointer(batch.classes.start + part.lowerBound) : nil,
      count: part.count, width: width, gradient: nil, scale: 1, isFused: isFused,
      smoothing: smoothing)
    if isScaled(batch), let factors { rows.factors = UnsafePointer(factors.start) }
    return rows
  }

  /// The same of scaled targets in their own units, for outputs brought back to these.
  private func reportedRows(
    _ learnt: LossRows, _ batch: BatchRows, _ part: Range<Int>
  ) -> LossRows {
    var rows = learnt
    rows.outputs = rawOutputs.start + part.lowerBound * width
    rows.values = UnsafePointer(batch.rawTargets.start + part.lowerBound * width)
    rows.gradient = nil
    rows.isFused = false
    rows.factors = nil
    return rows
  }

  /// What metrics see of some rows, in the targets' own units.
  private func metricRows(
    _ batch: BatchRows, _ y: UnsafeMutablePointer<Float>, _ part: Range<Int>
  ) -> MetricRows {
    let first = part.lowerBound
    let isScaled = isScaled(batch)
    let targets = (isScaled ? batch.rawTargets : batch.targets).start + first * width
    var rows = MetricRows(
      outputs: UnsafePointer(isScaled ? rawOutputs.start + first * width : y),
      values: batch.hasClasses ? nil : UnsafePointer(targets),
      classes: batch.hasClasses ? UnsafePointer(batch.classes.start + first) : nil,
      count: part.count, form: batch.hasClasses ? classForm : valueForm,
      origin: batch.source?.values)
    if isScaled { rows.center = batch.rawCenter }
    return rows
  }

  private func isScaled(_ batch: BatchRows) -> Bool {
    preprocessing.targetScaling != nil && !batch.hasClasses
  }

  /// Whether the loss of a batch, and what metrics of a script sum up, are numbers.
  func isFinite(tiles: Int) -> Bool {
    !measures
      || (0..<tiles).allSatisfy { tile in
        watchedSums.allSatisfy { sums.start[tile * sumsInTile + $0].isFinite }
      }
  }

  /// Where the loss or a metric of a script lost a value in the last batch.
  func fault(
    _ batch: BatchRows, _ y: UnsafeMutablePointer<Float>, _ rows: Int
  ) -> EquationFault? {
    guard let loss else { return nil }
    let learnt = learntRows(loss, batch, y, 0..<rows)
    if ownUnits == nil || !isScaled(batch), let fault = loss.fault(learnt) { return fault }
    if isScaled(batch), let fault = loss.fault(reportedRows(learnt, batch, 0..<rows)) {
      return fault
    }
    let seen = metricRows(batch, y, 0..<rows)
    for metric in metrics {
      if let fault = metric.fault(seen) { return fault }
    }
    return nil
  }

  /// The loss summed over the tiles of a batch, in the targets' own units.
  func lossSum(tiles: Int) -> Double { sum(0, tiles) }

  /// The loss summed over the tiles of a batch, as the network learns it.
  func learntLossSum(tiles: Int) -> Double { sum(1, tiles) }

  /// Adds the sums of one metric.
  func addMetric(_ index: Int, tiles: Int, to total: inout [Double]) {
    for place in total.indices { total[place] += sum(metricOffsets[index] + place, tiles) }
  }

  private func sum(_ place: Int, _ tiles: Int) -> Double {
    var total = 0.0
    for tile in 0..<tiles { total += sums.start[tile * sumsInTile + place] }
    return total
  }

  /// Copies outputs to where `predict` wants them, in the targets' own units.
  func emit(_ y: UnsafePointer<Float>, to sink: UnsafeMutablePointer<Float>, _ count: Int) {
    if preprocessing.targetScaling != nil {
      unscale(y, sink, count, false)
    } else {
      sink.update(from: y, count: count * width)
    }
  }

  private func unscale(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ count: Int,
    _ isCentred: Bool
  ) {
    guard let scaling = preprocessing.targetScaling else { return }
    let one = scaling.scale.count == 1
    for row in 0..<count {
      for column in 0..<width {
        let index = row * width + column
        let place = one ? 0 : column
        to[index] = Float(
          Double(from[index]) / scaling.scale[place] + (isCentred ? 0 : scaling.center[place]))
      }
    }
  }
}
