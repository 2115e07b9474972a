internal import CKernels

// Where numbers stopped being numbers.

extension Plan {
  /// The first layer whose parameters are no numbers any more, and whether one is NaN.
  var firstLayerWithoutWeights: (name: String, isNaN: Bool)? {
    for node in network.nodes {
      for slot in node.parameters {
        let values = parameters.values.start + slot.range.lowerBound
        guard !nn_all_finite(values, slot.range.count) else { continue }
        return (node.name, nn_greatest(values, slot.range.count).isNaN)
      }
    }
    return nil
  }

  /// The largest number in the parameters' gradients as the last step left them.
  var largestGradient: TrainingFault.Largest? {
    var largest: TrainingFault.Largest?
    for node in network.nodes {
      for slot in node.parameters where !slot.isFrozen && !slot.range.isEmpty {
        let gradient = parameters.gradients.start + slot.range.lowerBound
        let value = Double(
          max(nn_greatest(gradient, slot.range.count), -nn_least(gradient, slot.range.count)))
        if !(value <= largest?.value ?? -1) { largest = .init(layer: node.name, value: value) }
      }
    }
    return largest
  }

  /// The first equation of a script that has lost a value for the last rows.
  var firstFault: EquationFault? {
    guard !isFinite else { return nil }
    for index in 0..<layout.passes.count {
      if let fault = layout.passes[index].fault(rows: 0..<rows) { return fault }
    }
    return measure.fault(batch, layout.lastOutput, rows)
  }

  /// Where a rule of a script has just lost a weight.
  func fault(of rule: EquationOptimizer, _ factors: UpdateFactors) -> EquationFault? {
    for node in network.nodes {
      for slot in node.parameters {
        let first = slot.range.lowerBound
        let values = parameters.values.start + first
        guard !nn_all_finite(values, slot.range.count) else { continue }
        let part = UpdateRange(
          w: values, g: parameters.gradients.start + first,
          slots: parameters.slots.start + (rule.slotCount > 0 ? first : 0),
          slotStride: parameters.values.count, count: slot.range.count)
        if let fault = rule.fault(part, factors) { return fault }
      }
    }
    return nil
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
