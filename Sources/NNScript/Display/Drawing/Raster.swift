import Glibc
import NNEngine

/// Points of a picture on white ground, which shapes are drawn over with soft edges.
///
/// Each shape first says how much of every point it covers (0…1, as a byte), and is then mixed in once,
/// so that lines that cross themselves are not darker there.
struct Raster {
  let width: Int
  let height: Int
  /// Points of the picture for one of the drawing.
  private let scale: Double
  /// Red, green and blue of each point, row after row.
  private(set) var rgb: [UInt8]
  private var cover: [UInt8]
  /// The part of `cover` that is not 0.
  private var touched: (x: Range<Int>, y: Range<Int>)?

  /// A scene as a PNG file.
  ///
  /// - Throws: `EngineError.outOfMemory`, `.interrupted`.
  static func png(of scene: Scene, scale: Int) throws(EngineError) -> [UInt8] {
    let raster = try Raster(drawing: scene, scale: scale)
    return PNG.encoded(width: raster.width, height: raster.height, rgb: raster.rgb)
  }

  /// Draws a scene.
  ///
  /// - Throws: `EngineError.outOfMemory`, `.interrupted`.
  init(drawing scene: Scene, scale: Int) throws(EngineError) {
    try self.init(scene, Double(scale))
    for (shape, _) in scene.shapes {
      try Allowance.proceed()
      try draw(shape)
    }
  }

  private init(_ scene: Scene, _ scale: Double) throws(EngineError) {
    self.scale = scale
    (width, height) = (Int((scene.width * scale).rounded()), Int((scene.height * scale).rounded()))
    // The points, what covers them, and the file twice.
    try Allowance.admit(10 * width * height, for: "the picture")
    rgb = [UInt8](repeating: 255, count: 3 * width * height)
    cover = [UInt8](repeating: 0, count: width * height)
  }

  private mutating func draw(_ shape: Scene.Shape) throws(EngineError) {
    switch shape {
    case .line(let points, let ink, let lineWidth):
      for (from, to) in zip(points, points.dropFirst() + (points.count == 1 ? points[...] : [])) {
        try Allowance.proceed()
        stroke(from, to, lineWidth)
      }
      mix(ink.color, 1)
    case .box(let at, let boxWidth, let boxHeight, let ink, let opacity):
      fill(at, boxWidth, boxHeight)
      mix(ink.color, opacity)
    case .disc(let at, let radius, let ink, let opacity, let hasEdge):
      if hasEdge {
        stroke(at, at, 2 * radius + 1)
        mix(Scene.Ink.text.color, 0.8)
      }
      stroke(at, at, 2 * radius)
      mix(ink.color, opacity)
    case .text(let text, let at, let anchor, let ink, let isUpright):
      write(text, at, anchor, isUpright)
      mix(ink.color, 1)
    }
  }

  // MARK: What is covered

  private mutating func add(_ x: Int, _ y: Int, _ share: Double) {
    let level = UInt8((255 * min(1, max(0, share))).rounded())
    let place = y * width + x
    if level > cover[place] { cover[place] = level }
  }

  private mutating func touch(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>) -> (
    x: Range<Int>, y: Range<Int>
  )? {
    func clamped(_ range: ClosedRange<Double>, _ size: Int) -> Range<Int>? {
      let low = max(0, min(Double(size), range.lowerBound.rounded(.down)))
      let high = max(0, min(Double(size), range.upperBound.rounded(.up)))
      return low < high ? Int(low)..<Int(high) : nil
    }
    guard x.lowerBound.isFinite, x.upperBound.isFinite, y.lowerBound.isFinite,
      y.upperBound.isFinite, let columns = clamped(x, width), let rows = clamped(y, height)
    else { return nil }
    func joined(_ a: Range<Int>, _ b: Range<Int>?) -> Range<Int> {
      guard let b else { return a }
      return min(a.lowerBound, b.lowerBound)..<max(a.upperBound, b.upperBound)
    }
    touched = (joined(columns, touched?.x), joined(rows, touched?.y))
    return (columns, rows)
  }

  /// A line with round ends: whatever is no further from it than half its width.
  private mutating func stroke(_ from: Scene.Point, _ to: Scene.Point, _ lineWidth: Double) {
    var (ax, ay, bx, by) = (from.x * scale, from.y * scale, to.x * scale, to.y * scale)
    let half = max(0.5, lineWidth * scale / 2)
    // Thin lines along an axis fill whole points, so that they stay sharp.
    func sharp(_ value: Double) -> Double {
      let isEven = Int((2 * half).rounded()).isMultiple(of: 2)
      return isEven ? value.rounded() : value.rounded(.down) + 0.5
    }
    if lineWidth <= 1 {
      if ax == bx { (ax, bx) = (sharp(ax), sharp(ax)) }
      if ay == by { (ay, by) = (sharp(ay), sharp(ay)) }
    }
    let (dx, dy) = (bx - ax, by - ay)
    let length = dx * dx + dy * dy
    let reach = half + 1
    guard
      let area = touch(
        min(ax, bx) - reach...max(ax, bx) + reach, min(ay, by) - reach...max(ay, by) + reach)
    else { return }
    for y in area.y {
      // Of a slanting line only the columns near it.
      var columns = area.x
      if abs(dy) > 1e-9, length > 0 {
        let (low, high) = (Double(y) + 0.5 - reach, Double(y) + 0.5 + reach)
        func at(_ y: Double) -> Double { ax + dx * min(1, max(0, (y - ay) / dy)) }
        let ends = [at(low), at(high)]
        let first = Int(((ends.min() ?? 0) - reach).rounded(.down))
        let last = Int(((ends.max() ?? 0) + reach).rounded(.up))
        columns =
          max(
            columns.lowerBound, first)..<max(
            max(columns.lowerBound, first), min(columns.upperBound, last + 1))
      }
      for x in columns {
        let (px, py) = (Double(x) + 0.5 - ax, Double(y) + 0.5 - ay)
        let t = length == 0 ? 0 : min(1, max(0, (px * dx + py * dy) / length))
        let (ex, ey) = (px - t * dx, py - t * dy)
        let distance = (ex * ex + ey * ey).squareRoot()
        if distance < half + 0.5 { add(x, y, half + 0.5 - distance) }
      }
    }
  }

