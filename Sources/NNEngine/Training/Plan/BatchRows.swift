internal import CKernels

/// The rows of a batch: gathered from their source, scaled to what the network sees.
final class BatchRows {
  /// What the network sees.
  let inputs: Buffer<Float>
  /// Class numbers.
  let classes: Buffer<Int32>
  /// Targets as the network learns them.
  let targets: Buffer<Float>
  /// Targets in their own units, where those are others.
  let rawTargets: Buffer<Float>

  /// Where rows come from and which, written before a step.
  var source: BatchSource?
  /// See `source`; `nil` for the first ones.
  var order: UnsafePointer<Int32>?

  /// What changes pictures by chance before they are learnt from; `nil` for nothing.
  let augmenter: Augmenter?
  /// Where rows are mixed, room for another one, tile by tile.
  private let others: Buffer<Float>

  private let inputSize: Int
  private let width: Int
  private let takesClasses: Bool
  /// What is taken from the inputs, and what they are multiplied by then; empty where they stay as
  /// they are.
  private let factors: Factors<Double>
  /// The same in 32 bits, where that is enough for inputs of 32 bits.
  private let narrowFactors: Factors<Float>?
  private let targetFactors: Factors<Double>
  /// What raw targets are told from: the centre of their scaling, or 0.
  private let rawFactors: Factors<Double>

  init(
    inputSize: Int, width: Int, maxRows: Int, loss: (any Loss)?, preprocessing: Preprocessing,
    isCentred: Bool = false, augmenter: Augmenter? = nil, tiles: Int = 0
  ) {
    self.augmenter = augmenter
    others = Buffer(count: augmenter?.mixes == true ? tiles * inputSize : 0)
    self.inputSize = inputSize
    self.width = width
    takesClasses = loss?.takesClasses ?? false
    let scaling = preprocessing.inputScaling
    factors = Factors(scaling?.center ?? [], scaling?.scale ?? [])
    narrowFactors =
      scaling?.suitsNarrowNumbers == false
      ? nil
      : Factors(
        scaling?.center.map { Float($0) } ?? [], scaling?.scale.map { Float($0) } ?? [])
    targetFactors = Factors(
      preprocessing.targetScaling?.center ?? [], preprocessing.targetScaling?.scale ?? [])
    let centre = isCentred ? preprocessing.targetScaling?.center ?? [] : []
    rawFactors = Factors(centre, centre.map { _ in 1 })
    let targetRows = loss == nil ? 0 : maxRows
    inputs = Buffer(count: maxRows * inputSize)
    classes = Buffer(count: targetRows)
    targets = Buffer(count: targetRows * width)
    rawTargets = Buffer(count: preprocessing.targetScaling == nil ? 0 : targetRows * width)
  }

