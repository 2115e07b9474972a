internal import CKernels

// Where numbers stopped being numbers.

extension Plan {
  /// The first layer whose parameters are no numbers any more.
  var firstLayerWithoutWeights: String? {
    network.nodes.first { node in
      node.parameters.contains {
        !nn_all_finite(parameters.values.start + $0.range.lowerBound, $0.range.count)
      }
    }?.name
  }

  /// The first layer that has given something that is no number, forwards or else backwards.
  var firstLayerGoneWrong: String? {
    for (index, node) in network.nodes.enumerated()
    where !nn_all_finite(layout.outputs[index], rows * node.outputShape.count) {
      return node.name
    }
    for (index, node) in network.nodes.enumerated().reversed()
    where index < layout.gradients.count
      && !nn_all_finite(layout.gradients[index], rows * node.outputShape.count)
    {
      return node.name
    }
    return network.nodes.last?.name
  }
}
