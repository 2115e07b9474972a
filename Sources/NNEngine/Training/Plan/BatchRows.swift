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
  private let preprocessing: Preprocessing
  private let takesClasses: Bool
  /// What inputs are multiplied by, and what is added then; empty where they stay as they are.
  private let scale: Buffer<Float>
  private let shift: Buffer<Float>

  init(
    inputSize: Int, width: Int, maxRows: Int, loss: (any Loss)?, preprocessing: Preprocessing
  ) {
    self.inputSize = inputSize
    self.width = width
    self.preprocessing = preprocessing
    takesClasses = loss?.takesClasses ?? false
    scale = Buffer(preprocessing.inputScaling?.scale ?? [])
    shift = Buffer(preprocessing.inputScaling?.shift ?? [])
    let targetRows = loss == nil ? 0 : maxRows
    inputs = Buffer(count: maxRows * inputSize)
    classes = Buffer(count: targetRows)
    targets = Buffer(count: targetRows * width)
    rawTargets = Buffer(count: preprocessing.targetScaling == nil ? 0 : targetRows * width)
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
    switch source.inputs {
    case .floats(let from):
      nn_gather_floats(
        from + skipped, rowOrder, to, part.count, inputSize, start, end, scale.start,
        shift.start, scale.count)
    case .bytes(let from):
      nn_gather_bytes(
        from + skipped, rowOrder, to, part.count, inputSize, start, end, scale.start,
        shift.start, scale.count)
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
      let scaling = preprocessing.targetScaling
      nn_gather_floats(
        start, rowOrder, targets.start + first * width, part.count, width, 0, width,
        scaling?.scale ?? [],
        scaling?.shift ?? [], scaling?.scale.count ?? 0)
      if scaling != nil {
        nn_gather_floats(
          start, rowOrder, rawTargets.start + first * width, part.count, width, 0, width, [], [],
          0)
      }
    }
  }
}
