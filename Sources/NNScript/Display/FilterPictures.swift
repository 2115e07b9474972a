import NNEngine

/// The weights of a window as pictures: one for each filter, or for each channel of the first ones.
struct FilterPictures {
  private let weights: Tensor
  private var height: Int { weights.shape[0] }
  private var width: Int { weights.shape[1] }
  private var channels: Int { weights.shape[2] }
  private var filters: Int { weights.shape[3] }

  /// What is shown of many: a guess at what still fits a page.
  private static let most = 64
  private static let mostFilters = 8

  /// - Parameter weights: `[height, width, channels, filters]`.
  init(_ weights: Tensor) { self.weights = weights }

  func text(on screen: Screen) -> String {
    let scale = weights.elements.map { Double(abs($0)) }.filter(\.isFinite).max() ?? 0
    guard scale > 0 else { return "all are 0" }
    // A point of 1x1 has no form: its channels and filters are a matrix.
    guard height * width > 1 else {
      let matrix = Tensor(shape: [channels, filters], elements: weights.elements)
      return HeatMap(matrix).text(on: screen)
    }
    var lines: [String] = []
    if channels == 1 {
      lines += Picture.rows(
        (0..<min(filters, Self.most)).map { (picture($0, 0, scale, screen), "filter \($0)") },
        on: screen)
      if filters > Self.most { lines.append("… \(filters) filters in all") }
    } else {
      let shown = min(filters, Self.mostFilters)
      for filter in 0..<shown {
        lines.append("filter \(filter), by channel")
        lines += Picture.row(
          (0..<channels).map { (picture(filter, $0, scale, screen), "\($0)") }, on: screen)
      }
      lines.append("… \(filters) filters of \(channels) channels in all")
    }
    return (lines + [legend(scale, screen)]).joined(separator: "\n")
  }

  private func legend(_ scale: Double, _ screen: Screen) -> String {
    let end = Axis.label(scale)
    return screen.colors == .none
      ? "@ is \(end), + about 0, blank -\(end)" : "red is \(end), white 0, blue -\(end)"
  }

  private func picture(
    _ filter: Int, _ channel: Int, _ scale: Double, _ screen: Screen
  ) -> Picture {
    let shares = (0..<height * width).map { point in
      Double(weights.elements[(point * channels + channel) * filters + filter]) / scale
    }
    // Signs tell brightness alone.
    if screen.colors == .none {
      return Picture(width: width, height: height, levels: shares.map { ($0 + 1) / 2 })
    }
    return Picture(width: width, height: height, pixels: shares.map(Palette.diverging))
  }
}
