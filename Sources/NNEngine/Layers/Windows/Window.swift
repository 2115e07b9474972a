/// A window that moves over a picture: its size, its steps and what happens at the edges, each for
/// the height and then the width.
///
///     size 3, stride 2, same            size 2, stride 2, valid
///     · 1 2 3 4 5 ·                     1 2 3 4 5
///     └─┬─┘                             └┬┘            the 5 is left out
///         └─┬─┘                             └┬┘
///             └─┬─┘
///
/// Layers over pictures have one, and whoever makes a pass for them asks `axes(over:)` for the
/// places of the window on a given picture.
public struct Window: Sendable, Hashable {
  /// What happens at the edges.
  public enum Padding: Sendable, Hashable {
    /// The window reaches over the edges, so that there are `ceil(n / stride)` places for it. Where
    /// an odd number of places lies outside, the extra one is below or on the right.
    case same
    /// The window stays inside; what is left over at the end is not looked at.
    case valid
    /// The window reaches over each edge by so many points, above and below as over the left and
    /// the right: `floor((n + 2 · points - reach) / stride) + 1` places, as PyTorch has it.
    case points(height: Int, width: Int)
  }

  /// How many numbers it covers.
  public let size: [Int]
  /// How far it moves.
  public let stride: [Int]
  /// How far the numbers that it covers are from each other.
  public let dilation: [Int]
  /// What happens at the edges.
  public let padding: Padding

  /// Describes a window; each list has a number for the height and one for the width.
  public init(
    _ size: [Int], stride: [Int] = [1, 1], dilation: [Int] = [1, 1], padding: Padding = .same
  ) {
    precondition(
      [size, stride, dilation].allSatisfy { $0.count == 2 && $0.allSatisfy { $0 > 0 } },
      "two numbers each, of at least 1")
    (self.size, self.stride, self.dilation, self.padding) = (size, stride, dilation, padding)
    precondition(
      (0..<2).allSatisfy { (0..<reach[$0]).contains(points[$0]) }, "less padding than the window")
  }

  /// A window as a script declares it.
  ///
  /// - Throws: `EngineError.invalid` where the padding is as large as the window, which would then
  ///   see nothing of the picture.
  init(
    checking size: [Int], stride: [Int], dilation: [Int] = [1, 1], padding: Padding
  ) throws(EngineError) {
    if case .points(let height, let width) = padding {
      let reach = zip(size, dilation).map { ($0 - 1) * $1 + 1 }
      guard height < reach[0], width < reach[1] else {
        let most = zip([height, width], reach).map { min($0, $1 / 2) }
        throw .invalid(
          "`padding` is \(Window.text([height, width])), as large as the window or larger: it reaches "
            + "over \(Window.text(reach)) \(reach == [1, 1] ? "point" : "points")",
          help: "write `padding=\(Window.text(most))`")
      }
    }
    self.init(size, stride: stride, dilation: dilation, padding: padding)
  }

  /// A height and a width as a script writes them: one number stands for both.
  private static func text(_ sizes: [Int]) -> String {
    sizes[0] == sizes[1] ? "\(sizes[0])" : "\(sizes[0])x\(sizes[1])"
  }

  /// By how many points it reaches over each edge, where its padding says so, for each axis.
  var points: [Int] {
    if case .points(let height, let width) = padding { [height, width] } else { [0, 0] }
  }

  /// How many numbers it covers in all.
  public var count: Int { size[0] * size[1] }

  /// How many places lie between its beginning and its end, for each axis.
  var reach: [Int] { zip(size, dilation).map { ($0 - 1) * $1 + 1 } }

  /// Its way over a picture, along the height and along the width: `places(in:)` of each says how
  /// many places it has.
  public func axes(over picture: Shape) -> [ProductOperation.Axis] {
    (0..<2).map { axis in
      let (length, step) = (picture[axis], stride[axis])
      var outside = 2 * points[axis]
      if padding == .same {
        outside = max(0, (length + step - 1) / step * step - step + reach[axis] - length)
      }
      return ProductOperation.Axis(
        size[axis], stride: step, dilation: dilation[axis], before: outside / 2,
        after: outside - outside / 2)
    }
  }

  /// The height and width behind it.
  ///
  /// - Throws: `EngineError.wrongInputShape` where the picture is too small for it.
  func places(over picture: Shape, name: String) throws(EngineError) -> [Int] {
    // With `same` it may be as large as twice the picture.
    let isSame = padding == .same
    let least = zip(reach, points).map { max(1, isSame ? ($0 - 1) / 2 : $0 - 2 * $1) }
    guard picture[0] >= least[0], picture[1] >= least[1] else {
      let fitting = (0..<2).map { axis in
        let length = isSame ? 2 * picture[axis] + 1 : picture[axis] + 2 * points[axis]
        return min(size[axis], (length - 1) / dilation[axis] + 1)
      }
      let text = fitting[0] == fitting[1] ? "\(fitting[0])" : "\(Shape(fitting))"
      throw .wrongInputShape(
        layer: name, expected: "at least \(Shape(least)) points for its window", found: picture,
        help: isSame
          ? "write `size=\(text)`: of a larger window most would lie outside of the picture"
          : "write `size=\(text)`, or `padding=same`, which lets it reach over the edges")
    }
    return zip(axes(over: picture), picture.sizes).map { $0.places(in: $1) }
  }

