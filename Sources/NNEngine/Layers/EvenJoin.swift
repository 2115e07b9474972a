/// A join of ways that all end in the same shape, which is the shape behind it.
public protocol EvenJoin: Join {}

extension EvenJoin {
  /// See `Join.outputShape`.
  public func outputShape(joining inputs: [Shape], name: String) throws(EngineError) -> Shape {
    guard inputs.allSatisfy({ $0 == inputs[0] }) else {
      throw .unequalShapes(layer: name, found: inputs)
    }
    return inputs[0]
  }
}
