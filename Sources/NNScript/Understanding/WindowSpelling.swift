import NNEngine

/// How a layer over pictures is told: what a place of its output is made of, window row by window
/// row.
struct WindowSpelling {
  /// A number of the input that a place reads, and by which weight.
  private struct Link {
    var x: Int
    var w = 0
  }

  private enum Made {
    /// A sum of products by weights, and a bias.
    case products(weights: Network.ParameterSlot, bias: Network.ParameterSlot?)
    case largest, mean, copied
  }

  private let input: Shape
  private let output: Shape
  private let made: Made
  private let isTransposed: Bool
  private let isGlobal: Bool
  /// What an output reads, by its place.
  private let links: (Int) -> [Link]

  /// `nil` for a node of another kind.
  init?(_ node: Network.Node) {
    let picture = node.inputShape.picture
    (input, output) = (picture, node.outputShape)
    var products: Made? {
      guard let weights = node.parameters.first(where: { $0.role == .weights }) else { return nil }
      return .products(weights: weights, bias: node.parameters.first { $0.role == .bias })
    }
    isTransposed = node.layer is TransposedConvolution
    isGlobal = node.layer is GlobalPooling
    let channels = picture.rank == 3 ? picture[2] : 1
    switch node.layer {
    case is Convolution, is DepthwiseConvolution:
      guard let products,
        let conv = node.layer as? Convolution
          ?? (node.layer as? DepthwiseConvolution)?.convolution(on: picture)
      else { return nil }
      made = products
      links = Self.links(of: conv, picture, node.outputShape)
    case let layer as TransposedConvolution:
      guard let products else { return nil }
      made = products
      links = Self.links(of: layer, picture, node.outputShape)
    case let layer as MaxPooling:
      made = .largest
      links = Self.links(of: layer.window, picture, node.outputShape)
    case let layer as AveragePooling:
      made = .mean
      links = Self.links(of: layer.window, picture, node.outputShape)
    case let layer as GlobalPooling:
      made = layer.statistic == .mean ? .mean : .largest
      links = { unit in
        (0..<picture.count / channels).map { Link(x: $0 * channels + unit) }
      }
    case let layer as Upsampling:
      made = .copied
      let width = node.outputShape[1]
      links = { unit in
        let (row, column) = (unit / channels / width, unit / channels % width)
        let point = row / layer.factors[0] * picture[1] + column / layer.factors[1]
        return [Link(x: point * channels + unit % channels)]
      }
    default: return nil
    }
  }

  // MARK: What is read

  /// The points of a picture under each point of a window at a place, with that point of the window.
  private static func points(
    _ axes: [ProductOperation.Axis], _ picture: Shape, at place: (row: Int, column: Int)
  ) -> [(point: Int, ofWindow: Int)] {
    func inside(_ axis: Int, _ place: Int) -> [(at: Int, ofWindow: Int)] {
      let own = axes[axis]
      return (0..<own.size).map { (place * own.stride + $0 * own.dilation - own.before, $0) }
        .filter { $0.at >= 0 && $0.at < picture[axis] }
    }
    let columns = inside(1, place.column)
    return inside(0, place.row).flatMap { row in
      columns.map { column in
        (row.at * picture[1] + column.at, row.ofWindow * axes[1].size + column.ofWindow)
      }
    }
  }

  private static func links(
    of conv: Convolution, _ picture: Shape, _ output: Shape
  ) -> (Int) -> [Link] {
    let axes = conv.window.axes(over: picture)
    let (channels, each) = (picture[2], picture[2] / conv.groups)
    return { unit in
      let (point, filter) = (unit / conv.filters, unit % conv.filters)
      let first = filter / (conv.filters / conv.groups) * each
      let place = (row: point / output[1], column: point % output[1])
      return points(axes, picture, at: place).flatMap { point, ofWindow in
        (0..<each).map {
          Link(
            x: point * channels + first + $0, w: (ofWindow * each + $0) * conv.filters + filter)
        }
      }
    }
  }