  /// For each place of the window in order, the numbers of the picture that it covers, counted
  /// without channels; -1 for what lies outside.
  func covered(of picture: Shape) -> [Int] {
    let (height, width) = (picture[0], picture[1])
    let axes = axes(over: picture)
    func starts(_ axis: Int) -> [[Int]] {
      let own = axes[axis]
      return (0..<own.places(in: picture[axis])).map { place in
        (0..<own.size).map { place * own.stride + $0 * own.dilation - own.before }
      }
    }
    let (rows, columns) = (starts(0), starts(1))
    return rows.flatMap { rows in
      columns.flatMap { columns in
        rows.flatMap { row in
          columns.map { column in
            (0..<height).contains(row) && (0..<width).contains(column)
              ? row * width + column : -1
          }
        }
      }
    }
  }
}

extension Shape {
  /// The same numbers as a picture, `[height, width, channels]`: two axes are one channel.
  ///
  /// - Throws: `EngineError.wrongInputShape` with the layer's `name` where they are none.
  func picture(name: String) throws(EngineError) -> Shape {
    switch rank {
    case 3 where count > 0: return self
    case 2 where count > 0: return [sizes[0], sizes[1], 1]
    default:
      throw .wrongInputShape(
        layer: name, expected: "a picture such as 28x28x1", found: self,
        help: likelyPicture.map { "write `layer reshape \($0)` above it" }
          ?? "give the values a height, a width and channels: `layer reshape 28x28x1`")
    }
  }

  /// The same numbers as a picture that is known to be one.
  public var picture: Shape { rank == 2 ? [sizes[0], sizes[1], 1] : self }

  /// The square that so many values may be, in grey or in colour.
  private var likelyPicture: Shape? {
    for channels in [1, 3] where count.isMultiple(of: channels) {
      let side = Int(Double(count / channels).squareRoot())
      if side > 1, side * side * channels == count { return [side, side, channels] }
    }
    return nil
  }
}

/// A layer that uses each of its weights at many places of a picture.
public protocol SharesWeights: Layer {
  /// How many products with weights it adds up for one example, those with what lies outside of the
  /// picture included; `nil` where they are too many to be counted.
  func multiplications(from input: Shape, to output: Shape) -> Int?
}

extension SharesWeights {
  /// See `Layer.cost`: its products, and a few operations for each output.
  public func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
    productCost(inputs[0], output, scratch: 0)
  }

  func productCost(_ input: Shape, _ output: Shape, scratch: Int) -> Cost {
    Cost(
      multiplications: multiplications(from: input, to: output).map { $0 + 4 * output.count },
      bytes: output.count * MemoryLayout<Float>.stride, scratch: scratch)
  }
}

extension Operations {
  /// A value of two axes as a picture of one channel.
  mutating func picture(_ x: Ref) -> Ref {
    shape(x).rank == 2 ? reshape(x, shape(x).picture) : x
  }
}

extension Parameter where Value == [Int] {
  /// The height and width of something about a window; one number stands for both.
  static func window(
    _ name: String, default value: Int?, whenAbsent: String? = nil, option: Bool = false,
    _ summary: String
  ) -> Self {
    // A window by both its sizes, steps and factors by one.
    let usual = value.map { name == "size" ? "\($0)x\($0)" : "\($0)" }
    return Parameter(
      name, .size(maxRank: 2), summary, defaultText: whenAbsent ?? usual, isPositional: !option
    ) {
      guard case .size(let sizes) = $0 else { return value.map { [$0, $0] } ?? [] }
      return sizes.count == 1 ? [sizes[0], sizes[0]] : sizes
    }
  }
}

extension Parameter where Value == Window.Padding {
  /// What happens at the edges.
  ///
  /// - Parameters:
  ///   - layer: a layer that shows it at work: `conv 16 relu`.
  ///   - summary: what a layer does otherwise than a convolution.
  static func padding(
    default value: Window.Padding, of layer: String,
    _ summary: String =
      "`same` lets the window reach over the edges, an odd point more below and on "
      + "the right: `ceil(n / stride)` places; `valid` keeps it inside; a number lets it reach over "
      + "each edge by so many points, as PyTorch's `padding=1`."
  ) -> Self {
    Parameter(
      "padding", .either([.choice(["same", "valid"]), .size(maxRank: 2, least: 0)]), summary,
      defaultText: value == .same ? "same" : "valid", isPositional: false
    ) {
      switch $0 {
      case .text("same"): .same
      case .text("valid"): .valid
      case .size(let sizes): .points(height: sizes[0], width: sizes[sizes.count - 1])
      default: value
      }
    }.example("model pictures {\n  input 28x28x1\n  layer \(layer) padding=1\n}")
  }
}
