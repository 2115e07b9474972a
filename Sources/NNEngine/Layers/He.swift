/// Normal with deviation `sqrt(2 / inputs)`.
///
/// - Source: He and others, ICCV 2015.
public struct He: Initializer {
  /// The word a script uses.
  public let name = "he"

  /// Has nothing to set.
  public init() {}

  /// See `Initializer.values`.
  public func values(
    count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream
  ) -> [Float] {
    normalValues(count, (2 / Double(fanIn)).squareRoot(), &stream)
  }
}

extension Spec where Product == any Initializer {
  static var he: Self {
    Spec(
      "he", "Normal, spread by inputs, doubled for relu.", example: "layer dense 16 relu init=he"
    ) {
      He()
    }
  }
}
