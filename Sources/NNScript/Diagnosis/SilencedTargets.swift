import NNEngine

extension Check {
  /// A class whose rows count nothing.
  static var silencedClass: Check {
    Check(
      name: "class left out", summary: "A class weight of 0 for a class that has rows.",
      explains: [
        "class imbalance", "learning rate too high", "too few steps", "learning rate too low",
        "nothing learnt",
      ]
    ) { patient in
      let (data, weights) = (patient.learner.data, patient.learner.trainer.learning.classWeights)
      let counts = data.classCounts
      let names = data.preprocessing.classNames
      return zip(weights, counts).enumerated().compactMap { index, pair -> Finding? in
        guard pair.0 == 0, pair.1 > 0, names.indices.contains(index) else { return nil }
        return Finding(
          check: "class left out", layer: nil, number: Double(pair.1),
          reason:
            "the class weight of `\(names[index])` is 0: none of its \(pair.1) rows counts, so it is "
            + "never learnt",
          line: patient.lossLine(without: ["class_weights"]) + " class_weights=balanced; "
            + patient.trainingAnew())
      }
    }
  }

  /// Smoothing that makes the targets of all classes nearly the same.
  static var strongSmoothing: Check {
    Check(
      name: "smoothing too strong", summary: "Smoothing that leaves nothing of the targets.",
      explains: [
        "learning rate too high", "vanishing gradients", "too few steps", "learning rate too low",
        "nothing learnt",
      ]
    ) { patient in
      let share = patient.learner.trainer.learning.smoothing
      guard share >= 0.9 else { return [] }
      let percent = Formatting.printf("%.0f", 100 * share)
      return [
        Finding(
          check: "smoothing too strong", layer: nil, number: share,
          reason:
            "`smoothing` spreads \(percent) % of each target over all classes: what is left hardly "
            + "tells one class from another",
          line: patient.lossLine(without: ["smoothing"]) + " smoothing=0.1; "
            + patient.trainingAnew())
      ]
    }
  }
}
