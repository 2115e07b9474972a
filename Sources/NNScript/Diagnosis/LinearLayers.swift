import NNEngine

extension Check {
  /// Layers one behind the other with no bend between them: together they are one layer.
  static var linearLayers: Check {
    Check(
      name: "layers without activation",
      summary: "Dense layers in a row that no activation parts: they do what one does."
    ) { patient in
      let nodes = patient.learner.network.nodes
      func isLinear(_ index: Int) -> Bool {
        (nodes[index].layer as? Dense)?.activation?.isIdentity ?? false
      }
      let pairs = nodes.indices.compactMap { index -> (first: String, second: String)? in
        guard nodes[index].layer is Dense, let source = patient.source(of: index), isLinear(source)
        else { return nil }
        return (nodes[source].name, nodes[index].name)
      }
      guard let first = pairs.first else { return [] }
      let bare = Set(pairs.map(\.first))
      return [
        Finding(
          check: "layers without activation", layer: first.first, number: Double(pairs.count),
          reason:
            "`\(first.first)` is without activation before `\(first.second)`: the two "
            + "can do no more than one layer",
          line: patient.rebuilding { name, line in
            bare.contains(name) ? line.with("activation", .word("relu")) : line
          })
      ]
    }
  }
}
