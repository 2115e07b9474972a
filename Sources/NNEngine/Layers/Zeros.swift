/// Zero everywhere.
public struct Zeros: Initializer {
  /// The word a script uses.
  public let name = "zeros"

  /// Has nothing to set.
  public init() {}

  /// See `Initializer.values`.
  public func values(
    count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream
  ) -> [Float] {
    madeValues(count) { 0 }
  }
}

extension Spec where Product == any Initializer {
  static var zeros: Self {
    Spec("zeros", "Zero everywhere.", example: "layer dense 16 linear init=zeros") {
      Zeros()
    }
  }
}
