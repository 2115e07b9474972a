/// Normal with deviation 0.05.
public struct Normal: Initializer {
  /// The word a script uses.
  public let name = "normal"

  /// Has nothing to set.
  public init() {}

  /// See `Initializer.values`.
  public func values(
    count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream
  ) -> [Float] {
    normalValues(count, 0.05, &stream)
  }
}

extension Spec where Product == any Initializer {
  static var normal: Self {
    Spec("normal", "Normal with deviation 0.05.", example: "layer dense 16 relu init=normal") {
      Normal()
    }
  }
}
