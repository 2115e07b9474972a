internal import CKernels

/// A pool on its place: the largest or the mean of what windows see.
final class PoolingPass: LayerPass {
  private let site: LayerSite
  private var window: nn_window
  private let takesLargest: Bool
  private let (inputs, outputs): (Int, Int)
  /// Which of its window's places each largest number had.
  private let picks: Buffer<UInt16>?

  /// As many places of a window as can be told from each other.
  static let mostPlaces = 1 << 16

  /// - Throws: `EngineError.outOfMemory`.
  init(_ window: Window, takesLargest: Bool, _ site: LayerSite) throws(EngineError) {
    self.site = site
    self.window = nn_window(
      window, over: site.inputShape.picture, filters: site.inputShape.picture[2])
    self.takesLargest = takesLargest
    (inputs, outputs) = (site.inputShape.count, site.outputShape.count)
    let isPicked = takesLargest && site.dx != nil && site.dy != nil
    if isPicked { try Allowance.admit(2 * site.maxRows * outputs, for: "a pool at work") }
    picks = isPicked ? Buffer(count: site.maxRows * outputs) : nil
  }

  func forward(_ work: RowWork) {
    // Picture by picture: large ones take some milliseconds each.
    for row in work.rows where !Allowance.isHalted {
      let (x, y) = (site.x + row * inputs, site.y + row * outputs)
      if takesLargest {
        nn_maxpool(&window, x, y, picks.map { $0.start + row * outputs }, 1)
      } else {
        nn_avgpool(&window, x, y, 1)
      }
    }
  }

  func backward(_ work: RowWork) {
    guard let dy = site.dy, let dx = site.dx else { return }
    for row in work.rows where !Allowance.isHalted {
      if let picks {
        nn_maxpool_backward(
          &window, dy + row * outputs, picks.start + row * outputs, dx + row * inputs, 1)
      } else {
        nn_avgpool_backward(&window, dy + row * outputs, dx + row * inputs, 1)
      }
    }
  }
}

extension nn_window {
  /// A window's way over a picture, for the kernels.
  init(_ window: Window, over picture: Shape, filters: Int, groups: Int = 1) {
    let axes = window.axes(over: picture)
    let (y, x) = (axes[0], axes[1])
    self.init(
      height: picture[0], width: picture[1], channels: picture[2],
      rows: y.places(in: picture[0]), columns: x.places(in: picture[1]), filters: filters,
      window_height: y.size, window_width: x.size, stride_y: y.stride, stride_x: x.stride,
      dilation_y: y.dilation, dilation_x: x.dilation, above: y.before, left: x.before,
      groups: groups)
  }
}
