/// A layer's parameters among the values of a program.
public struct LayerParameters: Sendable {
  private let refs: [String: Operations.Ref]
  /// Whether training changes any of them.
  public let learns: Bool

  /// Declares parameters in a program.
  init(
    _ parameters: [(name: String, shape: Shape, isFrozen: Bool)], into program: inout Operations
  ) {
    var refs: [String: Operations.Ref] = [:]
    for (name, shape, _) in parameters { refs[name] = program.parameter(shape) }
    self.refs = refs
    learns = parameters.contains { !$0.isFrozen }
  }

  /// A parameter that the layer always has.
  public subscript(name: String) -> Operations.Ref {
    guard let ref = refs[name] else { preconditionFailure("a layer reads what it declares") }
    return ref
  }

  /// A parameter that options may take away, such as the bias; `nil` without it.
  public func find(_ name: String) -> Operations.Ref? { refs[name] }
}
