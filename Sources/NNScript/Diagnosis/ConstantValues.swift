import NNEngine

extension Check {
  /// Inputs that are the same for every row: nothing can be told apart by them.
  static var constantInputs: Check {
    Check(
      name: "constant inputs", summary: "Inputs that are the same in every row.",
      explains: [
        "unscaled inputs", "contradictory rows", "constant layer", "dead units", "saturation",
        "symmetric units", "vanishing gradients", "learning rate too high", "too few steps",
        "learning rate too low", "nothing learnt",
      ]
    ) { patient in
      let rows = patient.rows.count
      guard rows > 1, ColumnRange.all(of: patient.examination.input).allSatisfy(\.isConstant) else {
        return []
      }
      return [
        Finding(
          check: "constant inputs", layer: nil, number: Double(rows),
          reason:
            "the inputs do not vary: they are the same in all \(rows) rows, so every row gets the "
            + "same answer",
          line: "show data 5")
      ]
    }
  }

  /// Numbers to learn that are all the same.
  static var constantTargets: Check {
    Check(
      name: "constant targets", summary: "Targets that are the same number in every row.",
      explains: [
        "no hidden layer", "vanishing gradients", "too few steps", "learning rate too high",
        "learning rate too low", "nothing learnt",
      ]
    ) { patient in
      guard case .values(let values, let width) = patient.learner.data.train.targets,
        values.count > width,
        values.indices.allSatisfy({ values[$0] == values[$0 % max(1, width)] })
      else { return [] }
      return [
        Finding(
          check: "constant targets", layer: nil, number: Double(values.count / max(1, width)),
          reason:
            "the targets are the same in all \(values.count / max(1, width)) training rows: there "
            + "is nothing to learn from the inputs",
          line: "show data 5")
      ]
    }
  }

  /// A layer that gives the same for every row, whatever comes in.
  static var constantLayer: Check {
    Check(
      name: "constant layer", summary: "A layer whose outputs are the same for every row.",
      explains: [
        "vanishing gradients", "too few steps", "learning rate too low", "nothing learnt",
      ]
    ) { patient in
      let nodes = patient.learner.network.nodes
      guard patient.rows.count > 1,
        let index = nodes.indices.first(where: { index in
          index < nodes.count - 1
            && ColumnRange.all(of: patient.examination.nodes[index].output)
              .allSatisfy(\.isConstant)
        })
      else { return [] }
      let node = nodes[index]
      let isOfOne = node.layer is LayerNormalization && node.outputShape.count == 1
      return [
        Finding(
          check: "constant layer", layer: node.name, number: Double(node.outputShape.count),
          reason:
            "the outputs of `\(node.name)` are the same for every row: nothing of the inputs gets "
            + "past it"
            + (isOfOne ? "; one value normalised by itself is always 0" : ""),
          line: isOfOne
            ? patient.rebuilding { $0 == node.name ? .batchnorm : $1 }
            : patient.rebuilding(patient.layers.filter { $0.name == node.name }, with: "relu"))
      ]
    }
  }
}
