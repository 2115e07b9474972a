import NNEngine

/// What a network of two inputs decides over the plane, with the points it learnt from.
///
///       3 │aaaaaaaa·········
///         │aaaAaa··········B
///         │aaa·······bbbbbBb
///      -2 │····bbbbbbbbbbbbb
///          -4              4
struct DecisionMap: Drawing {
  private let x: Axis
  private let y: Axis
  private let names: [String]
  private let classes: [String]
  /// What an only output is above for the second of two classes.
  private let boundary: Double
  /// Rows to show as points: their place and class, or `nil` for numbers.
  private let points: [(x: Double, y: Double, label: Int?)]
  private let answer: ([(x: Double, y: Double)]) throws -> [[Double]]
  private let mostPoints = 1000

  /// - Throws: the diagnostic of what is missing for such a map.
  init(of context: CommandContext) throws {
    let prepared = try context.prepare("has nothing to draw")
    guard let network = context.session.workspace.model.network,
      let preprocessing = context.session.workspace.model.preprocessing
    else { throw Diagnostic(.noModel, "there is no network to draw", at: context.site.range) }
    guard network.inputShape.count == 2 else {
      throw Diagnostic(
        .shapeMismatch,
        "a boundary is drawn over two inputs, the network has \(network.inputShape.count)",
        at: context.range(of: "what"), "needs two inputs",
        help: ["choose two columns: `data … only=[…, …]`"])
    }
    let examples = prepared.data.train
    let rows = try examples.rawRows()
    x = Axis(rows.map { $0[0] }).widened(by: 0.05)
    y = Axis(rows.map { $0[1] }).widened(by: 0.05)
    names = preprocessing.inputNames.count == 2 ? preprocessing.inputNames : ["x", "y"]
    classes = preprocessing.classNames
    boundary = preprocessing.boundary
    // Every so many rows, so that as many of each kind are left out.
    let step = max(1, rows.count / mostPoints)
    points = stride(from: 0, to: rows.count, by: step).map { row in
      var label: Int?
      if case .classes(let codes) = examples.targets { label = Int(codes[row]) }
      return (rows[row][0], rows[row][1], label)
    }
    let workers = context.session.workers
    answer = { places in
      let inputs = places.flatMap { [Float($0.x), Float($0.y)] }
      let outputs = try network.predict(
        Examples(
          count: places.count, inputShape: network.inputShape, inputs: .floats(inputs),
          targets: .none),
        preprocessing: preprocessing, workers: workers)
      let width = network.outputShape.count
      return places.indices.map { row in
        outputs.elements[row * width..<(row + 1) * width].map(Double.init)
      }
    }
  }

  /// What the network says at each place of a grid, row by row from above: a class, or a number.
  ///
  /// - Throws: what the network's work throws, `EngineError.interrupted` among it.
  private func grid(_ columns: Int, _ rows: Int) throws -> [(label: Int?, value: Double)] {
    let places = (0..<rows).flatMap { row in
      (0..<columns).map { column in
        (
          x: x.value(at: (Double(column) + 0.5) / Double(columns)),
          y: y.value(at: 1 - (Double(row) + 0.5) / Double(rows))
        )
      }
    }
    return try answer(places).map { outputs in
      guard !classes.isEmpty else { return (nil, outputs.first ?? 0) }
      if outputs.count == 1 { return (outputs[0] > boundary ? 1 : 0, outputs[0]) }
      let best = outputs.indices.max { outputs[$0] < outputs[$1] } ?? 0
      return (best, outputs[best])
    }
  }

  /// A colour for each place: a class's own, pale; or a number between the least and greatest.
  private func colors(_ grid: [(label: Int?, value: Double)]) -> [Palette.Color] {
    let values = Axis(grid.map(\.value).filter(\.isFinite))
    return grid.map { label, value in
      if let label { return Palette.color(label).mixed(with: Palette.white, 0.55) }
      return Palette.diverging(2 * values.share(value) - 1)
    }
  }

  // MARK: On a screen

  func text(on screen: Screen) throws -> String {
    let kinds = legend(screen).count
    let ends = [Axis.label(y.greatest), Axis.label(y.least)]
    let margin = ends.map(\.count).max() ?? 0
    // Below stand the axis, its names and the legend, and the next prompt.
    let room = screen.height.map { max(4, $0 - 4 - min(kinds, 8)) } ?? .max
    let rows = min(min(64, screen.width - margin - 2) * 3 / 8, room)
    let columns = min(min(64, screen.width - margin - 2), max(8, rows * 8 / 3))
    let lines =
      screen.colors == .none
      ? try signs(columns, rows, screen) : try blocks(columns, rows, screen)
    let edge = screen.isUnicode ? "│" : "|"
    var result = lines.enumerated().map { row, line in
      let label = row == 0 ? ends[0] : row == rows - 1 ? ends[1] : ""
      return (label.padded(to: margin, isNumber: true) + " " + edge + line).trimmedEnd
    }
    let (first, last) = (Axis.label(x.least), Axis.label(x.greatest))
    let gap = String(repeating: " ", count: max(1, columns - first.count - last.count))
    let indent = String(repeating: " ", count: margin + 2)
    result.append(indent + first + gap + last)
    result.append((indent + "across \(names[0]), up \(names[1])").cut(to: screen.width, on: screen))
    result += legend(screen).map { indent + $0 }
    return result.joined(separator: "\n")
  }

