// Which operator is read how.

extension ONNXReader {
  mutating func read(_ node: ONNXModel.Node) throws(EngineError) {
    guard node.domain.isEmpty else {
      throw unreadable(
        node, "no layer here does what it does",
        help: "export the network alone, for operators of ONNX itself")
    }
    guard let output = node.outputs.first else {
      throw unreadable(node, "it gives nothing")
    }
    guard node.inputs.contains(where: { !$0.isEmpty }) || node.operation == "Constant" else {
      throw unreadable(node, "it reads nothing")
    }
    switch node.operation {
    case "Constant": values[output] = .constant(try constant(of: node))
    case "Identity", "Dropout": values[output] = values[node.inputs[0]]
    case "Cast":
      // Another precision is no other number; whole ones and truths are.
      let type = node.integer("to", default: 1)
      if case .sizes? = values[node.inputs[0]] {
      } else if case .constant? = values[node.inputs[0]] {
      } else if ![1, 10, 11, 16].contains(type) {
        throw unreadable(node, "it makes whole numbers of the rows")
      }
      values[output] = values[node.inputs[0]]
    case "Shape", "Gather", "Slice", "Unsqueeze", "Squeeze", "Reshape", "Flatten", "Transpose",
      "Concat":
      try readShape(node, output)
    case "Gemm", "MatMul": values[output] = .flow(try dense(node))
    case "Conv": values[output] = .flow(try convolution(node))
    case "ConvTranspose": values[output] = .flow(try transposedConvolution(node))
    case "MaxPool", "AveragePool": values[output] = .flow(try pool(node))
    case "GlobalAveragePool", "GlobalMaxPool":
      let x = try picture(node)
      values[output] = .flow(
        try globalPool(x, isMean: node.operation == "GlobalAveragePool", keepsAxes: true))
    case "BatchNormalization": values[output] = .flow(try batchNormalization(node))
    case "LayerNormalization": values[output] = .flow(try layerNormalization(node))
    case "Softmax", "LogSoftmax": values[output] = .flow(try softmax(node))
    case "ReduceMean", "ReduceMax": try reduce(node, output)
    default: try readFormula(node, output)
    }
  }

  private func constant(of node: ONNXModel.Node) throws(EngineError) -> ONNXTensor {
    switch node.attributes.values.first {
    case .tensor(let tensor)?: return tensor
    case .number(let number)?: return ONNXTensor([number], [])
    case .numbers(let list)?: return ONNXTensor(list, [list.count])
    case .integer(let number)?: return ONNXTensor(integers: [number], [])
    case .integers(let list)?: return ONNXTensor(integers: list, [list.count])
    default: throw unreadable(node, "it holds no numbers")
    }
  }
}
