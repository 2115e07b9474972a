import NNEngine

extension Check {
  /// `clip` far below the gradients: every step is held back to next to nothing.
  static var tightLimits: Check {
    Check(
      name: "gradients held back", summary: "A `clip` that leaves next to nothing of each step.",
      explains: ["too few steps", "learning rate too low", "nothing learnt"]
    ) { patient in
      guard let limits = patient.learner.model.lastTraining?.limits, patient.hasTrained,
        patient.lossLeft > 0.5
      else { return [] }
      let (start, now) = (patient.beginning.gradients, patient.examination.gradients)
      func finding(_ word: String, _ limit: Double, _ what: String, _ size: ([Float]) -> Double)
        -> Finding?
      {
        // A hundredth, at the start and now: the training never got anywhere.
        let least = min(size(start), size(now))
        guard limit < 0.01 * least else { return nil }
        return Finding(
          check: "gradients held back", layer: nil, number: limit / least,
          reason:
            "`\(word)=\(Formatting.number(limit))` cuts gradients whose \(what) is "
            + "\(Formatting.printf("%.2g", size(now))): hardly anything is left of each step",
          line: patient.trainingAnew())
      }
      let length = limits.length.flatMap { limit in
        finding("clip", limit, "length") { values in
          values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
      }
      let value = limits.value.flatMap { limit in
        finding("clip_value", limit, "greatest number") { values in
          Double(values.map { abs($0) }.max() ?? 0)
        }
      }
      return [length, value].compactMap { $0 }
    }
  }
}
