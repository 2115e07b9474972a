/// Sums of products over a window: `y[o, n] = Σ over w and k of a[o · stride + w, k] · b[w, k, n]`.
///
/// Without a window it is the product of matrices, with one it is a convolution as networks have
/// them (the kernel is not turned round). What lies outside of `a` counts as 0.
///
/// - Shapes: `a`: `[shared …, others …, sizes …, k]`, `b`: `[shared …, window …, k, n]`, `y`:
///   `[shared …, others …, places …, n]`, with one size, window and place for each axis the window
///   has. A dense layer is `[k] · [k, n]`, a convolution of images
///   `[height, width, k] · [3, 3, k, n]`, the products of attention share their heads.
/// - Gradient: `da[o · stride + w, k] = Σ dy[o, n] · b[w, k, n]`,
///   `db[w, k, n] = Σ a[o · stride + w, k] · dy[o, n]`.
/// - Source: LeCun and others, Neural Computation 1, 1989; for strides, dilation and padding Dumoulin
///   and Visin, arXiv 1603.07285.
public struct ProductOperation: OperationRule {
  /// The window's way along one axis.
  public struct Axis: Sendable, Hashable {
    /// How many places it covers.
    public var size: Int
    /// How far it moves.
    public var stride: Int
    /// How far the places that it covers are from each other.
    public var dilation: Int
    /// How many places it reaches beyond the beginning.
    public var before: Int
    /// How many it reaches beyond the end.
    public var after: Int

    /// Describes an axis of the window.
    public init(_ size: Int, stride: Int = 1, dilation: Int = 1, before: Int = 0, after: Int = 0) {
      self.size = size
      self.stride = stride
      self.dilation = dilation
      self.before = before
      self.after = after
    }

    /// How many places it has in so many numbers.
    public func places(in length: Int) -> Int {
      let room = length + before + after - (size - 1) * dilation - 1
      return room < 0 ? 0 : room / stride + 1
    }
  }

  /// The window; none for matrices.
  public let window: [Axis]
  /// How many axes at the beginning have a kernel of their own for each place.
  public let shared: Int

  /// Makes the operation.
  public init(window: [Axis] = [], shared: Int = 0) {
    self.window = window
    self.shared = shared
  }

  func output(for operands: [Operations.Extent]) -> Operations.Extent {
    let (a, b) = (operands[0].shape, operands[1].shape)
    let lead = a.rank - window.count - 1
    precondition(lead >= shared && b.rank == shared + window.count + 2, "axes as described")
    precondition(
      a.sizes.prefix(shared) == b.sizes.prefix(shared) && a.sizes.last == b[b.rank - 2]
        && zip(window, b.sizes.dropFirst(shared)).allSatisfy { $0.size == $1 },
      "factors that fit: \(a) and \(b)")
    let places = zip(window, a.sizes.dropFirst(lead)).map { $0.places(in: $1) }
    return Operations.Extent(
      isByRow: operands.contains(where: \.isByRow),
      Shape(Array(a.sizes.prefix(lead)) + places + [b[b.rank - 1]]))
  }

  func plan(_ site: OperationSite) -> any OperationRun { ProductRun(self, site) }
}

private final class ProductRun: OperationRun {
  /// A place of the result that a place of the window brings a product to.
  private struct Meeting {
    var y: Int
    var a: Int
    var b: Int
  }

  private let site: OperationSite
  private let a: OperationSite.Operand
  private let b: OperationSite.Operand
  private let (k, n): (Int, Int)
  private let (shared, others): (Int, Int)
  /// How many places `a`, `b` and `y` have along the window's axes.
  private let (aPlaces, bPlaces, yPlaces): (Int, Int, Int)
  private let meetings: [Meeting]

  init(_ operation: ProductOperation, _ site: OperationSite) {
    self.site = site
    (a, b) = (site.operands[0], site.operands[1])
    let (aShape, bShape) = (a.extent.shape, b.extent.shape)
    let lead = aShape.rank - operation.window.count - 1
    let sizes = Array(aShape.sizes[lead..<aShape.rank - 1])
    let places = zip(operation.window, sizes).map { $0.places(in: $1) }
    (k, n) = (bShape[bShape.rank - 2], bShape[bShape.rank - 1])
    shared = aShape.sizes.prefix(operation.shared).reduce(1, *)
    others = aShape.sizes[operation.shared..<lead].reduce(1, *)
    aPlaces = sizes.reduce(1, *)
    bPlaces = operation.window.reduce(1) { $0 * $1.size }
    yPlaces = places.reduce(1, *)
    var meetings = [Meeting(y: 0, a: 0, b: 0)]
    for (axis, (size, count)) in zip(operation.window, zip(sizes, places)) {
      meetings = meetings.flatMap { meeting in
        (0..<count).flatMap { place -> [Meeting] in
          // Whoever is to end throws the run away.
          if Allowance.isHalted { return [] }
          return (0..<axis.size).compactMap { offset -> Meeting? in
            let from = place * axis.stride + offset * axis.dilation - axis.before
            guard from >= 0, from < size else { return nil }
            return Meeting(
              y: meeting.y * count + place, a: meeting.a * size + from,
              b: meeting.b * axis.size + offset)
          }
        }
      }
    }
    self.meetings = meetings
  }

  /// Calls for each pair of places: where k numbers of `a`, a matrix of `b` and n of `y` begin.
  private func forEach(_ rows: Int, _ body: (Int, Int, Int) -> Void) {
    // Multiplications until one asks whether the work is to go on.
    var left = 1 << 20
    for row in 0..<site.count(rows) {
      for share in 0..<shared {
        for other in 0..<others {
          let block = share * others + other
          let yFirst = (row * shared * others + block) * yPlaces
          for meeting in meetings {
            left -= k * n
            if left < 0 {
              left = 1 << 20
              if Allowance.isHalted { return }
            }
            body(
              row * a.stride + (block * aPlaces + meeting.a) * k,
              row * b.stride + (share * bPlaces + meeting.b) * k * n,
              (yFirst + meeting.y) * n)
          }
        }
      }
    }
  }

  func forward(rows: Int) {
    let (x, w, y, k, n) = (a.x, b.x, site.y, k, n)
    y.update(repeating: 0, count: site.extent.count(rows: rows))
    forEach(rows) { a, b, out in
      let to = y + out
      for i in 0..<k {
        let (factor, from) = (x[a + i], w + b + i * n)
        for j in 0..<n { to[j] += factor * from[j] }
      }
    }
  }

  func backward(rows: Int) {
    guard let dy = site.dy else { return }
    let (x, w, k, n) = (a.x, b.x, k, n)
    if let dx = a.dx {
      forEach(rows) { a, b, out in
        for i in 0..<k {
          let (from, gradient) = (w + b + i * n, dy + out)
          var sum = 0.0
          for j in 0..<n { sum += gradient[j] * from[j] }
          dx[a + i] += sum
        }
      }
    }
    if let dw = b.dx {
      forEach(rows) { a, b, out in
        for i in 0..<k {
          let (factor, to, gradient) = (x[a + i], dw + b + i * n, dy + out)
          for j in 0..<n { to[j] += factor * gradient[j] }
        }
      }
    }
  }
}
