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
  private let preprocessing: Preprocessing
  private let width: Int
  private let isFused: Bool
  private let rawOutputs: Buffer<Float>
  /// For each tile the loss as it is reported, the loss as it is learnt, then the metrics' sums.
  private let sums: Buffer<Double>
  private let sumsInTile: Int
  private let metricOffsets: [Int]

  init(
    _ loss: (any Loss)?, _ learning: Learning, _ metrics: [any Metric],
    _ preprocessing: Preprocessing, width: Int, maxRows: Int, tiles: Int, isFused: Bool
  ) {
    self.loss = loss
    smoothing = Float(learning.smoothing)
    classWeights = learning.classWeights.map { Float($0) }
    factors = preprocessing.targetScaling.map { scaling in
      let factors = Buffer<Float>(count: width)
      let one = scaling.scale.count == 1
      factors.load((0..<width).map { scaling.scale[one ? 0 : $0] })
      return factors
    }
    self.metrics = metrics
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
    sumsInTile = offset
    sums = Buffer(count: offset * tiles)
    rawOutputs = Buffer(count: preprocessing.targetScaling == nil ? 0 : maxRows * width)
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
    let first = part.lowerBound
    let hasClasses = batch.hasClasses
    let labels = UnsafePointer(batch.classes.start + first)
    let targets = UnsafePointer(batch.targets.start + first * width)
    let givesClasses = hasClasses && loss.takesClasses
    let isScaled = preprocessing.targetScaling != nil && !hasClasses
    var lossRows = LossRows(
      outputs: y, values: givesClasses ? nil : targets, classes: givesClasses ? labels : nil,
      count: part.count, width: width, gradient: gradient.map { $0 + first * width },
      scale: scale, isFused: isFused, smoothing: smoothing)
    if isScaled, let factors { lossRows.factors = UnsafePointer(factors.start) }
    sums[0] = loss.sum(lossRows)
    sums[1] = sums[0]
    if let gradient = lossRows.gradient, hasClasses, !classWeights.isEmpty {
      nn_weigh_rows(gradient, labels, classWeights, part.count, width)
    }
    var metricRows = MetricRows(
      outputs: UnsafePointer(y), values: hasClasses ? nil : targets,
      classes: hasClasses ? labels : nil, count: part.count, width: width,
      boundary: loss.boundary)
    if isScaled {
      let raw = rawOutputs.start + first * width
      unscale(y, raw, part.count)
      lossRows.outputs = raw
      lossRows.values = UnsafePointer(batch.rawTargets.start + first * width)
      lossRows.gradient = nil
      lossRows.isFused = false
      lossRows.factors = nil
      metricRows.outputs = UnsafePointer(raw)
      metricRows.values = lossRows.values
      sums[0] = loss.sum(lossRows)
    }
    for index in 0..<metrics.count {
      metrics[index].add(metricRows, to: sums + metricOffsets[index])
    }
  }

  /// Where the loss of a script lost a value in the last step.
  func fault(
    _ batch: BatchRows, _ y: UnsafeMutablePointer<Float>, _ rows: Int
  ) -> EquationFault? {
    guard let loss, !(batch.hasClasses && loss.takesClasses) else { return nil }
    return loss.fault(
      LossRows(
        outputs: y, values: batch.targets.start, classes: nil, count: rows, width: width,
        gradient: nil, scale: 1, isFused: isFused))
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
      unscale(y, sink, count)
    } else {
      sink.update(from: y, count: count * width)
    }
  }

  private func unscale(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    guard let scaling = preprocessing.targetScaling else { return }
    let one = scaling.scale.count == 1
    for row in 0..<count {
      for column in 0..<width {
        let index = row * width + column
        to[index] =
          (from[index] - scaling.shift[one ? 0 : column]) / scaling.scale[one ? 0 : column]
      }
    }
  }
}