  private mutating func fill(_ at: Scene.Point, _ boxWidth: Double, _ boxHeight: Double) {
    let (left, top) = (at.x * scale, at.y * scale)
    let (right, floor) = (left + boxWidth * scale, top + boxHeight * scale)
    guard left <= right, top <= floor, let area = touch(left...right, top...floor) else { return }
    for y in area.y {
      let rows = min(Double(y + 1), floor) - max(Double(y), top)
      for x in area.x {
        add(x, y, rows * (min(Double(x + 1), right) - max(Double(x), left)))
      }
    }
  }

  // MARK: Colours

  /// Mixes a colour in where it covers, and begins anew.
  private mutating func mix(_ color: Palette.Color, _ opacity: Double) {
    guard let area = touched else { return }
    touched = nil
    let parts = [color.red, color.green, color.blue]
    let share = Int((256 * opacity).rounded())
    for y in area.y {
      for place in y * width + area.x.lowerBound..<y * width + area.x.upperBound
      where cover[place] > 0 {
        let weight = Int(cover[place]) * share
        cover[place] = 0
        for (channel, part) in parts.enumerated() {
          let old = Int(rgb[3 * place + channel])
          rgb[3 * place + channel] = UInt8(
            (part * weight + old * (65280 - weight) + 32640) / 65280)
        }
      }
    }
  }

  // MARK: Letters

  /// How large a point of a letter is: whole at the smallest scale, where they stand sharp.
  private var pen: Double { scale < 2 ? 1 : 1.2 }

  private mutating func write(
    _ text: String, _ at: Scene.Point, _ anchor: Scene.Anchor, _ isUpright: Bool
  ) {
    let letters = text.map { Letter($0) }
    let length = pen * Double(max(0, letters.reduce(-1) { $0 + $1.width + 1 }))
    var x =
      switch anchor {
      case .start: 0.0
      case .middle: -length / 2
      case .end: -length
      }
    let top = -pen * Double(Glyphs.height) / 2
    if scale < 2 { x = (at.x + x).rounded() - at.x }
    let rise = scale < 2 ? (at.y + top).rounded() - at.y : top
    for letter in letters {
      for (from, to) in letter.strokes {
        func place(_ point: (x: Int, y: Int)) -> Scene.Point {
          let (px, py) = (x + pen * (Double(point.x) + 0.5), rise + pen * (Double(point.y) + 0.5))
          return isUpright ? (at.x + py, at.y - px) : (at.x + px, at.y + py)
        }
        stroke(place(from), place(to), pen)
      }
      x += pen * Double(letter.width + 1)
    }
  }
}

/// A letter as lines between points of its glyph.
private struct Letter {
  typealias Place = (x: Int, y: Int)

  var width: Int
  private(set) var strokes: [(Place, Place)] = []

  init(_ sign: Character) {
    let sign = Glyphs.alike[sign] ?? sign
    guard sign != " " else {
      width = Glyphs.blank - 1
      return
    }
    var (rows, mark, isBelow): ([Substring], [Substring], Bool) = ([], [], false)
    if let marked = Glyphs.marked(sign) {
      rows = Glyphs.rows(marked.base) ?? Glyphs.unknown
      (mark, isBelow) = (marked.mark, marked.isBelow)
    } else {
      rows = Glyphs.rows(sign) ?? Glyphs.unknown
    }
    width = rows[0].count
    join(rows, at: (0, 0))
    guard !mark.isEmpty else { return }
    let top = rows.firstIndex { $0.contains("#") } ?? 0
    let own = width == 5 ? 0 : -((5 - width) / 2)
    join(mark, at: (own, isBelow ? Glyphs.height : top - mark.count - 1))
  }

  /// Joins neighbours; those that only touch at a corner where no other way leads.
  private mutating func join(_ rows: [Substring], at start: Place) {
    let points = rows.map { $0.map { $0 == "#" } }
    func isSet(_ x: Int, _ y: Int) -> Bool {
      points.indices.contains(y) && points[y].indices.contains(x) && points[y][x]
    }
    for y in points.indices {
      for x in points[y].indices where points[y][x] {
        let here = (x: start.x + x, y: start.y + y)
        var isAlone = true
        for (dx, dy) in [(1, 0), (0, 1), (1, 1), (-1, 1)] where isSet(x + dx, y + dy) {
          guard dx == 0 || dy == 0 || !(isSet(x + dx, y) || isSet(x, y + dy)) else { continue }
          strokes.append((here, (here.x + dx, here.y + dy)))
          isAlone = false
        }
        if isAlone { strokes.append((here, here)) }
      }
    }
  }
}
