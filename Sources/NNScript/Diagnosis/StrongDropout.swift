import NNEngine

extension Check {
  /// Dropout that leaves next to nothing, or that hits the output itself.
  static var strongDropout: Check {
    Check(
      name: "dropout too strong", summary: "Dropout that leaves too little, or drops the output.",
      explains: ["too few steps", "learning rate too low", "nothing learnt"]
    ) { patient in
      let nodes = patient.learner.network.nodes
      let last = nodes.indices.last { nodes[$0].layer.passing == nil } ?? -1
      return nodes.indices.compactMap { index -> Finding? in
        let node = nodes[index]
        guard let dropout = node.layer as? Dropout, dropout.rate > 0 else { return nil }
        let units = node.inputShape.count
        let kept = Double(units) * (1 - dropout.rate)
        let isBehind = index > last
        // Of fewer than two values on average, none is left every few rows.
        guard isBehind || dropout.rate >= 0.9 || kept < 2 else { return nil }
        let percent = Formatting.printf("%.0f", 100 * dropout.rate)
        let reason =
          isBehind
          ? "`\(node.name)` drops \(percent) % of the network's answers while it learns"
          : "`\(node.name)` drops \(percent) % of \(units) values: "
            + "\(Formatting.printf("%.1f", kept)) are left on average, too few to learn from"
        return Finding(
          check: "dropout too strong", layer: node.name, number: dropout.rate,
          reason: reason,
          line: patient.rebuilding { name, line in
            // A rate of 0 drops nothing; small layers have nothing to spare.
            name == node.name
              ? line.with("rate", .number(isBehind || Double(units) * 0.8 < 4 ? 0 : 0.2)) : line
          })
      }
    }
  }
}
