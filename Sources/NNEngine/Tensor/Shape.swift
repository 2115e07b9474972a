/// The sizes of a tensor's axes, outermost first; `[]` is a single number.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The length of each axis, none negative.
  public let sizes: [Int]

  /// Makes a shape from axis lengths.
  public init(_ sizes: [Int]) {
    precondition(sizes.allSatisfy { $0 >= 0 }, "a shape has no negative sizes")
    self.sizes = sizes
  }

  /// Makes a shape from axis lengths written as a literal.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// How many numbers a tensor of this shape holds; 1 for `[]`.
  public var count: Int { sizes.reduce(1, *) }

  /// How many axes there are.
  public var rank: Int { sizes.count }

  /// The length of one axis.
  public subscript(axis: Int) -> Int { sizes[axis] }

  /// `28x28x1`, or `scalar` where there is no axis: the language's own notation.
  public var description: String {
    sizes.isEmpty ? "scalar" : sizes.map(String.init).joined(separator: "x")
  }
}