  private func cell(_ point: (x: Double, y: Double, label: Int?), _ columns: Int, _ rows: Int) -> (
    column: Int, row: Int
  ) {
    (
      min(columns - 1, max(0, Int(x.share(point.x) * Double(columns)))),
      min(rows - 1, max(0, Int((1 - y.share(point.y)) * Double(rows))))
    )
  }

  /// Letters: a class's small one for its region, its capital for a point; numbers in ten shades.
  private func signs(_ columns: Int, _ rows: Int, _ screen: Screen) throws -> [String] {
    let grid = try grid(columns, rows)
    let values = Axis(grid.map(\.value).filter(\.isFinite))
    var cells = grid.map { label, value -> Character in
      if let label { return Self.letter(label) }
      return Picture.sign(values.share(value))
    }
    for point in points {
      let place = cell(point, columns, rows)
      let sign = point.label.map { Character(Self.letter($0).uppercased()) } ?? "o"
      cells[place.row * columns + place.column] = sign
    }
    return (0..<rows).map { String(cells[$0 * columns..<($0 + 1) * columns]) }
  }

  private static func letter(_ label: Int) -> Character {
    Array("abcdefghijklmnopqrstuvwxyz")[label % 26]
  }

  /// Coloured ground, two places of it a cell; a point is a dot in its class's full colour.
  private func blocks(_ columns: Int, _ rows: Int, _ screen: Screen) throws -> [String] {
    var picture = Picture(
      width: columns, height: rows * 2, pixels: colors(try grid(columns, rows * 2)))
    let black = Palette.Color(red: 0, green: 0, blue: 0)
    for point in points {
      let place = cell(point, columns, rows)
      picture.dots[place.row * columns + place.column] =
        Palette.color(point.label ?? 7).mixed(with: black, 0.3)
    }
    return picture.blocks(screen)
  }

  private func legend(_ screen: Screen) -> [String] {
    classes.enumerated().map { number, name in
      let sign = screen.colors == .none ? String(Self.letter(number)) : screen.isUnicode ? "●" : "o"
      return Palette.colored(sign, series: number, on: screen) + " "
        + name.inOneLine.cut(to: screen.width - 16, on: screen)
    }
  }

  // MARK: In a file

  /// The drawing.
  ///
  /// - Throws: what the network's work throws.
  var scene: Scene {
    get throws {
      let (side, cells) = (480.0, 96)
      let size = side / Double(cells)
      let kinds = classes.map { Scene.cut($0, to: 200) }
      let left = max(48, Plot.margin(y, 6) + 20)
      let widest = kinds.map(Scene.width).max() ?? 0
      var scene = Scene(
        width: left + side + (widest == 0 ? 24 : widest + 48),
        height: max(side + 60, 40 + 18 * Double(kinds.count)))
      let plot = Plot(x: x, y: y, left: left, top: 16, width: side, height: side)
      let colors = colors(try grid(cells, cells))
      for row in 0..<cells {
        let own = colors[row * cells..<(row + 1) * cells]
        // Neighbours of one colour are one shape.
        var start = own.startIndex
        while start < own.endIndex {
          let end = own[start...].firstIndex { $0 != own[start] } ?? own.endIndex
          scene.add(
            .box(
              (left + Double(start - own.startIndex) * size, 16 + Double(row) * size),
              width: Double(end - start) * size + 0.5, height: size + 0.5, .color(own[start]),
              opacity: 1))
          start = end
        }
      }
      for point in points {
        scene.add(
          .disc(
            plot.place((point.x, point.y)), radius: 3, .series(point.label ?? 7), opacity: 1,
            hasEdge: true))
      }
      plot.drawAxes(into: &scene, xLabel: names[0], yLabel: names[1], isOpen: false)
      for (number, name) in kinds.enumerated() {
        let at = 28 + 18 * Double(number)
        scene.add(
          .disc((left + side + 20, at), radius: 5, .series(number), opacity: 1, hasEdge: false))
        scene.text(name, (left + side + 32, at), .start, .text)
      }
      return scene
    }
  }
}

extension Examples {
  /// The raw inputs, row by row.
  ///
  /// - Throws: `EngineError.interrupted`.
  fileprivate func rawRows() throws -> [[Double]] {
    let width = inputShape.count
    return try made(count) { inputs.numbers($0 * width..<($0 + 1) * width) }
  }
}
