import NNEngine

extension Check {
  /// A layer of so few units that many classes cannot be told apart behind it.
  static var narrowLayer: Check {
    Check(
      name: "narrow layer", summary: "A layer too narrow for what has to pass through it.",
      explains: [
        "dead units", "saturation", "too few steps", "learning rate too low", "nothing learnt",
      ]
    ) { patient in
      let data = patient.learner.data
      let classes = data.classCounts.count { $0 > 0 }
      guard data.reading == .classes, patient.hasTrained, patient.lossLeft > 0.3 else { return [] }
      // A quarter of the classes: two units for eight are corners of a square and more.
      let narrow = patient.layers.filter {
        !$0.isLast && $0.layer is Dense && 4 * $0.units < classes
      }
      guard let worst = narrow.min(by: { $0.units < $1.units }) else { return [] }
      let units = max(16, 2 * classes)
      return [
        Finding(
          check: "narrow layer", layer: worst.name, number: Double(worst.units),
          reason:
            "`\(worst.name)` has \(count(worst.units, "unit")) for \(classes) classes: what the "
            + "layers before it know has to pass through that narrow place",
          line: patient.rebuilding { name, line in
            let isNarrow = narrow.contains { $0.name == name }
            return isNarrow ? line.with("units", .number(Double(units))) : line
          })
      ]
    }
  }
}
