import NNEngine

extension Check {
  /// Softmax between layers: its numbers compete for a sum of 1, and hardly anything gets through.
  static var probabilitiesInside: Check {
    Check(
      name: "softmax inside", summary: "Softmax in a layer that is not the last."
    ) { patient in
      let nodes = patient.learner.network.nodes
      let inner = Set(
        nodes.indices.filter { !nodes[$0].parameters.isEmpty }.compactMap(patient.source))
      let found = patient.layers.filter { layer in
        layer.activation == "softmax" && inner.contains { nodes[$0].name == layer.name }
      }
      guard let first = found.first else { return [] }
      return [
        Finding(
          check: "softmax inside", layer: first.name, number: Double(found.count),
          reason:
            "`\(first.name)` ends in softmax and is not the last layer: its \(first.units) values "
            + "add up to 1, so the layers behind it see little of what it knows",
          line: patient.rebuilding(found, with: "relu"))
      ]
    }
  }
}