  private static func links(
    of layer: TransposedConvolution, _ picture: Shape, _ output: Shape
  ) -> (Int) -> [Link] {
    let (window, channels) = (layer.window, picture[2])
    return { unit in
      let (point, filter) = (unit / layer.filters, unit % layer.filters)
      /// The points of the input whose window reaches a place, with that point of the window.
      func reaching(_ axis: Int, _ place: Int) -> [(at: Int, ofWindow: Int)] {
        (0..<window.size[axis]).map {
          (place + layer.cut[axis] - $0 * window.dilation[axis], $0)
        }.filter { $0.0 >= 0 && $0.0 % window.stride[axis] == 0 }
          .map { ($0.0 / window.stride[axis], $0.1) }
          .filter { $0.0 < picture[axis] }
      }
      let columns = reaching(1, point % output[1])
      return reaching(0, point / output[1]).flatMap { row in
        columns.flatMap { column in
          (0..<channels).map { channel in
            Link(
              x: (row.at * picture[1] + column.at) * channels + channel,
              w: ((row.ofWindow * window.size[1] + column.ofWindow) * channels + channel)
                * layer.filters + filter)
          }
        }
      }
    }
  }

  private static func links(
    of window: Window, _ picture: Shape, _ output: Shape
  ) -> (Int) -> [Link] {
    let (axes, channels) = (window.axes(over: picture), picture[2])
    return { unit in
      let (point, channel) = (unit / channels, unit % channels)
      return points(axes, picture, at: (point / output[1], point % output[1])).map {
        Link(x: $0.point * channels + channel)
      }
    }
  }

  // MARK: Formulas

  var formula: LayerSpelling.Equality {
    switch made {
    case .products(_, let bias):
      let plus = bias == nil ? "" : " + b"
      return isTransposed
        ? LayerSpelling.Equality(
          text: "z = sum of x·W over the windows that reach a place\(plus)",
          latex: "z_{s p + i, s q + j} = \\sum_{i, j, c} x_{p, q, c} W_{i, j, c}\(plus)")
        : LayerSpelling.Equality(
          text: "z = sum of x·W over the window\(plus)",
          latex: "z_{p, q} = \\sum_{i, j, c} x_{s p + i, s q + j, c} W_{i, j, c}\(plus)")
    case .largest:
      return LayerSpelling.Equality(
        text: "z = the largest of each \(isGlobal ? "channel" : "window")",
        latex: "z_{p, q} = \\max_{i, j} x_{s p + i, s q + j}")
    case .mean:
      return LayerSpelling.Equality(
        text: "z = the mean of each \(isGlobal ? "channel" : "window")",
        latex: "z_{p, q} = \\frac{1}{n} \\sum_{i, j} x_{s p + i, s q + j}")
    case .copied:
      return LayerSpelling.Equality(
        text: "z = x, each point several times",
        latex: "z_{p, q} = x_{\\lfloor p / s \\rfloor, \\lfloor q / s \\rfloor}")
    }
  }

  var gradientFormula: LayerSpelling.Equality? {
    guard case .products(_, let bias) = made else { return nil }
    return LayerSpelling.Equality(
      text: "dweights = sum of x·dz over the places" + (bias == nil ? "" : ", dbias = sum of dz"),
      latex: "\\frac{\\partial L}{\\partial W} = \\sum_{p, q} x\\, \\delta_{p, q}"
        + (bias == nil ? "" : ", \\quad \\frac{\\partial L}{\\partial b} = \\sum_{p, q} \\delta"))
  }

  // MARK: Numbers

