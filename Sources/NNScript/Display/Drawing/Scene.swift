/// A drawing as a list of shapes on light ground, which files of any kind are made of.
///
/// Places are points from the upper left corner.
struct Scene {
  typealias Point = (x: Double, y: Double)

  /// What a shape is drawn with.
  enum Ink {
    /// Lines behind everything.
    case grid
    /// Axes, their numbers and names.
    case axis
    /// Names of what is drawn.
    case text
    /// One of the colours of series.
    case series(Int)
    case color(Palette.Color)
  }

  /// Where a text stands beside its place.
  enum Anchor: String { case start, middle, end }

  enum Shape {
    /// Lines from point to point.
    case line([Point], Ink, width: Double)
    /// A filled rectangle.
    case box(Point, width: Double, height: Double, Ink, opacity: Double)
    /// A filled circle, with a thin edge where it lies on other colours.
    case disc(Point, radius: Double, Ink, opacity: Double, hasEdge: Bool)
    /// A text whose middle is as high as its place; upright ones read from below.
    case text(String, Point, Anchor, Ink, isUpright: Bool)
  }

  let width: Double
  let height: Double
  private(set) var shapes: [(shape: Shape, title: String)] = []

  init(width: Double, height: Double) { (self.width, self.height) = (width, height) }

  mutating func line(_ from: Point, _ to: Point, _ ink: Ink, width: Double = 1) {
    add(.line([from, to], ink, width: width))
  }

  mutating func text(
    _ text: String, _ at: Point, _ anchor: Anchor, _ ink: Ink = .axis, isUpright: Bool = false
  ) {
    add(.text(text.inOneLine, at, anchor, ink, isUpright: isUpright))
  }

  /// Adds a shape.
  ///
  /// - Parameter title: what is said of it where a reader points at it.
  mutating func add(_ shape: Shape, title: String = "") { shapes.append((shape, title)) }

  /// A text that is not wider than that.
  static func cut(_ text: String, to most: Double) -> String {
    var text = text.inOneLine
    guard width(text) > most else { return text }
    while !text.isEmpty, width(text) > most - width("…") { text.removeLast() }
    return text + "…"
  }

  /// About how wide a text is.
  static func width(_ text: String) -> Double { 6.6 * Double(text.displayWidth) }
}

/// The part of a drawing that lies between its axes.
struct Plot {
  let x: Axis
  let y: Axis
  let left: Double
  let top: Double
  let width: Double
  let height: Double

  private var floor: Double { top + height }

  /// Room that numbers beside the axis take.
  static func margin(_ y: Axis, _ most: Int) -> Double {
    16 + (y.ticks(most).map { Scene.width(Axis.label($0)) }.max() ?? 0)
  }

  func place(_ point: (x: Double, y: Double)) -> Scene.Point {
    (left + width * x.share(point.x), top + height * (1 - y.share(point.y)))
  }

  /// Draws both axes with their ticks, numbers and names.
  ///
  /// - Parameter isOpen: whether lines lead from the numbers through the drawing.
  func drawAxes(
    into scene: inout Scene, xLabel: String, yLabel: String = "", isWhole: Bool = false,
    isOpen: Bool = true
  ) {
    for tick in y.ticks(6) {
      let at = top + height * (1 - y.share(tick))
      if isOpen { scene.line((left, at), (left + width, at), .grid) }
      scene.line((left - 5, at), (left, at), .axis)
      scene.text(Axis.label(tick), (left - 8, at), .end)
    }
    var free = -Double.infinity
    for tick in x.ticks(8, whole: isWhole) {
      let (at, label) = (left + width * x.share(tick), Axis.label(tick))
      scene.line((at, floor), (at, floor + 5), .axis)
      let half = Scene.width(label) / 2
      guard at - half > free else { continue }
      scene.text(label, (at, floor + 16), .middle)
      free = at + half + 4
    }
    scene.line((left, floor), (left + width, floor), .axis)
    scene.line((left, top), (left, floor), .axis)
    scene.text(xLabel, (left + width / 2, floor + 36), .middle)
    if !yLabel.isEmpty {
      scene.text(yLabel, (12, top + height / 2), .middle, isUpright: true)
    }
  }
}
