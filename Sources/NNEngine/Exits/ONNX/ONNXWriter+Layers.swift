// Layers for which ONNX has a node that says the same as their operations, but shorter.

extension ONNXWriter {
  /// Writes a layer as one node, without its activation.
  mutating func write(_ node: FinishedModel.Node, _ input: Operations.Ref) -> Value {
    let x = value(input, .single)
    if let pool = node.layer as? any WindowPooling { return write(pool, x, program.shape(input)) }
    let parameters = model.parameters(of: node)
    let given = ["weights", "bias"].compactMap { parameters[$0] }.map { tensor in
      graph.constant(tensor.elements.map(Double.init), tensor.shape.sizes, x.kind)
    }
    let epsilon = (node.layer as? LayerNormalization)?.epsilon ?? 0
    return graph.add(
      "LayerNormalization", [x] + given, x.kind,
      ["axis": .int(-1), "epsilon": .number(Float(epsilon))])
  }

  /// A pool; ONNX has channels before places.
  private mutating func write(_ pool: any WindowPooling, _ x: Value, _ shape: Shape) -> Value {
    let picture = shape.rank == 2 ? reshaped(x, to: shape.picture.sizes) : x
    let channelsFirst = graph.add(
      "Transpose", [picture], x.kind, ["perm": .ints([0, 3, 1, 2])])
    let axes = pool.window.axes(over: shape.picture)
    let pooled = graph.add(
      pool.takesLargest ? "MaxPool" : "AveragePool", [channelsFirst], x.kind,
      [
        "kernel_shape": .ints(pool.window.size), "strides": .ints(pool.window.stride),
        "pads": .ints(axes.map(\.before) + axes.map(\.after)),
      ])
    return graph.add("Transpose", [pooled], x.kind, ["perm": .ints([0, 2, 3, 1])])
  }
}