  /// What `rawTargets` are told from instead of 0; empty for 0.
  var rawCenter: UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: rawFactors.center.start, count: rawFactors.count)
  }

  /// Whether the targets are classes.
  var hasClasses: Bool { source?.classes != nil }

  /// Whether rows are mixed with others, so that targets that are classes are shares of several.
  var mixes: Bool { augmenter?.mixes == true }

  /// Gathers rows of pictures that are changed by chance, before all else.
  func augmentInputs(_ part: Range<Int>, tile: Int) {
    guard let source, let augmenter else { return }
    let factors = (
      UnsafeBufferPointer(start: factors.center.start, count: factors.count),
      UnsafeBufferPointer(start: factors.scale.start, count: factors.count)
    )
    let other = others.start + (mixes ? tile * inputSize : 0)
    for row in part {
      augmenter.augment(
        source, row: number(row), to: inputs.start + row * inputSize, other: other, factors.0,
        factors.1)
    }
  }

  /// The number of a row of the batch in its source.
  private func number(_ row: Int) -> Int { order.map { Int($0[row]) } ?? row }

  /// Gathers some columns of the inputs, or all, of some rows of the batch.
  func gatherInputs(_ part: Range<Int>, columns: Range<Int>? = nil) {
    guard let source, augmenter == nil else { return }
    let first = part.lowerBound
    let columns = columns ?? 0..<inputSize
    let to = inputs.start + first * inputSize
    let rowOrder = order.map { $0 + first }
    let skipped = order == nil ? first * inputSize : 0
    let (start, end) = (columns.lowerBound, columns.upperBound)
    let rows = part.count
    switch (source.inputs, narrowFactors) {
    case (.floats(let from), let narrow?):
      nn_gather_floats(
        from + skipped, rowOrder, to, rows, inputSize, start, end, narrow.center.start,
        narrow.scale.start, narrow.count)
    case (.bytes(let from), let narrow?):
      nn_gather_bytes(
        from + skipped, rowOrder, to, rows, inputSize, start, end, narrow.center.start,
        narrow.scale.start, narrow.count)
    case (.floats(let from), nil):
      nn_gather_wide_floats(
        from + skipped, rowOrder, to, rows, inputSize, start, end, factors.center.start,
        factors.scale.start, factors.count)
    case (.bytes(let from), nil):
      nn_gather_wide_bytes(
        from + skipped, rowOrder, to, rows, inputSize, start, end, factors.center.start,
        factors.scale.start, factors.count)
    case (.doubles(let from), _):
      nn_gather_doubles(
        from + skipped, rowOrder, to, rows, inputSize, start, end, factors.center.start,
        factors.scale.start, factors.count)
    }
  }

  /// Gathers the targets of some rows of the batch: class numbers, and numbers unless the loss
  /// takes classes as they are.
  func gatherTargets(_ part: Range<Int>) {
    guard let source else { return }
    let first = part.lowerBound
    if let from = source.classes {
      for row in part {
        let label = from[number(row)]
        classes.start[row] = label
        guard !takesClasses || mixes else { continue }
        let place = targets.start + row * width
        if width == 1 {
          place[0] = Float(label)
        } else {
          place.update(repeating: 0, count: width)
          place[Int(label)] = 1
        }
        if let mixing = augmenter?.mixing(number(row), of: source.count) {
          let (other, share) = (from[mixing.row], Float(mixing.share))
          if width == 1 {
            place[0] = share * place[0] + (1 - share) * Float(other)
          } else {
            place[Int(label)] = share
            place[Int(other)] += 1 - share
          }
        }
      }
    } else if let from = source.values {
      let rowOrder = order.map { $0 + first }
      let start = from + (order == nil ? first * width : 0)
      nn_gather_doubles(
        start, rowOrder, targets.start + first * width, part.count, width, 0, width,
        targetFactors.center.start, targetFactors.scale.start, targetFactors.count)
      if targetFactors.count > 0 {
        nn_gather_doubles(
          start, rowOrder, rawTargets.start + first * width, part.count, width, 0, width,
          rawFactors.center.start, rawFactors.scale.start, rawFactors.count)
      }
      if mixes { mixValues(from, part) }
    }
  }

  /// Mixes targets that are numbers with those of other rows.
  private func mixValues(_ from: UnsafePointer<Double>, _ part: Range<Int>) {
    for row in part {
      guard let mixing = augmenter?.mixing(number(row), of: source?.count ?? 0) else { return }
      let own = from + number(row) * width
      let other = from + mixing.row * width
      for column in 0..<width {
        let value = mixing.share * own[column] + (1 - mixing.share) * other[column]
        let place = row * width + column
        targets.start[place] = Float(targetFactors.scaled(value, column))
        if targetFactors.count > 0 {
          rawTargets.start[place] = Float(rawFactors.scaled(value, column))
        }
      }
    }
  }
}

/// The numbers of a scaling where kernels read them.
private struct Factors<Number: BitwiseCopyable> {
  let center: Buffer<Number>
  let scale: Buffer<Number>
  var count: Int { scale.count }

  init(_ center: [Number], _ scale: [Number]) {
    self.center = Buffer(center)
    self.scale = Buffer(scale)
  }
}

extension Factors<Double> {
  func scaled(_ value: Double, _ column: Int) -> Double {
    guard count > 0 else { return value }
    let place = count == 1 ? 0 : column
    return (value - center.start[place]) * scale.start[place]
  }
}
