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
    isCentred: Bool = false
  ) {
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

  /// Gathers some columns of the inputs, or all, of some rows of the batch.
  func gatherInputs(_ part: Range<Int>, columns: Range<Int>? = nil) {
    guard let source else { return }
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
        let label = from[order.map { Int($0[row]) } ?? row]
        classes.start[row] = label
        guard !takesClasses else { continue }
        let place = targets.start + row * width
        if width == 1 {
          place[0] = Float(label)
        } else {
          place.update(repeating: 0, count: width)
          place[Int(label)] = 1
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
