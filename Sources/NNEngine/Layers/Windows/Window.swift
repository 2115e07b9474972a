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
  public enum Padding: String, Sendable, CaseIterable {
    /// The window reaches over the edges, so that there are `ceil(n / stride)` places for it. Where
    /// an odd number of places lies outside, the extra one is below or on the right.
    case same
    /// The window stays inside; what is left over at the end is not looked at.
    case valid
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
      var outside = 0
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
    // Where it reaches over the edges, it may be as large as twice the picture.
    let least = padding == .valid ? reach : reach.map { max(1, ($0 - 1) / 2) }
    guard picture[0] >= least[0], picture[1] >= least[1] else {
      let fitting = (0..<2).map { axis in
        let length = padding == .valid ? picture[axis] : 2 * picture[axis] + 1
        return min(size[axis], (length - 1) / dilation[axis] + 1)
      }
      let text = fitting[0] == fitting[1] ? "\(fitting[0])" : "\(Shape(fitting))"
      throw .wrongInputShape(
        layer: name, expected: "at least \(Shape(least)) points for its window", found: picture,
        help: padding == .valid
          ? "write `size=\(text)`, or `padding=same`, which lets it reach over the edges"
          : "write `size=\(text)`: of a larger window most would lie outside of the picture")
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
  static func padding(default value: Window.Padding) -> Self {
    Parameter(
      "padding", .choice(Window.Padding.allCases.map(\.rawValue)),
      "`same` lets the window reach over the edges, an odd point more below and on the right: "
        + "`ceil(n / stride)` places; `valid` keeps it inside.",
      defaultText: value.rawValue, isPositional: false
    ) {
      if case .text(let word) = $0 { Window.Padding(rawValue: word) ?? value } else { value }
    }
  }
}
