/// Uniform within ±0.05.
public struct Uniform: Initializer {
  /// The word a script uses.
  public let name = "uniform"

  /// Has nothing to set.
  public init() {}

  /// See `Initializer.values`.
  public func values(
    count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream
  ) -> [Float] {
    uniformValues(count, 0.05, &stream)
  }
}

extension Spec where Product == any Initializer {
  static var uniform: Self {
    Spec("uniform", "Uniform within ±0.05.", example: "layer dense 16 relu init=uniform") {
      Uniform()
    }
  }
}
