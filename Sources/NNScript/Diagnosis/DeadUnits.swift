extension Check {
  /// Units that give 0 for every row: their gradient is 0 too, so nothing wakes them.
  static var deadUnits: Check {
    Check(
      name: "dead units", summary: "ReLUs that give 0 for every row and learn no more.",
      explains: [
        "constant layer", "vanishing gradients", "too few steps",
        "learning rate too low", "nothing learnt",
      ]
    ) { patient in
      patient.layers.filter { !$0.isLast }.compactMap { layer in
        // Some always die and are not missed; half is a guess at where a layer is.
        guard let share = layer.deadShare, share > 0.5 else { return nil }
        let dead = Int((share * Double(layer.units)).rounded())
        return Finding(
          check: "dead units", layer: layer.name, number: share,
          reason:
            "\(dead) of \(layer.units) \(layer.hasFilters ? "filters" : "units") of `\(layer.name)` give 0 for every row: no gradient "
            + "passes them, so they stay as they are; steps were too large, or the bias far below 0",
          line: patient.rebuilding([layer], with: "leaky_relu"))
      }
    }
  }
}

extension LayerView {
  /// The share of units that give 0 for every row; `nil` for functions that cannot die.
  var deadShare: Double? {
    guard activation.hasPrefix("relu") else { return nil }
    return Double(units { $0 == 0 }) / Double(max(1, units))
  }
}
