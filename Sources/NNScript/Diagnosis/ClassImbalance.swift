import NNEngine

extension Check {
  /// One class fills the data: saying it always is nearly right, so nothing else is learnt.
  static var classImbalance: Check {
    Check(
      name: "class imbalance", summary: "One class has many times the rows of another.",
      explains: ["nothing learnt"]
    ) { patient in
      let data = patient.learner.data
      let counts = data.classCounts
      let isWeighted = patient.learner.model.blueprint.lossSettings.classWeights != nil
      guard let most = counts.max(), let least = counts.filter({ $0 > 0 }).min(), !isWeighted,
        // Nine to one: the usual mark of unbalanced data, and far from any coin's luck.
        most >= 9 * least, let great = counts.firstIndex(of: most),
        let small = counts.firstIndex(of: least)
      else { return [] }
      let loss = patient.lossLine()
      let names = data.preprocessing.classNames
      let rows = counts.reduce(0, +)
      return [
        Finding(
          check: "class imbalance", layer: nil, number: Double(most) / Double(least),
          reason:
            "class `\(names[great])` has \(most) of \(rows) rows and `\(names[small])` \(least): "
            + "always saying `\(names[great])` is right \(100 * most / rows) % of the time",
          line: "\(loss) class_weights=balanced; " + patient.trainingAnew())
      ]
    }
  }
}
