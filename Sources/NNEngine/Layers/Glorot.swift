/// Uniform within `±sqrt(6 / (inputs + outputs))`.
///
/// - Source: Glorot and Bengio, AISTATS 2010.
public struct Glorot: Initializer {
  /// The word a script uses.
  public let name = "glorot"

  /// Has nothing to set.
  public init() {}

  /// See `Initializer.values`.
  public func values(
    count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream
  ) -> [Float] {
    uniformValues(count, (6 / Double(fanIn + fanOut)).squareRoot(), &stream)
  }
}

extension Spec where Product == any Initializer {
  static var glorot: Self {
    Spec(
      "glorot", "Uniform, spread by inputs and outputs: for sigmoid, tanh, softmax.",
      example: "layer dense 16 tanh init=glorot"
    ) {
      Glorot()
    }
  }
}
