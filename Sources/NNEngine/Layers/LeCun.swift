/// Normal with deviation `sqrt(1 / inputs)`.
///
/// - Source: LeCun and others, Efficient BackProp, 1998.
public struct LeCun: Initializer {
  /// The word a script uses.
  public let name = "lecun"

  /// Has nothing to set.
  public init() {}

  /// See `Initializer.values`.
  public func values(
    count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream
  ) -> [Float] {
    normalValues(count, (1 / Double(fanIn)).squareRoot(), &stream)
  }
}

extension Spec where Product == any Initializer {
  static var lecun: Self {
    Spec("lecun", "Normal, spread by inputs.", example: "layer dense 16 tanh init=lecun") {
      LeCun()
    }
  }
}
