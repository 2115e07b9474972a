internal import CKernels

/// Adds up what the readers of one output say its gradient is.
///
/// The first reader writes to the output's own rows of gradients, which saves a copy; the others
/// have rows of their own.
final class GradientFan: LayerPass {
  private let dy: UnsafeMutablePointer<Float>
  private let size: Int
  private var readers = 0
  private var others: [Buffer<Float>] = []

  init(_ dy: UnsafeMutablePointer<Float>, _ size: Int) {
    self.dy = dy
    self.size = size
  }

  /// Where one more reader writes.
  func edge(_ shape: Shape, _ maxRows: Int) -> UnsafeMutablePointer<Float> {
    readers += 1
    guard readers > 1 else { return dy }
    let other = Buffer<Float>(count: maxRows * shape.count)
    others.append(other)
    return other.start
  }

  func forward(_ work: RowWork) {}

  func backward(_ work: RowWork) {
    let rows = work.rows
    let (first, count) = (rows.lowerBound * size, rows.count * size)
    for index in 0..<others.count { nn_add(others[index].start + first, dy + first, count) }
  }
}

/// Keeps a layer's gradient for whoever wants to look at it, before the layer works on it.
final class GradientKeeper: LayerPass {
  private let from: UnsafeMutablePointer<Float>
  private let to: UnsafeMutablePointer<Float>
  private let size: Int

  init(_ from: UnsafeMutablePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ size: Int) {
    self.from = from
    self.to = to
    self.size = size
  }

  func forward(_ work: RowWork) {}

  func backward(_ work: RowWork) {
    let rows = work.rows
    let first = rows.lowerBound * size
    (to + first).update(from: from + first, count: rows.count * size)
  }
}
