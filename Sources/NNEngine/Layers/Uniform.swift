/// Uniform between a bound and its negative.
public struct Uniform: Initializer {
  /// The word a script uses.
  public let name = "uniform"

  /// The bound.
  public let bound: Double

  /// Makes it.
  public init(bound: Double = 0.05) { self.bound = bound }

  /// See `Initializer.values`.
  public func values(
    count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream
  ) -> [Float] {
    uniformValues(count, bound, &stream)
  }
}

extension Spec where Product == any Initializer {
  static var uniform: Self {
    Spec(
      "uniform", "Uniform between a bound and its negative, whatever the layer's size.",
      .number(
        "bound", 0...1000, openBelow: true, default: 0.05, option: true,
        "How far values lie from 0 at most."
      ).example("layer dense 16 relu init=uniform bound=0.3"),
      example: "layer dense 16 relu init=uniform"
    ) { Uniform(bound: $0) }
  }
}