  /// The rows of a place's window, each with its products: `row 3: 0.5·0.1 + 0.2·(-0.3) = -0.01`;
  /// none where one line says it all.
  func rows(_ unit: Int, _ seen: Trace.Node, _ values: [Double]) -> [String] {
    guard case .products(let weights, _) = made else { return [] }
    return byRow(unit).map { row, links in
      let (x, w) = (
        links.map { seen.x[0][$0.x] }, links.map { values[weights.range.lowerBound + $0.w] }
      )
      return "  row \(row): \(Spelling.products(x, w)) = \(Spelling.long(dot(x, w)))"
    }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// What a place reads, by the rows of the input.
  private func byRow(_ unit: Int) -> [(row: Int, links: [Link])] {
    let width = input[1] * input[2]
    var rows: [(row: Int, links: [Link])] = []
    for link in links(unit) {
      if rows.last?.row != link.x / width { rows.append((link.x / width, [])) }
      rows[rows.count - 1].links.append(link)
    }
    return rows
  }

  /// One number of `z`: the sum of its window's rows, or the numbers that a pool sees.
  func terms(_ unit: Int, _ seen: Trace.Node, _ values: [Double]) -> String? {
    switch made {
    case .products(let weights, let bias):
      var sums = byRow(unit).map { _, links in
        dot(
          links.map { seen.x[0][$0.x] },
          links.map { values[weights.range.lowerBound + $0.w] })
      }
      if let bias { sums.append(values[bias.range.lowerBound + unit % bias.shape.count]) }
      return sums.isEmpty ? "0" : sums.map(Spelling.factor).joined(separator: " + ")
    case .largest: return "max(\(list(unit, seen)))"
    case .mean: return "mean(\(list(unit, seen)))"
    case .copied: return "x[\(input.place(links(unit)[0].x))]"
    }
  }

  private func list(_ unit: Int, _ seen: Trace.Node) -> String {
    let numbers = links(unit).map { seen.x[0][$0.x] }
    let shown = numbers.prefix(9).map(Spelling.long).joined(separator: ", ")
    return shown + (numbers.count > 9 ? ", … \(numbers.count) values" : "")
  }

  /// The gradient by one number of the input: what comes back from the places that read it.
  func terms(back unit: Int, _ seen: Trace.Node, _ values: [Double]) -> String? {
    let readers = (0..<output.count).flatMap { place in
      links(place).filter { $0.x == unit }.map { (place: place, w: $0.w) }
    }
    switch made {
    case .products(let weights, _):
      return Spelling.products(
        readers.map { seen.dz[$0.place] },
        readers.map { values[weights.range.lowerBound + $0.w] })
    case .largest:
      // The first of equals is the one.
      let won = readers.filter { reader in
        let all = links(reader.place).map(\.x)
        return all.first { seen.x[0][$0] == seen.y[reader.place] } == unit
      }
      return won.count < 2
        ? nil : won.map { Spelling.factor(seen.dz[$0.place]) }.joined(separator: " + ")
    case .mean:
      return readers.map { "\(Spelling.factor(seen.dz[$0.place])) / \(links($0.place).count)" }
        .joined(separator: " + ")
    case .copied:
      return readers.map { Spelling.factor(seen.dz[$0.place]) }.joined(separator: " + ")
    }
  }

  /// The gradient by a weight, given by its row as if weights were a matrix with a column for each
  /// filter, or by the filter's bias.
  func terms(
    _ role: ParameterDeclaration.Role, row: Int, _ unit: Int, _ seen: Trace.Node
  ) -> String? {
    guard case .products(let weights, _) = made, let filters = weights.shape.sizes.last else {
      return nil
    }
    let filter = unit % filters
    let places = stride(from: filter, to: output.count, by: filters)
    if role == .bias {
      let all = places.map { seen.dz[$0] }
      return Spelling.sum(all.count > Spelling.mostTerms ? all.filter { $0 != 0 } : all)
    }
    var pairs = places.flatMap { place in
      links(place).filter { $0.w == row * filters + filter }.map {
        (seen.x[0][$0.x], seen.dz[place])
      }
    }
    // Of many, those that are 0 tell nothing.
    let some = pairs.filter { $0 * $1 != 0 }
    if pairs.count > Spelling.mostTerms, !some.isEmpty { pairs = some }
    return pairs.isEmpty ? "0" : Spelling.products(pairs.map(\.0), pairs.map(\.1))
  }
}

extension Shape {
  /// Whether a parameter of this shape has a column of numbers for each unit or filter: the last
  /// axis of a matrix, or of the weights of a window.
  var isOfColumns: Bool { rank == 2 || rank == 4 }

  /// The place in the middle of a picture, of its first channel.
  var middle: Int { index(of: [sizes[0] / 2, sizes[1] / 2] + sizes[2...].map { _ in 0 }) ?? 0 }

  /// A place among the numbers of a picture, as a script counts it: `row, column, channel`; of
  /// other shapes its number.
  func place(_ index: Int) -> String {
    guard rank > 2 else { return "\(index)" }
    var (rest, places) = (index, [Int]())
    for size in sizes.reversed() {
      places.append(rest % size)
      rest /= size
    }
    return places.reversed().map(String.init).joined(separator: ", ")
  }

  /// The number of a place that is counted along each axis; `nil` beyond the ends.
  func index(of places: [Int]) -> Int? {
    guard places.count == rank else { return nil }
    var index = 0
    for (place, size) in zip(places, sizes) {
      guard place >= 0, place < size else { return nil }
      index = index * size + place
    }
    return index
  }
}
