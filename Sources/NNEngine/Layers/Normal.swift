/// Normal with mean 0 and a deviation that is given.
public struct Normal: Initializer {
  /// The word a script uses.
  public let name = "normal"

  /// The deviation.
  public let deviation: Double

  /// Makes it.
  public init(deviation: Double = 0.05) { self.deviation = deviation }

  /// See `Initializer.values`.
  public func values(
    count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream
  ) -> [Float] {
    normalValues(count, deviation, &stream)
  }
}

extension Spec where Product == any Initializer {
  static var normal: Self {
    Spec(
      "normal", "Normal with a deviation of its own, whatever the layer's size.",
      .number(
        "stddev", 0...1000, openBelow: true, default: 0.05, option: true,
        "How far values lie from 0."
      ).example("layer dense 16 relu init=normal stddev=0.2"),
      example: "layer dense 16 relu init=normal"
    ) { Normal(deviation: $0) }
  }
}
