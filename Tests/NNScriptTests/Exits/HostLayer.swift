import NNEngine

/// A sum that runs along the first axis, step by step, and neighbours picked from outside.
struct HostLayer: Layer {
  let kind = "running"

  func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

  func parameters(for input: Shape) -> [ParameterDeclaration] {
    [
      ParameterDeclaration(
        "weights", .weights, [input[1]], fanIn: 1, fanOut: 1, initializer: LeCun())
    ]
  }

  func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let x = inputs[0]
    let shape = operations.shape(x)
    let start = operations.formula(operations.gather(x, at: [0], [])) { $0 * 0 }
    let sums = operations.scan(states: [start], sequences: [x], others: [parameters["weights"]]) {
      body, states, parts, others in
      let state = body.formula(states[0], parts[0], others[0]) { $0 * 0.5 + $1 * $2 }
      return ([state], body.formula(state) { $0.tanh })
    }
    let neighbours = operations.gather(
      x, at: (0..<shape[0]).map { $0 - 1 }, [shape[0]], fill: 0.25)
    return operations.formula(sums, neighbours) { $0 + $1 }
  }

  /// A network with one.
  static func network() throws -> Network {
    try Network(
      [
        (Reshape([5, 3]), LayerOptions()), (HostLayer(), LayerOptions()),
        (Dense(units: 2), LayerOptions()),
      ], inputShape: [15], seed: 5)
  }

  /// Rows for it.
  static var examples: Examples {
    let numbers = (0..<60).map { Float(($0 * 7) % 11) / 11 - 0.4 }
    return Examples(count: 4, inputShape: [15], inputs: .floats(numbers), targets: .none)
  }
}
