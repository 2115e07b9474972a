import Glibc

/// The sizes of a tensor's axes, outermost first; `[]` is a single number.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The length of each axis, none negative.
  public let sizes: [Int]
  /// How many numbers a tensor of this shape holds; 1 for `[]`, and the largest whole number where
  /// they are too many to be counted.
  public let count: Int

  /// Makes a shape from axis lengths.
  public init(_ sizes: [Int]) {
    precondition(sizes.allSatisfy { $0 >= 0 }, "a shape has no negative sizes")
    self.sizes = sizes
    count = Shape.product(sizes) ?? .max
  }

  /// Makes a shape from axis lengths written as a literal.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Makes a shape from sizes a user gave.
  ///
  /// - Throws: `EngineError.invalid` for a negative size, `EngineError.tooLarge` for more numbers
  ///   than this machine's memory holds.
  public init(checking sizes: [Int], for what: String) throws(EngineError) {
    guard sizes.allSatisfy({ $0 >= 0 }) else {
      throw .invalid("a size cannot be negative", help: nil)
    }
    let shape = Shape(sizes)
    guard shape.count <= Shape.largestCount else {
      throw .tooLarge(what: what, count: shape.count)
    }
    self = shape
  }

  /// Sizes multiplied; `nil` where the product is beyond 64 bits, in whatever order one multiplies:
  /// an axis of length 0 hides nothing.
  public static func product(_ sizes: some Sequence<Int>) -> Int? {
    var (product, isEmpty) = (1, false)
    for size in sizes {
      if size == 0 {
        isEmpty = true
        continue
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      product = next
    }
    return isEmpty ? 0 : product
  }

  /// How many 32-bit numbers fit into half of this machine's memory.
  public static let largestCount =
    max(1 << 20, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 8)

  /// How many axes there are.
  public var rank: Int { sizes.count }

  /// The length of one axis.
  public subscript(axis: Int) -> Int { sizes[axis] }

  /// `28x28x1`, or `scalar` where there is no axis: the language's own notation.
  public var description: String {
    sizes.isEmpty ? "scalar" : sizes.map(String.init).joined(separator: "x")
  }
}
